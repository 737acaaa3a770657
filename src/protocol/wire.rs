//! The socket `banter.v1`: JSON text frames, told apart by `t`.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::api::{ErrorCode, Me};
use super::event::{Act, Change, ChangeKind, Event, Person};
use super::ids::{Cid, Emoji, Epoch, Millis, RoomKey, Seq};
use super::limits::Limits;
use super::object::{Missing, Object, is_false};
use super::power::{Role, RoomKind, Setting};

/// The subprotocol that a client asks for in its handshake.
pub const SUBPROTOCOL: &str = "banter.v1";

/// The first text of the plain wire, as the tutorial's server has it.
pub const PLAIN_WELCOME: &str = "Welcome to the chat!";

/// What a client sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum ClientFrame {
    /// First of all, within [`super::limits::HELLO_MS`]. A later one with a token signs in on the same connection.
    Hello {
        /// From `POST /api/v1/guest`; not needed where the cookie speaks.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<String>,
    },
    /// Follow a room, from what I have.
    Sub {
        /// Which.
        room: RoomKey,
        /// Of which life of the room my `seq` is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        epoch: Option<Epoch>,
        /// I have everything up to here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seq: Option<Seq>,
    },
    /// Follow it no more.
    Unsub {
        /// Which.
        room: RoomKey,
    },
    /// A message.
    Post {
        /// Where.
        room: RoomKey,
        /// The sender's own id for it.
        cid: Cid,
        /// Its text.
        body: String,
        /// The message that it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<Seq>,
    },
    /// Another text for a message of mine.
    Edit {
        /// Where.
        room: RoomKey,
        /// The sender's own id for it.
        cid: Cid,
        /// The message.
        seq: Seq,
        /// Its new text.
        body: String,
    },
    /// A message of mine is to be gone for good.
    Delete {
        /// Where.
        room: RoomKey,
        /// The sender's own id for it.
        cid: Cid,
        /// The message.
        seq: Seq,
    },
    /// I react to a message, or no more.
    React {
        /// Where.
        room: RoomKey,
        /// The sender's own id for it.
        cid: Cid,
        /// The message.
        seq: Seq,
        /// With what.
        emoji: Emoji,
        /// Or no more.
        on: bool,
    },
    /// A message of mine is to be seen by all, or no more.
    Pin {
        /// Where.
        room: RoomKey,
        /// The sender's own id for it.
        cid: Cid,
        /// The message.
        seq: Seq,
        /// Or no more.
        on: bool,
    },
    /// A page of the log: after or before a position, else the newest.
    Fetch {
        /// Of which room.
        room: RoomKey,
        /// Events with a higher seq.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<Seq>,
        /// Events with a lower seq.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Seq>,
        /// At most so many, and at most [`super::limits::PAGE_EVENTS`].
        limit: usize,
    },
    /// I have read a room up to here; backwards too, to read on from there later.
    Read {
        /// Which.
        room: RoomKey,
        /// The newest that I have read.
        seq: Seq,
    },
    /// I am writing something.
    Typing {
        /// Where.
        room: RoomKey,
    },
    /// I live.
    Pong {
        /// Nobody looks at this page right now.
        #[serde(default, skip_serializing_if = "is_false")]
        away: bool,
    },
}

impl ClientFrame {
    /// Every `t` that is known.
    pub const TYPES: [&str; 12] =
        ["hello", "sub", "unsub", "post", "edit", "delete", "react", "pin", "fetch", "read", "typing", "pong"];

    /// An act as a frame.
    pub fn of_act(room: RoomKey, cid: Cid, act: Act) -> Self {
        match act {
            Act::Post { body, reply_to } => Self::Post { room, cid, body, reply_to },
            Act::Edit { of, body } => Self::Edit { room, cid, seq: of, body },
            Act::Delete { of } => Self::Delete { room, cid, seq: of },
            Act::React { of, emoji, on } => Self::React { room, cid, seq: of, emoji, on },
            Act::Pin { of, on } => Self::Pin { room, cid, seq: of, on },
        }
    }

