//! What the page knows of a room, without a browser: frames in, frames out.

mod company;
mod line;
mod news;
mod places;
mod reading;
mod rows;
mod sending;

pub use line::Link;
pub use news::News;
pub use places::{Place, Places};
pub use reading::{Aim, Unread};
pub use rows::{Refused, Row};
pub use sending::Pause;

use std::collections::BTreeMap;

use crate::protocol::api::{ErrorCode, Me};
use crate::protocol::event::{Event, What};
use crate::protocol::ids::{Cid, Epoch, Millis, RoomKey, Seq};
use crate::protocol::limits;
use crate::protocol::page::FirstPaint;
use crate::protocol::power::{self, Denied, Role, RoomKind, Standing};
use crate::protocol::timeline::{Applied, Message, Timeline};
use crate::protocol::wire::{ClientFrame, RoomSummary, ServerFrame, close};
use company::Company;
use line::Line;
use reading::Reading;
use sending::Sending;

/// A room as one person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chat {
    room: RoomKey,
    /// What it is to me.
    here: RoomSummary,
    /// The end of the last mute that was asked for.
    mute_told: Option<Millis>,
    places: Places,
    timeline: Timeline,
    /// How many lives of the room this page has seen: seq 1 of another life is another message.
    life: u32,
    me: Option<Me>,
    line: Line,
    sending: Sending,
    reading: Reading,
    company: Company,
    /// What was not told yet.
    news: Vec<News>,
}

/// What I may do with a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Powers {
    /// Give it another text.
    pub edit: bool,
    /// Take it away.
    pub delete: bool,
    /// Hold it up for all to see.
    pub pin: bool,
}

impl Chat {
    /// As the server drew it.
    pub fn from_first_paint(first: &FirstPaint) -> Self {
        let (epoch, events) = (first.epoch.clone(), first.events.clone());
        let timeline = match first.at {
            Some(_) => Timeline::from_excerpt(epoch, first.head, events),
            None => Timeline::from_newest(epoch, first.head, events),
        };
        Self {
            room: first.room.clone(),
            here: first.here.clone(),
            mute_told: None,
            places: Places::new(first.room.clone(), first.rooms.clone()),
            timeline,
            life: 0,
            me: first.me.clone(),
            line: Line::default(),
            sending: Sending::default(),
            reading: Reading::of(first),
            company: Company::default(),
            news: Vec::new(),
        }
    }

    /// Which room.
    pub fn room(&self) -> &RoomKey {
        &self.room
    }

    /// What it is called.
    pub fn title(&self) -> String {
        places::title(&self.here)
    }

    /// Who may come into the room.
    pub fn kind(&self) -> RoomKind {
        self.here.kind
    }

    /// What it is about; empty where nobody said.
    pub fn topic(&self) -> &str {
        &self.here.topic
    }

    /// Why I write nothing here, as far as this page knows.
    pub fn denied(&self) -> Option<Denied> {
        match self.line.link {
            Link::Banned => Some(Denied::Banned),
            Link::LoggedOut => Some(Denied::LogIn),
            Link::Out => Some(Denied::NotMember),
            _ => power::post(self.standing(), self.here.setting()).err(),
        }
    }

    /// What I may do with a message, as far as this page knows: it does not know what its author is.
    pub fn powers(&self, message: &Message) -> Powers {
        let (me, room, mine) = (self.standing(), self.here.setting(), self.is_me(message));
        let stands = message.post.deleted.is_none();
        Powers {
            edit: stands && power::edit(me, room, mine).is_ok(),
            delete: stands && power::delete(me, room, mine, Standing::default()).is_ok(),
            pin: stands && power::pin(me, room, mine).is_ok(),
        }
    }

    /// A stranger is made a guest by what they say.
    fn standing(&self) -> Standing {
        let site = self.me.as_ref().map_or(Role::Guest, |me| me.role);
        let seat = self.here.joined.then(|| self.here.role.min(Role::Moderator));
        Standing { site, seat, muted: self.here.muted.is_some(), ..Standing::default() }
    }

    /// Until when I may not speak here, once: then the clock is to be looked at.
    pub fn take_mute(&mut self) -> Option<Millis> {
        let told = std::mem::replace(&mut self.mute_told, self.here.muted);
        self.here.muted.filter(|_| told != self.here.muted)
    }

    /// It is that late.
    pub fn look_at_clock(&mut self, now: Millis) {
        self.here.muted = self.here.muted.filter(|until| *until > now);
        self.mute_told = None;
    }

    /// The rooms that one may go to.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// Who I am; nobody while I only read.
    pub fn me(&self) -> Option<&Me> {
        self.me.as_ref()
    }

    /// How it stands with the connection.
    pub fn link(&self) -> Link {
        self.line.link
    }

    /// How long the server may be silent, in milliseconds.
    pub fn patience_ms(&self) -> u64 {
        self.line.ping_ms + limits::PONG_MS
    }

