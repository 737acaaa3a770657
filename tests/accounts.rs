//! Signing up, logging in and out, and what one can change about oneself.

use serde_json::{Value, json};

use crate::support::{PASSWORD, Person, TestApp, config};

fn code(answer: &Value) -> &str {
    answer["error"]["code"].as_str().unwrap_or_default()
}

async fn log_in(app: &TestApp, name: &str, password: &str) -> (u16, Value) {
    app.ask("POST", "/session", None, json!({ "name": name, "password": password })).await
}

async fn is_known(app: &TestApp, token: &str) -> bool {
    app.ask("GET", "/me", Some(token), Value::Null).await.0 == 200
}

#[tokio::test]
async fn one_signs_up_logs_in_and_logs_out() {
    let app = TestApp::start().await;
    let ana = app.member("Ana").await;
    assert_eq!(app.ask("GET", "/me", Some(&ana.token), Value::Null).await.1["role"], "member");
    let (status, again) = log_in(&app, " ana ", PASSWORD).await;
    assert_eq!((status, &again["me"]["id"]), (201, &json!(ana.me.id)), "the same person, however she writes it");
    let token = again["token"].as_str().unwrap();
    assert_eq!(app.ask("DELETE", "/session", Some(token), Value::Null).await.0, 204);
    assert!(!is_known(&app, token).await);
    assert!(is_known(&app, &ana.token).await, "only that one session ends");
}

#[tokio::test]
async fn nobody_learns_who_exists() {
    let app = TestApp::start().await;
    app.member("Ana").await;
    app.person("Gus").await;
    let answers = [
        log_in(&app, "Ana", "wrong horse").await,
        log_in(&app, "Nobody", PASSWORD).await,
        log_in(&app, "Gus", "").await,
    ];
    for answer in &answers {
        assert_eq!((answer.0, code(&answer.1)), (401, "wrong_password"));
        assert_eq!(answer, &answers[0], "word for word");
    }
}

#[tokio::test]
async fn a_guest_who_signs_up_stays_who_they_are() {
    let app = TestApp::start().await;
    let gus = app.person("Gus").await;
    let seq = app.post(&gus, "said as a guest").await;
    let account = json!({ "name": "Gustav", "password": PASSWORD });
    let (status, answer) = app.ask("POST", "/accounts", Some(&gus.token), account.clone()).await;
    assert_eq!((status, &answer["me"]["id"], &answer["me"]["role"]), (201, &json!(gus.me.id), &json!("member")));
    assert!(!is_known(&app, &gus.token).await, "a session never gains power");
    let token = answer["token"].as_str().unwrap();
    let edit = json!({ "body": "and mine for ever" });
    assert_eq!(app.ask("PATCH", &format!("/rooms/lobby/messages/{seq}"), Some(token), edit).await.0, 200);
    assert_eq!(app.ask("POST", "/accounts", None, account).await.0, 409, "the name is his");
}

#[tokio::test]
async fn a_name_that_looks_like_anothers_is_taken() {
    let app = TestApp::start().await;
    app.member("Ana").await;
    for name in ["ana", "\u{410}na", "A n a"] {
        let (status, answer) = app.ask("POST", "/accounts", None, json!({ "name": name, "password": PASSWORD })).await;
        assert_eq!((status, code(&answer)), (409, "name_taken"), "{name}");
    }
}

#[tokio::test]
async fn a_password_has_8_to_128_characters() {
    let app = TestApp::start().await;
    for (length, expected) in [(7, 400), (8, 201), (128, 201), (129, 400)] {
        let account = json!({ "name": format!("P{length}"), "password": "\u{e4}".repeat(length) });
        assert_eq!(app.ask("POST", "/accounts", None, account).await.0, expected, "{length} characters");
    }
}

