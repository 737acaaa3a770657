//! The rooms that one may go to, beside the one that is open. Drawn by the server alone: it stands outside of what the app
//! brings to life, and is as true as the page is new.

use leptos::prelude::*;

use crate::protocol::api::Me;
use crate::protocol::ids::RoomKey;
use crate::protocol::limits;
use crate::protocol::power::{Role, RoomKind};
use crate::protocol::wire::RoomSummary;

/// A list of rooms, and of what else there is.
#[component]
pub fn Places(
    /// The rooms, in the order in which they are shown.
    rooms: Vec<RoomSummary>,
    /// The one that is open.
    current: RoomKey,
    /// Who looks.
    me: Option<Me>,
) -> impl IntoView {
    let alone = rooms.len() < 2;
    let places = rooms.into_iter().map(|room| {
        let here = room.room == current;
        view! { <li><Place room here/></li> }
    });
    let elsewhere = elsewhere(me.as_ref()).into_iter().map(|(address, words)| {
        view! { <li><a href=address><span>{words}</span></a></li> }
    });
    view! {
        <nav class="places" class:alone=alone aria-label="Rooms">
            <ul>{places.collect_view()}</ul>
            <ul>{elsewhere.collect_view()}</ul>
        </nav>
    }
}

/// One room, and what was not read there.
#[component]
fn Place(room: RoomSummary, here: bool) -> impl IntoView {
    let address = if room.room == RoomKey::lobby() { "/".to_owned() } else { format!("/r/{}", room.room) };
    // What stands before one is about to be read.
    let unread = if here { 0 } else { room.unread };
    let count = (unread > 0).then(|| {
        let shown = if unread > limits::UNREAD { format!("{}+", limits::UNREAD) } else { unread.to_string() };
        let label = format!("{shown} unread");
        view! { <span class="count" class:mentions={room.mentions > 0} aria-label=label role="img">{shown}</span> }
    });
    view! {
        <a href=address aria-current=here.then_some("page") class:news={unread > 0}>
            <span dir="auto">{title(&room)}</span>
            {count}
        </a>
    }
}

/// What a room is called; people among themselves by their names.
fn title(room: &RoomSummary) -> String {
    if room.kind != RoomKind::Direct {
        return room.title.clone();
    }
    let names: Vec<&str> = room.with.iter().map(|person| person.name.as_str()).collect();
    if names.is_empty() { "Somebody".to_owned() } else { names.join(", ") }
}

/// Where else one may go, by what one is.
fn elsewhere(me: Option<&Me>) -> Vec<(&'static str, &'static str)> {
    let role = me.map_or(Role::Reader, |me| me.role);
    let ways = [
        ("/rooms", "All rooms", true),
        ("/mentions", "Mentions", role >= Role::Guest),
        ("/search", "Search", true),
        ("/settings", "Settings", role >= Role::Guest),
        ("/admin", "Admin", role >= Role::Admin),
        ("/login", "Log in", role <= Role::Guest),
        ("/signup", "Sign up", role <= Role::Guest),
    ];
    ways.into_iter().filter(|(_, _, open)| *open).map(|(address, words, _)| (address, words)).collect()
}
