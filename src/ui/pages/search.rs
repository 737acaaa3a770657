//! Messages that were looked for.

use leptos::prelude::*;

use super::deed::{Moment, Named};
use super::sheet::Sheet;
use crate::protocol::calls::encoded;
use crate::protocol::limits;
use crate::protocol::page::finding::{FoundMessage, FoundMessages, SearchPage, Span};
use crate::words::door::Door;
use crate::words::live::Live;
use crate::words::{fill, say};

/// The form, and what was found.
#[component]
pub fn Searching(
    /// What the server knew.
    page: SearchPage,
) -> impl IntoView {
    let SearchPage { me, q, room, found } = page;
    let only = room.as_ref().map(|room| {
        view! {
            <div class="field">
                <label for="search-room">{say(Door::Where)}</label>
                <select id="search-room" name="room">
                    <option value=room.to_string() selected>{fill(Door::OnlyIn, &[&room.to_string()])}</option>
                </select>
                <p class="hint"><a href=format!("/search?q={}", encoded(&q))>{say(Door::Everywhere)}</a></p>
            </div>
        }
    });
    let within = room.map(|room| format!("&room={room}")).unwrap_or_default();
    let again = format!("/search?q={}{within}", encoded(&q));
    let result = match found {
        None => explain().into_any(),
        Some(found) => view! { <Found found again/> }.into_any(),
    };
    view! {
        <Sheet title=say(Live::Search) me>
            <form class="form seek" method="get" action="/search" role="search">
                <div class="field">
                    <label for="search">{say(Door::WhatWasSaid)}</label>
                    <input id="search" name="q" type="search" value=q maxlength=limits::SEARCH_CHARS autocomplete="off"/>
                </div>
                {only}
                <button class="main">{say(Door::DoSearch)}</button>
            </form>
            {result}
        </Sheet>
    }
}

fn explain() -> impl IntoView {
    let rows = [
        (say(Door::SomeWords), Door::HoldBoth),
        (say(Door::Phrase), Door::HoldExactly),
        ("from:Ana", Door::SaidBy),
        ("in:lobby", Door::SaidInRoom),
        ("after:2026-03-01", Door::SaidSince),
        ("before:2026-04-01", Door::SaidBefore),
    ];
    let row = |(typed, means)| view! { <dt><code>{typed}</code></dt> <dd>{say(means)}</dd> };
    view! {
        <section class="part">
            <h2>{say(Door::WhatToType)}</h2>
            <dl class="operators">{rows.map(row).collect_view()}</dl>
            <p class="hint">{say(Door::AboutSearch)}</p>
        </section>
    }
}

/// What was found.
#[component]
fn Found(
    /// That.
    found: FoundMessages,
    /// The address of the same search.
    again: String,
) -> impl IntoView {
    let FoundMessages { messages, next, behind } = found;
    let behind = behind.then(|| view! { <p class="hint" role="status">{say(Door::StillReading)}</p> });
    let nothing = messages.is_empty().then(|| view! { <p role="status">{say(Door::NothingFound)}</p> });
    let next =
        next.map(|next| view! { <p><a href=format!("{again}&older_than={next}")>{say(Door::OlderOnes)}</a></p> });
    view! {
        <section class="part">
            <h2>{say(Door::Found)}</h2>
            {behind}
            {nothing}
            <ol class="found-list">{messages.into_iter().map(found_message).collect_view()}</ol>
            {next}
        </section>
    }
}

/// One message that was found, with the way to its place.
pub fn found_message(message: FoundMessage) -> impl IntoView {
    let FoundMessage { room, title, seq, at, by, text } = message;
    let title = if title.is_empty() { say(Door::AmongOurselves).to_owned() } else { title };
    let part = |Span { text, found }: Span| match found {
        true => view! { <mark>{text}</mark> }.into_any(),
        false => text.into_any(),
    };
    view! {
        <li>
            <p class="hint">
                <Named person=by/>
                {say(Door::Within)}
                <bdi>{title}</bdi>
                ", "
                <a href=format!("/r/{room}/{seq}")>
                    <Moment at/>
                </a>
            </p>
            <p class="text" dir="auto">{text.into_iter().map(part).collect_view()}</p>
        </li>
    }
}
