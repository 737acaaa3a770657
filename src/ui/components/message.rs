//! One message.

use leptos::either::Either;
use leptos::prelude::*;

use crate::protocol::markup::{Span, spans};
use crate::ui::state::Row;
use crate::ui::time;

/// A message that the room has.
#[component]
pub fn MessageRow(
    /// It and how it stands in the list.
    row: Row,
    /// The reader's day; `None` while their zone is not known.
    today: Signal<Option<time::Day>>,
) -> impl IntoView {
    let Row { message, mine, continued, .. } = row;
    let at = message.at;
    let clock = move || today.get().map_or_else(|| time::utc(at), |today| time::local(at, today));
    view! {
        <article class="message" class:mine=mine class:continued=continued id=format!("m{}", message.seq)>
            <p class="by">
                <bdi class="name">{message.by.name}</bdi>
                <time datetime=time::machine(at)>{clock}</time>
            </p>
            <Body text=message.post.body/>
        </article>
    }
}

/// A message's text: nothing in it is ever markup, and a link is never a script.
#[component]
pub fn Body(
    /// As it was written.
    text: String,
) -> impl IntoView {
    let drawn = spans(&text).into_iter().map(|span| match span {
        // The HTML parser drops NUL: a text of nothing else would be no node, and the app would look for one.
        Span::Text(text) => Either::Left(text.replace('\0', "\u{FFFD}")),
        Span::Link(link) => {
            let (href, text) = (link.to_owned(), link.to_owned());
            Either::Right(view! {
                <a href=href target="_blank" rel="noopener noreferrer nofollow ugc">{text}</a>
            })
        }
    });
    view! { <p class="body" dir="auto">{drawn.collect_view()}</p> }
}
