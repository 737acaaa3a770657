//! What of the room is looked at, and how far it was read.
//!
//! The list shows one stretch of the log, most often its end. It grows where its reader scrolls, page by page, and lets go
//! of what is far from there.

use super::Chat;
use crate::protocol::event::{Event, What};
use crate::protocol::ids::{Epoch, Millis, RoomKey, Seq};
use crate::protocol::limits;
use crate::protocol::page::FirstPaint;
use crate::protocol::timeline::{Message, Timeline};
use crate::protocol::wire::ClientFrame;

/// Events that are asked for at once when one scrolls.
const SCROLL_EVENTS: usize = 100;
/// Events before the one that one jumps to.
const BEFORE_A_JUMP: Seq = 25;
/// What is counted of the messages that came while one was elsewhere.
const MOST_UNSEEN: usize = 1_000;

/// Rows that are kept where one reads the newest, some screens of them, and how many there may be before those that are farthest
/// away are let go, some at once: each time all that stays has to be drawn in another place.
const KEPT_AT_END: usize = 180;
const MOST_AT_END: usize = 200;

/// Where one reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reading {
    /// A page that was asked for on this connection and has not come.
    asked: Option<Asked>,
    /// The one to be asked for next.
    wanted: Option<Asked>,
    /// The log has nothing up to here: 0, unless the room keeps no history.
    begins: Seq,
    /// What is to be brought into view.
    aim: Option<Aim>,
    /// The message that was jumped to.
    pub(super) found: Option<Seq>,
    /// What is to be brought into view is where the reader was before: it is not pointed at.
    returning: bool,
    /// The reader is at the end of the room, so what has scrolled away may be forgotten.
    pub(super) at_end: bool,
    /// Messages of others that came while the reader was not at the end.
    unseen: Vec<Seq>,
    /// The first message in view.
    in_view: Seq,
    /// Everything up to here was read.
    read: Option<Seq>,
    /// The server was told so far.
    told: Option<Seq>,
    /// How far it was read when its reader was last away: what is new begins after it.
    mark: Option<Seq>,
    /// What is new has not been in view since.
    news: bool,
    /// It is to be as if it was not read: looking at it changes nothing, until its reader has been away.
    kept_unread: bool,
    /// What came up to here came as history, not as it happened.
    pub(super) history_to: Seq,
}

/// What a page was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// To close a hole in what is followed.
    Gap,
    /// To let the stretch begin earlier, ...
    Older,
    /// ... or reach further.
    Newer,
    /// To look at the room's end, ...
    Newest,
    /// ... or at a place in it.
    Around(Seq),
    /// To look anew at what is in view.
    Again,
}

/// What is to be brought into view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// A message.
    Row(Seq),
    /// The end of the room.
    End,
}

/// What has come since one was last here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread {
    /// So many messages, ...
    pub count: usize,
    /// ... or more: the first ones are not loaded.
    pub more: bool,
    /// When the first of those that are loaded was said.
    pub since: Option<Millis>,
}

impl Reading {
    pub(super) fn of(first: &FirstPaint) -> Self {
        let found = first.at.and_then(|at| first_message(&first.events, at));
        let start = first.events.first().map_or(first.head, |event| event.seq.saturating_sub(1));
        // Of a stranger the server knows nothing.
        let read = Some(first.here.read).filter(|read| first.me.is_some() && *read > 0);
        Self {
            begins: if first.more { 0 } else { start },
            aim: found.map(Aim::Row),
            found,
            at_end: first.at.is_none(),
            read,
            told: read,
            mark: read,
            news: read.is_some(),
            history_to: first.head,
            ..Self::default()
        }
    }

    pub(super) fn disconnect(&mut self) {
        self.asked = None;
        self.wanted = self.wanted.filter(|wanted| *wanted != Asked::Gap);
    }

    /// The list starts anew from the end of the room.
    fn begin_anew(&mut self, head: Seq) {
        (self.begins, self.history_to, self.found) = (0, head, None);
        self.aim = Some(Aim::End);
        self.unseen.clear();
    }

