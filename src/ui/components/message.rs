//! One message.

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use crate::protocol::event::{Person, Post, Reaction};
use crate::protocol::ids::RoomKey;
use crate::protocol::limits;
use crate::protocol::markup::{ROOM, Span, spans_naming};
use crate::protocol::timeline::Message;
use crate::ui::changes;
use crate::ui::state::{Refused, Row};
use crate::ui::time::{self, Today};

/// Characters of a message that are quoted.
const QUOTED_CHARS: usize = 120;
/// Names of people who react that are told one by one.
const TOLD_NAMES: usize = 12;

/// A message that the room has, or will have. Its elements stay the same however it changes; what is done with them is up
/// to the list.
#[component]
pub fn MessageRow(
    /// It and how it stands in the list.
    row: Memo<Row>,
    /// The room's address: without the app, what is quoted is a link there.
    room: RoomKey,
    /// The reader's day; `None` while their zone is not known.
    today: RwSignal<Option<Today>>,
) -> impl IntoView {
    let id = row.with_untracked(|row| row.pending.is_none().then(|| format!("m{}", row.message.seq)));
    let quiet = move || row.with(|row| row.quiet.then_some("off"));
    let drawn = if row.with_untracked(|row| row.message.change.is_some()) {
        Either::Left(view! {
            <p id=id class="change" dir="auto" aria-live=quiet>{move || row.with(|row| change(row, today.get()))}</p>
        })
    } else {
        Either::Right(view! {
            <article
                id=id
                class=move || row.with(|row| class(row, today.get()))
                aria-live=quiet
                tabindex=move || row.with(|row| row.found.then_some("-1"))
            >
                {move || row.with(|row| content(row, &room, today.get()))}
            </article>
        })
    };
    view! {
        {move || row.with(|row| lines(row, today.get()))}
        {drawn}
    }
}

/// What became of the room.
fn change(row: &Row, today: Option<Today>) -> Option<String> {
    let Message { by, at, change, .. } = &*row.message;
    change.as_ref().map(|change| changes::words(by, change, *at, today))
}

/// What stands above a message: the day that begins with it, and that what follows is new.
fn lines(row: &Row, today: Option<Today>) -> impl IntoView + use<> {
    let day = starts_day(row, today).then(|| {
        let at = row.message.at;
        view! { <p class="day"><time datetime=time::machine(at)>{time::day(at, today)}</time></p> }
    });
    let unread = row.first_unread.then(|| view! { <p class="unread">"New"</p> });
    (day, unread)
}

fn class(row: &Row, today: Option<Today>) -> String {
    let continued = row.continued && !starts_day(row, today);
    let mut class = "message".to_owned();
    for (name, holds) in [
        (" mine", row.mine),
        (" continued", continued),
        (" found", row.found),
        (" named", row.names_me.is_some()),
        (" gone", row.message.post.deleted.is_some()),
        (" doing", row.doing.is_some()),
        (" pending", row.pending.is_some()),
        (" failed", row.pending.is_some() && !row.refused.is_empty()),
    ] {
        if holds {
            class.push_str(name);
        }
    }
    class
}

fn starts_day(row: &Row, today: Option<Today>) -> bool {
    row.before.is_none_or(|before| !time::same_day(before, row.message.at, today))
}

fn content(row: &Row, room: &RoomKey, today: Option<Today>) -> impl IntoView + use<> {
    let Message { seq, at, by, post, .. } = &*row.message;
    let gone = post.deleted.is_some();
    let text = if gone {
        Either::Left(view! { <p class="tombstone">"This message was deleted."</p> })
    } else {
        Either::Right(body(row))
    };
    let more = (!gone && row.pending.is_none()).then(|| {
        view! {
            <button
                type="button"
                class="more"
                data-do="menu"
                data-seq=*seq
                aria-haspopup="dialog"
                aria-label=format!("Actions for the message of {}", by.name)
            >
                "\u{22EF}"
            </button>
        }
    });
    view! {
        <p class="by" data-colour=colour(by)>
            <span class="avatar" aria-hidden="true">{by.name.chars().next().map(String::from)}</span>
            <bdi class="name">{by.name.clone()}</bdi>
            <time datetime=time::machine(*at)>
                {row.pending.map_or_else(|| time::clock(*at, today), str::to_owned)}
            </time>
        </p>
        {quote(row, room)}
        {text}
        {more}
        {marks(row)}
        {reactions(row)}
        {row.refused.iter().map(refusal).collect_view()}
    }
}

