//! What the page knows of a room, without a browser: frames in, frames out.

use crate::protocol::api::{ErrorCode, Me};
use crate::protocol::event::Event;
use crate::protocol::ids::{Cid, Epoch, Millis, RoomKey, Seq};
use crate::protocol::limits;
use crate::protocol::outbox::{Outbox, Pending, Refusal};
use crate::protocol::page::FirstPaint;
use crate::protocol::timeline::{Applied, Message, Timeline};
use crate::protocol::wire::{ClientFrame, ServerFrame, close};

/// Messages of one person within this time stand under one name.
const TOGETHER_MS: Millis = 5 * 60 * 1000;

/// A room as one person sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Chat {
    room: RoomKey,
    timeline: Timeline,
    /// How many lives of the room this page has seen: seq 1 of another life is another message.
    life: u32,
    outbox: Outbox,
    me: Option<Me>,
    link: Link,
    /// This connection follows the room.
    following: bool,
    /// This connection knows who I am.
    signed_in: bool,
    /// A guest is being made; what is sent meanwhile waits.
    becoming: bool,
    /// This connection was shown who I am; the welcome to that is still to come.
    introduced: bool,
    /// A page of the log was asked for and has not come.
    filling: bool,
    /// The reader is at the end of the list, so what has scrolled away may be forgotten.
    at_end: bool,
    /// Time between the server's heartbeats.
    ping_ms: u64,
    /// When the server that said goodbye wants us back.
    moved_ms: Option<u64>,
}

/// How it stands with the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// The page has come, its app has not: forms work.
    Page,
    /// On the way for the first time.
    Connecting,
    /// What is said is seen at once.
    Live,
    /// Lost; it is tried again and again.
    Lost,
    /// Ended by the server for a reason that a new try would not change.
    Ended,
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The message.
    pub message: Message,
    /// I wrote it.
    pub mine: bool,
    /// It stands under the name of the one before it.
    pub continued: bool,
    /// The life of the room that it is of.
    life: u32,
}

impl Row {
    /// Two rows with the same key are the same row. That its name has scrolled away is a matter of style.
    pub fn key(&self) -> (u32, Seq, bool) {
        (self.life, self.message.seq, self.mine)
    }
}

impl Chat {
    /// As the server drew it.
    pub fn from_first_paint(first: &FirstPaint) -> Self {
        Self {
            room: first.room.clone(),
            timeline: Timeline::from_newest(first.epoch.clone(), first.head, first.events.iter().cloned()),
            life: 0,
            outbox: Outbox::default(),
            me: first.me.clone(),
            link: Link::Page,
            following: false,
            signed_in: false,
            becoming: false,
            introduced: false,
            filling: false,
            at_end: true,
            ping_ms: limits::PING_MS,
            moved_ms: None,
        }
    }

    /// Who I am; nobody while I only read.
    pub fn me(&self) -> Option<&Me> {
        self.me.as_ref()
    }

    /// How it stands with the connection.
    pub fn link(&self) -> Link {
        self.link
    }

    /// How long the server may be silent, in milliseconds.
    pub fn patience_ms(&self) -> u64 {
        self.ping_ms + limits::PONG_MS
    }

    /// When the server wants us back, once.
    pub fn take_moved_ms(&mut self) -> Option<u64> {
        self.moved_ms.take()
    }

    /// The messages, oldest first.
    pub fn rows(&self) -> Vec<Row> {
        let before = std::iter::once(None).chain(self.timeline.messages().map(Some));
        let rows = self.timeline.messages().zip(before).map(|(message, before)| Row {
            message: Message::clone(message),
            mine: self.is_me(message),
            continued: before.is_some_and(|before| continues(before, message)),
            life: self.life,
        });
        rows.collect()
    }

    /// What I sent and the room does not have yet.
    pub fn pending(&self) -> Vec<Pending> {
        self.outbox.sends().to_vec()
    }

    /// How many messages the room has, as far as this page knows; grows with each.
    pub fn newest(&self) -> Seq {
        self.timeline.have()
    }

    /// The reader scrolled.
    pub fn set_at_end(&mut self, at_end: bool) {
        self.at_end = at_end;
        self.forget_surplus();
    }

