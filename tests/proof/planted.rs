//! Whether the proofs would find a bug if there were one: bugs are planted, one at a time, and each has to be found; the same
//! scene without it has to be clean.

use std::future::Future;

use banter::protocol::limits;

use super::checker::{Promise, Report};
use super::clients::Observer;
use super::scene::Scene;
use super::server::Server;

/// Enough for every bug to show itself.
const EVENTS: u64 = 250;

/// Plays a scene with the bug and without it.
async fn finds<F: Future<Output = Report>>(bug: &str, promise: Promise, scene: impl Fn(Server) -> F) {
    let with = scene(Server::planted(bug)).await;
    assert!(with.broken(promise) > 0, "{bug} was not found: {with}");
    let without = scene(Server::planted("none")).await;
    assert!(without.is_clean(), "nothing was planted: {without}");
    println!("planted {bug}: caught, {promise:?} broken {} times", with.broken(promise));
}

/// People talk, somebody follows.
async fn talk(server: Server) -> Report {
    let mut scene = Scene::begin(server, 1).await;
    scene.writer("ana", 8, 1).await;
    scene.observer("eye", 0);
    scene.reaches(EVENTS).await;
    scene.end().await.report
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ack_before_the_commit_is_caught() {
    finds("ack-before-commit", Promise::I1DurableAck, async |mut server| {
        // Killed in the middle of a commit, before its last bytes are written.
        server.traced(&["-o", "/dev/null", "-e", "trace=pwrite64", "-e", "inject=pwrite64:signal=SIGKILL:when=300"]);
        let mut scene = Scene::begin(server, 1).await;
        scene.writer("ana", 8, 1).await;
        scene.server.ended().await;
        scene.server.traced(&[]);
        scene.server.start().await;
        scene.end().await.report
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_send_that_is_not_recognised_is_caught() {
    finds("no-dedupe", Promise::I2NoDuplicate, async |server| {
        let mut scene = Scene::begin(server, 1).await;
        scene.writer("twice", 4, 2).await;
        scene.reaches(EVENTS).await;
        scene.end().await.report
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fan_out_that_drops_is_caught() {
    finds("fanout-drops", Promise::I7Monotonic, talk).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_is_read_before_it_is_followed_is_caught() {
    finds("read-then-attach", Promise::I7Monotonic, async |server| {
        let mut scene = Scene::begin(server, 1).await;
        scene.writer("ana", 32, 1).await;
        scene.observer("eye", 500);
        scene.reaches(4 * EVENTS).await;
        scene.end().await.report
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_that_is_off_by_one_is_caught() {
    finds("resume-off-by-one", Promise::I9HonestRecovery, async |server| {
        let mut scene = Scene::begin(server, 1).await;
        scene.writer("ana", 32, 1).await;
        scene.observer("eye", 500);
        scene.reaches(4 * EVENTS).await;
        scene.end().await.report
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_across_lives_is_caught() {
    finds("resume-ignores-epoch", Promise::I10Epoch, async |server| {
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
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_text_that_is_handed_out_is_caught() {
    finds("deleted-body-served", Promise::I14Deletion, talk).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_are_given_outside_of_the_transaction_are_caught() {
    finds("seq-before-commit", Promise::I4OneOrder, async |mut server| {
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
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_who_is_not_told_of_what_was_dropped_is_caught() {
    finds("slow-drops", Promise::I7Monotonic, async |server| {
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
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_is_none_is_caught() {
    finds("nack-commits", Promise::I11FinalRefusal, async |server| {
        let mut scene = Scene::begin(server.with("BANTER_POST_RATE", "1"), 1).await;
        scene.writer("ana", 8, 1).await;
        scene.reaches(5).await;
        scene.end().await.report
    })
    .await;
}
