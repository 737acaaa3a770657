//! What I do in the room, on its way into the log.
//!
//! While all is well it goes out at once. After a break, what waited goes out one after the other, so that it keeps its
//! order and the server's limits cost nothing but time.

use super::Chat;
use crate::protocol::api::{ErrorCode, Me};
use crate::protocol::event::{Act, Event, Person};
use crate::protocol::ids::{Cid, Emoji, Millis, PersonId, Seq};
use crate::protocol::outbox::{Outbox, Pending, Stage};
use crate::protocol::timeline::Message;
use crate::protocol::wire::ClientFrame;
use crate::words::live::Live;
use crate::words::say;

const ANOTHER_LIFE: &str = "the room was restored from a backup, and this was about a message of before.";
const ANOTHER_PERSON: &str = "you are somebody else now than when you did this.";
const DISCONNECTED: &str = "this page is disconnected. Reload it, then try again.";

/// What I have done and the room does not have yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sending {
    pub(super) outbox: Outbox,
    /// The server wants no more for a while.
    paused: bool,
    /// How many pauses there were: only the end of the last one counts.
    pauses: u32,
    /// A pause that has just begun, in milliseconds.
    pause_ms: Option<u64>,
}

/// A time in which nothing is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// How long, in milliseconds.
    pub ms: u64,
    /// Which one: [`Chat::on_pause_over`] wants to know.
    pub number: u32,
}

impl Chat {
    /// I do something in the room.
    pub fn act(&mut self, cid: Cid, act: Act, at: Millis) -> Vec<ClientFrame> {
        let at_once = self.line.may_speak() && self.sending.outbox.waiting().next().is_none();
        let (by, epoch) = (self.my_id().cloned(), self.timeline.epoch().clone());
        self.sending.outbox.push(Pending { cid: cid.clone(), act: act.clone(), at, by, epoch, stage: Stage::Waiting });
        self.refuse_if_ended();
        if at_once { self.send(cid, act, false) } else { self.send_next() }
    }

    /// I react to a message, or take that back.
    pub fn toggle_reaction(&mut self, cid: Cid, of: Seq, emoji: Emoji, at: Millis) -> Vec<ClientFrame> {
        let Some(message) = self.message(of) else { return Vec::new() };
        let on = !self.reacts_with(&message, &emoji);
        self.act(cid, Act::React { of, emoji, on }, at)
    }

    /// I pin a message of mine, or take that back.
    pub fn toggle_pin(&mut self, cid: Cid, of: Seq, at: Millis) -> Vec<ClientFrame> {
        let Some(message) = self.message(of) else { return Vec::new() };
        self.act(cid, Act::Pin { of, on: message.post.pinned.is_none() }, at)
    }

    /// I want a refused one tried again.
    pub fn retry(&mut self, cid: &Cid, new: Cid) -> Vec<ClientFrame> {
        let me = self.me.as_ref().map(|me| &me.id);
        let (epoch, outbox) = (self.timeline.epoch(), &mut self.sending.outbox);
        let at_once = self.line.may_speak() && outbox.waiting().next().is_none();
        outbox.renew(cid, new.clone(), epoch, me);
        self.refuse_if_ended();
        let renewed = self.sending.outbox.waiting().find(|entry| entry.cid == new).map(|entry| entry.act.clone());
        match renewed {
            Some(act) if at_once => self.send(new, act, false),
            _ => self.send_next(),
        }
    }

    /// I let go of a refused one.
    pub fn drop_refused(&mut self, cid: &Cid) {
        self.sending.outbox.drop_refused(cid);
    }

    /// What another page, which is gone, has left.
    pub fn adopt(&mut self, entries: Vec<Pending>) -> Vec<ClientFrame> {
        entries.into_iter().for_each(|entry| self.sending.outbox.adopt(entry));
        self.on_new_life();
        if !self.line.becoming && !self.line.introduced {
            self.refuse_others();
        }
        self.refuse_if_ended();
        self.send_next()
    }

    /// Another page has done with it.
    pub fn on_settled_elsewhere(&mut self, cid: &Cid) -> Vec<ClientFrame> {
        self.sending.outbox.settle(cid);
        self.send_next()
    }

    /// What has to outlive this page.
    pub fn to_keep(&self) -> impl Iterator<Item = &Pending> {
        self.sending.outbox.entries().iter().filter(|entry| entry.is_to_be_kept())
    }

    /// A pause that has just begun, once.
    pub fn take_pause(&mut self) -> Option<Pause> {
        let number = self.sending.pauses;
        self.sending.pause_ms.take().map(|ms| Pause { ms, number })
    }

    /// The time of a pause has passed.
    pub fn on_pause_over(&mut self, number: u32) -> Vec<ClientFrame> {
        self.sending.paused &= number != self.sending.pauses;
        self.send_next()
    }

    /// Whether the server wants no more for a while.
    pub fn is_paused(&self) -> bool {
        self.sending.paused
    }

