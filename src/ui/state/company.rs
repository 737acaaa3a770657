//! Who else is in the room right now, and who is writing: not in the log, and forgotten with the connection.

use super::Chat;
use crate::protocol::event::{Event, Person, What};
use crate::protocol::ids::RoomKey;
use crate::protocol::wire::ClientFrame;
use crate::words::live::Live;
use crate::words::{fill, say};

/// The others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Company {
    /// How many are here, I among them.
    here: u64,
    /// Who is writing, each with the number of the last time that they were heard to.
    writing: Vec<(Person, u32)>,
    /// How often somebody was heard to.
    heard: u32,
    /// The last time, until it was taken.
    news: Option<u32>,
    /// Nobody looks at this page.
    pub(super) away: bool,
}

impl Company {
    pub(super) fn disconnect(&mut self) {
        (self.here, self.writing) = (0, Vec::new());
    }
}

impl Chat {
    /// How many are here besides me.
    pub fn others_here(&self) -> u64 {
        self.company.here.saturating_sub(self.me.is_some().into())
    }

    /// Who is writing, in words.
    pub fn who_writes(&self) -> Option<String> {
        let names: Vec<&str> = self.company.writing.iter().map(|(person, _)| person.name.as_str()).collect();
        match names[..] {
            [] => None,
            [one] => Some(fill(Live::Writes, &[one])),
            [one, other] => Some(fill(Live::BothWrite, &[one, other])),
            _ => Some(say(Live::SeveralWrite).to_owned()),
        }
    }

    /// Who spoke lately and has a name that begins so, the last one first. Upper and lower case are one in ASCII only: the
    /// server knows the others, and its tables need not be loaded.
    pub fn spoke_lately(&self, typed: &str, most: usize) -> Vec<String> {
        let begins = |name: &str| name.get(..typed.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(typed));
        let mut names: Vec<String> = Vec::new();
        for message in self.timeline.messages().rev().filter(|message| !self.is_me(message)) {
            let name = &message.by.name;
            if names.len() < most && begins(name) && !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }

    /// The room, if only those can be meant who have joined it: where guests speak, nobody has to.
    pub fn room_of_members(&self) -> Option<RoomKey> {
        (!self.here.guests).then(|| self.room.clone())
    }

    /// I write; others are told, if they are to hear from me at all.
    pub fn tell_typing(&self) -> Vec<ClientFrame> {
        let speaks = self.line.may_speak() && self.denied().is_none();
        speaks.then(|| ClientFrame::Typing { room: self.room.clone() }).into_iter().collect()
    }

    /// Whether nobody looks at this page.
    pub fn look_away(&mut self, away: bool) -> Vec<ClientFrame> {
        let news = std::mem::replace(&mut self.company.away, away) != away;
        if news && self.line.following { vec![ClientFrame::Pong { away }] } else { Vec::new() }
    }

    pub(super) fn on_presence(&mut self, here: u64) {
        self.company.here = here;
    }

    pub(super) fn on_typing(&mut self, by: Person) {
        if self.my_id() == Some(&by.id) {
            return;
        }
        self.company.heard += 1;
        self.company.news = Some(self.company.heard);
        self.company.writing.retain(|(person, _)| person.id != by.id);
        self.company.writing.push((by, self.company.heard));
    }

    /// Somebody was just heard to write: which time, to be given back after a while.
    pub fn take_typing(&mut self) -> Option<u32> {
        self.company.news.take()
    }

    /// Whoever was not heard to write since that time does so no more.
    pub fn forget_typing(&mut self, time: u32) {
        self.company.writing.retain(|(_, heard)| *heard > time);
    }

    /// Who has said it does not write it any more.
    pub(super) fn note_said(&mut self, event: &Event) {
        if matches!(event.what, What::Posted(_)) {
            self.company.writing.retain(|(person, _)| person.id != event.by.id);
        }
    }
}
