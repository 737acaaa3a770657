//! The rooms that one may go to, and what is unread in them.
//!
//! The server tells how much that is whenever it greets; from then on it is counted here, from the rooms' own events.

use crate::protocol::event::{Event, Post, What};
use crate::protocol::ids::{Epoch, PersonId, RoomKey, Seq};
use crate::protocol::limits;
use crate::protocol::power::RoomKind;
use crate::protocol::wire::{ClientFrame, RoomSummary};
use crate::words::live::Live;
use crate::words::say;

/// All of them, in the order in which they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The one that is open.
    current: RoomKey,
    rooms: Vec<Place>,
}

/// One room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// As the server told it last; its counts are of what came up to its head.
    room: RoomSummary,
    /// Everything up to here has come.
    have: Seq,
    /// What came since and was not read, and whether it names me.
    news: Vec<(Seq, bool)>,
    /// Its events come by themselves.
    followed: bool,
}

impl Places {
    /// As the server drew them.
    pub(super) fn new(current: RoomKey, rooms: Vec<RoomSummary>) -> Self {
        Self { current, rooms: rooms.into_iter().map(Place::of).collect() }
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Place> {
        self.rooms.iter()
    }

    /// Whether it is the one that is open.
    pub fn is_current(&self, place: &Place) -> bool {
        place.room.room == self.current
    }

    /// In how many rooms something is unread.
    pub fn unread(&self) -> usize {
        self.rooms.iter().filter(|place| place.unread() > 0).count()
    }

    /// The same, beside the open one.
    pub fn unread_elsewhere(&self) -> usize {
        self.rooms.iter().filter(|place| !self.is_current(place) && place.unread() > 0).count()
    }

    /// The server greets: how it stands is as it says. Answers with what has to be followed yet.
    pub(super) fn on_welcome(&mut self, rooms: Vec<RoomSummary>) -> Vec<ClientFrame> {
        let before = std::mem::take(&mut self.rooms);
        let followed = |room: &RoomSummary| before.iter().any(|place| place.followed && place.room.room == room.room);
        let renewed = |room: RoomSummary| Place { followed: followed(&room), ..Place::of(room) };
        self.rooms = rooms.into_iter().map(renewed).collect();
        self.follow()
    }

    /// The connection is gone.
    pub(super) fn disconnect(&mut self) {
        self.rooms.iter_mut().for_each(|place| place.followed = false);
    }

    /// The rooms that I have joined, beside the open one, which is followed for itself.
    fn follow(&mut self) -> Vec<ClientFrame> {
        let others = self.rooms.iter_mut().filter(|place| place.room.room != self.current && place.room.joined);
        let new = others.take(limits::FOLLOWED_ROOMS - 1).filter(|place| !place.followed);
        new.map(|place| {
            place.followed = true;
            place.subscribe()
        })
        .collect()
    }

    /// A room of mine is new, or another than it was.
    pub(super) fn on_room(&mut self, room: RoomSummary) -> Vec<ClientFrame> {
        if !room.joined && room.room != self.current {
            self.remove(&room.room);
            return Vec::new();
        }
        match self.place(&room.room) {
            Some(place) => *place = Place { followed: place.followed, ..Place::of(room) },
            None => self.rooms.push(Place::of(room)),
        }
        self.follow()
    }

    /// A room is none of mine any more.
    pub(super) fn remove(&mut self, room: &RoomKey) {
        self.rooms.retain(|place| place.room.room != *room);
    }

    /// What came of another room while nobody followed it.
    pub(super) fn on_subbed(&mut self, room: &RoomKey, epoch: Epoch, events: &[Event], me: Option<&PersonId>) {
        let Some(place) = self.place(room) else { return };
        if place.room.epoch != epoch {
            // Of another life of the room no position means anything.
            (place.have, place.room.read, place.room.epoch) = (0, 0, epoch);
        }
        events.iter().for_each(|event| place.take(event, me));
    }

    /// Something happens in a room.
    pub(super) fn on_event(&mut self, room: &RoomKey, event: &Event, me: Option<&PersonId>) {
        if let Some(place) = self.place(room) {
            place.take(event, me);
        }
    }

    /// A room was read so far, here or on another device.
    pub(super) fn on_seen(&mut self, room: &RoomKey, seq: Seq) {
        if let Some(place) = self.place(room) {
            place.on_seen(seq);
        }
    }

    /// The same, if that is further than it is known to be: what the server tells may be of before it heard of that.
    pub(super) fn on_seen_at_least(&mut self, room: &RoomKey, seq: Seq) {
        if let Some(place) = self.place(room).filter(|place| place.room.read < seq) {
            place.on_seen(seq);
        }
    }

    /// How far the rooms are: what did not come of one is asked for.
    pub(super) fn on_head(&self, room: &RoomKey, head: Seq) -> Option<ClientFrame> {
        let place = self.rooms.iter().find(|place| place.room.room == *room && *room != self.current)?;
        (place.have < head).then(|| place.subscribe())
    }

    fn place(&mut self, room: &RoomKey) -> Option<&mut Place> {
        self.rooms.iter_mut().find(|place| place.room.room == *room)
    }
}

impl Place {
    fn of(room: RoomSummary) -> Self {
        Self { have: room.head, news: Vec::new(), followed: false, room }
    }

