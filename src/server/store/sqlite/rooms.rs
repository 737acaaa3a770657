//! Rooms, who is in them, how far they have read, and invitations.

use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::append::{self, Seat};
use super::read::{self, BY, ROOM, checked, time, word};
use super::{SqliteStore, audit, from_sql, sql};
use crate::protocol::api::order::{Ban, Mute};
use crate::protocol::api::people::Invite;
use crate::protocol::api::rooms::Member;
use crate::protocol::event::Person;
use crate::protocol::ids::{Epoch, Millis, PersonId, RoomKey, Seq};
use crate::protocol::limits;
use crate::protocol::power::{self, Denied, Role, RoomKind, Setting, Standing};
use crate::protocol::wire::RoomSummary;
use crate::server::error::StoreError;
use crate::server::store::people::{hash_start, public_id};
use crate::server::store::{Caller, Hit, Invited, NewInvite, NewRoom, NotKept, RoomRecord, Rooms, TokenHash};

/// So many rooms of somebody are read on the thread that asks.
const FEW: i64 = 16;

#[async_trait]
impl Rooms for SqliteStore {
    async fn open(&self, room: NewRoom) -> Result<RoomRecord, StoreError> {
        let key = room.key.clone();
        self.writer
            .run(move |logs, connection| {
                logs.rooms_changed();
                open(connection, &room)
            })
            .await?;
        self.there(&key)
    }

    async fn begin_anew(&self, lives: Vec<(RoomKey, Epoch)>) -> Result<(), StoreError> {
        if lives.is_empty() {
            return Ok(());
        }
        self.writer
            .run(move |logs, connection| {
                logs.rooms_changed();
                lives.iter().try_for_each(|(key, epoch)| begin_anew(connection, key, epoch))
            })
            .await
    }

    async fn create(&self, room: NewRoom, by: &Caller) -> Result<Result<Option<RoomRecord>, NotKept>, StoreError> {
        let (key, by) = (room.key.clone(), by.clone());
        let made = self.writer.run(move |logs, connection| create(logs, connection, &room, &by)).await?;
        match made {
            Ok(true) => self.there(&key).map(|room| Ok(Some(room))),
            Ok(false) => Ok(Ok(None)),
            Err(denied) => Ok(Err(denied)),
        }
    }

    async fn direct(
        &self,
        room: NewRoom,
        by: &Caller,
        others: &[PersonId],
    ) -> Result<Result<RoomRecord, Denied>, StoreError> {
        let (key, by, others) = (room.key.clone(), by.clone(), others.to_vec());
        let made = self.writer.run(move |logs, connection| direct(logs, connection, &room, &by, &others)).await?;
        match made {
            Ok(()) => self.there(&key).map(Ok),
            Err(denied) => Ok(Err(denied)),
        }
    }

    async fn all(&self) -> Result<Vec<RoomRecord>, StoreError> {
        Ok(self.known.records())
    }

    async fn room(&self, key: &RoomKey) -> Result<Option<Arc<RoomRecord>>, StoreError> {
        Ok(self.known.record(key))
    }

    async fn standing(&self, key: &RoomKey, person: &PersonId, now: Millis) -> Result<Standing, StoreError> {
        let (key, person) = (key.clone(), person.clone());
        self.look_up(move |connection| {
            let mut logs = append::Logs::new(connection);
            logs.standing_at(&key, &person, now)
        })
        .await
    }

    async fn of(&self, person: Option<&PersonId>, now: Millis) -> Result<Vec<RoomSummary>, StoreError> {
        let person = person.cloned();
        let few = {
            let person = person.clone();
            self.look_up(move |connection| few_summaries(connection, person.as_ref(), now)).await?
        };
        let rooms = match few {
            Some(rooms) => rooms,
            None => self.read(move |connection| summaries(connection, person.as_ref(), Which::Listed, now)).await?,
        };
        Ok(self.as_known(rooms))
    }

