//! What somebody who looks elsewhere may want to be told. Whether they are, and how, is up to `public/news.js`.

use super::Chat;
use super::places;
use crate::protocol::event::{Event, What};
use crate::protocol::ids::{RoomKey, Seq};
use crate::protocol::power::RoomKind;

/// Characters of a message that are told.
const TOLD_CHARS: usize = 200;

/// One piece of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Somebody else said something.
    Said {
        /// Where.
        room: RoomKey,
        /// At which place.
        seq: Seq,
        /// It is said to me: it names me, or we are among ourselves.
        to_me: bool,
        /// What the room is called; nothing where it is called like who spoke.
        title: String,
        /// Who spoke.
        by: String,
        /// What, or its beginning.
        body: String,
    },
    /// A message is gone.
    Gone {
        /// Where.
        room: RoomKey,
        /// At which place.
        seq: Seq,
    },
    /// A room was read so far, here or on another device.
    Read {
        /// Which.
        room: RoomKey,
        /// Up to here.
        seq: Seq,
    },
}

impl News {
    /// Lines: what happened, where, and at which place; then what there is to say of it, the message last.
    pub fn to_text(&self) -> String {
        match self {
            Self::Said { room, seq, to_me, title, by, body } => {
                let what = if *to_me { "named" } else { "said" };
                [what, room.as_str(), &seq.to_string(), title, by, body].join("\n")
            }
            Self::Gone { room, seq } => ["gone", room.as_str(), &seq.to_string()].join("\n"),
            Self::Read { room, seq } => ["read", room.as_str(), &seq.to_string()].join("\n"),
        }
    }
}

impl Chat {
    /// What there is to be told, once.
    pub fn take_news(&mut self) -> Vec<News> {
        std::mem::take(&mut self.news)
    }

    /// Something happens now. What was missed is counted and not told: nobody wants to be told a thousand things at once.
    pub(super) fn note_news(&mut self, room: &RoomKey, event: &Event) {
        let others = self.my_id() != Some(&event.by.id);
        let news = match &event.what {
            What::Posted(post) if others && !self.has(room, event.seq) => {
                let Some(place) = self.places.iter().find(|place| place.key() == room) else { return };
                let among_us = place.kind() == RoomKind::Direct;
                let one_to_one = among_us && place.others() < 2;
                News::Said {
                    room: room.clone(),
                    seq: event.seq,
                    to_me: among_us || places::names(post, self.my_id()),
                    title: if one_to_one { String::new() } else { place.title() },
                    by: event.by.name.clone(),
                    body: post.body.chars().take(TOLD_CHARS).collect(),
                }
            }
            What::Deleted { of } => News::Gone { room: room.clone(), seq: *of },
            _ => return,
        };
        self.news.push(news);
    }

    pub(super) fn note_read(&mut self, room: &RoomKey, seq: Seq) {
        self.news.push(News::Read { room: room.clone(), seq });
    }

    fn has(&self, room: &RoomKey, seq: Seq) -> bool {
        *room == self.room && seq <= self.timeline.have()
    }
}