#[tokio::test]
async fn another_password_ends_all_other_sessions() {
    let app = TestApp::start().await;
    let ana = app.member("Ana").await;
    let (_, phone) = log_in(&app, "Ana", PASSWORD).await;
    let phone = phone["token"].as_str().unwrap();
    let change = |old: &str| json!({ "new_password": "battery staple", "password": old });
    let (status, answer) = app.ask("PATCH", "/me", Some(&ana.token), change("wrong horse")).await;
    assert_eq!((status, code(&answer)), (401, "wrong_password"));
    assert_eq!(app.ask("PATCH", "/me", Some(&ana.token), change(PASSWORD)).await.0, 200);
    assert!(is_known(&app, &ana.token).await);
    assert!(!is_known(&app, phone).await);
    assert_eq!(log_in(&app, "Ana", PASSWORD).await.0, 401);
    assert_eq!(log_in(&app, "Ana", "battery staple").await.0, 201);
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one() {
    let app = TestApp::start().await;
    let ana = app.member("Ana").await;
    let (_, phone) = log_in(&app, "Ana", PASSWORD).await;
    let phone = phone["token"].as_str().unwrap();
    let mut socket = app.socket().await;
    socket.hello(Some(&Person { token: phone.to_owned(), ..ana.clone() })).await;
    let (_, sessions) = app.ask("GET", "/me/sessions", Some(&ana.token), Value::Null).await;
    let sessions = sessions.as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    let other = sessions.iter().find(|session| session["current"] == false).unwrap()["id"].as_str().unwrap();
    assert!(!phone.contains(other), "the id tells nothing of the secret");
    assert_eq!(app.ask("DELETE", &format!("/me/sessions/{other}"), Some(&ana.token), Value::Null).await.0, 204);
    assert_eq!(socket.close_code().await.0, 4401, "and with it what was connected by it");
    assert!(!is_known(&app, phone).await);
    assert_eq!(app.ask("DELETE", &format!("/me/sessions/{other}"), Some(&ana.token), Value::Null).await.0, 404);
}

#[tokio::test]
async fn a_token_may_what_it_was_made_for() {
    let app = TestApp::start().await;
    let ana = app.member("Ana").await;
    let make = |scopes: Value| json!({ "label": "a bot", "scopes": scopes });
    let (status, reader) = app.ask("POST", "/tokens", Some(&ana.token), make(json!(["read"]))).await;
    assert_eq!(status, 201);
    let (_, writer) = app.ask("POST", "/tokens", Some(&ana.token), make(json!(["read", "write"]))).await;
    let (reader, writer) = (reader["secret"].as_str().unwrap(), writer["secret"].as_str().unwrap());
    let post = |number: u32| json!({ "cid": format!("cid-of-a-token-{number:04}"), "body": "by a token" });
    assert_eq!(app.ask("GET", "/rooms", Some(reader), Value::Null).await.0, 200);
    let (status, answer) = app.ask("POST", "/rooms/lobby/messages", Some(reader), post(1)).await;
    assert_eq!((status, code(&answer)), (403, "out_of_scope"));
    assert_eq!(app.ask("POST", "/rooms/lobby/messages", Some(writer), post(2)).await.0, 201);
    for path in ["/me/sessions", "/tokens"] {
        assert_eq!(app.ask("GET", path, Some(writer), Value::Null).await.0, 403, "{path}");
    }
    let (_, listed) = app.ask("GET", "/tokens", Some(&ana.token), Value::Null).await;
    assert!(!listed.to_string().contains(writer), "the secret is told once");
    let id = listed[0]["id"].as_str().unwrap();
    assert_eq!(app.ask("DELETE", &format!("/tokens/{id}"), Some(&ana.token), Value::Null).await.0, 204);
    let known = [is_known(&app, reader).await, is_known(&app, writer).await];
    assert_eq!(known.iter().filter(|known| **known).count(), 1, "one of the two");
}

#[tokio::test]
async fn a_closed_account_leaves_its_words_and_no_name() {
    let app = TestApp::start().await;
    let ana = app.member("Ana").await;
    app.post(&ana, "I was here").await;
    let mut socket = app.in_lobby(Some(&ana)).await;
    assert_eq!(app.ask("DELETE", "/me", Some(&ana.token), json!({})).await.0, 401, "the password is asked for");
    assert_eq!(app.ask("DELETE", "/me", Some(&ana.token), json!({ "password": PASSWORD })).await.0, 204);
    assert_eq!(socket.close_code().await.0, 4401);
    assert_eq!(log_in(&app, "Ana", PASSWORD).await.0, 401);
    let (_, page) = app.ask("GET", "/rooms/lobby/events", None, Value::Null).await;
    assert_eq!(
        (&page["events"][0]["body"], &page["events"][0]["by"]["name"]),
        (&json!("I was here"), &json!("Somebody"))
    );
    assert_eq!(app.member("Ana").await.me.name, "Ana", "the name is free");
}

#[tokio::test]
async fn signing_up_is_open_by_invitation_or_closed() {
    let app = TestApp::start().await;
    let olga = app.owner("Olga").await;
    let account = |name: &str, invite: &str| json!({ "name": name, "password": PASSWORD, "invite": invite });
    let set = async |policy: &str| {
        assert_eq!(app.ask("PATCH", "/settings", Some(&olga.token), json!({ "sign_up": policy })).await.0, 200);
    };
    set("invite").await;
    assert_eq!(code(&app.ask("POST", "/accounts", None, account("Ana", "")).await.1), "sign_up_closed");
    let (status, invite) = app.ask("POST", "/invites", Some(&olga.token), json!({})).await;
    assert_eq!(status, 201);
    let invite = invite["code"].as_str().unwrap();
    assert_eq!(app.ask("POST", "/accounts", None, account("Ana", invite)).await.0, 201);
    assert_eq!(app.ask("POST", "/accounts", None, account("Ben", invite)).await.0, 410, "it was for one");
    let room = json!({ "room": "den", "title": "Den", "kind": "closed" });
    assert_eq!(app.ask("POST", "/rooms", Some(&olga.token), room).await.0, 201);
    let (_, into_room) = app.ask("POST", "/invites", Some(&olga.token), json!({ "room": "den" })).await;
    let (status, answer) =
        app.ask("POST", "/accounts", None, account("Ben", into_room["code"].as_str().unwrap())).await;
    assert_eq!((status, code(&answer)), (403, "sign_up_closed"), "into a room is not into the site");
    set("closed").await;
    let (_, other) = app.ask("POST", "/invites", Some(&olga.token), json!({})).await;
    assert_eq!(app.ask("POST", "/accounts", None, account("Ben", other["code"].as_str().unwrap())).await.0, 403);
}

#[tokio::test]
async fn one_invitation_lets_in_one_however_many_come_at_once() {
    let app = TestApp::start().await;
    let olga = app.owner("Olga").await;
    app.ask("PATCH", "/settings", Some(&olga.token), json!({ "sign_up": "invite" })).await;
    let (_, invite) = app.ask("POST", "/invites", Some(&olga.token), json!({})).await;
    let invite = invite["code"].as_str().unwrap();
    let sign_up = |number: usize| {
        let account = json!({ "name": format!("Racer {number}"), "password": PASSWORD, "invite": invite });
        app.ask("POST", "/accounts", None, account)
    };
    let answers = futures::future::join_all((0..10).map(sign_up)).await;
    assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1);
}

