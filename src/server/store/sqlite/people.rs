//! People, and how they come in: accounts, sessions, tokens, blocks.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::read::{self, BY, ME, time, word};
use super::{SqliteStore, append, audit, from_sql, sql};
use crate::protocol::api::Me;
use crate::protocol::api::order::Ban;
use crate::protocol::api::people::{PeopleQuery, Profile, Session, Token};
use crate::protocol::event::Person;
use crate::protocol::ids::{Millis, PersonId};
use crate::protocol::limits;
use crate::protocol::power::{self, Denied, Role};
use crate::server::error::StoreError;
use crate::server::store::people::{hash_start, public_id};
use crate::server::store::{
    Account, ByPassword, Caller, Ended, Ground, NewPerson, NewSession, NotKept, People, Scopes, SiteBan, TokenHash,
};

#[async_trait]
impl People for SqliteStore {
    async fn add(&self, person: NewPerson) -> Result<bool, StoreError> {
        self.write(move |connection| add(connection, &person)).await
    }

    async fn claim(
        &self,
        guest: &Caller,
        account: NewPerson,
    ) -> Result<Result<Option<(Me, Ended)>, Denied>, StoreError> {
        let guest = guest.clone();
        self.writer.run(move |logs, connection| claim(logs, connection, &guest, &account)).await
    }

    async fn rename(
        &self,
        by: &Caller,
        name: &str,
        likeness: &str,
        now: Millis,
    ) -> Result<Result<Option<Me>, Denied>, StoreError> {
        let (by, name, likeness) = (by.clone(), name.to_owned(), likeness.to_owned());
        self.writer.run(move |logs, connection| rename(logs, connection, &by, &name, &likeness, now)).await
    }

    async fn recolour(&self, by: &Caller, colour: u64, now: Millis) -> Result<Result<(), Denied>, StoreError> {
        let by = by.clone();
        self.writer
            .run(move |logs, connection| {
                let Some((person, _)) = logs.caller(&by, now)? else { return Ok(Err(Denied::LogIn)) };
                let mut recolour = connection.prepare_cached("UPDATE person SET colour = ?2 WHERE id = ?1")?;
                recolour.execute(params![person, sql(colour)]).map(|_| Ok(()))
            })
            .await
    }

    async fn person(&self, id: &PersonId) -> Result<Option<Me>, StoreError> {
        let id = id.clone();
        self.read(move |connection| read::person(connection, &id)).await
    }

    async fn named(&self, likeness: &str) -> Result<Option<Me>, StoreError> {
        let likeness = likeness.to_owned();
        self.read(move |connection| {
            let mut select =
                connection.prepare_cached(&format!("SELECT {ME} FROM person WHERE likeness = ?1 AND NOT gone"))?;
            select.query_row([likeness], read::me).optional()
        })
        .await
    }

    async fn account(&self, likeness: &str) -> Result<Option<Account>, StoreError> {
        let likeness = likeness.to_owned();
        self.read(move |connection| {
            let mut select = connection.prepare_cached(&format!(
                "SELECT {ME}, password, banned FROM person WHERE likeness = ?1 AND NOT gone"
            ))?;
            let account =
                |row: &Row<'_>| Ok(Account { me: read::me(row)?, password: row.get(4)?, banned: time(row, 5)? });
            select.query_row([likeness], account).optional()
        })
        .await
    }

    async fn set_password(
        &self,
        person: &PersonId,
        password: &str,
        by: Option<ByPassword>,
    ) -> Result<Option<Ended>, StoreError> {
        let (id, password) = (person.clone(), password.to_owned());
        self.write(move |connection| set_password(connection, &id, &password, by.as_ref())).await
    }

    async fn rehash(&self, person: &PersonId, old: &str, new: &str) -> Result<bool, StoreError> {
        let (id, old, new) = (person.clone(), old.to_owned(), new.to_owned());
        self.write(move |connection| {
            let mut rehash =
                connection.prepare_cached("UPDATE person SET password = ?3 WHERE public_id = ?1 AND password = ?2")?;
            Ok(rehash.execute(params![id.as_str(), old, new])? > 0)
        })
        .await
    }

