//! What one has done in a room and the room does not have yet.

use super::event::Act;
use super::ids::{Cid, Epoch, Millis, PersonId, Seq};

/// The acts of one person in one room, oldest first, until the log has them.
///
/// What is written while nothing waits goes out at once. What had to wait goes out one after the other, each when the one
/// before it was answered, so that it comes in its order and no faster than the room takes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outbox {
    entries: Vec<Pending>,
}

/// One act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Its own id, the same for every try.
    pub cid: Cid,
    /// What.
    pub act: Act,
    /// When it was done; what was done later is sent later.
    pub at: Millis,
    /// As whom. A stranger's first words wait for a name.
    pub by: Option<PersonId>,
    /// The life of the room whose positions it names.
    pub epoch: Epoch,
    /// How far it has come.
    pub stage: Stage,
}

/// How far an act has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// It waits for its turn.
    Waiting,
    /// It was sent on this connection and not answered.
    Sent {
        /// It had waited before.
        in_turn: bool,
    },
    /// The log has it at this place; its event is still to come.
    Acked(Seq),
    /// It was refused for good, and why. It stays visible until its writer tries anew or lets it go.
    Refused(String),
}

impl Outbox {
    /// Put a new one at the end.
    pub fn push(&mut self, mut entry: Pending) {
        let last = self.entries.last().map_or(0, |last| last.at);
        entry.at = entry.at.max(last + 1);
        self.entries.push(entry);
    }

    /// Take over one that another page has left, in its place. No two are of the same moment.
    pub fn adopt(&mut self, mut entry: Pending) {
        if self.get(&entry.cid).is_none() {
            while self.entries.iter().any(|other| other.at == entry.at) {
                entry.at += 1;
            }
            let place = self.entries.partition_point(|other| other.at <= entry.at);
            self.entries.insert(place, entry);
        }
    }

    /// The next one whose turn it is: none while an answer is still to come.
    pub fn next_in_turn(&self) -> Option<&Pending> {
        let sent = |entry: &Pending| matches!(entry.stage, Stage::Sent { .. });
        if self.entries.iter().any(sent) { None } else { self.waiting().next() }
    }

    /// Those that wait for their turn.
    pub fn waiting(&self) -> impl Iterator<Item = &Pending> {
        self.entries.iter().filter(|entry| entry.stage == Stage::Waiting)
    }

    /// It is sent now, as this person.
    pub fn sent(&mut self, cid: &Cid, by: &PersonId, in_turn: bool) {
        if let Some(entry) = self.get_mut(cid) {
            entry.by = Some(by.clone());
            entry.stage = Stage::Sent { in_turn };
        }
    }

    /// The connection is gone: what was not answered may be in the log or not, and is sent again under the same id.
    pub fn disconnected(&mut self) {
        for entry in &mut self.entries {
            if matches!(entry.stage, Stage::Sent { .. }) {
                entry.stage = Stage::Waiting;
            }
        }
    }

    /// It is to be sent again later, in its place: under the same id if its fate is not known, under another one if the old
    /// one was refused for good.
    pub fn postpone(&mut self, cid: &Cid, renewed: Option<Cid>) {
        if let Some(entry) = self.get_mut(cid) {
            entry.stage = Stage::Waiting;
            entry.cid = renewed.unwrap_or_else(|| cid.clone());
        }
    }

    /// Its event has come: nothing more to do.
    pub fn settle(&mut self, cid: &Cid) {
        self.entries.retain(|entry| entry.cid != *cid);
    }

    /// It is in the log: it is not sent again, and stays in view until its event comes.
    pub fn acknowledge(&mut self, cid: &Cid, seq: Seq) {
        if let Some(entry) = self.get_mut(cid) {
            entry.stage = Stage::Acked(seq);
        }
    }

    /// Everything up to here has come, or never will.
    pub fn settle_up_to(&mut self, have: Seq) {
        self.entries.retain(|entry| !matches!(entry.stage, Stage::Acked(seq) if seq <= have));
    }

    /// The room has another life, whose positions are others. A message that was acknowledged in the one before is sent
    /// again: it is one message all the same, by its cid. What names a position would meet another message there: it is
    /// refused.
    pub fn begin_life(&mut self, epoch: &Epoch, why: &str) {
        for entry in self.entries.iter_mut().filter(|entry| entry.epoch != *epoch) {
            if entry.names_a_position() {
                entry.stage = Stage::Refused(why.to_owned());
            } else {
                entry.epoch = epoch.clone();
                if !entry.is_refused() {
                    entry.stage = Stage::Waiting;
                }
            }
        }
    }

