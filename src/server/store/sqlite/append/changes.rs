//! What becomes of rooms and of people in them: whether it may, and what it leaves behind.

use rusqlite::types::FromSql;
use rusqlite::{ToSql, params};

use super::super::rooms;
use super::standing::Author;
use super::{Logs, Place, Verdict};
use crate::protocol::event::{Change, ChangeKind, What};
use crate::protocol::ids::Millis;
use crate::protocol::power::{self, May, Role, Standing};
use crate::server::store::sqlite::{audit, read, sql};
use crate::server::store::{Refused, TokenHash};

/// For ever, in the database.
const FOR_EVER: Millis = i64::MAX as Millis;

impl Logs<'_> {
    /// What becomes of it, if it may be and is not so already.
    pub(super) fn decide_change(&mut self, place: &Place, mut change: Change) -> Verdict<What> {
        let whom = match &change.who {
            None => None,
            Some(who) => match self.author(&who.id)? {
                Some(whom) => Some(whom),
                None => return Ok(Err(Refused::NoPerson)),
            },
        };
        let standing = match &whom {
            Some(whom) => self.standing(&place.room, whom, place.at)?,
            None => place.standing,
        };
        if let Err(denied) = may_change(place, &change, standing, whom.as_ref()) {
            return Ok(Err(denied.into()));
        }
        let about = whom.as_ref().map_or(place.author.id, |whom| whom.id);
        if self.is_so(place, &change, about)? {
            return Ok(Err(Refused::AlreadySo));
        }
        if matches!(change.kind, ChangeKind::Joined | ChangeKind::Added) && self.has_too_many_rooms(about)? {
            return Ok(Err(Refused::TooManyRooms));
        }
        change.who = whom.map(|whom| whom.person);
        Ok(Ok(What::Changed(Box::new(change))))
    }

    /// Joins by an invitation: it is used up with that, or neither happens.
    pub(super) fn redeem(&mut self, place: &Place, code: &TokenHash) -> Verdict<What> {
        if place.standing.banned {
            return Ok(Err(Refused::Denied(power::Denied::Banned)));
        }
        if place.standing.seat.is_some() {
            return Ok(Err(Refused::AlreadySo));
        }
        if place.room.setting.archived {
            return Ok(Err(Refused::Denied(power::Denied::Archived)));
        }
        if self.has_too_many_rooms(place.author.id)? {
            return Ok(Err(Refused::TooManyRooms));
        }
        let mut used = self.connection.prepare_cached(
            "UPDATE invite SET uses_left = uses_left - 1
             WHERE code_hash = ?1 AND room = ?2 AND expires > ?3 AND uses_left > 0",
        )?;
        if used.execute(params![code, place.room.id, sql(place.at)])? == 0 {
            return Ok(Err(Refused::InviteInvalid));
        }
        Ok(Ok(What::Changed(Box::new(Change::of(ChangeKind::Joined)))))
    }

    fn has_too_many_rooms(&self, person: i64) -> rusqlite::Result<bool> {
        rooms::has_too_many(self.connection, person)
    }

    /// Whether it would change nothing.
    fn is_so(&mut self, place: &Place, change: &Change, about: i64) -> rusqlite::Result<bool> {
        let seat = self.seat(place.room.id, about)?;
        let setting = place.room.setting;
        let on = change.on.unwrap_or_default();
        Ok(match change.kind {
            ChangeKind::Joined | ChangeKind::Added => seat.role.is_some(),
            ChangeKind::Left | ChangeKind::Removed => seat.role.is_none(),
            ChangeKind::Role => seat.role == change.role,
            ChangeKind::Unmuted => seat.muted.is_none(),
            ChangeKind::Unbanned => seat.banned.is_none(),
            ChangeKind::Guests => setting.guests == on,
            ChangeKind::Announce => setting.announce == on,
            ChangeKind::Archived => setting.archived == on,
            ChangeKind::Kind => Some(read::text_of(&setting.kind)?) == change.text,
            ChangeKind::Title => self.room_column(place, "title")? == change.text,
            ChangeKind::Topic => self.room_column(place, "topic")? == change.text,
            ChangeKind::Slow => self.room_column(place, "slow")? == change.seconds.map(sql),
            ChangeKind::Muted | ChangeKind::Banned => false,
        })
    }

    fn room_column<T: FromSql>(&self, place: &Place, column: &str) -> rusqlite::Result<Option<T>> {
        let mut select = self.connection.prepare_cached(&format!("SELECT {column} FROM room WHERE id = ?1"))?;
        select.query_row([place.room.id], |row| row.get(0)).map(Some)
    }

    /// Writes down how things stand now, and that power was used.
    pub(super) fn apply(&mut self, place: &Place, change: &Change) -> rusqlite::Result<()> {
        let whom = match &change.who {
            Some(who) => self.author(&who.id)?.map(|whom| whom.id),
            None => None,
        };
        let (room, about) = (place.room.id, whom.unwrap_or(place.author.id));
        self.write(place, about, change)?;
        self.seats.remove(&(room, about));
        if is_about_the_room(change.kind) {
            self.rooms_changed = true;
            if let Some(known) = self.rooms.remove(&place.key).flatten()
                && let Some(room) = self.room(&place.key)?
            {
                self.rooms
                    .insert(place.key.clone(), Some(super::Room { head: known.head, grown: known.grown, ..room }));
            }
        }
        if takes_power(change.kind) {
            let (by, act) = (Some(place.author.id), word(change.kind));
            audit::note(self.connection, place.at, by, &act, Some(room), whom, detail(change).as_deref())?;
        }
        Ok(())
    }

    fn write(&self, place: &Place, about: i64, change: &Change) -> rusqlite::Result<()> {
        let room = place.room.id;
        let run = |statement: &str, values: &[&dyn ToSql]| {
            self.connection.prepare_cached(statement)?.execute(values).map(drop)
        };
        let until = sql(change.until.unwrap_or(FOR_EVER));
        let set = |column: &str, value: &dyn ToSql| {
            run(&format!("UPDATE room SET {column} = ?2 WHERE id = ?1"), &[&room, value])
        };
        let sit = |role: Role| {
            let role = read::text_of(&role)?;
            run("INSERT OR REPLACE INTO member (room, person, role) VALUES (?1, ?2, ?3)", &[&room, &about, &role])?;
            // What was said before one came is not unread.
            let begin = "INSERT OR IGNORE INTO reading (person, room, seq) VALUES (?1, ?2, ?3)";
            run(begin, &[&about, &room, &sql(place.seq)])
        };
        let lift = |table: &str| run(&format!("DELETE FROM {table} WHERE room = ?1 AND person = ?2"), &[&room, &about]);
        match change.kind {
            ChangeKind::Joined | ChangeKind::Added | ChangeKind::Role => sit(change.role.unwrap_or(Role::Member)),
            ChangeKind::Left | ChangeKind::Removed => lift("member"),
            ChangeKind::Muted => {
                run("INSERT OR REPLACE INTO mute (room, person, until) VALUES (?1, ?2, ?3)", &[&room, &about, &until])
            }
            ChangeKind::Unmuted => lift("mute"),
            ChangeKind::Banned => {
                lift("member")?;
                let ban = "INSERT OR REPLACE INTO ban (room, person, until, reason) VALUES (?1, ?2, ?3, ?4)";
                run(ban, &[&room, &about, &until, &change.text])
            }
            ChangeKind::Unbanned => lift("ban"),
            ChangeKind::Title => set("title", &change.text),
            ChangeKind::Topic => set("topic", &change.text),
            ChangeKind::Kind => {
                set("kind", &change.text)?;
                run("UPDATE room SET guests = guests AND kind = 'open' WHERE id = ?1", &[&room])
            }
            ChangeKind::Guests => set("guests", &change.on),
            ChangeKind::Announce => set("announce", &change.on),
            ChangeKind::Archived => set("archived", &change.on),
            ChangeKind::Slow => set("slow", &change.seconds.map(sql)),
        }
    }
}

