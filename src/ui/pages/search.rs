//! Messages that were looked for.

use leptos::prelude::*;

use super::deed::{Moment, Named};
use super::sheet::Sheet;
use crate::protocol::calls::encoded;
use crate::protocol::limits;
use crate::protocol::page::finding::{FoundMessage, FoundMessages, SearchPage, Span};

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
                <label for="search-room">"Where"</label>
                <select id="search-room" name="room">
                    <option value=room.to_string() selected>"Only in " {room.to_string()}</option>
                </select>
                <p class="hint"><a href=format!("/search?q={}", encoded(&q))>"Search everywhere"</a></p>
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
        <Sheet title="Search" me>
            <form class="form seek" method="get" action="/search" role="search">
                <div class="field">
                    <label for="search">"What was said"</label>
                    <input id="search" name="q" type="search" value=q maxlength=limits::SEARCH_CHARS autocomplete="off"/>
                </div>
                {only}
                <button class="main">"Search"</button>
            </form>
            {result}
        </Sheet>
    }
}

fn explain() -> impl IntoView {
    let rows = [
        ("tea cake", "Messages that hold both, in any order"),
        ("\"tea cake\"", "Messages that hold exactly this"),
        ("from:Ana", "What Ana said; a name with blanks goes in quotes: from:\"Ana 2\""),
        ("in:lobby", "What was said in a room, by its key or its title"),
        ("after:2026-03-01", "What was said since that day began"),
        ("before:2026-04-01", "What was said before that day began"),
    ];
    let row = |(typed, means)| view! { <dt><code>{typed}</code></dt> <dd>{means}</dd> };
    view! {
        <section class="part">
            <h2>"What can be typed"</h2>
            <dl class="operators">{rows.map(row).collect_view()}</dl>
            <p class="hint">"Only rooms that you may read are searched. Case and accents do not matter."</p>
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
    let behind = behind.then(|| {
        view! { <p class="hint" role="status">"Still reading in what was said: there may be more in a while."</p> }
    });
    let nothing = messages.is_empty().then(|| view! { <p role="status">"Nothing was found."</p> });
    let next = next.map(|next| view! { <p><a href=format!("{again}&older_than={next}")>"Older ones"</a></p> });
    view! {
        <section class="part">
            <h2>"Found"</h2>
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
    let title = if title.is_empty() { "Among ourselves".to_owned() } else { title };
    let part = |Span { text, found }: Span| match found {
        true => view! { <mark>{text}</mark> }.into_any(),
        false => text.into_any(),
    };
    view! {
        <li>
            <p class="hint">
                <Named person=by/>
                " in "
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
