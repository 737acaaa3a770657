//! One message.

use leptos::either::Either;
use leptos::prelude::*;

use super::body::body;
use super::piece::{element, text};
use crate::protocol::event::{Person, Reaction};
use crate::protocol::ids::RoomKey;
use crate::protocol::limits;
use crate::protocol::markup::plain;
use crate::protocol::timeline::Message;
use crate::ui::changes;
use crate::ui::state::{Refused, Row};
use crate::ui::time::{self, Today};
use crate::words::live::Live;
use crate::words::{count, fill, say};

/// Characters of a message that are quoted.
const QUOTED_CHARS: usize = 120;
/// What stands around what is said is there to be read, and is not told aloud when it comes.
const QUIET: (&str, &str) = ("aria-live", "off");
/// Names of people who react that are told one by one.
const TOLD_NAMES: usize = 12;

/// A message that the room has, or will have. Its elements stay the same however it changes; what is done with them is up
/// to the list.
#[component]
pub fn MessageRow(
    /// It and how it stands in the list.
    row: RwSignal<Row>,
    /// The room's address: without the app, what is quoted is a link there.
    room: RoomKey,
    /// The reader's day; `None` while their zone is not known. It is only looked at: a signal that outlives the row would
    /// keep for ever that the row once asked for it, so the list draws its rows anew when the day is another.
    today: RwSignal<Option<Today>>,
) -> impl IntoView {
    let id = row.with_untracked(|row| row.pending.is_none().then(|| format!("m{}", row.message.seq)));
    let quiet = move || row.with(|row| row.quiet.then(|| "off".to_owned()));
    let drawn = if row.with_untracked(|row| row.message.change.is_some()) {
        Either::Left(view! {
            <p id=id class="change" dir="auto" aria-live=quiet>{move || row.with(|row| change(row, today.get_untracked())).unwrap_or_default()}</p>
        })
    } else {
        Either::Right(view! {
            <article
                id=id
                class=move || Some(row.with(|row| class(row, today.get_untracked())))
                aria-live=quiet
                tabindex=move || row.with(|row| row.found.then(|| "-1".to_owned()))
            >
                {move || row.with(|row| content(row, &room, today.get_untracked()))}
            </article>
        })
    };
    view! {
        {move || row.with(|row| lines(row, today.get_untracked()))}
        {drawn}
    }
}

/// What became of the room.
fn change(row: &Row, today: Option<Today>) -> Option<String> {
    let Message { by, at, change, .. } = &*row.message;
    change.as_ref().map(|change| changes::words(by, change, *at, today))
}

