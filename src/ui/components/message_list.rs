//! The messages of a room, and under them what I did and the room does not have yet.

use std::sync::Arc;
use std::time::Duration;

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::menu::{Menu, MessageMenu};
use super::message::MessageRow;
use super::piece::{element, text};
use crate::protocol::event::Act;
use crate::protocol::ids::{Cid, Epoch, RoomKey, Seq};
use crate::protocol::markup::plain;
use crate::protocol::timeline::Message;
use crate::protocol::wire::ClientFrame;
use crate::ui::keeping::Keeping;
use crate::ui::scroll::Scroll;
use crate::ui::socket::{Socket, on_window};
use crate::ui::state::{Aim, Chat, Row, Unread};
use crate::ui::time::{self, Today};
use crate::ui::writing::Writing;
use crate::words::live::Live;
use crate::words::{count, say};

/// What a list needs to know and to do.
#[derive(Clone, Copy)]
pub struct Listing {
    chat: RwSignal<Chat>,
    socket: Socket,
    scroll: Scroll,
    writing: Writing,
    keeping: Keeping,
    menu: Menu,
    /// The reader's day; `None` while their zone is not known.
    today: RwSignal<Option<Today>>,
    shown: Shown,
    /// The server is about to be told how far it was read.
    telling: StoredValue<bool>,
    /// The reader was here before, and the message that is aimed at so many pixels below the edge.
    returning: StoredValue<Option<i32>>,
}

/// The list. It follows its end unless one has scrolled up; then a button leads back.
#[component]
pub fn MessageList(
    /// What it needs.
    listing: Listing,
    /// The room's address.
    room: RoomKey,
) -> impl IntoView {
    let Listing { chat, scroll, menu, today, shown, .. } = listing;
    let rows = Memo::new(move |_| chat.with(Chat::rows));
    // The rows that stay change before others come and go, so that whoever puts the list in its place then sees all of it.
    let each = move || {
        rows.with(|rows| shown.take(rows));
        rows.get()
    };
    let (of_row, of_older) = (room.clone(), room.clone());
    let at_message = rows.with_untracked(|rows| rows.iter().any(|row| row.found));
    let older = move || format!("/r/{of_older}/{}", chat.with(Chat::stretch).0);
    view! {
        <main class="scroll" on:click=move |event| listing.on_click(&event)>
            {move || chat.with(|chat| pins(&chat.pinned()))}
            <button type="button" class="to-unread" data-do="unread" hidden=move || chat.with(Chat::unread).is_none()>
                {move || chat.with(Chat::unread).map_or_else(String::new, |unread| news(unread, today.get()))}
            </button>
            <div
                id="messages"
                class=if at_message { "at" } else { "" }
                role="log"
                aria-label=say(Live::Messages)
                aria-relevant="additions"
                tabindex="0"
                node_ref=scroll.list
                on:scroll=move |_| scroll.on_scroll()
            >
                <div class="start"></div>
                <p class="empty" hidden=move || !rows.with(Vec::is_empty)>
                    {say(Live::Empty)}
                </p>
                <p class="older" hidden=move || !chat.with(Chat::has_older)>
                    <a href=move || Some(older()) data-do="older">{say(Live::Older)}</a>
                </p>
                <For each key=Row::key let:row>
                    <MessageRow row=shown.add(row) room=of_row.clone() today/>
                </For>
                <div class="end"></div>
                <MessageMenu menu chat/>
            </div>
            <a class="to-end" href=format!("/r/{room}") data-do="end" hidden=move || scroll.at_end.get()>
                {move || match chat.with(Chat::unseen) {
                    0 => say(Live::Newest).to_owned(),
                    n => count(Live::NewMessages, n as u64, &[]),
                }}
            </a>
        </main>
    }
}

impl Listing {
    /// Of these parts.
    pub(crate) fn new(
        chat: RwSignal<Chat>,
        socket: Socket,
        scroll: Scroll,
        writing: Writing,
        keeping: Keeping,
    ) -> Self {
        let (menu, today, telling) = (Menu::new(), RwSignal::new(None), StoredValue::new(false));
        let (shown, returning) = (Shown(StoredValue::default()), StoredValue::new(None));
        Self { chat, socket, scroll, writing, keeping, menu, today, shown, telling, returning }
    }

    /// From here on it is the reader's own. Only in a browser.
    pub(crate) fn open(self) {
        self.menu.listen();
        self.look_at_calendar();
        // Past midnight, what was said before is of another day.
        set_interval(move || self.look_at_calendar(), Duration::from_secs(60));
        // Of everybody else the server knows it, on whichever device, and whoever else had this browser before.
        let stranger = self.chat.with_untracked(|chat| chat.me().is_none());
        if let Some((epoch, seq)) = self.keeping.read().filter(|_| stranger) {
            self.chat.update(|chat| chat.on_read_before(&epoch, seq));
        }
        self.come_back();
        on_window("pagehide", move |_| self.keep_place());
        on_window("focus", move |_| self.read());
        on_window("blur", move |_| self.chat.update(Chat::on_away));
        // Whoever leaves has no second left.
        on_window("visibilitychange", move |_| self.ask(Chat::tell_read));
        Effect::new(move |_| {
            self.chat.track();
            self.scroll.moved.track();
            self.keep_up();
        });
    }

