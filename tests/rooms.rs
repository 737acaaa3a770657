//! Rooms of all kinds, who comes into them, and what they have not read.

use std::time::Duration;

use banter::protocol::event::{ChangeKind, What};
use banter::protocol::limits;
use banter::protocol::wire::{ClientFrame, Presence, ServerFrame};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::client::Socket;
use crate::support::{Person, TestApp, new_cid, within};

fn code(answer: &Value) -> &str {
    answer["error"]["code"].as_str().unwrap_or_default()
}

async fn make_room(app: &TestApp, by: &Person, key: &str, kind: &str) {
    let room = json!({ "room": key, "title": key, "kind": kind });
    let (status, answer) = app.ask("POST", "/rooms", Some(&by.token), room).await;
    assert_eq!(status, 201, "{answer}");
}

async fn say(app: &TestApp, by: &Person, room: &str, body: &str) -> (u16, Value) {
    let message = json!({ "cid": new_cid(), "body": body });
    app.ask("POST", &format!("/rooms/{room}/messages"), Some(&by.token), message).await
}

async fn room_of(app: &TestApp, who: &Person, key: &str) -> Value {
    let (_, rooms) = app.ask("GET", "/rooms", Some(&who.token), Value::Null).await;
    rooms.as_array().unwrap().iter().find(|room| room["room"] == key).cloned().unwrap_or_default()
}

async fn follow(app: &TestApp, who: &Person, room: &str) -> Socket {
    let mut socket = app.socket().await;
    socket.hello(Some(who)).await;
    socket.tell(&ClientFrame::Sub { room: room.parse().unwrap(), epoch: None, seq: None }).await;
    assert!(matches!(socket.frame().await, ServerFrame::Subbed { .. }));
    socket
}

#[tokio::test]
async fn a_room_is_made_once_and_joined_by_who_wants() {
    let app = TestApp::start().await;
    let (ana, ben, gus) = (app.member("Ana").await, app.member("Ben").await, app.person("Gus").await);
    make_room(&app, &ana, "garden", "open").await;
    let again = json!({ "room": "garden", "title": "Mine" });
    assert_eq!(app.ask("POST", "/rooms", Some(&ben.token), again.clone()).await.0, 409);
    assert_eq!(app.ask("POST", "/rooms", Some(&gus.token), again).await.0, 403, "guests make none");
    let (_, listed) = app.ask("GET", "/directory", Some(&ben.token), Value::Null).await;
    assert!(listed.as_array().unwrap().iter().any(|room| room["room"] == "garden" && room["joined"] == false));
    assert_eq!(code(&say(&app, &ben, "garden", "hello").await.1), "not_member");
    assert_eq!(app.ask("PUT", "/rooms/garden/members/me", Some(&ben.token), json!({})).await.0, 204);
    assert_eq!(app.ask("PUT", "/rooms/garden/members/me", Some(&ben.token), json!({})).await.0, 204, "twice is once");
    assert_eq!(say(&app, &ben, "garden", "hello").await.0, 201);
    let (_, page) = app.ask("GET", "/rooms/garden/events", Some(&ben.token), Value::Null).await;
    let kinds: Vec<&str> =
        page["events"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["joined", "posted"]);
}

