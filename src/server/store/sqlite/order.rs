//! What keeping order leaves behind: reports, what is held back, acts of power, settings.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::read::{self, checked, time, word};
use super::{SqliteStore, append, audit, from_sql, json, sql};
use crate::protocol::api::order::{Deed, Outcome, Report, Settings};
use crate::protocol::event::{Act, Person};
use crate::protocol::ids::{Millis, RoomKey, Seq};
use crate::protocol::limits;
use crate::protocol::power::{self, Denied, Role};
use crate::server::error::StoreError;
use crate::server::store::{self, Caller, Draft, Held, NewReport, NotKept, Order, Page, Settled, Stretch};

/// Messages before and after one that was reported, for whoever judges it.
const CONTEXT: usize = 3;

#[async_trait]
impl Order for SqliteStore {
    async fn add_report(&self, report: NewReport, by: &Caller) -> Result<Result<bool, Denied>, StoreError> {
        let by = by.clone();
        self.writer.run(move |logs, connection| add_report(logs, connection, &report, &by)).await
    }

    async fn hold(&self, draft: Draft, by: &Caller, word: &str) -> Result<Result<(), NotKept>, StoreError> {
        let (by, word) = (by.clone(), word.to_owned());
        self.writer.run(move |logs, connection| hold(logs, connection, &draft, &by, &word)).await
    }

    async fn reports(&self, by: &Caller, page: Page, now: Millis) -> Result<Vec<Report>, StoreError> {
        let by = by.clone();
        self.read(move |connection| reports(connection, &by, page, now)).await
    }

    async fn report(&self, id: u64) -> Result<Option<Report>, StoreError> {
        self.read(move |connection| {
            let mut select = connection.prepare_cached(&format!("SELECT {REPORT} WHERE report.id = ?1"))?;
            select.query_row([sql(id)], report).optional()
        })
        .await
    }

    async fn to_settle(
        &self,
        id: u64,
        outcome: Outcome,
        by: &Caller,
        now: Millis,
    ) -> Result<Result<Option<Settled>, Denied>, StoreError> {
        let by = by.clone();
        self.read(move |connection| {
            let judged = judge(&mut append::Logs::new(connection), connection, id, outcome, &by, now)?;
            Ok(judged.map(|judged| judged.map(|judged| judged.settled)))
        })
        .await
    }

    async fn settle(
        &self,
        id: u64,
        outcome: Outcome,
        by: &Caller,
        now: Millis,
    ) -> Result<Result<Option<Settled>, Denied>, StoreError> {
        let by = by.clone();
        self.writer.run(move |logs, connection| settle(logs, connection, id, outcome, &by, now)).await
    }

    async fn deeds(&self, page: Page) -> Result<Vec<Deed>, StoreError> {
        self.read(move |connection| deeds(connection, page)).await
    }

    async fn settings(&self) -> Result<Settings, StoreError> {
        // Read where it is written: whoever asks because they do not know must not be faster than what is under way.
        self.write(|connection| {
            let mut select = connection.prepare_cached("SELECT json FROM setting")?;
            let text: Option<String> = select.query_row([], |row| row.get(0)).optional()?;
            Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
        })
        .await
    }

    async fn set_settings(
        &self,
        settings: Settings,
        by: &Caller,
        now: Millis,
    ) -> Result<Result<(), Denied>, StoreError> {
        let by = by.clone();
        self.writer
            .run(move |logs, connection| {
                let Some((person, role)) = logs.caller(&by, now)? else { return Ok(Err(Denied::LogIn)) };
                if let Err(denied) = power::administer(role) {
                    return Ok(Err(denied));
                }
                let text = json(&settings)?;
                connection.execute("INSERT OR REPLACE INTO setting (id, json) VALUES (1, ?1)", [&text])?;
                audit::note(connection, now, Some(person), "settings", None, None, Some(&text))?;
                Ok(Ok(()))
            })
            .await
    }
}

fn add_report(
    logs: &mut append::Logs<'_>,
    connection: &Connection,
    report: &NewReport,
    by: &Caller,
) -> rusqlite::Result<Result<bool, Denied>> {
    let NewReport { room, seq, reason, at } = report;
    let Some((person, _)) = logs.caller(by, *at)? else { return Ok(Err(Denied::LogIn)) };
    if let Err(denied) = power::read(logs.standing_at(room, &by.me.id, *at)?, logs.setting(room)?) {
        return Ok(Err(denied));
    }
    let mut add = connection.prepare_cached(
        "INSERT OR IGNORE INTO report (room, seq, author, by, reason, at)
         SELECT event.room, event.seq, event.author, ?3, ?4, ?5
         FROM event WHERE event.room = (SELECT id FROM room WHERE key = ?1) AND event.seq = ?2
           AND event.kind = 'posted' AND event.deleted IS NULL",
    )?;
    let added = add.execute(params![room.as_str(), sql(*seq), person, reason, sql(*at)])? > 0;
    // A second report of the same one says nothing new.
    Ok(Ok(added || is_reported(connection, room, *seq)?))
}

