//! A page for somebody who cannot have what they asked for.

use leptos::prelude::*;

/// Says why, and where to go.
#[component]
pub fn NoticePage(
    /// Why.
    text: String,
) -> impl IntoView {
    view! {
        <main class="notice">
            <h1>"Real-Time Chat"</h1>
            <p>{text}</p>
            <p>
                "What you typed is still there if you go back in your browser. Or go to "
                <a href="/">"the lobby"</a> ", or " <a href="/login">"log in"</a> "."
            </p>
        </main>
    }
}
