//! The fold: from a room's events to what people see. The server's first paint and the browser use this same code.

use std::collections::{BTreeMap, VecDeque};

use super::event::{Event, Person, What};
use super::ids::{Cid, Epoch, Millis, Seq};
use super::limits;

/// What one knows of a room: the messages up to a position, without holes, and what waits behind a hole.
///
/// Whatever is dropped, doubled or reordered on the way, a timeline that is fed until [`Timeline::gap`] is `None` equals
/// the fold over the log itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    /// The life of the room that all positions here belong to.
    epoch: Epoch,
    /// Everything up to here has been applied.
    have: Seq,
    /// What people see, oldest first.
    messages: VecDeque<Message>,
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
    /// Its text.
    pub body: String,
    /// The message that it answers.
    pub reply_to: Option<Seq>,
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
        Self { epoch, have: 0, messages: VecDeque::new(), held: BTreeMap::new() }
    }

    /// A room seen from its newest events: what lies before the first of them is not known and not missing.
    pub fn from_newest(epoch: Epoch, head: Seq, events: impl IntoIterator<Item = Event>) -> Self {
        let mut events = events.into_iter().peekable();
        let mut timeline = Self::new(epoch);
        timeline.have = events.peek().map_or(head, |first| first.seq.saturating_sub(1));
        for event in events {
            timeline.apply(event);
        }
        timeline
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
        while let Some(next) = self.held.remove(&(self.have + 1)) {
            self.fold(next);
        }
        Applied::Taken
    }

    /// The life of the room that this belongs to.
    pub fn epoch(&self) -> &Epoch {
        &self.epoch
    }

    /// Everything up to here has been applied.
    pub fn have(&self) -> Seq {
        self.have
    }

    /// The position after which something is missing, if something that came proves it.
    pub fn gap(&self) -> Option<Seq> {
        (!self.held.is_empty()).then_some(self.have)
    }

    /// What people see, oldest first.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> + ExactSizeIterator {
        self.messages.iter()
    }

    /// Forget the oldest messages, so that a page that stays open for weeks stays light.
    pub fn keep_newest(&mut self, count: usize) {
        let surplus = self.messages.len().saturating_sub(count);
        self.messages.drain(..surplus);
    }

    /// The furthest ones are let go first: they are asked for again once their turn comes.
    fn hold(&mut self, event: Event) {
        self.held.insert(event.seq, event);
        while self.held.len() > limits::HELD_EVENTS {
            self.held.pop_last();
        }
    }

    fn fold(&mut self, event: Event) {
        self.have = event.seq;
        match event.what {
            What::Posted { body, reply_to } => self.messages.push_back(Message {
                seq: event.seq,
                at: event.at,
                by: event.by,
                cid: event.cid,
                body,
                reply_to,
            }),
            What::Unknown => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn epoch() -> Epoch {
        "e1".parse().expect("an epoch")
    }

    fn event(seq: Seq) -> Event {
        let what = if seq.is_multiple_of(7) {
            What::Unknown
        } else {
            What::Posted { body: format!("message {seq}"), reply_to: None }
        };
        Event { seq, at: seq, by: Person { id: "p1".parse().expect("an id"), name: "Ana".into() }, cid: None, what }
    }

    fn log(head: Seq) -> Timeline {
        let mut timeline = Timeline::new(epoch());
        (1..=head).for_each(|seq| assert_eq!(timeline.apply(event(seq)), Applied::Taken));
        timeline
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
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            8 => (1u64..=60).prop_map(Step::Arrives),
            1 => Just(Step::Reconnects),
            1 => (1usize..20).prop_map(Step::AsksForPage),
        ];
        prop::collection::vec(step, 0..200)
    }

    proptest! {
        /// Events are dropped, doubled and reordered at will, connections break: in the end it is the log.
        #[test]
        fn any_history_of_delivery_converges_to_the_log(steps in steps()) {
            const HEAD: Seq = 60;
            let mut timeline = Timeline::new(epoch());
            for step in steps {
                let before = timeline.have();
                match step {
                    Step::Arrives(seq) => { timeline.apply(event(seq)); }
                    Step::Reconnects => for seq in before + 1..=HEAD { timeline.apply(event(seq)); },
                    Step::AsksForPage(limit) => if let Some(after) = timeline.gap() {
                        for seq in (after + 1..=HEAD).take(limit) { timeline.apply(event(seq)); }
                    },
                }
                prop_assert!(timeline.have() >= before, "never goes back");
                let seen: Vec<Seq> = timeline.messages().map(|m| m.seq).collect();
                let expected: Vec<Seq> = (1..=timeline.have()).filter(|seq| !seq.is_multiple_of(7)).collect();
                prop_assert_eq!(seen, expected, "never a hole, a double or another order");
            }
            for seq in timeline.have() + 1..=HEAD { timeline.apply(event(seq)); }
            prop_assert_eq!(timeline.gap(), None);
            prop_assert_eq!(timeline, log(HEAD));
        }

        /// A first paint from the newest events, then live ones, shows the end of the log.
        #[test]
        fn a_first_paint_and_what_follows_is_the_end_of_the_log(first in 1u64..40, painted in 0u64..40, live in 0u64..40) {
            let head = first + painted;
            let mut timeline = Timeline::from_newest(epoch(), head, (first..=head).map(event));
            for seq in first..=head + live { timeline.apply(event(seq)); }
            let whole = log(head + live);
            prop_assert_eq!(timeline.have(), whole.have());
            let expected: Vec<&Message> = whole.messages().filter(|m| m.seq >= first).collect();
            prop_assert_eq!(timeline.messages().collect::<Vec<_>>(), expected);
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
        assert_eq!(timeline.messages().map(|m| m.seq).collect::<Vec<_>>(), [5, 6]);
        assert_eq!(timeline.apply(event(3)), Applied::Known, "forgotten is not missing");
    }
}