    async fn readable(
        &self,
        person: Option<&PersonId>,
        named: Option<&str>,
        now: Millis,
    ) -> Result<Vec<RoomKey>, StoreError> {
        let (person, named) = (person.map(ToString::to_string), named.map(str::to_owned));
        self.read(move |connection| {
            let mut select = connection.prepare_cached(
                "WITH me (id, role) AS (SELECT id, role FROM person WHERE public_id = ?1 AND NOT gone)
                 SELECT key FROM room
                 WHERE NOT EXISTS (SELECT 1 FROM person WHERE public_id = ?1 AND banned > ?3)
                   AND (guests OR (kind = 'open' AND EXISTS (SELECT 1 FROM me WHERE role <> 'guest'))
                        OR EXISTS (SELECT 1 FROM member JOIN me ON me.id = member.person WHERE member.room = room.id))
                   AND NOT EXISTS (SELECT 1 FROM ban JOIN me ON me.id = ban.person
                                   WHERE ban.room = room.id AND ban.until > ?3)
                   AND (?2 IS NULL OR key = lower(?2) OR lower(title) = lower(?2))",
            )?;
            select.query_map(params![person, named, sql(now)], |row| checked(row, 0))?.collect()
        })
        .await
    }

    async fn summary(
        &self,
        key: &RoomKey,
        person: Option<&PersonId>,
        now: Millis,
    ) -> Result<Option<RoomSummary>, StoreError> {
        let (key, person) = (key.clone(), person.cloned());
        let rooms = self.read(move |connection| summaries(connection, person.as_ref(), Which::One(&key), now)).await?;
        Ok(self.as_known(rooms).pop())
    }

