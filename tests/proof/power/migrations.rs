//! A first start that is killed at each of its writes and syncs: the next one finds the old shape or the new one.

use super::recording::post;
use crate::proof::server::Server;

/// What changes a file, or makes it last.
const CALLS: [&str; 3] = ["pwrite64", "fdatasync", "fsync"];

#[tokio::test]
async fn a_first_start_may_be_killed_at_any_moment() {
    let mut points = 0;
    for call in CALLS {
        let mut nth = 1;
        while is_killed_at(call, nth).await {
            nth += 1;
        }
        points += nth - 1;
    }
    println!("first starts killed midway {points}, all served afterwards");
    assert!(points > 0);
}

/// Starts with a fresh folder, to be killed at the nth such call; if it was, starts again and talks. `false` if it served
/// before it came to that call.
async fn is_killed_at(call: &str, nth: usize) -> bool {
    let mut server = Server::new();
    let (trace, inject) = (format!("trace={call}"), format!("inject={call}:signal=SIGKILL:when={nth}"));
    server.traced(&["-o", "/dev/null", "-e", &trace, "-e", &inject]);
    if server.try_start().await.is_some() {
        return false;
    }
    server.traced(&[]);
    server.start().await;
    let person = server.guest(&reqwest::Client::new()).await;
    assert_eq!(post(&server, &person, "here again").await, 1, "killed at {call} {nth}");
    true
}