    /// Whatever went wrong, what was asked for may not come.
    pub(super) fn on_error(&mut self) {
        self.asked = None;
    }
}

impl Chat {
    /// The reader is near the beginning of what is loaded.
    pub fn want_older(&mut self) -> Vec<ClientFrame> {
        if self.has_older() { self.ask(Asked::Older) } else { Vec::new() }
    }

    /// The reader is near the end of what is loaded.
    pub fn want_newer(&mut self) -> Vec<ClientFrame> {
        if self.reaches_end() { Vec::new() } else { self.ask(Asked::Newer) }
    }

    /// The reader wants to see the end of the room.
    pub fn want_end(&mut self) -> Vec<ClientFrame> {
        (self.reading.found, self.reading.returning) = (None, false);
        if self.reaches_end() {
            self.reading.aim = Some(Aim::End);
            return Vec::new();
        }
        self.ask(Asked::Newest)
    }

    /// The reader wants to see a message.
    pub fn want_message(&mut self, seq: Seq) -> Vec<ClientFrame> {
        self.reading.returning = false;
        if self.message(seq).is_some() {
            self.find(Some(seq));
            return Vec::new();
        }
        self.ask(Asked::Around(seq))
    }

    /// The reader was here before, at this message: it is put where it was, and not pointed out.
    pub fn return_to(&mut self, seq: Seq) -> Vec<ClientFrame> {
        let frames = self.want_message(seq);
        (self.reading.at_end, self.reading.returning, self.reading.found) = (false, true, None);
        frames
    }

    /// The life of the room that is shown.
    pub fn epoch(&self) -> &Epoch {
        self.timeline.epoch()
    }

    /// What is to be brought into view is put where the reader left it.
    pub fn is_returning(&self) -> bool {
        self.reading.returning
    }

    /// The reader wants to see what is new.
    pub fn want_unread(&mut self) -> Vec<ClientFrame> {
        (self.reading.news, self.reading.returning) = (false, false);
        match (self.first_unread(), self.reading.mark) {
            (Some(seq), _) => self.want_message(seq),
            (None, Some(mark)) => self.ask(Asked::Around(mark + 1)),
            (None, None) => Vec::new(),
        }
    }

    /// What is to be brought into view. It may not be there yet.
    pub fn aim(&self) -> Option<Aim> {
        self.reading.aim.filter(|aim| *aim != Aim::End || self.reaches_end())
    }

    /// It is in view.
    pub fn on_aimed(&mut self) {
        (self.reading.aim, self.reading.returning) = (None, false);
    }

    /// The log has more before what is loaded.
    pub fn has_older(&self) -> bool {
        self.timeline.start() > self.reading.begins
    }

    /// What is loaded reaches to the newest that there is.
    pub fn reaches_end(&self) -> bool {
        self.timeline.is_at_end()
    }

    /// What is loaded begins after this position, and reaches to that one.
    pub fn stretch(&self) -> (Seq, Seq) {
        (self.timeline.start(), self.timeline.end())
    }

    /// How many messages of others have come since the reader left the end.
    pub fn unseen(&self) -> usize {
        self.reading.unseen.len()
    }

    /// The reader scrolled. `true` if that is news.
    pub fn set_at_end(&mut self, at_end: bool) -> bool {
        let news = self.reading.at_end != at_end;
        self.reading.at_end = at_end;
        if at_end {
            self.reading.unseen.clear();
        }
        self.forget_surplus();
        news
    }

    /// How far it was read when this page was last open.
    pub fn on_read_before(&mut self, epoch: &Epoch, seq: Seq) {
        if *epoch == *self.timeline.epoch() {
            self.read_to(seq);
            self.begin_news();
        }
    }

    /// Another page was read so far.
    pub fn on_read_elsewhere(&mut self, epoch: &Epoch, seq: Seq) {
        if *epoch == *self.timeline.epoch() && !self.reading.kept_unread {
            self.read_to(seq);
        }
    }