    async fn close_account(&self, by: &Caller, old: Option<&str>) -> Result<Result<Ended, Denied>, StoreError> {
        let (by, old) = (by.clone(), old.map(str::to_owned));
        self.write(move |connection| close_account(connection, &by, old.as_deref())).await
    }

    async fn set_role(
        &self,
        by: Option<&Caller>,
        whom: &PersonId,
        role: Role,
        now: Millis,
    ) -> Result<Result<(), Denied>, StoreError> {
        let (by, whom) = (by.cloned(), whom.clone());
        self.writer.run(move |logs, connection| set_role(logs, connection, by.as_ref(), &whom, role, now)).await
    }

    async fn set_ban(
        &self,
        by: Option<&Caller>,
        whom: &PersonId,
        ban: Option<SiteBan>,
        now: Millis,
    ) -> Result<Result<Ended, Denied>, StoreError> {
        let (by, whom) = (by.cloned(), whom.clone());
        self.writer.run(move |logs, connection| set_ban(logs, connection, by.as_ref(), &whom, ban.as_ref(), now)).await
    }

    async fn site_ban(&self, whom: &PersonId, now: Millis) -> Result<Option<Ban>, StoreError> {
        let id = whom.clone();
        self.read(move |connection| {
            let mut select = connection.prepare_cached(&format!(
                "SELECT {BY}, banned, ban_reason FROM person WHERE public_id = ?1 AND banned > ?2"
            ))?;
            let ban =
                |row: &Row<'_>| Ok(Ban { who: read::by(row, 0)?, until: from_sql(row.get(3)?), reason: row.get(4)? });
            select.query_row(params![id.as_str(), sql(now)], ban).optional()
        })
        .await
    }

    async fn is_network_banned(&self, network: &str, now: Millis) -> Result<bool, StoreError> {
        let network = network.to_owned();
        self.read(move |connection| {
            let mut select =
                connection.prepare_cached("SELECT 1 FROM network_ban WHERE network = ?1 AND until > ?2")?;
            select.exists(params![network, sql(now)])
        })
        .await
    }

    async fn list(&self, query: PeopleQuery, likeness: &str, guests: bool) -> Result<Vec<Profile>, StoreError> {
        let likeness = likeness.to_owned();
        self.read(move |connection| list(connection, &query, &likeness, guests)).await
    }

    async fn add_session(&self, session: NewSession) -> Result<Result<Ended, NotKept>, StoreError> {
        self.write(move |connection| {
            if session.label.is_some() && tokens(connection, &session.person)? >= limits::TOKENS as u64 {
                return Ok(Err(NotKept::TooMany));
            }
            let mut add = connection.prepare_cached(
                "INSERT INTO session (token_hash, person, scopes, label, agent, network, created, seen, expires)
                 SELECT ?1, id, ?3, ?4, ?5, ?6, ?7, ?7, ?8 FROM person
                 WHERE public_id = ?2 AND NOT gone AND (?9 IS NULL OR password = ?9)
                   AND (?10 IS NULL OR EXISTS (SELECT 1 FROM session AS ground
                        WHERE ground.token_hash = ?10 AND ground.person = person.id AND ground.expires > ?7
                          AND (?4 IS NOT NULL OR ground.label IS NULL)))",
            )?;
            let NewSession { token, person, scopes, label, agent, network, at, expires, ground } = &session;
            let (password, other) = match ground {
                Ground::New => (None, None),
                Ground::Password(password) => (Some(password), None),
                Ground::Session(other) => (None, Some(other)),
            };
            let (person, at, expires) = (person.as_str(), sql(*at), sql(*expires));
            let values = params![token, person, scopes.0, label, agent, network, at, expires, password, other];
            if add.execute(values)? == 0 {
                return Ok(Err(Denied::LogIn.into()));
            }
            end_surplus(connection, &session.person).map(Ok)
        })
        .await
    }