    /// Whoever left the room further up finds it so again, unless they were led to a message.
    fn come_back(self) {
        let is_here = |epoch: &Epoch| self.chat.with_untracked(|chat| chat.epoch() == epoch);
        let place = self.keeping.place().filter(|(epoch, ..)| self.scroll.at_end.get_untracked() && is_here(epoch));
        let Some((_, seq, below)) = place else { return };
        self.returning.set_value(Some(below));
        self.scroll.at_end.set(false);
        self.socket.change(|chat| chat.return_to(seq));
    }

    fn keep_place(self) {
        let place = self.scroll.place();
        self.chat.with_untracked(|chat| self.keeping.keep_place(chat.epoch(), place));
    }

    fn look_at_calendar(self) {
        let now = Some(Today::now());
        if self.today.get_untracked() != now {
            self.today.set(now);
            self.shown.draw_anew();
        }
    }

    /// Something has come, or others are in view.
    fn keep_up(self) {
        let at_end = self.scroll.at_end.get();
        self.chat.maybe_update(|chat| chat.set_at_end(at_end));
        self.read();
        // Once what came is in its place.
        request_animation_frame(move || {
            self.go_where_aimed();
            self.read_on();
        });
    }

    /// What is in view is read, if somebody seems to look at the page.
    fn read(self) {
        let Some((first, last)) = self.scroll.view() else { return };
        let attended = !document().hidden() && document().has_focus().unwrap_or(true);
        let mut news = false;
        self.chat.maybe_update(|chat| {
            news = chat.on_in_view(first, last, attended);
            news
        });
        if let (true, Some((epoch, seq))) = (news, self.chat.with_untracked(Chat::read)) {
            self.keeping.keep_read(&epoch, seq);
        }
        self.tell_read();
    }

    /// The server hears of it at once, and then once a second at most.
    fn tell_read(self) {
        if !self.chat.with_untracked(Chat::has_news_of_reading) || self.telling.get_value() {
            return;
        }
        self.telling.set_value(true);
        self.ask(Chat::tell_read);
        let again = move || {
            self.telling.set_value(false);
            self.tell_read();
        };
        set_timeout(again, Duration::from_secs(1));
    }

    /// What is to be in view is brought there once it is loaded.
    fn go_where_aimed(self) {
        let there = match self.chat.with_untracked(Chat::aim) {
            Some(Aim::Row(seq)) => {
                match self.returning.get_value().filter(|_| self.chat.with_untracked(Chat::is_returning)) {
                    Some(below) => self.scroll.put(seq, below),
                    None => self.scroll.to_message(seq),
                }
            }
            Some(Aim::End) => {
                self.scroll.to_end();
                true
            }
            None => false,
        };
        if there {
            self.returning.set_value(None);
            self.chat.update(Chat::on_aimed);
        }
    }

    /// Where one comes near to the edge of what is loaded, more is.
    fn read_on(self) {
        let (older, newer) = self.chat.with_untracked(|chat| (chat.has_older(), !chat.reaches_end()));
        if older && self.scroll.is_near_start() {
            self.ask(Chat::want_older);
        }
        if newer && self.scroll.is_near_end() {
            self.ask(Chat::want_newer);
        }
    }

    /// What is asked for changes nothing that is seen.
    fn ask(self, want: fn(&mut Chat) -> Vec<ClientFrame>) {
        let mut frames = Vec::new();
        self.chat.update_untracked(|chat| frames = want(chat));
        self.socket.send(frames);
    }

