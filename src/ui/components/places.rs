//! The rooms that one may go to, beside the one that is open. Where there is no space beside it, they are behind a button.

use leptos::prelude::*;

use super::piece::{element, icon, text};
use crate::protocol::limits;
use crate::protocol::power::{Role, RoomKind};
use crate::ui::state::{Chat, Place};
use crate::words::live::Live;
use crate::words::say;

/// One room, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    address: String,
    title: String,
    icon: &'static str,
    unread: u64,
    mentions: u64,
    here: bool,
}

/// A list of rooms, one of people whom I talk with, and what else there is.
#[component]
pub fn Places(
    /// What the page knows.
    chat: RwSignal<Chat>,
) -> impl IntoView {
    let entries = Memo::new(move |_| chat.with(entries));
    let role = Memo::new(move |_| chat.with(|chat| chat.me().map_or(Role::Reader, |me| me.role)));
    view! {
        <nav class="places" aria-label=say(Live::Rooms)>
            {move || entries.with(|(rooms, people)| lists(rooms, people))}
            <ul class="elsewhere">{move || elsewhere(role.get())}</ul>
        </nav>
    }
}

fn lists(rooms: &[Entry], people: &[Entry]) -> Vec<AnyView> {
    let list = |title: Live, places: &[Entry]| {
        let title = element("H2", [], vec![text(say(title))]);
        element("SECTION", [], vec![title, element("UL", [], places.iter().map(place).collect())])
    };
    let rooms = list(Live::Rooms, rooms);
    let people = (!people.is_empty()).then(|| list(Live::People, people));
    let jump = [
        icon("search"),
        element("SPAN", [], vec![text(say(Live::GoTo))]),
        element("KBD", [], vec![text(say(Live::GoToKey))]),
    ];
    let jump = element("BUTTON", [("type", "button"), ("class", "jump"), ("data-open", "switcher")], jump.into());
    let lists = element("DIV", [("class", "lists")], std::iter::once(rooms).chain(people).collect());
    vec![jump, lists]
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
                {icon("menu")}
                {unseen(Live::Rooms)}
                <span class="count" hidden=move || unread.get() == 0>
                    {move || unread.get().to_string()} {unseen(Live::WithUnread)}
                </span>
            </summary>
        </details>
    }
}

/// Rooms, and people among themselves.
fn entries(chat: &Chat) -> (Vec<Entry>, Vec<Entry>) {
    let places = chat.places();
    let entry = |place: &Place| {
        let here = places.is_current(place);
        // What stands before one is about to be read.
        let count = |of: fn(&Place) -> u64| if here { 0 } else { of(place) };
        let (unread, mentions) = (count(Place::unread), count(Place::mentions));
        Entry { address: place.address(), title: place.title(), icon: sign(place), unread, mentions, here }
    };
    let (people, rooms): (Vec<&Place>, Vec<&Place>) = places.iter().partition(|place| place.kind() == RoomKind::Direct);
    (rooms.into_iter().map(entry).collect(), people.into_iter().map(entry).collect())
}

fn sign(place: &Place) -> &'static str {
    match place.kind() {
        RoomKind::Direct if place.others() > 1 => "people",
        RoomKind::Direct => "person",
        RoomKind::Closed => "lock",
        _ if place.is_announce_only() => "horn",
        _ => "hash",
    }
}

/// One room, and what was not read there.
fn place(entry: &Entry) -> AnyView {
    let Entry { address, title, icon: sign, unread, mentions, here } = entry;
    let title = element("SPAN", [("dir", "auto")], vec![text(title)]);
    let current = if *here { "page" } else { "false" };
    let has = [("class", if *unread > 0 { "news" } else { "" }), ("href", &**address), ("aria-current", current)];
    let inside = [icon(sign), title].into_iter().chain((*unread > 0).then(|| count(*unread, *mentions))).collect();
    element("LI", [], vec![element("A", has, inside)])
}

fn count(unread: u64, mentions: u64) -> AnyView {
    let shown = if unread > limits::UNREAD { format!("{}+", limits::UNREAD) } else { unread.to_string() };
    let (class, of) = match mentions {
        0 => ("count", Live::Unread),
        _ => ("count mentions", Live::UnreadAndNamed),
    };
    element("SPAN", [("class", class)], vec![text(&shown), unseen(of)])
}

/// For those who do not see what it stands beside.
fn unseen(words: Live) -> AnyView {
    element("SPAN", [("class", "unseen")], vec![text(say(words))])
}

/// Where else one may go, by what one is.
fn elsewhere(role: Role) -> Vec<AnyView> {
    let ways = [
        ("/rooms", Live::AllRooms, "rooms", true),
        ("/mentions", Live::Mentions, "at", role >= Role::Guest),
        ("/search", Live::Search, "search", true),
        ("/settings", Live::Settings, "settings", role >= Role::Guest),
        ("/admin", Live::Admin, "shield", role >= Role::Admin),
        ("/login", Live::LogIn, "enter", role <= Role::Guest),
        ("/signup", Live::SignUp, "join", role <= Role::Guest),
    ];
    let open = ways.into_iter().filter(|(.., open)| *open);
    let link = |address, words, sign| {
        element("A", [("href", address)], vec![icon(sign), element("SPAN", [], vec![text(say(words))])])
    };
    open.map(|(address, words, sign, _)| element("LI", [], vec![link(address, words, sign)])).collect()
}
