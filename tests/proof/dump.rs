//! The log once everything has come to rest, by both ways to read it.

use std::path::Path;

use banter::protocol::event::Event as WireEvent;
use banter::protocol::ids::{RoomKey, Seq};
use banter::protocol::timeline::{Message, Timeline};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use std::sync::Arc;

use super::checker::Log;
use super::history::{By, Event};
use super::server::Server;

/// A room, and somebody who may read it.
#[derive(Clone)]
pub struct Reader {
    pub room: RoomKey,
    pub token: Option<String>,
}

impl Reader {
    /// Anybody reads the lobby.
    pub fn lobby() -> Self {
        Self { room: RoomKey::lobby(), token: None }
    }

    async fn get(&self, server: &Server, path: &str) -> Option<Value> {
        let request = reqwest::Client::new().get(server.url(&format!("/api/v1/rooms/{}{path}", self.room)));
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        request.send().await.ok()?.json().await.ok()
    }
}

/// The room's newest seq.
pub async fn head(server: &Server, reader: &Reader) -> Seq {
    try_head(server, reader).await.expect("it serves")
}

/// The room's newest seq, if there is anybody to ask.
pub async fn try_head(server: &Server, reader: &Reader) -> Option<Seq> {
    reader.get(server, "").await?["head"].as_u64()
}

/// Every event, as programs read it, page by page.
pub async fn read(server: &Server, reader: &Reader) -> Vec<Value> {
    let mut events: Vec<Value> = Vec::new();
    loop {
        let after = events.last().map_or(0, |last| last["seq"].as_u64().unwrap());
        let mut page = reader.get(server, &format!("/events?after={after}&limit=200")).await.unwrap();
        events.extend(page["events"].take().as_array().unwrap().iter().cloned());
        if page["more"] != true {
            return events;
        }
    }
}

/// Both, of a server that is ended by this.
pub async fn log(server: &mut Server, reader: &Reader) -> (Log, Vec<Value>) {
    let room = reader.get(server, "").await.unwrap();
    let values = read(server, reader).await;
    server.stop().await;
    let rest = values.iter().map(|event| serde_json::from_value(event.clone()).unwrap()).collect();
    let epoch = room["epoch"].as_str().unwrap().to_owned();
    (Log { epoch, rest, database: database(&server.data().join("banter.db"), &reader.room) }, values)
}

/// Straight from the file. A message that was edited has its first text there.
pub fn database(file: &Path, room: &RoomKey) -> Vec<Event> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let verdict: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    let mut select = connection
        .prepare(
            "SELECT seq, person.public_id, cid, event.kind, body, of, is_on, deleted,
                    CASE WHEN json_valid(body) THEN body ->> '$.who.id' END
             FROM event JOIN person ON person.id = event.author
             WHERE room = (SELECT id FROM room WHERE key = ?1) ORDER BY seq",
        )
        .unwrap();
    let events = select.query_map([room.as_str()], |row| {
        Ok(Event {
            seq: row.get::<_, i64>(0)? as u64,
            by: By { id: row.get(1)? },
            cid: row.get(2)?,
            kind: row.get(3)?,
            body: row.get(4)?,
            of: row.get::<_, Option<i64>>(5)?.map(|of| of as u64),
            on: row.get(6)?,
            deleted: row.get::<_, Option<i64>>(7)?.map(|deleted| deleted as u64),
            who: row.get::<_, Option<String>>(8)?.map(|id| By { id }),
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