    /// The act that this frame asks for; the frame itself if it asks for something else.
    pub fn into_act(self) -> Result<(RoomKey, Cid, Act), Self> {
        Ok(match self {
            Self::Post { room, cid, body, reply_to } => (room, cid, Act::Post { body, reply_to }),
            Self::Edit { room, cid, seq, body } => (room, cid, Act::Edit { of: seq, body }),
            Self::Delete { room, cid, seq } => (room, cid, Act::Delete { of: seq }),
            Self::React { room, cid, seq, emoji, on } => (room, cid, Act::React { of: seq, emoji, on }),
            Self::Pin { room, cid, seq, on } => (room, cid, Act::Pin { of: seq, on }),
            other => return Err(other),
        })
    }

    /// Read a frame.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        serde_json::from_str(text).map_err(|error| Unreadable::of(text, &error))
    }
}

/// Why a client's frame cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// Not a JSON object with a string `t`.
    NotAFrame,
    /// A `t` that is not known here.
    UnknownType,
    /// A field is missing or has not the form it must have.
    BadField {
        /// The send that it was about, where that much could be read.
        cid: Option<Cid>,
        /// What is wrong.
        message: String,
    },
}

impl Unreadable {
    fn of(text: &str, error: &serde_json::Error) -> Self {
        #[derive(Deserialize)]
        struct Probe {
            t: String,
            #[serde(default)]
            cid: Option<serde_json::Value>,
        }
        let Ok(probe) = serde_json::from_str::<Probe>(text) else {
            return Self::NotAFrame;
        };
        if !ClientFrame::TYPES.contains(&probe.t.as_str()) {
            return Self::UnknownType;
        }
        let cid = probe.cid.and_then(|cid| serde_json::from_value(cid).ok());
        Self::BadField { cid, message: error.to_string() }
    }
}

/// What the server sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case", try_from = "Object")]
pub enum ServerFrame {
    /// Answer to `hello`.
    Welcome {
        /// This connection, for logs on both sides.
        conn: u64,
        /// Who I am; nobody while I only read.
        me: Option<Me>,
        /// The rooms that I may follow.
        rooms: Vec<RoomSummary>,
        /// Time between heartbeats.
        ping_ms: u64,
        /// What fits.
        limits: Limits,
    },
    /// Answer to `sub`.
    Subbed {
        /// Which room.
        room: RoomKey,
        /// Its life.
        epoch: Epoch,
        /// The newest seq that `events` reaches.
        head: Seq,
        /// The events close the gap completely; otherwise they are the newest ones.
        recovered: bool,
        /// In order of seq.
        events: Vec<Event>,
    },
    /// One event, as it happens.
    Ev {
        /// In which room.
        room: RoomKey,
        /// What.
        #[serde(flatten)]
        event: Event,
    },
    /// It is in the log.
    Ack {
        /// The send.
        cid: Cid,
        /// Where.
        room: RoomKey,
        /// At which place.
        seq: Seq,
        /// It already was, from an earlier try.
        dup: bool,
    },
    /// Refused for good.
    Nack {
        /// The send.
        cid: Cid,
        /// Why, for programs.
        code: ErrorCode,
        /// Why, for people.
        message: String,
        /// A new send may pass after this time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after_ms: Option<u64>,
    },
    /// Not known whether it is in the log: send the same `cid` again.
    Retry {
        /// The send.
        cid: Cid,
        /// After this time.
        after_ms: u64,
    },
    /// Answer to `fetch`.
    Page {
        /// Of which room.
        room: RoomKey,
        /// In order of seq.
        events: Vec<Event>,
        /// There are more in that direction.
        more: bool,
    },
    /// Heartbeat: answer with `pong`.
    Ping {
        /// The newest seq of each followed room.
        heads: BTreeMap<RoomKey, Seq>,
    },
    /// I have read a room up to here, on whichever device.
    Seen {
        /// Which.
        room: RoomKey,
        /// The newest that I have read.
        seq: Seq,
    },
    /// Somebody is writing something. Forgotten after [`super::limits::TYPING_MS`].
    Typing {
        /// Where.
        room: RoomKey,
        /// Who.
        by: Person,
    },
    /// Who is here of those who follow a room: those who came, went or look away since it was last told.
    Presence {
        /// Which.
        room: RoomKey,
        /// How many are here in all.
        here: u64,
        /// Who changed; nobody in a room with more than [`super::limits::PRESENCE`].
        people: Vec<Present>,
    },
    /// A room of mine is new, or is another than it was.
    Room {
        /// As it is now.
        #[serde(flatten)]
        room: Box<RoomSummary>,
    },
    /// The events of a room come no more.
    Unsubbed {
        /// Which.
        room: RoomKey,
        /// Why, for programs.
        code: ErrorCode,
        /// Why, for people.
        message: String,
    },
    /// This server goes: come back after this time.
    Moved {
        /// In milliseconds, spread so that not all come at once.
        after_ms: u64,
    },
    /// Something was wrong with a frame.
    Err {
        /// For programs.
        code: ErrorCode,
        /// For people.
        message: String,
    },
}

