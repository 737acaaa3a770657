//! Every limit by its name. A limit has an error code in [`super::api::ErrorCode`] or a close code in
//! [`super::wire::close`], and a test on both sides of it.

use serde::Serialize;

use super::object::{Missing, Object};

/// Most bytes of one inbound WebSocket message, all its fragments together (OWASP: "64KB or less").
pub const FRAME_BYTES: usize = 64 * 1024;
/// Most bytes of a message's text, as UTF-8.
pub const BODY_BYTES: usize = 16 * 1024;
/// Most pieces of a message's text that are drawn as something else than text: links, names, what has weight. What comes
/// behind them is drawn as it stands; nothing of it is refused.
pub const MARKUP_PIECES: usize = 500;
/// Most characters of a name.
pub const NAME_CHARS: usize = 40;
/// Most bytes of a name as it is asked for, before what cannot be seen is taken out of it.
pub const WISH_BYTES: usize = NAME_CHARS * 32;
/// Fewest characters of a password (ASVS 6.2.1). What characters they are is nobody's business but their owner's.
pub const PASSWORD_MIN_CHARS: usize = 8;
/// Most characters of a password: a long sentence fits (ASVS 6.2.9 asks for 64 at least).
pub const PASSWORD_MAX_CHARS: usize = 128;
/// Most characters of a room key.
pub const ROOM_KEY_CHARS: usize = 64;
/// Fewest characters of a cid: enough that two that are made at random never meet.
pub const CID_MIN_CHARS: usize = 16;
/// Most characters of a cid.
pub const CID_MAX_CHARS: usize = 64;
/// Most bytes of an emoji that one reacts with: the longest sequences of Unicode (families, flags) fit.
pub const EMOJI_BYTES: usize = 32;
/// Most reactions on one message, all people and emoji together: they go along with the message wherever it is read.
pub const REACTIONS: usize = 200;
/// Colours that one may choose from.
pub const COLOURS: u64 = 12;
/// Most people that one message names with `@`.
pub const MENTIONS: usize = 20;
/// Most characters of a room's title.
pub const TITLE_CHARS: usize = 80;
/// Most characters of a room's topic.
pub const TOPIC_CHARS: usize = 250;
/// Most characters of a reason: for a report, a mute, a ban.
pub const REASON_CHARS: usize = 500;
/// Most people of a direct room, oneself included.
pub const DIRECT_PEOPLE: usize = 16;
/// Unread messages are counted so far; past that there are "more".
pub const UNREAD: u64 = 99;
/// In a room with more people here than this, it is only told how many.
pub const PRESENCE: usize = 200;
/// How long somebody is writing who was last heard to, in milliseconds.
pub const TYPING_MS: u64 = 6_000;
/// Most people, rooms, reports, acts in one page of a list.
pub const LIST: usize = 100;
/// Most rooms that one person has joined.
pub const JOINED_ROOMS: usize = 256;
/// Most invitations that one person has open.
pub const INVITES: usize = 100;
/// Invitations of a room, or of the site, that are listed: the newest.
pub const LISTED_INVITES: usize = 200;
/// Most API tokens of one person.
pub const TOKENS: usize = 50;
/// Rooms of people among themselves that are listed: those where something was said first, and the newest.
pub const LISTED_DIRECT: usize = 200;
/// Devices on which one is logged in: past that, the one that was longest not used is logged out.
pub const SESSIONS: usize = 100;
/// People from whom one does not want to hear.
pub const BLOCKS: usize = 1_000;
/// Messages of one person that the word filter holds back and nobody has looked at.
pub const HELD_DRAFTS: usize = 20;
/// Longest that a mute or a ban lasts before it is for ever, in seconds: ten years.
pub const RESTRAINT_SECONDS: u64 = 10 * 365 * 24 * 60 * 60;
/// Longest that an invitation holds, in seconds: a year.
pub const INVITE_SECONDS: u64 = 365 * 24 * 60 * 60;
/// Most people that one invitation lets in.
pub const INVITE_USES: u64 = 10_000;
/// Longest time in which a guest is new, in minutes: a week.
pub const GUEST_MINUTES: u64 = 7 * 24 * 60;
/// Most characters of a word of the word filter.
pub const WORD_CHARS: usize = 100;
/// Most words of the word filter.
pub const WORDS: usize = 1_000;
/// Most events in one page of a room's log.
pub const PAGE_EVENTS: usize = 200;
/// Events that the server renders, and that one gets who was away too long.
pub const NEWEST_EVENTS: usize = 50;
/// Most missed events that a returning client is given whole; past that it gets the newest and is told so.
pub const RESUME_EVENTS: usize = 500;
/// Most bytes of one page of a room's log on the wire, of what a returning client is given too.
pub const PAGE_BYTES: usize = 512 * 1024;
/// Most events that a client holds back while it waits for the one before them.
pub const HELD_EVENTS: usize = 256;
/// Most rows of a room in the page: what scrolls too far away is let go and comes again when it is scrolled to.
pub const PAGE_ROWS: usize = 300;
/// Most characters of a search that are looked at; what follows is as if it had not been typed.
pub const SEARCH_CHARS: usize = 200;
/// Most words and phrases of one search; further ones are as if they had not been typed.
pub const SEARCH_TERMS: usize = 10;
/// Longest time that a busy room waits for more to say at once, in milliseconds.
pub const COALESCE_MS: u64 = 10;
/// Most bytes that wait for one connection; one that reads slower than that is closed and comes back.
pub const OUTBOX_BYTES: usize = 1024 * 1024;
/// Most bytes of a request's body.
pub const REQUEST_BYTES: usize = 64 * 1024;
/// Time in which a request's body has to come, in milliseconds.
pub const REQUEST_MS: u64 = 15_000;
/// Connections that one address may have at once (of IPv6, one network): a hall full of people fits.
pub const CONNECTIONS_PER_ADDRESS: usize = 1_000;
/// Connections that one person may have at once: more tabs and devices than anybody has.
pub const CONNECTIONS_PER_PERSON: usize = 64;
/// Rooms that one connection may follow.
pub const FOLLOWED_ROOMS: usize = 64;
/// Sends refused one after the other, for their rate, before the connection is closed.
pub const REFUSED_IN_A_ROW: u32 = 100;
/// Longest time between two messages of one person that a room's slow mode may ask for, in seconds.
pub const SLOW_SECONDS: u32 = 6 * 60 * 60;
/// Time from the handshake to `hello`, in milliseconds.
pub const HELLO_MS: u64 = 5_000;
/// Time between two heartbeats, in milliseconds.
pub const PING_MS: u64 = 25_000;
/// Time in which a heartbeat has to be answered, in milliseconds.
pub const PONG_MS: u64 = 10_000;

/// The limits that a client has to know, as told in `welcome`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// [`FRAME_BYTES`]
    pub frame_bytes: usize,
    /// [`BODY_BYTES`]
    pub body_bytes: usize,
    /// [`NAME_CHARS`]
    pub name_chars: usize,
    /// [`PAGE_EVENTS`]
    pub page_events: usize,
    /// [`FOLLOWED_ROOMS`]
    pub followed_rooms: usize,
}

impl Limits {
    /// The limits of this build.
    pub const fn current() -> Self {
        Self {
            frame_bytes: FRAME_BYTES,
            body_bytes: BODY_BYTES,
            name_chars: NAME_CHARS,
            page_events: PAGE_EVENTS,
            followed_rooms: FOLLOWED_ROOMS,
        }
    }
}

impl TryFrom<Object> for Limits {
    type Error = Missing;

    fn try_from(mut it: Object) -> Result<Self, Missing> {
        Ok(Self {
            frame_bytes: it.size("frame_bytes")?,
            body_bytes: it.size("body_bytes")?,
            name_chars: it.size("name_chars")?,
            page_events: it.size("page_events")?,
            followed_rooms: it.size("followed_rooms")?,
        })
    }
}