    /// I am this person now: what was written as somebody else is not sent as me.
    pub fn refuse_others(&mut self, me: Option<&PersonId>, why: &str) {
        for entry in self.entries.iter_mut().filter(|entry| entry.is_under_way()) {
            if entry.by.is_some() && entry.by.as_ref() != me {
                entry.stage = Stage::Refused(why.to_owned());
            }
        }
    }

    /// It was refused for good.
    pub fn refuse(&mut self, cid: &Cid, why: &str) {
        if let Some(entry) = self.get_mut(cid) {
            entry.stage = Stage::Refused(why.to_owned());
        }
    }

    /// Nobody will send what waits.
    pub fn refuse_all(&mut self, why: &str) {
        for entry in self.entries.iter_mut().filter(|entry| entry.is_under_way()) {
            entry.stage = Stage::Refused(why.to_owned());
        }
    }

    /// Try a refused one anew, at the end, under a new id, as whoever I am by now. What it answered in another life of the
    /// room it answers no more.
    pub fn renew(&mut self, cid: &Cid, new: Cid, epoch: &Epoch, me: Option<&PersonId>) {
        let Some(at) = self.entries.iter().position(|entry| entry.cid == *cid && entry.can_be_renewed(epoch)) else {
            return;
        };
        let mut entry = self.entries.remove(at);
        if let (Act::Post { reply_to, .. }, true) = (&mut entry.act, entry.epoch != *epoch) {
            *reply_to = None;
        }
        self.push(Pending { cid: new, by: me.cloned(), epoch: epoch.clone(), stage: Stage::Waiting, ..entry });
    }

    /// Let go of a refused one.
    pub fn drop_refused(&mut self, cid: &Cid) {
        self.entries.retain(|entry| entry.cid != *cid || !entry.is_refused());
    }

    /// All of them, oldest first.
    pub fn entries(&self) -> &[Pending] {
        &self.entries
    }

    fn get(&self, cid: &Cid) -> Option<&Pending> {
        self.entries.iter().find(|entry| entry.cid == *cid)
    }

    fn get_mut(&mut self, cid: &Cid) -> Option<&mut Pending> {
        self.entries.iter_mut().find(|entry| entry.cid == *cid)
    }
}

impl Pending {
    /// Neither in the log for all we know, nor refused.
    pub fn is_under_way(&self) -> bool {
        matches!(self.stage, Stage::Waiting | Stage::Sent { .. })
    }

    /// Why it was refused.
    pub fn refusal(&self) -> Option<&str> {
        match &self.stage {
            Stage::Refused(why) => Some(why),
            _ => None,
        }
    }

    /// Whether a refused one can be tried anew: not if it is about a message of another life of the room.
    pub fn can_be_renewed(&self, epoch: &Epoch) -> bool {
        self.is_refused() && (self.act.of().is_none() || self.epoch == *epoch)
    }

    /// Whether it has to outlive this page: what the log has needs no more care.
    pub fn is_to_be_kept(&self) -> bool {
        !matches!(self.stage, Stage::Acked(_))
    }

    fn is_refused(&self) -> bool {
        self.refusal().is_some()
    }

    fn names_a_position(&self) -> bool {
        self.act.of().is_some() || matches!(self.act, Act::Post { reply_to: Some(_), .. })
    }
}

/// An entry as it is kept, over a reload and for another page: a line of words, a line that says why it was refused, and
/// the text. That is a tenth of what JSON would cost every visitor.
impl Pending {
    /// To be kept under its cid.
    pub fn to_text(&self) -> String {
        let (kind, seq, emoji, on) = match &self.act {
            Act::Post { reply_to, .. } => ("post", *reply_to, NONE, false),
            Act::Edit { of, .. } => ("edit", Some(*of), NONE, false),
            Act::Delete { of } => ("delete", Some(*of), NONE, false),
            Act::React { of, emoji, on } => ("react", Some(*of), emoji.as_str(), *on),
            Act::Pin { of, on } => ("pin", Some(*of), NONE, *on),
        };
        let (seq, on) = (seq.unwrap_or_default().to_string(), if on { "on" } else { "off" });
        let by = self.by.as_ref().map_or(NONE, PersonId::as_str);
        let line = [kind, &self.at.to_string(), by, self.epoch.as_str(), &seq, emoji, on].join(" ");
        let why = self.refusal().unwrap_or_default().replace('\n', " ");
        [&line, &why, self.act.body().unwrap_or_default()].join("\n")
    }