impl TryFrom<Object> for ServerFrame {
    type Error = Missing;

    fn try_from(mut it: Object) -> Result<Self, Missing> {
        Ok(match it.text("t")?.as_str() {
            "welcome" => Self::Welcome {
                conn: it.number("conn")?,
                me: it.maybe("me")?,
                rooms: it.many("rooms")?,
                ping_ms: it.number("ping_ms")?,
                limits: it.one("limits")?,
            },
            "subbed" => Self::Subbed {
                room: it.checked("room")?,
                epoch: it.checked("epoch")?,
                head: it.number("head")?,
                recovered: it.flag("recovered")?,
                events: it.many("events")?,
            },
            "ev" => Self::Ev { room: it.checked("room")?, event: it.try_into()? },
            "ack" => {
                let (cid, room) = (it.checked("cid")?, it.checked("room")?);
                Self::Ack { cid, room, seq: it.number("seq")?, dup: it.flag("dup")? }
            }
            "nack" => Self::Nack {
                cid: it.checked("cid")?,
                code: it.word("code")?,
                message: it.text("message")?,
                after_ms: it.number("after_ms").ok(),
            },
            "retry" => Self::Retry { cid: it.checked("cid")?, after_ms: it.number("after_ms")? },
            "page" => Self::Page { room: it.checked("room")?, events: it.many("events")?, more: it.flag("more")? },
            "ping" => {
                // One by one: to collect them sorts them first, by code that nothing else of a page needs.
                let mut heads = BTreeMap::new();
                for (room, head) in it.object("heads")?.into_numbers() {
                    room.parse().ok().map(|room| heads.insert(room, head));
                }
                Self::Ping { heads }
            }
            "seen" => Self::Seen { room: it.checked("room")?, seq: it.number("seq")? },
            "typing" => Self::Typing { room: it.checked("room")?, by: it.one("by")? },
            "presence" => {
                let (room, here) = (it.checked("room")?, it.number("here")?);
                Self::Presence { room, here, people: it.many("people")? }
            }
            "room" => Self::Room { room: Box::new(it.try_into()?) },
            "unsubbed" => {
                let (room, code) = (it.checked("room")?, it.word("code")?);
                Self::Unsubbed { room, code, message: it.text("message")? }
            }
            "moved" => Self::Moved { after_ms: it.number("after_ms")? },
            _ => Self::Err { code: it.word("code")?, message: it.text("message")? },
        })
    }
}

/// A room as listed in `welcome`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "Object")]
pub struct RoomSummary {
    /// Its key.
    pub room: RoomKey,
    /// What it is called.
    pub title: String,
    /// Who may join.
    pub kind: RoomKind,
    /// Its life.
    pub epoch: Epoch,
    /// Its newest seq.
    pub head: Seq,
    /// I have read up to here.
    pub read: Seq,
    /// What I am there.
    pub role: Role,
    /// Whether I have joined, or need not.
    pub joined: bool,
    /// Messages of others that I have not read, at most [`super::limits::UNREAD`] and one more.
    pub unread: u64,
    /// Those of them that name me, counted so too.
    pub mentions: u64,
    /// What it is about.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub topic: String,
    /// Nobody speaks there any more.
    #[serde(skip_serializing_if = "is_false")]
    pub archived: bool,
    /// Only moderators speak.
    #[serde(skip_serializing_if = "is_false")]
    pub announce: bool,
    /// Open to guests.
    #[serde(skip_serializing_if = "is_false")]
    pub guests: bool,
    /// The others, where people are among themselves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<Person>,
    /// I may not speak there until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub muted: Option<Millis>,
}