/// Whoever hangs up before the answer comes: what they asked for is done to its end, and not to its middle.
#[tokio::test]
async fn a_room_is_made_whole_also_if_nobody_waits_for_that() {
    let app = TestApp::start().await;
    let ana = app.member("Ana").await;
    for n in 0..20 {
        let room = json!({ "room": format!("garden-{n}"), "title": "Garden" }).to_string();
        let head = format!(
            "POST /api/v1/rooms HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nexpect: 100-continue\r\n\r\n",
            app.address,
            ana.token,
            room.len(),
        );
        let mut stream = TcpStream::connect(app.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut go_on = [0; 25];
        within(stream.read_exact(&mut go_on)).await.unwrap();
        assert!(go_on.starts_with(b"HTTP/1.1 100 Continue"), "it is begun");
        stream.write_all(room.as_bytes()).await.unwrap();
        drop(stream);
        let room = format!("garden-{n}");
        let carried = async {
            while app.state.hub.head(&room.parse().unwrap()).is_none() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        within(carried).await;
        let mut socket = follow(&app, &ana, &room).await;
        assert_eq!(say(&app, &ana, &room, "hello").await.0, 201);
        assert_eq!(socket.heard().await, "hello");
    }
}

#[tokio::test]
async fn a_closed_room_is_not_there_for_others() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana").await, app.member("Ben").await);
    make_room(&app, &ana, "den", "closed").await;
    for path in ["/rooms/den", "/rooms/den/events", "/rooms/den/members", "/rooms/nowhere"] {
        assert_eq!(app.ask("GET", path, Some(&ben.token), Value::Null).await.0, 404, "{path}");
    }
    assert_eq!(room_of(&app, &ben, "den").await, Value::Null);
    let (_, invite) = app.ask("POST", "/invites", Some(&ana.token), json!({ "room": "den" })).await;
    let invite = invite["code"].as_str().unwrap();
    let (status, invitation) = app.ask("GET", &format!("/invites/{invite}"), None, Value::Null).await;
    assert_eq!((status, invitation["title"].as_str()), (200, Some("den")));
    let redeem = format!("/invites/{invite}/redeem");
    assert_eq!(app.ask("POST", &redeem, None, Value::Null).await.0, 401, "one has to be somebody");
    assert_eq!(app.ask("POST", &redeem, Some(&ben.token), Value::Null).await.0, 200);
    assert_eq!(room_of(&app, &ben, "den").await["role"], "member");
    assert_eq!(app.ask("GET", &format!("/invites/{invite}"), None, Value::Null).await.0, 410, "it was for one");
}

#[tokio::test]
async fn of_a_hundred_who_come_by_an_invitation_for_one_one_comes_in() {
    let app = TestApp::start().await;
    let ana = app.member("Ana").await;
    make_room(&app, &ana, "den", "closed").await;
    let (_, invite) = app.ask("POST", "/invites", Some(&ana.token), json!({ "room": "den" })).await;
    let redeem = format!("/invites/{}/redeem", invite["code"].as_str().unwrap());
    let mut guests = Vec::new();
    for number in 0..100 {
        guests.push(app.person(&format!("Guest {number}")).await);
    }
    let all = guests.iter().map(|guest| app.ask("POST", &redeem, Some(&guest.token), Value::Null));
    let answers = futures::future::join_all(all).await;
    assert_eq!(answers.iter().filter(|(status, _)| *status == 200).count(), 1);
    assert_eq!(answers.iter().filter(|(status, _)| *status == 410).count(), 99);
}

#[tokio::test]
async fn the_room_of_two_people_is_one_however_many_ask_at_once() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana").await, app.member("Ben").await);
    let direct = |from: &Person, to: &Person| {
        let (token, request) = (from.token.clone(), json!({ "users": [to.me.id] }));
        let app = &app;
        async move { app.ask("POST", "/direct", Some(&token), request).await }
    };
    let both = (0..20).map(|n| if n % 2 == 0 { direct(&ana, &ben) } else { direct(&ben, &ana) });
    let rooms: Vec<String> =
        futures::future::join_all(both).await.iter().map(|(_, room)| room["room"].to_string()).collect();
    assert!(rooms.iter().all(|room| *room == rooms[0] && room != "null"), "{rooms:?}");
    let key = rooms[0].trim_matches('"').to_owned();
    assert_eq!(say(&app, &ana, &key, "psst").await.0, 201);
    let his = room_of(&app, &ben, &key).await;
    assert_eq!((&his["unread"], &his["with"][0]["name"]), (&json!(1), &json!("Ana")));
    assert_eq!(app.ask("POST", "/direct", Some(&ana.token), json!({ "users": [] })).await.0, 400, "not with oneself");
    let crowd: Vec<String> = (0..16).map(|n| format!("somebody-{n}")).collect();
    assert_eq!(app.ask("POST", "/direct", Some(&ana.token), json!({ "users": crowd })).await.0, 400);
}

