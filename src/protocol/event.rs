//! What a room's log is made of.

use serde::{Deserialize, Serialize};

use super::ids::{Cid, Millis, PersonId, Seq};

/// One entry of a room's log: everything that people in a room must agree on.
///
/// On the wire `kind` stands beside the other fields: `{"seq":7,"at":...,"by":{...},"cid":"...","kind":"posted","body":"hi"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FlatEvent")]
pub struct Event {
    /// Its place in the room.
    pub seq: Seq,
    /// When the server took it.
    pub at: Millis,
    /// Who did it, under the name of that moment.
    pub by: Person,
    /// The sender's own id for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cid: Option<Cid>,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// A message.
    Posted {
        /// Its text, at most [`super::limits::BODY_BYTES`].
        body: String,
        /// The message that it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<Seq>,
    },
    /// Something that a newer server knows and this code does not. It keeps its place in the log.
    Unknown,
}

/// An event as it is read: one object with the fields of every kind. What serde derives for a flattened enum would do the
/// same, at the price of tens of kilobytes of wasm.
#[derive(Deserialize)]
struct FlatEvent {
    seq: Seq,
    at: Millis,
    by: Person,
    #[serde(default)]
    cid: Option<Cid>,
    kind: Kind,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    reply_to: Option<Seq>,
}

/// The kind of an event, without what belongs to it.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Posted,
    #[serde(other)]
    Unknown,
}

impl Kind {
    /// What happened, from the fields that it has; `None` if one is missing.
    pub(super) fn with(self, body: Option<String>, reply_to: Option<Seq>) -> Option<What> {
        Some(match self {
            Self::Posted => What::Posted { body: body?, reply_to },
            Self::Unknown => What::Unknown,
        })
    }
}

impl TryFrom<FlatEvent> for Event {
    type Error = &'static str;

    fn try_from(flat: FlatEvent) -> Result<Self, Self::Error> {
        let FlatEvent { seq, at, by, cid, kind, body, reply_to } = flat;
        let what = kind.with(body, reply_to).ok_or("a field is missing")?;
        Ok(Self { seq, at, by, cid, what })
    }
}

/// Who did something, as others see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who it is, whatever the name.
    pub id: PersonId,
    /// What they are called.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_flat_object() {
        let event = Event {
            seq: 7,
            at: 1,
            by: Person { id: "p1".parse().expect("an id"), name: "Ana".into() },
            cid: None,
            what: What::Posted { body: "hi".into(), reply_to: None },
        };
        let json = serde_json::to_string(&event).expect("events are plain data");
        assert_eq!(json, r#"{"seq":7,"at":1,"by":{"id":"p1","name":"Ana"},"kind":"posted","body":"hi"}"#);
        assert_eq!(serde_json::from_str::<Event>(&json).expect("reads what it wrote"), event);
    }

    #[test]
    fn a_kind_of_a_newer_server_keeps_its_place() {
        let json = r#"{"seq":8,"at":1,"by":{"id":"p1","name":"Ana"},"kind":"waved","hand":"left"}"#;
        let event: Event = serde_json::from_str(json).expect("an unknown kind is no error");
        assert_eq!((event.seq, event.what), (8, What::Unknown));
    }
}
