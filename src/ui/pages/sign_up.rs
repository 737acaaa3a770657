//! How one gets an account: by signing up, or as the one who owns the site.

use leptos::prelude::*;

use super::forms::{NameField, NewPasswordField};
use crate::protocol::api::Me;
use crate::protocol::calls::encoded;
use crate::protocol::page::account::{NoSignUp, SetUpSheet, SignUpSheet};
use crate::protocol::power::Role;
use crate::words::door::Door;
use crate::words::live::Live;
use crate::words::say;

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
            {by.map(|by| view! { <p><bdi>{by.name}</bdi> {say(Door::InvitesYou)}</p> })}
            {guest.map(|guest| view! {
                <p>{say(Door::StayWhoYouAre)} <bdi>{guest.name}</bdi> {say(Door::KeepWhatYouSaid)}</p>
            })}
            <form class="form" method="post" action="/api/v1/accounts">
                <NameField value=typed/>
                <NewPasswordField/>
                {code.map(|code| view! { <input type="hidden" name="invite" value=code/> })}
                <button class="main">{say(Live::SignUp)}</button>
            </form>
            <p>{say(Door::HaveAccount)} <a href=other_way>{say(Live::LogIn)}</a></p>
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
        NoSignUp::HasAccount => Door::HasAccount,
        NoSignUp::WithoutInvite => Door::NeedsInvitation,
        NoSignUp::Closed => Door::SignUpClosed,
    };
    let (to, label) = match why {
        NoSignUp::HasAccount => ("/settings", Live::Settings),
        NoSignUp::WithoutInvite | NoSignUp::Closed => ("/login", Live::LogIn),
    };
    view! {
        <section class="part">
            <p>{say(text)}</p>
            <p class="choices"><a class="button" href=to>{say(label)}</a> <a href="/">{say(Door::ToLobby)}</a></p>
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
            <p>{say(Door::NobodyOwnsSite)}</p>
            <form class="form" method="post" action="/api/v1/accounts">
                <NameField value=typed/>
                <NewPasswordField/>
                <input type="hidden" name="setup" value=code/>
                <button class="main">{say(Door::MakeItMine)}</button>
            </form>
        </section>
    }
}