    /// A connection is being made.
    pub fn on_connecting(&mut self) -> ClientFrame {
        // While a server is away, each try is no news.
        if self.link != Link::Lost {
            self.link = Link::Connecting;
        }
        self.disconnect();
        ClientFrame::Hello { token: None }
    }

    /// The connection is gone. `true` if a new one should be tried.
    pub fn on_closed(&mut self, code: u16) -> bool {
        self.disconnect();
        // 1000 is what our own page gets on leaving; the server never means it as goodbye for good.
        let ended = close::is_final(code) && code != close::NORMAL;
        self.link = if ended { Link::Ended } else { Link::Lost };
        self.refuse_if_ended();
        !ended
    }

    /// The server said something; answers with what to say to it.
    pub fn on_frame(&mut self, frame: ServerFrame) -> Vec<ClientFrame> {
        match frame {
            ServerFrame::Welcome { me, ping_ms, .. } => return self.on_welcome(me, ping_ms),
            ServerFrame::Subbed { room, epoch, head, recovered, events } if room == self.room => {
                return self.on_subbed(epoch, head, recovered, events);
            }
            ServerFrame::Ev { room, event } if room == self.room => return self.on_event(event),
            ServerFrame::Page { room, events, more } if room == self.room => return self.on_page(events, more),
            ServerFrame::Ping { heads } => return self.on_ping(heads.get(&self.room).copied()),
            ServerFrame::Ack { cid, seq, .. } => {
                self.outbox.acknowledge(&cid, seq);
                self.outbox.settle_up_to(self.timeline.have());
            }
            ServerFrame::Nack { cid, code, message, .. } => self.outbox.refuse(&cid, Refusal { code, message }),
            // Whatever it was about, what was asked for may not come.
            ServerFrame::Err { .. } => {
                self.filling = false;
                self.introduced = false;
            }
            ServerFrame::Moved { after_ms } => self.moved_ms = Some(after_ms),
            // About nothing that this page asked for.
            _ => {}
        }
        Vec::new()
    }

    /// I said something.
    pub fn send(&mut self, cid: Cid, body: String) -> Vec<ClientFrame> {
        self.outbox.push(cid.clone(), body);
        self.refuse_if_ended();
        self.post(|pending| pending.cid == cid)
    }

    /// I want a refused one tried again.
    pub fn retry(&mut self, cid: &Cid, new: Cid) -> Vec<ClientFrame> {
        self.outbox.renew(cid, new.clone());
        self.refuse_if_ended();
        self.post(|pending| pending.cid == new)
    }

    /// The server did not know what became of it, and the time it asked for has passed.
    pub fn resend(&self, cid: &Cid) -> Vec<ClientFrame> {
        self.post(|pending| pending.cid == *cid)
    }

    /// I let go of a refused one.
    pub fn drop_refused(&mut self, cid: &Cid) {
        self.outbox.drop_refused(cid);
    }

    /// Something waits to be said and nobody is there to say it: `true`, once, if a guest has to be made.
    pub fn needs_guest(&mut self) -> bool {
        let nobody = !self.signed_in && !self.becoming && !self.introduced;
        let needs = self.following && nobody && self.outbox.under_way().next().is_some();
        self.becoming |= needs;
        needs
    }

    /// I want to be somebody, by a name of my own; `false` if that is under way already.
    pub fn begin_to_become(&mut self) -> bool {
        !std::mem::replace(&mut self.becoming, true)
    }

    /// That came to nothing.
    pub fn cancel_becoming(&mut self) {
        self.becoming = false;
    }

    /// I am somebody now, and show it to the connection.
    pub fn on_identity(&mut self, me: Me, token: String) -> Vec<ClientFrame> {
        self.becoming = false;
        self.me = Some(me);
        self.introduced = self.following;
        // A connection that is still to come brings the cookie.
        if self.following { vec![ClientFrame::Hello { token: Some(token) }] } else { Vec::new() }
    }

    /// I have another name.
    pub fn on_renamed(&mut self, me: Me) {
        self.me = Some(me);
    }

