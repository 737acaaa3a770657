//! The fold: from a room's events to what people see. The server's first paint and the browser use this same code.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::event::{Change, Event, Person, Post, What};
use super::ids::{Cid, Epoch, Millis, Seq};
use super::limits;

/// What one knows of a room: how far one has followed it without holes, what waits behind a hole, and the messages of one
/// stretch of it, the one that is looked at.
///
/// Whatever is dropped, doubled or reordered on the way, a timeline that is fed until [`Timeline::gap`] is `None` shows of
/// its stretch what a fold over the log itself shows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    /// The life of the room that all positions here belong to.
    epoch: Epoch,
    /// Everything up to here has come, be it in the stretch or not.
    have: Seq,
    /// The messages of the stretch and what became of the room between them, oldest first. Shared, so that who shows one sees at a glance whether it is the same.
    rows: VecDeque<Arc<Message>>,
    /// The stretch begins after this position.
    start: Seq,
    /// The stretch reaches to this position. As long as that is `have`, it grows with what comes.
    end: Seq,
    /// Events that came before their turn, at most [`limits::HELD_EVENTS`].
    held: BTreeMap<Seq, Event>,
}

/// A message as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its place in the room.
    pub seq: Seq,
    /// When it was posted.
    pub at: Millis,
    /// Who posted it.
    pub by: Person,
    /// The sender's own id for it.
    pub cid: Option<Cid>,
    /// How it stands.
    pub post: Post,
    /// What became of the room: then it is no message, but stands among them.
    pub change: Option<Box<Change>>,
}

/// What an event did to a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It was the next one (and may have released held ones).
    Taken,
    /// It was there already.
    Known,
    /// Something before it is missing: see [`Timeline::gap`].
    Early,
}

impl Timeline {
    /// A room of which nothing is known yet.
    pub fn new(epoch: Epoch) -> Self {
        Self::at(epoch, 0)
    }

    /// A room seen from its newest events: what lies before the first of them is not known and not missing.
    pub fn from_newest(epoch: Epoch, head: Seq, events: impl IntoIterator<Item = Event>) -> Self {
        let mut events = events.into_iter().peekable();
        let mut timeline = Self::at(epoch, events.peek().map_or(head, |first| first.seq.saturating_sub(1)));
        for event in events {
            timeline.apply(event);
        }
        timeline
    }

    /// A room seen from some place in it, while it goes on at `head`.
    pub fn from_excerpt(epoch: Epoch, head: Seq, events: Vec<Event>) -> Self {
        let mut timeline = Self::at(epoch, head);
        timeline.look_at(events);
        timeline
    }

    fn at(epoch: Epoch, seq: Seq) -> Self {
        Self { epoch, have: seq, rows: VecDeque::new(), start: seq, end: seq, held: BTreeMap::new() }
    }

    /// Take an event, in whatever order they come.
    pub fn apply(&mut self, event: Event) -> Applied {
        if event.seq <= self.have {
            return Applied::Known;
        }
        if event.seq > self.have + 1 {
            self.hold(event);
            return Applied::Early;
        }
        self.fold(event);
        self.release_held();
        Applied::Taken
    }

    /// Look at another stretch: these events, in order and as they stand in the log now.
    pub fn look_at(&mut self, events: Vec<Event>) {
        let Some(first) = events.first() else { return };
        self.rows.clear();
        (self.start, self.end) = (first.seq.saturating_sub(1), first.seq.saturating_sub(1));
        // From beyond a hole: what is in the hole is not missed any more.
        self.have = self.have.max(self.start);
        self.extend(events);
    }

    /// Let the stretch begin earlier: the events right before it, as they stand in the log now.
    pub fn extend_back(&mut self, events: Vec<Event>) {
        match (events.first(), events.last()) {
            (Some(first), Some(last)) if last.seq == self.start => self.start = first.seq.saturating_sub(1),
            _ => return,
        }
        for event in events.into_iter().rev() {
            if let Some(message) = Message::of(event) {
                self.rows.push_front(Arc::new(message));
            }
        }
    }

    /// Let the stretch reach further: the events right after it, as they stand in the log now. Those that were still to
    /// come have come with that.
    pub fn extend(&mut self, events: Vec<Event>) {
        for event in events {
            if event.seq > self.have {
                self.apply(event);
            } else if event.seq == self.end + 1 {
                self.end = event.seq;
                self.rows.extend(Message::of(event).map(Arc::new));
            }
        }
        self.release_held();
    }

    /// The room is at `head`, and what has not come of it will not: the stretch ends before a hole, and may not know of
    /// what happened to it there, so it has to be looked at anew.
    pub fn pass_over(&mut self, head: Seq) {
        self.have = self.have.max(head);
        self.release_held();
    }