    async fn caller(&self, token: &TokenHash, now: Millis) -> Result<Option<Caller>, StoreError> {
        let token = *token;
        self.look_up(move |connection| {
            let mut select = connection.prepare_cached(&format!(
                "SELECT {ME}, session.scopes, person.banned, session.seen, person.since
                 FROM session JOIN person ON person.id = session.person
                 WHERE token_hash = ?1 AND expires > ?2"
            ))?;
            let caller = |row: &Row<'_>| {
                Ok(Caller {
                    me: read::me(row)?,
                    session: token,
                    scopes: Scopes(row.get(4)?),
                    banned: time(row, 5)?,
                    seen: from_sql(row.get(6)?),
                    since: from_sql(row.get(7)?),
                })
            };
            select.query_row(params![token, sql(now)], caller).optional()
        })
        .await
    }

    async fn see(&self, token: &TokenHash, network: &str, now: Millis, until: Millis) -> Result<(), StoreError> {
        let (token, network) = (*token, network.to_owned());
        self.write(move |connection| {
            let mut see = connection.prepare_cached(
                "UPDATE session SET seen = ?2, network = ?3, expires = CASE WHEN label IS NULL THEN ?4 ELSE expires END
                 WHERE token_hash = ?1",
            )?;
            see.execute(params![token, sql(now), network, sql(until)]).map(drop)
        })
        .await
    }

    async fn sessions(&self, person: &PersonId, current: &TokenHash) -> Result<Vec<Session>, StoreError> {
        let (id, current) = (person.clone(), *current);
        self.read(move |connection| {
            let mut select = connection.prepare_cached(
                "SELECT token_hash, created, seen, expires, agent FROM session
                 WHERE person = (SELECT id FROM person WHERE public_id = ?1) AND label IS NULL
                 ORDER BY seen DESC",
            )?;
            let session = |row: &Row<'_>| {
                let hash: TokenHash = row.get(0)?;
                Ok(Session {
                    id: public_id(&hash),
                    current: hash == current,
                    created: from_sql(row.get(1)?),
                    seen: from_sql(row.get(2)?),
                    expires: from_sql(row.get(3)?),
                    agent: row.get(4)?,
                })
            };
            select.query_map([id.as_str()], session)?.collect()
        })
        .await
    }

    async fn tokens(&self, person: &PersonId) -> Result<Vec<Token>, StoreError> {
        let id = person.clone();
        self.read(move |connection| {
            let mut select = connection.prepare_cached(
                "SELECT token_hash, label, scopes, created, seen, expires FROM session
                 WHERE person = (SELECT id FROM person WHERE public_id = ?1) AND label IS NOT NULL
                 ORDER BY created DESC",
            )?;
            let token = |row: &Row<'_>| {
                Ok(Token {
                    id: public_id(&row.get(0)?),
                    label: row.get(1)?,
                    scopes: Scopes(row.get(2)?).list(),
                    created: from_sql(row.get(3)?),
                    seen: from_sql(row.get(4)?),
                    expires: from_sql(row.get(5)?),
                })
            };
            select.query_map([id.as_str()], token)?.collect()
        })
        .await
    }

    async fn end(&self, by: &TokenHash, id: &str, token: bool) -> Result<Ended, StoreError> {
        let (by, start) = (*by, hash_start(id));
        self.write(move |connection| {
            let mut end = connection.prepare_cached(
                "DELETE FROM session WHERE person = (SELECT person FROM session WHERE token_hash = ?1)
                 AND substr(token_hash, 1, 12) = ?2 AND (label IS NOT NULL) = ?3 RETURNING token_hash",
            )?;
            end.query_map(params![by, start, token], |row| row.get(0))?.collect::<Result<_, _>>().map(Ended)
        })
        .await
    }

    async fn end_session(&self, token: &TokenHash) -> Result<Ended, StoreError> {
        let token = *token;
        self.write(move |connection| {
            let ended = connection.prepare_cached("DELETE FROM session WHERE token_hash = ?1")?.execute([token])? > 0;
            Ok(Ended(if ended { vec![token] } else { Vec::new() }))
        })
        .await
    }

    async fn end_others(&self, token: &TokenHash) -> Result<Ended, StoreError> {
        let token = *token;
        self.write(move |connection| {
            let mut end = connection.prepare_cached(
                "DELETE FROM session WHERE person = (SELECT person FROM session WHERE token_hash = ?1)
                 AND token_hash <> ?1 AND label IS NULL RETURNING token_hash",
            )?;
            end.query_map([token], |row| row.get(0))?.collect::<Result<_, _>>().map(Ended)
        })
        .await
    }

    async fn announce_end(&self, ended: &Ended) -> Result<(), StoreError> {
        let ended = ended.clone();
        self.write(move |connection| {
            let mut announce = connection.prepare_cached("INSERT OR IGNORE INTO ended (token_hash) VALUES (?1)")?;
            ended.0.iter().try_for_each(|token| announce.execute([token]).map(drop))
        })
        .await
    }

    async fn end_expired(&self, now: Millis) -> Result<Ended, StoreError> {
        let some = self.read(move |connection| {
            let mut select =
                connection.prepare_cached("SELECT 1 FROM session WHERE expires <= ?1 UNION ALL SELECT 1 FROM ended")?;
            select.exists([sql(now)])
        });
        if !some.await? {
            return Ok(Ended::default());
        }
        self.write(move |connection| {
            let mut ended: Vec<TokenHash> = Vec::new();
            let mut end = connection.prepare_cached("DELETE FROM session WHERE expires <= ?1 RETURNING token_hash")?;
            ended.extend(end.query_map([sql(now)], |row| row.get(0))?.collect::<rusqlite::Result<Vec<TokenHash>>>()?);
            let mut end = connection.prepare_cached("DELETE FROM ended RETURNING token_hash")?;
            ended.extend(end.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<TokenHash>>>()?);
            Ok(Ended(ended))
        })
        .await
    }

    async fn block(
        &self,
        by: &Caller,
        whom: &PersonId,
        on: bool,
        now: Millis,
    ) -> Result<Result<(), NotKept>, StoreError> {
        let (by, whom) = (by.clone(), whom.clone());
        self.writer.run(move |logs, connection| block(logs, connection, &by, &whom, on, now)).await
    }

    async fn blocked(&self, person: &PersonId) -> Result<Vec<Person>, StoreError> {
        let id = person.clone();
        self.read(move |connection| {
            let mut select = connection.prepare_cached(&format!(
                "SELECT {BY} FROM block JOIN person ON person.id = block.whom
                 WHERE block.person = (SELECT id FROM person WHERE public_id = ?1) ORDER BY person.likeness"
            ))?;
            select.query_map([id.as_str()], |row| read::by(row, 0))?.collect()
        })
        .await
    }

    async fn has_owner(&self) -> Result<bool, StoreError> {
        self.read(|connection| connection.prepare_cached("SELECT 1 FROM person WHERE role = 'owner'")?.exists([])).await
    }
}

