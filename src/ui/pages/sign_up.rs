//! How one gets an account: by signing up, or as the one who owns the site.

use leptos::prelude::*;

use super::forms::{NameField, NewPasswordField};
use crate::protocol::api::Me;
use crate::protocol::calls::encoded;
use crate::protocol::page::account::{NoSignUp, SetUpSheet, SignUpSheet};
use crate::protocol::power::Role;

/// Name and password.
#[component]
pub fn SignUp(
    /// What the server knows.
    sheet: SignUpSheet,
    /// Who one is until then.
    me: Option<Me>,
) -> impl IntoView {
    let SignUpSheet { typed, invite } = sheet;
    let guest = me.filter(|me| me.role == Role::Guest);
    let (code, by) = invite.unzip();
    let other_way = match &code {
        Some(code) => format!("/login?invite={}", encoded(code)),
        None => "/login".to_owned(),
    };
    view! {
        <section class="part">
            {by.map(|by| view! { <p><bdi>{by.name}</bdi> " invites you."</p> })}
            {guest.map(|guest| view! {
                <p>"You stay who you are, " <bdi>{guest.name}</bdi> ": you keep your name and what you said."</p>
            })}
            <form class="form" method="post" action="/api/v1/accounts">
                <NameField value=typed/>
                <NewPasswordField/>
                {code.map(|code| view! { <input type="hidden" name="invite" value=code/> })}
                <button class="main">"Sign up"</button>
            </form>
            <p>"You have an account? " <a href=other_way>"Log in"</a></p>
        </section>
    }
}

/// Why not.
#[component]
pub fn CannotSignUp(
    /// Why.
    why: NoSignUp,
) -> impl IntoView {
    let text = match why {
        NoSignUp::HasAccount => "You have an account already. Log out first to make another one.",
        NoSignUp::WithoutInvite => {
            "Signing up takes an invitation that still holds. Ask somebody who is here for a link."
        }
        NoSignUp::Closed => "Signing up is closed. Whoever runs this site can make an account for you.",
    };
    let (to, label) = match why {
        NoSignUp::HasAccount => ("/settings", "Settings"),
        NoSignUp::WithoutInvite | NoSignUp::Closed => ("/login", "Log in"),
    };
    view! {
        <section class="part">
            <p>{text}</p>
            <p class="choices"><a class="button" href=to>{label}</a> <a href="/">"To the lobby"</a></p>
        </section>
    }
}

/// The first start's link was opened.
#[component]
pub fn SetUp(
    /// What the server knows.
    sheet: SetUpSheet,
) -> impl IntoView {
    let SetUpSheet { typed, code } = sheet;
    view! {
        <section class="part">
            <p>"Nobody owns this site yet. Whoever fills this in does: keeps order everywhere, decides who may sign up, \
                and gives others power. The link works once."</p>
            <form class="form" method="post" action="/api/v1/accounts">
                <NameField value=typed/>
                <NewPasswordField/>
                <input type="hidden" name="setup" value=code/>
                <button class="main">"Make it mine"</button>
            </form>
        </section>
    }
}