    /// I could not become somebody: what waits for that has failed.
    pub fn on_identity_refused(&mut self, message: &str) {
        self.becoming = false;
        self.refuse_all(ErrorCode::Unauthenticated, message);
    }

    fn refuse_all(&mut self, code: ErrorCode, message: &str) {
        let waiting: Vec<Cid> = self.outbox.under_way().map(|send| send.cid.clone()).collect();
        for cid in waiting {
            self.outbox.refuse(&cid, Refusal { code, message: message.to_owned() });
        }
    }

    /// What nobody will ever send is not shown as being sent.
    fn refuse_if_ended(&mut self) {
        if self.link == Link::Ended {
            self.refuse_all(
                ErrorCode::Unavailable,
                "This page is disconnected. Copy your message and reload the page.",
            );
        }
    }

    fn disconnect(&mut self) {
        self.following = false;
        self.signed_in = false;
        self.introduced = false;
        self.filling = false;
    }

    /// The sends under way that are asked for, as frames; none while nobody would take them.
    fn post(&self, which: impl Fn(&Pending) -> bool) -> Vec<ClientFrame> {
        let may_speak = self.following && self.signed_in;
        let sends = self.outbox.under_way().filter(|pending| may_speak && which(pending));
        sends
            .map(|pending| ClientFrame::Post {
                room: self.room.clone(),
                cid: pending.cid.clone(),
                body: pending.body.clone(),
                reply_to: pending.reply_to,
            })
            .collect()
    }

    fn on_welcome(&mut self, me: Option<Me>, ping_ms: u64) -> Vec<ClientFrame> {
        self.ping_ms = ping_ms;
        self.signed_in = me.is_some();
        // While I am becoming somebody, this may be the answer to an earlier hello.
        if me.is_some() || !(self.becoming || self.introduced) {
            self.me = me;
        }
        self.introduced &= !self.signed_in;
        if self.following { self.post(|_| true) } else { vec![self.subscribe()] }
    }

    fn on_subbed(&mut self, epoch: Epoch, head: Seq, recovered: bool, events: Vec<Event>) -> Vec<ClientFrame> {
        self.link = Link::Live;
        self.following = true;
        if recovered && epoch == *self.timeline.epoch() {
            self.take_all(events);
        } else {
            self.settle_own(&events);
            if epoch != *self.timeline.epoch() {
                self.life += 1;
                self.outbox.forget_positions();
            }
            self.timeline = Timeline::from_newest(epoch, head, events);
        }
        self.outbox.settle_up_to(self.timeline.have());
        self.post(|_| true)
    }

    fn on_event(&mut self, event: Event) -> Vec<ClientFrame> {
        match self.take(event) {
            Applied::Taken | Applied::Known => Vec::new(),
            Applied::Early => self.fill_gap(),
        }
    }

    /// A heartbeat also says how far the room is: a hole that nothing else shows is seen here.
    fn on_ping(&mut self, head: Option<Seq>) -> Vec<ClientFrame> {
        let mut answer = vec![ClientFrame::Pong {}];
        match head {
            // The server does not count this room among those that I follow: it was refused when I asked.
            None => answer.push(self.subscribe()),
            Some(head) if head > self.timeline.have() => answer.extend(self.fill_gap()),
            Some(_) => {}
        }
        answer
    }

    /// A page that brings nothing while something is missing: the room does not have it any more, so start from its end.
    fn on_page(&mut self, events: Vec<Event>, more: bool) -> Vec<ClientFrame> {
        self.filling = false;
        let before = self.timeline.have();
        self.take_all(events);
        let progress = self.timeline.have() > before;
        match self.timeline.gap() {
            None if !more => Vec::new(),
            None | Some(_) if progress => self.fill_gap(),
            None => Vec::new(),
            Some(_) => vec![self.subscribe()],
        }
    }

    fn take_all(&mut self, events: Vec<Event>) {
        for event in events {
            self.take(event);
        }
    }

    fn take(&mut self, event: Event) -> Applied {
        self.settle_own(std::slice::from_ref(&event));
        let applied = self.timeline.apply(event);
        self.outbox.settle_up_to(self.timeline.have());
        self.forget_surplus();
        applied
    }

