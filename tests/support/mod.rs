//! A server on a free port, and the people who use it.

pub mod client;

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use banter::protocol::api::{ErrorBody, ErrorDetail, GuestRequest, Identity, Me, PostRequest};
use banter::protocol::calls::{self, Call};
use banter::protocol::ids::{Cid, RoomKey, Seq};
use banter::server::auth::origin::Origins;
use banter::server::config::{Config, Switch};
use banter::server::live::heartbeat;
use banter::server::state::{AppState, Shared};
use banter::server::store::{SqliteStore, Store};
use banter::{server, ui};
use client::{Socket, handshake};
use reqwest::header::{CONTENT_TYPE, HeaderMap, SET_COOKIE};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Everybody's.
pub const PASSWORD: &str = "correct horse";

/// Long enough for any machine; only a test that fails waits so long.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A whole server in this process.
pub struct TestApp {
    pub address: SocketAddr,
    pub http: reqwest::Client,
    /// The code that makes the owner.
    pub setup: String,
    /// What the server has at hand, to set scenes and to look behind it.
    pub state: Shared,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<()>,
    /// Everything that it keeps; gone with it.
    _data: Option<TempDir>,
}

/// Somebody with a name.
#[derive(Clone)]
pub struct Person {
    pub me: Me,
    pub token: String,
    /// What their browser sends along.
    pub cookie: String,
}

/// No limits on how fast, so that tests need not wait.
pub fn config() -> Config {
    Config {
        port: 0,
        host: "127.0.0.1".parse().unwrap(),
        // Each server gets a folder of its own.
        data: PathBuf::new(),
        origins: Origins::default(),
        guests: Switch::On,
        post_rate: 0,
        room_rate: 0,
        lobby_history: Switch::On,
        coalesce: 0,
        proxies: 0,
        connect_rate: 0,
        connections: 0,
    }
}

impl TestApp {
    pub async fn start() -> Self {
        Self::with(config()).await
    }

    pub async fn with(config: Config) -> Self {
        Self::with_tick(config, heartbeat::TICK).await
    }

    /// With a heart that beats faster.
    pub async fn with_tick(config: Config, tick: Duration) -> Self {
        let data = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(data.path()).await.unwrap();
        Self { _data: Some(data), ..Self::begin(config, Arc::new(store), tick).await }
    }

    /// With a store of one's own.
    pub async fn with_store(config: Config, store: Arc<dyn Store>) -> Self {
        Self::begin(config, store, heartbeat::TICK).await
    }

    async fn begin(config: Config, store: Arc<dyn Store>, tick: Duration) -> Self {
        let listener = server::listen(config.address()).unwrap();
        let address = listener.local_addr().unwrap();
        let state = AppState::open(config, store, ui::render::page).await.unwrap();
        let setup = state.setup_code().await.unwrap().unwrap_or_default();
        let (stop, stopped) = oneshot::channel();
        let shutdown = async { drop(stopped.await) };
        let served = tokio::spawn(server::run_with_tick(listener, state.clone(), shutdown, tick));
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { address, http, setup, state, stop: Some(stop), served, _data: None }
    }

    /// Tells the server to go, without waiting for it.
    pub fn begin_to_stop(&mut self) {
        drop(self.stop.take());
    }