    /// Its key.
    pub fn key(&self) -> &RoomKey {
        &self.room.room
    }

    /// Who may come in.
    pub fn kind(&self) -> RoomKind {
        self.room.kind
    }

    /// How many others are in it, where people are among themselves.
    pub fn others(&self) -> usize {
        self.room.with.len()
    }

    /// Only moderators speak there.
    pub fn is_announce_only(&self) -> bool {
        self.room.announce
    }

    /// Where it is.
    pub fn address(&self) -> String {
        if self.room.room == RoomKey::lobby() { "/".to_owned() } else { format!("/r/{}", self.room.room) }
    }

    /// What it is called.
    pub fn title(&self) -> String {
        title(&self.room)
    }

    /// How many messages of others were not read.
    pub fn unread(&self) -> u64 {
        self.room.unread + self.news.len() as u64
    }

    /// How many of them name me.
    pub fn mentions(&self) -> u64 {
        self.room.mentions + self.news.iter().filter(|(_, names_me)| *names_me).count() as u64
    }

    fn take(&mut self, event: &Event, me: Option<&PersonId>) {
        if event.seq <= self.have {
            return;
        }
        self.have = event.seq;
        match &event.what {
            What::Posted(post) if me != Some(&event.by.id) && event.seq > self.room.read => {
                self.news.push((event.seq, names(post, me)));
            }
            What::Deleted { of } => self.news.retain(|(seq, _)| seq != of),
            What::Changed(change) => self.room.take(change),
            _ => {}
        }
    }

    /// What the server counted is of before its head; how much of that is left by half is not known, so that it is no more
    /// than there are events. The same goes for what is to be unread again, until the server tells.
    fn on_seen(&mut self, seq: Seq) {
        if seq < self.room.read {
            self.room.unread = self.have.saturating_sub(seq).min(limits::UNREAD + 1);
            self.news.clear();
        } else {
            self.room.unread = self.room.unread.min(self.room.head.saturating_sub(seq));
        }
        self.room.mentions = self.room.mentions.min(self.room.unread);
        self.room.read = seq;
        self.news.retain(|(news, _)| *news > seq);
    }

