//! Putting drafts at the end of the logs, inside of one transaction.

mod changes;
mod mentions;
mod standing;

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};

pub(super) use self::standing::Seat;
use self::standing::{Author, Room, Session};
use super::{audit, from_sql, sql};
use crate::protocol::event::{Act, Event, Person, Post, What};
use crate::protocol::ids::{Cid, Emoji, Millis, PersonId, RoomKey, Seq};
use crate::protocol::limits;
use crate::protocol::power::{self, Denied, RoomKind, Setting, Standing};
use crate::server::plant::{self, Bug};
use crate::server::store::{Appended, Deed, Draft, Naming, Refused, TokenHash};

/// Answers of one batch, in its order.
pub(super) type Answers = Vec<Result<Appended, Refused>>;

/// What comes of one draft, where the database itself did not fail.
type Verdict<T> = rusqlite::Result<Result<T, Refused>>;

/// The logs as one transaction sees and changes them.
pub(super) struct Logs<'c> {
    connection: &'c Connection,
    /// The rooms that were looked up, with their heads so far.
    rooms: HashMap<RoomKey, Option<Room>>,
    /// The people that were looked up.
    people: HashMap<PersonId, Option<Author>>,
    /// The sessions that were looked up, and whose they are.
    sessions: HashMap<TokenHash, Option<Session>>,
    /// How people stand in rooms, as far as it was looked up.
    seats: HashMap<(i64, i64), Seat>,
    /// Some room is another than it was, not only longer.
    rooms_changed: bool,
}

/// Where a draft goes, who wrote it, and how they stand there.
struct Place {
    key: RoomKey,
    room: Room,
    seq: Seq,
    at: Millis,
    author: Author,
    standing: Standing,
    /// The session by which it came may be used for acts of power.
    keeps_order: bool,
}

/// A draft that may be.
enum Weighed {
    /// As this.
    New(Box<(Place, What)>),
    /// And was, since an earlier try.
    Before(Seq),
}

/// What a batch did to the rooms.
#[derive(Default)]
pub(super) struct Grown {
    /// How far those have come that have grown.
    pub(super) heads: Vec<(RoomKey, Seq)>,
    /// Some are other than they were.
    pub(super) changed: bool,
}

impl<'c> Logs<'c> {
    pub(super) fn new(connection: &'c Connection) -> Self {
        Self {
            connection,
            rooms: HashMap::new(),
            people: HashMap::new(),
            sessions: HashMap::new(),
            seats: HashMap::new(),
            rooms_changed: false,
        }
    }

    /// Takes drafts one by one, each in the light of those before it.
    pub(super) fn append(&mut self, drafts: Vec<Draft>) -> rusqlite::Result<Answers> {
        drafts.into_iter().map(|draft| self.take(draft)).collect()
    }

    /// The rooms are other than they were, by something else than a draft.
    pub(super) fn rooms_changed(&mut self) {
        self.rooms_changed = true;
    }

    /// Writes down how far the rooms have come.
    pub(super) fn finish(self) -> rusqlite::Result<Grown> {
        let mut update = self.connection.prepare_cached("UPDATE room SET head = ?2 WHERE id = ?1")?;
        let grown =
            self.rooms.into_iter().filter_map(|(key, room)| room.filter(|room| room.grown).map(|room| (key, room)));
        let heads = grown
            .map(|(key, room)| update.execute(params![room.id, sql(room.head)]).map(|_| (key, room.head)))
            .collect::<rusqlite::Result<_>>()?;
        Ok(Grown { heads, changed: self.rooms_changed })
    }

    fn take(&mut self, draft: Draft) -> Verdict<Appended> {
        let cid = draft.cid.clone();
        let (place, what) = match self.weigh(draft)? {
            Ok(Weighed::New(weighed)) => *weighed,
            Ok(Weighed::Before(seq)) => return Ok(Ok(Appended::Before(seq))),
            Err(refused) => return Ok(Err(refused)),
        };
        if place.room.history && !self.insert(&place, &cid, &what)? {
            // Anything else that stood in its way is a fault of the database.
            let before = self.seq_of(&place, &cid)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
            return Ok(Ok(Appended::Before(before)));
        }
        self.change(&place, &what)?;
        if let Some(Some(room)) = self.rooms.get_mut(&place.key).filter(|_| place.room.history) {
            (room.head, room.grown) = (place.seq, true);
        }
        Ok(Ok(Appended::New(Arc::new(place.event(cid, what)))))
    }