    async fn directory(
        &self,
        person: &PersonId,
        now: Millis,
        after: Option<&RoomKey>,
        limit: usize,
    ) -> Result<Vec<(RoomRecord, bool)>, StoreError> {
        let (person, after, limit) = (person.clone(), after.cloned(), sql(limit as u64));
        self.read(move |connection| {
            let mut select = connection.prepare_cached(&format!(
                "SELECT {ROOM}, EXISTS (SELECT 1 FROM member JOIN person ON person.id = member.person
                   WHERE member.room = room.id AND person.public_id = ?1)
                 FROM room WHERE kind = 'open' AND NOT archived
                   AND NOT EXISTS (SELECT 1 FROM ban JOIN person ON person.id = ban.person
                     WHERE ban.room = room.id AND person.public_id = ?1 AND ban.until > ?4)
                   AND (?2 IS NULL OR (title, key) > (SELECT title, key FROM room WHERE key = ?2))
                 ORDER BY title, key LIMIT ?3"
            ))?;
            let values = params![person.as_str(), after.as_ref().map(RoomKey::as_str), limit, sql(now)];
            select.query_map(values, |row| Ok((read::room(row)?, row.get(11)?)))?.collect()
        })
        .await
    }

    async fn members(&self, key: &RoomKey, after: Option<&PersonId>, limit: usize) -> Result<Vec<Member>, StoreError> {
        let (key, after, limit) = (key.clone(), after.cloned(), sql(limit as u64));
        self.read(move |connection| members(connection, &key, after.as_ref(), limit)).await
    }

    async fn mutes(
        &self,
        key: &RoomKey,
        now: Millis,
        after: Option<&PersonId>,
        limit: usize,
    ) -> Result<Vec<Mute>, StoreError> {
        let (key, after, limit) = (key.clone(), after.cloned(), sql(limit as u64));
        self.read(move |connection| {
            let mut select = connection.prepare_cached(&format!(
                "SELECT {BY}, mute.until FROM mute JOIN person ON person.id = mute.person
                 WHERE mute.room = (SELECT id FROM room WHERE key = ?1) AND mute.until > ?2 AND {BEHIND}
                 ORDER BY person.likeness LIMIT ?4"
            ))?;
            let mute = |row: &Row<'_>| Ok(Mute { who: read::by(row, 0)?, until: from_sql(row.get(3)?) });
            let values = params![key.as_str(), sql(now), after.as_ref().map(PersonId::as_str), limit];
            select.query_map(values, mute)?.collect()
        })
        .await
    }

    async fn bans(
        &self,
        key: &RoomKey,
        now: Millis,
        after: Option<&PersonId>,
        limit: usize,
    ) -> Result<Vec<Ban>, StoreError> {
        let (key, after, limit) = (key.clone(), after.cloned(), sql(limit as u64));
        self.read(move |connection| {
            let mut select = connection.prepare_cached(&format!(
                "SELECT {BAN} WHERE ban.room = (SELECT id FROM room WHERE key = ?1) AND ban.until > ?2 AND {BEHIND}
                 ORDER BY person.likeness LIMIT ?4"
            ))?;
            let values = params![key.as_str(), sql(now), after.as_ref().map(PersonId::as_str), limit];
            select.query_map(values, ban)?.collect()
        })
        .await
    }

    async fn ban_of(&self, key: &RoomKey, whom: &PersonId, now: Millis) -> Result<Option<Ban>, StoreError> {
        let (key, whom) = (key.clone(), whom.clone());
        self.read(move |connection| {
            let mut select = connection.prepare_cached(&format!(
                "SELECT {BAN} WHERE ban.room = (SELECT id FROM room WHERE key = ?1) AND ban.until > ?2
                 AND person.public_id = ?3"
            ))?;
            select.query_row(params![key.as_str(), sql(now), whom.as_str()], ban).optional()
        })
        .await
    }

    async fn set_read(
        &self,
        positions: Vec<((PersonId, RoomKey), Seq)>,
    ) -> Result<Vec<(PersonId, RoomKey)>, StoreError> {
        self.write(move |connection| {
            let mut further = connection.prepare_cached(
                "SELECT 1 FROM reading JOIN person ON person.id = reading.person JOIN room ON room.id = reading.room
                 WHERE person.public_id = ?1 AND room.key = ?2 AND reading.seq > ?3",
            )?;
            let mut note = connection.prepare_cached(
                "INSERT INTO reading (person, room, seq)
                 SELECT person.id, room.id, ?3 FROM person, room WHERE person.public_id = ?1 AND room.key = ?2
                 ON CONFLICT (person, room) DO UPDATE SET seq = excluded.seq",
            )?;
            let mut unread_again = Vec::new();
            for ((person, key), seq) in positions {
                if further.exists(params![person.as_str(), key.as_str(), sql(seq)])? {
                    unread_again.push((person.clone(), key.clone()));
                }
                note.execute(params![person.as_str(), key.as_str(), sql(seq)])?;
            }
            Ok(unread_again)
        })
        .await
    }

    async fn mentions(
        &self,
        person: &PersonId,
        before: Option<Millis>,
        now: Millis,
        limit: usize,
    ) -> Result<Vec<Hit>, StoreError> {
        let (person, limit) = (person.clone(), sql(limit as u64));
        self.read(move |connection| mentions(connection, &person, before, now, limit)).await
    }

    async fn add_invite(&self, invite: NewInvite, by: &Caller) -> Result<Result<Invite, NotKept>, StoreError> {
        let by = by.clone();
        self.writer.run(move |logs, connection| add_invite(logs, connection, &invite, &by)).await
    }

    async fn invites(&self, by: Option<&PersonId>, room: Option<&RoomKey>) -> Result<Vec<Invite>, StoreError> {
        let (by, room) = (by.map(ToString::to_string), room.map(ToString::to_string));
        self.read(move |connection| {
            let mut select = connection.prepare_cached(&format!(
                "SELECT {INVITE} WHERE (?1 IS NULL OR person.public_id = ?1) AND (?2 IS NULL OR room.key = ?2)
                 ORDER BY invite.created DESC LIMIT ?3"
            ))?;
            select.query_map(params![by, room, sql(limits::LISTED_INVITES as u64)], invite)?.collect()
        })
        .await
    }

    async fn invited(&self, code: &TokenHash, now: Millis) -> Result<Option<Invited>, StoreError> {
        let code = *code;
        self.read(move |connection| {
            let mut select = connection.prepare_cached(&format!(
                "SELECT {INVITE} WHERE invite.code_hash = ?1 AND invite.expires > ?2 AND invite.uses_left > 0"
            ))?;
            let found = select.query_row(params![code, sql(now)], invite).optional()?;
            let Some(Invite { room, by, .. }) = found else { return Ok(None) };
            let Some(room) = room else { return Ok(Some(Invited { room: None, by })) };
            let mut select = connection.prepare_cached(&format!("SELECT {ROOM} FROM room WHERE key = ?1"))?;
            let room = select.query_row([room.as_str()], read::room)?;
            Ok(Some(Invited { room: Some(room), by }))
        })
        .await
    }

    async fn use_invite(&self, code: &TokenHash, now: Millis) -> Result<bool, StoreError> {
        let code = *code;
        self.write(move |connection| {
            let mut used = connection.prepare_cached(
                "UPDATE invite SET uses_left = uses_left - 1
                 WHERE code_hash = ?1 AND room IS NULL AND expires > ?2 AND uses_left > 0",
            )?;
            Ok(used.execute(params![code, sql(now)])? > 0)
        })
        .await
    }

    async fn end_invite(&self, id: &str, by: &Caller, now: Millis) -> Result<Result<bool, Denied>, StoreError> {
        let (id, by) = (id.to_owned(), by.clone());
        self.writer.run(move |logs, connection| end_invite(logs, connection, &id, &by, now)).await
    }
}

