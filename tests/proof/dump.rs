//! The log once everything has come to rest, by both ways to read it.

use std::path::Path;

use banter::protocol::event::Event as WireEvent;
use banter::protocol::ids::Seq;
use banter::protocol::timeline::{Message, Timeline};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use std::sync::Arc;

use super::checker::Log;
use super::history::{By, Event};
use super::server::Server;

/// The room's newest seq.
pub async fn head(server: &Server) -> Seq {
    try_head(server).await.expect("it serves")
}

/// The room's newest seq, if there is anybody to ask.
pub async fn try_head(server: &Server) -> Option<Seq> {
    let room = reqwest::get(server.url("/api/v1/rooms/lobby")).await.ok()?;
    room.json::<Value>().await.ok()?["head"].as_u64()
}

/// Every event, as programs read it, page by page.
pub async fn read(server: &Server) -> Vec<Value> {
    let mut events: Vec<Value> = Vec::new();
    loop {
        let after = events.last().map_or(0, |last| last["seq"].as_u64().unwrap());
        let url = server.url(&format!("/api/v1/rooms/lobby/events?after={after}&limit=200"));
        let mut page: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
        events.extend(page["events"].take().as_array().unwrap().iter().cloned());
        if page["more"] != true {
            return events;
        }
    }
}

/// Both, of a server that is ended by this.
pub async fn log(server: &mut Server) -> (Log, Vec<Value>) {
    let room = reqwest::get(server.url("/api/v1/rooms/lobby")).await.unwrap().json::<Value>().await.unwrap();
    let values = read(server).await;
    server.stop().await;
    let rest = values.iter().map(|event| serde_json::from_value(event.clone()).unwrap()).collect();
    let epoch = room["epoch"].as_str().unwrap().to_owned();
    (Log { epoch, rest, database: database(&server.data().join("banter.db")) }, values)
}

/// Straight from the file. A message that was edited has its first text there.
pub fn database(file: &Path) -> Vec<Event> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let verdict: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    let mut select = connection
        .prepare(
            "SELECT seq, person.public_id, cid, event.kind, body, of, is_on, deleted
             FROM event JOIN person ON person.id = event.author ORDER BY seq",
        )
        .unwrap();
    let events = select.query_map([], |row| {
        Ok(Event {
            seq: row.get::<_, i64>(0)? as u64,
            by: By { id: row.get(1)? },
            cid: row.get(2)?,
            kind: row.get(3)?,
            body: row.get(4)?,
            of: row.get::<_, Option<i64>>(5)?.map(|of| of as u64),
            on: row.get(6)?,
            deleted: row.get::<_, Option<i64>>(7)?.map(|deleted| deleted as u64),
        })
    });
    events.unwrap().map(Result::unwrap).collect()
}

/// What a fresh fold over the log shows of the stretch that a timeline shows: the two have to be the same.
pub fn is_as_fresh(timeline: &Timeline, values: &[Value]) -> bool {
    let mut fresh = Timeline::new(timeline.epoch().clone());
    for value in values {
        fresh.apply(serde_json::from_value::<WireEvent>(value.clone()).unwrap());
    }
    let in_stretch = |message: &&Arc<Message>| message.seq > timeline.start() && message.seq <= timeline.end();
    timeline.messages().eq(fresh.messages().filter(in_stretch))
}
