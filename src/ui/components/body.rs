//! A message's text, drawn: nothing in it is ever markup of the page, and a link is never a script.

use leptos::prelude::AnyView;

use super::piece::{element, text};
use crate::protocol::event::Post;
use crate::protocol::markup::{Block, Item, Known, ROOM, Span, blocks};
use crate::ui::state::Row;
use crate::words::live::Live;
use crate::words::say;

/// The text of a message.
pub fn body(row: &Row) -> AnyView {
    let Post { body, mentions, mentions_room, .. } = &row.message.post;
    let mut people: Vec<&str> = mentions.iter().map(|person| person.name.as_str()).collect();
    people.extend(mentions_room.then_some(ROOM));
    let rooms: Vec<&str> = row.rooms.iter().map(|room| room.as_str()).collect();
    let me = row.names_me.as_deref().unwrap_or_default();
    let drawn = match blocks(body, Known { people: &people, rooms: &rooms }).as_slice() {
        // What most messages are needs no element of its own.
        [Block::Text(said)] => spans(said, me),
        several => several.iter().map(|it| block(it, me)).collect(),
    };
    element("DIV", [("class", "body"), ("dir", "auto")], drawn)
}

fn all(blocks: &[Block], me: &str) -> Vec<AnyView> {
    blocks.iter().map(|it| block(it, me)).collect()
}

fn block(block: &Block, me: &str) -> AnyView {
    match block {
        Block::Text(said) => element("P", [], spans(said, me)),
        Block::Quote(inner) => element("BLOCKQUOTE", [], all(inner, me)),
        Block::List(items) => element("UL", [], items.iter().map(|it| item(it, me)).collect()),
        Block::Code { language, text } => code(language, text),
    }
}

/// Its number is text, so that it is what was written, and is copied along.
fn item(Item { number, blocks }: &Item, me: &str) -> AnyView {
    let number = number.map(|number| element("SPAN", [("class", "number")], vec![text(&format!("{number}. "))]));
    let class = if number.is_some() { "numbered" } else { "item" };
    let inner = match blocks.as_slice() {
        [Block::Text(said)] => spans(said, me),
        several => all(several, me),
    };
    element("LI", [("class", class)], number.into_iter().chain(inner).collect())
}

fn code(language: &str, lines: &str) -> AnyView {
    let lines = element("CODE", [("class", &*format!("language-{language}"))], vec![text(lines)]);
    let pre = element("PRE", [("tabindex", "0")], vec![lines]);
    let copy = element("BUTTON", [("type", "button"), ("data-do", "copy")], vec![text(say(Live::Copy))]);
    element("DIV", [("class", "code")], vec![pre, copy])
}

fn spans(spans: &[Span], me: &str) -> Vec<AnyView> {
    spans.iter().map(|it| span(it, me)).collect()
}

fn span(span: &Span, me: &str) -> AnyView {
    match span {
        Span::Text(said) => text(said),
        Span::Code(said) => element("CODE", [("class", "inline")], vec![text(said)]),
        Span::Strong(inner) => element("STRONG", [], spans(inner, me)),
        Span::Emphasis(inner) => element("EM", [], spans(inner, me)),
        Span::Struck(inner) => element("DEL", [], spans(inner, me)),
        Span::Name(name) => {
            let class = if name[1..].eq_ignore_ascii_case(me) { "mention me" } else { "mention" };
            element("BDI", [("class", class)], vec![text(name)])
        }
        Span::Link { to, text: said } => {
            let away = [("href", *to), ("target", "_blank"), ("rel", "noopener noreferrer nofollow ugc")];
            element("A", away, vec![text(said)])
        }
        Span::Room(room) => {
            let here = [("href", &*format!("/r/{room}")), ("target", "_self"), ("rel", "")];
            element("A", here, vec![text(&format!("#{room}"))])
        }
    }
}
