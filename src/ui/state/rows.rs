//! What the list shows: the messages as they stand with what I do to them, and under them what the room does not have yet.

use std::sync::Arc;

use super::Chat;
use super::line::Link;
use super::places::Place;
use crate::protocol::event::{Act, ChangeKind, Person, Post};
use crate::protocol::ids::{Cid, Emoji, Millis, RoomKey, Seq};
use crate::protocol::markup;
use crate::protocol::outbox::{Pending, Stage};
use crate::protocol::timeline::Message;
use crate::words::live::Live;
use crate::words::say;

/// Messages of one person within this time stand under one name.
const TOGETHER_MS: Millis = 5 * 60 * 1000;
/// The life that rows are of which the room does not have yet.
const NO_LIFE: u32 = u32::MAX;

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The message. One that the room does not have yet has a place behind all that it has.
    pub message: Arc<Message>,
    /// How it stands with one that the room does not have yet.
    pub pending: Option<&'static str>,
    /// I wrote it.
    pub mine: bool,
    /// The name by which it names me, or all of us.
    pub names_me: Option<String>,
    /// The rooms that it names, of those I may go to.
    pub rooms: Vec<RoomKey>,
    /// With what I react to it.
    pub my_reactions: Vec<Emoji>,
    /// It stands under the name of the one before it.
    pub continued: bool,
    /// When the one before it was said.
    pub before: Option<Millis>,
    /// What is new begins here.
    pub first_unread: bool,
    /// It is the one that was jumped to.
    pub found: bool,
    /// It is nothing that has just happened: nobody is told aloud.
    pub quiet: bool,
    /// The message that it answers; without it if that is not loaded.
    pub answers: Option<(Seq, Option<Arc<Message>>)>,
    /// What I do to it and the room does not have yet.
    pub doing: Option<&'static str>,
    /// What I tried to do to it and was refused, or that it was refused itself.
    pub refused: Vec<Refused>,
    /// The life of the room that it is of.
    life: u32,
}

/// Something that I tried to do, and why it could not be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Refused {
    /// Its id.
    pub cid: Cid,
    /// What did not happen: `Not sent`.
    pub what: &'static str,
    /// Why.
    pub why: String,
    /// It can be tried again.
    pub again: bool,
}

impl Row {
    /// Two rows with the same key are the same row, however it stands.
    pub fn key(&self) -> (u32, Seq) {
        (self.life, self.message.seq)
    }
}

impl Chat {
    /// The messages that are loaded, oldest first, and what I did that has no place among them.
    pub fn rows(&self) -> Vec<Row> {
        let first_unread = self.first_unread();
        let mut rows = Vec::new();
        let mut before = None;
        for message in self.timeline.rows() {
            rows.push(self.row(message, before, first_unread));
            before = Some(&**message);
        }
        let has_no_place = |entry: &&Pending| entry.act.of().is_none_or(|of| self.timeline.message(of).is_none());
        let entries = self.sending.outbox.entries().iter().filter(has_no_place);
        rows.extend(entries.filter_map(|entry| self.pending_row(entry)));
        rows
    }

    fn row(&self, message: &Arc<Message>, before: Option<&Message>, first_unread: Option<Seq>) -> Row {
        let shown = self.with_my_acts(message).map_or_else(|| message.clone(), Arc::new);
        let first_unread = first_unread == Some(message.seq);
        Row {
            mine: message.change.is_none() && self.is_me(message),
            names_me: self.names_me(message),
            rooms: self.rooms_named(&shown.post.body),
            my_reactions: self.my_reactions(&shown),
            continued: !first_unread && before.is_some_and(|before| continues(before, message)),
            before: before.map(|before| before.at),
            first_unread,
            found: self.reading.found == Some(message.seq),
            quiet: message.seq <= self.reading.history_to || !self.is_told_aloud(message),
            answers: shown.post.reply_to.map(|of| (of, self.timeline.message(of).cloned())),
            doing: self.doing(message.seq),
            refused: self.refused_about(message.seq),
            message: shown,
            pending: None,
            life: self.life,
        }
    }

    /// A message that is loaded, as it is shown.
    pub fn message(&self, seq: Seq) -> Option<Arc<Message>> {
        let message = self.timeline.message(seq)?;
        Some(self.with_my_acts(message).map_or_else(|| message.clone(), Arc::new))
    }

    /// The last message of mine that is loaded, for a second thought about it.
    pub fn my_last_message(&self) -> Option<Seq> {
        let last = self.timeline.messages().rev().find(|message| self.may_change(message))?;
        Some(last.seq)
    }

    fn may_change(&self, message: &Message) -> bool {
        self.is_me(message) && message.post.deleted.is_none()
    }