/// What stands above a message: the day that begins with it, and that what follows is new.
fn lines(row: &Row, today: Option<Today>) -> Vec<AnyView> {
    let day = starts_day(row, today).then(|| {
        let at = row.message.at;
        let day = element("TIME", [("datetime", &*time::machine(at))], vec![text(&time::day(at, today))]);
        element("P", [("class", "day"), QUIET], vec![day])
    });
    let unread = row.first_unread.then(|| element("P", [("class", "unread"), QUIET], vec![text(say(Live::New))]));
    day.into_iter().chain(unread).collect()
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

fn content(row: &Row, room: &RoomKey, today: Option<Today>) -> Vec<AnyView> {
    let post = &row.message.post;
    let gone = post.deleted.is_some();
    let said =
        if gone { element("P", [("class", "tombstone"), QUIET], vec![text(say(Live::WasDeleted))]) } else { body(row) };
    let can_be_acted_on = !gone && row.pending.is_none();
    let parts = [Some(by(row, today)), quote(row, room), Some(said), can_be_acted_on.then(|| ways(row))];
    let below = [marks(row), reactions(row)];
    parts.into_iter().chain(below).flatten().chain(row.refused.iter().map(refusal)).collect()
}

/// Who said it, and when.
fn by(row: &Row, today: Option<Today>) -> AnyView {
    let Message { at, by, .. } = &*row.message;
    let initial: String = by.name.chars().take(1).collect();
    let when = row.pending.map_or_else(|| time::clock(*at, today), str::to_owned);
    let parts = vec![
        element("SPAN", [("class", "avatar"), ("aria-hidden", "true")], vec![text(&initial)]),
        element("BDI", [("class", "name")], vec![text(&by.name)]),
        element("TIME", [("datetime", &*time::machine(*at))], vec![text(&when)]),
    ];
    element("P", [("class", "by"), ("data-colour", &*colour(by).to_string())], parts)
}

/// The quiet buttons: what is wanted most, and the menu of all that can be done.
fn ways(row: &Row) -> AnyView {
    let Message { seq, by, .. } = &*row.message;
    let seq = seq.to_string();
    let (answer, all) = (fill(Live::AnswerWhom, &[&by.name]), fill(Live::ActionsFor, &[&by.name]));
    // Their signs are drawn by the styles: two elements fewer for each, of which there are hundreds.
    let answer = [
        ("class", "reply"),
        ("data-do", "answer"),
        ("data-seq", &*seq),
        ("aria-label", &*answer),
        ("title", say(Live::Answer)),
    ];
    let all = [
        ("class", "more"),
        ("data-do", "menu"),
        ("data-seq", &*seq),
        ("aria-label", &*all),
        ("aria-haspopup", "dialog"),
    ];
    element("DIV", [("class", "ways")], vec![element("BUTTON", answer, vec![]), element("BUTTON", all, vec![])])
}

/// The colour that one has chosen, or has by chance.
fn colour(person: &Person) -> u64 {
    let by_chance = || person.id.as_str().bytes().map(u64::from).sum::<u64>() % limits::COLOURS;
    person.colour.unwrap_or_else(by_chance)
}

/// The message that this one answers.
fn quote(row: &Row, room: &RoomKey) -> Option<AnyView> {
    let (of, answered) = row.answers.as_ref()?;
    let (name, said) = match answered {
        Some(message) if message.post.deleted.is_some() => (&*message.by.name, say(Live::Deleted).to_owned()),
        Some(message) => (&*message.by.name, plain(&message.post.body).chars().take(QUOTED_CHARS).collect()),
        None => ("", say(Live::Earlier).to_owned()),
    };
    let (to, of) = (format!("/r/{room}/{of}"), of.to_string());
    let has = [("class", "quote"), ("dir", "auto"), ("href", &*to), ("data-do", "jump"), ("data-seq", &*of)];
    let parts = vec![element("BDI", [], vec![text(name)]), text(" "), element("SPAN", [], vec![text(&said)])];
    Some(element("A", has, parts))
}

/// What happened to it besides, and what is happening.
fn marks(row: &Row) -> Option<AnyView> {
    let post = &row.message.post;
    let marks = [
        post.pinned.is_some().then(|| say(Live::IsPinned)),
        (post.edited.is_some() && row.doing.is_none()).then(|| say(Live::IsEdited)),
        row.doing,
    ];
    let words: Vec<_> = marks.into_iter().flatten().collect();
    (!words.is_empty()).then(|| element("P", [("class", "marks"), QUIET], vec![text(&words.join(" \u{B7} "))]))
}

fn reactions(row: &Row) -> Option<AnyView> {
    let (seq, reactions) = (row.message.seq.to_string(), &row.message.post.reactions);
    let chip = |reaction: &Reaction| {
        let mine = row.my_reactions.contains(&reaction.emoji);
        let (emoji, names) = (reaction.emoji.as_str(), names(reaction));
        let label = format!("{emoji} {names}");
        let has = [
            ("class", "chip"),
            ("data-do", "react"),
            ("data-seq", &*seq),
            ("aria-pressed", if mine { "true" } else { "false" }),
            ("title", &*names),
            ("aria-label", &*label),
        ];
        element("BUTTON", has, vec![element("SPAN", [], vec![text(emoji)]), text(&format!(" {}", reaction.by.len()))])
    };
    let chips: Vec<_> = reactions.iter().map(chip).collect();
    (!chips.is_empty()).then(|| element("P", [("class", "reactions"), QUIET], chips))
}

fn names(reaction: &Reaction) -> String {
    let told: Vec<&str> = reaction.by.iter().take(TOLD_NAMES).map(|person| person.name.as_str()).collect();
    let more = reaction.by.len() - told.len();
    let told = told.join(", ");
    if more > 0 { count(Live::AndMore, more as u64, &[&told]) } else { told }
}

/// Why something could not be, and the ways on.
fn refusal(refused: &Refused) -> AnyView {
    let Refused { cid, what, why, again } = refused;
    let way = |what, words| {
        element("BUTTON", [("type", "button"), ("data-do", what), ("data-cid", cid.as_str())], vec![text(say(words))])
    };
    let told = element("SPAN", [], vec![text(&format!("{what}{why}"))]);
    let again = again.then(|| way("retry", Live::TryAgain));
    let parts = std::iter::once(told).chain(again).chain([way("let-go", Live::Delete)]).collect();
    element("DIV", [("class", "refused"), ("role", "alert")], parts)
}