    /// What was kept; `None` if it is nothing of ours.
    pub fn from_text(cid: Cid, text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '\n');
        let (line, why, body) = (parts.next()?, parts.next()?, parts.next()?);
        let mut words = line.split(' ');
        let mut word = || words.next();
        let (kind, at, by, epoch) = (word()?, word()?.parse().ok()?, word()?, word()?.parse().ok()?);
        let (of, emoji, on) = (word()?.parse().ok()?, word()?, word()? == "on");
        let act = match kind {
            "post" => Act::Post { body: body.to_owned(), reply_to: (of > 0).then_some(of) },
            "edit" => Act::Edit { of, body: body.to_owned() },
            "delete" => Act::Delete { of },
            "react" => Act::React { of, emoji: emoji.parse().ok()?, on },
            "pin" => Act::Pin { of, on },
            _ => return None,
        };
        let by = if by == NONE { None } else { Some(by.parse().ok()?) };
        let stage = if why.is_empty() { Stage::Waiting } else { Stage::Refused(why.to_owned()) };
        Some(Self { cid, act, at, by, epoch, stage })
    }
}

/// Stands for what is not there; no id and no emoji.
const NONE: &str = ".";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ids::Emoji;

    fn cid(n: u8) -> Cid {
        format!("cid-000000000000{n}").parse().expect("a cid")
    }

    fn epoch(name: &str) -> Epoch {
        name.parse().expect("an epoch")
    }

    fn person(name: &str) -> PersonId {
        name.parse().expect("an id")
    }

    fn entry(n: u8, act: Act) -> Pending {
        Pending { cid: cid(n), act, at: u64::from(n), by: None, epoch: epoch("e1"), stage: Stage::Waiting }
    }

    fn post(n: u8) -> Pending {
        entry(n, Act::Post { body: format!("message {n}"), reply_to: None })
    }

    fn outbox(entries: impl IntoIterator<Item = Pending>) -> Outbox {
        let mut outbox = Outbox::default();
        entries.into_iter().for_each(|entry| outbox.push(entry));
        outbox
    }

    fn waiting(outbox: &Outbox) -> Vec<&Cid> {
        outbox.waiting().map(|entry| &entry.cid).collect()
    }

    fn next(outbox: &Outbox) -> Option<Cid> {
        outbox.next_in_turn().map(|entry| entry.cid.clone())
    }

    #[test]
    fn an_entry_stays_until_the_log_has_it() {
        let mut outbox = outbox([post(1), post(2)]);
        outbox.settle(&cid(1));
        assert_eq!(waiting(&outbox), [&cid(2)]);
    }

    #[test]
    fn what_waits_goes_out_one_after_the_other() {
        let mut outbox = outbox([post(1), post(2)]);
        assert_eq!(next(&outbox), Some(cid(1)));
        outbox.sent(&cid(1), &person("ana"), true);
        assert_eq!(next(&outbox), None, "the first is not answered yet");
        outbox.acknowledge(&cid(1), 7);
        assert_eq!(next(&outbox), Some(cid(2)));
    }

    #[test]
    fn what_was_not_answered_goes_out_again_in_its_place() {
        let mut outbox = outbox([post(1), post(2)]);
        outbox.sent(&cid(1), &person("ana"), false);
        outbox.sent(&cid(2), &person("ana"), false);
        outbox.disconnected();
        outbox.postpone(&cid(1), Some(cid(9)));
        assert_eq!(waiting(&outbox), [&cid(9), &cid(2)]);
    }

    #[test]
    fn an_acknowledged_entry_is_not_sent_again_and_goes_with_its_event() {
        let mut outbox = outbox([post(1)]);
        outbox.acknowledge(&cid(1), 7);
        assert!(!outbox.entries()[0].is_to_be_kept(), "the log has it");
        outbox.disconnected();
        outbox.settle_up_to(6);
        assert_eq!((next(&outbox), outbox.entries().len()), (None, 1));
        outbox.settle_up_to(7);
        assert!(outbox.entries().is_empty());
    }

    #[test]
    fn a_refused_entry_is_kept_and_not_sent_again_by_itself() {
        let mut outbox = outbox([post(1), post(2)]);
        outbox.refuse(&cid(1), "too fast");
        assert_eq!(outbox.entries()[0].refusal(), Some("too fast"));
        assert_eq!(waiting(&outbox), [&cid(2)]);
        outbox.renew(&cid(1), cid(3), &epoch("e1"), None);
        assert_eq!(waiting(&outbox), [&cid(2), &cid(3)], "at the end");
        let times: Vec<_> = outbox.entries().iter().map(|entry| entry.at).collect();
        assert!(times.is_sorted(), "{times:?}");
    }

    #[test]
    fn only_a_refused_entry_can_be_dropped_or_renewed() {
        let mut outbox = outbox([post(1)]);
        outbox.drop_refused(&cid(1));
        outbox.renew(&cid(1), cid(2), &epoch("e1"), None);
        assert_eq!(outbox.entries()[0].cid, cid(1), "it may be in the log already");
        outbox.refuse(&cid(1), "too fast");
        outbox.drop_refused(&cid(1));
        assert!(outbox.entries().is_empty());
    }

    #[test]
    fn what_another_page_left_takes_its_place_once() {
        let mut outbox = outbox([post(2), post(4)]);
        outbox.adopt(post(3));
        outbox.adopt(post(3));
        outbox.adopt(post(1));
        outbox.adopt(Pending { at: 4, ..post(5) });
        assert_eq!(waiting(&outbox), [&cid(1), &cid(2), &cid(3), &cid(4), &cid(5)]);
        let times: Vec<_> = outbox.entries().iter().map(|entry| entry.at).collect();
        assert_eq!(times, [1, 2, 3, 4, 5]);
    }

    #[test]
    fn in_another_life_messages_are_sent_again_and_what_names_a_position_is_not() {
        let reply = entry(2, Act::Post { body: "yes".into(), reply_to: Some(7) });
        let delete = entry(3, Act::Delete { of: 7 });
        let mut outbox = outbox([post(1), reply, delete]);
        outbox.acknowledge(&cid(1), 8);
        outbox.acknowledge(&cid(3), 9);
        outbox.begin_life(&epoch("e2"), "restored");
        assert_eq!(waiting(&outbox), [&cid(1)]);
        assert_eq!(outbox.entries()[1].refusal(), Some("restored"));
        assert_eq!(outbox.entries()[2].refusal(), Some("restored"));
        outbox.renew(&cid(3), cid(4), &epoch("e2"), None);
        outbox.renew(&cid(2), cid(5), &epoch("e2"), None);
        assert_eq!(waiting(&outbox), [&cid(1), &cid(5)], "a deletion of another message would be one");
        assert_eq!(outbox.entries()[2].act, Act::Post { body: "yes".into(), reply_to: None });
    }

    #[test]
    fn what_was_written_as_one_person_is_not_sent_as_another() {
        let mut outbox = outbox([post(1), post(2)]);
        outbox.sent(&cid(1), &person("ana"), false);
        outbox.disconnected();
        outbox.refuse_others(Some(&person("ana")), "somebody else");
        assert_eq!(waiting(&outbox), [&cid(1), &cid(2)]);
        outbox.refuse_others(Some(&person("ben")), "somebody else");
        assert_eq!(waiting(&outbox), [&cid(2)], "nobody's words are whose they come to be");
        outbox.renew(&cid(1), cid(3), &epoch("e1"), Some(&person("ben")));
        assert_eq!(waiting(&outbox), [&cid(2), &cid(3)], "but one may want it");
    }

    #[test]
    fn every_act_is_kept_as_it_is() {
        let emoji: Emoji = "\u{1F44D}".parse().expect("an emoji");
        for act in [
            Act::Post { body: "two\n\nlines ".into(), reply_to: Some(2) },
            Act::Post { body: "hi".into(), reply_to: None },
            Act::Edit { of: 3, body: "ho".into() },
            Act::Delete { of: 3 },
            Act::React { of: 3, emoji, on: false },
            Act::Pin { of: 3, on: true },
        ] {
            let mut kept = Pending { by: Some(person("ana")), ..entry(1, act) };
            let read = |kept: &Pending| Pending::from_text(cid(1), &kept.to_text());
            assert_eq!(read(&kept), Some(kept.clone()), "{}", kept.to_text());
            (kept.by, kept.stage) = (None, Stage::Refused("too fast".into()));
            assert_eq!(read(&kept), Some(kept.clone()), "{}", kept.to_text());
        }
        for odd in ["", "post", "post 1 . e1 0 . off", "dance 1 . e1 0 . off\n\nhi", "edit x . e1 0 . off\n\nhi"] {
            assert_eq!(Pending::from_text(cid(1), odd), None, "what somebody else put there is let go: {odd}");
        }
    }
}
