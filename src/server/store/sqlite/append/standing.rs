//! Who drafts, where, and how they stand there: all as the transaction sees it.

use rusqlite::{OptionalExtension, Row, params};

use super::Logs;
use crate::protocol::api::people::Scope;
use crate::protocol::event::Person;
use crate::protocol::ids::{Millis, PersonId, RoomKey, Seq};
use crate::protocol::power::{Role, RoomKind, Setting, Standing};
use crate::server::plant::{self, Bug};
use crate::server::store::sqlite::read::{self, checked};
use crate::server::store::sqlite::{from_sql, sql};
use crate::server::store::{Caller, Deed, Draft, Scopes, TokenHash};

/// A room, with its head so far.
#[derive(Clone)]
pub(super) struct Room {
    pub(super) id: i64,
    pub(super) head: Seq,
    pub(super) setting: Setting,
    pub(super) history: bool,
    pub(super) grown: bool,
}

/// Somebody who drafts.
#[derive(Clone)]
pub(super) struct Author {
    pub(super) id: i64,
    pub(super) person: Person,
    pub(super) role: Role,
    pub(super) banned: Option<Millis>,
}

/// A session that stands.
#[derive(Clone, Copy)]
pub(super) struct Session {
    person: i64,
    scopes: Scopes,
}

/// How somebody is in a room.
#[derive(Clone, Copy, Default)]
pub(in crate::server::store::sqlite) struct Seat {
    pub(in crate::server::store::sqlite) role: Option<Role>,
    pub(in crate::server::store::sqlite) muted: Option<Millis>,
    pub(in crate::server::store::sqlite) banned: Option<Millis>,
}

