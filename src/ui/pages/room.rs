//! A room: its messages, and the way to say something.

use leptos::prelude::*;

use crate::protocol::ids::RoomKey;
use crate::protocol::page::FirstPaint;
use crate::protocol::power::RoomKind;
use crate::ui::components::composer::Composer;
use crate::ui::components::connection::Connection;
use crate::ui::components::message_list::{Listing, MessageList};
use crate::ui::components::piece::{element, icon};
use crate::ui::components::places::{Drawer, Places};
use crate::ui::components::who_am_i::WhoAmI;
use crate::ui::keeping::Keeping;
use crate::ui::scroll::Scroll;
use crate::ui::socket::Socket;
use crate::ui::state::Chat;
use crate::ui::writing::Writing;
use crate::words::live::Live;
use crate::words::{count, fill, say};

/// The room as it was when the page was drawn, and from then on as it is.
#[component]
pub fn RoomPage(
    /// What the server knew.
    first_paint: FirstPaint,
) -> impl IntoView {
    let chat = RwSignal::new(Chat::from_first_paint(&first_paint));
    let keeping = Keeping::new(&first_paint.room);
    let socket = Socket::new(chat, keeping);
    let scroll = Scroll::new(chat, first_paint.at.is_none());
    let writing = Writing::new(chat, socket, keeping);
    let listing = Listing::new(chat, socket, scroll, writing, keeping);
    // Effects run in the browser only.
    Effect::new(move |_| {
        scroll.follow();
        writing.take_up_draft();
        listing.open();
        socket.open();
    });
    let unread = Memo::new(move |_| chat.with(|chat| chat.places().unread()));
    Effect::new(move |_| document().set_title(&window_title(unread.get())));
    let about = format!("/r/{}/about", first_paint.room);
    view! {
        <div class="frame">
            <Drawer chat/>
            <Places chat/>
            <div class="room">
                <header class="top">
                    <div class="title">
                        <h1 dir="auto">{move || chat.with(heading)}</h1>
                        <p class="place" dir="auto">
                            <a href=about>{move || chat.with(subheading)}</a>
                            <span>{move || chat.with(here).unwrap_or_default()}</span>
                        </p>
                    </div>
                    <Connection chat/>
                    <div class="signs">
                        {opens("members", "people", say(Live::Members))} {opens("told", "bell", say(Live::Notifications))}
                    </div>
                    <WhoAmI chat socket/>
                </header>
                <MessageList listing room=first_paint.room.clone()/>
                <Composer writing socket scroll room=first_paint.room form_cid=first_paint.form_cid/>
            </div>
        </div>
    }
}

/// A button in the header; what it opens comes when it is wanted.
fn opens(what: &str, sign: &'static str, words: &str) -> AnyView {
    let has = [
        ("type", "button"),
        ("class", "sign"),
        ("data-open", what),
        ("aria-haspopup", "dialog"),
        ("aria-label", words),
        ("title", words),
    ];
    element("BUTTON", has, vec![icon(sign)])
}

/// The lobby stands for all of it.
fn heading(chat: &Chat) -> String {
    if *chat.room() == RoomKey::lobby() { say(Live::Heading).to_owned() } else { chat.title() }
}

/// What the room is about, or what kind of room it is.
fn subheading(chat: &Chat) -> String {
    let kind = || match chat.kind() {
        RoomKind::Closed => Live::ClosedRoom,
        RoomKind::Direct => Live::DirectMessages,
        _ => Live::OpenRoom,
    };
    match chat.topic() {
        _ if *chat.room() == RoomKey::lobby() => chat.title(),
        "" => say(kind()).to_owned(),
        topic => topic.to_owned(),
    }
}

/// How many others there are.
fn here(chat: &Chat) -> Option<String> {
    let others = chat.others_here();
    (others > 0).then(|| format!(" \u{B7} {}", count(Live::OthersHere, others, &[])))
}

/// What the browser calls the page: in how many rooms something is unread, and then as ever.
fn window_title(unread: usize) -> String {
    if unread > 0 { fill(Live::AppTitleUnread, &[&unread.to_string()]) } else { say(Live::AppTitle).to_owned() }
}
