//! The door: from whose pages one may come, how many may be in, and what goes with every answer.

use banter::protocol::limits;
use banter::protocol::wire::{ClientFrame, close};
use banter::server::config::Config;
use reqwest::header::HeaderMap;
use reqwest::{Method, Response};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::client::{Socket, handshake};
use crate::support::{Person, TestApp, config, new_cid, within};

/// The host that every request of the table is sent to.
const HOST: &str = "chat.example:3000";
const OWN: &str = "http://chat.example:3000";

/// What `Origin` headers a request has, and whether it passes where [`OWN`] is listed and where nothing is. Without a list
/// the server does not know whether a proxy speaks TLS for it, so the scheme is not looked at.
const ORIGINS: [(&[&str], bool, bool); 29] = [
    (&[OWN], true, true),
    (&[], true, true),
    (&["https://chat.example:3000"], false, true),
    (&["ws://chat.example:3000"], false, false),
    (&["file://chat.example:3000"], false, false),
    (&["http://chat.example:3001"], false, false),
    (&["http://chat.example"], false, false),
    (&["http://chat.example:80"], false, false),
    (&["http://evil.chat.example:3000"], false, false),
    (&["http://example:3000"], false, false),
    (&["http://evil.example:3000"], false, false),
    (&["http://chat.example:3000.evil.example"], false, false),
    (&["http://chat.example.evil.example:3000"], false, false),
    (&["http://evilchat.example:3000"], false, false),
    (&["http://evil.example@chat.example:3000"], false, false),
    (&["http://chat.example:3000@evil.example"], false, false),
    (&["null"], false, false),
    (&[""], false, false),
    (&["HTTP://chat.example:3000"], false, false),
    (&["http://CHAT.EXAMPLE:3000"], false, false),
    (&["http://chat.example.:3000"], false, false),
    (&["http://ch\u{430}t.example:3000"], false, false),
    (&["http://xn--cht-5cd.example:3000"], false, false),
    (&["http://chat.example:3000/"], false, false),
    (&["http://chat.example:3000/r/lobby"], false, false),
    (&["http://evil.example/#http://chat.example:3000"], false, false),
    (&["http://chat.example:3000 http://evil.example"], false, false),
    (&[OWN, "http://evil.example"], false, false),
    (&[OWN, OWN], false, false),
];

/// Who sends a request.
const SENDERS: [Sender; 3] = [Sender::Cookie, Sender::Bearer, Sender::Nobody];
/// What is asked for.
const ASKED: [Asked; 4] = [Asked::Socket, Asked::Plain, Asked::Form, Asked::Json];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sender {
    Cookie,
    Bearer,
    Nobody,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Socket,
    Plain,
    Form,
    Json,
}

#[tokio::test]
async fn only_our_own_pages_get_in_whatever_they_ask_for_and_whoever_looks_at_them() {
    let mut run = 0;
    for listed in [true, false] {
        let origins = if listed { OWN } else { "" }.parse().unwrap();
        let app = TestApp::with(Config { origins, ..config() }).await;
        let ana = app.person("Ana").await;
        for (origins, with_list, without) in ORIGINS {
            let ours = if listed { with_list } else { without };
            for (sender, asked) in SENDERS.into_iter().flat_map(|sender| ASKED.map(|asked| (sender, asked))) {
                let expected = expected(ours, origins, sender, asked);
                let answer = status(&app, &request(origins, sender, asked, &ana)).await;
                assert_eq!(answer, expected, "{origins:?} {sender:?} {asked:?}, listed: {listed}");
                run += 1;
            }
        }
    }
    assert_eq!(run, 2 * ORIGINS.len() * SENDERS.len() * ASKED.len(), "every cell of the table");
}

fn expected(ours: bool, origins: &[&str], sender: Sender, asked: Asked) -> u16 {
    let handshake = matches!(asked, Asked::Socket | Asked::Plain);
    // Only a browser has a cookie, and a browser says where a handshake comes from.
    let unsaid = origins.is_empty() && handshake && sender == Sender::Cookie;
    match asked {
        _ if !ours || unsaid => 403,
        Asked::Socket | Asked::Plain => 101,
        Asked::Form => 303,
        Asked::Json if sender == Sender::Nobody => 401,
        Asked::Json => 201,
    }
}

