//! What one who is banned from the site sees instead of any page.

use leptos::prelude::*;

use super::forms::Act;
use super::sheet::When;
use crate::protocol::api::order::Ban;
use crate::protocol::ids::Millis;

/// What ends behind this, the year 10000, ends never.
const FOR_EVER: Millis = 253_402_300_800_000;

/// Until when, and why.
#[component]
pub fn Banned(
    /// The ban.
    ban: Ban,
) -> impl IntoView {
    let until =
        if ban.until < FOR_EVER { view! { "until " <When at=ban.until/> }.into_any() } else { "for ever".into_any() };
    view! {
        <section class="part">
            <p>"You cannot read or write here as " <bdi>{ban.who.name}</bdi> ", " {until} "."</p>
            {match ban.reason {
                Some(reason) => view! { <p>"The reason: " <q dir="auto">{reason}</q></p> }.into_any(),
                None => view! { <p>"No reason was given."</p> }.into_any(),
            }}
            <Act to="/api/v1/session?method=DELETE" label="Log out"/>
        </section>
    }
}
