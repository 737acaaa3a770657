//! Looks whether a room kept its promises: one pass over what clients wrote down, held against the log itself.
//!
//! The log comes twice, over REST and straight from the database, and each broken promise is counted under the name of its
//! invariant. A room's numbers have no holes, so nothing has to be searched: every event is looked up at its number.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use super::history::{Entry, Event, History, Seen, Sent};

/// The log of a room once everything has come to rest.
#[derive(Debug, Clone, Default)]
pub struct Log {
    pub epoch: String,
    /// As programs read it.
    pub rest: Vec<Event>,
    /// As it is in the database.
    pub database: Vec<Event>,
}

/// A promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Promise {
    /// What was acknowledged is in the log, at that very place.
    I1DurableAck,
    /// A send is one event, however often it was sent.
    I2NoDuplicate,
    /// Every event is what its author sent.
    I3NoPhantom,
    /// Numbers without holes, and everybody sees the same at each.
    I4OneOrder,
    /// What was acknowledged before something else was sent stands before it.
    I5RealTime,
    /// What one connection sends stands in that order.
    I6SenderOrder,
    /// What comes by itself comes without holes, without going back.
    I7Monotonic,
    /// Whoever was to follow is at the end once all is quiet.
    I8Complete,
    /// Who is told that nothing was missed has missed nothing.
    I9HonestRecovery,
    /// Numbers of two lives of a room are not taken for each other.
    I10Epoch,
    /// What was refused never appears.
    I11FinalRefusal,
    /// Who is sent out hears that as the last; nothing of theirs stands behind it. Who is muted says nothing behind that.
    I13Membership,
    /// Of what was deleted nothing is handed out any more.
    I14Deletion,
    /// Behind the end of a session nothing is in the log that came by it, and whoever came by it is cut off.
    I15SessionEnd,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Acknowledgements that were looked up.
    pub acks: usize,
    /// Events in the log.
    pub events: usize,
    /// Events that clients saw, all together.
    pub sightings: usize,
    /// Broken promises: how often, and the first of each in words.
    broken: BTreeMap<Promise, (usize, String)>,
}

/// Looks at everything.
pub fn check(histories: &[History], log: &Log) -> Report {
    let mut check = Check::new(histories, log);
    check.log();
    for history in histories {
        check.client(history);
    }
    check.real_time();
    check.report
}

impl Report {
    pub fn broken(&self, promise: Promise) -> usize {
        self.broken.get(&promise).map_or(0, |(count, _)| *count)
    }

    pub fn is_clean(&self) -> bool {
        self.broken.is_empty()
    }

    /// Every promise that was broken.
    pub fn promises(&self) -> Vec<Promise> {
        self.broken.keys().copied().collect()
    }

    fn add(&mut self, promise: Promise, what: impl FnOnce() -> String) {
        self.broken.entry(promise).or_insert_with(|| (0, what())).0 += 1;
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |promise| self.broken(promise);
        writeln!(f, "acks checked {}, lost {}", self.acks, count(Promise::I1DurableAck))?;
        writeln!(
            f,
            "events {}, seen {} times: duplicates {}, phantoms {}, holes and divergences {}, reorders {}, skips {}",
            self.events,
            self.sightings,
            count(Promise::I2NoDuplicate),
            count(Promise::I3NoPhantom),
            count(Promise::I4OneOrder),
            count(Promise::I5RealTime) + count(Promise::I6SenderOrder),
            count(Promise::I7Monotonic),
        )?;
        write!(
            f,
            "left behind {}, dishonest recoveries {}, epochs mixed {}, refused and there {}, deleted and there {}, \
             sent out and there {}, ended and there {}",
            count(Promise::I8Complete),
            count(Promise::I9HonestRecovery),
            count(Promise::I10Epoch),
            count(Promise::I11FinalRefusal),
            count(Promise::I14Deletion),
            count(Promise::I13Membership),
            count(Promise::I15SessionEnd),
        )?;
        for (promise, (count, first)) in &self.broken {
            write!(f, "\n  {promise:?}: {count}, first: {first}")?;
        }
        Ok(())
    }
}

/// An act over its whole life, wherever it was sent from.
struct Life<'a> {
    sent: &'a Sent,
    first_sent: u64,
    /// When and where it was first acknowledged.
    acked: Option<(u64, u64)>,
}

/// Who and by which id: the name of an act.
type Name<'a> = (&'a str, &'a str);

/// A stretch of the log in which somebody is not there, or may not speak.
struct Absence {
    /// What sent them out.
    from: u64,
    /// What let them in again.
    until: Option<u64>,
    /// They hear, but may not speak.
    muted: bool,
}

