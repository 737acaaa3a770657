//! How one logs in.

use leptos::prelude::*;

use super::forms::{NameField, PasswordField};
use crate::protocol::api::Me;
use crate::protocol::calls::encoded;
use crate::protocol::page::account::LogInSheet;
use crate::protocol::power::Role;

/// Name and password; and the way to sign up for who has none.
#[component]
pub fn LogIn(
    /// What the server knows.
    sheet: LogInSheet,
    /// Who one is until then.
    me: Option<Me>,
) -> impl IntoView {
    let LogInSheet { typed, invite, sign_up } = sheet;
    let other_way = match &invite {
        Some(code) => format!("/signup?invite={}", encoded(code)),
        None => "/signup".to_owned(),
    };
    view! {
        <section class="part">
            {me.map(until_then)}
            <form class="form" method="post" action="/api/v1/session">
                <NameField value=typed/>
                <PasswordField id="password"/>
                {invite.map(|code| view! { <input type="hidden" name="invite" value=code/> })}
                <button class="main">"Log in"</button>
            </form>
            {sign_up.then(|| view! { <p>"No account yet? " <a href=other_way>"Sign up"</a></p> })}
        </section>
    }
}

fn until_then(me: Me) -> impl IntoView {
    let after = match me.role {
        Role::Guest => "Once you log in, nobody has that name any more: sign up instead to keep it.",
        _ => "Once you log in as somebody else, this session ends.",
    };
    view! { <p class="hint">"You are here as " <bdi>{me.name}</bdi> ". " {after}</p> }
}
