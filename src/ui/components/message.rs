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
    /// The reader's zone is known.
    zoned: Signal<bool>,
) -> impl IntoView {
    let Row { message, mine, continued, .. } = row;
    let at = message.at;
    let clock = move || {
        if zoned.get() { time::local(at) } else { time::utc(at) }
    };
    view! {
        <article class="message" class:mine=mine class:continued=continued id=format!("m{}", message.seq)>
            <p class="by">
                <bdi class="name">{message.by.name}</bdi>
                <time datetime=time::machine(at)>{clock}</time>
            </p>
            <Body text=message.body/>
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
        Span::Text(text) => Either::Left(text.to_owned()),
        Span::Link(link) => {
            let (href, text) = (link.to_owned(), link.to_owned());
            Either::Right(view! {
                <a href=href target="_blank" rel="noopener noreferrer nofollow ugc">{text}</a>
            })
        }
    });
    view! { <p class="body" dir="auto">{drawn.collect_view()}</p> }
}
