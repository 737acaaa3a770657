//! What ends with a session, a name or a seat, and what was under way.

use banter::protocol::api::order::Complaint;
use banter::protocol::api::people::{Scope, SignUp};
use banter::protocol::api::{ErrorCode, MeChange};
use banter::protocol::ids::RoomKey;
use banter::protocol::wire::{ClientFrame, ServerFrame};
use banter::server::access::{self, Somebody};
use banter::server::auth::Viewer;
use banter::server::chat::{accounts, moderation, sessions};
use banter::server::config::Config;
use banter::server::error::Error;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::client::Socket;
use crate::support::{PASSWORD, Person, TestApp, config, new_cid};

/// What somebody does over REST.
async fn does(app: &TestApp, who: &Person, method: &str, path: &str, body: Value) -> Value {
    let (status, answer) = app.ask(method, path, Some(&who.token), body).await;
    assert!((200..300).contains(&status), "{path}: {status} {answer}");
    answer
}

async fn follow(socket: &mut Socket, room: &str) {
    socket.tell(&ClientFrame::Sub { room: room.parse().unwrap(), epoch: None, seq: None }).await;
    let frame = socket.frame().await;
    assert!(matches!(frame, ServerFrame::Subbed { .. }), "{frame:?}");
}

/// The next end of a room, past whatever else comes.
async fn unsubbed(socket: &mut Socket) -> (RoomKey, ErrorCode) {
    loop {
        if let ServerFrame::Unsubbed { room, code, .. } = socket.frame().await {
            return (room, code);
        }
    }
}

#[tokio::test]
async fn who_signs_in_as_somebody_else_hears_nothing_as_the_one_before() {
    let app = TestApp::start().await;
    let (mia, ben) = (app.member("Mia").await, app.member("Ben").await);
    does(&app, &mia, "POST", "/rooms", json!({ "room": "den", "title": "The den", "kind": "closed" })).await;
    let mut socket = app.socket().await;
    socket.hello(Some(&mia)).await;
    follow(&mut socket, "den").await;
    socket.hello(Some(&ben)).await;
    assert_eq!(unsubbed(&mut socket).await, ("den".parse().unwrap(), ErrorCode::NotMember));
    let said = json!({ "cid": new_cid(), "body": "not for Ben" });
    does(&app, &mia, "POST", "/rooms/den/messages", said).await;
    app.post(&mia, "for all").await;
    follow(&mut socket, "lobby").await;
    app.post(&mia, "for all again").await;
    assert_eq!(socket.heard().await, "for all again");
}

#[tokio::test]
async fn who_was_nobody_is_asked_anew_once_they_are_somebody() {
    let app = TestApp::start().await;
    let (olga, gus, ana) = (app.owner("Olga").await, app.person("Gus").await, app.person("Ana").await);
    does(&app, &olga, "PUT", &format!("/rooms/lobby/bans/{}", gus.me.id), json!({})).await;
    let (mut his, mut hers) = (app.in_lobby(None).await, app.in_lobby(None).await);
    his.hello(Some(&gus)).await;
    hers.hello(Some(&ana)).await;
    assert_eq!(unsubbed(&mut his).await, (RoomKey::lobby(), ErrorCode::Banned));
    app.post(&olga, "for who may hear it").await;
    assert_eq!(hers.heard().await, "for who may hear it", "she goes on without a word");
}

#[tokio::test]
async fn who_is_sent_out_is_told_so_and_nothing_of_how_the_room_is() {
    let app = TestApp::start().await;
    let (mia, ben) = (app.member("Mia").await, app.member("Ben").await);
    does(&app, &mia, "POST", "/rooms", json!({ "room": "den", "title": "The den", "kind": "closed" })).await;
    let seat = format!("/rooms/den/members/{}", ben.me.id);
    does(&app, &mia, "PUT", &seat, json!({})).await;
    let mut socket = app.socket().await;
    socket.hello(Some(&ben)).await;
    does(&app, &mia, "DELETE", &seat, json!({})).await;
    let frame = socket.frame().await;
    assert!(matches!(frame, ServerFrame::Unsubbed { code: ErrorCode::NotMember, .. }), "{frame:?}");
}