#[tokio::test]
async fn who_blocks_somebody_does_not_hear_from_them() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana").await, app.member("Ben").await);
    let (_, room) = app.ask("POST", "/direct", Some(&ana.token), json!({ "users": [ben.me.id] })).await;
    let key = room["room"].as_str().unwrap();
    let block = format!("/me/blocks/{}", ben.me.id);
    assert_eq!(app.ask("PUT", &block, Some(&ana.token), Value::Null).await.0, 204);
    assert_eq!(code(&say(&app, &ben, key, "hello?").await.1), "blocked");
    assert_eq!(code(&app.ask("POST", "/direct", Some(&ben.token), json!({ "users": [ana.me.id] })).await.1), "blocked");
    assert_eq!(app.ask("DELETE", &block, Some(&ana.token), Value::Null).await.0, 204);
    assert_eq!(say(&app, &ben, key, "hello!").await.0, 201);
}

#[tokio::test]
async fn unread_is_the_same_on_every_device() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana").await, app.member("Ben").await);
    make_room(&app, &ana, "garden", "open").await;
    app.ask("PUT", "/rooms/garden/members/me", Some(&ben.token), json!({})).await;
    say(&app, &ana, "garden", "one").await;
    let (_, two) = say(&app, &ana, "garden", "two, @Ben").await;
    say(&app, &ben, "garden", "his own never counts").await;
    let his = room_of(&app, &ben, "garden").await;
    assert_eq!((&his["unread"], &his["mentions"]), (&json!(2), &json!(1)));

    let (mut here, mut there) = (follow(&app, &ben, "garden").await, follow(&app, &ben, "garden").await);
    let seq = two["seq"].as_u64().unwrap();
    here.tell(&ClientFrame::Read { room: "garden".parse().unwrap(), seq }).await;
    for device in [&mut here, &mut there] {
        assert!(matches!(device.frame().await, ServerFrame::Seen { seq: seen, .. } if seen == seq));
    }
    let his = room_of(&app, &ben, "garden").await;
    assert_eq!((&his["unread"], &his["mentions"], &his["read"]), (&json!(0), &json!(0), &json!(seq)));
    assert_eq!(app.ask("PUT", "/rooms/garden/read", Some(&ben.token), json!({ "seq": seq - 1 })).await.0, 204);
    assert_eq!(room_of(&app, &ben, "garden").await["unread"], 1, "unread from here");
    for device in [&mut here, &mut there] {
        assert!(matches!(device.frame().await, ServerFrame::Seen { seq: seen, .. } if seen == seq - 1));
        assert!(matches!(device.frame().await, ServerFrame::Room { room } if (room.unread, room.mentions) == (1, 1)));
    }
    let (_, mentions) = app.ask("GET", "/me/mentions", Some(&ben.token), Value::Null).await;
    assert_eq!((mentions[0]["room"].as_str(), mentions[0]["seq"].as_u64()), (Some("garden"), Some(seq)));
    app.ask("DELETE", &format!("/rooms/garden/messages/{seq}"), Some(&ana.token), Value::Null).await;
    let (_, mentions) = app.ask("GET", "/me/mentions", Some(&ben.token), Value::Null).await;
    assert_eq!(mentions, json!([]), "nothing is left of it");
}