/// By hand, since no client sends some of these.
fn request(origins: &[&str], sender: Sender, asked: Asked, ana: &Person) -> String {
    let origins: String = origins.iter().map(|origin| format!("origin: {origin}\r\n")).collect();
    let sender = match sender {
        Sender::Cookie => format!("cookie: {}\r\n", ana.cookie),
        Sender::Bearer => format!("authorization: Bearer {}\r\n", ana.token),
        Sender::Nobody => String::new(),
    };
    let head = format!("host: {HOST}\r\n{origins}{sender}");
    let upgrade = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
                   sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let post = |media: &str, body: String| {
        format!(
            "POST /api/v1/rooms/lobby/messages HTTP/1.1\r\n{head}connection: close\r\ncontent-type: {media}\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    match asked {
        Asked::Socket => format!("GET /ws HTTP/1.1\r\n{head}{upgrade}"),
        Asked::Plain => format!("GET / HTTP/1.1\r\n{head}{upgrade}"),
        Asked::Form => post("application/x-www-form-urlencoded", format!("cid={}&body=hello", new_cid())),
        Asked::Json => post("application/json", json!({ "cid": new_cid(), "body": "hello" }).to_string()),
    }
}

/// The status of the answer; a refusal also says that the origin is why.
async fn status(app: &TestApp, request: &str) -> u16 {
    let mut stream = within(TcpStream::connect(app.address)).await.unwrap();
    within(stream.write_all(request.as_bytes())).await.unwrap();
    let answer = read_until(&mut stream, "\r\n\r\n").await;
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    if status == 403 && !answer.contains("foreign_origin") {
        read_until(&mut stream, "foreign_origin").await;
    }
    status
}

async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut answer = String::new();
    while !answer.contains(end) {
        let mut part = [0; 4096];
        let count = within(stream.read(&mut part)).await.unwrap();
        assert_ne!(count, 0, "it ends before {end:?} has come: {answer}");
        answer.push_str(&String::from_utf8_lossy(&part[..count]));
    }
    answer
}

/// A header's name, and what it has to be; `None`: it must not be there.
type Header = (&'static str, Option<&'static str>);

/// What is the same for all answers.
const EVERYWHERE: [Header; 6] = [
    ("x-content-type-options", Some("nosniff")),
    ("referrer-policy", Some("same-origin")),
    ("cross-origin-opener-policy", Some("same-origin")),
    ("cross-origin-resource-policy", Some("same-origin")),
    ("permissions-policy", Some("camera=(), display-capture=(), geolocation=(), microphone=()")),
    ("access-control-allow-origin", None),
];
const PAGE: [Header; 2] = [
    ("cache-control", Some("private, no-cache")),
    (
        "content-security-policy",
        Some(
            "default-src 'none'; script-src 'nonce-' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
             img-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; \
             form-action 'self'; frame-ancestors 'none'",
        ),
    ),
];
const DATA: [Header; 2] = [("cache-control", Some("no-store")), NOTHING_RUNS];
const FILE: [Header; 2] = [("cache-control", Some("public, max-age=31536000, immutable")), NOTHING_RUNS];
const NOTHING_RUNS: Header = ("content-security-policy", Some("default-src 'none'; frame-ancestors 'none'"));

#[tokio::test]
async fn every_answer_says_what_browsers_may_do_with_it() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    app.post(&ana, "hello").await;
    let css = address_of_style(&app.page("/").await);
    for (method, path, status, kind) in [
        (Method::GET, "/", 200, PAGE),
        (Method::HEAD, "/", 200, PAGE),
        (Method::GET, "/r/lobby", 200, PAGE),
        (Method::GET, "/r/lobby/1", 200, PAGE),
        (Method::GET, "/r/cellar", 404, PAGE),
        (Method::GET, "/nothing", 404, PAGE),
        (Method::GET, css.as_str(), 200, FILE),
        (Method::GET, "/pkg/nothing", 404, DATA),
        (Method::GET, "/ws", 400, DATA),
        (Method::GET, "/healthz", 200, DATA),
        (Method::GET, "/readyz", 200, DATA),
        (Method::GET, "/metrics", 200, DATA),
        (Method::GET, "/api/v1/rooms", 200, DATA),
        (Method::GET, "/api/v1/rooms/lobby", 200, DATA),
        (Method::GET, "/api/v1/rooms/lobby/events", 200, DATA),
        (Method::GET, "/api/v1/rooms/cellar", 404, DATA),
        (Method::GET, "/api/v1/me", 401, DATA),
        (Method::GET, "/api/v1/nothing", 404, DATA),
        (Method::DELETE, "/", 405, DATA),
        (Method::POST, "/api/v1/guest", 400, DATA),
    ] {
        let response = app.http.request(method.clone(), app.url(path)).send().await.unwrap();
        assert_eq!(response.status(), status, "{method} {path}");
        check_headers(&format!("{method} {path}"), response.headers(), kind);
    }
    for (what, status, kind, response) in answers_to_posts(&app, &ana).await {
        assert_eq!(response.status(), status, "{what}");
        check_headers(what, response.headers(), kind);
    }
}

