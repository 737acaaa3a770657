//! How one logs in.

use leptos::prelude::*;

use super::forms::{NameField, PasswordField};
use crate::protocol::api::Me;
use crate::protocol::calls::encoded;
use crate::protocol::page::account::LogInSheet;
use crate::protocol::power::Role;
use crate::words::door::Door;
use crate::words::live::Live;
use crate::words::say;

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
                <button class="main">{say(Live::LogIn)}</button>
            </form>
            {sign_up.then(|| view! { <p>{say(Door::NoAccountYet)} <a href=other_way>{say(Live::SignUp)}</a></p> })}
        </section>
    }
}

fn until_then(me: Me) -> impl IntoView {
    let after = match me.role {
        Role::Guest => Door::NameGoes,
        _ => Door::SessionEnds,
    };
    view! { <p class="hint">{say(Door::HereAs)} <bdi>{me.name}</bdi> ". " {say(after)}</p> }
}