    fn subscribe(&self) -> ClientFrame {
        let (room, epoch) = (self.room.room.clone(), self.room.epoch.clone());
        ClientFrame::Sub { room, epoch: Some(epoch), seq: Some(self.have) }
    }
}

/// What a room is called; people among themselves by their names.
pub(super) fn title(room: &RoomSummary) -> String {
    if room.kind != RoomKind::Direct {
        return room.title.clone();
    }
    let names: Vec<&str> = room.with.iter().map(|person| person.name.as_str()).collect();
    if names.is_empty() { say(Live::Somebody).to_owned() } else { names.join(", ") }
}

/// Whether a message names me.
pub(super) fn names(post: &Post, me: Option<&PersonId>) -> bool {
    post.mentions_room || post.mentions.iter().any(|person| Some(&person.id) == me)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::event::Person;
    use crate::protocol::power::Role;

    fn key(room: &str) -> RoomKey {
        room.parse().expect("a room key")
    }

    fn room(key: &str, head: Seq, unread: u64) -> RoomSummary {
        RoomSummary {
            room: self::key(key),
            title: key.to_owned(),
            kind: RoomKind::Open,
            epoch: "e1".parse().expect("an epoch"),
            head,
            read: head - unread,
            role: Role::Member,
            joined: true,
            unread,
            mentions: 0,
            topic: String::new(),
            archived: false,
            announce: false,
            guests: false,
            with: Vec::new(),
            muted: None,
        }
    }

    fn person(id: &str) -> Person {
        Person { id: id.parse().expect("an id"), name: id.to_owned(), colour: None }
    }

    fn event(seq: Seq, by: &str, what: What) -> Event {
        Event { seq, at: seq, by: person(by), cid: None, what }
    }

    fn said(seq: Seq, by: &str) -> Event {
        event(seq, by, What::Posted(Post::new("hi", None)))
    }

    /// Two rooms beside the open one, of which one has two unread messages.
    fn places() -> Places {
        let mut places = Places::new(key("lobby"), Vec::new());
        let followed = places.on_welcome(vec![room("lobby", 5, 0), room("garden", 7, 2), room("kitchen", 3, 0)]);
        assert_eq!(followed.len(), 2, "the open one is followed for itself");
        places
    }

    fn counts(places: &Places) -> Vec<(u64, u64)> {
        places.iter().map(|place| (place.unread(), place.mentions())).collect()
    }

    fn happens(places: &mut Places, event: &Event) {
        places.on_event(&key("kitchen"), event, Some(&person("me").id));
    }

    #[test]
    fn only_what_others_say_counts() {
        let mut places = places();
        for event in [
            said(4, "ben"),
            said(5, "me"),
            event(6, "ben", What::Edited { of: 4, body: "ho".into() }),
            said(7, "ben"),
            said(7, "ben"),
        ] {
            happens(&mut places, &event);
        }
        assert_eq!(counts(&places), [(0, 0), (2, 0), (2, 0)]);
        assert_eq!(places.unread(), 2, "in two rooms");
        happens(&mut places, &event(8, "ben", What::Deleted { of: 4 }));
        happens(&mut places, &event(9, "ben", What::Deleted { of: 2 }));
        assert_eq!(counts(&places)[2], (1, 0), "what is not there any more is not unread");
    }

    #[test]
    fn what_names_me_is_told_apart() {
        let mut places = places();
        let naming = |mentions, mentions_room| Post { mentions, mentions_room, ..Post::new("@you", None) };
        happens(&mut places, &event(4, "ben", What::Posted(naming(vec![person("me")], false))));
        happens(&mut places, &event(5, "ben", What::Posted(naming(vec![person("cleo")], false))));
        happens(&mut places, &event(6, "ben", What::Posted(naming(Vec::new(), true))));
        assert_eq!(counts(&places)[2], (3, 2));
    }

    #[test]
    fn what_was_read_on_another_device_is_not_unread_here() {
        let mut places = places();
        happens(&mut places, &said(4, "ben"));
        happens(&mut places, &said(5, "ben"));
        places.on_seen(&key("kitchen"), 4);
        places.on_seen(&key("garden"), 7);
        assert_eq!(counts(&places), [(0, 0), (0, 0), (1, 0)]);
        places.on_seen(&key("garden"), 6);
        assert_eq!(counts(&places)[1], (1, 0), "and what is to be unread again is");
    }

    #[test]
    fn the_server_knows_best_when_it_greets_and_what_is_followed_is_not_asked_for_again() {
        let mut places = places();
        happens(&mut places, &said(4, "ben"));
        assert!(places.on_welcome(vec![room("garden", 9, 1), room("kitchen", 4, 1)]).is_empty());
        assert_eq!(counts(&places), [(1, 0), (1, 0)]);
        happens(&mut places, &said(4, "ben"));
        assert_eq!(counts(&places)[1], (1, 0), "it was counted");
        places.disconnect();
        assert_eq!(places.on_welcome(vec![room("kitchen", 4, 1)]).len(), 1);
        let missed = [said(5, "ben"), said(6, "ben")];
        places.on_subbed(&key("kitchen"), "e1".parse().expect("an epoch"), &missed, None);
        assert_eq!(counts(&places), [(3, 0)]);
    }

    #[test]
    fn a_room_that_one_is_added_to_comes_and_one_that_one_leaves_goes() {
        let mut places = places();
        let attic = room("attic", 2, 1);
        assert!(matches!(&places.on_room(attic.clone())[..], [ClientFrame::Sub { seq: Some(2), .. }]));
        assert!(places.on_room(attic.clone()).is_empty(), "once");
        assert_eq!(places.iter().count(), 4);
        places.on_room(RoomSummary { joined: false, ..attic });
        places.remove(&key("garden"));
        assert_eq!(counts(&places), [(0, 0), (0, 0)]);
    }

    #[test]
    fn no_more_rooms_are_followed_than_a_connection_may() {
        let mut places = Places::new(key("lobby"), Vec::new());
        let many = (0..2 * limits::FOLLOWED_ROOMS).map(|number| room(&format!("room-{number}"), 1, 0)).collect();
        assert_eq!(places.on_welcome(many).len(), limits::FOLLOWED_ROOMS - 1);
    }

    #[test]
    fn a_hole_that_a_heartbeat_shows_is_asked_for() {
        let places = places();
        assert_eq!(places.on_head(&key("garden"), 7), None);
        assert!(matches!(places.on_head(&key("garden"), 8), Some(ClientFrame::Sub { seq: Some(7), .. })));
        assert_eq!(places.on_head(&key("lobby"), 9), None, "the open room looks after itself");
    }

    #[test]
    fn people_among_themselves_are_called_by_their_names() {
        let direct = RoomSummary { kind: RoomKind::Direct, ..room("direct-1", 1, 0) };
        let with = vec![person("Ana"), person("Ben")];
        assert_eq!(title(&RoomSummary { with, ..direct.clone() }), "Ana, Ben");
        assert_eq!(title(&direct), "Somebody");
    }
}
