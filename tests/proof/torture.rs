//! Everybody works while the server is killed again and again, in the middle of whatever it does.

use std::time::Duration;

use rand::Rng;
use tokio::time::sleep;

use super::scene::Scene;
use super::server::Server;

/// Kills in a run of the tests; `make torture` wants more.
const KILLS: u64 = 6;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_doubled_or_reordered_however_often_the_server_is_killed() {
    let (kills, seed) = (number("BANTER_KILLS", KILLS), number("BANTER_SEED", rand::random::<u32>().into()));
    println!("torture: {kills} kills, seed {seed}");
    let mut scene = Scene::begin(Server::new(), seed).await;
    for (name, window, copies) in [("ana", 8, 1), ("ben", 1, 1), ("cleo", 32, 1), ("twice", 4, 2), ("thrice", 2, 3)] {
        scene.writer(name, window, copies).await;
    }
    scene.program("program").await;
    scene.plain("plain").await;
    for name in ["eye", "ear", "nose"] {
        scene.observer(name, 0);
    }
    let mut restarts = Vec::new();
    for _ in 0..kills {
        sleep(Duration::from_millis(scene.random.random_range(30..300))).await;
        scene.server.kill();
        restarts.push(scene.server.start().await);
    }
    let outcome = scene.end().await;
    restarts.sort();
    println!("{outcome}");
    let (median, slowest) = (restarts[restarts.len() / 2], restarts[restarts.len() - 1]);
    println!("kills {kills}, from start to serving {median:.0?} in the middle, {slowest:.0?} at most");
    outcome.is_clean();
    assert!(outcome.done.len() == 5, "something of everything was done");
}