#[tokio::test]
async fn the_link_that_makes_the_owner_works_once() {
    let app = TestApp::start().await;
    let account = |name: &str, setup: &str| json!({ "name": name, "password": PASSWORD, "setup": setup });
    assert_eq!(app.ask("POST", "/accounts", None, account("Eve", "guessed")).await.0, 410);
    let olga = app.owner("Olga").await;
    assert_eq!(app.ask("GET", "/me", Some(&olga.token), Value::Null).await.1["role"], "owner");
    assert_eq!(app.ask("POST", "/accounts", None, account("Eve", &app.setup)).await.0, 410);
}

#[tokio::test]
async fn who_guesses_is_slowed_down_and_nobody_else() {
    let app = TestApp::start().await;
    app.member("Ana").await;
    app.member("Ben").await;
    let mut answers = Vec::new();
    for _ in 0..8 {
        answers.push(log_in(&app, "Ana", "wrong horse").await);
    }
    let last = answers.last().unwrap();
    assert_eq!((last.0, code(&last.1)), (429, "too_fast"));
    assert_eq!(log_in(&app, "Ben", PASSWORD).await.0, 201, "others log in from there");
}

#[tokio::test]
async fn colours_are_0_to_11() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    for (colour, expected) in [(0, 200), (11, 200), (12, 400)] {
        assert_eq!(app.ask("PATCH", "/me", Some(&ana.token), json!({ "colour": colour })).await.0, expected);
    }
    app.post(&ana, "in my colour").await;
    let (_, page) = app.ask("GET", "/rooms/lobby/events", None, Value::Null).await;
    assert_eq!(page["events"][0]["by"]["colour"], 11);
}

#[tokio::test]
async fn without_guests_their_sessions_stand_for_nobody() {
    use banter::server::config::Switch;
    let app = TestApp::with(banter::server::config::Config { guests: Switch::Off, ..config() }).await;
    let ana = app.member("Ana").await;
    assert!(is_known(&app, &ana.token).await, "accounts are no guests");
    assert_eq!(app.ask("POST", "/guest", None, json!({})).await.0, 401);
    assert_eq!(app.ask("GET", "/rooms", None, Value::Null).await.0, 401);
}