    /// A room was read so far, on whichever device. That the open one was read less far is what is told of oneself, late.
    pub(super) fn on_seen(&mut self, room: &RoomKey, seq: Seq) {
        if *room != self.room {
            return self.places.on_seen(room, seq);
        }
        if !self.reading.kept_unread {
            self.reading.told = self.reading.told.max(Some(seq));
            self.read_to(seq);
        }
    }

    /// From this message on it is to be as if it was not read.
    pub fn mark_unread(&mut self, seq: Seq) -> Vec<ClientFrame> {
        let before = seq.saturating_sub(1);
        self.reading.kept_unread = true;
        (self.reading.read, self.reading.told, self.reading.mark) = (Some(before), Some(before), Some(before));
        self.reading.news = false;
        self.places.on_seen(&self.room, before);
        vec![ClientFrame::Read { room: self.room.clone(), seq: before }]
    }

    /// The server greets: it knows how far the room was read on whichever device. What was to be unread and did not reach it
    /// is told again.
    pub(super) fn on_read_by_all(&mut self) -> Option<ClientFrame> {
        if self.here.epoch != *self.timeline.epoch() || self.me.is_none() {
            return None;
        }
        let known = self.here.read;
        self.reading.told = Some(known);
        if !self.reading.kept_unread {
            self.read_to(known);
            return None;
        }
        let seq = self.reading.read.filter(|read| *read < known)?;
        self.reading.told = Some(seq);
        Some(ClientFrame::Read { room: self.room.clone(), seq })
    }

    /// The server does not know yet how far the open room was read here.
    pub(super) fn note_read_here(&mut self) {
        if let Some(read) = self.reading.read.filter(|_| self.here.epoch == *self.timeline.epoch()) {
            self.places.on_seen_at_least(&self.room, read);
        }
    }

    fn read_to(&mut self, seq: Seq) {
        if self.reading.read < Some(seq) {
            self.reading.read = Some(seq);
            self.places.on_seen(&self.room, seq);
        }
    }

    /// The reader turned to something else: what comes now is new.
    pub fn on_away(&mut self) {
        self.reading.kept_unread = false;
        self.begin_news();
    }

    /// These messages are in view, from the first to the last one; `attended` if somebody seems to look at them. `true` if
    /// that is news.
    pub fn on_in_view(&mut self, first: Seq, last: Seq, attended: bool) -> bool {
        self.reading.in_view = first;
        if !attended || self.reading.kept_unread {
            return false;
        }
        // Behind the last message there may be what is none.
        let is_last = self.timeline.messages().next_back().is_some_and(|message| message.seq <= last);
        let last = if is_last && self.reaches_end() { self.timeline.have() } else { last };
        let news = self.reading.news && self.first_unread().is_some_and(|unread| (first..=last).contains(&unread));
        let further = self.reading.read < Some(last);
        self.reading.news &= !news;
        self.read_to(last);
        news || further
    }

    /// Everything up to here was read, in this life of the room.
    pub fn read(&self) -> Option<(Epoch, Seq)> {
        self.reading.read.map(|seq| (self.timeline.epoch().clone(), seq))
    }

    /// It was read further than the server knows, and it would take note of it.
    pub fn has_news_of_reading(&self) -> bool {
        self.line.may_speak() && self.reading.read > self.reading.told
    }

    /// Tells the server how far it was read, for all other devices.
    pub fn tell_read(&mut self) -> Vec<ClientFrame> {
        let news = self.has_news_of_reading();
        self.reading.told = self.reading.read;
        let seq = self.reading.read.filter(|_| news);
        seq.map(|seq| ClientFrame::Read { room: self.room.clone(), seq }).into_iter().collect()
    }