    /// My own messages come back as events; then they need not be sent any more.
    fn settle_own(&mut self, events: &[Event]) {
        let Some(me) = &mut self.me else { return };
        for event in events.iter().filter(|event| event.by.id == me.id) {
            if let Some(cid) = &event.cid {
                self.outbox.settle(cid);
            }
        }
    }

    fn subscribe(&self) -> ClientFrame {
        let (epoch, seq) = (self.timeline.epoch().clone(), self.timeline.have());
        ClientFrame::Sub { room: self.room.clone(), epoch: Some(epoch), seq: Some(seq) }
    }

    /// Asks for what is missing, unless that is under way.
    fn fill_gap(&mut self) -> Vec<ClientFrame> {
        if std::mem::replace(&mut self.filling, true) {
            return Vec::new();
        }
        let after = Some(self.timeline.have());
        vec![ClientFrame::Fetch { room: self.room.clone(), after, before: None, limit: limits::PAGE_EVENTS }]
    }

    fn forget_surplus(&mut self) {
        self.timeline.keep_newest(limits::PAGE_ROWS);
    }

    fn is_me(&self, message: &Message) -> bool {
        self.me.as_ref().is_some_and(|me| me.id == message.by.id)
    }
}

fn continues(before: &Message, message: &Message) -> bool {
    before.by == message.by && message.at.saturating_sub(before.at) < TOGETHER_MS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::api::PersonKind;
    use crate::protocol::event::{Person, Post, What};
    use crate::protocol::limits::Limits;

    fn ana() -> Me {
        Me { id: "ana".parse().expect("an id"), name: "Ana".into(), kind: PersonKind::Guest }
    }

    fn cid(n: u64) -> Cid {
        format!("cid-00000000{n:08}").parse().expect("a cid")
    }

    /// Message number `seq` of Ana.
    fn event(seq: Seq) -> Event {
        let what = What::Posted(Post::new(format!("message {seq}"), None));
        Event { seq, at: seq * 60_000, by: Person::from(&ana()), cid: Some(cid(seq)), what }
    }

    fn ev(seq: Seq) -> ServerFrame {
        ServerFrame::Ev { room: RoomKey::lobby(), event: event(seq) }
    }

    fn welcome(me: Option<Me>) -> ServerFrame {
        ServerFrame::Welcome { conn: 1, me, rooms: Vec::new(), ping_ms: 25_000, limits: Limits::current() }
    }

    fn subbed(recovered: bool, epoch: &str, head: Seq, events: Vec<Event>) -> ServerFrame {
        let epoch = epoch.parse().expect("an epoch");
        ServerFrame::Subbed { room: RoomKey::lobby(), epoch, head, recovered, events }
    }

    /// A page with messages 1 and 2 on it.
    fn page(me: Option<Me>) -> Chat {
        Chat::from_first_paint(&FirstPaint {
            room: RoomKey::lobby(),
            title: "Lobby".into(),
            epoch: "e1".parse().expect("an epoch"),
            head: 2,
            events: vec![event(1), event(2)],
            more: false,
            at: None,
            me,
            form_cid: cid(0),
        })
    }

    /// That page, connected.
    fn live(me: Option<Me>) -> Chat {
        let mut chat = page(me.clone());
        assert_eq!(chat.on_connecting(), ClientFrame::Hello { token: None });
        assert!(matches!(chat.on_frame(welcome(me))[..], [ClientFrame::Sub { seq: Some(2), .. }]));
        assert!(chat.on_frame(subbed(true, "e1", 2, Vec::new())).is_empty());
        assert_eq!(chat.link(), Link::Live);
        chat
    }

    fn seqs(chat: &Chat) -> Vec<Seq> {
        chat.rows().iter().map(|row| row.message.seq).collect()
    }

    #[test]
    fn a_send_is_pending_until_its_event_comes() {
        let mut chat = live(Some(ana()));
        assert!(matches!(chat.send(cid(3), "message 3".into())[..], [ClientFrame::Post { .. }]));
        assert_eq!(chat.pending().len(), 1);
        chat.on_frame(ServerFrame::Ack { cid: cid(3), room: RoomKey::lobby(), seq: 3, dup: false });
        assert_eq!(chat.pending().len(), 1, "it stays in view until its event stands in the list");
        assert!(chat.resend(&cid(3)).is_empty(), "and is not sent again");
        chat.on_frame(ev(3));
        assert!(chat.pending().is_empty());
        assert_eq!(seqs(&chat), [1, 2, 3]);
    }

    #[test]
    fn a_stranger_becomes_a_guest_by_sending() {
        let mut chat = live(None);
        assert!(!chat.needs_guest(), "not by looking");
        assert!(chat.send(cid(3), "message 3".into()).is_empty());
        assert!(chat.needs_guest());
        assert!(!chat.needs_guest(), "once");
        assert!(chat.send(cid(4), "message 4".into()).is_empty());
        let hello = chat.on_identity(ana(), "secret".into());
        assert_eq!(hello, [ClientFrame::Hello { token: Some("secret".into()) }]);
        assert!(!chat.needs_guest(), "I am somebody; the connection is being told");
        assert!(chat.on_frame(welcome(None)).is_empty(), "the answer to an earlier hello");
        assert!(!chat.needs_guest());
        assert_eq!(chat.me(), Some(&ana()));
        assert_eq!(chat.on_frame(welcome(Some(ana()))).len(), 2, "both go out now, in order");
    }

    #[test]
    fn who_cannot_become_a_guest_sees_it_at_the_message() {
        let mut chat = live(None);
        chat.send(cid(3), "message 3".into());
        assert!(chat.needs_guest());
        chat.on_identity_refused("too many guests");
        assert_eq!(chat.pending()[0].refused.as_ref().map(|why| why.message.as_str()), Some("too many guests"));
        assert!(!chat.needs_guest(), "not again by itself");
        chat.retry(&cid(3), cid(4));
        assert!(chat.needs_guest());
    }

    #[test]
    fn what_was_sent_offline_goes_out_on_return_with_the_same_cid() {
        let mut chat = live(Some(ana()));
        assert!(chat.on_closed(1006));
        assert_eq!(chat.link(), Link::Lost);
        assert!(chat.send(cid(3), "message 3".into()).is_empty());
        chat.on_connecting();
        chat.on_frame(welcome(Some(ana())));
        let resent = chat.on_frame(subbed(true, "e1", 2, Vec::new()));
        assert!(matches!(&resent[..], [ClientFrame::Post { cid: sent, .. }] if *sent == cid(3)));
    }

    #[test]
    fn a_server_that_forgot_me_makes_me_anew_when_i_speak() {
        let mut chat = live(Some(ana()));
        chat.on_closed(1012);
        chat.send(cid(3), "message 3".into());
        chat.on_connecting();
        chat.on_frame(welcome(None));
        assert_eq!(chat.me(), None);
        assert!(chat.on_frame(subbed(false, "e2", 0, Vec::new())).is_empty());
        assert!(chat.needs_guest());
    }

    #[test]
    fn another_life_of_the_room_replaces_the_list() {
        let mut chat = live(Some(ana()));
        let before = chat.rows()[0].key();
        chat.on_closed(1012);
        chat.on_connecting();
        chat.on_frame(welcome(Some(ana())));
        chat.on_frame(subbed(false, "e2", 1, vec![event(1)]));
        assert_eq!(seqs(&chat), [1]);
        assert_ne!(chat.rows()[0].key(), before, "message 1 of another life is another row");
    }

    #[test]
    fn what_another_life_acknowledged_and_lost_is_sent_again() {
        let mut chat = live(Some(ana()));
        chat.send(cid(3), "message 3".into());
        chat.on_frame(ServerFrame::Ack { cid: cid(3), room: RoomKey::lobby(), seq: 3, dup: false });
        chat.on_closed(1012);
        chat.on_connecting();
        chat.on_frame(welcome(Some(ana())));
        let resent = chat.on_frame(subbed(false, "e2", 9, vec![event(9)]));
        assert!(matches!(&resent[..], [ClientFrame::Post { cid: same, .. }] if *same == cid(3)), "{resent:?}");
    }

    #[test]
    fn a_row_is_drawn_anew_when_it_turns_out_to_be_mine() {
        let mut chat = live(None);
        let before = chat.rows()[0].key();
        chat.on_renamed(ana());
        assert_ne!(chat.rows()[0].key(), before);
    }

    #[test]
    fn a_hole_is_asked_for_once_and_filled() {
        let mut chat = live(Some(ana()));
        assert!(matches!(chat.on_frame(ev(5))[..], [ClientFrame::Fetch { after: Some(2), .. }]));
        assert!(chat.on_frame(ev(6)).is_empty(), "it is under way");
        let page = |events, more| ServerFrame::Page { room: RoomKey::lobby(), events, more };
        assert!(chat.on_frame(page(vec![event(3), event(4)], false)).is_empty());
        assert_eq!(seqs(&chat), [1, 2, 3, 4, 5, 6]);
        chat.on_frame(ServerFrame::Ping { heads: [(RoomKey::lobby(), 9)].into() });
        let next = chat.on_frame(page(vec![event(7)], true));
        assert!(matches!(next[..], [ClientFrame::Fetch { after: Some(7), .. }]), "page by page");
    }

    #[test]
    fn a_hole_that_cannot_be_filled_starts_the_room_anew() {
        let mut chat = live(Some(ana()));
        chat.on_frame(ev(5));
        let nothing = ServerFrame::Page { room: RoomKey::lobby(), events: Vec::new(), more: false };
        assert!(matches!(chat.on_frame(nothing)[..], [ClientFrame::Sub { seq: Some(2), .. }]));
    }

    #[test]
    fn a_heartbeat_shows_a_hole_that_nothing_else_does() {
        let mut chat = live(Some(ana()));
        let ping = |head| ServerFrame::Ping { heads: [(RoomKey::lobby(), head)].into() };
        assert_eq!(chat.on_frame(ping(2)), [ClientFrame::Pong {}]);
        assert!(matches!(chat.on_frame(ping(3))[..], [ClientFrame::Pong {}, ClientFrame::Fetch { .. }]));
        let unknown = chat.on_frame(ServerFrame::Ping { heads: [].into() });
        assert!(matches!(unknown[..], [ClientFrame::Pong {}, ClientFrame::Sub { .. }]), "a refused sub is tried again");
    }

    #[test]
    fn a_refused_send_stays_with_its_reason_and_can_be_tried_again() {
        let mut chat = live(Some(ana()));
        chat.send(cid(3), "message 3".into());
        chat.on_frame(ServerFrame::Nack {
            cid: cid(3),
            code: ErrorCode::TooFast,
            message: "too fast".into(),
            after_ms: Some(200),
        });
        assert!(chat.pending()[0].refused.is_some());
        assert!(matches!(&chat.retry(&cid(3), cid(4))[..], [ClientFrame::Post { cid: new, .. }] if *new == cid(4)));
        assert!(matches!(&chat.resend(&cid(4))[..], [ClientFrame::Post { cid: same, .. }] if *same == cid(4)));
    }

    #[test]
    fn a_final_close_is_final() {
        let mut chat = live(Some(ana()));
        chat.send(cid(3), "before".into());
        assert!(!chat.on_closed(close::BAD_FRAME));
        chat.send(cid(4), "after".into());
        assert!(chat.pending().iter().all(|send| send.refused.is_some()), "nothing is shown as being sent for ever");
        assert_eq!(chat.link(), Link::Ended);
        assert!(live(None).on_closed(close::SLOW));
    }

    #[test]
    fn messages_in_a_row_stand_under_one_name() {
        let mut chat = live(None);
        let mut late = event(3);
        late.at += TOGETHER_MS;
        chat.on_frame(ServerFrame::Ev { room: RoomKey::lobby(), event: late });
        assert_eq!(chat.rows().iter().map(|row| row.continued).collect::<Vec<_>>(), [false, true, false]);
    }

    #[test]
    fn the_list_stays_short() {
        let mut chat = live(None);
        let over = limits::PAGE_ROWS as Seq + 10;
        (3..=over).for_each(|seq| drop(chat.on_frame(ev(seq))));
        assert_eq!(chat.rows().len(), limits::PAGE_ROWS);
    }
}