#[tokio::test]
async fn with_an_account_every_session_of_the_guest_ends() {
    let app = TestApp::start().await;
    let gus = app.person("Gus").await;
    let other = does(&app, &gus, "POST", "/guest", json!({})).await["token"].as_str().unwrap().to_owned();
    let mut socket = app.socket().await;
    socket.hello(Some(&Person { token: other.clone(), ..gus.clone() })).await;
    does(&app, &gus, "POST", "/accounts", json!({ "name": "Gus", "password": PASSWORD })).await;
    assert_eq!(socket.close_code().await.0, 4401);
    for token in [&gus.token, &other] {
        assert_eq!(app.ask("GET", "/me", Some(token), json!({})).await.0, 401);
    }
}

/// Somebody as the door knows them, with what they came with.
async fn at_the_door(app: &TestApp, who: &Person) -> (Viewer, Somebody) {
    let headers = HeaderMap::from_iter([(AUTHORIZATION, format!("Bearer {}", who.token).parse().unwrap())]);
    let viewer = Viewer::from_headers(&app.state, &headers, app.address.ip()).await.unwrap();
    let somebody = access::somebody(&viewer, Scope::Write).unwrap();
    (viewer, somebody)
}

#[tokio::test]
async fn who_was_let_in_before_their_session_ended_does_nothing_behind_it() {
    let app = TestApp::start().await;
    let (ana, gus) = (app.person("Ana").await, app.person("Gus").await);
    let seq = app.post(&ana, "rude").await;
    let (viewer, me) = at_the_door(&app, &gus).await;
    let reader = access::room_reader(&app.state, viewer.caller.as_ref(), &RoomKey::lobby()).await.unwrap();
    sessions::end_this(&app.state, me.caller()).await.unwrap();
    let state = &app.state;
    assert_eq!(accounts::rename(state, &me, "Eve").await, Err(Error::Unauthenticated));
    let colour = MeChange { colour: Some(3), ..MeChange::default() };
    assert_eq!(accounts::change(state, &me, colour).await, Err(Error::Unauthenticated));
    assert_eq!(accounts::block(state, &me, &ana.me.id, true).await, Err(Error::Unauthenticated));
    let complaint = Complaint { reason: "rude".into() };
    assert_eq!(moderation::report(state, &me, &reader, seq, complaint).await, Err(Error::Unauthenticated));
    let account = SignUp { name: "Eve".into(), password: PASSWORD.into(), invite: None, setup: None };
    let signed_up = accounts::sign_up(state, viewer.caller.as_ref(), &viewer.whence, account).await;
    assert_eq!(signed_up.map(|(me, _)| me), Err(Error::Unauthenticated));
    assert_eq!(state.store.people().person(&gus.me.id).await.unwrap(), Some(gus.me));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_change_to_oneself_comes_behind_the_end_of_its_session() {
    let app = TestApp::start().await;
    for turn in 0..20 {
        let gus = app.person(&format!("Gus {turn}")).await;
        let mut changes = JoinSet::new();
        for number in 0..8 {
            let change = json!({ "name": format!("Gus {turn} the {number}"), "colour": number });
            let change = app.http.patch(app.url("/api/v1/me")).bearer_auth(&gus.token).json(&change);
            changes.spawn(async { change.send().await.unwrap().status().as_u16() });
        }
        tokio::task::yield_now().await;
        does(&app, &gus, "DELETE", "/session", json!({})).await;
        let after = app.state.store.people().person(&gus.me.id).await.unwrap();
        while let Some(status) = changes.join_next().await {
            assert!([200, 401].contains(&status.unwrap()));
        }
        assert_eq!(app.state.store.people().person(&gus.me.id).await.unwrap(), after);
    }
}

#[tokio::test]
async fn a_token_for_less_makes_no_session_for_more() {
    let app = TestApp::start().await;
    let mia = app.member("Mia").await;
    let wish = json!({ "label": "a program", "scopes": ["read", "write"] });
    let made = does(&app, &mia, "POST", "/tokens", wish).await;
    let (status, answer) = app.ask("POST", "/guest", made["secret"].as_str(), json!({})).await;
    assert_eq!((status, &answer["error"]["code"]), (403, &json!("out_of_scope")));
}

#[tokio::test]
async fn no_token_makes_a_session_that_outlives_it() {
    let app = TestApp::start().await;
    let mia = app.member("Mia").await;
    let wish = json!({ "label": "a program", "scopes": ["read", "write", "moderate", "admin"], "seconds": 60 });
    let made = does(&app, &mia, "POST", "/tokens", wish).await;
    let (status, answer) = app.ask("POST", "/guest", made["secret"].as_str(), json!({})).await;
    assert_eq!((status, &answer["error"]["code"]), (403, &json!("out_of_scope")));
    assert_eq!(app.ask("POST", "/guest", Some(&mia.token), json!({})).await.0, 200, "a session may");
}

#[tokio::test]
async fn who_is_banned_does_not_come_again_as_somebody_else() {
    let app = TestApp::start().await;
    let (olga, gus) = (app.owner("Olga").await, app.person("Gus").await);
    does(&app, &olga, "PUT", &format!("/bans/{}", gus.me.id), json!({})).await;
    let account = json!({ "name": "August", "password": PASSWORD });
    let (status, answer) = app.ask("POST", "/accounts", Some(&gus.token), account.clone()).await;
    assert_eq!((status, &answer["error"]["code"]), (403, &json!("banned")));
    does(&app, &olga, "DELETE", &format!("/bans/{}", gus.me.id), json!({})).await;
    let account = does(&app, &gus, "POST", "/accounts", account).await;
    assert_eq!(account["me"]["id"], json!(gus.me.id), "with the ban over they are who they were");
}

#[tokio::test]
async fn who_went_is_named_nowhere() {
    let app = TestApp::start().await;
    let (olga, gus) = (app.owner("Olga").await, app.person("Gus").await);
    app.post(&gus, "so long").await;
    does(&app, &olga, "PUT", &format!("/rooms/lobby/mutes/{}", gus.me.id), json!({})).await;
    does(&app, &gus, "DELETE", "/me", json!({})).await;
    let page = does(&app, &olga, "GET", "/rooms/lobby/events", json!({})).await.to_string();
    assert!(page.contains("so long") && page.contains("muted") && !page.contains("Gus"), "{page}");
}

#[tokio::test]
async fn whose_room_it_is_not_learns_nothing_by_asking_fast() {
    let app = TestApp::with(Config { post_rate: 1, ..config() }).await;
    let (mia, eve) = (app.member("Mia").await, app.member("Eve").await);
    does(&app, &mia, "POST", "/rooms", json!({ "room": "den", "title": "The den", "kind": "closed" })).await;
    for room in ["den", "nowhere"] {
        for n in 0..20 {
            let post = json!({ "cid": format!("eve-asks-{room}-{n:05}"), "body": "hello?" });
            let path = format!("/rooms/{room}/messages");
            assert_eq!(app.ask("POST", &path, Some(&eve.token), post).await.0, 404, "{room} {n}");
            let seat = format!("/rooms/{room}/members/me");
            assert_eq!(app.ask("PUT", &seat, Some(&eve.token), json!({})).await.0, 404, "{room} {n}");
        }
    }
}

#[tokio::test]
async fn guests_are_listed_among_the_people_of_a_room_and_nowhere_else() {
    let app = TestApp::start().await;
    let (mia, gus) = (app.member("Mia").await, app.person("Gus").await);
    does(&app, &mia, "POST", "/rooms", json!({ "room": "den", "title": "The den", "kind": "closed" })).await;
    does(&app, &mia, "PUT", &format!("/rooms/den/members/{}", gus.me.id), json!({})).await;
    let names = |people: Value| people.as_array().unwrap().iter().map(|one| one["name"].clone()).collect::<Vec<_>>();
    let listed = async |which: &str| names(does(&app, &mia, "GET", &format!("/people?{which}"), json!({})).await);
    assert_eq!(listed("room=den").await, ["Gus", "Mia"]);
    assert_eq!(listed("room=den&q=gu").await, ["Gus"]);
    assert_eq!(listed("room=den&limit=1").await, ["Gus"]);
    assert_eq!(listed(&format!("room=den&after={}", gus.me.id)).await, ["Mia"]);
    assert_eq!(names(does(&app, &mia, "GET", "/people", json!({})).await), ["Mia"]);
}

#[tokio::test]
async fn a_text_that_was_replaced_is_told_to_nobody() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let seq = app.post(&ana, "first").await;
    for text in ["second", "third"] {
        does(&app, &ana, "PATCH", &format!("/rooms/lobby/messages/{seq}"), json!({ "body": text })).await;
    }
    let page = does(&app, &ana, "GET", "/rooms/lobby/events", json!({})).await;
    let bodies: Vec<_> = page["events"].as_array().unwrap().iter().map(|event| event["body"].clone()).collect();
    assert_eq!(bodies, ["third", "third", "third"]);
}
