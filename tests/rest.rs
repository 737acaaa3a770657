//! REST, as a program sees it.

use banter::protocol::api::{ErrorCode, EventsQuery, GuestRequest, Me, MeChange};
use banter::protocol::calls::{self, Call};
use banter::protocol::ids::RoomKey;
use banter::protocol::limits;
use banter::server::config::{Config, Switch};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Person, TestApp, config, cookie, new_cid};

/// Sends JSON, answers with status and JSON.
async fn ask(
    app: &TestApp,
    method: Method,
    path: &str,
    person: Option<&Person>,
    body: Option<Value>,
) -> (StatusCode, Value) {
    let mut request = app.http.request(method, app.url(path));
    if let Some(person) = person {
        request = request.bearer_auth(&person.token);
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    let response = request.send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

fn rename(name: &str) -> Call<Me> {
    calls::change_me(&MeChange { name: Some(name.to_owned()), ..MeChange::default() })
}

fn code(answer: &Value) -> &str {
    answer["error"]["code"].as_str().unwrap_or("no error")
}

#[tokio::test]
async fn one_becomes_a_guest_with_a_friendly_name_or_ones_own() {
    let app = TestApp::start().await;
    let (status, friendly) = ask(&app, Method::POST, "/api/v1/guest", None, Some(json!({}))).await;
    assert_eq!(status, 201);
    assert!(friendly["me"]["name"].as_str().unwrap().contains(' '), "{friendly}");
    assert_eq!(friendly["me"]["role"], "guest");
    let (_, own) = ask(&app, Method::POST, "/api/v1/guest", None, Some(json!({ "name": "  Ana\u{202E} " }))).await;
    assert_eq!(own["me"]["name"], "Ana", "cleaned");
    let (_, same) = ask(&app, Method::POST, "/api/v1/guest", None, Some(json!({ "name": "АNA" }))).await;
    assert_eq!(same["me"]["name"], "АNA 2", "nobody passes for somebody else");
}

#[tokio::test]
async fn a_guest_who_asks_again_is_the_same_person() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (status, again) = ask(&app, Method::POST, "/api/v1/guest", Some(&ana), Some(json!({ "name": "Anna" }))).await;
    assert_eq!(status, 200);
    assert_eq!((again["me"]["id"].as_str(), again["me"]["name"].as_str()), (Some(ana.me.id.as_str()), Some("Anna")));
    assert_ne!(again["token"], ana.token, "a token more, the old one is not told again");
}

#[tokio::test]
async fn names_have_their_limits() {
    let app = TestApp::start().await;
    for (name, expected) in [
        ("ü".repeat(limits::NAME_CHARS), None),
        ("ü".repeat(limits::NAME_CHARS + 1), Some(ErrorCode::NameTooLong)),
        ("\u{200B}".to_owned(), Some(ErrorCode::NameEmpty)),
    ] {
        let answer = app.call(None, calls::become_guest(&GuestRequest { name: Some(name) })).await;
        assert_eq!(answer.err().map(|(_, error)| error.code), expected);
    }
    let ana = app.person("Ana").await;
    let (status, error) = app.call(Some(&ana.token), rename(" ")).await.unwrap_err();
    assert_eq!((status, error.code), (400, ErrorCode::NameEmpty));
}

#[tokio::test]
async fn i_am_who_my_token_or_cookie_says() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    assert_eq!(ask(&app, Method::GET, "/api/v1/me", Some(&ana), None).await.1["name"], "Ana");
    let in_another_case = app.http.get(app.url("/api/v1/me")).header("authorization", format!("bearer {}", ana.token));
    assert_eq!(in_another_case.send().await.unwrap().status(), 200);
    let by_cookie = app.http.get(app.url("/api/v1/me")).header("cookie", &ana.cookie).send().await.unwrap();
    assert_eq!(by_cookie.json::<Value>().await.unwrap()["name"], "Ana");
    let (status, nobody) = ask(&app, Method::GET, "/api/v1/me", None, None).await;
    assert_eq!((status.as_u16(), code(&nobody)), (401, "unauthenticated"));
}

#[tokio::test]
async fn the_cookie_is_for_the_server_alone() {
    let app = TestApp::start().await;
    let response = app.http.post(app.url("/api/v1/guest")).json(&json!({})).send().await.unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let origins = "https://chat.example".parse().unwrap();
    let app = TestApp::with(Config { origins, ..config() }).await;
    let response = app.http.post(app.url("/api/v1/guest")).json(&json!({})).send().await.unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-banter=") && cookie.contains("Secure"), "{cookie}");
    let choice = app.http.post(app.url("/language")).header("origin", "https://chat.example");
    let response = choice.form(&[("language", "de")]).send().await.unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("Secure") && cookie.contains("HttpOnly"), "{cookie}");
}