impl Absence {
    fn covers(&self, seq: u64) -> bool {
        self.from < seq && self.until.is_none_or(|until| seq < until)
    }
}

struct Check<'a> {
    log: &'a Log,
    by_seq: HashMap<u64, &'a Event>,
    /// Who was sent out or muted, and when.
    absences: HashMap<&'a str, Vec<Absence>>,
    /// What somebody wanted to become of somebody: who, what, of whom.
    orders: HashSet<(&'a str, &'a str, &'a str)>,
    /// Clients whose session has ended: since when, and where the log was by then.
    ended: HashMap<&'a str, (u64, u64)>,
    /// Where each act of the log is.
    places: HashMap<Name<'a>, u64>,
    /// Where a text of the plain wire is.
    said_at: HashMap<&'a str, u64>,
    lives: HashMap<Name<'a>, Life<'a>>,
    /// Texts of the plain wire, by their author.
    texts: HashSet<Name<'a>>,
    /// Every text that anybody sent.
    said: HashSet<&'a str>,
    /// Every act in the log.
    names: HashSet<Name<'a>>,
    /// When the deletion of a message was acknowledged.
    deleted: HashMap<u64, u64>,
    /// The messages that somebody wanted deleted: of these the text may be gone.
    deletions: HashSet<u64>,
    /// The texts that a message had besides its first.
    edits: HashMap<u64, HashSet<&'a str>>,
    report: Report,
}

impl<'a> Check<'a> {
    fn new(histories: &'a [History], log: &'a Log) -> Self {
        let mut check = Self {
            log,
            by_seq: log.rest.iter().map(|event| (event.seq, event)).collect(),
            absences: absences(&log.rest),
            orders: HashSet::new(),
            ended: HashMap::new(),
            places: HashMap::new(),
            said_at: log.rest.iter().filter_map(|event| Some((event.body.as_deref()?, event.seq))).collect(),
            lives: HashMap::new(),
            texts: HashSet::new(),
            said: HashSet::new(),
            names: log.rest.iter().filter_map(|event| Some((event.by.id.as_str(), event.cid.as_deref()?))).collect(),
            deleted: HashMap::new(),
            deletions: HashSet::new(),
            edits: HashMap::new(),
            report: Report { events: log.rest.len(), ..Report::default() },
        };
        for history in histories {
            for entry in &history.entries {
                check.learn(history, entry);
            }
        }
        check.places = log.rest.iter().map(|event| (check.name_of(event), event.seq)).collect();
        check
    }

    /// What has to be known of every act before anything can be judged.
    fn learn(&mut self, history: &'a History, Entry { at, what }: &'a Entry) {
        let name = |cid: &'a String| (history.person.as_str(), cid.as_str());
        match what {
            Seen::Sent { cid, act } => {
                let life = Life { sent: act, first_sent: *at, acked: None };
                let life = self.lives.entry(name(cid)).or_insert(life);
                life.first_sent = life.first_sent.min(*at);
                self.said.extend(act.body.as_deref());
                if act.body.as_ref() == Some(cid) {
                    self.texts.insert(name(cid));
                }
                if let ("deleted", Some(of)) = (act.kind.as_str(), act.of) {
                    self.deletions.insert(of);
                }
                if let ("edited", Some(of), Some(body)) = (act.kind.as_str(), act.of, &act.body) {
                    self.edits.entry(of).or_default().insert(body);
                }
            }
            Seen::Acked { cid, seq, .. } => {
                let Some(life) = self.lives.get_mut(&name(cid)) else { return };
                life.acked = Some(life.acked.map_or((*at, *seq), |first| first.min((*at, *seq))));
                if let ("deleted", Some(of)) = (life.sent.kind.as_str(), life.sent.of) {
                    let first = self.deleted.entry(of).or_insert(*at);
                    *first = (*first).min(*at);
                }
            }
            Seen::Ordered { kind, whom } => drop(self.orders.insert((&history.person, kind, whom))),
            Seen::Ended { clients, behind } => {
                self.ended.extend(clients.iter().map(|client| (client.as_str(), (*at, *behind))));
            }
            _ => {}
        }
    }