impl Logs<'_> {
    /// Who a draft is by, if the session by which it came still stands.
    pub(super) fn author_of(&mut self, draft: &Draft) -> rusqlite::Result<Option<Author>> {
        let Some(author) = self.author(&draft.author)? else { return Ok(None) };
        let Some(session) = draft.session.filter(|_| !plant::is(Bug::SessionOutlivesItsEnd)) else {
            return Ok(Some(author));
        };
        let stands = self.session(session, draft.at)?.is_some_and(|session| session.person == author.id);
        Ok(stands.then_some(author))
    }

    /// Whether a draft may be an act of power, as far as the session goes by which it came.
    pub(super) fn keeps_order(&mut self, draft: &Draft) -> rusqlite::Result<bool> {
        let Some(session) = draft.session else { return Ok(true) };
        Ok(self.session(session, draft.at)?.is_some_and(|session| session.scopes.holds(Scope::Moderate)))
    }

    /// The number and the role of who asks, while the session stands and they are not banned.
    pub(in crate::server::store::sqlite) fn caller(
        &mut self,
        by: &Caller,
        now: Millis,
    ) -> rusqlite::Result<Option<(i64, Role)>> {
        let Some(author) = self.author(&by.me.id)? else { return Ok(None) };
        let stands = self.session(by.session, now)?.is_some_and(|session| session.person == author.id);
        let banned = author.banned.is_some_and(|until| until > now);
        Ok((stands && !banned).then_some((author.id, author.role)))
    }

    /// How somebody stands in a room; in one that is not there, or one who is not, as nobody.
    pub(in crate::server::store::sqlite) fn standing_at(
        &mut self,
        key: &RoomKey,
        person: &PersonId,
        now: Millis,
    ) -> rusqlite::Result<Standing> {
        match (self.room(key)?, self.author(person)?) {
            (Some(room), Some(who)) => self.standing(&room, &who, now),
            _ => Ok(Standing::default()),
        }
    }

    /// How a room is set.
    pub(in crate::server::store::sqlite) fn setting(&mut self, key: &RoomKey) -> rusqlite::Result<Setting> {
        Ok(self.room(key)?.map(|room| room.setting).unwrap_or_default())
    }

    pub(super) fn author(&mut self, id: &PersonId) -> rusqlite::Result<Option<Author>> {
        if let Some(known) = self.people.get(id) {
            return Ok(known.clone());
        }
        let mut select = self.connection.prepare_cached(
            "SELECT id, public_id, name, colour, role, banned FROM person WHERE public_id = ?1 AND NOT gone",
        )?;
        let found = select.query_row([id.as_str()], author).optional()?;
        self.people.insert(id.clone(), found.clone());
        Ok(found)
    }

    /// A session, while it stands.
    fn session(&mut self, token: TokenHash, now: Millis) -> rusqlite::Result<Option<Session>> {
        if let Some(known) = self.sessions.get(&token) {
            return Ok(*known);
        }
        let mut select = self
            .connection
            .prepare_cached("SELECT person, scopes FROM session WHERE token_hash = ?1 AND expires > ?2")?;
        let session = |row: &Row<'_>| Ok(Session { person: row.get(0)?, scopes: Scopes(row.get(1)?) });
        let found = select.query_row(params![token, sql(now)], session).optional()?;
        self.sessions.insert(token, found);
        Ok(found)
    }

    /// The room, with its head so far.
    pub(super) fn room(&mut self, key: &RoomKey) -> rusqlite::Result<Option<Room>> {
        if let Some(known) = self.rooms.get(key) {
            return Ok(known.clone());
        }
        let mut select = self
            .connection
            .prepare_cached("SELECT id, head, kind, guests, announce, archived, history FROM room WHERE key = ?1")?;
        let room = |row: &Row<'_>| {
            let (id, head) = (row.get(0)?, from_sql(row.get(1)?));
            Ok(Room { id, head, setting: read::setting(row, 2)?, history: row.get(6)?, grown: false })
        };
        let found = select.query_row([key.as_str()], room).optional()?;
        self.rooms.insert(key.clone(), found.clone());
        Ok(found)
    }

    /// How who drafts stands where they draft.
    pub(super) fn standing_of_author(
        &mut self,
        room: &Room,
        author: &Author,
        draft: &Draft,
    ) -> rusqlite::Result<Standing> {
        let standing = self.standing(room, author, draft.at)?;
        Ok(match draft.deed {
            Deed::Act(_) | Deed::Texts(_) if plant::is(Bug::PowerAtTheDoorOnly) => through_the_door(standing),
            _ => standing,
        })
    }

    /// How somebody stands in a room.
    pub(super) fn standing(&mut self, room: &Room, who: &Author, now: Millis) -> rusqlite::Result<Standing> {
        let seat = self.seat(room.id, who.id)?;
        let still = |until: Option<Millis>| until.is_some_and(|until| until > now);
        let banned = still(who.banned) || still(seat.banned);
        let blocked = room.setting.kind == RoomKind::Direct && self.is_blocked(room.id)?;
        Ok(Standing { site: who.role, seat: seat.role, banned, muted: still(seat.muted), blocked })
    }

    /// Whether one of two people among themselves does not want to hear from the other.
    fn is_blocked(&self, room: i64) -> rusqlite::Result<bool> {
        let mut select = self.connection.prepare_cached(
            "SELECT count(*) = 2 AND EXISTS (
               SELECT 1 FROM block JOIN member a ON a.person = block.person JOIN member b ON b.person = block.whom
               WHERE a.room = ?1 AND b.room = ?1) FROM member WHERE room = ?1",
        )?;
        select.query_row([room], |row| row.get(0))
    }

    /// The same of somebody by their number; of one who is gone, that of nobody.
    pub(super) fn standing_of(&mut self, room: &Room, person: i64, now: Millis) -> rusqlite::Result<Standing> {
        let mut select = self.connection.prepare_cached(
            "SELECT id, public_id, name, colour, role, banned FROM person WHERE id = ?1 AND NOT gone",
        )?;
        match select.query_row([person], author).optional()? {
            Some(who) => self.standing(room, &who, now),
            None => Ok(Standing::default()),
        }
    }

    pub(super) fn seat(&mut self, room: i64, person: i64) -> rusqlite::Result<Seat> {
        if let Some(known) = self.seats.get(&(room, person)) {
            return Ok(*known);
        }
        let seat = read::seat(self.connection, room, person)?;
        self.seats.insert((room, person), seat);
        Ok(seat)
    }
}

/// As one who was let in a moment ago: what has become of them since is not looked at.
fn through_the_door(standing: Standing) -> Standing {
    Standing { banned: false, muted: false, seat: standing.seat.or(Some(Role::Member)), ..standing }
}

fn author(row: &Row<'_>) -> rusqlite::Result<Author> {
    let person =
        Person { id: checked(row, 1)?, name: row.get(2)?, colour: row.get::<_, Option<i64>>(3)?.map(from_sql) };
    let banned = row.get::<_, Option<i64>>(5)?.map(from_sql);
    Ok(Author { id: row.get(0)?, person, role: read::word(row, 4)?, banned })
}
