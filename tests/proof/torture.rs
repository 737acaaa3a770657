//! Everybody works while the server is killed again and again, in the middle of whatever it does.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::sync::watch;
use tokio::time::sleep;

use super::checker::check;
use super::clients::{Clock, Observer, Setting, Stage, Writer, post_by_rest, speak_plainly};
use super::dump;
use super::history::{self, History};
use super::server::Server;

/// Kills in a run of the tests; `make torture` wants more.
const KILLS: usize = 6;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_doubled_or_reordered_however_often_the_server_is_killed() {
    let kills = number("BANTER_KILLS", KILLS as u64) as usize;
    let seed = number("BANTER_SEED", rand::random::<u32>().into());
    println!("torture: {kills} kills, seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let mut server = Server::new();
    server.start().await;

    let (stage, in_stage) = watch::channel(Stage::Work);
    let setting = Setting { address: server.address(), clock: Clock::start(), stage: in_stage };
    let http = reqwest::Client::new();
    let mut writers = Vec::new();
    for (name, window, copies) in [("ana", 8, 1), ("ben", 1, 1), ("cleo", 32, 1), ("twice", 4, 2), ("thrice", 2, 3)] {
        let guest = server.guest(&http).await;
        let random = StdRng::from_rng(&mut random);
        let writer = Writer::new(setting.clone(), name, guest.me.id.as_str(), guest.token, random);
        writers.push(tokio::spawn(Writer { window, copies, ..writer }.work()));
    }
    let mut others = Vec::new();
    let guest = server.guest(&http).await;
    let (program, person) = (setting.clone(), guest.me.id.to_string());
    others.push(tokio::spawn(async move { post_by_rest(program, "program", &person, guest.token).await }));
    let guest = server.guest(&http).await;
    let (plain, person) = (setting.clone(), guest.me.id.to_string());
    others.push(tokio::spawn(async move { speak_plainly(plain, "plain", &person, guest.token).await }));
    let observers = ["eye", "ear", "nose"].map(|name| tokio::spawn(Observer::new(setting.clone(), name).watch()));

    let mut restarts = Vec::new();
    for _ in 0..kills {
        sleep(Duration::from_millis(random.random_range(30..300))).await;
        server.kill();
        restarts.push(server.start().await);
    }
    stage.send_replace(Stage::Settle);
    let (mut histories, mut done): (Vec<History>, BTreeMap<String, usize>) = (Vec::new(), BTreeMap::new());
    for writer in writers {
        let writer = writer.await.unwrap();
        histories.push(writer.history);
        writer.done.into_iter().for_each(|(kind, count)| *done.entry(kind).or_default() += count);
    }
    for other in others {
        histories.push(other.await.unwrap());
    }
    stage.send_replace(Stage::End(dump::head(&server).await));
    let mut timelines = Vec::new();
    for observer in observers {
        let observer = observer.await.unwrap();
        histories.push(observer.history);
        timelines.extend(observer.timeline);
    }
    let (log, values) = dump::log(&mut server).await;
    if let Some(file) = std::env::var_os("BANTER_HISTORY") {
        history::save(&histories, file.as_ref()).unwrap();
    }
    let report = check(&histories, &log);
    let diverging = timelines.iter().filter(|timeline| !dump::is_as_fresh(timeline, &values)).count();
    restarts.sort();
    println!("{report}");
    println!("acts in the log {done:?}, pages that differ from a fresh one {diverging} of {}", timelines.len());
    let (median, slowest) = (restarts[restarts.len() / 2], restarts[restarts.len() - 1]);
    println!("kills {kills}, from start to serving {median:.0?} in the middle, {slowest:.0?} at most");
    assert!(report.is_clean() && diverging == 0);
    assert!(report.acks > kills && done.len() == 5, "something of everything was done: {done:?}");
}