#[tokio::test]
async fn a_message_is_created_once() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let path = "/api/v1/rooms/lobby/messages";
    let message = json!({ "cid": new_cid(), "body": "hello" });
    let first = ask(&app, Method::POST, path, Some(&ana), Some(message.clone())).await;
    assert_eq!((first.0.as_u16(), &first.1), (201, &json!({ "seq": 1 })));
    let again = ask(&app, Method::POST, path, Some(&ana), Some(message)).await;
    assert_eq!((again.0.as_u16(), &again.1), (200, &json!({ "seq": 1 })));
}

#[tokio::test]
async fn messages_that_cannot_be_are_refused() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let lobby = "/api/v1/rooms/lobby/messages";
    let with = |body: &str| json!({ "cid": new_cid(), "body": body });
    let cases = [
        (lobby, None, with("hi"), 401, "unauthenticated"),
        (lobby, Some(&ana), with(" "), 400, "body_empty"),
        (lobby, Some(&ana), with(&"a".repeat(limits::BODY_BYTES + 1)), 413, "body_too_long"),
        (lobby, Some(&ana), with(&"a".repeat(limits::REQUEST_BYTES)), 413, "too_large"),
        (lobby, Some(&ana), json!({ "cid": "short", "body": "hi" }), 400, "bad_request"),
        (lobby, Some(&ana), json!({ "body": "hi" }), 400, "bad_request"),
        (lobby, Some(&ana), json!({ "cid": new_cid(), "body": "hi", "reply_to": 7 }), 400, "reply_unknown"),
        ("/api/v1/rooms/cellar/messages", Some(&ana), with("hi"), 404, "not_found"),
        ("/api/v1/rooms/NO/messages", Some(&ana), with("hi"), 404, "not_found"),
    ];
    for (path, person, body, status, error) in cases {
        let answer = ask(&app, Method::POST, path, person, Some(body)).await;
        assert_eq!((answer.0.as_u16(), code(&answer.1)), (status, error));
    }
    let fits = ask(&app, Method::POST, lobby, Some(&ana), Some(with(&"a".repeat(limits::BODY_BYTES)))).await;
    assert_eq!(fits.0, 201);
}

#[tokio::test]
async fn who_is_too_fast_is_told_when_to_try_again() {
    let app = TestApp::with(Config { post_rate: 1, ..config() }).await;
    let ana = app.person("Ana").await;
    for _ in 0..4 {
        app.post(&ana, "quick").await;
    }
    let message = json!({ "cid": new_cid(), "body": "too quick" });
    let url = app.url("/api/v1/rooms/lobby/messages");
    let response = app.http.post(url).bearer_auth(&ana.token).json(&message).send().await.unwrap();
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "1");
    assert_eq!(code(&response.json().await.unwrap()), "too_fast");
}

#[tokio::test]
async fn a_repeat_of_what_is_there_is_never_too_fast() {
    let app = TestApp::with(Config { post_rate: 1, ..config() }).await;
    let ana = app.person("Ana").await;
    let message = json!({ "cid": new_cid(), "body": "hello" });
    let path = "/api/v1/rooms/lobby/messages";
    let mut statuses = Vec::new();
    for _ in 0..10 {
        statuses.push(ask(&app, Method::POST, path, Some(&ana), Some(message.clone())).await.0.as_u16());
    }
    assert_eq!(statuses, [vec![201], vec![200; 9]].concat());
}

#[tokio::test]
async fn names_cannot_be_changed_without_end() {
    let app = TestApp::with(Config { post_rate: 1, ..config() }).await;
    let ana = app.person("Ana").await;
    for number in 0..4 {
        app.call(Some(&ana.token), rename(&format!("Ana the {number}"))).await.unwrap();
    }
    let (status, error) = app.call(Some(&ana.token), rename("Ana the Last")).await.unwrap_err();
    assert_eq!((status, error.code), (429, ErrorCode::TooFast));
}