    fn names_me(&self, message: &Message) -> Option<String> {
        let named = message.post.mentions.iter().find(|person| self.my_id() == Some(&person.id));
        let all = || message.post.mentions_room.then(|| markup::ROOM.to_owned());
        if self.is_me(message) { None } else { named.map(|me| me.name.clone()).or_else(all) }
    }

    fn rooms_named(&self, body: &str) -> Vec<RoomKey> {
        if !body.contains('#') {
            return Vec::new();
        }
        self.places.iter().map(Place::key).filter(|key| body.contains(key.as_str())).cloned().collect()
    }

    /// Of what became of the room, only what I may not do any more.
    fn is_told_aloud(&self, message: &Message) -> bool {
        message.change.as_ref().is_none_or(|change| {
            let restrained = matches!(change.kind, ChangeKind::Muted | ChangeKind::Banned);
            restrained && change.who.as_ref().is_some_and(|who| self.my_id() == Some(&who.id))
        })
    }

    /// The pinned ones of the messages that are loaded, oldest first.
    pub fn pinned(&self) -> Vec<Arc<Message>> {
        let loaded = self.timeline.messages();
        loaded.filter_map(|message| self.message(message.seq)).filter(|message| message.post.pinned.is_some()).collect()
    }

    /// Not told aloud: the message itself is, once the room has it.
    fn pending_row(&self, entry: &Pending) -> Option<Row> {
        let (body, reply_to) = match &entry.act {
            Act::Post { body, reply_to } => (body.clone(), *reply_to),
            Act::Edit { body, .. } => (body.clone(), None),
            Act::Delete { .. } => (say(Live::ToBeDeleted).to_owned(), None),
            Act::React { emoji, .. } => (emoji.to_string(), None),
            Act::Pin { .. } => (say(Live::ToBePinned).to_owned(), None),
        };
        let by = Person { name: say(Live::You).to_owned(), ..self.myself()? };
        let post = Post::new(body, reply_to);
        Some(Row {
            message: Arc::new(Message { seq: entry.at, at: entry.at, by, cid: None, post, change: None }),
            pending: Some(self.state_of(entry)),
            mine: true,
            names_me: None,
            rooms: Vec::new(),
            my_reactions: Vec::new(),
            continued: false,
            before: Some(entry.at),
            first_unread: false,
            found: false,
            quiet: true,
            answers: reply_to.map(|of| (of, self.timeline.message(of).cloned())),
            doing: None,
            refused: self.refused(entry).into_iter().collect(),
            life: NO_LIFE,
        })
    }

    fn state_of(&self, entry: &Pending) -> &'static str {
        match entry.stage {
            Stage::Refused(_) => "",
            Stage::Waiting if self.is_paused() => say(Live::AwaitsServer),
            Stage::Waiting if self.line.link == Link::Lost => say(Live::AwaitsConnection),
            _ => say(Live::Sending),
        }
    }

    fn doing(&self, seq: Seq) -> Option<&'static str> {
        let of = |entry: &Pending| match entry.act {
            Act::Delete { .. } => Some(say(Live::Deleting)),
            Act::Edit { .. } => Some(say(Live::Saving)),
            _ => None,
        };
        self.acts_about(seq).filter_map(of).last()
    }

    fn refused_about(&self, seq: Seq) -> Vec<Refused> {
        let about = self.sending.outbox.entries().iter().filter(|entry| entry.act.of() == Some(seq));
        about.filter_map(|entry| self.refused(entry)).collect()
    }

    fn refused(&self, entry: &Pending) -> Option<Refused> {
        let what = match entry.act {
            Act::Post { .. } => Live::NotSent,
            Act::Edit { .. } => Live::NotSaved,
            Act::Delete { .. } => Live::NotDeleted,
            Act::React { .. } | Act::Pin { .. } => Live::NotDone,
        };
        let again = entry.can_be_renewed(self.timeline.epoch());
        Some(Refused { cid: entry.cid.clone(), what: say(what), why: entry.refusal()?.to_owned(), again })
    }

    fn my_reactions(&self, message: &Message) -> Vec<Emoji> {
        let emoji = message.post.reactions.iter().map(|reaction| &reaction.emoji);
        emoji.filter(|emoji| self.reacts_with(message, emoji)).cloned().collect()
    }

    pub(super) fn is_me(&self, message: &Message) -> bool {
        self.me.as_ref().is_some_and(|me| me.id == message.by.id)
    }
}

fn continues(before: &Message, message: &Message) -> bool {
    before.change.is_none() && before.by == message.by && message.at.saturating_sub(before.at) < TOGETHER_MS
}