#[tokio::test]
async fn one_hears_at_once_of_a_room_that_one_is_brought_into_or_sent_out_of() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana").await, app.member("Ben").await);
    make_room(&app, &ana, "den", "closed").await;
    let mut his = app.socket().await;
    his.hello(Some(&ben)).await;
    let seat = format!("/rooms/den/members/{}", ben.me.id);
    assert_eq!(app.ask("PUT", &seat, Some(&ana.token), json!({})).await.0, 204);
    assert!(matches!(his.frame().await, ServerFrame::Room { room } if room.room.as_str() == "den" && room.joined));
    his.tell(&ClientFrame::Sub { room: "den".parse().unwrap(), epoch: None, seq: None }).await;
    assert!(matches!(his.frame().await, ServerFrame::Subbed { .. }));
    assert_eq!(app.ask("DELETE", &seat, Some(&ana.token), Value::Null).await.0, 204);
    let event = his.event().await;
    assert!(
        matches!(event.what, What::Changed(change) if change.kind == ChangeKind::Removed),
        "the last that he hears"
    );
    say(&app, &ana, "den", "now that he is gone").await;
    loop {
        match his.frame().await {
            ServerFrame::Unsubbed { room, .. } => break assert_eq!(room.as_str(), "den"),
            ServerFrame::Ev { event, .. } => panic!("{event:?}"),
            _ => {}
        }
    }
    his.tell(&ClientFrame::Sub { room: "den".parse().unwrap(), epoch: None, seq: None }).await;
    loop {
        match his.frame().await {
            ServerFrame::Err { .. } => break,
            ServerFrame::Subbed { .. } | ServerFrame::Ev { .. } => panic!("he is out"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn who_writes_and_who_is_here_is_told_to_those_who_follow() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.person("Ana").await, app.person("Ben").await);
    let (mut hers, mut his) = (app.in_lobby(Some(&ana)).await, app.in_lobby(Some(&ben)).await);
    his.tell(&ClientFrame::Typing { room: "lobby".parse().unwrap() }).await;
    loop {
        if let ServerFrame::Typing { by, .. } = hers.any_frame().await {
            break assert_eq!(by.id, ben.me.id);
        }
    }
    his.tell(&ClientFrame::Pong { away: true }).await;
    let state_of_ben = async |socket: &mut Socket| loop {
        if let ServerFrame::Presence { people, .. } = socket.any_frame().await
            && let Some(present) = people.iter().find(|present| present.by.id == ben.me.id)
        {
            break present.state;
        }
    };
    while state_of_ben(&mut hers).await != Presence::Away {}
    // The best of all his connections counts, and the last that goes takes him with it.
    let second = app.in_lobby(Some(&ben)).await;
    while state_of_ben(&mut hers).await != Presence::Here {}
    drop((his, second));
    while state_of_ben(&mut hers).await != Presence::Gone {}
}

#[tokio::test]
async fn who_becomes_somebody_while_they_are_here_is_here() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.person("Ana").await, app.person("Ben").await);
    let mut stranger = app.in_lobby(None).await;
    let mut hers = app.in_lobby(Some(&ana)).await;
    let here = async |socket: &mut Socket| loop {
        if let ServerFrame::Presence { here, .. } = socket.any_frame().await {
            break here;
        }
    };
    assert_eq!(here(&mut hers).await, 1, "who came before her was told too, and is nobody");
    stranger.hello(Some(&ben)).await;
    while here(&mut hers).await != 2 {}
}

#[tokio::test]
async fn words_are_refused_or_held_back_until_somebody_has_looked() {
    let app = TestApp::start().await;
    let (olga, ana) = (app.owner("Olga").await, app.member("Ana").await);
    let words = json!({ "refused_words": ["darn"], "held_words": ["buy now"] });
    assert_eq!(app.ask("PATCH", "/settings", Some(&olga.token), words).await.0, 200);
    assert_eq!(code(&say(&app, &ana, "lobby", "Oh DARN").await.1), "word_refused");
    assert_eq!(code(&say(&app, &ana, "lobby", "Buy now!").await.1), "held");
    let (_, page) = app.ask("GET", "/rooms/lobby/events", None, Value::Null).await;
    assert_eq!(page["events"], json!([]), "neither is in the log");
    let (_, reports) = app.ask("GET", "/reports", Some(&olga.token), Value::Null).await;
    assert_eq!((reports[0]["held"].as_str(), reports[0]["reason"].as_str()), (Some("Buy now!"), Some("buy now")));
    let settle = format!("/reports/{}", reports[0]["id"]);
    assert_eq!(app.ask("PUT", &settle, Some(&ana.token), json!({ "outcome": "dismissed" })).await.0, 404);
    assert_eq!(app.ask("PUT", &settle, Some(&olga.token), json!({ "outcome": "dismissed" })).await.0, 204);
    let (_, page) = app.ask("GET", "/rooms/lobby/events", None, Value::Null).await;
    assert_eq!((&page["events"][0]["body"], &page["events"][0]["by"]["name"]), (&json!("Buy now!"), &json!("Ana")));
}