fn is_reported(connection: &Connection, room: &RoomKey, seq: Seq) -> rusqlite::Result<bool> {
    let mut select = connection.prepare_cached(
        "SELECT 1 FROM report WHERE room = (SELECT id FROM room WHERE key = ?1) AND seq = ?2 AND outcome IS NULL",
    )?;
    select.exists(params![room.as_str(), sql(seq)])
}

/// The same draft again is held once.
fn hold(
    logs: &mut append::Logs<'_>,
    connection: &Connection,
    draft: &Draft,
    by: &Caller,
    reason: &str,
) -> rusqlite::Result<Result<(), NotKept>> {
    let store::Deed::Act(Act::Post { body, reply_to }) = &draft.deed else { return Ok(Ok(())) };
    let Some((author, _)) = logs.caller(by, draft.at)? else { return Ok(Err(Denied::LogIn.into())) };
    let mut held = connection.prepare_cached(
        "SELECT held = ?2 AND room = (SELECT id FROM room WHERE key = ?3) FROM report
         WHERE author = ?1 AND outcome IS NULL AND held IS NOT NULL",
    )?;
    let same = held.query_map(params![author, body, draft.room.as_str()], |row| row.get(0))?;
    let same = same.collect::<Result<Vec<bool>, _>>()?;
    if same.contains(&true) {
        return Ok(Ok(()));
    }
    if same.len() >= limits::HELD_DRAFTS {
        return Ok(Err(NotKept::TooMany));
    }
    let mut add = connection.prepare_cached(
        "INSERT INTO report (room, author, reason, at, held, reply_to)
         SELECT room.id, ?2, ?3, ?4, ?5, ?6 FROM room WHERE room.key = ?1",
    )?;
    add.execute(params![draft.room.as_str(), author, reason, sql(draft.at), body, reply_to.map(sql)])?;
    Ok(Ok(()))
}

/// What [`report`] reads, and whence.
const REPORT: &str =
    "report.id, room.key, room.title, report.at, report.reason, report.seq, report.held, report.outcome,
    author.public_id, author.name, author.colour, by.public_id, by.name, by.colour, report.room
    FROM report JOIN room ON room.id = report.room JOIN person AS author ON author.id = report.author
    LEFT JOIN person AS by ON by.id = report.by";

fn report(row: &Row<'_>) -> rusqlite::Result<Report> {
    let is_there = |column| Ok::<_, rusqlite::Error>(row.get_ref(column)?.as_str_or_null()?.is_some());
    Ok(Report {
        id: from_sql(row.get(0)?),
        room: checked(row, 1)?,
        title: row.get(2)?,
        at: from_sql(row.get(3)?),
        by: if is_there(11)? { Some(read::by(row, 11)?) } else { None },
        reason: row.get(4)?,
        context: Vec::new(),
        seq: time(row, 5)?,
        author: read::by(row, 8)?,
        held: row.get(6)?,
        outcome: if is_there(7)? { Some(word(row, 7)?) } else { None },
    })
}

/// Those that somebody may settle, with what stands around each.
fn reports(connection: &Connection, by: &Caller, page: Page, now: Millis) -> rusqlite::Result<Vec<Report>> {
    let everywhere = by.me.role >= Role::Admin;
    let mut select = connection.prepare_cached(&format!(
        "SELECT {REPORT} WHERE outcome IS NULL AND report.id < ?2
           AND (?3 OR EXISTS (SELECT 1 FROM member JOIN person ON person.id = member.person
                WHERE member.room = report.room AND person.public_id = ?1 AND member.role = 'moderator'))
         ORDER BY report.id DESC LIMIT ?4"
    ))?;
    let before = page.before.map_or(i64::MAX, sql);
    let values = params![by.me.id.as_str(), before, everywhere, sql(page.limit as u64)];
    let found = select.query_map(values, |row| Ok((report(row)?, row.get::<_, i64>(14)?)))?;
    let mut logs = append::Logs::new(connection);
    let mut reports = Vec::new();
    for found in found {
        let (mut report, _) = found?;
        let standing = logs.standing_at(&report.room, &by.me.id, now)?;
        if power::judge(standing, logs.setting(&report.room)?).is_ok() {
            add_context(connection, &mut report)?;
            reports.push(report);
        }
    }
    Ok(reports)
}