impl SqliteStore {
    fn there(&self, key: &RoomKey) -> Result<RoomRecord, StoreError> {
        self.known
            .record(key)
            .map(Arc::unwrap_or_clone)
            .ok_or_else(|| StoreError("a room is not there after it was made".to_owned()))
    }

    /// Of a room that keeps nothing the database does not know how far it has come, and nobody has anything to read there.
    fn as_known(&self, mut rooms: Vec<RoomSummary>) -> Vec<RoomSummary> {
        for room in &mut rooms {
            let Some(record) = self.known.record(&room.room) else { continue };
            room.head = room.head.max(record.head);
            if !record.history {
                (room.read, room.unread, room.mentions) = (room.head, 0, 0);
            }
        }
        rooms
    }
}

fn open(connection: &Connection, room: &NewRoom) -> rusqlite::Result<()> {
    if insert(connection, room)? {
        return Ok(());
    }
    let mut other = connection.prepare_cached("UPDATE room SET history = ?2 WHERE key = ?1 AND history <> ?2")?;
    match other.execute(params![room.key.as_str(), room.history])? {
        0 => Ok(()),
        _ => begin_anew(connection, &room.key, &room.epoch),
    }
}

/// Nobody has read what was not said yet.
fn begin_anew(connection: &Connection, key: &RoomKey, epoch: &Epoch) -> rusqlite::Result<()> {
    let mut renew = connection.prepare_cached("UPDATE room SET epoch = ?2 WHERE key = ?1 RETURNING id, head")?;
    let found =
        renew.query_row([key.as_str(), epoch.as_str()], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)));
    let Some((room, head)) = found.optional()? else { return Ok(()) };
    connection.execute("UPDATE reading SET seq = ?2 WHERE room = ?1 AND seq > ?2", [room, head]).map(drop)
}

/// Whether somebody has joined as many rooms as anybody may. Those of people among themselves nobody leaves, and others
/// bring them in: they do not count.
pub(super) fn has_too_many(connection: &Connection, person: i64) -> rusqlite::Result<bool> {
    let mut count = connection.prepare_cached(
        "SELECT count(*) FROM member JOIN room ON room.id = member.room WHERE person = ?1 AND kind <> 'direct'",
    )?;
    count.query_row([person], |row| row.get(0)).map(|count| from_sql(count) >= limits::JOINED_ROOMS as u64)
}