#[tokio::test]
async fn what_cannot_be_said_any_more_stays_with_those_who_decide() {
    let app = TestApp::start().await;
    let (olga, ana) = (app.owner("Olga").await, app.member("Ana").await);
    app.ask("PATCH", "/settings", Some(&olga.token), json!({ "held_words": ["buy now"] })).await;
    for n in 0..limits::HELD_DRAFTS {
        assert_eq!(code(&say(&app, &ana, "lobby", &format!("Buy now! {n}")).await.1), "held");
    }
    assert_eq!(code(&say(&app, &ana, "lobby", "Buy now, once more!").await.1), "too_many");
    assert_eq!(code(&say(&app, &ana, "lobby", "Buy now! 0").await.1), "held", "that one is there");
    let open = async || app.ask("GET", "/reports", Some(&olga.token), Value::Null).await.1;
    let settle = format!("/reports/{}", open().await[0]["id"]);
    let mute = format!("/rooms/lobby/mutes/{}", ana.me.id);
    let say_it = json!({ "outcome": "dismissed" });
    assert_eq!(app.ask("PUT", &mute, Some(&olga.token), json!({})).await.0, 204);
    assert_eq!(app.ask("PUT", &settle, Some(&olga.token), say_it.clone()).await.0, 400);
    assert_eq!(open().await.as_array().unwrap().len(), limits::HELD_DRAFTS, "it is still there");
    assert_eq!(app.ask("DELETE", &mute, Some(&olga.token), Value::Null).await.0, 204);
    assert_eq!(app.ask("PUT", &settle, Some(&olga.token), say_it).await.0, 204);
    assert_eq!(open().await.as_array().unwrap().len(), limits::HELD_DRAFTS - 1);
}

#[tokio::test]
async fn a_message_is_in_its_place_whatever_is_before_it() {
    let app = TestApp::start().await;
    let ana = app.member("Ana").await;
    let long = "\n".repeat(limits::BODY_BYTES - 2);
    for _ in 0..24 {
        assert_eq!(say(&app, &ana, "lobby", &format!("a{long}b")).await.0, 201);
    }
    let (_, last) = say(&app, &ana, "lobby", "what is linked to").await;
    let page = reqwest::get(format!("http://{}/r/lobby/{}", app.address, last["seq"])).await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("what is linked to"));
}

#[tokio::test]
async fn a_new_guest_posts_no_links_where_that_is_set() {
    let app = TestApp::start().await;
    let (olga, gus) = (app.owner("Olga").await, app.person("Gus").await);
    assert_eq!(app.ask("PATCH", "/settings", Some(&olga.token), json!({ "guest_minutes": 10 })).await.0, 200);
    assert_eq!(code(&say(&app, &gus, "lobby", "see https://spam.example").await.1), "guest_too_new");
    assert_eq!(say(&app, &gus, "lobby", "no link").await.0, 201);
    assert_eq!(say(&app, &olga, "lobby", "https://rules.example").await.0, 201);
}

#[tokio::test]
async fn slow_mode_holds_back_all_but_moderators() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana").await, app.member("Ben").await);
    make_room(&app, &ana, "garden", "open").await;
    app.ask("PUT", "/rooms/garden/members/me", Some(&ben.token), json!({})).await;
    assert_eq!(app.ask("PATCH", "/rooms/garden", Some(&ana.token), json!({ "slow": 3600 })).await.0, 204);
    let refused = json!({ "cid": "an-answer-to-nothing", "body": "what?", "reply_to": 999 });
    let (_, answer) = app.ask("POST", "/rooms/garden/messages", Some(&ben.token), refused).await;
    assert_eq!(code(&answer), "reply_unknown", "and that was not his turn");
    assert_eq!(say(&app, &ben, "garden", "one").await.0, 201);
    assert_eq!(code(&say(&app, &ben, "garden", "two").await.1), "too_fast");
    for body in ["one", "two"] {
        assert_eq!(say(&app, &ana, "garden", body).await.0, 201);
    }
}