    /// What a draft for a room that keeps nothing becomes, and by whom it is. Changes nothing.
    pub(super) fn pass_on(&mut self, draft: &Draft) -> Verdict<(Person, What)> {
        Ok(match self.weigh(draft.clone())? {
            Ok(Weighed::New(weighed)) => Ok((weighed.0.author.person, weighed.1)),
            // It keeps nothing that could have been there.
            Ok(Weighed::Before(_)) => Err(Refused::NoMessage),
            Err(refused) => Err(refused),
        })
    }

    /// Who somebody is, if they may speak where they want to.
    pub(super) fn speaker(&mut self, draft: &Draft) -> Verdict<Person> {
        let Some(author) = self.author_of(draft)? else { return Ok(Err(Refused::NoAuthor)) };
        let Some(room) = self.room(&draft.room)? else { return Ok(Err(Refused::NoRoom)) };
        let standing = self.standing_of_author(&room, &author, draft)?;
        Ok(power::post(standing, room.setting).map(|()| author.person).map_err(Refused::from))
    }

    /// Whether it may be, and what it becomes; a refusal only where it is not in the log already.
    fn weigh(&mut self, draft: Draft) -> Verdict<Weighed> {
        let Some(author) = self.author_of(&draft)? else { return Ok(Err(Refused::NoAuthor)) };
        let Some(room) = self.room(&draft.room)? else { return Ok(Err(Refused::NoRoom)) };
        let standing = self.standing_of_author(&room, &author, &draft)?;
        let (seq, keeps_order) = (next_seq(room.id, room.head), self.keeps_order(&draft)?);
        let place = Place { key: draft.room, room, seq, at: draft.at, author, standing, keeps_order };
        // A plain message shows by itself whether it was there; all else is checked against how things stand, which a
        // repeated send may have changed itself.
        if !matches!(draft.deed, Deed::Act(Act::Post { reply_to: None, .. }))
            && let Some(seq) = self.seq_of(&place, &draft.cid)?
        {
            return Ok(Ok(Weighed::Before(seq)));
        }
        Ok(match self.decide(&place, draft.deed, &draft.naming)? {
            Ok(what) => Ok(Weighed::New(Box::new((place, what)))),
            Err(refused) => self.seq_of(&place, &draft.cid)?.map(Weighed::Before).ok_or(refused),
        })
    }

    /// What becomes of it, if it may be.
    fn decide(&mut self, place: &Place, deed: Deed, naming: &Naming) -> Verdict<What> {
        match deed {
            Deed::Act(act) => match self.check(place, &act)? {
                Ok(()) => self.name(place, act.into(), naming).map(Ok),
                Err(refused) => Ok(Err(refused)),
            },
            Deed::Change(change) => self.decide_change(place, *change),
            Deed::Redeem(code) => self.redeem(place, &code),
            Deed::TakeAway(of) => self.take_away(place, of),
            Deed::Texts(_) => Ok(Err(Refused::Together)),
        }
    }

    /// Whether the act can be done as things stand.
    fn check(&mut self, place: &Place, act: &Act) -> Verdict<()> {
        let (me, room) = (place.standing, place.room.setting);
        let (target, missing) = match act {
            Act::Post { reply_to, .. } => {
                if let Err(denied) = power::post(me, room) {
                    return Ok(Err(denied.into()));
                }
                match reply_to {
                    None => return Ok(Ok(())),
                    Some(seq) => (*seq, Refused::NoReplyTarget),
                }
            }
            Act::Edit { of, .. } | Act::Delete { of } | Act::React { of, .. } | Act::Pin { of, .. } => {
                // Who may not even see the room does not learn what is in it.
                if let Err(denied) = power::see(me, room) {
                    return Ok(Err(denied.into()));
                }
                (*of, Refused::NoMessage)
            }
        };
        let Some((author, deleted)) = self.message(place.room.id, target)? else { return Ok(Err(missing)) };
        let mine = author == place.author.id;
        let allowed = match act {
            Act::Post { .. } => return Ok(Ok(())),
            _ if deleted => return Ok(Err(missing)),
            Act::Edit { .. } => power::edit(me, room, mine),
            Act::Delete { .. } if mine => power::delete(me, room, mine, me),
            Act::Delete { .. } => power::delete(me, room, mine, self.standing_of(&place.room, author, place.at)?),
            Act::Pin { .. } => power::pin(me, room, mine),
            Act::React { .. } => power::react(me, room),
        };
        if let Err(denied) = allowed {
            return Ok(Err(denied.into()));
        }
        if !mine && takes_power(act, room) && !place.keeps_order {
            return Ok(Err(Refused::OutOfScope));
        }
        Ok(match act {
            Act::React { of, emoji, on: true } if self.is_full(place, *of, emoji)? => Err(Refused::TooManyReactions),
            _ => Ok(()),
        })
    }