#[tokio::test]
async fn what_was_said_can_be_read_page_by_page() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    for number in 1..=limits::PAGE_EVENTS + 1 {
        app.post(&ana, &format!("{number}")).await;
    }
    let events = async |after, before, limit| {
        let page =
            app.call(None, calls::events(&RoomKey::lobby(), EventsQuery { after, before, limit })).await.unwrap();
        (page.events.iter().map(|event| event.seq).collect::<Vec<_>>(), page.more)
    };
    assert_eq!(events(Some(0), None, Some(3)).await, (vec![1, 2, 3], true));
    assert_eq!(events(None, Some(3), None).await, (vec![1, 2], false));
    assert_eq!(events(None, None, None).await.0.len(), limits::NEWEST_EVENTS);
    let (most, more) = events(Some(0), None, Some(1000)).await;
    assert_eq!((most.len(), more), (limits::PAGE_EVENTS, true), "no more than a page");
    let address = "/api/v1/rooms/lobby/events";
    let (_, first) = ask(&app, Method::GET, &format!("{address}?after=0&limit=1"), None, None).await;
    assert_eq!((&first["events"][0]["kind"], &first["events"][0]["by"]["name"]), (&json!("posted"), &json!("Ana")));
    for wrong in ["?after=1&before=2", "?after=x", "?limit=-1"] {
        let (status, answer) = ask(&app, Method::GET, &format!("{address}{wrong}"), None, None).await;
        assert_eq!((status.as_u16(), code(&answer)), (400, "bad_request"), "{wrong}");
    }
}

#[tokio::test]
async fn rooms_are_listed_and_shown() {
    let app = TestApp::start().await;
    let (_, rooms) = ask(&app, Method::GET, "/api/v1/rooms", None, None).await;
    assert_eq!(rooms[0]["room"], "lobby");
    let (_, lobby) = ask(&app, Method::GET, "/api/v1/rooms/lobby", None, None).await;
    assert_eq!((lobby["title"].as_str(), lobby["kind"].as_str()), (Some("Lobby"), Some("open")));
    assert_eq!(ask(&app, Method::GET, "/api/v1/rooms/cellar", None, None).await.0, 404);
}

#[tokio::test]
async fn with_guests_off_nobody_reads_or_becomes_somebody() {
    let app = TestApp::with(Config { guests: Switch::Off, ..config() }).await;
    for (method, path) in [
        (Method::GET, "/api/v1/rooms"),
        (Method::GET, "/api/v1/rooms/lobby"),
        (Method::GET, "/api/v1/rooms/lobby/events"),
        (Method::POST, "/api/v1/guest"),
    ] {
        let (status, answer) = ask(&app, method, path, None, Some(json!({}))).await;
        assert_eq!((status.as_u16(), code(&answer)), (401, "guests_off"), "{path}");
    }
}

#[tokio::test]
async fn errors_have_one_shape_everywhere() {
    let app = TestApp::start().await;
    for (method, path, status, error) in [
        (Method::GET, "/api/v1/nothing", 404, "not_found"),
        (Method::DELETE, "/api/v1/rooms", 405, "method_not_allowed"),
        (Method::DELETE, "/", 405, "method_not_allowed"),
        (Method::POST, "/healthz", 405, "method_not_allowed"),
        (Method::GET, "/pkg/%FF", 404, "not_found"),
        (Method::GET, "/pkg/nothing.js", 404, "not_found"),
    ] {
        let answer = ask(&app, method, path, None, None).await;
        assert_eq!((answer.0.as_u16(), code(&answer.1)), (status, error), "{path}");
    }
    for unreadable in ["", "{", "[]", "null", "{\"name\":1}"] {
        let response = app.http.post(app.url("/api/v1/guest")).body(unreadable).send().await.unwrap();
        assert_eq!(response.status(), 400, "{unreadable}");
        assert_eq!(code(&response.json().await.unwrap()), "bad_request");
    }
}

#[tokio::test]
async fn a_page_of_another_site_changes_nothing() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    for (name, value) in [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
        let request = app.http.post(app.url("/api/v1/rooms/lobby/messages")).header("cookie", &ana.cookie);
        let form = [("cid", new_cid().to_string()), ("body", "not me".to_owned())];
        let response = request.header(name, value).form(&form).send().await.unwrap();
        assert_eq!(response.status(), 403, "{name}: {value}");
    }
    assert!(!app.page("/").await.contains("not me"));
}

#[tokio::test]
async fn the_server_is_alive_and_ready() {
    let app = TestApp::start().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(app.http.get(app.url(path)).send().await.unwrap().status(), 200);
    }
    let metrics = app.http.get(app.url("/metrics"));
    let forwarded = metrics.try_clone().unwrap().header("x-forwarded-for", "203.0.113.1").send().await.unwrap();
    assert_eq!(forwarded.status(), 404, "a proxy asks for somebody else");
    assert!(metrics.send().await.unwrap().text().await.unwrap().contains("banter_commits_total"));
    let response = app.http.get(app.url("/healthz")).send().await.unwrap();
    assert!(cookie(response.headers()).is_none());
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
}
