//! What a room's log is made of.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ids::{Cid, Emoji, Millis, PersonId, Seq};
use super::object::{self, Missing, Object, is_false};
use super::power::Role;
use super::schema;

/// One entry of a room's log: everything that people in a room must agree on.
///
/// On the wire `kind` stands beside the other fields: `{"seq":7,"at":...,"by":{...},"cid":"...","kind":"posted","body":"hi"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "Object")]
pub struct Event {
    /// Its place in the room.
    pub seq: Seq,
    /// When the server took it.
    pub at: Millis,
    /// Who did it, under the name of that moment.
    pub by: Person,
    /// The sender's own id for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub cid: Option<Cid>,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// A message.
    Posted(Post),
    /// A message has another text. The last edit counts.
    Edited {
        /// The message.
        of: Seq,
        /// Its new text; empty once the message is deleted.
        #[schema(schema_with = schema::said)]
        body: String,
    },
    /// A message is gone for good. Its place stays.
    Deleted {
        /// The message.
        of: Seq,
    },
    /// Somebody reacts to a message, or takes that back. The last word of each person on each emoji counts.
    Reacted {
        /// The message.
        of: Seq,
        /// With what.
        emoji: Emoji,
        /// Or no more.
        on: bool,
    },
    /// A message is held up for all to see, or no more. The last word counts.
    Pinned {
        /// The message.
        of: Seq,
        /// Or no more.
        on: bool,
    },
    /// Something that a newer server knows and this code does not. It keeps its place in the log.
    Unknown,
    /// Something became of the room, or of somebody in it.
    #[serde(untagged)]
    Changed(Box<Change>),
}

/// Something that became of the room, or of somebody in it. Which fields are there depends on the kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "Object")]
pub struct Change {
    /// What.
    pub kind: ChangeKind,
    /// With whom, where it is not who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<Person>,
    /// The reason; the title, the topic or the kind of room that it has now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What they are there now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// When it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
    /// On, or no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<bool>,
    /// The time between two messages of one person, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
}

/// What became of a room, or of somebody in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Somebody came in by themselves.
    Joined,
    /// Somebody went.
    Left,
    /// `who` was brought in.
    Added,
    /// `who` was sent out; `text` may say why.
    Removed,
    /// `who` has another `role` in the room.
    Role,
    /// `who` may not speak, `until` then or for ever; `text` may say why.
    Muted,
    /// `who` may speak again.
    Unmuted,
    /// `who` may not be here, `until` then or for ever; `text` may say why.
    Banned,
    /// `who` may come again.
    Unbanned,
    /// It is called `text`.
    Title,
    /// It is about `text`.
    Topic,
    /// It is `open` or `closed`, as `text` says.
    Kind,
    /// Whether it is open to guests.
    Guests,
    /// Whether only moderators speak.
    Announce,
    /// How many `seconds` pass between two messages of one person.
    Slow,
    /// Whether nobody speaks any more.
    Archived,
}

/// A message: as it was said, or, read from the log later, as it stands by then.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Post {
    /// Its present text; empty once it is deleted.
    #[schema(schema_with = schema::said)]
    pub body: String,
    /// The message that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reply_to: Option<Seq>,
    /// The last edit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub edited: Option<Seq>,
    /// The deletion.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub deleted: Option<Seq>,
    /// The event that pinned it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub pinned: Option<Seq>,
    /// Whom it names with `@`, at most [`super::limits::MENTIONS`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Person>,
    /// It names everybody in the room.
    #[serde(skip_serializing_if = "is_false")]
    pub mentions_room: bool,
    /// Who reacts with what, sorted by emoji; at most [`super::limits::REACTIONS`] in all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
}

/// Those who react to a message with the same emoji.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reaction {
    /// With what.
    pub emoji: Emoji,
    /// Who, sorted by id.
    pub by: Vec<Person>,
}

/// What somebody does in a room: with a [`Cid`], it becomes one event of its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// Say something.
    Post {
        /// The text.
        body: String,
        /// The message that it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<Seq>,
    },
    /// Give a message of one's own another text.
    Edit {
        /// The message.
        of: Seq,
        /// The text.
        body: String,
    },
    /// Take a message of one's own back.
    Delete {
        /// The message.
        of: Seq,
    },
    /// React to a message, or no more.
    React {
        /// The message.
        of: Seq,
        /// With what.
        emoji: Emoji,
        /// Or no more.
        on: bool,
    },
    /// Hold a message of one's own up for all to see, or no more.
    Pin {
        /// The message.
        of: Seq,
        /// Or no more.
        on: bool,
    },
}

impl Change {
    /// One of that kind, with nothing more said about it.
    pub fn of(kind: ChangeKind) -> Self {
        Self { kind, who: None, text: None, role: None, until: None, on: None, seconds: None }
    }
}

impl Act {
    /// The text that it brings.
    pub fn body(&self) -> Option<&str> {
        match self {
            Self::Post { body, .. } | Self::Edit { body, .. } => Some(body),
            Self::Delete { .. } | Self::React { .. } | Self::Pin { .. } => None,
        }
    }

