//! A server that many talk to, with everything that it asks of the system written down.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use banter::protocol::api::{Identity, PostRequest};
use banter::protocol::event::Act;
use banter::protocol::ids::{Cid, RoomKey, Seq};
use banter::protocol::wire::{ClientFrame, ServerFrame};
use futures::future::join_all;
use rusqlite::Connection;

use super::trace::{self, Step};
use crate::proof::server::Server;
use crate::support::client::{Socket, handshake};
use crate::support::{new_cid, within};

const SPEAKERS: usize = 4;
/// Acts of each speaker in one go.
const ACTS: usize = 100;
/// Acts of one speaker that are on their way.
const IN_FLIGHT: usize = 4;
/// The store looks at its write-ahead log after so many commits, and has it copied if it is longer than that.
const COMMITS_BETWEEN_LOOKS: u64 = 64;
const LONG_LOG: u64 = 4 << 20;

/// What was promised: this send is in the log at this place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ack {
    pub cid: Cid,
    pub seq: Seq,
}

/// Writes down two lives of a server, the first of which ends in good order; answers with what people were promised.
pub async fn record(server: &mut Server, folder: &Path) -> Vec<Ack> {
    let [first, second] = traces(folder);
    start(server, &first).await;
    let mut acks = all_speak(server).await;
    server.stop().await;
    start(server, &second).await;
    acks.extend(all_speak(server).await);
    begin_the_log_anew(server).await;
    acks.extend(all_speak(server).await);
    server.kill();
    // Who writes it down is a process of its own.
    within(until(async || trace::is_whole(&fs::read_to_string(&second).unwrap()))).await;
    acks
}

/// What was written down.
pub fn read(folder: &Path) -> Vec<Step> {
    traces(folder).iter().flat_map(|trace| trace::read(&fs::read_to_string(trace).unwrap())).collect()
}

/// Posts over REST; answers with the message's seq.
pub async fn post(server: &Server, person: &Identity, body: &str) -> Seq {
    let request = PostRequest { cid: new_cid(), body: body.to_owned(), reply_to: None };
    let posting = reqwest::Client::new().post(server.url("/api/v1/rooms/lobby/messages")).bearer_auth(&person.token);
    let response = within(posting.json(&request).send()).await.unwrap();
    response.json::<serde_json::Value>().await.unwrap()["seq"].as_u64().expect("it is taken")
}

fn traces(folder: &Path) -> [PathBuf; 2] {
    ["first-life", "second-life"].map(|life| folder.join(life))
}

async fn start(server: &mut Server, trace: &Path) {
    let calls = format!("trace={}", trace::CALLS);
    server.traced(&["--seccomp-bpf", "-y", "-xx", "-s", "70000", "-e", &calls, "-o", trace.to_str().unwrap()]);
    server.start().await;
}

async fn all_speak(server: &Server) -> Vec<Ack> {
    join_all((0..SPEAKERS).map(|_| speak(server))).await.concat()
}

/// Says, edits and deletes, and does not wait for one act to be acknowledged before the next.
async fn speak(server: &Server) -> Vec<Ack> {
    let person = server.guest(&reqwest::Client::new()).await;
    let mut socket =
        handshake(server.address(), "/ws", &[("sec-websocket-protocol", "banter.v1")], None).await.unwrap();
    socket.tell(&ClientFrame::Hello { token: Some(person.token) }).await;
    assert!(matches!(socket.frame().await, ServerFrame::Welcome { .. }));
    let (mut acks, mut mine, mut waiting) = (Vec::new(), VecDeque::new(), VecDeque::new());
    for nth in 0..ACTS {
        let act = act(nth, &mut mine);
        waiting.push_back(matches!(act, Act::Post { .. }));
        socket.tell(&ClientFrame::of_act(RoomKey::lobby(), new_cid(), act)).await;
        while waiting.len() > if nth + 1 < ACTS { IN_FLIGHT } else { 0 } {
            let ack = acknowledged(&mut socket).await;
            mine.extend(waiting.pop_front().filter(|is_post| *is_post).map(|_| ack.seq));
            acks.push(ack);
        }
    }
    acks
}

/// Mostly posts, some longer than a page of the database; at times an edit, then a deletion, of a message of mine.
fn act(nth: usize, mine: &mut VecDeque<Seq>) -> Act {
    let body = "power ".repeat(1 + nth * 37 % 1000);
    match (nth % 8, mine.front().copied()) {
        (5, Some(of)) => Act::Edit { of, body },
        (7, Some(of)) => {
            mine.pop_front();
            Act::Delete { of }
        }
        _ => Act::Post { body, reply_to: None },
    }
}

async fn acknowledged(socket: &mut Socket) -> Ack {
    match socket.frame().await {
        ServerFrame::Ack { cid, seq, .. } => Ack { cid, seq },
        other => panic!("expected an ack, got {other:?}"),
    }
}

/// Says one thing after the other until the server looks at its write-ahead log and finds it long, lets it be copied to
/// the database to its end, and says one more, for which it is written over: the moment at which a wrong order of syncs
/// does most harm.
async fn begin_the_log_anew(server: &Server) {
    let person = server.guest(&reqwest::Client::new()).await;
    let connection = Connection::open(server.data().join("banter.db")).unwrap();
    let log = server.data().join("banter.db-wal");
    let is_long = || log.metadata().unwrap().len() > LONG_LOG;
    let is_copied = || frames(&connection).0 == frames(&connection).1;
    let mut seen = commits(server).await;
    while !is_copied() {
        post(server, &person, "alone").await;
        within(until(async || commits(server).await > seen)).await;
        seen = commits(server).await;
        if seen.is_multiple_of(COMMITS_BETWEEN_LOOKS) && is_long() {
            within(until(async || is_copied() || commits(server).await > seen)).await;
        }
    }
    let before = frames(&connection).0;
    post(server, &person, "into a new log").await;
    within(until(async || frames(&connection).0 < before)).await;
}

/// How many there were since the server's start.
async fn commits(server: &Server) -> u64 {
    let metrics = within(reqwest::get(server.url("/metrics"))).await.unwrap().text().await.unwrap();
    let count = metrics.lines().find_map(|line| line.strip_prefix("banter_commits_total "));
    count.expect("it is counted").parse().unwrap()
}

/// How long the write-ahead log is, and how much of it is copied.
fn frames(connection: &Connection) -> (i64, i64) {
    connection.query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| Ok((row.get(1)?, row.get(2)?))).unwrap()
}

async fn until(is_so: impl AsyncFn() -> bool) {
    while !is_so().await {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