    /// A message that was reported goes, whoever wrote it.
    fn take_away(&mut self, place: &Place, of: Seq) -> Verdict<What> {
        let Some((author, false)) = self.message(place.room.id, of)? else { return Ok(Err(Refused::NoMessage)) };
        let author = self.standing_of(&place.room, author, place.at)?;
        let allowed = power::take_away(place.standing, place.room.setting, author);
        Ok(allowed.map(|()| What::Deleted { of }).map_err(Refused::from))
    }

    fn seq_of(&self, place: &Place, cid: &Cid) -> rusqlite::Result<Option<Seq>> {
        if plant::is(Bug::NoDedupe) {
            return Ok(None);
        }
        let mut select =
            self.connection.prepare_cached("SELECT seq FROM event WHERE author = ?1 AND room = ?2 AND cid = ?3")?;
        let key = params![place.author.id, place.room.id, cid.as_str()];
        Ok(select.query_row(key, |row| row.get(0)).optional()?.map(from_sql))
    }

    /// Who wrote a message, and whether it is deleted; `None` if there is none at that place.
    fn message(&self, room: i64, seq: Seq) -> rusqlite::Result<Option<(i64, bool)>> {
        let mut select = self.connection.prepare_cached(
            "SELECT author, deleted IS NOT NULL FROM event WHERE room = ?1 AND seq = ?2 AND kind = 'posted'",
        )?;
        select.query_row(params![room, sql(seq)], |row| Ok((row.get(0)?, row.get(1)?))).optional()
    }

    /// Whether a message has all the reactions that it can have, and this is not one of them.
    fn is_full(&self, place: &Place, of: Seq, emoji: &Emoji) -> rusqlite::Result<bool> {
        let mut count = self.connection.prepare_cached(
            "SELECT count(*), coalesce(max(emoji = ?3 AND person = ?4), 0) FROM reaction WHERE room = ?1 AND of = ?2",
        )?;
        let key = params![place.room.id, sql(of), emoji.as_str(), place.author.id];
        count.query_row(key, |row| Ok(row.get::<_, i64>(0)? >= limits::REACTIONS as i64 && !row.get::<_, bool>(1)?))
    }

