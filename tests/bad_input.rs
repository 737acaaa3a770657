//! Everything that a client may get wrong. Each time somebody else chats on.

use banter::protocol::api::ErrorCode;
use banter::protocol::limits;
use banter::protocol::wire::{ServerFrame, close};
use banter::server::config::Config;
use tokio_tungstenite::tungstenite::Message;

use crate::support::client::Socket;
use crate::support::{TestApp, config};

/// Two others, who must not notice anything.
struct Others {
    ana: Socket,
    ben: Socket,
}

impl Others {
    async fn chat_in(app: &TestApp) -> Self {
        let mut others = Self { ana: app.plain().await, ben: app.plain().await };
        others.chat_on().await;
        others
    }

    async fn chat_on(&mut self) {
        self.ana.say("all well?").await;
        assert_eq!(self.ben.text().await, "all well?");
        assert_eq!(self.ana.text().await, "all well?");
    }
}

#[tokio::test]
async fn a_message_of_64_kib_fits_and_one_byte_more_ends_it() {
    let app = TestApp::start().await;
    let mut others = Others::chat_in(&app).await;
    for path in ["/", "/ws"] {
        let mut socket = app.connect(path, &[]).await;
        if path == "/" {
            socket.text().await;
        }
        socket.say(&" ".repeat(limits::FRAME_BYTES)).await;
        if path == "/" {
            assert!(socket.text().await.starts_with("Not sent"), "a frame that fits is answered");
        } else {
            assert!(matches!(socket.frame().await, ServerFrame::Err { .. }), "a frame that fits is answered");
        }
        socket.say(&" ".repeat(limits::FRAME_BYTES + 1)).await;
        assert_eq!(socket.close_code().await.0, close::TOO_BIG, "{path}");
    }
    others.chat_on().await;
}

#[tokio::test]
async fn a_binary_frame_that_is_not_utf8_ends_it() {
    let app = TestApp::start().await;
    let mut others = Others::chat_in(&app).await;
    let mut plain = app.plain().await;
    plain.send(Message::binary(vec![0xFF, 0xFE])).await;
    assert_eq!(plain.close_code().await.0, close::NOT_UTF8);

    let mut socket = app.in_lobby(None).await;
    socket.send(Message::binary(vec![0xFF, 0xFE])).await;
    assert!(matches!(socket.frame().await, ServerFrame::Err { code: ErrorCode::BadFrame, .. }));
    assert_eq!(socket.close_code().await.0, close::BAD_FRAME);
    others.chat_on().await;
}

#[tokio::test]
async fn a_frame_that_is_not_json_ends_it() {
    let app = TestApp::start().await;
    let mut others = Others::chat_in(&app).await;
    for nonsense in ["hello?", "[]", "{\"t\":", "{\"no\":\"t\"}", &"[".repeat(limits::FRAME_BYTES)] {
        let mut socket = app.in_lobby(None).await;
        socket.say(nonsense).await;
        assert!(matches!(socket.frame().await, ServerFrame::Err { code: ErrorCode::BadFrame, .. }));
        assert_eq!(socket.close_code().await.0, close::BAD_FRAME);
    }
    others.chat_on().await;
}