    /// The elements say themselves what they do, so that hundreds of rows need no more than one listener.
    fn on_click(self, event: &MouseEvent) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(element) = target.and_then(|target| target.closest("[data-do]").ok().flatten()) else { return };
        // A link in another tab is the browser's business.
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        event.prevent_default();
        let attribute = |name: &str| element.get_attribute(name).unwrap_or_default();
        let what = attribute("data-do");
        if let Some(seq) = attribute("data-seq").parse().ok().or_else(|| self.menu.message()) {
            self.do_with_message(&what, seq, &element);
        }
        if let Ok(cid) = attribute("data-cid").parse() {
            self.do_with_refused(&what, &cid);
        }
        match what.as_str() {
            "older" => self.socket.change(Chat::want_older),
            "unread" => self.socket.change(Chat::want_unread),
            "end" => {
                self.socket.change(Chat::want_end);
                self.scroll.focus();
            }
            "copy" => copy_code(&element),
            _ => {}
        }
    }

    fn do_with_message(self, what: &str, seq: Seq, element: &Element) {
        let Self { menu, socket, writing, scroll, .. } = self;
        match what {
            "menu" => return scroll.list.get_untracked().iter().for_each(|list| menu.toggle(seq, element, list)),
            "ask-to-delete" => return menu.ask_to_delete(),
            _ => menu.close(),
        }
        match what {
            "react" => {
                // The chip says more behind it, the menu's button is nothing else.
                let emoji = element.first_element_child().as_ref().unwrap_or(element).text_content();
                if let Some(emoji) = emoji.and_then(|emoji| emoji.parse().ok()) {
                    socket.toggle_reaction(seq, emoji);
                }
            }
            "answer" => writing.answer(seq),
            "edit" => writing.edit(seq),
            "delete" => socket.act(Act::Delete { of: seq }),
            "pin" => socket.toggle_pin(seq),
            "mark-unread" => self.mark_unread(seq),
            "link" => self.copy_link(seq),
            "more" => self.go_to(&format!("{}/act", self.path(seq))),
            "jump" => socket.change(|chat| chat.want_message(seq)),
            _ => {}
        }
    }

    fn do_with_refused(self, what: &str, cid: &Cid) {
        match what {
            "retry" => self.socket.retry(cid),
            "let-go" => self.socket.drop_refused(cid),
            _ => return,
        }
        self.scroll.focus();
    }

    fn mark_unread(self, seq: Seq) {
        self.socket.change(|chat| chat.mark_unread(seq));
        if let Some((epoch, seq)) = self.chat.with_untracked(Chat::read) {
            self.keeping.put_read(&epoch, seq);
        }
    }

    /// Where the browser does not let a page copy, it goes there: then its own line has the address.
    fn copy_link(self, seq: Seq) {
        let path = self.path(seq);
        if window().is_secure_context() {
            let address = window().location().origin().unwrap_or_default() + &path;
            let _ = window().navigator().clipboard().write_text(&address);
        } else {
            self.go_to(&path);
        }
    }

    /// The address of a message.
    fn path(self, seq: Seq) -> String {
        self.chat.with_untracked(|chat| format!("/r/{}/{seq}", chat.room()))
    }

    fn go_to(self, path: &str) {
        let _ = window().location().assign(path);
    }
}

/// The lines of code that a button belongs to. Where the browser does not let a page copy, they are there to be marked.
fn copy_code(button: &Element) {
    let code = button.previous_element_sibling().and_then(|code| code.text_content());
    if let Some(code) = code.filter(|_| window().is_secure_context()) {
        let _ = window().navigator().clipboard().write_text(&code);
    }
}

/// What each row shows that is in the list. Each has a signal of its own, so that what becomes of one is nothing to the others.
#[derive(Clone, Copy)]
struct Shown(StoredValue<Vec<RwSignal<Row>>>);

impl Shown {
    /// A row that comes into the list.
    fn add(self, row: Row) -> RwSignal<Row> {
        let signal = RwSignal::new(row);
        self.0.update_value(|shown| shown.push(signal));
        on_cleanup(move || {
            self.0.try_update_value(|shown| shown.retain(|one| *one != signal));
        });
        signal
    }

    /// Nothing became of the rows, but they are read on another day.
    fn draw_anew(self) {
        self.0.get_value().iter().for_each(Notify::notify);
    }

    /// One that is about to go has nothing to say any more, and keeps what it said.
    fn take(self, rows: &[Row]) {
        for signal in self.0.get_value() {
            signal.maybe_update(|shown| {
                let place = rows.binary_search_by_key(&shown.message.seq, |row| row.message.seq);
                let now =
                    place.ok().and_then(|at| rows.get(at)).filter(|now| now.key() == shown.key() && *now != shown);
                now.map(|now| *shown = now.clone()).is_some()
            });
        }
    }
}

/// What is pinned, of what is loaded.
fn pins(pinned: &[Arc<Message>]) -> Option<AnyView> {
    let pin = |message: &Arc<Message>| {
        let seq = message.seq.to_string();
        let (name, said) = (element("BDI", [], vec![text(&message.by.name)]), text(&plain(&message.post.body)));
        let has = [("type", "button"), ("data-do", "jump"), ("data-seq", &*seq)];
        element("BUTTON", has, vec![name, text(" "), element("SPAN", [], vec![said])])
    };
    let count = text(&count(Live::Pinned, pinned.len() as u64, &[]));
    let list = element("DIV", [], pinned.iter().map(pin).collect());
    let all = || element("DETAILS", [("class", "pins")], vec![element("SUMMARY", [], vec![count]), list]);
    (!pinned.is_empty()).then(all)
}

fn news(Unread { count: many, more, since }: Unread, today: Option<Today>) -> String {
    let more = if more { "+" } else { "" };
    match since {
        Some(at) => count(Live::NewsSince, many as u64, &[more, &time::clock(at, today)]),
        None => count(Live::News, many as u64, &[more]),
    }
}