/// `false` if one of that key is there.
fn insert(connection: &Connection, room: &NewRoom) -> rusqlite::Result<bool> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO room (key, title, topic, kind, guests, announce, archived, epoch, head, history)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9) ON CONFLICT (key) DO NOTHING",
    )?;
    let Setting { kind, guests, announce, archived } = room.setting;
    let kind = read::text_of(&kind)?;
    let (key, epoch) = (room.key.as_str(), room.epoch.as_str());
    let values = params![key, room.title, room.topic, kind, guests, announce, archived, epoch, room.history];
    Ok(insert.execute(values)? > 0)
}

fn create(
    logs: &mut append::Logs<'_>,
    connection: &Connection,
    room: &NewRoom,
    by: &Caller,
) -> rusqlite::Result<Result<bool, NotKept>> {
    let Some((person, role)) = logs.caller(by, room.at)? else { return Ok(Err(Denied::LogIn.into())) };
    if let Err(denied) = power::open_room(role) {
        return Ok(Err(denied.into()));
    }
    if has_too_many(connection, person)? {
        return Ok(Err(NotKept::TooMany));
    }
    if !insert(connection, room)? {
        return Ok(Ok(false));
    }
    sit(connection, &room.key, person, Role::Moderator)?;
    logs.rooms_changed();
    Ok(Ok(true))
}

fn direct(
    logs: &mut append::Logs<'_>,
    connection: &Connection,
    room: &NewRoom,
    by: &Caller,
    others: &[PersonId],
) -> rusqlite::Result<Result<(), Denied>> {
    let Some((person, role)) = logs.caller(by, room.at)? else { return Ok(Err(Denied::LogIn)) };
    if let Err(denied) = power::open_room(role) {
        return Ok(Err(denied));
    }
    let mut people = vec![person];
    for other in others {
        let Some(other) = read::person_number(connection, other)? else { return Ok(Err(Denied::NotThere)) };
        if blocks(connection, other, person)? || blocks(connection, person, other)? {
            return Ok(Err(Denied::Blocked));
        }
        people.push(other);
    }
    if insert(connection, room)? {
        people.into_iter().try_for_each(|person| sit(connection, &room.key, person, Role::Member))?;
        logs.rooms_changed();
    }
    Ok(Ok(()))
}

fn blocks(connection: &Connection, person: i64, whom: i64) -> rusqlite::Result<bool> {
    let mut select = connection.prepare_cached("SELECT 1 FROM block WHERE person = ?1 AND whom = ?2")?;
    select.exists(params![person, whom])
}

fn sit(connection: &Connection, room: &RoomKey, person: i64, role: Role) -> rusqlite::Result<()> {
    let mut insert = connection
        .prepare_cached("INSERT INTO member (room, person, role) SELECT id, ?2, ?3 FROM room WHERE key = ?1")?;
    insert.execute(params![room.as_str(), person, read::text_of(&role)?]).map(drop)
}

/// Unread are the messages of others behind the last that was read; counted so far that it is known whether there are
/// more than are told.
const UNREAD: &str = "SELECT count(*) FROM (SELECT 1 FROM event WHERE event.room = ?1 AND event.seq > ?2
    AND event.kind = 'posted' AND event.deleted IS NULL AND event.author <> ?3 LIMIT ?4)";
const UNREAD_MENTIONS: &str = "SELECT count(*) FROM (SELECT 1 FROM mention WHERE mention.room = ?1 AND mention.seq > ?2
    AND mention.person = ?3 AND NOT mention.quiet LIMIT ?4)";

/// Of the rooms of people among themselves those where something was said come first: not all are listed, and others may make
/// many.
fn listed() -> String {
    format!(
        "room.id IN (
      SELECT id FROM room WHERE guests
      UNION SELECT member.room FROM member JOIN room ON room.id = member.room WHERE person = ?1 AND kind <> 'direct'
      UNION SELECT * FROM (SELECT member.room FROM member JOIN room ON room.id = member.room
        WHERE person = ?1 AND kind = 'direct' ORDER BY head = 0, member.room DESC LIMIT {}))
    AND NOT EXISTS (SELECT 1 FROM ban WHERE ban.room = room.id AND ban.person = ?1 AND ban.until > ?2)",
        limits::LISTED_DIRECT
    )
}