/// What programs and forms get, whether it worked or not.
async fn answers_to_posts(app: &TestApp, ana: &Person) -> Vec<(&'static str, u16, [Header; 2], Response)> {
    let post = || app.http.post(app.url("/api/v1/rooms/lobby/messages"));
    let (good, empty) = (json!({ "cid": new_cid(), "body": "hi" }), json!({ "cid": new_cid(), "body": "" }));
    let requests = [
        ("a message of a program", 201, DATA, post().bearer_auth(&ana.token).json(&good)),
        ("one that is refused", 400, DATA, post().bearer_auth(&ana.token).json(&empty)),
        ("a made-up token", 401, DATA, post().bearer_auth("made-up").json(&good)),
        ("a form", 303, DATA, post().form(&json!({ "cid": new_cid(), "body": "hi" }))),
        ("a form that is refused", 400, PAGE, post().form(&empty)),
        ("another site's form", 403, DATA, post().header("origin", "https://evil.example").form(&good)),
    ];
    let mut answers = Vec::new();
    for (what, status, kind, request) in requests {
        answers.push((what, status, kind, request.send().await.unwrap()));
    }
    answers
}

fn check_headers(what: &str, headers: &HeaderMap, kind: [Header; 2]) {
    for (name, value) in EVERYWHERE.into_iter().chain(kind) {
        assert!(headers.get_all(name).iter().count() <= 1, "{what}: {name} is there more than once");
        let is = headers.get(name).map(|is| without_nonce(is.to_str().unwrap()));
        assert_eq!(is.as_deref(), value, "{what}: {name}");
    }
}

/// A policy without what is new each time.
fn without_nonce(policy: &str) -> String {
    let Some((before, rest)) = policy.split_once("'nonce-") else { return policy.to_owned() };
    let (nonce, after) = rest.split_once('\'').unwrap();
    assert!(nonce.len() >= 22, "128 random bits: {nonce}");
    format!("{before}'nonce-'{after}")
}