    /// What has come since the reader was last here and has not been in view since.
    pub fn unread(&self) -> Option<Unread> {
        let mark = self.reading.mark.filter(|mark| self.reading.news && *mark < self.timeline.end())?;
        let unread: Vec<_> = self.timeline.messages().filter(|message| self.is_new(message, mark)).collect();
        let more = self.timeline.start() > mark;
        let since = unread.first().map(|message| message.at);
        (!unread.is_empty() || more).then_some(Unread { count: unread.len(), more, since })
    }

    /// The first message that has come since the reader was last here, if it is loaded.
    pub(super) fn first_unread(&self) -> Option<Seq> {
        let mark = self.reading.mark.filter(|mark| *mark >= self.timeline.start())?;
        self.timeline.messages().find(|message| self.is_new(message, mark)).map(|message| message.seq)
    }

    fn is_new(&self, message: &Message, mark: Seq) -> bool {
        message.seq > mark && message.post.deleted.is_none() && !self.is_me(message)
    }

    fn begin_news(&mut self) {
        self.reading.mark = self.reading.read;
        self.reading.news = self.reading.mark.is_some();
    }

    /// Counts what came while its reader was elsewhere.
    pub(super) fn note_unseen(&mut self, event: &Event) {
        let others = self.my_id() != Some(&event.by.id);
        let unseen = &mut self.reading.unseen;
        match &event.what {
            What::Posted(_) if others && !self.reading.at_end && event.seq > self.timeline.have() => {
                if let (Err(place), true) = (unseen.binary_search(&event.seq), unseen.len() < MOST_UNSEEN) {
                    unseen.insert(place, event.seq);
                }
            }
            What::Deleted { of } => unseen.retain(|seq| seq != of),
            _ => {}
        }
    }

    /// Asks for what is missing, unless a page is under way already.
    pub(super) fn fill_gap(&mut self) -> Vec<ClientFrame> {
        self.ask(Asked::Gap)
    }

    /// What was wanted while nobody could be asked.
    pub(super) fn ask_wanted(&mut self) -> Vec<ClientFrame> {
        self.reading.wanted.take().map_or_else(Vec::new, |wanted| self.ask(wanted))
    }

    /// One page at a time, so that it is known what comes. What one jumps to is asked for later if need be; what one
    /// scrolls to is wanted again as long as one is there.
    fn ask(&mut self, what: Asked) -> Vec<ClientFrame> {
        if self.line.following && self.reading.asked.is_none() {
            self.reading.asked = Some(what);
            return vec![self.fetch(what)];
        }
        match what {
            Asked::Older | Asked::Newer => {}
            Asked::Gap if self.reading.asked == Some(Asked::Gap) => {}
            Asked::Gap => drop(self.reading.wanted.get_or_insert(what)),
            Asked::Newest | Asked::Around(_) | Asked::Again => self.reading.wanted = Some(what),
        }
        Vec::new()
    }

    fn fetch(&self, what: Asked) -> ClientFrame {
        let (start, end) = self.stretch();
        let (after, before, limit) = match what {
            Asked::Gap => (Some(self.timeline.have()), None, limits::PAGE_EVENTS),
            Asked::Older => (None, Some(start + 1), SCROLL_EVENTS),
            Asked::Newer => (Some(end), None, SCROLL_EVENTS),
            Asked::Newest => (None, None, limits::NEWEST_EVENTS),
            Asked::Around(seq) => (Some(seq.saturating_sub(BEFORE_A_JUMP + 1)), None, limits::NEWEST_EVENTS),
            Asked::Again => {
                let before = limits::PAGE_EVENTS as Seq / 2;
                (Some(self.reading.in_view.saturating_sub(before)), None, limits::PAGE_EVENTS)
            }
        };
        ClientFrame::Fetch { room: self.room.clone(), after, before, limit }
    }

