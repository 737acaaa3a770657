//! What clients did and saw, as they wrote it down: the checker's only source besides the dumps.

use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// All that one client did and saw, in the order in which it did.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct History {
    /// For people who read a failure.
    pub client: String,
    /// The id of the person that it speaks as.
    pub person: String,
    pub entries: Vec<Entry>,
    /// Where it was at the end, if it was to follow the room to its end.
    pub reached: Option<u64>,
}

/// Something that a client did or saw.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    /// Nanoseconds since the run began, by one clock for all clients.
    pub at: u64,
    pub what: Seen,
}

/// What a client did or saw.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// A new connection: what follows up to the next is of this one.
    Connected,
    /// An act was sent, or sent again. `cid` is the text itself on the plain wire, which has none.
    Sent { cid: String, act: Sent },
    /// It is in the log.
    Acked { cid: String, seq: u64, dup: bool },
    /// It never will be.
    Refused { cid: String },
    /// It is not known.
    Unsure { cid: String },
    /// The room is followed. `have` is the epoch and seq that were named when it was asked for.
    Subbed { asked: u64, have: Option<(String, u64)>, epoch: String, head: u64, recovered: bool, events: Vec<Event> },
    /// A page of the log.
    Page { asked: u64, events: Vec<Event> },
    /// An event, as it happened.
    Live(Event),
    /// The room's events come no more.
    Unsubbed,
    /// The room cannot be followed.
    NotSubbed,
    /// The plain wire brought a text.
    Text(String),
    /// Something was asked that becomes an event about somebody.
    Ordered { kind: String, whom: String },
    /// The sessions of these clients have ended, as the answer says that has just come; what was said behind that stands at
    /// `behind`.
    Ended { clients: Vec<String>, behind: u64 },
    /// It was still connected when it had seen what it should not have.
    StillOpen,
    /// The connection ended.
    Closed(Option<u16>),
}

/// What an act asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Of the event that it becomes.
    pub kind: String,
    pub body: Option<String>,
    pub of: Option<u64>,
    pub on: Option<bool>,
}

/// An event as it stands on the wire, read without any of the server's own code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub seq: u64,
    pub by: By,
    #[serde(default)]
    pub cid: Option<String>,
    pub kind: String,
    #[serde(default)]
    pub body: Option<String>,
    #[serde(default)]
    pub of: Option<u64>,
    #[serde(default)]
    pub on: Option<bool>,
    #[serde(default)]
    pub deleted: Option<u64>,
    /// With whom, where it is about somebody.
    #[serde(default)]
    pub who: Option<By>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    pub id: String,
}

impl History {
    pub fn new(client: impl Into<String>, person: impl Into<String>) -> Self {
        Self { client: client.into(), person: person.into(), ..Self::default() }
    }

    /// Writes something down as of a moment.
    pub fn note(&mut self, at: u64, what: Seen) {
        self.entries.push(Entry { at, what });
    }
}

impl Sent {
    /// A message.
    pub fn post(body: &str) -> Self {
        Self { kind: "posted".into(), body: Some(body.into()), of: None, on: None }
    }
}

/// Keeps histories for later: one client a line.
pub fn save(histories: &[History], to: &Path) -> std::io::Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(to)?);
    for history in histories {
        serde_json::to_writer(&mut file, history)?;
        file.write_all(b"\n")?;
    }
    file.flush()
}