    /// The life of the room that this belongs to.
    pub fn epoch(&self) -> &Epoch {
        &self.epoch
    }

    /// Everything up to here has come.
    pub fn have(&self) -> Seq {
        self.have
    }

    /// The position after which something is missing, if something that came proves it.
    pub fn gap(&self) -> Option<Seq> {
        (!self.held.is_empty()).then_some(self.have)
    }

    /// The stretch begins after this position; 0 is the beginning of the room.
    pub fn start(&self) -> Seq {
        self.start
    }

    /// The stretch reaches to this position.
    pub fn end(&self) -> Seq {
        self.end
    }

    /// Whether the stretch reaches to the newest that has come.
    pub fn is_at_end(&self) -> bool {
        self.end == self.have
    }

    /// The messages of the stretch, and what became of the room between them, oldest first.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &Arc<Message>> + ExactSizeIterator {
        self.rows.iter()
    }

    /// The messages of the stretch, oldest first.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Arc<Message>> {
        self.rows.iter().filter(|row| row.change.is_none())
    }

    /// One message, if it is in the stretch.
    pub fn message(&self, seq: Seq) -> Option<&Arc<Message>> {
        self.rows.get(self.place(seq)?).filter(|row| row.change.is_none())
    }

    /// Forget the oldest rows, so that a page that stays open for weeks stays light.
    pub fn keep_newest(&mut self, count: usize) {
        let surplus = self.rows.len().saturating_sub(count);
        if let Some(last) = self.rows.drain(..surplus).next_back() {
            self.start = last.seq;
        }
    }

    /// Forget the newest rows of the stretch: its reader has gone far back.
    pub fn keep_oldest(&mut self, count: usize) {
        if let Some(first) = self.rows.drain(count.min(self.rows.len())..).next() {
            self.end = first.seq - 1;
        }
    }

    /// The furthest ones are let go first: they are asked for again once their turn comes.
    fn hold(&mut self, event: Event) {
        self.held.insert(event.seq, event);
        while self.held.len() > limits::HELD_EVENTS {
            self.held.pop_last();
        }
    }

    fn release_held(&mut self) {
        while let Some(first) = self.held.first_entry().filter(|first| *first.key() <= self.have + 1) {
            let event = first.remove();
            if event.seq > self.have {
                self.fold(event);
            }
        }
    }

    fn fold(&mut self, event: Event) {
        let grows = self.is_at_end();
        self.have = event.seq;
        if grows {
            self.end = event.seq;
        }
        match event.what.of() {
            Some(of) => self.change(of, &event),
            None if grows => self.rows.extend(Message::of(event).map(Arc::new)),
            None => {}
        }
    }

    fn change(&mut self, of: Seq, event: &Event) {
        if let Some(message) = self.place(of).and_then(|at| self.rows.get_mut(at)) {
            Arc::make_mut(message).post.take(event);
        }
    }

    fn place(&self, seq: Seq) -> Option<usize> {
        self.rows.binary_search_by_key(&seq, |message| message.seq).ok()
    }
}