    /// The log by itself, and the two ways to read it against each other.
    fn log(&mut self) {
        let mut cids: HashMap<(&str, &str), u64> = HashMap::new();
        for (place, event) in (1..).zip(&self.log.rest) {
            if event.seq != place {
                self.report.add(Promise::I4OneOrder, || format!("REST has {} at place {place}", event.seq));
            }
            self.is_as_sent(event, "the log");
            self.may_be_there(event);
            let name = self.name_of(event);
            if let Some(before) = cids.insert(name, event.seq) {
                self.report.add(Promise::I2NoDuplicate, || format!("{name:?} is at {before} and {}", event.seq));
            }
        }
        if self.log.database.len() != self.log.rest.len() {
            let lengths = (self.log.database.len(), self.log.rest.len());
            self.report.add(Promise::I4OneOrder, || format!("database and REST have {lengths:?} events"));
        }
        for event in &self.log.database {
            self.is_the_same(event, "the database");
        }
        for event in self.log.rest.iter().chain(&self.log.database) {
            self.is_empty_if_deleted(event, u64::MAX, "at the end");
        }
    }

    fn client(&mut self, history: &'a History) {
        // The next number that this connection has to bring, and what it sent, in order.
        let (mut next, mut sending, mut last_of_mine) = (None, HashMap::new(), (0, 0));
        let mut heard = HashSet::new();
        for Entry { at, what } in &history.entries {
            match what {
                Seen::Connected => {
                    (next, last_of_mine) = (None, (0, 0));
                    sending.clear();
                    heard.clear();
                }
                Seen::Closed(_) | Seen::NotSubbed => next = None,
                Seen::Unsubbed => self.heard_the_last(history, next.take()),
                Seen::StillOpen => self.still_open(history),
                // Of one that was sent again it is not known which time was the one that counted.
                Seen::Sent { cid, .. } => {
                    sending.entry(cid.as_str()).and_modify(|sent| *sent = None).or_insert(Some(*at));
                    self.not_by_an_ended_session(history, cid, *at);
                }
                Seen::Acked { cid, seq, dup } => {
                    self.acked(history, cid, *seq);
                    if let (false, Some(Some(sent))) = (dup, sending.get(cid.as_str())) {
                        self.sender_order(history, &mut last_of_mine, (*sent, *seq));
                    }
                }
                Seen::Refused { cid } => self.refused(history, cid),
                Seen::Subbed { asked, have, epoch, head, recovered, events } => {
                    next = Some(head + 1);
                    self.subbed(history, have.as_ref(), epoch, *head, *recovered, events);
                    if *epoch == self.log.epoch {
                        events.iter().for_each(|event| self.read(event, *asked, history));
                    }
                }
                Seen::Page { asked, events } => events.iter().for_each(|event| self.read(event, *asked, history)),
                Seen::Live(event) => {
                    self.live(history, &mut next, event.seq);
                    self.seen(event, history);
                    self.may_hear(history, event.seq, false);
                }
                Seen::Text(text) => {
                    self.text(history, text);
                    if let Some(seq) = self.said_at.get(text.as_str()) {
                        self.may_hear(history, *seq, false);
                    }
                    // Texts are made up to be different.
                    if !heard.insert(text) {
                        self.report.add(Promise::I7Monotonic, || format!("{} heard {text:?} twice", history.client));
                    }
                }
                Seen::Unsure { .. } | Seen::Ordered { .. } | Seen::Ended { .. } => {}
            }
        }
        self.complete(history);
    }

    fn acked(&mut self, history: &History, cid: &str, seq: u64) {
        self.report.acks += 1;
        let there = self
            .by_seq
            .get(&seq)
            .is_some_and(|event| event.by.id == history.person && event.cid.as_deref() == Some(cid));
        if !there {
            self.report.add(Promise::I1DurableAck, || format!("{cid} of {} is not at {seq}", history.client));
        }
    }

    fn refused(&mut self, history: &History, cid: &str) {
        let there = self.names.contains(&(history.person.as_str(), cid));
        if there {
            self.report.add(Promise::I11FinalRefusal, || format!("{cid} of {} is there", history.client));
        }
    }

    /// `last` and `this`: when it was sent, and its number.
    fn sender_order(&mut self, history: &History, last: &mut (u64, u64), this: (u64, u64)) {
        if (this.0 < last.0) != (this.1 < last.1) {
            let last = *last;
            self.report.add(Promise::I6SenderOrder, || format!("{}: {last:?} and {this:?}", history.client));
        }
        *last = this;
    }

    fn subbed(
        &mut self,
        history: &History,
        have: Option<&(String, u64)>,
        epoch: &str,
        head: u64,
        recovered: bool,
        events: &[Event],
    ) {
        let seqs = events.iter().map(|event| event.seq);
        if events.windows(2).any(|pair| pair[1].seq != pair[0].seq + 1) {
            self.report.add(Promise::I4OneOrder, || format!("{} was given {:?}", history.client, seqs.clone()));
        }
        if !recovered {
            return;
        }
        match have {
            Some((known, _)) if known != epoch => {
                self.report.add(Promise::I10Epoch, || format!("{}: {known} went on as {epoch}", history.client));
            }
            Some((_, have)) if seqs.clone().eq(have + 1..=head) => {}
            _ => self.report.add(Promise::I9HonestRecovery, || {
                format!("{} had {have:?}, was given {:?} up to {head}", history.client, seqs.collect::<Vec<_>>())
            }),
        }
    }