    /// When the server wants us back, once.
    pub fn take_moved_ms(&mut self) -> Option<u64> {
        self.line.moved_ms.take()
    }

    /// A connection is being made.
    pub fn on_connecting(&mut self) -> ClientFrame {
        // While a server is away, each try is no news.
        if self.line.link != Link::Lost {
            self.line.link = Link::Connecting;
        }
        self.disconnect();
        ClientFrame::Hello { token: None }
    }

    /// The connection is gone. `true` if a new one should be tried.
    pub fn on_closed(&mut self, code: u16) -> bool {
        self.disconnect();
        // 1000 is what our own page gets on leaving; the server never means it as goodbye for good.
        let ended = close::is_final(code) && code != close::NORMAL;
        self.line.link = match code {
            close::BANNED => Link::Banned,
            close::LOG_IN => Link::LoggedOut,
            _ if ended => Link::Ended,
            _ => Link::Lost,
        };
        self.refuse_if_ended();
        !ended
    }

    /// The server said something; answers with what to say to it. `fresh` makes cids.
    pub fn on_frame(&mut self, frame: ServerFrame, fresh: fn() -> Cid) -> Vec<ClientFrame> {
        let mut answer = self.answer(frame, fresh);
        answer.extend(self.send_next());
        answer
    }

    fn answer(&mut self, frame: ServerFrame, fresh: fn() -> Cid) -> Vec<ClientFrame> {
        match &frame {
            ServerFrame::Ev { room, event } => self.note_news(room, event),
            ServerFrame::Seen { room, seq } => self.note_read(room, *seq),
            _ => {}
        }
        match frame {
            ServerFrame::Welcome { me, rooms, ping_ms, .. } => return self.on_welcome(me, rooms, ping_ms),
            ServerFrame::Subbed { room, epoch, head, recovered, events } if room == self.room => {
                return self.on_subbed(epoch, head, recovered, events);
            }
            ServerFrame::Subbed { room, epoch, events, .. } => {
                let me = self.me.as_ref().map(|me| &me.id);
                self.places.on_subbed(&room, epoch, &events, me);
            }
            ServerFrame::Ev { room, event } if room == self.room => return self.on_event(event),
            ServerFrame::Ev { room, event } => {
                let me = self.me.as_ref().map(|me| &me.id);
                self.places.on_event(&room, &event, me);
            }
            ServerFrame::Page { room, events, more } if room == self.room => return self.on_page(events, more),
            ServerFrame::Ping { heads } => return self.on_ping(&heads),
            ServerFrame::Ack { cid, seq, .. } => self.on_ack(&cid, seq),
            ServerFrame::Nack { cid, code, message, after_ms } => self.on_nack(&cid, code, &message, after_ms, fresh),
            ServerFrame::Retry { cid, after_ms } => self.on_retry(&cid, after_ms),
            // Whatever it was about, what was asked for may not come.
            ServerFrame::Err { .. } => {
                self.reading.on_error();
                self.line.introduced = false;
            }
            ServerFrame::Unsubbed { room, code, .. } if room == self.room => return self.on_unsubbed(code),
            ServerFrame::Unsubbed { room, .. } => self.places.remove(&room),
            ServerFrame::Room { room } => return self.on_room(*room),
            ServerFrame::Seen { room, seq } => self.on_seen(&room, seq),
            ServerFrame::Typing { room, by } if room == self.room => self.on_typing(by),
            ServerFrame::Presence { room, here, .. } if room == self.room => self.on_presence(here),
            ServerFrame::Moved { after_ms } => self.line.moved_ms = Some(after_ms),
            // About nothing that this page asked for.
            _ => {}
        }
        Vec::new()
    }

    /// Something waits to be said and nobody is there to say it: `true`, once, if a guest has to be made.
    pub fn needs_guest(&mut self) -> bool {
        let needs = self.line.needs_somebody() && self.sending.outbox.waiting().next().is_some();
        self.line.becoming |= needs;
        needs
    }

    /// I want to be somebody, by a name of my own; `false` if that is under way already.
    pub fn begin_to_become(&mut self) -> bool {
        !std::mem::replace(&mut self.line.becoming, true)
    }

    /// That came to nothing.
    pub fn cancel_becoming(&mut self) {
        self.line.becoming = false;
    }

    /// I am somebody now, and show it to the connection.
    pub fn on_identity(&mut self, me: Me, token: String) -> Vec<ClientFrame> {
        self.line.becoming = false;
        self.me = Some(me);
        self.refuse_others();
        self.line.introduced = self.line.following;
        // A connection that is still to come brings the cookie.
        if self.line.following { vec![ClientFrame::Hello { token: Some(token) }] } else { Vec::new() }
    }

    /// I have another name.
    pub fn on_renamed(&mut self, me: Me) {
        self.me = Some(me);
    }

    /// I could not become somebody: what waits for that has failed.
    pub fn on_identity_refused(&mut self, why: &str) {
        self.line.becoming = false;
        self.sending.outbox.refuse_all(why);
    }