impl RoomSummary {
    /// How it is after something became of it: the one fold, for whoever follows the room.
    pub fn take(&mut self, change: &Change) {
        let (text, on) = (change.text.clone().unwrap_or_default(), change.on.unwrap_or_default());
        match change.kind {
            ChangeKind::Title => self.title = text,
            ChangeKind::Topic => self.topic = text,
            ChangeKind::Guests => self.guests = on,
            ChangeKind::Announce => self.announce = on,
            ChangeKind::Archived => self.archived = on,
            _ => {}
        }
    }

    /// How it is set.
    pub fn setting(&self) -> Setting {
        Setting { kind: self.kind, guests: self.guests, announce: self.announce, archived: self.archived }
    }
}

/// How somebody is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Object")]
pub struct Present {
    /// Who.
    pub by: Person,
    /// Looks, does not look, or has gone: the best of all their connections.
    pub state: Presence,
}

/// How one is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Not at all.
    Gone,
    /// Connected, but does not look.
    Away,
    /// Looks.
    Here,
}

impl TryFrom<Object> for Present {
    type Error = Missing;

    fn try_from(mut it: Object) -> Result<Self, Missing> {
        Ok(Self { by: it.one("by")?, state: it.word("state")? })
    }
}

impl TryFrom<Object> for RoomSummary {
    type Error = Missing;

    fn try_from(mut it: Object) -> Result<Self, Missing> {
        Ok(Self {
            room: it.checked("room")?,
            title: it.text("title")?,
            kind: it.word("kind")?,
            epoch: it.checked("epoch")?,
            head: it.number("head")?,
            read: it.number("read")?,
            role: it.word("role")?,
            joined: it.flag("joined")?,
            unread: it.number("unread")?,
            mentions: it.number("mentions")?,
            topic: it.text("topic").unwrap_or_default(),
            archived: it.flag("archived").unwrap_or_default(),
            announce: it.flag("announce").unwrap_or_default(),
            guests: it.flag("guests").unwrap_or_default(),
            with: it.many("with").unwrap_or_default(),
            muted: it.number("muted").ok(),
        })
    }
}

/// Close codes. 44xx: do not come back by yourself. 45xx: come back with backoff.
pub mod close {
    /// All said.
    pub const NORMAL: u16 = 1000;
    /// Broke the rules of RFC 6455.
    pub const PROTOCOL_ERROR: u16 = 1002;
    /// Text that is not UTF-8.
    pub const NOT_UTF8: u16 = 1007;
    /// More than [`super::super::limits::FRAME_BYTES`].
    pub const TOO_BIG: u16 = 1009;
    /// The server restarts.
    pub const RESTARTING: u16 = 1012;
    /// A frame that cannot be read.
    pub const BAD_FRAME: u16 = 4400;
    /// Log in first.
    pub const LOG_IN: u16 = 4401;
    /// Banned.
    pub const BANNED: u16 = 4403;
    /// More connections than [`super::super::limits::CONNECTIONS_PER_PERSON`].
    pub const TOO_MANY: u16 = 4409;
    /// No `hello` in time.
    pub const HELLO_LATE: u16 = 4508;
    /// Kept sending faster than allowed.
    pub const TOO_FAST: u16 = 4529;
    /// Reads slower than the room speaks.
    pub const SLOW: u16 = 4530;

    /// Whether a client that was closed with this code stays away until somebody asks it to return.
    pub fn is_final(code: u16) -> bool {
        code == NORMAL || (4400..4500).contains(&code)
    }
}