fn end_surplus(connection: &Connection, person: &PersonId) -> rusqlite::Result<Ended> {
    let mut end = connection.prepare_cached(
        "DELETE FROM session WHERE token_hash IN (
           SELECT token_hash FROM session WHERE person = (SELECT id FROM person WHERE public_id = ?1) AND label IS NULL
           ORDER BY seen DESC, created DESC LIMIT -1 OFFSET ?2) RETURNING token_hash",
    )?;
    let values = params![person.as_str(), sql(limits::SESSIONS as u64)];
    end.query_map(values, |row| row.get(0))?.collect::<Result<_, _>>().map(Ended)
}

fn tokens(connection: &Connection, person: &PersonId) -> rusqlite::Result<u64> {
    let mut count = connection.prepare_cached(
        "SELECT COUNT(*) FROM session
         WHERE person = (SELECT id FROM person WHERE public_id = ?1) AND label IS NOT NULL",
    )?;
    count.query_row([person.as_str()], |row| row.get(0)).map(from_sql)
}

/// `false` if somebody has a name of that likeness, or is the owner already where this would be.
fn add(connection: &Connection, person: &NewPerson) -> rusqlite::Result<bool> {
    let NewPerson { me, likeness, password, at } = person;
    let mut add = connection.prepare_cached(
        "INSERT INTO person (public_id, name, likeness, role, colour, password, since)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
    )?;
    let role = read::text_of(&me.role)?;
    let colour = me.colour.map(sql);
    let values = params![me.id.as_str(), me.name, likeness, role, colour, password, sql(*at)];
    Ok(add.execute(values)? > 0)
}

