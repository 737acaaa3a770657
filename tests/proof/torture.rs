//! Everybody works while the server is killed again and again, in the middle of whatever it does.

use std::time::Duration;

use rand::Rng;
use tokio::time::sleep;

use super::history;
use super::proxy::{Fault, Proxy};
use super::scene::Scene;
use super::server::Server;

/// Kills in a run of the tests; `make torture` wants more.
const KILLS: u64 = 6;

/// A number from the environment.
pub fn number(name: &str, otherwise: u64) -> u64 {
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
    scene.observer("eye", 0);
    scene.observer("ear", 100);
    // Two more have a bad line.
    let proxy = Proxy::before(scene.server.address()).await;
    scene.setting.address = proxy.address;
    scene.writer("far", 4, 1).await;
    scene.observer("nose", 0);
    let slow = Fault { delay: Duration::from_millis(1), trickle: Some(2_000), ..Fault::default() };
    let faults = [slow, Fault { reset: true, ..slow }, Fault { dumb: true, ..slow }, Fault::default()];
    let mut restarts = Vec::new();
    for _ in 0..kills {
        proxy.set(faults[scene.random.random_range(0..faults.len())]);
        sleep(Duration::from_millis(scene.random.random_range(30..300))).await;
        proxy.set(Fault::default());
        scene.server.kill();
        restarts.push(scene.server.start().await);
    }
    let outcome = scene.end().await;
    restarts.sort();
    println!("{outcome}");
    let (median, slowest) = (restarts[restarts.len() / 2], restarts[restarts.len() - 1]);
    println!("kills {kills}, from start to serving {median:.0?} in the middle, {slowest:.0?} at most");
    if let Some(file) = std::env::var_os("BANTER_HISTORY") {
        history::save(&outcome.histories, file.as_ref()).unwrap();
    }
    outcome.is_clean();
    assert!(outcome.done.len() == 5, "something of everything was done");
}