fn address_of_style(page: &str) -> String {
    let (_, rest) = page.split_once("<link rel=\"stylesheet\" href=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn who_came_over_tls_comes_in_no_other_way() {
    for (origins, expected) in [("", None), (OWN, None), ("https://chat.example", Some("max-age=31536000"))] {
        let app = TestApp::with(Config { origins: origins.parse().unwrap(), ..config() }).await;
        for path in ["/", "/api/v1/rooms", "/nothing"] {
            let response = app.http.get(app.url(path)).send().await.unwrap();
            let header = response.headers().get("strict-transport-security").map(|value| value.to_str().unwrap());
            assert_eq!(header, expected, "{origins} {path}");
        }
    }
}

#[tokio::test]
async fn no_compression_is_agreed_on_over_a_socket() {
    let app = TestApp::start().await;
    let upgrade = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
                   sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-extensions: permessage-deflate\r\n\r\n";
    for path in ["/ws", "/"] {
        let mut stream = within(TcpStream::connect(app.address)).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: {HOST}\r\n{upgrade}");
        within(stream.write_all(request.as_bytes())).await.unwrap();
        let answer = read_until(&mut stream, "\r\n\r\n").await.to_ascii_lowercase();
        assert!(answer.starts_with("http/1.1 101"), "{answer}");
        assert!(!answer.contains("sec-websocket-extensions"), "{answer}");
    }
}

#[tokio::test]
async fn a_full_server_lets_in_one_for_each_who_leaves() {
    let app = TestApp::with(Config { connections: 2, ..config() }).await;
    let (leaving, _staying) = (app.plain().await, app.plain().await);
    for path in ["/", "/ws"] {
        let (status, body) = app.refused(path, &[]).await;
        assert_eq!(status, 503);
        assert!(body.contains("\"busy\""), "{body}");
    }
    assert_eq!(app.http.get(app.url("/")).send().await.unwrap().status(), 200, "pages and REST go on");
    drop(leaving);
    let _came = let_in(&app, "/").await;
    assert_eq!(app.refused("/", &[]).await.0, 503);
}

/// Asks until there is a seat.
async fn let_in(app: &TestApp, path: &str) -> Socket {
    let asking = async {
        loop {
            if let Ok(socket) = handshake(app.address, path, &[], None).await {
                return socket;
            }
        }
    };
    within(asking).await
}

#[tokio::test]
async fn one_address_has_so_many_connections_and_no_more() {
    // Both ends of each are files of this process.
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let app = TestApp::with(Config { connect_rate: 1_000_000, ..config() }).await;
    let mut crowd = Vec::new();
    for _ in 0..limits::CONNECTIONS_PER_ADDRESS {
        crowd.push(app.plain().await);
    }
    let (status, body) = app.refused("/", &[]).await;
    assert_eq!(status, 429);
    assert!(body.contains("too_many_connections"), "{body}");
    drop(crowd.pop());
    let_in(&app, "/").await;
}

#[tokio::test]
async fn behind_a_proxy_people_are_told_apart_by_what_it_says() {
    let app = TestApp::with(Config { connect_rate: 1, proxies: 1, ..config() }).await;
    let come = async |from: &str| handshake(app.address, "/", &[("x-forwarded-for", from)], None).await;
    let until_refused = async {
        for number in 0.. {
            if let Err((status, _)) = come(&format!("8.8.8.{number}, 192.0.2.1")).await {
                return status;
            }
        }
        unreachable!("it is refused at some time")
    };
    assert_eq!(within(until_refused).await, 429, "whatever they write there themselves");
    assert!(come("192.0.2.2").await.is_ok(), "who comes from elsewhere");
}

#[tokio::test]
async fn one_person_has_so_many_connections_and_no_more() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.person("Ana").await, app.person("Ben").await);
    let mut tabs = Vec::new();
    for _ in 0..limits::CONNECTIONS_PER_PERSON {
        tabs.push(app.in_lobby(Some(&ana)).await);
    }
    assert_eq!(greeted(&app, &ana).await.close_code().await, (close::TOO_MANY, 0));
    assert!(close::is_final(close::TOO_MANY), "it does not come back by itself");
    let own = app.url("");
    for path in ["/", "/ws"] {
        let mut by_cookie = app.connect(path, &[("cookie", &ana.cookie), ("origin", &own)]).await;
        assert_eq!(by_cookie.close_code().await, (close::TOO_MANY, 0), "{path}");
    }
    app.in_lobby(Some(&ben)).await;
    app.in_lobby(None).await.hello(Some(&ben)).await;

    drop(tabs.pop());
    let again = async { while greeted(&app, &ana).await.is_closed_at_once().await {} };
    within(again).await;
}

/// A connection that has said who it is, and not waited for what comes of it.
async fn greeted(app: &TestApp, person: &Person) -> Socket {
    let mut socket = app.socket().await;
    socket.tell(&ClientFrame::Hello { token: Some(person.token.clone()) }).await;
    socket
}

#[tokio::test]
async fn a_room_has_a_rate_of_its_own_and_a_repeat_is_never_too_fast() {
    let app = TestApp::with(Config { room_rate: 1, ..config() }).await;
    let mut said = Vec::new();
    for name in ["Ana", "Ben", "Cleo", "Dora"] {
        let person = app.person(name).await;
        let message = json!({ "cid": new_cid(), "body": "hello" });
        said.push((person, message));
    }
    let post = |person: &Person, message: &serde_json::Value| {
        let url = app.url("/api/v1/rooms/lobby/messages");
        app.http.post(url).bearer_auth(&person.token).json(message).send()
    };
    for (person, message) in &said {
        assert_eq!(post(person, message).await.unwrap().status(), 201);
    }
    let eve = app.person("Eve").await;
    let until_refused = async {
        loop {
            let answer = post(&eve, &json!({ "cid": new_cid(), "body": "one too many" })).await.unwrap();
            if answer.status() != 201 {
                return answer.status();
            }
        }
    };
    assert_eq!(within(until_refused).await, 429, "all together, whoever it is");
    for (person, message) in &said {
        assert_eq!(post(person, message).await.unwrap().status(), 200, "what is there is acknowledged again");
    }
}
