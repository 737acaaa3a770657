//! The messages of a room, and under them what I did and the room does not have yet.

use std::time::Duration;

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::menu::{Menu, MessageMenu};
use super::message::{Body, MessageRow, refusal};
use crate::protocol::event::Act;
use crate::protocol::ids::{Cid, RoomKey, Seq};
use crate::ui::keeping::Keeping;
use crate::ui::scroll::Scroll;
use crate::ui::socket::Socket;
use crate::ui::state::{Aim, Chat, PendingRow, Row, Unread};
use crate::ui::time::{self, Today};
use crate::ui::writing::Writing;

/// What a list needs to know and to do.
#[derive(Clone, Copy)]
pub struct Listing {
    /// What the page knows.
    pub(crate) chat: RwSignal<Chat>,
    /// The line to the server.
    pub(crate) socket: Socket,
    /// Where the list is.
    pub(crate) scroll: Scroll,
    /// What is being written.
    pub(crate) writing: Writing,
    /// What outlives the page.
    pub(crate) keeping: Keeping,
}

/// The list. It follows its end unless one has scrolled up; then a button leads back.
#[component]
pub fn MessageList(
    /// What it needs.
    listing: Listing,
    /// The room's address.
    room: RoomKey,
) -> impl IntoView {
    let Listing { chat, scroll, .. } = listing;
    let menu = Menu::new();
    let today = readers_day();
    let rows = Memo::new(move |_| chat.with(Chat::rows));
    let pending = Memo::new(move |_| chat.with(Chat::pending));
    let empty = Memo::new(move |_| rows.with(Vec::is_empty) && pending.with(Vec::is_empty));
    let has_older = Memo::new(move |_| chat.with(Chat::has_older));
    let stretch = Memo::new(move |_| chat.with(Chat::stretch));
    scroll.follow();
    read_on(listing, stretch);
    remember_reading(listing);
    go_where_aimed(listing, rows);
    let of_row = room.clone();
    let older = room.clone();
    view! {
        <main class="scroll">
            <Above listing today/>
            <div
                id="messages"
                role="log"
                aria-label="Messages"
                aria-relevant="additions"
                tabindex="0"
                node_ref=scroll.list
                on:scroll=move |_| scroll.on_scroll()
                on:click=move |event| on_click(listing, menu, &event)
            >
                <div class="start"></div>
                <p class="empty" hidden=move || !empty.get()>"Nothing has been said here yet. Say hello!"</p>
                <p class="older" hidden=move || !has_older.get()>
                    <a href=move || format!("/r/{older}/{}", stretch.get().0) data-do="older">"Older messages"</a>
                </p>
                <For each=move || rows.get() key=Row::key let:row>
                    <MessageRow row=following(rows, row) room=of_row.clone() today/>
                </For>
                <For each=move || pending.get() key=PendingRow::clone let:row>
                    <Pending row/>
                </For>
                <MessageMenu menu chat/>
            </div>
            <ToEnd listing room/>
        </main>
    }
}

/// A row as it stands now. One that is about to go has nothing to say any more, and keeps what it said.
fn following(rows: Memo<Vec<Row>>, first: Row) -> Memo<Row> {
    let key = first.key();
    let now = move |rows: &Vec<Row>| {
        let place = rows.binary_search_by_key(&key.1, |row| row.message.seq).ok()?;
        rows.get(place).filter(|row| row.key() == key).cloned()
    };
    Memo::new(move |before: Option<&Row>| rows.with(now).or_else(|| before.cloned()).unwrap_or_else(|| first.clone()))
}

/// The reader's day, once their zone is known.
fn readers_day() -> Signal<Option<Today>> {
    let today = RwSignal::new(None);
    Effect::new(move |_| {
        let look = move || today.set(Some(Today::now()));
        look();
        // Past midnight, what was said before is of another day.
        set_interval(look, Duration::from_secs(60));
    });
    Memo::new(move |_| today.get()).into()
}