    /// The message that it is about, where it is no message itself.
    pub fn of(&self) -> Option<Seq> {
        match self {
            Self::Post { .. } => None,
            Self::Edit { of, .. } | Self::Delete { of } | Self::React { of, .. } | Self::Pin { of, .. } => Some(*of),
        }
    }
}

impl From<Act> for What {
    fn from(act: Act) -> Self {
        match act {
            Act::Post { body, reply_to } => Self::Posted(Post::new(body, reply_to)),
            Act::Edit { of, body } => Self::Edited { of, body },
            Act::Delete { of } => Self::Deleted { of },
            Act::React { of, emoji, on } => Self::Reacted { of, emoji, on },
            Act::Pin { of, on } => Self::Pinned { of, on },
        }
    }
}

impl Post {
    /// A message that was just said.
    pub fn new(body: impl Into<String>, reply_to: Option<Seq>) -> Self {
        Self { body: body.into(), reply_to, ..Self::default() }
    }

    /// How it stands after an event about it: the one fold, for store and browser alike.
    ///
    /// An event that was counted already does no harm: whoever reads a message from the log may be told once more what
    /// became of it before, and as the last word counts, it stands in the end as the log says.
    pub fn take(&mut self, event: &Event) {
        if self.deleted.is_some() {
            return;
        }
        match &event.what {
            // An edit without a text is one whose message is deleted further on.
            What::Edited { body, .. } if !body.is_empty() && self.edited < Some(event.seq) => {
                body.clone_into(&mut self.body);
                self.edited = Some(event.seq);
            }
            What::Deleted { .. } => *self = Self { deleted: Some(event.seq), ..Self::default() },
            What::Reacted { emoji, on, .. } => self.react(emoji, &event.by, *on),
            What::Pinned { on, .. } => self.pinned = on.then_some(event.seq),
            What::Edited { .. } | What::Posted(_) | What::Changed(_) | What::Unknown => {}
        }
    }

    /// How many reactions it has.
    pub fn reaction_count(&self) -> usize {
        self.reactions.iter().map(|reaction| reaction.by.len()).sum()
    }

    /// Sorted, so that how often and from where one was told makes no difference.
    fn react(&mut self, emoji: &Emoji, by: &Person, on: bool) {
        let at = match self.reactions.binary_search_by(|reaction| reaction.emoji.cmp(emoji)) {
            Ok(at) => at,
            Err(_) if !on => return,
            Err(at) => {
                self.reactions.insert(at, Reaction { emoji: emoji.clone(), by: Vec::new() });
                at
            }
        };
        let people = &mut self.reactions[at].by;
        match (people.binary_search_by(|person| person.id.cmp(&by.id)), on) {
            (Err(place), true) => people.insert(place, by.clone()),
            (Ok(place), false) => drop(people.remove(place)),
            _ => {}
        }
        if people.is_empty() {
            self.reactions.remove(at);
        }
    }
}

impl What {
    /// The message that this is about, where it is about one.
    pub fn of(&self) -> Option<Seq> {
        match self {
            Self::Edited { of, .. } | Self::Deleted { of } | Self::Reacted { of, .. } | Self::Pinned { of, .. } => {
                Some(*of)
            }
            Self::Posted(_) | Self::Changed(_) | Self::Unknown => None,
        }
    }
}

impl TryFrom<Object> for Event {
    type Error = Missing;

    fn try_from(mut it: Object) -> Result<Self, Missing> {
        let what = What::read(&mut it)?;
        Ok(Self { seq: it.number("seq")?, at: it.number("at")?, by: it.one("by")?, cid: it.checked("cid").ok(), what })
    }
}

impl What {
    /// From the fields that stand beside `kind`.
    fn read(it: &mut Object) -> Result<Self, Missing> {
        let kind = it.text("kind")?;
        Ok(match kind.as_str() {
            "posted" => Self::Posted(Post::read(it)?),
            "edited" => Self::Edited { of: it.number("of")?, body: it.text("body")? },
            "deleted" => Self::Deleted { of: it.number("of")? },
            "reacted" => Self::Reacted { of: it.number("of")?, emoji: it.checked("emoji")?, on: it.flag("on")? },
            "pinned" => Self::Pinned { of: it.number("of")?, on: it.flag("on")? },
            _ => match object::word(kind) {
                Some(kind) => Self::Changed(Box::new(Change::read(kind, it)?)),
                None => Self::Unknown,
            },
        })
    }
}

impl Change {
    fn read(kind: ChangeKind, it: &mut Object) -> Result<Self, Missing> {
        Ok(Self {
            kind,
            who: it.maybe("who")?,
            text: it.text("text").ok(),
            role: it.word("role").ok(),
            until: it.number("until").ok(),
            on: it.flag("on").ok(),
            seconds: it.number("seconds").ok(),
        })
    }
}

impl TryFrom<Object> for Change {
    type Error = Missing;

