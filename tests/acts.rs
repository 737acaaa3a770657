//! What becomes of messages: edits, deletions, reactions, pins, by socket and by REST alike.

use banter::protocol::api::{Done, EditRequest, ErrorCode, EventsQuery};
use banter::protocol::calls::{self, Call};
use banter::protocol::event::{Act, Post, What};
use banter::protocol::ids::{Emoji, RoomKey, Seq};
use banter::protocol::limits;
use banter::protocol::wire::{ClientFrame, ServerFrame};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::Socket;
use crate::support::{Person, TestApp, new_cid};

fn thumb() -> Emoji {
    "\u{1F44D}".parse().unwrap()
}

/// Does something in the lobby and waits for the answer: the seq, or why not.
async fn does(socket: &mut Socket, act: Act) -> Result<Seq, ErrorCode> {
    socket.tell(&ClientFrame::of_act(RoomKey::lobby(), new_cid(), act)).await;
    loop {
        match socket.frame().await {
            ServerFrame::Ack { seq, .. } => return Ok(seq),
            ServerFrame::Nack { code, .. } => return Err(code),
            ServerFrame::Ev { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

/// How a message stands for one who comes now.
async fn stands(app: &TestApp, seq: Seq) -> Post {
    let query = EventsQuery { after: Some(seq - 1), before: None, limit: Some(1) };
    let mut page = app.call(None, calls::events(&RoomKey::lobby(), query)).await.unwrap();
    match page.events.remove(0).what {
        What::Posted(post) => post,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn each_act_is_an_event_and_the_message_stands_as_they_say() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.person("Ana").await, app.person("Ben").await);
    let seq = app.post(&ana, "helo").await;
    let (mut hers, mut his, mut other) =
        (app.in_lobby(Some(&ana)).await, app.in_lobby(Some(&ben)).await, app.in_lobby(None).await);
    assert_eq!(does(&mut hers, Act::Edit { of: seq, body: "hello".into() }).await, Ok(2));
    assert_eq!(does(&mut his, Act::React { of: seq, emoji: thumb(), on: true }).await, Ok(3));
    assert_eq!(does(&mut hers, Act::Pin { of: seq, on: true }).await, Ok(4));
    let whats = [other.event().await.what, other.event().await.what, other.event().await.what];
    let expected = [
        What::Edited { of: seq, body: "hello".into() },
        What::Reacted { of: seq, emoji: thumb(), on: true },
        What::Pinned { of: seq, on: true },
    ];
    assert_eq!(whats, expected);
    let post = stands(&app, seq).await;
    assert_eq!((post.body.as_str(), post.edited, post.pinned, post.reaction_count()), ("hello", Some(2), Some(4), 1));

    assert_eq!(does(&mut hers, Act::Delete { of: seq }).await, Ok(5));
    assert_eq!(stands(&app, seq).await, Post { deleted: Some(5), ..Post::default() });
}

#[tokio::test]
async fn what_is_not_yours_or_not_there_is_refused() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.person("Ana").await, app.person("Ben").await);
    let seq = app.post(&ana, "mine").await;
    let mut his = app.in_lobby(Some(&ben)).await;
    for act in [Act::Edit { of: seq, body: "his".into() }, Act::Delete { of: seq }, Act::Pin { of: seq, on: true }] {
        assert_eq!(does(&mut his, act).await, Err(ErrorCode::NotYours));
    }
    for act in [Act::Edit { of: 9, body: "x".into() }, Act::Delete { of: 0 }, Act::Pin { of: Seq::MAX, on: true }] {
        assert_eq!(does(&mut his, act).await, Err(ErrorCode::MessageUnknown));
    }
    let mut stranger = app.in_lobby(None).await;
    assert_eq!(
        does(&mut stranger, Act::React { of: seq, emoji: thumb(), on: true }).await,
        Err(ErrorCode::Unauthenticated)
    );
    assert_eq!(stands(&app, seq).await, Post::new("mine", None));
}

#[tokio::test]
async fn an_edit_has_the_limits_of_a_message() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let of = app.post(&ana, "short").await;
    let mut hers = app.in_lobby(Some(&ana)).await;
    let edit = |body: String| Act::Edit { of, body };
    assert_eq!(does(&mut hers, edit(" ".into())).await, Err(ErrorCode::BodyEmpty));
    assert_eq!(does(&mut hers, edit("a".repeat(limits::BODY_BYTES + 1))).await, Err(ErrorCode::BodyTooLong));
    assert!(does(&mut hers, edit("a".repeat(limits::BODY_BYTES))).await.is_ok());
}

#[tokio::test]
async fn a_message_has_200_reactions_and_no_more() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let of = app.post(&ana, "much loved").await;
    let mut hers = app.in_lobby(Some(&ana)).await;
    let react = |n: usize| {
        let emoji = char::from_u32(0x1F300 + n as u32).unwrap().to_string().parse().unwrap();
        Act::React { of, emoji, on: true }
    };
    for n in 0..limits::REACTIONS {
        assert!(does(&mut hers, react(n)).await.is_ok());
    }
    assert_eq!(does(&mut hers, react(limits::REACTIONS)).await, Err(ErrorCode::TooManyReactions));
    assert!(does(&mut hers, react(0)).await.is_ok(), "one that is there is none more");
}