    /// Waits until the server has gone in good order.
    pub async fn stopped(self) {
        within(self.served).await.expect("the server ends without a panic");
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Somebody new under this name.
    pub async fn person(&self, name: &str) -> Person {
        let request = GuestRequest { name: Some(name.to_owned()) };
        let response = self.http.post(self.url("/api/v1/guest")).json(&request).send().await.unwrap();
        assert_eq!(response.status(), 201);
        let cookie = cookie(response.headers()).expect("a new guest gets a cookie");
        let Identity { me, token } = response.json().await.unwrap();
        Person { me, token, cookie }
    }

    /// The answer to a request in JSON, as nobody or with a token: its status and what it says.
    pub async fn ask(&self, method: &str, path: &str, token: Option<&str>, body: Value) -> (u16, Value) {
        let mut request = self.http.request(method.parse().unwrap(), self.url(&format!("/api/v1{path}")));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let (status, text) = (response.status().as_u16(), response.text().await.unwrap());
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    /// Somebody with an account.
    pub async fn member(&self, name: &str) -> Person {
        self.sign_up(json!({ "name": name, "password": PASSWORD })).await
    }

    /// Who runs the site.
    pub async fn owner(&self, name: &str) -> Person {
        self.sign_up(json!({ "name": name, "password": PASSWORD, "setup": self.setup })).await
    }

    async fn sign_up(&self, request: Value) -> Person {
        let response = self.http.post(self.url("/api/v1/accounts")).json(&request).send().await.unwrap();
        assert_eq!(response.status(), 201, "{request}");
        let cookie = cookie(response.headers()).expect("a cookie");
        let Identity { me, token } = response.json().await.unwrap();
        Person { me, token, cookie }
    }

    /// Posts over REST.
    pub async fn post(&self, person: &Person, body: &str) -> Seq {
        let request = PostRequest { cid: new_cid(), body: body.to_owned(), reply_to: None };
        self.call(Some(&person.token), calls::post(&RoomKey::lobby(), &request)).await.unwrap().seq
    }

    /// Calls the server, as nobody or with a token; a refusal is its status and what it says.
    pub async fn call<T: DeserializeOwned>(&self, token: Option<&str>, call: Call<T>) -> Result<T, (u16, ErrorDetail)> {
        let mut request = self.http.request(call.method.as_str().parse().unwrap(), self.url(&call.path));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = &call.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.clone());
        }
        let response = request.send().await.unwrap();
        let (status, text) = (response.status(), response.text().await.unwrap());
        if status.is_success() {
            return Ok(call.read(&text).unwrap_or_else(|error| panic!("{error}: {text}")));
        }
        let body: ErrorBody = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        Err((status.as_u16(), body.error))
    }

    /// A socket that speaks `banter.v1`, greeted and following the lobby from its end.
    pub async fn in_lobby(&self, person: Option<&Person>) -> Socket {
        let mut socket = self.socket().await;
        socket.hello(person).await;
        socket.sub(None, None).await;
        socket
    }

    /// A socket that has said nothing yet.
    pub async fn socket(&self) -> Socket {
        self.connect("/ws", &[("sec-websocket-protocol", "banter.v1")]).await
    }

    /// A client of the plain wire that has been welcomed.
    pub async fn plain(&self) -> Socket {
        let mut plain = self.connect("/", &[]).await;
        assert_eq!(plain.text().await, "Welcome to the chat!");
        plain
    }

    pub async fn connect(&self, path: &str, headers: &[(&str, &str)]) -> Socket {
        handshake(self.address, path, headers, None).await.expect("the handshake is accepted")
    }

    /// One whose kernel takes only so many bytes that are not read.
    pub async fn connect_with_buffer(&self, path: &str, bytes: u32) -> Socket {
        handshake(self.address, path, &[], Some(bytes)).await.expect("the handshake is accepted")
    }

    /// The status and the body that a handshake is refused with.
    pub async fn refused(&self, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
        match handshake(self.address, path, headers, None).await {
            Ok(_) => panic!("the handshake was accepted"),
            Err(refusal) => refusal,
        }
    }

    /// The text of a page.
    pub async fn page(&self, path: &str) -> String {
        self.http.get(self.url(path)).send().await.unwrap().text().await.unwrap()
    }
}

pub fn new_cid() -> Cid {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("test-cid-{:016}", NEXT.fetch_add(1, Ordering::Relaxed)).parse().unwrap()
}

/// The cookie that a response sets, as a browser sends it back.
pub fn cookie(headers: &HeaderMap) -> Option<String> {
    let cookie = headers.get(SET_COOKIE)?.to_str().unwrap();
    Some(cookie.split(';').next().unwrap().to_owned())
}

/// Fails instead of waiting for ever.
pub async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("it happens at all")
}