    fn try_from(mut it: Object) -> Result<Self, Missing> {
        Self::read(it.word("kind")?, &mut it)
    }
}

impl Post {
    fn read(it: &mut Object) -> Result<Self, Missing> {
        Ok(Self {
            body: it.text("body")?,
            reply_to: it.number("reply_to").ok(),
            edited: it.number("edited").ok(),
            deleted: it.number("deleted").ok(),
            pinned: it.number("pinned").ok(),
            mentions: it.many("mentions").unwrap_or_default(),
            mentions_room: it.flag("mentions_room").unwrap_or_default(),
            reactions: it.many("reactions").unwrap_or_default(),
        })
    }
}

impl TryFrom<Object> for Reaction {
    type Error = Missing;

    fn try_from(mut it: Object) -> Result<Self, Missing> {
        Ok(Self { emoji: it.checked("emoji")?, by: it.many("by")? })
    }
}

impl TryFrom<Object> for Person {
    type Error = Missing;

    fn try_from(mut it: Object) -> Result<Self, Missing> {
        Ok(Self { id: it.checked("id")?, name: it.text("name")?, colour: it.number("colour").ok() })
    }
}

/// Who did something, as others see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "Object")]
pub struct Person {
    /// Who it is, whatever the name.
    pub id: PersonId,
    /// What they are called.
    #[schema(schema_with = schema::name)]
    pub name: String,
    /// The colour that they chose, less than [`super::limits::COLOURS`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colour: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ana() -> Person {
        Person { id: "p1".parse().expect("an id"), name: "Ana".into(), colour: None }
    }

    fn thumb() -> Emoji {
        "\u{1F44D}".parse().expect("an emoji")
    }

    fn event(what: What) -> Event {
        Event { seq: 7, at: 1, by: ana(), cid: None, what }
    }

    #[test]
    fn an_event_is_one_flat_object() {
        let json = serde_json::to_string(&event(What::Posted(Post::new("hi", None)))).expect("events are plain data");
        assert_eq!(json, r#"{"seq":7,"at":1,"by":{"id":"p1","name":"Ana"},"kind":"posted","body":"hi"}"#);
    }

    #[test]
    fn every_kind_is_read_as_it_was_written() {
        let mut stands = Post::new("hi", Some(2));
        (stands.edited, stands.pinned) = (Some(8), Some(9));
        stands.react(&thumb(), &ana(), true);
        let mut gone = stands.clone();
        gone.take(&event(What::Deleted { of: 3 }));
        for what in [
            What::Posted(stands),
            What::Posted(gone),
            What::Edited { of: 3, body: "ho".into() },
            What::Deleted { of: 3 },
            What::Reacted { of: 3, emoji: thumb(), on: false },
            What::Pinned { of: 3, on: true },
        ] {
            let json = serde_json::to_string(&event(what.clone())).expect("events are plain data");
            assert_eq!(serde_json::from_str::<Event>(&json).expect("reads what it wrote"), event(what), "{json}");
        }
        assert!(
            serde_json::from_str::<Event>(r#"{"seq":8,"at":1,"by":{"id":"p","name":"P"},"kind":"edited"}"#).is_err()
        );
    }

    #[test]
    fn a_kind_of_a_newer_server_keeps_its_place() {
        let json = r#"{"seq":8,"at":1,"by":{"id":"p1","name":"Ana"},"kind":"waved","hand":"left"}"#;
        let event: Event = serde_json::from_str(json).expect("an unknown kind is no error");
        assert_eq!((event.seq, event.what), (8, What::Unknown));
    }

    #[test]
    fn who_reacts_twice_reacts_once_and_who_takes_it_back_does_not() {
        let mut post = Post::new("hi", None);
        post.react(&thumb(), &ana(), true);
        post.react(&thumb(), &ana(), true);
        assert_eq!(post.reactions, [Reaction { emoji: thumb(), by: vec![ana()] }]);
        post.react(&thumb(), &ana(), false);
        post.react(&thumb(), &ana(), false);
        assert!(post.reactions.is_empty());
    }

    #[test]
    fn nothing_is_left_of_a_deleted_message() {
        let mut post = Post::new("hi", Some(2));
        post.react(&thumb(), &ana(), true);
        post.take(&event(What::Deleted { of: 3 }));
        assert_eq!(post, Post { deleted: Some(7), ..Post::default() });
        post.take(&event(What::Edited { of: 3, body: "again".into() }));
        post.take(&event(What::Reacted { of: 3, emoji: thumb(), on: true }));
        assert_eq!(post, Post { deleted: Some(7), ..Post::default() }, "nor comes anything back");
    }

    #[test]
    fn the_last_edit_counts() {
        let mut post = Post::new("one", None);
        let edit = |seq, body: &str| Event { seq, ..event(What::Edited { of: 3, body: body.into() }) };
        post.take(&edit(9, "three"));
        post.take(&edit(8, "two"));
        post.take(&edit(10, ""));
        assert_eq!((post.body.as_str(), post.edited), ("three", Some(9)));
    }
}
