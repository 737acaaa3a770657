//! A page for somebody who cannot have what they asked for.

use leptos::prelude::*;

use crate::words::door::Door;
use crate::words::live::Live;
use crate::words::say;

/// Says why, and where to go.
#[component]
pub fn NoticePage(
    /// Why.
    text: String,
) -> impl IntoView {
    view! {
        <main class="notice">
            <h1>{say(Live::Heading)}</h1>
            <p>{text}</p>
            <p>
                {say(Door::TypedIsThere)} <a href="/">{say(Door::TheLobby)}</a> {say(Door::OrElse)}
                <a href="/login">{say(Door::DoLogIn)}</a> "."
            </p>
        </main>
    }
}