    /// These are the newest events, and what lies before them is not known.
    pub(super) fn on_hole(&mut self, epoch: Epoch, head: Seq, events: Vec<Event>) {
        self.settle_own(&events);
        if epoch == *self.timeline.epoch() && !self.reading.at_end {
            // What is read stays where it is, as it stands by now; the hole behind it is filled by reading on.
            events.iter().for_each(|event| self.note_unseen(event));
            self.timeline.pass_over(head);
            self.reading.wanted.get_or_insert(Asked::Again);
            return;
        }
        self.reading.begin_anew(head);
        if epoch != *self.timeline.epoch() {
            (self.reading.read, self.reading.told, self.reading.mark) = (None, None, None);
            (self.reading.kept_unread, self.reading.in_view) = (false, 0);
            self.life += 1;
        }
        self.timeline = Timeline::from_newest(epoch, head, events);
    }

    pub(super) fn on_page(&mut self, events: Vec<Event>, more: bool) -> Vec<ClientFrame> {
        let Some(asked) = self.reading.asked.take() else {
            // What it was asked for was given up; what of it is new is taken all the same.
            self.take_all(events);
            return self.ask_wanted();
        };
        if asked == Asked::Gap {
            return self.on_gap_page(events, more);
        }
        self.settle_own(&events);
        events.iter().for_each(|event| self.note_unseen(event));
        // What is there already moves within the list, and has been told.
        let told = events.last().map_or(0, |last| last.seq).max(self.timeline.have());
        self.reading.history_to = self.reading.history_to.max(told);
        self.show_page(asked, events);
        self.sending.outbox.settle_up_to(self.timeline.have());
        let mut next = self.ask_wanted();
        if self.timeline.gap().is_some() {
            next.extend(self.fill_gap());
        }
        if self.reading.aim == Some(Aim::End) {
            // The room went on while its end was under way.
            next.extend(self.want_newer());
        }
        next
    }

    /// A page that brings nothing while something is missing: the room does not have it any more, so start from its end.
    fn on_gap_page(&mut self, events: Vec<Event>, more: bool) -> Vec<ClientFrame> {
        let before = self.timeline.have();
        self.take_all(events);
        let progress = self.timeline.have() > before;
        let missing = self.timeline.gap().is_some();
        if missing && !progress {
            return vec![self.subscribe()];
        }
        let mut next = self.ask_wanted();
        if progress && (missing || more) {
            next.extend(self.fill_gap());
        }
        next
    }

    fn show_page(&mut self, asked: Asked, events: Vec<Event>) {
        match asked {
            Asked::Older => {
                if events.is_empty() {
                    self.reading.begins = self.timeline.start();
                }
                self.timeline.extend_back(events);
                self.timeline.keep_oldest(limits::PAGE_ROWS);
            }
            Asked::Newer | Asked::Newest if events.is_empty() => {
                // A room that keeps nothing: it goes on from here.
                let (epoch, have) = (self.timeline.epoch().clone(), self.timeline.have());
                self.timeline = Timeline::from_newest(epoch, have, []);
            }
            Asked::Newer | Asked::Gap => {
                self.timeline.extend(events);
                self.timeline.keep_newest(limits::PAGE_ROWS);
            }
            Asked::Newest => {
                self.timeline.look_at(events);
                self.reading.aim = Some(Aim::End);
            }
            Asked::Again => self.timeline.look_at(events),
            Asked::Around(seq) => {
                let found = first_message(&events, seq);
                self.timeline.look_at(events);
                self.find(found);
            }
        }
    }

    fn find(&mut self, seq: Option<Seq>) {
        self.reading.found = seq.filter(|_| !self.reading.returning);
        self.reading.aim = seq.map(Aim::Row);
    }

    /// What is farthest from where one reads is let go.
    pub(super) fn forget_surplus(&mut self) {
        if self.reading.at_end {
            if self.timeline.rows().count() > MOST_AT_END {
                self.timeline.keep_newest(KEPT_AT_END);
            }
        } else {
            self.timeline.keep_oldest(limits::PAGE_ROWS);
        }
    }
}

/// The message at a place, or the next one behind it: not every event is one.
fn first_message(events: &[Event], at: Seq) -> Option<Seq> {
    events.iter().find(|event| event.seq >= at && matches!(event.what, What::Posted(_))).map(|event| event.seq)
}