    fn live(&mut self, history: &History, next: &mut Option<u64>, seq: u64) {
        if next.is_some_and(|next| next != seq) {
            let next = *next;
            self.report.add(Promise::I7Monotonic, || format!("{}: {seq} came instead of {next:?}", history.client));
        }
        *next = Some(seq + 1);
    }

    /// An event that was read from the log some time after it happened.
    fn read(&mut self, event: &'a Event, asked: u64, history: &History) {
        self.seen(event, history);
        self.may_hear(history, event.seq, true);
        self.is_empty_if_deleted(event, asked, &history.client);
    }

    /// Nothing of somebody's stands where they are not there.
    fn may_be_there(&mut self, event: &Event) {
        // One's own words one may always take back while one may read.
        let takes_back = event.kind == "deleted";
        let absence = self.absence(&event.by.id, event.seq, |absence| !(absence.muted && takes_back));
        if let Some(from) = absence {
            self.report.add(Promise::I13Membership, || format!("{event:?} is behind {from}, which it may not be"));
        }
    }

    /// Who is not there hears nothing, by whatever way. Who came back may read what was said meanwhile.
    fn may_hear(&mut self, history: &History, seq: u64, read: bool) {
        let absence =
            self.absence(&history.person, seq, |absence| !absence.muted && (!read || absence.until.is_none()));
        if let Some(from) = absence {
            self.report
                .add(Promise::I13Membership, || format!("{} was sent out at {from} and has {seq}", history.client));
        }
    }

    /// The seq of what sent somebody out, where that is so at `seq`.
    fn absence(&self, person: &str, seq: u64, counts: impl Fn(&Absence) -> bool) -> Option<u64> {
        let absences = self.absences.get(person)?;
        absences.iter().find(|absence| absence.covers(seq) && counts(absence)).map(|absence| absence.from)
    }

    /// Whoever followed the room up to its end for them has had what sent them out.
    fn heard_the_last(&mut self, history: &History, next: Option<u64>) {
        let (Some(next), Some(absences)) = (next, self.absences.get(history.person.as_str())) else { return };
        if !absences.iter().any(|absence| !absence.muted && absence.from + 1 == next) {
            self.report
                .add(Promise::I13Membership, || format!("{} was sent out before {next}: by what?", history.client));
        }
    }

    fn not_by_an_ended_session(&mut self, history: &History, cid: &str, sent: u64) {
        let Some((ended, behind)) = self.ended.get(history.client.as_str()) else { return };
        let place = self.places.get(&(history.person.as_str(), cid));
        if let Some(place) = place.filter(|place| *place > behind || sent > *ended) {
            self.report.add(Promise::I15SessionEnd, || {
                format!("{} sent {cid} at {sent}: it is at {place}, the end at {ended} before {behind}", history.client)
            });
        }
    }

    fn still_open(&mut self, history: &History) {
        if self.ended.contains_key(history.client.as_str()) {
            self.report.add(Promise::I15SessionEnd, || format!("{} was not cut off", history.client));
        }
    }

    fn seen(&mut self, event: &'a Event, history: &History) {
        self.report.sightings += 1;
        self.is_the_same(event, &history.client);
        self.is_as_sent(event, &history.client);
    }

    fn text(&mut self, history: &History, text: &str) {
        self.report.sightings += 1;
        if !self.said.contains(text) {
            self.report.add(Promise::I3NoPhantom, || format!("{} heard {text:?}", history.client));
        }
    }

    fn complete(&mut self, history: &History) {
        let head = self.log.rest.last().map_or(0, |event| event.seq);
        if history.reached.is_some_and(|reached| reached != head) {
            self.report
                .add(Promise::I8Complete, || format!("{} is at {:?} of {head}", history.client, history.reached));
        }
    }

    /// Everybody sees the same at the same number.
    fn is_the_same(&mut self, event: &Event, whose: &str) {
        let same = self.by_seq.get(&event.seq).is_some_and(|log| {
            (&log.by, &log.cid, &log.kind, &log.who, log.of, log.on)
                == (&event.by, &event.cid, &event.kind, &event.who, event.of, event.on)
        });
        if !same {
            let log = self.by_seq.get(&event.seq).copied().cloned();
            self.report.add(Promise::I4OneOrder, || format!("{whose} has {event:?}, the log {log:?}"));
        }
    }

