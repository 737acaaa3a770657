//! The server goes: what was sent is acknowledged, everybody is told when to come back, and not all at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use banter::protocol::ids::{Cid, RoomKey};
use banter::protocol::wire::{ServerFrame, close};
use banter::server::store::{SqliteStore, Store, Stretch};
use futures::future::join_all;

use crate::support::client::Socket;
use crate::support::{TestApp, config};

/// More than leave in one slice.
const CROWD: usize = 700;

/// Reads on to the end; answers with what was acknowledged, when to come back, and the close code.
async fn to_the_end(mut socket: Socket) -> (BTreeSet<Cid>, Option<u64>, u16) {
    let mut acked = BTreeSet::new();
    loop {
        match socket.frame().await {
            ServerFrame::Ack { cid, .. } => drop(acked.insert(cid)),
            ServerFrame::Moved { after_ms } => return (acked, Some(after_ms), socket.close_code().await.0),
            ServerFrame::Ev { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_is_sent_away_in_slices_and_comes_back_spread_out() {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let mut app = TestApp::start().await;
    let mut crowd = Vec::new();
    for _ in 0..CROWD {
        let mut socket = app.socket().await;
        socket.hello(None).await;
        crowd.push(socket);
    }
    app.begin_to_stop();
    let ends = join_all(crowd.into_iter().map(to_the_end)).await;
    assert!(ends.iter().all(|(_, _, code)| *code == close::RESTARTING));
    let returns: BTreeSet<_> = ends.iter().filter_map(|(_, after_ms, _)| *after_ms).collect();
    assert!(returns.len() > CROWD / 10, "not all at the same moment: {returns:?}");
    app.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_is_acknowledged_before_goodbye_and_nothing_else_is_there_afterwards() {
    let data = tempfile::tempdir().unwrap();
    let mut app = TestApp::with_store(config(), Arc::new(SqliteStore::open(data.path()).await.unwrap())).await;
    let people = join_all(["Ana", "Ben", "Cleo", "Dan"].map(|name| app.person(name))).await;
    let mut sockets = Vec::new();
    for person in &people {
        let mut socket = app.in_lobby(Some(person)).await;
        for number in 0..50 {
            socket.post(&format!("{number}")).await;
        }
        sockets.push(socket);
    }
    app.begin_to_stop();
    let ends = join_all(sockets.into_iter().map(to_the_end)).await;
    app.stopped().await;
    assert!(ends.iter().all(|(_, _, code)| *code == close::RESTARTING));
    let acked: BTreeSet<Cid> = ends.into_iter().flat_map(|(acked, _, _)| acked).collect();

    let store = SqliteStore::open(data.path()).await.unwrap();
    let log = store.logs().events(&RoomKey::lobby(), Stretch::After(0), 1_000).await.unwrap().unwrap();
    let there: BTreeSet<Cid> = log.events.iter().filter_map(|event| event.cid.clone()).collect();
    assert_eq!(acked, there);
}
