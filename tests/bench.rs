//! `banter bench` against servers of this process: what it does to them, and that it notices what is wrong.

use std::process::{Command, Output};

use banter::protocol::calls;
use banter::protocol::ids::RoomKey;
use banter::server::config::Config;
use tokio::task::spawn_blocking;

use crate::support::{TestApp, config};

/// Runs it, off the threads that serve.
async fn bench(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_banter"));
    command.arg("bench").args(arguments);
    spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn durable<'a>(url: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["durable", "--url", url, "--senders", "4", "--seconds", "1"], more].concat()
}

async fn head(app: &TestApp) -> u64 {
    app.call(None, calls::room(&RoomKey::lobby())).await.unwrap().head
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_posts_is_in_the_room_and_counted() {
    let app = TestApp::start().await;
    let output = bench(&durable(&app.url(""), &["--window", "1,8"])).await;
    let text = String::from_utf8(output.stdout).unwrap();
    let figures: Vec<Vec<&str>> = text.lines().skip(2).map(|line| line.split_whitespace().collect()).collect();
    let [one, eight] = figures.as_slice() else { panic!("one line for each run: {text}") };
    assert_eq!((one[0], eight[0]), ("1", "8"));
    let acked = |run: &[&str]| run[1].replace(',', "").parse::<u64>().unwrap();
    // A tenth of each second is not measured.
    let measured = (acked(one) + acked(eight)) * 9 / 10;
    assert!(measured > 0 && measured <= head(&app).await, "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_post_spoils_the_measurement() {
    let app = TestApp::with(Config { post_rate: 1, ..config() }).await;
    let output = bench(&durable(&app.url(""), &["--window", "64"])).await;
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && complaint.contains("too_fast"), "{complaint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_are_filled_as_far_as_is_asked_and_read_in_turn() {
    let (short, long) = (TestApp::start().await, TestApp::start().await);
    let (short_url, long_url) = (short.url(""), long.url(""));
    let rooms = ["--short", &short_url, "--long", &long_url, "--events", "1200", "--rounds", "3"];
    let output = bench(&[&["history"], &rooms[..]].concat()).await;
    let (text, complaint) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!((head(&short).await, head(&long).await), (1_000, 1_200), "{complaint}");
    assert!(text.contains("1,000 events") && text.contains("1,200 events"), "{text}");
    assert_eq!(text.matches("ratio").count(), 4, "{text}");
}
