//! `banter bench` against servers of this process: what it does to them, and that it notices what is wrong.

use std::process::{Command, Output};

use banter::protocol::calls;
use banter::protocol::ids::RoomKey;
use banter::protocol::limits;
use banter::server::config::{Config, Switch};
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
    app.call(None, calls::room(&RoomKey::lobby())).await.unwrap().summary.head
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
async fn what_is_posted_over_the_plain_wire_counts_once_its_sender_hears_it() {
    let app = TestApp::start().await;
    let found = found(&durable(&app.url(""), &["--dialect", "plain", "--window", "1,64"])).await;
    let windows: Vec<_> = found.as_array().unwrap().iter().map(|run| run["window"].as_u64().unwrap()).collect();
    let posts: u64 = found.as_array().unwrap().iter().map(|run| run["posts"].as_u64().unwrap()).sum();
    assert_eq!((windows, posts), (vec![1, 64], head(&app).await));
    assert!(found[0]["acknowledged_per_second"].as_f64().unwrap() > 0.0);
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
    let urls = [short.url(""), long.url("")].join(",");
    let history = ["history", "--url", &urls, "--events", "100,1200", "--rounds", "3"];
    let output = bench(&history).await;
    let (text, complaint) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!((head(&short).await, head(&long).await), (100, 1_200), "{complaint}");
    assert!(text.contains("100 events") && text.contains("1,200 events"), "{text}");
    assert_eq!(text.matches("ratio").count(), 4, "{text}");
    let found = found(&history).await;
    let lengths = |reading: &serde_json::Value| {
        let medians = reading["medians_ms"].as_array().unwrap();
        medians.iter().map(|median| median[0].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(found.as_array().unwrap().iter().map(lengths).collect::<Vec<_>>(), [[100, 1_200]; 4]);
}

/// What it found, as a program reads it.
async fn found(arguments: &[&str]) -> serde_json::Value {
    let output = bench(&[arguments, &["--json"]].concat()).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn nothing_kept() -> Config {
    Config { lobby_history: Switch::Off, ..config() }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_everybody_says_at_once_is_heard_by_all() {
    let (app, pid) = (TestApp::with(nothing_kept()).await, std::process::id().to_string());
    let url = app.url("");
    let blast = ["blast", "--url", &url, "--pid", &pid, "--clients", "5", "--each", "40", "--seconds", "1"];
    let found = found(&blast).await;
    assert_eq!(found["deliveries"].as_u64().unwrap(), found["rounds"].as_u64().unwrap() * 5 * 5 * 40);
    assert!(found["rounds"].as_u64().unwrap() > 0 && found["server_us_per_delivery"].as_f64().unwrap() > 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_at_a_rate_is_heard_by_all() {
    for coalesce in [0, limits::COALESCE_MS] {
        let app = TestApp::with(Config { coalesce, ..nothing_kept() }).await;
        let url = app.url("");
        // As many as make a room busy.
        let open = ["open", "--url", &url, "--clients", "70", "--rate", "200", "--seconds", "1", "--warm-up", "0"];
        let found = found(&open).await;
        assert_eq!(found["deliveries"].as_u64(), Some(70 * 200), "waiting {coalesce} ms for more");
        assert!(found["p99_ms"].as_f64() <= found["max_ms"].as_f64());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_in_a_room_is_heard_by_those_who_are_in_it() {
    let (app, pid) = (TestApp::start().await, std::process::id().to_string());
    let url = app.url("");
    for more in [&["--history", "on"][..], &["--history", "off", "--also", "30"]] {
        let rooms = ["rooms", "--url", &url, "--pid", &pid, "--clients", "22", "--rooms", "5", "--rate", "100"];
        let found = found(&[&rooms[..], &["--seconds", "1", "--warm-up", "0"], more].concat()).await;
        // Two of the rooms have five people in them, and three four.
        assert_eq!(found["deliveries"].as_u64(), Some(20 * 22));
        assert!(found["server_us_per_delivery"].as_f64().unwrap() > 0.0);
    }
    assert_eq!(head(&app).await, 0, "nothing is said in the lobby");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_is_refused_in_a_room_spoils_the_measurement() {
    let app = TestApp::with(Config { room_rate: 1, ..config() }).await;
    let url = app.url("");
    let output = bench(&["rooms", "--url", &url, "--clients", "2", "--rooms", "1", "--seconds", "1"]).await;
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && complaint.contains("too_fast"), "{complaint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_something_else_spoils_the_measurement() {
    let app = TestApp::with(Config { post_rate: 1, ..nothing_kept() }).await;
    let output = bench(&["blast", "--url", &app.url(""), "--clients", "2", "--each", "50"]).await;
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && complaint.contains("heard what nobody said"), "{complaint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_says_nothing_is_counted_and_measured() {
    let (app, pid) = (TestApp::start().await, std::process::id().to_string());
    let url = app.url("");
    let idle = ["idle", "--url", &url, "--pid", &pid, "--clients", "5,20", "--signed-in", "--settle", "1"];
    let found = found(&idle).await;
    let counts: Vec<_> = found["levels"].as_array().unwrap().iter().map(|level| level[0].as_u64().unwrap()).collect();
    assert_eq!(counts, [0, 5, 20]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_back_gets_what_was_said_meanwhile() {
    let app = TestApp::start().await;
    let url = app.url("");
    let found = found(&["storm", "--url", &url, "--clients", "40", "--missed", "7"]).await;
    assert!(found["half_ms"].as_f64() <= found["all_ms"].as_f64());
    // The one of before, what was missed, and the next.
    assert_eq!(head(&app).await, 1 + 7 + 1);
}
