//! What became of a room, or of somebody in it, in a line of words.

use super::time::{self, Today};
use crate::protocol::event::{Change, ChangeKind, Person};
use crate::protocol::ids::Millis;
use crate::protocol::power::Role;
use crate::words::live::Live;
use crate::words::{count, fill, say};

/// That line, as it is read by one whose day this is.
pub(super) fn words(by: &Person, change: &Change, at: Millis, today: Option<Today>) -> String {
    let (by, on) = (&by.name, change.on.unwrap_or_default());
    let who = change.who.as_ref().map_or(by, |who| &who.name);
    let text = change.text.as_deref().unwrap_or_default();
    let restrained = |ever, for_a_time| restrained(who, [ever, for_a_time], change, at, today);
    match change.kind {
        ChangeKind::Joined => fill(Live::Joined, &[by]),
        ChangeKind::Left => fill(Live::Left, &[by]),
        ChangeKind::Added => fill(Live::Added, &[by, who]),
        ChangeKind::Removed => restrained(Live::WasRemoved, Live::WasRemoved),
        ChangeKind::Role if change.role == Some(Role::Moderator) => fill(Live::KeepsOrder, &[who]),
        ChangeKind::Role => fill(Live::IsMember, &[who]),
        ChangeKind::Muted => restrained(Live::WasMuted, Live::WasMutedUntil),
        ChangeKind::Unmuted => fill(Live::MayWriteAgain, &[who]),
        ChangeKind::Banned => restrained(Live::WasBanned, Live::WasBannedUntil),
        ChangeKind::Unbanned => fill(Live::MayComeAgain, &[who]),
        ChangeKind::Title => fill(Live::Renamed, &[text]),
        ChangeKind::Topic if text.is_empty() => say(Live::NoTopic).to_owned(),
        ChangeKind::Topic => fill(Live::TopicIs, &[text]),
        ChangeKind::Kind if text == "open" => say(Live::EverybodyMayJoin).to_owned(),
        ChangeKind::Kind => say(Live::ByInvitation).to_owned(),
        ChangeKind::Guests => one_of(on, Live::OpenToGuests, Live::ClosedToGuests),
        ChangeKind::Announce => one_of(on, Live::ModeratorsWrite, Live::EverybodyWrites),
        ChangeKind::Archived => one_of(on, Live::WasArchived, Live::InUseAgain),
        ChangeKind::Slow => match change.seconds.unwrap_or_default() {
            0 => say(Live::AsOftenAsLiked).to_owned(),
            seconds => count(Live::Slow, seconds, &[]),
        },
    }
}

fn one_of(on: bool, yes: Live, no: Live) -> String {
    say(if on { yes } else { no }).to_owned()
}

/// Somebody was restrained for good or for a time, and why.
fn restrained(who: &str, words: [Live; 2], change: &Change, at: Millis, today: Option<Today>) -> String {
    let [ever, for_a_time] = words;
    let told = match change.until {
        Some(until) => fill(for_a_time, &[who, &end(until, at, today)]),
        None => fill(ever, &[who]),
    };
    let reason = change.text.as_deref().unwrap_or_default();
    if reason.is_empty() { told } else { format!("{told}: {reason}") }
}

/// The day is told where it is another one.
fn end(until: Millis, at: Millis, today: Option<Today>) -> String {
    let clock = time::clock(until, today);
    if time::same_day(at, until, today) { clock } else { format!("{}, {clock}", time::day(until, today)) }
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