    /// The author sent it, with this text or one that the message was given later.
    fn is_as_sent(&mut self, event: &Event, whose: &str) {
        let order = event.who.as_ref().map(|who| (event.by.id.as_str(), event.kind.as_str(), who.id.as_str()));
        if order.is_some_and(|order| self.orders.contains(&order)) {
            return;
        }
        let as_sent = self.life_of(event).is_some_and(|life| {
            let sent = life.sent;
            let message = event.of.unwrap_or(event.seq);
            let other = |body: &str| match body {
                "" => self.deletions.contains(&message),
                body => self.edits.get(&message).is_some_and(|edits| edits.contains(body)),
            };
            let text = sent.body == event.body || event.body.as_deref().is_some_and(other);
            sent.kind == event.kind && sent.of == event.of && sent.on == event.on && text
        });
        if !as_sent {
            self.report.add(Promise::I3NoPhantom, || format!("{whose} has {event:?}, which nobody sent"));
        }
    }

    fn is_empty_if_deleted(&mut self, event: &Event, asked: u64, whose: &str) {
        let message = if event.kind == "edited" { event.of } else { Some(event.seq) };
        let gone = message.and_then(|message| self.deleted.get(&message)).is_some_and(|deleted| *deleted < asked);
        if gone && event.body.as_ref().is_some_and(|body| !body.is_empty()) {
            self.report.add(Promise::I14Deletion, || format!("{whose} has {event:?}"));
        }
    }

    /// In the order of the log, nothing may have been sent after something behind it was acknowledged.
    fn real_time(&mut self) {
        let mut latest = (0, 0);
        for event in &self.log.rest {
            let Some((acked, first_sent)) = self.life_of(event).map(|life| (life.acked, life.first_sent)) else {
                continue;
            };
            if let Some((acked, _)) = acked.filter(|(acked, seq)| *seq == event.seq && *acked < latest.0) {
                let (sent, before) = latest;
                self.report.add(Promise::I5RealTime, || {
                    format!(
                        "{} was acknowledged at {acked}; {before}, which stands before it, was sent at {sent}",
                        event.seq
                    )
                });
            }
            latest = latest.max((first_sent, event.seq));
        }
    }

    fn life_of<'s>(&'s self, event: &'s Event) -> Option<&'s Life<'s>> {
        let by = event.by.id.as_str();
        let cid = event.cid.as_deref().unwrap_or_default();
        self.lives.get(&(by, cid)).or_else(|| self.lives.get(&(by, event.body.as_deref()?)))
    }

    /// On the plain wire the text is the name.
    fn name_of(&self, event: &'a Event) -> Name<'a> {
        let by = event.by.id.as_str();
        let text = event.body.as_deref().filter(|text| self.texts.contains(&(by, *text)));
        (by, text.or(event.cid.as_deref()).unwrap_or_default())
    }
}