/// The colour that one has chosen, or has by chance.
fn colour(person: &Person) -> u64 {
    let by_chance = || person.id.as_str().bytes().map(u64::from).sum::<u64>() % limits::COLOURS;
    person.colour.unwrap_or_else(by_chance)
}

/// The message that this one answers.
fn quote(row: &Row, room: &RoomKey) -> Option<impl IntoView + use<>> {
    let (of, answered) = row.answers.as_ref()?;
    let (name, text) = match answered {
        Some(message) if message.post.deleted.is_some() => (message.by.name.clone(), "deleted".to_owned()),
        Some(message) => (message.by.name.clone(), message.post.body.chars().take(QUOTED_CHARS).collect()),
        None => (String::new(), "an earlier message".to_owned()),
    };
    let text = holdable(&text);
    Some(view! {
        <a class="quote" dir="auto" href=format!("/r/{room}/{of}") data-do="jump" data-seq=*of>
            <bdi>{name}</bdi> " " <span>{text}</span>
        </a>
    })
}

/// What happened to it besides, and what is happening.
fn marks(row: &Row) -> Option<impl IntoView + use<>> {
    let post = &row.message.post;
    let marks = [
        post.pinned.is_some().then_some("pinned"),
        (post.edited.is_some() && row.doing.is_none()).then_some("edited"),
        row.doing,
    ];
    let words: Vec<_> = marks.into_iter().flatten().collect();
    (!words.is_empty()).then(|| view! { <p class="marks">{words.join(" \u{B7} ")}</p> })
}

fn reactions(row: &Row) -> Option<impl IntoView + use<>> {
    let (seq, reactions) = (row.message.seq, &row.message.post.reactions);
    let chip = |reaction: &Reaction| {
        let (emoji, names) = (reaction.emoji.to_string(), names(reaction));
        let mine = row.my_reactions.contains(&reaction.emoji);
        view! {
            <button
                type="button"
                class="chip"
                data-do="react"
                data-seq=seq
                data-emoji=emoji.clone()
                title=names.clone()
                aria-label=format!("{emoji} {names}")
                aria-pressed=if mine { "true" } else { "false" }
            >
                {emoji.clone()} " " {reaction.by.len()}
            </button>
        }
    };
    let chips = reactions.iter().map(chip).collect::<Vec<_>>();
    (!chips.is_empty()).then(|| view! { <p class="reactions">{chips}</p> })
}

fn names(reaction: &Reaction) -> String {
    let told: Vec<&str> = reaction.by.iter().take(TOLD_NAMES).map(|person| person.name.as_str()).collect();
    let more = reaction.by.len() - told.len();
    let told = told.join(", ");
    if more > 0 { format!("{told} and {more} more") } else { told }
}

/// Why something could not be, and the ways on.
fn refusal(refused: &Refused) -> impl IntoView + use<> {
    let Refused { cid, what, why, again } = refused;
    let (what, why, cid) = (*what, why.clone(), cid.to_string());
    let again = again.then(|| {
        let cid = cid.clone();
        view! { <button type="button" data-do="retry" data-cid=cid>"Try again"</button> }
    });
    view! {
        <p class="refused" role="alert">
            <span>{what} {why}</span>
            {again}
            <button type="button" data-do="let-go" data-cid=cid>"Delete"</button>
        </p>
    }
}

/// What a page can hold of a text: the HTML parser drops NUL, and a text of nothing else would be no node, for which the app
/// would look.
pub(super) fn holdable(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}

/// A message's text: nothing in it is ever markup, and a link is never a script.
fn body(row: &Row) -> impl IntoView + use<> {
    let Post { body, mentions, mentions_room, .. } = &row.message.post;
    let mut names: Vec<&str> = mentions.iter().map(|person| person.name.as_str()).collect();
    names.extend(mentions_room.then_some(ROOM));
    let me = row.names_me.as_deref().unwrap_or_default();
    let drawn = spans_naming(body, &names).into_iter().map(|span| match span {
        Span::Text(text) => EitherOf3::A(holdable(text)),
        Span::Link(link) => {
            let (href, text) = (link.to_owned(), link.to_owned());
            EitherOf3::B(view! {
                <a href=href target="_blank" rel="noopener noreferrer nofollow ugc">{text}</a>
            })
        }
        Span::Name(name) => {
            let class = if name[1..].eq_ignore_ascii_case(me) { "mention me" } else { "mention" };
            EitherOf3::C(view! { <bdi class=class>{name.to_owned()}</bdi> })
        }
    });
    view! { <p class="body" dir="auto">{drawn.collect_view()}</p> }
}