/// A session never gains power: whoever had one of the guest's may not be who has the password.
fn claim(
    logs: &mut append::Logs<'_>,
    connection: &Connection,
    guest: &Caller,
    account: &NewPerson,
) -> rusqlite::Result<Result<Option<(Me, Ended)>, Denied>> {
    let Some((person, _)) = logs.caller(guest, account.at)? else { return Ok(Err(Denied::LogIn)) };
    let mut claim = connection.prepare_cached(
        "UPDATE OR IGNORE person SET name = ?2, likeness = ?3, role = ?4, password = ?5
         WHERE id = ?1 AND role = 'guest'",
    )?;
    let role = read::text_of(&account.me.role)?;
    if claim.execute(params![person, account.me.name, account.likeness, role, account.password])? == 0 {
        return Ok(Ok(None));
    }
    let Some(me) = read::person(connection, &guest.me.id)? else { return Ok(Ok(None)) };
    Ok(Ok(Some((me, end_all(connection, person, None)?))))
}

fn rename(
    logs: &mut append::Logs<'_>,
    connection: &Connection,
    by: &Caller,
    name: &str,
    likeness: &str,
    now: Millis,
) -> rusqlite::Result<Result<Option<Me>, Denied>> {
    let Some((person, _)) = logs.caller(by, now)? else { return Ok(Err(Denied::LogIn)) };
    let mut rename = connection.prepare_cached(
        "UPDATE person SET name = ?2, likeness = ?3 WHERE id = ?1
         AND NOT EXISTS (SELECT 1 FROM person WHERE likeness = ?3 AND id <> ?1)",
    )?;
    let renamed = rename.execute(params![person, name, likeness])? > 0;
    if renamed { read::person(connection, &by.me.id).map(Ok) } else { Ok(Ok(None)) }
}

fn block(
    logs: &mut append::Logs<'_>,
    connection: &Connection,
    by: &Caller,
    whom: &PersonId,
    on: bool,
    now: Millis,
) -> rusqlite::Result<Result<(), NotKept>> {
    let Some((person, _)) = logs.caller(by, now)? else { return Ok(Err(Denied::LogIn.into())) };
    let Some(whom) = read::person_number(connection, whom)? else { return Ok(Err(Denied::NotThere.into())) };
    let mut others = connection.prepare_cached("SELECT count(*) FROM block WHERE person = ?1 AND whom <> ?2")?;
    if on && others.query_row([person, whom], |row| row.get(0)).map(from_sql)? >= limits::BLOCKS as u64 {
        return Ok(Err(NotKept::TooMany));
    }
    let statement = if on {
        "INSERT OR IGNORE INTO block (person, whom) VALUES (?1, ?2)"
    } else {
        "DELETE FROM block WHERE person = ?1 AND whom = ?2"
    };
    connection.prepare_cached(statement)?.execute(params![person, whom])?;
    Ok(Ok(()))
}

fn set_password(
    connection: &Connection,
    id: &PersonId,
    password: &str,
    by: Option<&ByPassword>,
) -> rusqlite::Result<Option<Ended>> {
    let Some(person) = read::person_number(connection, id)? else { return Ok(None) };
    let mut set = connection.prepare_cached(
        "UPDATE person SET password = ?2 WHERE id = ?1 AND (?3 IS NULL OR password = ?3)
           AND (?4 IS NULL OR EXISTS (SELECT 1 FROM session WHERE token_hash = ?4 AND person = ?1))",
    )?;
    let (old, session) = by.map(|by| (&by.old, by.session)).unzip();
    if set.execute(params![person, password, old, session])? == 0 {
        return Ok(None);
    }
    end_all(connection, person, session).map(Some)
}

/// The sessions and tokens of somebody, all but one.
fn end_all(connection: &Connection, person: i64, except: Option<TokenHash>) -> rusqlite::Result<Ended> {
    let mut end = connection
        .prepare_cached("DELETE FROM session WHERE person = ?1 AND token_hash IS NOT ?2 RETURNING token_hash")?;
    end.query_map(params![person, except], |row| row.get(0))?.collect::<Result<_, _>>().map(Ended)
}