/// Who was sent out or muted, as the log has it.
fn absences(log: &[Event]) -> HashMap<&str, Vec<Absence>> {
    let mut absences: HashMap<&str, Vec<Absence>> = HashMap::new();
    for event in log {
        let (whom, seq) = (event.who.as_ref().unwrap_or(&event.by), event.seq);
        let whom = absences.entry(whom.id.as_str()).or_default();
        let open = |muted| move |absence: &&mut Absence| absence.muted == muted && absence.until.is_none();
        match event.kind.as_str() {
            "banned" | "removed" | "left" => whom.push(Absence { from: seq, until: None, muted: false }),
            "muted" => whom.push(Absence { from: seq, until: None, muted: true }),
            "unmuted" => whom.iter_mut().filter(open(true)).for_each(|absence| absence.until = Some(seq)),
            "unbanned" | "joined" | "added" => {
                whom.iter_mut().filter(open(false)).for_each(|absence| absence.until = Some(seq));
            }
            _ => {}
        }
    }
    absences
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::history::By;

    fn posted(seq: u64, body: &str) -> Event {
        let cid = Some(format!("cid-{body}"));
        Event {
            seq,
            by: By { id: "ana".into() },
            cid,
            kind: "posted".into(),
            body: Some(body.into()),
            of: None,
            on: None,
            deleted: None,
            who: None,
        }
    }

    fn sent(body: &str) -> Seen {
        Seen::Sent { cid: format!("cid-{body}"), act: Sent::post(body) }
    }

    fn acked(body: &str, seq: u64) -> Seen {
        Seen::Acked { cid: format!("cid-{body}"), seq, dup: false }
    }

    fn subbed(have: Option<(&str, u64)>, epoch: &str, head: u64, recovered: bool, events: Vec<Event>) -> Seen {
        let have = have.map(|(epoch, seq)| (epoch.to_owned(), seq));
        Seen::Subbed { asked: 0, have, epoch: epoch.into(), head, recovered, events }
    }

    /// A client's history: each thing ten nanoseconds after the one before it.
    fn history(client: &str, seen: Vec<Seen>) -> History {
        let mut history = History::new(client, "ana");
        (0..).zip(seen).for_each(|(at, what)| history.note(at * 10, what));
        history
    }

    fn log(events: Vec<Event>) -> Log {
        Log { epoch: "e".into(), rest: events.clone(), database: events }
    }

    fn two() -> Log {
        log(vec![posted(1, "one"), posted(2, "two")])
    }

    /// Ana says two things.
    fn ana() -> History {
        history("ana", vec![Seen::Connected, sent("one"), acked("one", 1), sent("two"), acked("two", 2)])
    }

    fn found(histories: &[History], log: &Log) -> Vec<Promise> {
        check(histories, log).promises()
    }

    #[test]
    fn what_went_well_is_clean() {
        let mut ben = history(
            "ben",
            vec![
                Seen::Connected,
                subbed(None, "e", 0, false, vec![]),
                Seen::Live(posted(1, "one")),
                Seen::Closed(Some(1006)),
                Seen::Connected,
                subbed(Some(("e", 1)), "e", 2, true, vec![posted(2, "two")]),
                Seen::Page { asked: 0, events: vec![posted(1, "one")] },
            ],
        );
        ben.reached = Some(2);
        let report = check(&[ana(), ben], &two());
        assert!(report.is_clean(), "{report}");
        assert_eq!((report.acks, report.events, report.sightings), (2, 2, 3));
    }

    #[test]
    fn a_lost_ack_is_found() {
        assert_eq!(found(&[ana()], &log(vec![posted(1, "one")])), [Promise::I1DurableAck]);
    }

    #[test]
    fn an_ack_for_another_place_is_found() {
        let swapped = log(vec![posted(1, "two"), posted(2, "one")]);
        assert!(found(&[ana()], &swapped).contains(&Promise::I1DurableAck));
    }

    #[test]
    fn a_duplicate_is_found() {
        let doubled = log(vec![posted(1, "one"), posted(2, "two"), posted(3, "one")]);
        assert_eq!(found(&[ana()], &doubled), [Promise::I2NoDuplicate]);
    }

    #[test]
    fn a_duplicate_of_a_bare_text_is_found() {
        let send = Seen::Sent { cid: "hi".into(), act: Sent::post("hi") };
        let made = |seq, cid: &str| Event { cid: Some(cid.into()), ..posted(seq, "hi") };
        let plain = history("plain", vec![Seen::Connected, send]);
        assert!(found(std::slice::from_ref(&plain), &log(vec![made(1, "made-1")])).is_empty());
        assert_eq!(found(&[plain], &log(vec![made(1, "made-1"), made(2, "made-2")])), [Promise::I2NoDuplicate]);
    }

    #[test]
    fn a_phantom_is_found() {
        let mut other = two();
        other.rest.push(posted(3, "nobody"));
        other.database.push(posted(3, "nobody"));
        assert_eq!(found(&[ana()], &other), [Promise::I3NoPhantom]);
    }

    #[test]
    fn a_changed_text_is_found() {
        let seen = history("ben", vec![Seen::Live(Event { cid: Some("cid-one".into()), ..posted(1, "0ne") })]);
        assert_eq!(found(&[ana(), seen], &two()), [Promise::I3NoPhantom]);
    }

    #[test]
    fn a_text_that_is_gone_without_a_deletion_is_found() {
        let seen = history("ben", vec![Seen::Live(Event { cid: Some("cid-one".into()), ..posted(1, "") })]);
        assert_eq!(found(&[ana(), seen], &two()), [Promise::I3NoPhantom]);
    }

    #[test]
    fn a_bare_text_that_comes_twice_is_found() {
        let text = || Seen::Text("one".into());
        let twice =
            |between: Vec<Seen>| history("plain", [vec![Seen::Connected, text()], between, vec![text()]].concat());
        assert_eq!(found(&[ana(), twice(vec![])], &two()), [Promise::I7Monotonic]);
        assert!(found(&[ana(), twice(vec![Seen::Connected])], &two()).is_empty());
    }

    #[test]
    fn a_hole_is_found() {
        let hole = log(vec![posted(1, "one"), posted(3, "three"), posted(4, "four")]);
        let three = history("c", vec![sent("one"), sent("three"), sent("four")]);
        assert_eq!(found(&[three], &hole), [Promise::I4OneOrder]);
    }

    #[test]
    fn another_event_at_the_same_place_is_found() {
        let ben = history("ben", vec![Seen::Live(posted(2, "one"))]);
        assert_eq!(found(&[ana(), ben], &two()), [Promise::I4OneOrder]);
    }

    #[test]
    fn a_database_that_says_otherwise_is_found() {
        let mut other = two();
        other.database.pop();
        assert_eq!(found(&[ana()], &other), [Promise::I4OneOrder]);
        let mut other = two();
        other.database[1] = posted(2, "one");
        assert_eq!(found(&[ana()], &other), [Promise::I4OneOrder]);
    }

    #[test]
    fn what_stands_before_something_that_was_acknowledged_first_is_found() {
        let early = history("early", vec![Seen::Connected, sent("one"), acked("one", 2)]);
        let mut late = History::new("late", "ana");
        late.note(1_000, Seen::Connected);
        late.note(1_001, sent("two"));
        late.note(1_002, acked("two", 1));
        let swapped = log(vec![posted(1, "two"), posted(2, "one")]);
        assert_eq!(found(&[early, late], &swapped), [Promise::I5RealTime]);
    }

    #[test]
    fn what_one_connection_sent_in_another_order_is_found() {
        let both = vec![Seen::Connected, sent("one"), sent("two"), acked("two", 1), acked("one", 2)];
        let swapped = log(vec![posted(1, "two"), posted(2, "one")]);
        assert_eq!(found(&[history("ana", both)], &swapped), [Promise::I6SenderOrder]);
    }

    #[test]
    fn what_is_sent_again_later_may_stand_later() {
        let again = vec![
            Seen::Connected,
            sent("one"),
            sent("two"),
            Seen::Unsure { cid: "cid-one".into() },
            acked("two", 1),
            sent("one"),
            acked("one", 2),
        ];
        let swapped = log(vec![posted(1, "two"), posted(2, "one")]);
        assert!(found(&[history("ana", again)], &swapped).is_empty());
    }

    #[test]
    fn a_skip_and_a_step_back_are_found() {
        let skips = |events: [Event; 2]| {
            let [first, second] = events.map(Seen::Live);
            history("ben", vec![Seen::Connected, subbed(None, "e", 0, false, vec![]), first, second])
        };
        let three = log(vec![posted(1, "one"), posted(2, "two"), posted(3, "three")]);
        let said = history("c", vec![sent("one"), sent("two"), sent("three")]);
        let found_in = |events| found(&[said.clone(), skips(events)], &three);
        assert!(found_in([posted(1, "one"), posted(2, "two")]).is_empty());
        assert_eq!(found_in([posted(1, "one"), posted(3, "three")]), [Promise::I7Monotonic]);
        assert_eq!(found_in([posted(1, "one"), posted(1, "one")]), [Promise::I7Monotonic]);
    }

    #[test]
    fn who_is_left_behind_is_found() {
        let mut ben = history("ben", vec![]);
        ben.reached = Some(1);
        assert_eq!(found(&[ana(), ben], &two()), [Promise::I8Complete]);
    }

    #[test]
    fn a_recovery_that_is_none_is_found() {
        for (have, events) in [
            (Some(("e", 0)), vec![posted(2, "two")]),
            (Some(("e", 0)), vec![posted(1, "one")]),
            (None, vec![posted(1, "one"), posted(2, "two")]),
        ] {
            let ben = history("ben", vec![Seen::Connected, subbed(have, "e", 2, true, events)]);
            assert_eq!(found(&[ana(), ben], &two()), [Promise::I9HonestRecovery]);
        }
    }

    #[test]
    fn numbers_of_another_life_are_found() {
        let ben = history("ben", vec![subbed(Some(("before", 1)), "e", 2, true, vec![posted(2, "two")])]);
        assert_eq!(found(&[ana(), ben], &two()), [Promise::I10Epoch]);
    }

    #[test]
    fn what_was_refused_and_is_there_is_found() {
        let refused = history("ana", vec![Seen::Connected, sent("one"), Seen::Refused { cid: "cid-one".into() }]);
        assert_eq!(found(&[refused], &log(vec![posted(1, "one")])), [Promise::I11FinalRefusal]);
    }

    /// Mia sends Ana out, or mutes her.
    fn ordered(seq: u64, kind: &str) -> (Event, History) {
        let by = |id: &str| By { id: id.into() };
        let event = Event { by: by("mia"), kind: kind.into(), body: None, who: Some(by("ana")), ..posted(seq, kind) };
        let mut mia = History::new("mia", "mia");
        mia.note(5, Seen::Ordered { kind: kind.into(), whom: "ana".into() });
        (event, mia)
    }

    #[test]
    fn what_somebody_says_who_was_sent_out_or_muted_is_found() {
        for (kind, clean) in [("banned", false), ("removed", false), ("muted", false), ("unmuted", true)] {
            let (event, mia) = ordered(2, kind);
            let said = history("ana", vec![sent("one"), sent("two")]);
            let behind = log(vec![posted(1, "one"), event.clone(), posted(3, "two")]);
            let promises = found(&[said.clone(), mia.clone()], &behind);
            assert_eq!(promises, if clean { vec![] } else { vec![Promise::I13Membership] }, "{kind}");
            let before = log(vec![posted(1, "one"), posted(2, "two"), Event { seq: 3, ..event }]);
            assert!(found(&[said, mia], &before).is_empty(), "{kind}");
        }
    }

    #[test]
    fn an_order_that_nobody_gave_is_found() {
        let (event, _) = ordered(1, "banned");
        assert_eq!(found(&[], &log(vec![event])), [Promise::I3NoPhantom]);
    }

    #[test]
    fn what_somebody_hears_who_was_sent_out_is_found() {
        let ben = Event { by: By { id: "ben".into() }, ..posted(3, "three") };
        let (banned, mia) = ordered(2, "banned");
        let log = log(vec![posted(1, "one"), banned.clone(), ben.clone()]);
        let (ana, mut others) = (history("ana", vec![sent("one")]), History::new("ben", "ben"));
        others.note(6, sent("three"));
        let found_in = |seen: Vec<Seen>| found(&[ana.clone(), mia.clone(), others.clone(), history("tab", seen)], &log);
        let subbed = || subbed(None, "e", 1, false, vec![posted(1, "one")]);
        let (last, more) = (Seen::Live(banned.clone()), Seen::Live(ben.clone()));
        assert!(found_in(vec![subbed(), last.clone(), Seen::Unsubbed]).is_empty());
        for leak in [
            vec![subbed(), last.clone(), more],
            vec![subbed(), Seen::Unsubbed],
            vec![Seen::Page { asked: 9, events: vec![ben] }],
            vec![Seen::Text("three".into())],
        ] {
            assert_eq!(found_in(leak.clone()), [Promise::I13Membership], "{leak:?}");
        }
    }

    #[test]
    fn what_comes_by_a_session_that_has_ended_is_found() {
        let ended = |behind| Seen::Ended { clients: vec!["ana".into()], behind };
        let found_in = |at, behind, seen: Vec<Seen>| {
            let mut mia = History::new("mia", "mia");
            mia.note(at, ended(behind));
            found(&[history("ana", [vec![sent("one"), sent("two")], seen].concat()), mia], &two())
        };
        assert!(found_in(50, 2, vec![]).is_empty());
        assert_eq!(found_in(5, 2, vec![]), [Promise::I15SessionEnd], "it was sent behind the end");
        assert_eq!(found_in(50, 1, vec![]), [Promise::I15SessionEnd], "it stands behind the end");
        assert_eq!(found_in(50, 2, vec![Seen::StillOpen]), [Promise::I15SessionEnd]);
    }

    #[test]
    fn a_deleted_text_that_is_handed_out_is_found() {
        let delete = Sent { kind: "deleted".into(), body: None, of: Some(1), on: None };
        let gone =
            Event { kind: "deleted".into(), cid: Some("cid-delete".into()), body: None, of: Some(1), ..posted(2, "") };
        let deletes = vec![
            Seen::Connected,
            sent("one"),
            acked("one", 1),
            Seen::Sent { cid: "cid-delete".into(), act: delete },
            Seen::Acked { cid: "cid-delete".into(), seq: 2, dup: false },
        ];
        let empty = Event { body: Some(String::new()), cid: Some("cid-one".into()), ..posted(1, "") };
        let reads = |asked| history("ben", vec![Seen::Page { asked, events: vec![posted(1, "one")] }]);
        let ana = history("ana", deletes);
        let clean = log(vec![empty, gone.clone()]);
        assert!(found(&[ana.clone(), reads(39)], &clean).is_empty(), "what was asked for before may still say it");
        assert_eq!(found(&[ana.clone(), reads(41)], &clean), [Promise::I14Deletion]);
        assert_eq!(found(&[ana], &log(vec![posted(1, "one"), gone])), [Promise::I14Deletion]);
    }
}
