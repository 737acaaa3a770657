//! How long it takes from the answer that somebody is sent out, or that a session has ended, until the last of their sockets
//! is cut off, among many others.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use banter::protocol::api::Identity;
use banter::protocol::ids::RoomKey;
use banter::protocol::limits;
use banter::protocol::wire::{ClientFrame, ServerFrame};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::clients::{Brought, Line};
use super::server::Server;
use super::torture::number;
use crate::support::within;

/// Sockets of others in a run of the tests; `make torture` wants more. Of each ten of these, who is sent out has one, and at
/// most as many as one person may have.
const OTHERS: u64 = 100;
const PASSWORD: &str = "a password for all of them";

/// Each way to be cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    LogOut,
    LogOutElsewhere,
    NewPassword,
    BanFromSite,
    BanFromRoom,
    Removal,
    AccountClosed,
    TokenEnded,
    Expired,
    AtTheMachine,
}

use Way::{
    AccountClosed, AtTheMachine, BanFromRoom, BanFromSite, Expired, LogOut, LogOutElsewhere, NewPassword, Removal,
    TokenEnded,
};

const WAYS: [Way; 10] = [
    LogOut,
    LogOutElsewhere,
    NewPassword,
    BanFromSite,
    BanFromRoom,
    Removal,
    AccountClosed,
    TokenEnded,
    Expired,
    AtTheMachine,
];

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_cut_off_is_so_with_every_socket() {
    let others = number("BANTER_OTHERS", OTHERS);
    let (site, theirs) = (Site::open(others).await, (others / 10).min(limits::CONNECTIONS_PER_PERSON as u64));
    let mut slowest = Duration::ZERO;
    for way in WAYS {
        let lag = site.cut(way, theirs).await;
        println!("  {way:?}: the last of {theirs} sockets {:.1} ms after the answer", lag.as_secs_f64() * 1e3);
        slowest = slowest.max(lag);
    }
    println!("revocation lag max {} ms among {others} other sockets", slowest.as_millis());
    // How fast a machine is no test can say: `make torture` judges it.
    let most = number("BANTER_LAG_MS", u64::MAX);
    assert!(slowest.as_millis() <= most.into(), "more than {most} ms");
}

/// A server with many on it, one of whom keeps order.
struct Site {
    server: Server,
    http: reqwest::Client,
    owner: Identity,
    /// Their sockets close with it.
    _others: JoinSet<Instant>,
}

impl Site {
    async fn open(others: u64) -> Self {
        let mut server = Server::new();
        server.start().await;
        let http = reqwest::Client::new();
        let owner = server.owner(&http).await;
        let mut crowd = JoinSet::new();
        follow(&server, &mut crowd, None, "lobby", others).await;
        let site = Self { server, http, owner, _others: crowd };
        let den = json!({ "room": "den", "title": "The den", "kind": "closed" });
        site.ask(&site.owner.token, Method::POST, "/rooms", den).await;
        site
    }

    /// Cuts somebody new off; answers with how long after the answer the last of their sockets was.
    async fn cut(&self, way: Way, sockets: u64) -> Duration {
        let name = format!("{way:?}");
        let account = json!({ "name": name, "password": PASSWORD });
        let me = self.identity("/accounts", account.clone()).await;
        let (id, room) = (me.me.id.as_str(), if way == Removal { "den" } else { "lobby" });
        if way == Removal {
            self.ask(&self.owner.token, Method::PUT, &format!("/rooms/den/members/{id}"), json!({})).await;
        }
        let (token, expires) = match way {
            LogOutElsewhere | NewPassword => (self.identity("/session", account).await.token, None),
            TokenEnded | Expired => self.api_token(&me.token, way).await,
            _ => (me.token.clone(), None),
        };
        let mut cut = JoinSet::new();
        follow(&self.server, &mut cut, Some(&token), room, sockets).await;
        let answered = self.end(way, &me, expires).await;
        let mut last = answered;
        while let Some(at) = within(cut.join_next()).await {
            last = last.max(at.unwrap());
        }
        last - answered
    }