/// What was said stays under a name that tells nothing.
fn close_account(connection: &Connection, by: &Caller, old: Option<&str>) -> rusqlite::Result<Result<Ended, Denied>> {
    let id = &by.me.id;
    let mut stands = connection.prepare_cached(
        "SELECT 1 FROM session JOIN person ON person.id = session.person
         WHERE token_hash = ?1 AND public_id = ?2 AND (?3 IS NULL OR password = ?3)",
    )?;
    if !stands.exists(params![by.session, id.as_str(), old])? {
        return Ok(Err(Denied::LogIn));
    }
    let Some(me) = read::person(connection, id)? else { return Ok(Err(Denied::NotThere)) };
    if me.role == Role::Owner {
        return Ok(Err(Denied::Forbidden));
    }
    let Some(person) = read::person_number(connection, id)? else { return Ok(Err(Denied::NotThere)) };
    let ended = end_all(connection, person, None)?;
    // No living name has a blank in its likeness.
    connection
        .prepare_cached(
            "UPDATE person SET name = 'Somebody', likeness = ' ' || public_id, role = 'guest', password = NULL,
         colour = NULL, gone = 1 WHERE id = ?1",
        )?
        .execute([person])?;
    for table in ["member", "reading", "mention", "mute"] {
        connection.execute(&format!("DELETE FROM {table} WHERE person = ?1"), [person])?;
    }
    connection.execute("DELETE FROM block WHERE person = ?1 OR whom = ?1", [person])?;
    connection.execute("DELETE FROM invite WHERE by = ?1", [person])?;
    connection.execute("UPDATE event SET name = 'Somebody' WHERE author = ?1", [person])?;
    connection.execute("UPDATE reaction SET name = 'Somebody' WHERE person = ?1", [person])?;
    Ok(Ok(ended))
}

/// Who does it, where somebody does; nobody at the machine itself. With what they are.
fn actor(
    logs: &mut append::Logs<'_>,
    by: Option<&Caller>,
    now: Millis,
) -> rusqlite::Result<Result<(Option<i64>, Role), Denied>> {
    let Some(by) = by else { return Ok(Ok((None, Role::Owner))) };
    Ok(logs.caller(by, now)?.map(|(person, role)| (Some(person), role)).ok_or(Denied::LogIn))
}

fn set_role(
    logs: &mut append::Logs<'_>,
    connection: &Connection,
    by: Option<&Caller>,
    whom: &PersonId,
    role: Role,
    now: Millis,
) -> rusqlite::Result<Result<(), Denied>> {
    let (actor, mine) = match actor(logs, by, now)? {
        Ok(actor) => actor,
        Err(denied) => return Ok(Err(denied)),
    };
    let Some(target) = read::person(connection, whom)? else { return Ok(Err(Denied::NotThere)) };
    let Some(number) = read::person_number(connection, whom)? else { return Ok(Err(Denied::NotThere)) };
    let allowed = if by.is_none() { Ok(()) } else { power::promote(mine, target.role, role) };
    // A guest has no password: there is no account that could be given power.
    let allowed = if target.role == Role::Guest { Err(Denied::Forbidden) } else { allowed };
    if let Err(denied) = allowed {
        return Ok(Err(denied));
    }
    if role == Role::Owner {
        connection.execute("UPDATE person SET role = 'admin' WHERE role = 'owner'", [])?;
    }
    let word = read::text_of(&role)?;
    connection.execute("UPDATE person SET role = ?2 WHERE id = ?1", params![number, word])?;
    audit::note(connection, now, actor, "promoted", None, Some(number), Some(&word))?;
    Ok(Ok(()))
}

