//! The messages of a room, and under them what I sent and the room does not have yet.

use leptos::prelude::*;

use super::message::{Body, MessageRow};
use crate::protocol::outbox::Pending;
use crate::ui::scroll::Scroll;
use crate::ui::socket::Socket;
use crate::ui::state::{Chat, Row};

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
    let zoned = RwSignal::new(false);
    Effect::new(move |_| zoned.set(true));
    let rows = Memo::new(move |_| chat.with(Chat::rows));
    let pending = Memo::new(move |_| chat.with(Chat::pending));
    let empty = Memo::new(move |_| rows.with(Vec::is_empty) && pending.with(Vec::is_empty));
    scroll.follow(move || (rows.track(), pending.track()));
    let on_scroll = move |_| {
        if scroll.on_scroll() {
            chat.update(|chat| chat.set_at_end(at_end.get_untracked()));
        }
    };
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
            <div id="messages" role="log" aria-label="Messages" tabindex="0" node_ref=scroll.list on:scroll=on_scroll>
                <p class="empty" hidden=move || !empty.get()>"Nothing has been said here yet. Say hello!"</p>
                <For each=move || rows.get() key=Row::key let:row>
                    <MessageRow row zoned=zoned.into()/>
                </For>
                <For each=move || pending.get() key=key let:pending>
                    <PendingRow chat socket pending/>
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
fn PendingRow(chat: RwSignal<Chat>, socket: Socket, pending: Pending) -> impl IntoView {
    let Pending { cid, body, refused, .. } = pending;
    let failed = refused.is_some();
    let actions = refused.map(|why| {
        let again = cid.clone();
        view! {
            <p class="refused" role="alert">
                <span>"Not sent: " {why.message}</span>
                <button type="button" on:click=move |_| socket.retry(&again)>"Try again"</button>
                <button type="button" on:click=move |_| chat.update(|chat| chat.drop_refused(&cid))>"Delete"</button>
            </p>
        }
    });
    view! {
        <article class="message mine pending" class:failed=failed>
            <p class="by">
                <bdi class="name">"You"</bdi>
                <span class="state">{if failed { "" } else { "sending\u{2026}" }}</span>
            </p>
            <Body text=body/>
            {actions}
        </article>
    }
}