    /// The next one whose turn it is, if anybody would take it.
    pub(super) fn send_next(&mut self) -> Vec<ClientFrame> {
        let ready = self.line.may_speak() && !self.sending.paused;
        match self.sending.outbox.next_in_turn().filter(|_| ready) {
            Some(next) => self.send(next.cid.clone(), next.act.clone(), true),
            None => Vec::new(),
        }
    }

    fn send(&mut self, cid: Cid, act: Act, in_turn: bool) -> Vec<ClientFrame> {
        let Some(me) = &self.me else { return Vec::new() };
        self.sending.outbox.sent(&cid, &me.id, in_turn);
        vec![ClientFrame::of_act(self.room.clone(), cid, act)]
    }

    pub(super) fn on_ack(&mut self, cid: &Cid, seq: Seq) {
        self.sending.outbox.acknowledge(cid, seq);
        self.sending.outbox.settle_up_to(self.timeline.have());
    }

    /// What had to wait and comes too fast now has only to wait longer, under a new id as its old one was refused for good.
    /// What was written a moment ago is shown as refused: its writer is there and decides.
    pub(super) fn on_nack(&mut self, cid: &Cid, code: ErrorCode, why: &str, after_ms: Option<u64>, fresh: fn() -> Cid) {
        let in_turn = |entry: &Pending| entry.cid == *cid && entry.stage == Stage::Sent { in_turn: true };
        let in_turn = self.sending.outbox.entries().iter().any(in_turn);
        match after_ms.filter(|_| in_turn && code == ErrorCode::TooFast) {
            Some(after_ms) => {
                self.sending.outbox.postpone(cid, Some(fresh()));
                self.pause(after_ms);
            }
            None => self.sending.outbox.refuse(cid, why),
        }
    }

    /// Nobody knows what became of it: the same again, later.
    pub(super) fn on_retry(&mut self, cid: &Cid, after_ms: u64) {
        self.sending.outbox.postpone(cid, None);
        self.pause(after_ms);
    }

    fn pause(&mut self, ms: u64) {
        self.sending.paused = true;
        self.sending.pauses += 1;
        self.sending.pause_ms = Some(ms);
    }

    /// My own acts come back as events; then they need not be sent any more.
    pub(super) fn settle_own(&mut self, events: &[Event]) {
        let Some(me) = &self.me else { return };
        for cid in events.iter().filter(|event| event.by.id == me.id).filter_map(|event| event.cid.as_ref()) {
            self.sending.outbox.settle(cid);
        }
    }

    /// What was done in an earlier life of the room, if this is another one.
    pub(super) fn on_new_life(&mut self) {
        self.sending.outbox.begin_life(self.timeline.epoch(), ANOTHER_LIFE);
    }

    pub(super) fn refuse_others(&mut self) {
        self.sending.outbox.refuse_others(self.me.as_ref().map(|me| &me.id), ANOTHER_PERSON);
    }

    /// What nobody will ever send is not shown as being sent.
    pub(super) fn refuse_if_ended(&mut self) {
        if self.line.link.is_over() {
            self.sending.outbox.refuse_all(DISCONNECTED);
        }
    }

    /// Who I am, if I am anybody.
    pub fn my_id(&self) -> Option<&PersonId> {
        self.me.as_ref().map(|me: &Me| &me.id)
    }

    /// A message as it will stand once the room has what I do to it.
    pub(super) fn with_my_acts(&self, message: &Message) -> Option<Message> {
        let by = self.myself()?;
        let mut acts = self.acts_about(message.seq).filter(|entry| !matches!(entry.act, Act::Delete { .. })).peekable();
        acts.peek()?;
        let mut changed = message.clone();
        for entry in acts {
            // Behind everything that has happened.
            let what = entry.act.clone().into();
            changed.post.take(&Event { seq: Seq::MAX, at: entry.at, by: by.clone(), cid: None, what });
        }
        Some(changed)
    }

    pub(super) fn acts_about(&self, seq: Seq) -> impl Iterator<Item = &Pending> {
        let entries = self.sending.outbox.entries().iter();
        entries.filter(move |entry| entry.act.of() == Some(seq) && entry.refusal().is_none())
    }

    pub(super) fn reacts_with(&self, message: &Message, emoji: &Emoji) -> bool {
        let Some(me) = self.myself() else { return false };
        let mine = |by: &Person| by.id == me.id;
        message.post.reactions.iter().any(|reaction| reaction.emoji == *emoji && reaction.by.iter().any(mine))
    }

    /// Me; a stranger is somebody too, as far as their own page goes.
    pub(super) fn myself(&self) -> Option<Person> {
        match &self.me {
            Some(me) => Some(Person::from(me)),
            None => Some(Person { id: "stranger".parse().ok()?, name: say(Live::You).to_owned(), colour: None }),
        }
    }
}
