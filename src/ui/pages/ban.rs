//! What one who is banned from the site sees instead of any page.

use leptos::prelude::*;

use super::forms::Act;
use super::sheet::When;
use crate::protocol::api::order::Ban;
use crate::protocol::ids::Millis;
use crate::words::door::Door;
use crate::words::say;

/// What ends behind this, the year 10000, ends never.
const FOR_EVER: Millis = 253_402_300_800_000;

/// Until when, and why.
#[component]
pub fn Banned(
    /// The ban.
    ban: Ban,
) -> impl IntoView {
    let until = if ban.until < FOR_EVER {
        view! { {say(Door::Until)} <When at=ban.until/> }.into_any()
    } else {
        say(Door::ForEver).into_any()
    };
    view! {
        <section class="part">
            <p>{say(Door::CannotAs)} <bdi>{ban.who.name}</bdi> ", " {until} "."</p>
            {match ban.reason {
                Some(reason) => view! { <p>{say(Door::TheReason)} <q dir="auto">{reason}</q></p> }.into_any(),
                None => view! { <p>{say(Door::NoReason)}</p> }.into_any(),
            }}
            <Act to="/api/v1/session?method=DELETE" label=say(Door::LogOut)/>
        </section>
    }
}