impl Message {
    /// The message that an event is, or the row among them.
    fn of(event: Event) -> Option<Self> {
        let Event { seq, at, by, cid, what } = event;
        match what {
            What::Posted(post) => Some(Self { seq, at, by, cid, post, change: None }),
            What::Changed(change) => Some(Self { seq, at, by, cid, post: Post::default(), change: Some(change) }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::event::ChangeKind;
    use proptest::prelude::*;

    const HEAD: Seq = 60;

    fn epoch() -> Epoch {
        "e1".parse().expect("an epoch")
    }

    fn person(number: u64) -> Person {
        Person { id: format!("p{number}").parse().expect("an id"), name: format!("Person {number}"), colour: None }
    }

    /// Event number `seq` of a room in which a bit of everything happens, as it came when it happened.
    fn event(seq: Seq) -> Event {
        let of = 1 + seq * 7 % 13;
        let emoji = ["\u{1F44D}", "\u{2764}"][(seq % 2) as usize].parse().expect("an emoji");
        let what = match seq % 10 {
            _ if seq <= 13 => What::Posted(Post::new(format!("message {seq}"), None)),
            1 => What::Edited { of, body: format!("edit {seq}") },
            2 | 7 => What::Reacted { of, emoji, on: !seq.is_multiple_of(3) },
            3 if seq.is_multiple_of(3) => What::Deleted { of },
            4 => What::Pinned { of, on: !seq.is_multiple_of(4) },
            5 => What::Unknown,
            6 => What::Changed(Box::new(Change::of(ChangeKind::Joined))),
            _ => What::Posted(Post::new(format!("message {seq}"), Some(of))),
        };
        Event { seq, at: seq, by: person(seq % 3), cid: None, what }
    }

    /// The same event as a store reads it when the room is at `head`.
    fn stored(seq: Seq, head: Seq) -> Event {
        let mut stored = event(seq);
        let about = |of: Seq| (of + 1..=head).map(event).filter(move |event| event.what.of() == Some(of));
        match &mut stored.what {
            What::Posted(post) => about(seq).for_each(|event| post.take(&event)),
            What::Edited { of, body } if about(*of).any(|event| matches!(event.what, What::Deleted { .. })) => {
                body.clear()
            }
            _ => {}
        }
        stored
    }

    fn log(head: Seq) -> Timeline {
        let mut timeline = Timeline::new(epoch());
        (1..=head).for_each(|seq| assert_eq!(timeline.apply(event(seq)), Applied::Taken));
        timeline
    }

    /// What a fold over the whole log shows of a stretch.
    fn truth(head: Seq, start: Seq, end: Seq) -> Vec<Arc<Message>> {
        let whole = log(head);
        whole.rows().filter(|message| message.seq > start && message.seq <= end).cloned().collect()
    }

    fn shows_the_truth(timeline: &Timeline) -> Result<(), TestCaseError> {
        let shown: Vec<_> = timeline.rows().cloned().collect();
        prop_assert_eq!(shown, truth(timeline.have(), timeline.start(), timeline.end()));
        Ok(())
    }

    /// One thing that may happen to a client.
    #[derive(Debug, Clone)]
    enum Step {
        /// The server sends event number n of those that exist; it arrives.
        Arrives(Seq),
        /// The connection breaks and comes back: the server sends all after what the client has.
        Reconnects,
        /// The client saw a gap and asks for a page.
        AsksForPage(usize),
        /// The reader wants older ones, ...
        GoesBack(usize),
        /// ... newer ones, ...
        GoesOn(usize),
        /// ... or another place.
        Jumps(Seq),
        /// What is far from where one reads is forgotten.
        Forgets(usize, bool),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            16 => (1..=HEAD).prop_map(Step::Arrives),
            1 => Just(Step::Reconnects),
            1 => (1usize..20).prop_map(Step::AsksForPage),
            1 => (1usize..20).prop_map(Step::GoesBack),
            1 => (1usize..20).prop_map(Step::GoesOn),
            1 => (1..=HEAD).prop_map(Step::Jumps),
            1 => (1usize..10, any::<bool>()).prop_map(|(count, newest)| Step::Forgets(count, newest)),
        ];
        prop::collection::vec(step, 0..200)
    }

    /// The log is read in its present state, at `HEAD`; so what is shown may be ahead of what has come, and never behind.
    fn happens(timeline: &mut Timeline, step: Step) {
        let page = |from: Seq, count: usize| (from..=HEAD).take(count).map(|seq| stored(seq, HEAD)).collect::<Vec<_>>();
        match step {
            Step::Arrives(seq) => take_all(timeline, [event(seq)]),
            Step::Reconnects => take_all(timeline, page(timeline.have() + 1, 60)),
            Step::AsksForPage(count) => {
                if let Some(after) = timeline.gap() {
                    take_all(timeline, page(after + 1, count));
                }
            }
            Step::GoesBack(count) => {
                let first = timeline.start().saturating_sub(count as Seq) + 1;
                timeline.extend_back((first..=timeline.start()).map(|seq| stored(seq, HEAD)).collect());
            }
            Step::GoesOn(count) => timeline.extend(page(timeline.end() + 1, count)),
            Step::Jumps(seq) => timeline.look_at(page(seq, 10)),
            Step::Forgets(count, true) => timeline.keep_newest(count),
            Step::Forgets(count, false) => timeline.keep_oldest(count),
        }
    }

    fn take_all(timeline: &mut Timeline, events: impl IntoIterator<Item = Event>) {
        for event in events {
            timeline.apply(event);
        }
    }

    proptest! {
        /// Events are dropped, doubled and reordered at will, connections break, the reader goes about: in the end it is the log.
        #[test]
        fn any_history_of_delivery_converges_to_the_log(steps in steps()) {
            let mut timeline = Timeline::new(epoch());
            for step in steps {
                let before = timeline.have();
                happens(&mut timeline, step);
                prop_assert!(timeline.have() >= before, "never goes back");
                prop_assert!(timeline.end() <= timeline.have() && timeline.start() <= timeline.end());
                let seen: Vec<Seq> = timeline.rows().map(|message| message.seq).collect();
                let expected: Vec<Seq> = truth(HEAD, timeline.start(), timeline.end()).iter().map(|m| m.seq).collect();
                prop_assert_eq!(seen, expected, "never a hole, a double or another order");
            }
            for seq in timeline.have() + 1..=HEAD { timeline.apply(event(seq)); }
            prop_assert_eq!((timeline.gap(), timeline.have()), (None, HEAD));
            shows_the_truth(&timeline)?;
        }

        /// Snapshot and later events equal a fresh snapshot, whichever was taken when.
        #[test]
        fn a_first_paint_and_what_follows_is_the_end_of_the_log(first in 1u64..40, painted in 0u64..40, live in 0u64..40) {
            let head = first + painted;
            let mut timeline = Timeline::from_newest(epoch(), head, (first..=head).map(|seq| stored(seq, head)));
            for seq in first..=head + live { timeline.apply(event(seq)); }
            prop_assert_eq!(timeline.have(), head + live);
            prop_assert_eq!((timeline.start(), timeline.end()), (first - 1, head + live));
            shows_the_truth(&timeline)?;
        }
    }

    #[test]
    fn an_empty_first_paint_starts_at_the_head() {
        let mut timeline = Timeline::from_newest(epoch(), 9, []);
        assert_eq!(timeline.apply(event(9)), Applied::Known);
        assert_eq!(timeline.apply(event(11)), Applied::Early);
        assert_eq!(timeline.gap(), Some(9));
        assert_eq!(timeline.apply(event(10)), Applied::Taken);
        assert_eq!((timeline.have(), timeline.gap()), (11, None));
    }

    #[test]
    fn what_is_held_back_is_bounded() {
        let mut timeline = Timeline::new(epoch());
        let limit = limits::HELD_EVENTS as Seq;
        (2..2 + limit).for_each(|seq| assert_eq!(timeline.apply(event(seq)), Applied::Early));
        assert_eq!(timeline.held.len(), limits::HELD_EVENTS);
        timeline.apply(event(2 + limit));
        assert_eq!(timeline.held.len(), limits::HELD_EVENTS, "one more changes nothing");
        timeline.apply(event(1));
        assert_eq!(timeline.have(), 1 + limit, "the nearest ones were kept");
    }

    #[test]
    fn the_oldest_messages_can_be_forgotten() {
        let mut timeline = log(6);
        timeline.keep_newest(2);
        assert_eq!(timeline.rows().map(|m| m.seq).collect::<Vec<_>>(), [5, 6]);
        assert_eq!(timeline.start(), 4);
        assert_eq!(timeline.apply(event(3)), Applied::Known, "forgotten is not missing");
    }

    #[test]
    fn far_back_the_stretch_does_not_grow_and_everything_is_followed_all_the_same() {
        let mut timeline = log(10);
        timeline.keep_oldest(4);
        assert_eq!((timeline.end(), timeline.is_at_end()), (4, false));
        timeline.apply(event(11));
        assert_eq!((timeline.have(), timeline.rows().len()), (11, 4));
        timeline.extend((5..=11).map(|seq| stored(seq, 11)).collect());
        assert!(timeline.is_at_end());
        timeline.apply(event(12));
        assert_eq!(timeline.rows().len(), 12);
    }

    #[test]
    fn a_page_that_does_not_border_on_the_stretch_is_let_go() {
        let mut timeline = log(10);
        timeline.keep_newest(2);
        timeline.extend_back((1..=5).map(event).collect());
        assert_eq!((timeline.start(), timeline.rows().len()), (8, 2));
    }

    #[test]
    fn a_hole_that_nobody_fills_is_passed_over_and_what_is_read_stays() {
        let mut timeline = log(6);
        timeline.apply(event(40));
        timeline.pass_over(40);
        assert_eq!((timeline.have(), timeline.gap(), timeline.end()), (40, None, 6));
        assert_eq!(timeline.apply(event(41)), Applied::Taken);
        timeline.extend((7..=41).map(|seq| stored(seq, 41)).collect());
        assert_eq!((timeline.is_at_end(), timeline.rows().len()), (true, truth(41, 0, 41).len()));
    }

    #[test]
    fn what_became_of_the_room_stands_among_the_messages_and_is_none() {
        let timeline = log(16);
        assert!(timeline.rows().any(|row| row.seq == 16));
        assert!(timeline.message(16).is_none() && timeline.messages().all(|message| message.seq != 16));
    }

    #[test]
    fn one_may_enter_in_the_middle() {
        let timeline = Timeline::from_excerpt(epoch(), 13, (4..=6).map(|seq| stored(seq, 13)).collect());
        assert_eq!((timeline.have(), timeline.start(), timeline.end()), (13, 3, 6));
        assert_eq!(timeline.message(5).map(|message| message.seq), Some(5));
        assert!(timeline.message(7).is_none());
    }
}