#[tokio::test]
async fn what_is_only_partly_wrong_is_answered_and_the_connection_goes_on() {
    let app = TestApp::start().await;
    let mut others = Others::chat_in(&app).await;
    let ana = app.person("Ana").await;
    let mut socket = app.in_lobby(Some(&ana)).await;
    let long = "a".repeat(limits::BODY_BYTES + 1);
    for (frame, expected) in [
        (r#"{"t":"dance"}"#.to_owned(), ErrorCode::UnknownType),
        (r#"{"t":"sub","room":"No Such Key"}"#.to_owned(), ErrorCode::BadRequest),
        (r#"{"t":"sub","room":"cellar"}"#.to_owned(), ErrorCode::NotFound),
        (r#"{"t":"fetch","room":"cellar","limit":1}"#.to_owned(), ErrorCode::NotFound),
        (r#"{"t":"fetch","room":"lobby","limit":1,"after":1,"before":2}"#.to_owned(), ErrorCode::BadRequest),
        (r#"{"t":"post","room":"lobby","cid":"short","body":"x"}"#.to_owned(), ErrorCode::BadRequest),
        (post("lobby", "x", r#","reply_to":99999"#), ErrorCode::ReplyUnknown),
        (post("cellar", "x", ""), ErrorCode::NotFound),
        (post("lobby", " ", ""), ErrorCode::BodyEmpty),
        (post("lobby", &long, ""), ErrorCode::BodyTooLong),
    ] {
        socket.say(&frame).await;
        let code = match socket.frame().await {
            ServerFrame::Err { code, .. } | ServerFrame::Nack { code, .. } => code,
            other => panic!("{other:?}"),
        };
        assert_eq!(code, expected, "{}", &frame[..frame.len().min(80)]);
    }
    let fits = "a".repeat(limits::BODY_BYTES);
    socket.say(&post("lobby", &fits, "")).await;
    assert_eq!(socket.heard().await, fits, "and it goes on");
    others.ben.text().await;
    others.ana.text().await;
    others.chat_on().await;
}

#[tokio::test]
async fn handshakes_that_are_none_are_refused() {
    let app = TestApp::start().await;
    assert_eq!(app.refused("/ws", &[("sec-websocket-version", "8")]).await.0, 400);
    assert_eq!(app.refused("/ws", &[("sec-websocket-protocol", "soap")]).await.0, 400);
    let not_a_handshake = app.http.get(app.url("/ws")).send().await.unwrap();
    assert_eq!(not_a_handshake.status(), 400);
    assert_eq!(app.refused("/ws", &[("authorization", "Bearer made-up")]).await.0, 401);
}

#[tokio::test]
async fn a_flood_of_handshakes_is_slowed_down() {
    let app = TestApp::with(Config { connect_rate: 1, ..config() }).await;
    let mut sockets = Vec::new();
    for _ in 0..4 {
        sockets.push(app.connect("/ws", &[]).await);
    }
    let (status, body) = app.refused("/ws", &[]).await;
    assert_eq!(status, 429);
    assert!(body.contains("too_fast"), "{body}");
}

#[tokio::test]
async fn who_floods_is_refused_then_closed() {
    let app = TestApp::with(Config { post_rate: 1, ..config() }).await;
    let ana = app.person("Ana").await;
    let mut socket = app.in_lobby(Some(&ana)).await;
    for _ in 0..limits::REFUSED_IN_A_ROW * 2 {
        socket.post("flood").await;
    }
    assert_eq!(socket.close_code().await.0, close::TOO_FAST);
}

#[tokio::test]
async fn what_was_said_before_the_mistake_counts() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let mut socket = app.in_lobby(Some(&ana)).await;
    let mut other = app.in_lobby(None).await;
    socket.post("the last words").await;
    socket.say("nonsense").await;
    socket.post("said after").await;
    assert_eq!(socket.close_code().await.0, close::BAD_FRAME);
    assert_eq!(other.heard().await, "the last words");
    app.post(&ana, "later").await;
    assert_eq!(other.heard().await, "later", "what came after it was not heard");
}

/// Each answer may be heavy, and a few bytes ask for one.
#[tokio::test]
async fn who_asks_for_everything_at_once_is_slowed_down() {
    let app = TestApp::with(Config { connect_rate: 10, ..config() }).await;
    let mut others = Others::chat_in(&app).await;
    let mut socket = app.in_lobby(None).await;
    for _ in 0..200 {
        socket.say(r#"{"t":"fetch","room":"lobby","limit":200}"#).await;
    }
    let (mut pages, mut refused) = (0, 0);
    for _ in 0..200 {
        match socket.frame().await {
            ServerFrame::Page { .. } => pages += 1,
            ServerFrame::Err { code: ErrorCode::TooFast, .. } => refused += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!(pages > 0 && refused > 0, "{pages} answered, {refused} refused");
    others.chat_on().await;
}

fn post(room: &str, body: &str, more: &str) -> String {
    let cid = crate::support::new_cid();
    format!(r#"{{"t":"post","room":"{room}","cid":"{cid}","body":"{body}"{more}}}"#)
}