/// Each kind asks its own question.
fn may_change(place: &Place, change: &Change, whom: Standing, other: Option<&Author>) -> May {
    let (me, room) = (place.standing, place.room.setting);
    let myself = other.is_none_or(|other| other.id == place.author.id);
    match change.kind {
        ChangeKind::Joined => power::join(me, room),
        ChangeKind::Left => power::leave(me, room),
        ChangeKind::Added => power::add(me, room, whom),
        ChangeKind::Role => power::appoint(me, room, whom, myself, change.role.unwrap_or_default()),
        ChangeKind::Removed | ChangeKind::Muted | ChangeKind::Unmuted | ChangeKind::Banned | ChangeKind::Unbanned => {
            power::restrain(me, room, whom)
        }
        ChangeKind::Guests => power::open_to_guests(me, room),
        ChangeKind::Title
        | ChangeKind::Topic
        | ChangeKind::Kind
        | ChangeKind::Announce
        | ChangeKind::Slow
        | ChangeKind::Archived => power::change_room(me, room),
    }
}

fn is_about_the_room(kind: ChangeKind) -> bool {
    use ChangeKind::{Announce, Archived, Guests, Kind, Slow, Title, Topic};
    matches!(kind, Title | Topic | Kind | Guests | Announce | Slow | Archived)
}

fn takes_power(kind: ChangeKind) -> bool {
    !matches!(kind, ChangeKind::Joined | ChangeKind::Left)
}

/// What the log of acts of power says besides who, where and whom.
fn detail(change: &Change) -> Option<String> {
    let until = change.until.map(|until| format!("until {until}"));
    let role = change.role.and_then(|role| read::text_of(&role).ok());
    let on = change.on.map(|on| if on { "on" } else { "off" }.to_owned());
    let seconds = change.seconds.map(|seconds| format!("{seconds} s"));
    let parts: Vec<String> = [role, on, seconds, until, change.text.clone()].into_iter().flatten().collect();
    if parts.is_empty() { None } else { Some(parts.join(", ")) }
}

/// The word for a kind, as on the wire.
pub(super) fn word(kind: ChangeKind) -> String {
    read::text_of(&kind).unwrap_or_default()
}