/// Which rooms of somebody.
enum Which<'k> {
    /// Those that they may follow without any more ado, those that need no joining among them.
    Listed,
    /// That one, whatever it is to them.
    One(&'k RoomKey),
}

/// Those that are listed, if they are so few that reading them takes no longer than handing that to another thread.
fn few_summaries(
    connection: &Connection,
    person: Option<&PersonId>,
    now: Millis,
) -> rusqlite::Result<Option<Vec<RoomSummary>>> {
    let (number, _) = number_and_role(connection, person)?;
    let mut count = connection
        .prepare_cached(&format!("SELECT count(*) FROM (SELECT 1 FROM room WHERE {} LIMIT {FEW} + 1)", listed()))?;
    let count: i64 = count.query_row(params![number, sql(now)], |row| row.get(0))?;
    (count <= FEW).then(|| summaries(connection, person, Which::Listed, now)).transpose()
}

/// Of nobody, those of nobody.
fn number_and_role(connection: &Connection, person: Option<&PersonId>) -> rusqlite::Result<(i64, Role)> {
    let Some(id) = person else { return Ok((0, Role::Reader)) };
    let mut select = connection.prepare_cached("SELECT id, role FROM person WHERE public_id = ?1")?;
    let found = select.query_row([id.as_str()], |row| Ok((row.get(0)?, word(row, 1)?))).optional()?;
    Ok(found.unwrap_or((0, Role::Reader)))
}

fn summaries(
    connection: &Connection,
    person: Option<&PersonId>,
    which: Which<'_>,
    now: Millis,
) -> rusqlite::Result<Vec<RoomSummary>> {
    let (number, site) = number_and_role(connection, person)?;
    let (condition, value) = match which {
        Which::One(key) => ("room.key = ?2".to_owned(), Value::from(key.as_str().to_owned())),
        Which::Listed => (listed(), Value::from(sql(now))),
    };
    let mut select = connection.prepare_cached(&format!(
        "SELECT {ROOM}, room.id, (SELECT seq FROM reading WHERE person = ?1 AND room = room.id)
         FROM room WHERE {condition} ORDER BY room.kind = 'direct', NOT room.guests, room.title, room.key"
    ))?;
    let rows = select
        .query_map(params![number, value], |row| Ok((read::room(row)?, row.get::<_, i64>(11)?, time(row, 12)?)))?;
    rows.map(|row| {
        let (record, room, read) = row?;
        let seat = read::seat(connection, room, number)?;
        let seat = Seat { muted: seat.muted.filter(|until| *until > now), ..seat };
        summary(connection, record, Place { room, number, site, seat, read })
    })
    .collect()
}

/// Who looks at which room.
struct Place {
    room: i64,
    number: i64,
    site: Role,
    seat: Seat,
    read: Option<Seq>,
}

fn summary(connection: &Connection, record: RoomRecord, place: Place) -> rusqlite::Result<RoomSummary> {
    let Place { room, number, site, seat, read } = place;
    let standing = Standing { site, seat: seat.role, ..Standing::default() };
    let joined = seat.role.is_some() || (record.setting.guests && site > Role::Reader);
    // Who has not read anything yet begins at the end.
    let read = read.unwrap_or(if number == 0 || seat.role.is_none() { record.head } else { 0 });
    let count = |statement: &str| -> rusqlite::Result<u64> {
        if number == 0 || !joined {
            return Ok(0);
        }
        let mut count = connection.prepare_cached(statement)?;
        count.query_row(params![room, sql(read), number, sql(limits::UNREAD + 1)], |row| row.get(0)).map(from_sql)
    };
    let with = if record.kind() == RoomKind::Direct { others(connection, room, number)? } else { Vec::new() };
    Ok(RoomSummary {
        unread: count(UNREAD)?,
        mentions: count(UNREAD_MENTIONS)?,
        role: standing.role(record.setting),
        room: record.key,
        title: record.title,
        kind: record.setting.kind,
        epoch: record.epoch,
        head: record.head,
        read,
        joined,
        topic: record.topic,
        archived: record.setting.archived,
        announce: record.setting.announce,
        guests: record.setting.guests,
        with,
        muted: seat.muted,
    })
}

