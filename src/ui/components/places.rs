//! The rooms that one may go to, beside the one that is open. Where there is no space beside it, they are behind a button.

use leptos::prelude::*;

use crate::protocol::limits;
use crate::protocol::power::Role;
use crate::ui::state::{Chat, Place};

/// One room, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    address: String,
    title: String,
    unread: u64,
    mentions: u64,
    here: bool,
}

/// A list of rooms, and of what else there is.
#[component]
pub fn Places(
    /// What the page knows.
    chat: RwSignal<Chat>,
) -> impl IntoView {
    let entries = Memo::new(move |_| chat.with(entries));
    let role = Memo::new(move |_| chat.with(|chat| chat.me().map_or(Role::Reader, |me| me.role)));
    view! {
        <nav class="places" aria-label="Rooms">
            <ul>{move || entries.get().into_iter().map(place).collect_view()}</ul>
            <ul>{move || elsewhere(role.get())}</ul>
        </nav>
    }
}

/// The button that they are behind. What is opened by it is closed by pressing anywhere else.
#[component]
pub fn Drawer(
    /// What the page knows.
    chat: RwSignal<Chat>,
) -> impl IntoView {
    let unread = Memo::new(move |_| chat.with(|chat| chat.places().unread_elsewhere()));
    view! {
        <details class="drawer">
            <summary>
                <span aria-hidden="true">"\u{2630}"</span>
                <span class="unseen">"Rooms"</span>
                <span class="count" hidden=move || unread.get() == 0>
                    {unread} <span class="unseen">" with something unread"</span>
                </span>
            </summary>
        </details>
    }
}

fn entries(chat: &Chat) -> Vec<Entry> {
    let places = chat.places();
    let entry = |place: &Place| {
        let here = places.is_current(place);
        // What stands before one is about to be read.
        let count = |of: fn(&Place) -> u64| if here { 0 } else { of(place) };
        let (unread, mentions) = (count(Place::unread), count(Place::mentions));
        Entry { address: place.address(), title: place.title(), unread, mentions, here }
    };
    places.iter().map(entry).collect()
}

/// One room, and what was not read there.
fn place(entry: Entry) -> impl IntoView {
    let Entry { address, title, unread, mentions, here } = entry;
    let shown = if unread > limits::UNREAD { format!("{}+", limits::UNREAD) } else { unread.to_string() };
    let news = if unread > 0 { "news" } else { "" };
    let (count, of) = match mentions {
        0 => ("count", " unread"),
        _ => ("count mentions", " unread, and you are named"),
    };
    view! {
        <li>
            <a href=address aria-current=here.then_some("page") class=news>
                <span dir="auto">{title}</span>
                <span class=count hidden=unread == 0>
                    {shown} <span class="unseen">{of}</span>
                </span>
            </a>
        </li>
    }
}

/// Where else one may go, by what one is.
fn elsewhere(role: Role) -> impl IntoView {
    let ways = [
        ("/rooms", "All rooms", true),
        ("/mentions", "Mentions", role >= Role::Guest),
        ("/search", "Search", true),
        ("/settings", "Settings", role >= Role::Guest),
        ("/admin", "Admin", role >= Role::Admin),
        ("/login", "Log in", role <= Role::Guest),
        ("/signup", "Sign up", role <= Role::Guest),
    ];
    let open = ways.into_iter().filter(|(_, _, open)| *open);
    open.map(|(address, words, _)| view! { <li><a href=address><span>{words}</span></a></li> }).collect_view()
}