/// Where one comes near to the edge of what is loaded, more is.
fn read_on(Listing { chat, socket, scroll, .. }: Listing, stretch: Memo<(Seq, Seq)>) {
    let live = Memo::new(move |_| chat.with(Chat::link));
    Effect::new(move |_| {
        (scroll.view().track(), stretch.track(), live.track());
        // Once what came is in its place.
        request_animation_frame(move || {
            let (older, newer) = chat.with_untracked(|chat| (chat.has_older(), !chat.reaches_end()));
            if older && scroll.is_near_start() {
                socket.change(Chat::want_older);
            }
            if newer && scroll.is_near_end() {
                socket.change(Chat::want_newer);
            }
        });
    });
}

/// How far was read, here and over a reload.
fn remember_reading(Listing { chat, scroll, keeping, .. }: Listing) {
    let at_end = scroll.at_end();
    Effect::new(move |_| {
        let here = at_end.get();
        chat.update(|chat| chat.set_at_end(here));
    });
    Effect::new(move |_| {
        if let Some((epoch, seq)) = keeping.read() {
            chat.update(|chat| chat.on_read_before(&epoch, seq));
        }
        let looks = move || {
            if let Some((first, last)) = scroll.view().get_untracked() {
                let attended = is_attended();
                chat.maybe_update(|chat| chat.on_in_view(first, last, attended));
            }
        };
        window_event_listener(leptos::ev::focus, move |_| looks());
        window_event_listener(leptos::ev::blur, move |_| chat.update(Chat::on_away));
        Effect::new(move |_| {
            scroll.view().track();
            looks();
        });
    });
    let read = Memo::new(move |_| chat.with(Chat::read));
    Effect::new(move |_| {
        if let Some((epoch, seq)) = read.get() {
            keeping.keep_read(&epoch, seq);
        }
    });
}

/// Somebody seems to look at the page.
fn is_attended() -> bool {
    !document().hidden() && document().has_focus().unwrap_or(true)
}

/// What is to be in view is brought there once it is loaded.
fn go_where_aimed(Listing { chat, scroll, .. }: Listing, rows: Memo<Vec<Row>>) {
    let aim = Memo::new(move |_| chat.with(Chat::aim));
    Effect::new(move |_| {
        rows.track();
        let Some(aim) = aim.get() else { return };
        // Once its row is there.
        request_animation_frame(move || {
            let there = match aim {
                Aim::Row(seq) => scroll.to_message(seq),
                Aim::End => {
                    scroll.to_end();
                    true
                }
            };
            if there {
                chat.update(Chat::on_aimed);
            }
        });
    });
}

/// The elements of the list say themselves what they do, so that hundreds of rows need no more than one listener.
fn on_click(listing: Listing, menu: Menu, event: &MouseEvent) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let Some(element) = target.and_then(|target| target.closest("[data-do]").ok().flatten()) else { return };
    // A link in another tab is the browser's business.
    if event.ctrl_key() || event.meta_key() || event.shift_key() {
        return;
    }
    let Listing { socket, scroll, writing, .. } = listing;
    let attribute = |name: &str| element.get_attribute(name).unwrap_or_default();
    let (seq, cid) = (attribute("data-seq").parse::<Seq>(), attribute("data-cid").parse::<Cid>());
    match (attribute("data-do").as_str(), seq, cid) {
        ("menu", Ok(seq), _) => scroll.list.get_untracked().iter().for_each(|list| menu.toggle(seq, &element, list)),
        ("close", ..) => menu.close(),
        ("ask-to-delete", ..) => menu.ask_to_delete(),
        ("answer", Ok(seq), _) => (menu.close(), writing.answer(seq)).1,
        ("edit", Ok(seq), _) => (menu.close(), writing.edit(seq)).1,
        ("delete", Ok(of), _) => (menu.close(), socket.act(Act::Delete { of })).1,
        ("pin", Ok(seq), _) => (menu.close(), socket.toggle_pin(seq)).1,
        ("react", Ok(seq), _) => {
            menu.close();
            if let Ok(emoji) = attribute("data-emoji").parse() {
                socket.toggle_reaction(seq, emoji);
            }
        }
        ("link", ..) => {
            if !copy_address(&attribute("href")) {
                return;
            }
            menu.close();
        }
        ("jump", Ok(seq), _) => socket.change(|chat| chat.want_message(seq)),
        ("older", ..) => socket.change(Chat::want_older),
        ("retry", _, Ok(cid)) => (socket.retry(&cid), scroll.focus()).1,
        ("let-go", _, Ok(cid)) => (socket.drop_refused(&cid), scroll.focus()).1,
        _ => return,
    }
    event.prevent_default();
}