/// Whoever comes, by whatever way: the text is nowhere.
#[tokio::test]
async fn a_deleted_text_is_nowhere() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let seq = app.post(&ana, "the secret as it was").await;
    let mut hers = app.in_lobby(Some(&ana)).await;
    does(&mut hers, Act::Edit { of: seq, body: "the secret as it is".into() }).await.unwrap();
    does(&mut hers, Act::Delete { of: seq }).await.unwrap();
    let epoch = app.in_lobby(None).await.sub(None, None).await.epoch;
    let back = app.in_lobby(None).await.sub(Some(epoch), Some(0)).await;
    assert_eq!(back.seqs(), [1, 2, 3], "every place is there");
    for shown in [
        format!("{:?}", back.events),
        app.page("/").await,
        app.page("/r/lobby/1").await,
        app.page("/api/v1/rooms/lobby/events").await,
    ] {
        assert!(!shown.contains("the secret"), "{shown}");
    }
}

/// Asks as somebody, perhaps under a key of their own; answers with status and JSON.
async fn ask(app: &TestApp, method: Method, path: &str, person: &Person, key: Option<&str>) -> (u16, Value) {
    let mut request = app.http.request(method, app.url(path)).bearer_auth(&person.token);
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn programs_do_it_by_rest() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.person("Ana").await, app.person("Ben").await);
    let (lobby, seq) = (RoomKey::lobby(), app.post(&ana, "one").await);
    let edit = calls::edit(&lobby, seq, &EditRequest { cid: None, body: "uno".into() });
    let acts = [
        (&ana, edit.clone()),
        (&ben, calls::react(&lobby, seq, &thumb(), true)),
        (&ben, calls::react(&lobby, seq, &thumb(), false)),
        (&ana, calls::pin(&lobby, seq, true)),
        (&ana, calls::pin(&lobby, seq, false)),
        (&ana, calls::delete(&lobby, seq)),
    ];
    assert_eq!(refusal(&app, &ben, edit).await, (403, ErrorCode::NotYours));
    for (person, act) in acts {
        app.call(Some(&person.token), act.clone()).await.unwrap_or_else(|refused| panic!("{act:?}: {refused:?}"));
    }
    assert_eq!(stands(&app, seq).await, Post { deleted: Some(7), ..Post::default() });
    assert_eq!(refusal(&app, &ana, calls::delete(&lobby, seq)).await, (404, ErrorCode::MessageUnknown));
    assert_eq!(refusal(&app, &ana, calls::delete(&lobby, 99)).await, (404, ErrorCode::MessageUnknown));
}

async fn refusal(app: &TestApp, person: &Person, call: Call<Done>) -> (u16, ErrorCode) {
    let (status, error) = app.call(Some(&person.token), call).await.unwrap_err();
    (status, error.code)
}

#[tokio::test]
async fn an_address_that_is_none_is_told_apart_from_an_emoji_that_is_none() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    app.post(&ana, "one").await;
    for (path, status, code) in [
        ("/api/v1/rooms/lobby/messages/1/reactions/word", 400, "bad_request"),
        ("/api/v1/rooms/lobby/messages/x/reactions/%F0%9F%91%8D", 404, "not_found"),
        ("/api/v1/rooms/NO/messages/1/pin", 404, "not_found"),
    ] {
        let (got, said) = ask(&app, Method::PUT, path, &ana, None).await;
        assert_eq!((got, said["error"]["code"].as_str()), (status, Some(code)), "{path}");
    }
}

#[tokio::test]
async fn a_key_makes_a_repeated_request_one_act() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    app.post(&ana, "one").await;
    let message = "/api/v1/rooms/lobby/messages/1";
    for key in ["my-key-for-deleting", "\"my-key-for-deleting\""] {
        assert_eq!(ask(&app, Method::DELETE, message, &ana, Some(key)).await, (200, json!({ "seq": 2 })), "{key}");
    }
    let (status, answer) = ask(&app, Method::DELETE, message, &ana, Some("short")).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!("bad_request")));
}

#[tokio::test]
async fn a_permalink_shows_the_message_in_its_place() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    for number in 1..=120 {
        app.post(&ana, &format!("This is number {number}.")).await;
    }
    let page = app.page("/r/lobby/60").await;
    for (number, there) in [(35, false), (36, true), (60, true), (85, true), (86, false), (120, false)] {
        assert_eq!(page.contains(&format!("number {number}.")), there, "{number}");
    }
    assert!(app.page("/r/lobby/120").await.contains("number 120."));
    for nowhere in ["/r/lobby/121", "/r/lobby/0", "/r/lobby/x", "/r/cellar/1"] {
        let response = app.http.get(app.url(nowhere)).send().await.unwrap();
        assert_eq!(response.status(), 404, "{nowhere}");
    }
}
