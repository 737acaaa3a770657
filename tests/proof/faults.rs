//! Faults of disk, line and machine, one at a time. Each scene ends with the same verdict as the others.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use banter::protocol::api::Identity;
use banter::protocol::event::Act;
use banter::protocol::ids::RoomKey;
use banter::protocol::wire::{ClientFrame, ServerFrame};
use rusqlite::{Connection, OpenFlags};
use tokio::time::sleep;

use super::clients::{Brought, Line};
use super::dump::Reader;
use super::proxy::{Fault, Proxy};
use super::scene::Scene;
use super::server::Server;
use crate::support::{new_cid, within};

/// Events that a scene goes on for after the fault.
const MORE: u64 = 200;

async fn talk(mut server: Server, options: &[&str]) -> Scene {
    server.traced(options);
    let mut scene = Scene::begin(server, 7).await;
    scene.expects(3).await;
    scene.writer("ana", 8, 1).await;
    scene.writer("twice", 4, 2).await;
    scene.program("program").await;
    scene.observer("eye", 0);
    scene
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_a_chosen_fsync_nothing_is_lost() {
    for number in [12, 20, 35] {
        let inject = format!("inject=fsync,fdatasync:signal=SIGKILL:when={number}");
        let mut server = Server::new();
        // The first start makes the database, which is another story.
        server.start().await;
        server.stop().await;
        let mut scene = talk(server, &["-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", &inject]).await;
        scene.server.ended().await;
        scene.server.traced(&[]);
        scene.server.start().await;
        let outcome = scene.end().await;
        outcome.is_clean();
        println!("killed at fsync {number}: acks checked {}, lost 0", outcome.report.acks);
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_for_a_while_costs_nothing_and_needs_no_restart() {
    let inject = "inject=fsync,fdatasync:error=EIO:when=12..30";
    let scene = talk(Server::new(), &["-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", inject]).await;
    scene.reaches(MORE).await;
    assert!(scene.server.log().iter().any(|line| line.contains("nothing can be stored")), "it failed");
    assert!(scene.server.log().iter().any(|line| line.contains("can be stored again")), "and was well again");
    let outcome = scene.end().await;
    outcome.is_clean();
    assert!(outcome.unsure() > 0, "somebody was told that it is not known");
    println!("fsync failed: acks checked {}, lost 0", outcome.report.acks);
}

/// A small disk of its own; gone with it. Only root can make one.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    fn at(path: &'a Path) -> Option<Self> {
        fs::create_dir_all(path).unwrap();
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"]).arg(path).output();
        mount.is_ok_and(|output| output.status.success()).then_some(Self(path))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0).status();
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_nothing_is_promised_and_with_room_again_all_goes_on() {
    let server = Server::new();
    let data = server.data();
    let Some(_disk) = SmallDisk::at(&data) else {
        println!("NOT TRIED, a full disk: only root can mount one that is small enough");
        return;
    };
    let mut scene = Scene::begin(server, 7).await;
    scene.shouts("ana", 4_000).await;
    scene.observer("eye", 0);
    let full = || async { reqwest::get(scene.server.url("/readyz")).await.unwrap().status() == 503 };
    within(async { while !full().await {} }).await;
    let page = reqwest::get(scene.server.url("/")).await.unwrap();
    assert_eq!(page.status(), 200, "one can read all the while");
    let there = super::dump::head(&scene.server, &Reader::lobby()).await;
    let more = Command::new("mount").args(["-o", "remount,size=64m"]).arg(&data).status().unwrap();
    assert!(more.success());
    scene.reaches(there + 50).await;
    within(async { while full().await {} }).await;
    let outcome = scene.end().await;
    outcome.is_clean();
    assert!(outcome.unsure() > 0, "somebody was told that it is not known");
    println!("disk full: acks checked {}, lost 0", outcome.report.acks);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_another_program_holds_the_database_people_wait_and_lose_nothing() {
    let scene = talk(Server::new(), &[]).await;
    scene.reaches(20).await;
    let file = scene.server.data().join("banter.db");
    let other = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    other.busy_timeout(Duration::from_secs(10)).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    // The first batch may be of one client alone; by the third each of them is in one.
    let failed = |line: &&String| line.contains("a batch has an unknown fate");
    within(async {
        while scene.server.log().iter().filter(failed).count() < 3 {
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    let there = super::dump::head(&scene.server, &Reader::lobby()).await;
    other.execute_batch("ROLLBACK").unwrap();
    scene.reaches(there + MORE).await;
    let outcome = scene.end().await;
    outcome.is_clean();
    assert!(outcome.unsure() > 0, "somebody was told that it is not known");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stands_still_for_seconds_doubles_nothing() {
    let scene = talk(Server::new(), &[]).await;
    for _ in 0..2 {
        sleep(Duration::from_millis(100)).await;
        scene.server.signal("STOP");
        // Longer than clients wait for an answer: they come back and send again.
        sleep(Duration::from_millis(3_500)).await;
        scene.server.signal("CONT");
    }
    let outcome = scene.end().await;
    outcome.is_clean();
    println!("stopped and continued: acks checked {}, lost 0", outcome.report.acks);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_to_go_takes_nothing_with_it() {
    let mut scene = talk(Server::new(), &[]).await;
    for _ in 0..3 {
        sleep(Duration::from_millis(150)).await;
        scene.server.stop().await;
        scene.server.start().await;
    }
    scene.end().await.is_clean();
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_lines_lose_nothing() {
    let mut scene = Scene::begin(Server::new(), 7).await;
    let proxy = Proxy::before(scene.server.address()).await;
    scene.setting.address = proxy.address;
    scene.writer("ana", 8, 1).await;
    scene.observer("eye", 0);
    let slow = Fault { delay: Duration::from_millis(2), trickle: Some(700), ..Fault::default() };
    let faults = [
        Fault { reset: true, ..Fault::default() },
        slow,
        Fault { cut_after: Some(5_000), ..Fault::default() },
        Fault { dumb: true, ..Fault::default() },
        Fault { deaf: true, ..Fault::default() },
    ];
    for fault in faults {
        proxy.set(fault);
        sleep(Duration::from_millis(400)).await;
        proxy.set(Fault::default());
        sleep(Duration::from_millis(50)).await;
    }
    // Those who wait for what got nowhere find out and come back.
    let there = super::dump::head(&scene.server, &Reader::lobby()).await;
    scene.reaches(there + MORE).await;
    let outcome = scene.end().await;
    outcome.is_clean();
    println!("bad lines: acks checked {}, lost 0", outcome.report.acks);
}

/// It is in the log, the answer gets lost on the way, and it is sent again.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_after_the_commit_does_not_double_the_message() {
    let mut server = Server::new();
    server.start().await;
    let proxy = Proxy::before(server.address()).await;
    let Identity { token, .. } = server.guest(&reqwest::Client::new()).await;
    let act = Act::Post { body: "once".into(), reply_to: None };
    let post = ClientFrame::of_act(RoomKey::lobby(), new_cid(), act);

    let mut line = greeted(&proxy, &token).await;
    proxy.set(Fault { dumb: true, ..Fault::default() });
    line.tell(&post).await.unwrap();
    within(async { while super::dump::head(&server, &Reader::lobby()).await == 0 {} }).await;
    drop(line);
    proxy.set(Fault::default());
    let mut line = greeted(&proxy, &token).await;
    line.tell(&post).await.unwrap();
    let answer = frame(&mut line).await;
    assert!(matches!(answer, ServerFrame::Ack { seq: 1, dup: true, .. }), "{answer:?}");
    assert_eq!(super::dump::head(&server, &Reader::lobby()).await, 1);
}

async fn greeted(proxy: &Proxy, token: &str) -> Line {
    let mut line = Line::open(proxy.address, "/ws", None).await.unwrap();
    line.tell(&ClientFrame::Hello { token: Some(token.to_owned()) }).await.unwrap();
    assert!(matches!(frame(&mut line).await, ServerFrame::Welcome { .. }));
    line
}

async fn frame(line: &mut Line) -> ServerFrame {
    match line.due().await {
        Brought::Text(text) => serde_json::from_str(&text).unwrap(),
        Brought::Closed(code) => panic!("closed with {code:?}"),
    }
}
