//! A real server that logs all it can, the people on it, and everything that each of them can look at.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use banter::protocol::api::Identity;
use banter::protocol::event::Act;
use banter::protocol::ids::RoomKey;
use banter::protocol::wire::ClientFrame;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::cage::Cage;
use crate::proof::clients::{Brought, Line};
use crate::proof::server::Server;
use crate::support::{new_cid, within};

/// One who is nobody.
pub const NOBODY: &str = "nobody";
/// Who keeps order everywhere.
pub const ADMINS: [&str; 2] = ["alma", "olga"];
/// In each message, so that a search finds it.
pub const COMMON: &str = "kestrel";

pub struct Aviary {
    pub server: Server,
    pub cage: Arc<Cage>,
    http: reqwest::Client,
    people: BTreeMap<&'static str, Identity>,
    /// The sockets that everybody has open, for what they want to say there.
    sockets: BTreeMap<&'static str, mpsc::UnboundedSender<ClientFrame>>,
    /// The rooms that there are, whoever knows of them.
    pub rooms: Vec<String>,
    /// Who does not show themselves in the lobby.
    hidden: Option<&'static str>,
    /// Answers that were looked at.
    pub looked: AtomicUsize,
}

impl Aviary {
    /// The owner is there, and nobody else.
    pub async fn open() -> Self {
        let mut server = Server::new().with("RUST_LOG", "trace");
        server.start().await;
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let mut aviary = Self {
            server,
            cage: Arc::default(),
            http,
            people: BTreeMap::new(),
            sockets: BTreeMap::new(),
            rooms: vec!["lobby".to_owned()],
            hidden: None,
            looked: AtomicUsize::new(0),
        };
        let olga = aviary.server.owner(&aviary.http).await;
        aviary.comes("olga", olga).await;
        aviary.listen(NOBODY, None).await;
        aviary
    }

    /// Somebody with an account; the secrets of it nobody sees.
    pub async fn member(&mut self, who: &'static str) {
        let password = self.cage.word("a password", &[]);
        let request = json!({ "name": who, "password": password });
        let made = self.http.post(self.server.url("/api/v1/accounts")).json(&request).send().await.unwrap();
        let identity = made.error_for_status().unwrap().json().await.unwrap();
        self.comes(who, identity).await;
    }

    /// Somebody with a nickname.
    pub async fn guest(&mut self, who: &'static str, name: &str) {
        let made =
            self.http.post(self.server.url("/api/v1/guest")).json(&json!({ "name": name })).send().await.unwrap();
        let identity = made.error_for_status().unwrap().json().await.unwrap();
        self.comes(who, identity).await;
    }

    async fn comes(&mut self, who: &'static str, identity: Identity) {
        self.cage.hold("a session's token", &identity.token, &[]);
        self.listen(who, Some(&identity.token)).await;
        self.people.insert(who, identity);
    }

