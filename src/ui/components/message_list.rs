//! The messages of a room, and under them what I sent and the room does not have yet.

use std::time::Duration;

use leptos::prelude::*;

use super::message::{Body, MessageRow};
use crate::protocol::outbox::Pending;
use crate::ui::scroll::Scroll;
use crate::ui::socket::Socket;
use crate::ui::state::{Chat, Row};
use crate::ui::time::Day;

/// The list. It follows its end unless one has scrolled up; then a button leads back.
#[component]
pub fn MessageList(
    /// What the page knows.
    chat: RwSignal<Chat>,
    /// The line to the server.
    socket: Socket,
    /// Where the list is.
    scroll: Scroll,
) -> impl IntoView {
    let at_end = scroll.at_end();
    let today = RwSignal::new(None);
    Effect::new(move |_| {
        let look = move || today.set(Some(Day::today()));
        look();
        // Past midnight, what was said before is of another day.
        set_interval(look, Duration::from_secs(60));
    });
    let today = Memo::new(move |_| today.get());
    let rows = Memo::new(move |_| chat.with(Chat::rows));
    let pending = Memo::new(move |_| chat.with(Chat::pending));
    let empty = Memo::new(move |_| rows.with(Vec::is_empty) && pending.with(Vec::is_empty));
    scroll.follow(move || (rows.track(), pending.track()));
    Effect::new(move |_| {
        let here = at_end.get();
        chat.update(|chat| chat.set_at_end(here));
    });
    let seen = RwSignal::new(0);
    Effect::new(move |_| {
        let newest = chat.with(Chat::newest);
        if at_end.get() {
            seen.set(newest);
        }
    });
    let unseen = move || {
        if at_end.get() { 0 } else { chat.with(Chat::newest).saturating_sub(seen.get()) }
    };
    view! {
        <main class="scroll">
            <div id="messages" role="log" aria-label="Messages" tabindex="0" node_ref=scroll.list on:scroll=move |_| scroll.on_scroll()>
                <p class="empty" hidden=move || !empty.get()>"Nothing has been said here yet. Say hello!"</p>
                <For each=move || rows.get() key=Row::key let:row>
                    <MessageRow row today=today.into()/>
                </For>
                <For each=move || pending.get() key=key let:pending>
                    <PendingRow chat socket scroll pending/>
                </For>
            </div>
            <button type="button" class="to-end" hidden=move || at_end.get() on:click=move |_| scroll.to_end()>
                {move || match unseen() {
                    0 => "Newest messages".to_owned(),
                    1 => "1 new message".to_owned(),
                    n => format!("{n} new messages"),
                }}
            </button>
        </main>
    }
}

/// What is drawn of a pending one changes only when it is refused.
fn key(pending: &Pending) -> (String, bool) {
    (pending.cid.to_string(), pending.refused.is_some())
}

/// What I sent and the room does not have yet: on its way, or refused with the reason and two ways on.
#[component]
fn PendingRow(chat: RwSignal<Chat>, socket: Socket, scroll: Scroll, pending: Pending) -> impl IntoView {
    let Pending { cid, body, refused, .. } = pending;
    let failed = refused.is_some();
    let actions = refused.map(|why| {
        let again = cid.clone();
        let retry = move |_| {
            socket.retry(&again);
            scroll.focus();
        };
        let delete = move |_| {
            chat.update(|chat| chat.drop_refused(&cid));
            scroll.focus();
        };
        view! {
            <p class="refused" role="alert">
                <span>"Not sent: " {why.message}</span>
                <button type="button" on:click=retry>"Try again"</button>
                <button type="button" on:click=delete>"Delete"</button>
            </p>
        }
    });
    // Not announced: the message itself is, once the room has it.
    view! {
        <article class="message mine pending" class:failed=failed aria-live="off">
            <p class="by">
                <bdi class="name">"You"</bdi>
                <span class="state">{if failed { "" } else { "sending\u{2026}" }}</span>
            </p>
            <Body text=body/>
            {actions}
        </article>
    }
}