    fn disconnect(&mut self) {
        self.line.disconnect();
        self.places.disconnect();
        self.company.disconnect();
        self.reading.disconnect();
        self.sending.outbox.disconnected();
    }

    fn on_welcome(&mut self, me: Option<Me>, rooms: Vec<RoomSummary>, ping_ms: u64) -> Vec<ClientFrame> {
        self.line.ping_ms = ping_ms;
        self.line.signed_in = me.is_some();
        // While I am becoming somebody, this may be the answer to an earlier hello.
        if me.is_some() || !(self.line.becoming || self.line.introduced) {
            self.me = me;
            self.refuse_others();
        }
        self.line.introduced &= !self.line.signed_in;
        let here = rooms.iter().find(|room| room.room == self.room);
        match here {
            Some(here) => self.here = here.clone(),
            // Nobody leaves a room of people among themselves; of many not all are listed.
            None if self.here.kind == RoomKind::Direct => {}
            None => (self.here.joined, self.here.muted) = (false, None),
        }
        let unread = here.is_some().then(|| self.on_read_by_all()).flatten();
        // The open room comes first.
        let mut subscribed = if self.line.following { Vec::new() } else { vec![self.subscribe()] };
        subscribed.extend(self.places.on_welcome(rooms));
        self.note_read_here();
        subscribed.extend(unread);
        subscribed.extend(self.company.away.then_some(ClientFrame::Pong { away: true }));
        subscribed
    }

    /// A room of mine is new, or another than it was.
    fn on_room(&mut self, room: RoomSummary) -> Vec<ClientFrame> {
        let mut subscribed = Vec::new();
        if room.room == self.room {
            self.here = room.clone();
            if !self.line.following && matches!(self.line.link, Link::Out | Link::Banned) {
                subscribed.push(self.subscribe());
            }
        }
        subscribed.extend(self.places.on_room(room));
        self.note_read_here();
        subscribed
    }

    fn on_subbed(&mut self, epoch: Epoch, head: Seq, recovered: bool, events: Vec<Event>) -> Vec<ClientFrame> {
        self.line.link = Link::Live;
        self.line.following = true;
        if recovered && epoch == *self.timeline.epoch() {
            self.take_all(events);
        } else {
            let me = self.me.as_ref().map(|me| &me.id);
            self.places.on_subbed(&self.room, epoch.clone(), &events, me);
            self.on_hole(epoch, head, events);
            self.on_new_life();
        }
        self.sending.outbox.settle_up_to(self.timeline.have());
        self.ask_wanted()
    }

    /// The room says nothing to us any more. Who is not banned may still be one who may read it.
    fn on_unsubbed(&mut self, code: ErrorCode) -> Vec<ClientFrame> {
        self.line.following = false;
        self.line.link = if code == ErrorCode::Banned { Link::Banned } else { Link::Out };
        self.here.joined = false;
        self.refuse_if_ended();
        if code == ErrorCode::Banned { Vec::new() } else { vec![self.subscribe()] }
    }

    fn on_event(&mut self, event: Event) -> Vec<ClientFrame> {
        match self.take(event) {
            Applied::Taken | Applied::Known => Vec::new(),
            Applied::Early => self.fill_gap(),
        }
    }

    /// A heartbeat also says how far the room is: a hole that nothing else shows is seen here.
    fn on_ping(&mut self, heads: &BTreeMap<RoomKey, Seq>) -> Vec<ClientFrame> {
        let mut answer = vec![ClientFrame::Pong { away: self.company.away }];
        answer.extend(heads.iter().filter_map(|(room, head)| self.places.on_head(room, *head)));
        match heads.get(&self.room).copied() {
            None if self.line.link.is_over() => {}
            // The server does not count this room among those that I follow: it was refused when I asked.
            None => answer.push(self.subscribe()),
            Some(head) if head > self.timeline.have() => answer.extend(self.fill_gap()),
            Some(_) => {}
        }
        answer
    }

    fn take_all(&mut self, events: Vec<Event>) {
        for event in events {
            self.take(event);
        }
    }

    fn take(&mut self, event: Event) -> Applied {
        self.settle_own(std::slice::from_ref(&event));
        self.note_unseen(&event);
        self.note_said(&event);
        let me = self.me.as_ref().map(|me| &me.id);
        self.places.on_event(&self.room, &event, me);
        if let (What::Changed(change), true) = (&event.what, event.seq > self.timeline.have()) {
            self.here.take(change);
        }
        let applied = self.timeline.apply(event);
        self.sending.outbox.settle_up_to(self.timeline.have());
        self.forget_surplus();
        applied
    }

    fn subscribe(&self) -> ClientFrame {
        let (epoch, seq) = (self.timeline.epoch().clone(), self.timeline.have());
        ClientFrame::Sub { room: self.room.clone(), epoch: Some(epoch), seq: Some(seq) }
    }
}

#[cfg(test)]
mod tests;
