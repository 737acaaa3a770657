//! What became of a room, or of somebody in it, in a line of words.

use super::time::{self, Today};
use crate::protocol::event::{Change, ChangeKind, Person};
use crate::protocol::ids::Millis;
use crate::protocol::power::Role;

/// That line, as it is read by one whose day this is.
pub(super) fn words(by: &Person, change: &Change, at: Millis, today: Option<Today>) -> String {
    let (by, on) = (&by.name, change.on.unwrap_or_default());
    let who = change.who.as_ref().map_or(by, |who| &who.name);
    let text = change.text.as_deref().unwrap_or_default();
    let restrained = |how: &str| [who, how, &until(change, at, today), &reason(text)].concat();
    match change.kind {
        ChangeKind::Joined => format!("{by} joined"),
        ChangeKind::Left => format!("{by} left"),
        ChangeKind::Added => format!("{by} added {who}"),
        ChangeKind::Removed => restrained(" was removed"),
        ChangeKind::Role if change.role == Some(Role::Moderator) => format!("{who} keeps order here now"),
        ChangeKind::Role => format!("{who} is a member like others now"),
        ChangeKind::Muted => restrained(" was muted"),
        ChangeKind::Unmuted => format!("{who} may write again"),
        ChangeKind::Banned => restrained(" was banned"),
        ChangeKind::Unbanned => format!("{who} may come again"),
        ChangeKind::Title => format!("The room is called \u{201C}{text}\u{201D} now"),
        ChangeKind::Topic if text.is_empty() => "The room has no topic any more".to_owned(),
        ChangeKind::Topic => format!("The topic is now \u{201C}{text}\u{201D}"),
        ChangeKind::Kind if text == "open" => "Everybody may join now".to_owned(),
        ChangeKind::Kind => "One joins by invitation now".to_owned(),
        ChangeKind::Guests => one_of(on, "The room is open to guests now", "The room is not open to guests any more"),
        ChangeKind::Announce => one_of(on, "Only moderators write here now", "Everybody may write again"),
        ChangeKind::Archived => one_of(on, "The room was archived", "The room is in use again"),
        ChangeKind::Slow => match change.seconds.unwrap_or_default() {
            0 => "One may write as often as one likes again".to_owned(),
            seconds => format!("One may write every {seconds} seconds now"),
        },
    }
}

fn one_of(on: bool, yes: &str, no: &str) -> String {
    if on { yes.to_owned() } else { no.to_owned() }
}

/// The day is told where it is another one.
fn until(change: &Change, at: Millis, today: Option<Today>) -> String {
    let Some(until) = change.until else { return String::new() };
    let clock = time::clock(until, today);
    if time::same_day(at, until, today) {
        format!(" until {clock}")
    } else {
        format!(" until {}, {clock}", time::day(until, today))
    }
}

fn reason(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(": {text}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str) -> Person {
        Person { id: name.parse().expect("an id"), name: name.to_owned(), colour: None }
    }

    fn told(change: Change) -> String {
        words(&person("Ana"), &change, 0, None)
    }

    #[test]
    fn who_was_restrained_is_told_until_when_and_why() {
        let who = Some(person("Ben"));
        let muted = Change { who, until: Some(60_000), text: Some("spam".into()), ..Change::of(ChangeKind::Muted) };
        assert_eq!(told(muted.clone()), "Ben was muted until 00:01 UTC: spam");
        let until = Some(24 * 60 * 60_000);
        assert_eq!(told(Change { until, text: None, ..muted.clone() }), "Ben was muted until 1970-01-02, 00:00 UTC");
        assert_eq!(told(Change { until: None, kind: ChangeKind::Banned, ..muted }), "Ben was banned: spam");
    }

    #[test]
    fn who_comes_and_goes_is_told_by_name() {
        assert_eq!(told(Change::of(ChangeKind::Joined)), "Ana joined");
        assert_eq!(told(Change { who: Some(person("Ben")), ..Change::of(ChangeKind::Added) }), "Ana added Ben");
        let role = Some(Role::Moderator);
        let promoted = Change { who: Some(person("Ben")), role, ..Change::of(ChangeKind::Role) };
        assert_eq!(told(promoted), "Ben keeps order here now");
    }

    #[test]
    fn how_a_room_is_set_is_told_both_ways() {
        let topic = |text: &str| told(Change { text: Some(text.into()), ..Change::of(ChangeKind::Topic) });
        assert_eq!(topic("Tea"), "The topic is now \u{201C}Tea\u{201D}");
        assert_eq!(topic(""), "The room has no topic any more");
        let archived = |on| told(Change { on: Some(on), ..Change::of(ChangeKind::Archived) });
        assert_eq!([archived(true), archived(false)], ["The room was archived", "The room is in use again"]);
    }
}
