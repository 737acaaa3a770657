//! What one is invited to, and the ways in.

use leptos::prelude::*;

use super::forms::Act;
use crate::protocol::api::Me;
use crate::protocol::api::people::Invitation;
use crate::protocol::calls::encoded;
use crate::protocol::page::account::InviteSheet;
use crate::protocol::power::Role;
use crate::words::door::Door;
use crate::words::live::Live;
use crate::words::say;

/// An invitation.
#[component]
pub fn Invited(
    /// What the server knows.
    sheet: InviteSheet,
    /// Who looks at it.
    me: Option<Me>,
) -> impl IntoView {
    let code = encoded(&sheet.code);
    let Invitation { room, title, by } = sheet.invitation;
    let to_room = room.is_some();
    let ways = match (to_room, me) {
        (true, Some(me)) => join(&code, me).into_any(),
        (true, None) => ways_in(&code, sheet.guests, sheet.sign_up).into_any(),
        (false, Some(me)) if me.role > Role::Guest => view! { <p>{say(Door::ForSomebodyElse)}</p> }.into_any(),
        (false, _) => sign_up_with(&code, sheet.sign_up).into_any(),
    };
    view! {
        <section class="part">
            <p class="lead">
                <bdi>{by.name}</bdi>
                {match title {
                    Some(title) => {
                        view! { {say(Door::InvitesToRoom)} <strong><bdi>{title}</bdi></strong> "." }.into_any()
                    }
                    None => say(Door::InvitesToSite).into_any(),
                }}
            </p>
            {ways}
        </section>
    }
}

fn join(code: &str, me: Me) -> impl IntoView + use<> {
    view! {
        <p>{say(Door::JoinAs)} <bdi>{me.name}</bdi> "."</p>
        <Act to=redeem(code) label=say(Live::Join) class="main"/>
    }
}

/// For one who is nobody yet.
fn ways_in(code: &str, guests: bool, sign_up: bool) -> impl IntoView + use<> {
    let [log_in, sign_up_at] = ["login", "signup"].map(|page| format!("/{page}?invite={code}"));
    let as_guest = guests.then(|| {
        view! {
            <Act to=redeem(code) label=say(Door::JoinAsGuest) class="main"/>
            <p class="hint">{say(Door::AboutGuests)}</p>
        }
    });
    view! {
        {as_guest}
        <p class="choices">
            <a class="button" href=log_in>{say(Live::LogIn)}</a>
            {sign_up.then(|| view! { <a class="button" href=sign_up_at>{say(Live::SignUp)}</a> })}
        </p>
    }
}

fn sign_up_with(code: &str, sign_up: bool) -> impl IntoView + use<> {
    let to = format!("/signup?invite={code}");
    if sign_up {
        view! {
            <p class="choices">
                <a class="button main" href=to>{say(Live::SignUp)}</a>
                <a href="/login">{say(Live::LogIn)}</a>
            </p>
        }
        .into_any()
    } else {
        view! { <p>{say(Door::ClosedByNow)}</p> }.into_any()
    }
}

fn redeem(code: &str) -> String {
    format!("/api/v1/invites/{code}/redeem")
}
