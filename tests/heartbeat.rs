//! Signs of life, and what becomes of those who give none.

use std::time::Duration;

use banter::protocol::ids::RoomKey;
use banter::protocol::limits;
use banter::protocol::wire::{ClientFrame, ServerFrame, close};

use tokio::io::AsyncReadExt;

use crate::support::{TestApp, config, within};

/// A period of a second instead of 25 s.
const QUICK: Duration = Duration::from_millis(40);

#[tokio::test]
async fn a_heartbeat_names_the_heads_of_what_is_followed() {
    let app = TestApp::with_tick(config(), QUICK).await;
    let ana = app.person("Ana").await;
    app.post(&ana, "one").await;
    let mut socket = app.in_lobby(None).await;
    assert_eq!(socket.heartbeat().await, [(RoomKey::lobby(), 1)].into());
}

#[tokio::test]
async fn who_answers_stays_and_who_does_not_is_let_go() {
    let app = TestApp::with_tick(config(), QUICK).await;
    let (mut lively, mut silent, mut plain) = (app.in_lobby(None).await, app.in_lobby(None).await, app.plain().await);
    let ana = app.person("Ana").await;
    let answering = tokio::spawn(async move {
        loop {
            match lively.any_frame().await {
                ServerFrame::Ping { .. } => lively.tell(&ClientFrame::Pong { away: false }).await,
                ServerFrame::Ev { event, .. } => return event.seq,
                other => panic!("{other:?}"),
            }
        }
    });
    // The library answers pings of the WebSocket by itself, as browsers do.
    let listening = tokio::spawn(async move { plain.text().await });
    silent.gone().await;
    app.post(&ana, "still there").await;
    assert_eq!(answering.await.unwrap(), 1);
    assert_eq!(listening.await.unwrap(), "still there");
}

/// A connection that never asks for anything.
#[tokio::test]
async fn who_says_nothing_at_all_is_closed() {
    let app = TestApp::start().await;
    let mut stream = tokio::net::TcpStream::connect(app.address).await.unwrap();
    let mut answer = Vec::new();
    within(stream.read_to_end(&mut answer)).await.unwrap();
    assert!(answer.is_empty(), "{answer:?}");
}

#[tokio::test]
async fn who_does_not_greet_is_closed() {
    let app = TestApp::start().await;
    assert_eq!(app.socket().await.close_code().await.0, close::HELLO_LATE);
}

/// More than the kernel's buffers and ours together: the others hear all of it, and the one who does not read is closed.
#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_read_is_closed_and_holds_nobody_up() {
    const MESSAGES: u64 = 2_000;
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let mut slow = app.connect_with_buffer("/ws", 64 * 1024).await;
    slow.hello(None).await;
    slow.sub(None, None).await;
    let (mut speaker, mut good) = (app.in_lobby(Some(&ana)).await, app.in_lobby(None).await);
    let body = "x".repeat(limits::BODY_BYTES);
    let (enough, was_enough) = tokio::sync::oneshot::channel::<()>();
    let speaking = tokio::spawn(async move {
        let mut enough = Some(enough);
        for number in 1..=MESSAGES {
            speaker.post(&body).await;
            // Many at once share a wait for the disk: the slow one must not have been let go before it begins to read.
            if number % 20 == 0 {
                while speaker.event().await.seq < number {}
            }
            // Well over what the kernel and the server hold for one who does not read; what follows is for the others.
            if number == MESSAGES / 2 {
                drop(enough.take());
            }
        }
    });
    let listening = tokio::spawn(async move { while good.event().await.seq < MESSAGES {} });
    let _ = was_enough.await;
    let (code, heard) = slow.close_code().await;
    assert_eq!(code, close::SLOW);
    assert!((heard as u64) < MESSAGES / 2, "it was cut off before: {heard}");
    speaking.await.unwrap();
    listening.await.unwrap();
}