fn others(connection: &Connection, room: i64, me: i64) -> rusqlite::Result<Vec<Person>> {
    let mut select = connection.prepare_cached(&format!(
        "SELECT {BY} FROM member JOIN person ON person.id = member.person
         WHERE member.room = ?1 AND member.person <> ?2 ORDER BY person.name"
    ))?;
    select.query_map(params![room, me], |row| read::by(row, 0))?.collect()
}

fn members(
    connection: &Connection,
    key: &RoomKey,
    after: Option<&PersonId>,
    limit: i64,
) -> rusqlite::Result<Vec<Member>> {
    let mut select = connection.prepare_cached(&format!(
        "SELECT {BY}, member.role, person.role, mute.until FROM member JOIN person ON person.id = member.person
         LEFT JOIN mute ON mute.room = member.room AND mute.person = member.person
         WHERE member.room = (SELECT id FROM room WHERE key = ?1)
           AND person.likeness > coalesce((SELECT likeness FROM person WHERE public_id = ?2), '')
         ORDER BY person.likeness LIMIT ?3"
    ))?;
    let member = |row: &Row<'_>| {
        let (seat, site): (Role, Role) = (word(row, 3)?, word(row, 4)?);
        let role = if site >= Role::Admin { site } else { seat };
        Ok(Member { person: read::by(row, 0)?, role, muted: time(row, 5)? })
    };
    select.query_map(params![key.as_str(), after.map(PersonId::as_str), limit], member)?.collect()
}

/// Only those that they may still read.
fn mentions(
    connection: &Connection,
    person: &PersonId,
    before: Option<Millis>,
    now: Millis,
    limit: i64,
) -> rusqlite::Result<Vec<Hit>> {
    // Those of one millisecond stay together: who goes on behind it would miss the others.
    let mut select = connection.prepare_cached(
        "WITH mine AS NOT MATERIALIZED (
           SELECT room.key AS key, mention.room AS room, mention.seq AS seq, mention.at AS at
           FROM mention JOIN room ON room.id = mention.room JOIN person ON person.id = mention.person
           WHERE person.public_id = ?1 AND IFNULL(person.banned, 0) <= ?4 AND mention.at < ?2 AND NOT mention.quiet
             AND NOT EXISTS (SELECT 1 FROM ban WHERE ban.room = room.id AND ban.person = person.id AND ban.until > ?4)
             AND (room.guests OR (room.kind = 'open' AND person.role <> 'guest')
                  OR EXISTS (SELECT 1 FROM member WHERE member.room = room.id AND member.person = person.id)))
         SELECT key, room, seq FROM mine
         WHERE at >= IFNULL((SELECT at FROM mine ORDER BY at DESC LIMIT 1 OFFSET ?3 - 1), 0)
         ORDER BY at DESC, room, seq DESC",
    )?;
    let before = before.map_or(i64::MAX, sql);
    let spots = select.query_map(params![person.as_str(), before, limit, sql(now)], |row| {
        Ok((checked::<RoomKey>(row, 0)?, row.get::<_, i64>(1)?, from_sql(row.get(2)?)))
    })?;
    let mut hits = Vec::new();
    for spot in spots {
        let (key, room, seq) = spot?;
        let found = read::message(connection, room, seq)?;
        hits.extend(found.map(|event| Hit { room: key, event: Arc::new(event) }));
    }
    Ok(hits)
}

/// Whoever stands behind the third of what is asked, in a list by name.
const BEHIND: &str = "person.likeness > coalesce((SELECT likeness FROM person WHERE public_id = ?3), '')";

/// What [`ban`] reads, and whence.
const BAN: &str = "person.public_id, person.name, person.colour, ban.until, ban.reason
    FROM ban JOIN person ON person.id = ban.person";

fn ban(row: &Row<'_>) -> rusqlite::Result<Ban> {
    Ok(Ban { who: read::by(row, 0)?, until: from_sql(row.get(3)?), reason: row.get(4)? })
}