fn add_context(connection: &Connection, report: &mut Report) -> rusqlite::Result<()> {
    let Some(seq) = report.seq else { return Ok(()) };
    let after = Stretch::After(seq.saturating_sub(CONTEXT as Seq + 1));
    let around = read::excerpt(connection, &report.room, after, 2 * CONTEXT + 1)?;
    let events = around.map(|around| around.events).unwrap_or_default();
    report.context = events.iter().map(|event| (**event).clone()).collect();
    Ok(())
}

/// What somebody has judged, who may.
struct Judged {
    settled: Settled,
    room: i64,
    person: i64,
}

fn judge(
    logs: &mut append::Logs<'_>,
    connection: &Connection,
    id: u64,
    outcome: Outcome,
    by: &Caller,
    now: Millis,
) -> rusqlite::Result<Result<Option<Judged>, Denied>> {
    let Some((person, _)) = logs.caller(by, now)? else { return Ok(Err(Denied::LogIn)) };
    let mut select =
        connection.prepare_cached(&format!("SELECT {REPORT} WHERE report.id = ?1 AND report.outcome IS NULL"))?;
    let found = select.query_row([sql(id)], |row| Ok((report(row)?, row.get::<_, i64>(14)?))).optional()?;
    let Some((report, room)) = found else { return Ok(Ok(None)) };
    let (standing, setting) = (logs.standing_at(&report.room, &by.me.id, now)?, logs.setting(&report.room)?);
    if let Err(denied) = power::judge(standing, setting) {
        // For others it is not there.
        return Ok(if denied == Denied::LogIn { Err(denied) } else { Ok(None) });
    }
    // What they may not take away is left for somebody who may.
    if outcome == Outcome::Removed && report.seq.is_some() {
        let author = logs.standing_at(&report.room, &report.author.id, now)?;
        if let Err(denied) = power::take_away(standing, setting, author) {
            return Ok(Err(denied));
        }
    }
    let reply_to: Option<i64> =
        connection.query_row("SELECT reply_to FROM report WHERE id = ?1", [sql(id)], |row| row.get(0))?;
    let Report { room: key, seq, author: Person { id: author, .. }, held, .. } = report;
    let (of, reply_to) = (author.clone(), reply_to.map(from_sql));
    let held = held.map(|body| Held { room: key.clone(), author: of, body, reply_to });
    Ok(Ok(Some(Judged { settled: Settled { room: key, author, seq, held }, room, person })))
}

fn settle(
    logs: &mut append::Logs<'_>,
    connection: &Connection,
    id: u64,
    outcome: Outcome,
    by: &Caller,
    now: Millis,
) -> rusqlite::Result<Result<Option<Settled>, Denied>> {
    let Judged { settled, room, person } = match judge(logs, connection, id, outcome, by, now)? {
        Ok(Some(judged)) => judged,
        Ok(None) => return Ok(Ok(None)),
        Err(denied) => return Ok(Err(denied)),
    };
    let word = read::text_of(&outcome)?;
    // All that say the same of one message are settled with it.
    connection.execute(
        "UPDATE report SET outcome = ?2, settled_by = ?3, held = NULL
         WHERE outcome IS NULL AND (id = ?1 OR (room = ?4 AND seq = ?5))",
        params![sql(id), word, person, room, settled.seq.map(sql)],
    )?;
    let author = read::person_number(connection, &settled.author)?;
    audit::note(connection, now, Some(person), "settled", Some(room), author, Some(&word))?;
    Ok(Ok(Some(settled)))
}

fn deeds(connection: &Connection, page: Page) -> rusqlite::Result<Vec<Deed>> {
    let mut select = connection.prepare_cached(
        "SELECT audit.id, audit.at, audit.act, audit.text, room.key, by.public_id, by.name, by.colour,
                who.public_id, who.name, who.colour
         FROM audit LEFT JOIN room ON room.id = audit.room LEFT JOIN person AS by ON by.id = audit.by
         LEFT JOIN person AS who ON who.id = audit.who
         WHERE audit.id < ?1 ORDER BY audit.id DESC LIMIT ?2",
    )?;
    let someone = |row: &Row<'_>, column: usize| -> rusqlite::Result<Option<Person>> {
        if row.get_ref(column)?.as_str_or_null()?.is_some() { read::by(row, column).map(Some) } else { Ok(None) }
    };
    let deed = |row: &Row<'_>| {
        let room: Option<String> = row.get(4)?;
        Ok(Deed {
            id: from_sql(row.get(0)?),
            at: from_sql(row.get(1)?),
            by: someone(row, 5)?,
            act: row.get(2)?,
            room: room.and_then(|room| room.parse().ok()),
            who: someone(row, 8)?,
            text: row.get(3)?,
        })
    };
    let before = page.before.map_or(i64::MAX, sql);
    select.query_map(params![before, sql(page.limit as u64)], deed)?.collect()
}
