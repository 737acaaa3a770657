//! How it stands with the connection.

use leptos::prelude::*;

use crate::ui::state::{Chat, Link};

/// A word and a dot; screen readers are told when it changes.
#[component]
pub fn Connection(
    /// What the page knows.
    chat: RwSignal<Chat>,
) -> impl IntoView {
    let link = move || chat.with(Chat::link);
    view! {
        <p class="connection" role="status" data-link=move || Some(name(link()).to_owned())>
            <span class="dot" aria-hidden="true"></span>
            <span>{move || words(link()).to_owned()}</span>
        </p>
    }
}

fn name(link: Link) -> &'static str {
    match link {
        Link::Page => "page",
        Link::Connecting => "connecting",
        Link::Live => "live",
        Link::Lost => "lost",
        Link::Out | Link::Banned | Link::LoggedOut | Link::Ended => "ended",
    }
}

fn words(link: Link) -> &'static str {
    match link {
        Link::Page => "Reload to see new messages",
        Link::Connecting => "Connecting\u{2026}",
        Link::Live => "Live",
        Link::Lost => "Offline, trying again\u{2026}",
        Link::Out => "You are not in this room any more",
        Link::Banned => "You are banned",
        Link::LoggedOut => "Your session has ended",
        Link::Ended => "Disconnected. Reload the page",
    }
}
