//! How it stands with the connection.

use leptos::prelude::*;

use crate::ui::state::{Chat, Link};
use crate::words::live::Live;
use crate::words::say;

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
            <span>{move || say(words(link())).to_owned()}</span>
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

fn words(link: Link) -> Live {
    match link {
        Link::Page => Live::Reload,
        Link::Connecting => Live::Connecting,
        Link::Live => Live::Connected,
        Link::Lost => Live::Offline,
        Link::Out => Live::Out,
        Link::Banned => Live::BannedFromSite,
        Link::LoggedOut => Live::SessionEnded,
        Link::Ended => Live::Disconnected,
    }
}