fn set_ban(
    logs: &mut append::Logs<'_>,
    connection: &Connection,
    by: Option<&Caller>,
    whom: &PersonId,
    ban: Option<&SiteBan>,
    now: Millis,
) -> rusqlite::Result<Result<Ended, Denied>> {
    let (actor, mine) = match actor(logs, by, now)? {
        Ok(actor) => actor,
        Err(denied) => return Ok(Err(denied)),
    };
    let Some(target) = read::person(connection, whom)? else { return Ok(Err(Denied::NotThere)) };
    let Some(number) = read::person_number(connection, whom)? else { return Ok(Err(Denied::NotThere)) };
    if let Err(denied) = power::govern(mine, target.role) {
        return Ok(Err(denied));
    }
    let (until, reason) = (ban.map(|ban| sql(ban.until)), ban.and_then(|ban| ban.reason.as_deref()));
    connection
        .execute("UPDATE person SET banned = ?2, ban_reason = ?3 WHERE id = ?1", params![number, until, reason])?;
    connection.execute("DELETE FROM network_ban WHERE person = ?1", [number])?;
    if ban.is_some_and(|ban| ban.network) {
        let turn_away = "INSERT OR REPLACE INTO network_ban (network, person, until)
             SELECT DISTINCT network, ?1, ?2 FROM session WHERE person = ?1 AND network <> ''";
        connection.execute(turn_away, params![number, until])?;
    }
    let act = if ban.is_some() { "site_banned" } else { "site_unbanned" };
    audit::note(connection, now, actor, act, None, Some(number), reason)?;
    // The sessions stay, so that their browsers are known for whose they are; what comes by them is cut off.
    let mut select = connection.prepare_cached("SELECT token_hash FROM session WHERE person = ?1")?;
    let sessions = select.query_map([number], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(Ok(Ended(if ban.is_some() { sessions } else { Vec::new() })))
}

/// People of the whole site are found by their names; those of a room among those who have joined it, since that is seldom as
/// many. Left to itself, SQLite would walk through all names for each room.
fn listed(of_room: bool) -> String {
    let from = if of_room {
        "member CROSS JOIN person ON person.id = member.person
         WHERE member.room = (SELECT id FROM room WHERE key = ?3) AND"
    } else {
        "person WHERE"
    };
    format!(
        "SELECT {BY}, person.role, person.banned FROM {from}
         NOT gone AND likeness >= ?1 AND likeness < ?1 || char(1114111) AND substr(likeness, 1, length(?1)) = ?1
           AND likeness > coalesce((SELECT likeness FROM person WHERE public_id = ?2), '')
           AND (?5 OR person.role <> 'guest')
         ORDER BY likeness LIMIT ?4"
    )
}

fn list(connection: &Connection, query: &PeopleQuery, likeness: &str, guests: bool) -> rusqlite::Result<Vec<Profile>> {
    let mut select = connection.prepare_cached(&listed(query.room.is_some()))?;
    let limit = query.limit.unwrap_or(limits::LIST).clamp(1, limits::LIST);
    let values = params![
        likeness,
        query.after.as_ref().map(PersonId::as_str),
        query.room.as_ref().map(|room| room.as_str()),
        sql(limit as u64),
        guests
    ];
    let profile = |row: &Row<'_>| Ok(Profile { person: read::by(row, 0)?, role: word(row, 3)?, banned: time(row, 4)? });
    select.query_map(values, profile)?.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::store::sqlite::schema;

    /// The plan does not look at anybody who is not in the room.
    #[test]
    fn people_of_a_room_are_found_among_its_members() {
        let mut connection = Connection::open_in_memory().expect("opens");
        schema::migrate(&mut connection).expect("migrates");
        let plan = |of_room| {
            let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", listed(of_room))).expect("prepares");
            let values = params!["a", Option::<&str>::None, "lobby", 100, true];
            let rows = explain.query_map(values, |row| row.get::<_, String>(3)).expect("explains");
            rows.collect::<rusqlite::Result<Vec<_>>>().expect("a plan").join("\n")
        };
        let (room, site) = (plan(true), plan(false));
        assert!(room.contains("SEARCH member USING PRIMARY KEY (room=?)"), "{room}");
        assert!(room.contains("SEARCH person USING INTEGER PRIMARY KEY (rowid=?)"), "{room}");
        assert!(
            site.contains("SEARCH person USING INDEX sqlite_autoindex_person_2 (likeness>? AND likeness<?)"),
            "{site}"
        );
        assert!(!format!("{room}{site}").contains("SCAN"), "{room}\n{site}");
    }
}