/// What [`invite`] reads, and whence.
const INVITE: &str = "invite.code_hash, room.key, person.public_id, person.name, person.colour, invite.created,
    invite.expires, invite.uses_left
    FROM invite JOIN person ON person.id = invite.by LEFT JOIN room ON room.id = invite.room";

fn invite(row: &Row<'_>) -> rusqlite::Result<Invite> {
    let room = if row.get_ref(1)?.as_str_or_null()?.is_some() { Some(checked(row, 1)?) } else { None };
    Ok(Invite {
        id: public_id(&row.get(0)?),
        room,
        by: read::by(row, 2)?,
        created: from_sql(row.get(5)?),
        expires: from_sql(row.get(6)?),
        left: from_sql(row.get(7)?),
    })
}

fn add_invite(
    logs: &mut append::Logs<'_>,
    connection: &Connection,
    invite: &NewInvite,
    by: &Caller,
) -> rusqlite::Result<Result<Invite, NotKept>> {
    let Some((person, role)) = logs.caller(by, invite.at)? else { return Ok(Err(Denied::LogIn.into())) };
    let (allowed, room) = match &invite.room {
        None => (power::administer(role), None),
        Some(key) => {
            let Some(room) = read::room_number(connection, key)? else { return Ok(Err(Denied::NotThere.into())) };
            let standing = logs.standing_at(key, &by.me.id, invite.at)?;
            (power::invite(standing, logs.setting(key)?), Some(room))
        }
    };
    if let Err(denied) = allowed {
        return Ok(Err(denied.into()));
    }
    let mut count = connection.prepare_cached("SELECT COUNT(*) FROM invite WHERE by = ?1")?;
    if count.query_row([person], |row| row.get(0)).map(from_sql)? >= limits::INVITES as u64 {
        return Ok(Err(NotKept::TooMany));
    }
    let mut insert = connection.prepare_cached(
        "INSERT INTO invite (code_hash, room, by, created, expires, uses_left) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let (created, expires) = (sql(invite.at), sql(invite.expires));
    insert.execute(params![invite.code, room, person, created, expires, sql(invite.uses)])?;
    audit::note(connection, invite.at, Some(person), "invited", room, None, None)?;
    Ok(Ok(Invite {
        id: public_id(&invite.code),
        room: invite.room.clone(),
        by: Person::from(&by.me),
        created: invite.at,
        expires: invite.expires,
        left: invite.uses,
    }))
}

fn end_invite(
    logs: &mut append::Logs<'_>,
    connection: &Connection,
    id: &str,
    by: &Caller,
    now: Millis,
) -> rusqlite::Result<Result<bool, Denied>> {
    let Some((person, role)) = logs.caller(by, now)? else { return Ok(Err(Denied::LogIn)) };
    let Some(start) = hash_start(id) else { return Ok(Ok(false)) };
    let mut select = connection.prepare_cached(
        "SELECT invite.code_hash, invite.by, room.key FROM invite LEFT JOIN room ON room.id = invite.room
         WHERE invite.code_hash >= ?1 AND substr(invite.code_hash, 1, 12) = ?1",
    )?;
    let found = select
        .query_row([&start], |row| {
            Ok((row.get::<_, TokenHash>(0)?, row.get::<_, i64>(1)?, row.get::<_, Option<String>>(2)?))
        })
        .optional()?;
    let Some((code, owner, room)) = found else { return Ok(Ok(false)) };
    let allowed = match room.and_then(|room| room.parse().ok()) {
        _ if owner == person => Ok(()),
        Some(key) => power::moderate(logs.standing_at(&key, &by.me.id, now)?, logs.setting(&key)?),
        None => power::administer(role),
    };
    match allowed {
        Ok(()) => {
            connection.prepare_cached("DELETE FROM invite WHERE code_hash = ?1")?.execute([code])?;
            Ok(Ok(true))
        }
        // Who may not see it does not learn that it is there.
        Err(_) => Ok(Ok(false)),
    }
}