    /// `false` if this send is in the log already.
    fn insert(&self, place: &Place, cid: &Cid, what: &What) -> rusqlite::Result<bool> {
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO event (room, seq, at, author, name, cid, kind, body, reply_to, of, emoji, is_on, to_all)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT DO NOTHING",
        )?;
        let (emoji, is_on) = match what {
            What::Reacted { emoji, on, .. } => (Some(emoji.as_str()), Some(*on)),
            What::Pinned { on, .. } => (None, Some(*on)),
            _ => (None, None),
        };
        let (reply_to, to_all) = match what {
            What::Posted(post) => (post.reply_to.map(sql), post.mentions_room.then_some(true)),
            _ => (None, None),
        };
        let changed = insert.execute(params![
            place.room.id,
            sql(place.seq),
            sql(place.at),
            place.author.id,
            place.author.person.name,
            cid.as_str(),
            kind(what),
            body(what)?,
            reply_to,
            what.of().map(sql),
            emoji,
            is_on,
            to_all,
        ])?;
        Ok(changed > 0)
    }

    /// Writes down how things stand now.
    fn change(&mut self, place: &Place, what: &What) -> rusqlite::Result<()> {
        match what {
            What::Posted(post) => self.note_mentions(place, post),
            What::Changed(change) => self.apply(place, change),
            What::Deleted { of } => {
                self.note_removal(place, *of)?;
                self.delete(place, *of)
            }
            _ => self.mark(place, what),
        }
    }

    /// At the message that it is about.
    fn mark(&self, place: &Place, what: &What) -> rusqlite::Result<()> {
        let Some(of) = what.of().map(sql) else { return Ok(()) };
        let (room, seq, author) = (place.room.id, sql(place.seq), &place.author);
        let run = |statement: &str, values: &[&dyn rusqlite::ToSql]| {
            self.connection.prepare_cached(statement)?.execute(values).map(drop)
        };
        match what {
            What::Edited { .. } => {
                run("UPDATE event SET edited = ?3 WHERE room = ?1 AND seq = ?2", &[&room, &of, &seq])
            }
            What::Pinned { on, .. } => {
                run("UPDATE event SET pinned = ?3 WHERE room = ?1 AND seq = ?2", &[&room, &of, &on.then_some(seq)])
            }
            What::Reacted { emoji, on: true, .. } => run(
                "INSERT OR IGNORE INTO reaction (room, of, emoji, person, name) VALUES (?1, ?2, ?3, ?4, ?5)",
                &[&room, &of, &emoji.as_str(), &author.id, &author.person.name],
            ),
            What::Reacted { emoji, on: false, .. } => run(
                "DELETE FROM reaction WHERE room = ?1 AND of = ?2 AND emoji = ?3 AND person = ?4",
                &[&room, &of, &emoji.as_str(), &author.id],
            ),
            _ => Ok(()),
        }
    }

    /// Somebody else's message is taken away: an act of power.
    fn note_removal(&self, place: &Place, of: Seq) -> rusqlite::Result<()> {
        match self.message(place.room.id, of)? {
            Some((author, _)) if author != place.author.id => {
                let by = Some(place.author.id);
                audit::note(
                    self.connection,
                    place.at,
                    by,
                    "deleted",
                    Some(place.room.id),
                    Some(author),
                    Some(&of.to_string()),
                )
            }
            _ => Ok(()),
        }
    }

    /// Nothing that it ever said is left.
    fn delete(&self, place: &Place, of: Seq) -> rusqlite::Result<()> {
        let (room, of, seq) = (place.room.id, sql(of), sql(place.seq));
        let run = |statement: &str, values: &[&dyn rusqlite::ToSql]| {
            self.connection.prepare_cached(statement)?.execute(values).map(drop)
        };
        let text = if plant::is(Bug::DeletedBodyServed) { "body" } else { "''" };
        run(
            &format!(
                "UPDATE event SET body = {text}, reply_to = NULL, pinned = NULL, edited = NULL, to_all = NULL, deleted = ?3
                 WHERE room = ?1 AND seq = ?2"
            ),
            &[&room, &of, &seq],
        )?;
        run("UPDATE event SET body = '' WHERE room = ?1 AND of = ?2 AND kind = 'edited'", &[&room, &of])?;
        run("DELETE FROM mention WHERE room = ?1 AND seq = ?2", &[&room, &of])?;
        run("DELETE FROM reaction WHERE room = ?1 AND of = ?2", &[&room, &of])
    }
}

impl Place {
    fn event(self, cid: Cid, what: What) -> Event {
        Event { seq: self.seq, at: self.at, by: self.author.person, cid: Some(cid), what }
    }
}

impl From<Denied> for Refused {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

/// Whether to do so with somebody else's message is an act of power. Among themselves all pin what they like.
fn takes_power(act: &Act, room: Setting) -> bool {
    match act {
        Act::Delete { .. } => true,
        Act::Pin { .. } => room.kind != RoomKind::Direct,
        Act::Post { .. } | Act::Edit { .. } | Act::React { .. } => false,
    }
}

/// The word for an event, as on the wire.
fn kind(what: &What) -> String {
    match what {
        What::Posted(_) => "posted".to_owned(),
        What::Edited { .. } => "edited".to_owned(),
        What::Deleted { .. } => "deleted".to_owned(),
        What::Reacted { .. } => "reacted".to_owned(),
        What::Pinned { .. } => "pinned".to_owned(),
        What::Changed(change) => changes::word(change.kind),
        What::Unknown => "unknown".to_owned(),
    }
}

/// What is kept as its text: of a change, all that is said about it.
fn body(what: &What) -> rusqlite::Result<Option<String>> {
    Ok(match what {
        What::Posted(Post { body, .. }) | What::Edited { body, .. } => Some(body.clone()),
        What::Changed(change) => Some(super::json(change)?),
        _ => None,
    })
}

/// The number of the next event: the one after the room's head, which is of this very transaction.
fn next_seq(room: i64, head: Seq) -> Seq {
    if plant::is(Bug::SeqBeforeCommit) { planted_seq(room, head) } else { head + 1 }
}

/// From a counter that a failed transaction does not take back.
fn planted_seq(room: i64, head: Seq) -> Seq {
    static COUNTERS: parking_lot::Mutex<Option<HashMap<i64, Seq>>> = parking_lot::Mutex::new(None);
    let mut counters = COUNTERS.lock();
    let counter = counters.get_or_insert_default().entry(room).or_insert(head);
    *counter = (*counter).max(head) + 1;
    *counter
}