    /// What is to happen happens; answers with when that was known.
    async fn end(&self, way: Way, me: &Identity, expires: Option<u64>) -> Instant {
        let (owner, mine, id) = (&self.owner.token, &me.token, me.me.id.as_str());
        match way {
            LogOut => drop(self.ask(mine, Method::DELETE, "/session", Value::Null).await),
            LogOutElsewhere => self.end_other(mine, "/me/sessions").await,
            NewPassword => {
                let change = json!({ "password": PASSWORD, "new_password": "another password" });
                self.ask(mine, Method::PATCH, "/me", change).await;
            }
            BanFromSite => drop(self.ask(owner, Method::PUT, &format!("/bans/{id}"), json!({})).await),
            BanFromRoom => drop(self.ask(owner, Method::PUT, &format!("/rooms/lobby/bans/{id}"), json!({})).await),
            Removal => {
                self.ask(owner, Method::DELETE, &format!("/rooms/den/members/{id}"), Value::Null).await;
            }
            AccountClosed => drop(self.ask(mine, Method::DELETE, "/me", json!({ "password": PASSWORD })).await),
            TokenEnded => self.end_other(mine, "/tokens").await,
            Expired => {
                let now = u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
                let left = expires.unwrap().saturating_sub(now);
                // It ends by itself then.
                return Instant::now() + Duration::from_millis(left);
            }
            AtTheMachine => self.server.admin(&["password", &format!("{way:?}")], "another password"),
        }
        Instant::now()
    }

    async fn end_other(&self, token: &str, list: &str) {
        let all = self.ask(token, Method::GET, list, Value::Null).await;
        let other = all.as_array().unwrap().iter().find(|one| one["current"] != true).unwrap();
        let path = format!("{list}/{}", other["id"].as_str().unwrap());
        self.ask(token, Method::DELETE, &path, Value::Null).await;
    }

    /// One that expires while it is used, or one that does not.
    async fn api_token(&self, token: &str, way: Way) -> (String, Option<u64>) {
        let seconds = if way == Expired { 5 } else { 3_600 };
        let wish = json!({ "label": "a program", "scopes": ["read"], "seconds": seconds });
        let made = self.ask(token, Method::POST, "/tokens", wish).await;
        (made["secret"].as_str().unwrap().to_owned(), made["expires"].as_u64())
    }

    async fn identity(&self, path: &str, body: Value) -> Identity {
        serde_json::from_value(self.ask("", Method::POST, path, body).await).unwrap()
    }

    async fn ask(&self, token: &str, method: Method, path: &str, body: Value) -> Value {
        let request = self.http.request(method, self.server.url(&format!("/api/v1{path}"))).json(&body);
        let request = if token.is_empty() { request } else { request.bearer_auth(token) };
        let response = within(request.send()).await.unwrap();
        let (status, text) = (response.status(), response.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }
}

/// So many sockets more that follow a room; each answers with when it was cut off.
async fn follow(server: &Server, sockets: &mut JoinSet<Instant>, token: Option<&str>, room: &str, count: u64) {
    let room: RoomKey = room.parse().unwrap();
    for _ in 0..count {
        let mut line = within(Line::open(server.address(), "/ws", None)).await.unwrap();
        line.tell(&ClientFrame::Hello { token: token.map(str::to_owned) }).await.unwrap();
        line.tell(&ClientFrame::Sub { room: room.clone(), epoch: None, seq: None }).await.unwrap();
        while !matches!(within(frame(&mut line)).await, Some(ServerFrame::Subbed { .. })) {}
        sockets.spawn(stay(line));
    }
}

/// Follows until that ends.
async fn stay(mut line: Line) -> Instant {
    loop {
        match frame(&mut line).await {
            None | Some(ServerFrame::Unsubbed { .. }) => return Instant::now(),
            Some(ServerFrame::Ping { .. }) => drop(line.tell(&ClientFrame::Pong { away: false }).await),
            Some(_) => {}
        }
    }
}

async fn frame(line: &mut Line) -> Option<ServerFrame> {
    match line.next().await {
        Brought::Text(text) => serde_json::from_str(&text).ok(),
        Brought::Closed(_) => None,
    }
}