    /// From now on they hear what comes by the socket and by the plain wire.
    async fn listen(&mut self, who: &'static str, token: Option<&str>) {
        let address = self.server.address();
        let mut plain = Line::open(address, "/", token).await.unwrap();
        let cage = self.cage.clone();
        tokio::spawn(async move {
            while let Brought::Text(text) = plain.next().await {
                cage.look(who, "the plain wire", &text, "");
            }
        });
        let mut socket = Line::open(address, "/ws", None).await.unwrap();
        socket.tell(&ClientFrame::Hello { token: token.map(str::to_owned) }).await.unwrap();
        let (say, mut said) = mpsc::unbounded_channel();
        let cage = self.cage.clone();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    brought = socket.next() => match brought {
                        Brought::Text(text) => cage.look(who, "the socket", &text, ""),
                        Brought::Closed(_) => return,
                    },
                    Some(frame) = said.recv() => drop(socket.tell(&frame).await),
                    else => return,
                }
            }
        });
        self.sockets.insert(who, say);
    }

    /// From now on they do not show themselves in the lobby.
    pub fn stays_away(&mut self, who: &'static str) {
        self.hidden = Some(who);
    }

    pub fn id(&self, who: &str) -> String {
        self.people[who].me.id.to_string()
    }

    /// Somebody asks for something, and looks at the answer.
    pub async fn ask(&self, who: &'static str, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let mut request = self.http.request(method.clone(), self.server.url(path));
        if let Some(Identity { token, .. }) = self.people.get(who) {
            // As a program where it is one, as a browser on a page.
            request = match path.starts_with("/api/") {
                true => request.bearer_auth(token),
                false => request.header("cookie", format!("banter={token}")),
            };
        }
        if method != Method::GET {
            request = request.json(&body);
        }
        let response = within(request.send()).await.unwrap();
        let (status, headers) = (response.status(), format!("{:?}", response.headers()));
        let text = response.text().await.unwrap();
        let asked = format!("{path} {body}");
        self.cage.look(who, &format!("{method} {path}: {status}"), &format!("{headers} {text}"), &asked);
        self.looked.fetch_add(1, Ordering::Relaxed);
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    /// As [`Aviary::ask`], for what is done.
    pub async fn does(&self, who: &'static str, method: Method, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask(who, method, &format!("/api/v1{path}"), body).await;
        assert!(status.is_success(), "{who} {path}: {status} {answer}");
        answer
    }

    /// Somebody says something in a room; answers with its place.
    pub async fn says(&self, who: &'static str, room: &str, text: &str) -> u64 {
        let body = json!({ "cid": new_cid(), "body": format!("{COMMON} {text}") });
        self.does(who, Method::POST, &format!("/rooms/{room}/messages"), body).await["seq"].as_u64().unwrap()
    }

    pub fn tells(&self, who: &str, frame: ClientFrame) {
        // One who was sent away hears nothing any more.
        drop(self.sockets[who].send(frame));
    }

    /// Everybody follows everything that they can, and asks for all of it; what is answered has come when this is done.
    pub async fn all_follow(&self) {
        for who in self.sockets.keys() {
            self.follow_on(who).await;
        }
    }

    /// As [`Aviary::all_follow`], one of them.
    pub async fn follow_on(&self, who: &'static str) {
        if self.sockets[who].is_closed() {
            return;
        }
        for room in self.rooms.iter().filter(|room| *room != "lobby" || self.hidden != Some(who)) {
            let room: RoomKey = room.parse().unwrap();
            self.tells(who, ClientFrame::Sub { room: room.clone(), epoch: None, seq: None });
            self.tells(who, ClientFrame::Fetch { room, after: None, before: None, limit: 200 });
        }
        // Refused at once, and told behind everything before it.
        let cid = new_cid();
        self.cage.hold("the end of what was asked", cid.as_str(), &[who]);
        let empty = Act::Post { body: String::new(), reply_to: None };
        self.tells(who, ClientFrame::of_act(RoomKey::lobby(), cid.clone(), empty));
        self.sees(who, cid.as_str()).await;
    }

    /// Waits until somebody's socket is closed.
    pub async fn gone(&self, who: &str) {
        within(self.sockets[who].closed()).await;
    }

    /// Waits until somebody has seen a word, or is gone.
    pub async fn sees(&self, who: &str, word: &str) {
        let seen = async {
            while !self.cage.has_seen(who, word) && !self.sockets[who].is_closed() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        within(seen).await;
    }

    /// Waits until all who are in a room, its speaker among them, have heard the newest that was said there.
    pub async fn settles(&self, room: &str, speaker: &'static str, followers: &[&'static str]) {
        let word = self.cage.word("a last word", followers);
        self.says(speaker, room, &word).await;
        for follower in followers {
            self.sees(follower, &word).await;
        }
    }

    /// Everybody looks at everything that has an address.
    pub async fn all_look(&self) {
        self.all_follow().await;
        let everybody = self.sockets.keys().map(|who| self.looks(who));
        futures::future::join_all(everybody).await;
    }

    async fn looks(&self, who: &'static str) {
        let mut paths: Vec<String> = [
            "me",
            "me/sessions",
            "me/mentions",
            "me/blocks",
            "tokens",
            "people",
            "rooms",
            "directory",
            "reports",
            "invites",
            "audit",
            "settings",
            "search?q=kestrel&limit=100",
            "search?q=",
            "invites/none",
        ]
        .map(|path| format!("/api/v1/{path}"))
        .into();
        let pages =
            ["/", "/login", "/signup", "/settings", "/admin", "/search?q=kestrel", "/metrics", "/api/openapi.json"];
        paths.extend(pages.map(str::to_owned));
        for room in &self.rooms {
            let under = ["", "/events", "/events?after=0&limit=200", "/members", "/bans"];
            paths.extend(under.map(|path| format!("/api/v1/rooms/{room}{path}")));
            paths.extend(["people?", "search?q=kestrel&"].map(|path| format!("/api/v1/{path}room={room}")));
            paths.extend(["", "/1", "/3"].map(|path| format!("/r/{room}{path}")));
        }
        for path in paths {
            self.ask(who, Method::GET, &path, Value::Null).await;
        }
        if !ADMINS.contains(&who) && who != NOBODY {
            self.tries(who).await;
        }
    }

    /// What is refused to whoever is not in a room: the words with which that is said are looked at. It changes nothing for
    /// those who are.
    async fn tries(&self, who: &'static str) {
        for room in self.rooms.iter().filter(|room| *room != "lobby") {
            let base = format!("/api/v1/rooms/{room}");
            for (method, path, body) in [
                (Method::POST, "/messages", json!({ "cid": new_cid(), "body": "" })),
                (Method::POST, "/messages", json!({ "cid": new_cid(), "body": "heron", "reply_to": 100_000 })),
                (Method::PATCH, "/messages/100000", json!({ "body": "heron" })),
                (Method::DELETE, "/messages/100000", Value::Null),
                (Method::POST, "/messages/100000/reports", json!({ "reason": "none" })),
                (Method::PUT, "/mutes/nobody-of-that-id", json!({})),
                (Method::DELETE, "/members/nobody-of-that-id", Value::Null),
            ] {
                self.ask(who, method, &format!("{base}{path}"), body).await;
            }
        }
    }

    /// Everything that the server has written to its log.
    pub fn read_log(&self) -> Vec<String> {
        let lines = self.server.log();
        lines.iter().for_each(|line| self.cage.look("the log", "reading it", line, ""));
        lines
    }
}
