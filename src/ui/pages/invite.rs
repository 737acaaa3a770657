//! What one is invited to, and the ways in.

use leptos::prelude::*;

use super::forms::Act;
use crate::protocol::api::Me;
use crate::protocol::api::people::Invitation;
use crate::protocol::calls::encoded;
use crate::protocol::page::account::InviteSheet;
use crate::protocol::power::Role;

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
        (false, Some(me)) if me.role > Role::Guest => {
            view! { <p>"You have an account here already, so this is for somebody else."</p> }.into_any()
        }
        (false, _) => sign_up_with(&code, sheet.sign_up).into_any(),
    };
    view! {
        <section class="part">
            <p class="lead">
                <bdi>{by.name}</bdi>
                {match title {
                    Some(title) => view! { " invites you to the room " <strong><bdi>{title}</bdi></strong> "." }.into_any(),
                    None => view! { " invites you to sign up here." }.into_any(),
                }}
            </p>
            {ways}
        </section>
    }
}

fn join(code: &str, me: Me) -> impl IntoView + use<> {
    view! {
        <p>"You join as " <bdi>{me.name}</bdi> "."</p>
        <Act to=redeem(code) label="Join" class="main"/>
    }
}

/// For one who is nobody yet.
fn ways_in(code: &str, guests: bool, sign_up: bool) -> impl IntoView + use<> {
    let [log_in, sign_up_at] = ["login", "signup"].map(|page| format!("/{page}?invite={code}"));
    let as_guest = guests.then(|| {
        view! {
            <Act to=redeem(code) label="Join as a guest" class="main"/>
            <p class="hint">"A guest needs no account, and gets a friendly name that can be changed."</p>
        }
    });
    view! {
        {as_guest}
        <p class="choices">
            <a class="button" href=log_in>"Log in"</a>
            {sign_up.then(|| view! { <a class="button" href=sign_up_at>"Sign up"</a> })}
        </p>
    }
}

fn sign_up_with(code: &str, sign_up: bool) -> impl IntoView + use<> {
    let to = format!("/signup?invite={code}");
    if sign_up {
        view! { <p class="choices"><a class="button main" href=to>"Sign up"</a> <a href="/login">"Log in"</a></p> }
            .into_any()
    } else {
        view! { <p>"But signing up is closed by now."</p> }.into_any()
    }
}

fn redeem(code: &str) -> String {
    format!("/api/v1/invites/{code}/redeem")
}
