//! Whether the proofs would find a bug if there were one: bugs are planted, one at a time, and each has to be found; the same
//! scene without it has to be clean.

use std::collections::BTreeSet;

use banter::protocol::limits;
use futures::future::BoxFuture;
use futures::stream::{self, StreamExt};

use super::checker::{Promise, Report};
use super::clients::Observer;
use super::races;
use super::scene::Scene;
use super::server::Server;

/// Enough for every bug to show itself.
const EVENTS: u64 = 250;
const RACES: u64 = 60;

type Play = fn(Server) -> BoxFuture<'static, Report>;

/// Each bug, the promise that it breaks, and a scene that shows it.
const BUGS: [(&str, Promise, Play); 13] = [
    ("ack-before-commit", Promise::I1DurableAck, |server| Box::pin(killed_in_a_commit(server))),
    ("no-dedupe", Promise::I2NoDuplicate, |server| Box::pin(sends_again(server))),
    ("fanout-drops", Promise::I7Monotonic, |server| Box::pin(talk(server))),
    ("read-then-attach", Promise::I7Monotonic, |server| Box::pin(follows_anew_while_others_talk(server))),
    ("resume-off-by-one", Promise::I9HonestRecovery, |server| Box::pin(follows_anew_while_others_talk(server))),
    ("resume-ignores-epoch", Promise::I10Epoch, |server| Box::pin(goes_back_to_a_copy(server))),
    ("deleted-body-served", Promise::I14Deletion, |server| Box::pin(talk(server))),
    ("seq-before-commit", Promise::I4OneOrder, |server| Box::pin(fails_to_commit(server))),
    ("slow-drops", Promise::I7Monotonic, |server| Box::pin(reads_late(server))),
    ("nack-commits", Promise::I11FinalRefusal, |server| Box::pin(is_too_fast(server))),
    ("power-at-the-door-only", Promise::I13Membership, |server| Box::pin(races::in_the_lobby(server, RACES, 1))),
    ("banned-still-hear", Promise::I13Membership, |server| Box::pin(races::in_the_den(server, RACES, 1))),
    ("session-outlives-its-end", Promise::I15SessionEnd, |server| Box::pin(races::in_the_lobby(server, RACES, 1))),
];

/// Found by cutting the power: see there.
const ELSEWHERE: &str = "synchronous-off";

#[tokio::test(flavor = "multi_thread")]
async fn every_planted_bug_is_caught_and_nothing_is_found_where_none_is() {
    let caught = stream::iter(BUGS).map(|(bug, promise, play)| finds(bug, promise, play)).buffer_unordered(2);
    println!("planted bugs caught {} of {}", caught.count().await, BUGS.len());
}

/// Plays a scene with the bug and without it.
async fn finds(bug: &str, promise: Promise, play: Play) {
    let with = play(Server::planted(bug)).await;
    assert!(with.broken(promise) > 0, "{bug} was not found: {with}");
    let without = play(Server::planted("none")).await;
    assert!(without.is_clean(), "{bug} was not planted: {without}");
    println!("planted {bug}: caught, {promise:?} broken {} times", with.broken(promise));
}

#[test]
fn every_bug_that_can_be_planted_has_a_scene() {
    let source = std::fs::read_to_string("src/server/plant/enabled/mod.rs").unwrap();
    let names = source.lines().filter_map(|line| line.trim().strip_prefix("(\"")?.split('"').next());
    let scenes = BUGS.iter().map(|(bug, ..)| *bug).chain([ELSEWHERE]);
    assert_eq!(names.collect::<BTreeSet<_>>(), scenes.collect::<BTreeSet<_>>());
}

/// People talk, somebody follows.
async fn talk(server: Server) -> Report {
    let mut scene = Scene::begin(server, 1).await;
    scene.writer("ana", 8, 1).await;
    scene.observer("eye", 0);
    scene.reaches(EVENTS).await;
    scene.end().await.report
}

/// The server is killed in the middle of a commit, before its last bytes are written, and in each of its next lives once
/// more: at the very first bytes of a commit nobody may have heard of it yet. Only those of the log count: what is searched
/// with is written by a thread of its own, at moments in which nothing may be under way.
async fn killed_in_a_commit(mut server: Server) -> Report {
    let log = server.data().join("banter.db-wal");
    let kill_at = |server: &mut Server, write: u32| {
        let kill = format!("inject=pwrite64:signal=SIGKILL:when={write}");
        server.traced(&["-o", "/dev/null", "-P", log.to_str().unwrap(), "-e", "trace=pwrite64", "-e", &kill]);
    };
    kill_at(&mut server, 300);
    let mut scene = Scene::begin(server, 1).await;
    scene.writer("ana", 8, 1).await;
    for write in [205, 309] {
        scene.server.ended().await;
        kill_at(&mut scene.server, write);
        scene.server.start().await;
    }
    scene.server.ended().await;
    scene.server.traced(&[]);
    scene.server.start().await;
    scene.end().await.report
}

/// Somebody sends everything several times.
async fn sends_again(server: Server) -> Report {
    let mut scene = Scene::begin(server, 1).await;
    scene.writer("twice", 4, 2).await;
    scene.reaches(EVENTS).await;
    scene.end().await.report
}

/// Somebody asks for the room again and again while others talk.
async fn follows_anew_while_others_talk(server: Server) -> Report {
    let mut scene = Scene::begin(server, 1).await;
    scene.writer("ana", 32, 1).await;
    scene.observer("eye", 500);
    scene.reaches(4 * EVENTS).await;
    scene.end().await.report
}

/// The server goes back to a copy that was taken a moment ago, and comes back.
async fn goes_back_to_a_copy(server: Server) -> Report {
    let mut scene = Scene::begin(server, 1).await;
    scene.writer("ana", 1, 1).await;
    scene.observer("eye", 0);
    scene.reaches(10).await;
    // As of a moment at which the observer has not seen more than the copy has.
    scene.server.signal("STOP");
    let copy = scene.server.file("copy.db");
    scene.server.command("backup", &copy);
    scene.server.kill();
    scene.server.command("restore", &copy);
    scene.server.start().await;
    scene.end().await.report
}

/// The disk fails for a moment.
async fn fails_to_commit(mut server: Server) -> Report {
    server.traced(&[
        "-o",
        "/dev/null",
        "-e",
        "trace=fsync,fdatasync",
        "-e",
        "inject=fsync,fdatasync:error=EIO:when=20..21",
    ]);
    let mut scene = Scene::begin(server, 1).await;
    scene.writer("ana", 8, 1).await;
    scene.reaches(EVENTS).await;
    scene.end().await.report
}

/// Somebody reads nothing for long, with next to no room for what waits.
async fn reads_late(server: Server) -> Report {
    let mut scene = Scene::begin(server, 1).await;
    let observer = Observer::new(scene.setting.clone(), "slow");
    let (pause, go_on) = tokio::sync::watch::channel(true);
    scene.observe(tokio::spawn(observer.watch_slowly(go_on)));
    scene.shouts("ana", limits::BODY_BYTES - 100).await;
    scene.reaches(1_000).await;
    pause.send_replace(false);
    // What comes now shows what is missing before it.
    scene.reaches(1_500).await;
    scene.end().await.report
}

/// Somebody says more than they may.
async fn is_too_fast(server: Server) -> Report {
    let mut scene = Scene::begin(server.with("BANTER_POST_RATE", "1"), 1).await;
    scene.writer("ana", 8, 1).await;
    scene.reaches(5).await;
    scene.end().await.report
}