/// How long a client waits before try number `tries` (from 0), in milliseconds: full jitter, so that a crowd that was
/// cut off together does not come back together. `random` is evenly spread over 0 to 1.
pub fn backoff_ms(tries: u32, random: f64) -> u64 {
    const FIRST_MS: u64 = 500;
    const LONGEST_MS: u64 = 30_000;
    let ceiling = FIRST_MS.saturating_mul(1 << tries.min(16)).min(LONGEST_MS);
    (ceiling as f64 * random.clamp(0.0, 1.0)) as u64
}

/// The person behind `by` of my own events.
impl From<&Me> for Person {
    fn from(me: &Me) -> Self {
        Person { id: me.id.clone(), name: me.name.clone(), colour: me.colour }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::event::{Post, What};
    use proptest::prelude::*;

    #[test]
    fn frames_are_told_apart_by_t() {
        let frame: ClientFrame =
            serde_json::from_str(r#"{"t":"post","room":"lobby","cid":"0123456789abcdef","body":"hi","later":1}"#)
                .expect("fields of a newer client are no error");
        assert!(matches!(frame, ClientFrame::Post { reply_to: None, .. }));
        assert!(ClientFrame::read(r#"{"t":"hello"}"#).is_ok());
    }

    #[test]
    fn what_cannot_be_read_is_told_apart() {
        for odd in ["", "hi", "[]", "{}", r#"{"t":1}"#, r#"{"t":"pong""#, r#""pong""#, &"[".repeat(60_000)] {
            assert_eq!(ClientFrame::read(odd), Err(Unreadable::NotAFrame), "{}", &odd[..odd.len().min(20)]);
        }
        assert_eq!(ClientFrame::read(r#"{"t":"dance"}"#), Err(Unreadable::UnknownType));
        let no_body = ClientFrame::read(r#"{"t":"post","room":"lobby","cid":"0123456789abcdef"}"#);
        assert!(matches!(no_body, Err(Unreadable::BadField { cid: Some(_), .. })));
        let bad_cid = ClientFrame::read(r#"{"t":"post","room":"lobby","cid":"short","body":"hi"}"#);
        assert!(matches!(bad_cid, Err(Unreadable::BadField { cid: None, .. })));
    }

    #[test]
    fn every_type_is_listed() {
        for t in ClientFrame::TYPES {
            assert_ne!(ClientFrame::read(&format!(r#"{{"t":"{t}"}}"#)), Err(Unreadable::UnknownType), "{t}");
            assert_ne!(ClientFrame::read(&format!(r#"{{"t":"{t}"}}"#)), Err(Unreadable::NotAFrame), "{t}");
        }
    }

    /// What is written by one way of telling fields apart is read by another.
    #[test]
    fn every_server_frame_is_read_as_it_was_written() {
        let (room, cid, epoch) =
            (RoomKey::lobby(), "0123456789abcdef".parse::<Cid>().expect("a cid"), "e".parse::<Epoch>());
        let epoch = epoch.expect("an epoch");
        let me = Me { id: "p".parse().expect("an id"), name: "P".into(), role: Role::Guest, colour: Some(3) };
        let what = What::Posted(Post::new("hi", Some(1)));
        let event = Event { seq: 2, at: 3, by: Person::from(&me), cid: Some(cid.clone()), what };
        let reacted = What::Reacted { of: 2, emoji: "\u{1F44D}".parse().expect("an emoji"), on: true };
        let reacted = Event { what: reacted, ..event.clone() };
        let (code, message, seq, after_ms) = (ErrorCode::TooFast, "slow down".to_owned(), 2, 5);
        let summary = RoomSummary {
            room: room.clone(),
            title: "Lobby".into(),
            kind: RoomKind::Open,
            epoch: epoch.clone(),
            head: 9,
            read: 4,
            role: Role::Guest,
            joined: true,
            unread: 5,
            mentions: 1,
            topic: "All and nothing".into(),
            archived: false,
            announce: true,
            guests: true,
            with: vec![Person::from(&me)],
            muted: Some(7),
        };
        let (rooms, limits) = (vec![summary.clone()], Limits::current());
        let by = Person::from(&me);
        let events = vec![event.clone()];
        for frame in [
            ServerFrame::Welcome { conn: 1, me: Some(me), rooms: rooms.clone(), ping_ms: 4, limits: limits.clone() },
            ServerFrame::Welcome { conn: 1, me: None, rooms, ping_ms: 4, limits },
            ServerFrame::Subbed { room: room.clone(), epoch, head: 9, recovered: true, events: events.clone() },
            ServerFrame::Ev { room: room.clone(), event },
            ServerFrame::Ev { room: room.clone(), event: reacted },
            ServerFrame::Ack { cid: cid.clone(), room: room.clone(), seq, dup: true },
            ServerFrame::Nack { cid: cid.clone(), code, message: message.clone(), after_ms: Some(after_ms) },
            ServerFrame::Nack { cid: cid.clone(), code, message: message.clone(), after_ms: None },
            ServerFrame::Retry { cid, after_ms },
            ServerFrame::Page { room: room.clone(), events, more: false },
            ServerFrame::Ping { heads: [(room.clone(), 9)].into() },
            ServerFrame::Seen { room: room.clone(), seq },
            ServerFrame::Typing { room: room.clone(), by: by.clone() },
            ServerFrame::Presence { room: room.clone(), here: 2, people: vec![Present { by, state: Presence::Away }] },
            ServerFrame::Room { room: Box::new(summary) },
            ServerFrame::Unsubbed { room, code, message: message.clone() },
            ServerFrame::Moved { after_ms },
            ServerFrame::Err { code, message },
        ] {
            let json = serde_json::to_string(&frame).expect("frames are plain data");
            assert_eq!(serde_json::from_str::<ServerFrame>(&json).expect("reads what it wrote"), frame, "{json}");
        }
        assert!(serde_json::from_str::<ServerFrame>(r#"{"t":"ack","room":"lobby"}"#).is_err(), "a field is missing");
        assert!(serde_json::from_str::<ServerFrame>(r#"{"t":"sing"}"#).is_err(), "a type of a newer server");
    }

    #[test]
    fn every_act_is_a_frame_and_back() {
        let (room, cid) = (RoomKey::lobby(), "0123456789abcdef".parse::<Cid>().expect("a cid"));
        let emoji: Emoji = "\u{1F44D}".parse().expect("an emoji");
        for act in [
            Act::Post { body: "hi".into(), reply_to: Some(1) },
            Act::Edit { of: 1, body: "ho".into() },
            Act::Delete { of: 1 },
            Act::React { of: 1, emoji, on: true },
            Act::Pin { of: 1, on: false },
        ] {
            let json = serde_json::to_string(&ClientFrame::of_act(room.clone(), cid.clone(), act.clone()));
            let frame = ClientFrame::read(&json.expect("frames are plain data")).expect("reads what it wrote");
            assert_eq!(frame.into_act(), Ok((room.clone(), cid.clone(), act)));
        }
        assert_eq!(ClientFrame::Pong { away: false }.into_act(), Err(ClientFrame::Pong { away: false }));
    }

    #[test]
    fn final_codes_are_1000_and_44xx() {
        for (code, stays_away) in
            [(1000, true), (1006, false), (1012, false), (4400, true), (4499, true), (4500, false)]
        {
            assert_eq!(close::is_final(code), stays_away, "{code}");
        }
    }

    proptest! {
        /// Whatever comes: an answer and no panic.
        #[test]
        fn any_text_is_answered(text in r#"(\PC|\{"t":"|post|sub|"cid":"|room|","|"\}|[\[\]{}]){0,60}"#) {
            let _ = ClientFrame::read(&text);
        }

        #[test]
        fn backoff_stays_below_its_ceiling(tries in 0u32..100, random in 0.0f64..=1.0) {
            let ceiling = if tries < 6 { 500 << tries } else { 30_000 };
            prop_assert!(backoff_ms(tries, random) <= ceiling.min(30_000));
        }
    }
}