/// `false` where the browser does not let a page copy: there the link itself is followed, and its address can be.
fn copy_address(path: &str) -> bool {
    let allowed = window().is_secure_context();
    if let (true, Ok(origin)) = (allowed, window().location().origin()) {
        let _ = window().navigator().clipboard().write_text(&format!("{origin}{path}"));
    }
    allowed
}

/// What is pinned, and the way to what is new, above the list.
#[component]
fn Above(listing: Listing, today: Signal<Option<Today>>) -> impl IntoView {
    let Listing { chat, socket, .. } = listing;
    let pinned = Memo::new(move |_| chat.with(Chat::pinned));
    let unread = Memo::new(move |_| chat.with(Chat::unread));
    let pins = move || {
        let pin = |message: &std::sync::Arc<crate::protocol::timeline::Message>| {
            let (seq, name, text) = (message.seq, message.by.name.clone(), message.post.body.clone());
            let go = move |_| socket.change(|chat| chat.want_message(seq));
            view! { <button type="button" on:click=go><bdi>{name}</bdi> " " <span>{text}</span></button> }
        };
        pinned.with(|pinned| pinned.iter().map(pin).collect_view())
    };
    view! {
        <details class="pins" hidden=move || pinned.with(Vec::is_empty)>
            <summary>{move || pinned.with(Vec::len)} " pinned"</summary>
            <div>{pins}</div>
        </details>
        <button
            type="button"
            class="to-unread"
            hidden=move || unread.get().is_none()
            on:click=move |_| socket.change(Chat::want_unread)
        >
            {move || unread.get().map(|unread| news(unread, today.get()))}
        </button>
    }
}

fn news(Unread { count, more, since }: Unread, today: Option<Today>) -> String {
    let more = if more { "+" } else { "" };
    let since = since.map_or_else(String::new, |at| format!(" since {}", time::clock(at, today)));
    format!("{count}{more} new{since}")
}

/// The way to the end of the room, and how much is new there. Without the app it is a link.
#[component]
fn ToEnd(listing: Listing, room: RoomKey) -> impl IntoView {
    let Listing { chat, socket, scroll, .. } = listing;
    let at_end = scroll.at_end();
    let unseen = Memo::new(move |_| chat.with(Chat::unseen));
    let go = move |event: MouseEvent| {
        event.prevent_default();
        socket.change(Chat::want_end);
        scroll.focus();
    };
    view! {
        <a class="to-end" href=format!("/r/{room}") hidden=move || at_end.get() on:click=go>
            {move || match unseen.get() {
                0 => "Newest messages".to_owned(),
                1 => "1 new message".to_owned(),
                n => format!("{n} new messages"),
            }}
        </a>
    }
}

/// What I did and the room does not have yet: on its way, or refused with the reason and the ways on.
#[component]
fn Pending(row: PendingRow) -> impl IntoView {
    let PendingRow { body, state, refused, .. } = row;
    // Not announced: the message itself is, once the room has it.
    view! {
        <article class="message mine pending" class:failed=refused.is_some() aria-live="off">
            <p class="by">
                <bdi class="name">"You"</bdi>
                <span class="state">{state}</span>
            </p>
            <Body text=body/>
            {refused.as_ref().map(refusal)}
        </article>
    }
}
