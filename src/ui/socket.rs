//! The page's socket: carries frames between the server and [`Chat`], and comes back by itself.

use std::pin::pin;
use std::time::Duration;

use futures::StreamExt;
use futures::channel::mpsc::{self, UnboundedReceiver, UnboundedSender};
use futures::future::{Either, poll_fn, select};
use futures::sink::SinkExt;
use futures::stream::SplitStream;
use gloo_net::websocket::futures::WebSocket;
use gloo_net::websocket::{Message, WebSocketError};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Function, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CustomEvent, CustomEventInit, Event, Headers, PageTransitionEvent, RequestInit, Response, StorageEvent};

use super::keeping::{Elsewhere, Keeping};
use super::locks;
use super::state::{Chat, News, Pause};
use crate::protocol::api::{ErrorBody, ErrorCode, GuestRequest, Identity, MeChange};
use crate::protocol::calls::{self, Call, Method};
use crate::protocol::event::Act;
use crate::protocol::ids::{Cid, Emoji, Millis, Seq};
use crate::protocol::limits;
use crate::protocol::wire::{ClientFrame, SUBPROTOCOL, ServerFrame, backoff_ms};
use crate::words::live::Live;
use crate::words::say;

/// What a browser reports when it does not know why a connection ended (RFC 6455, 7.4.1).
const ABNORMAL: u16 = 1006;
/// How long a connection may take to be made.
const OPEN_MS: u64 = 10_000;
/// How long an answer may take when there is reason to doubt the connection.
const PROBE_MS: u64 = 5_000;
/// A connection that lasted so long was a good one: the next failure is the first again.
const STABLE_MS: f64 = 60_000.0;
/// Whether one may speak again is looked at so often: no browser counts as far as a mute may last.
const MUTE_MS: u64 = 60 * 60 * 1000;

/// How often a page that nobody sees is drawn.
const HIDDEN: Duration = Duration::from_millis(100);

/// The name that a page holds while it makes a guest: two at once would make two people.
const MAKING_A_GUEST: &str = "banter.guest";

/// The page's end of the line.
#[derive(Clone, Copy)]
pub(super) struct Socket {
    chat: RwSignal<Chat>,
    keeping: Keeping,
    line: StoredValue<Option<UnboundedSender<Outgoing>>>,
    /// The pages whose end is waited for, to send what they left.
    watched: StoredValue<Vec<String>>,
    /// What came is about to be drawn: whether that was for a page that nobody sees.
    drawing: StoredValue<Option<bool>>,
}

/// What the page has for the line.
enum Outgoing {
    Frame(ClientFrame),
    /// The reader came back: look whether the line is good.
    Nudge,
    /// The network is gone, and with it the line.
    Offline,
    /// The network came back.
    Online,
}

/// What happens on the line.
enum Happening {
    Incoming(Option<Result<Message, WebSocketError>>),
    Outgoing(Option<Outgoing>),
    Silence,
}

impl Socket {
    /// Nothing is opened before [`Socket::open`].
    pub(super) fn new(chat: RwSignal<Chat>, keeping: Keeping) -> Self {
        let (watched, drawing) = (StoredValue::default(), StoredValue::default());
        Self { chat, keeping, line: StoredValue::new(None), watched, drawing }
    }

    /// Connects, and stays connected. Only in a browser.
    pub(super) fn open(self) {
        let (line, outgoing) = mpsc::unbounded();
        self.line.set_value(Some(line));
        on_window("online", move |_| self.put(Outgoing::Online));
        on_window("offline", move |_| self.put(Outgoing::Offline));
        on_window("pageshow", move |event| {
            // Back from the browser's memory, not from the server.
            if event.dyn_ref::<PageTransitionEvent>().is_some_and(PageTransitionEvent::persisted) {
                self.put(Outgoing::Nudge);
            }
        });
        self.change(|chat| chat.look_away(document().hidden()));
        on_window("visibilitychange", move |_| {
            self.change(|chat| chat.look_away(document().hidden()));
            if !document().hidden() {
                self.put(Outgoing::Nudge);
            }
        });
        on_window("storage", move |event| {
            if let Some(elsewhere) = event.dyn_ref::<StorageEvent>().and_then(|event| self.keeping.elsewhere(event)) {
                self.on_elsewhere(elsewhere);
            }
        });
        let early = Early::take();
        self.inherit(early.as_ref());
        spawn_local(self.stay_connected(outgoing, early));
    }

    /// Does something in the room.
    pub(super) fn act(self, act: Act) {
        self.change(move |chat| chat.act(new_cid(), act, now()));
    }

    /// Reacts to a message, or takes that back.
    pub(super) fn toggle_reaction(self, of: Seq, emoji: Emoji) {
        self.change(move |chat| chat.toggle_reaction(new_cid(), of, emoji, now()));
    }

    /// Pins a message, or takes that back.
    pub(super) fn toggle_pin(self, of: Seq) {
        self.change(move |chat| chat.toggle_pin(new_cid(), of, now()));
    }

    /// Tries something refused again.
    pub(super) fn retry(self, cid: &Cid) {
        self.change(|chat| chat.retry(cid, new_cid()));
    }

    /// Lets something refused go.
    pub(super) fn drop_refused(self, cid: &Cid) {
        self.change(|chat| {
            chat.drop_refused(cid);
            Vec::new()
        });
    }

    /// Takes another name, or the first one. Answers with why not.
    pub(super) async fn rename(self, name: String) -> Result<(), String> {
        if self.chat.with_untracked(|chat| chat.me().is_none()) {
            return self.become_named(name).await;
        }
        let me = run(calls::change_me(&MeChange { name: Some(name), ..MeChange::default() })).await?;
        self.chat.update(|chat| chat.on_renamed(me));
        Ok(())
    }

    /// Changes what the page knows, and does what follows from it.
    pub(super) fn change(self, change: impl FnOnce(&mut Chat) -> Vec<ClientFrame>) {
        let (mut change, mut frames) = (Some(change), Vec::new());
        self.with_chat(&mut |chat| frames = change.take().map_or_else(Vec::new, |change| change(chat)));
        self.follow_up(frames);
    }

    /// In one shape for every change.
    fn with_chat(self, change: &mut dyn FnMut(&mut Chat)) {
        self.chat.update(change);
    }

    fn follow_up(self, frames: Vec<ClientFrame>) {
        // What is sent is kept first.
        self.keeping.keep_outbox(self.chat.with_untracked(|chat| chat.to_keep().cloned().collect()));
        self.send(frames);
        let (mut needs_guest, mut pause, mut typing, mut mute) = (false, None, None, None);
        let mut news = Vec::new();
        self.chat.update_untracked(|chat| {
            (needs_guest, pause, typing) = (chat.needs_guest(), chat.take_pause(), chat.take_typing());
            (mute, news) = (chat.take_mute(), chat.take_news());
        });
        news.iter().for_each(tell);
        if let Some(Pause { ms, number }) = pause {
            spawn_local(async move {
                timer(ms).await;
                self.change(|chat| chat.on_pause_over(number));
            });
        }
        if let Some(time) = typing {
            spawn_local(async move {
                timer(limits::TYPING_MS).await;
                self.chat.update(|chat| chat.forget_typing(time));
            });
        }
        if let Some(until) = mute {
            spawn_local(async move {
                timer(until.saturating_sub(now()).min(MUTE_MS)).await;
                self.change(|chat| {
                    chat.look_at_clock(now());
                    Vec::new()
                });
            });
        }
        if needs_guest {
            spawn_local(self.become_somebody());
        }
    }

    async fn become_somebody(self) {
        if let Err(message) = self.become_guest(None).await {
            self.change(|chat| {
                chat.on_identity_refused(&message);
                Vec::new()
            });
        }
    }

    /// What pages that are gone have left is sent by this one. Each page holds its own name for as long as it lives, so who
    /// gets hold of it is alone with what it left.
    fn inherit(self, early: Option<&Early>) {
        let own = early.map_or_else(|| new_cid().to_string(), |early| early.page.clone());
        self.keeping.open(own.clone());
        self.watched.update_value(|watched| watched.push(own.clone()));
        self.adopt(&own);
        spawn_local(async move {
            match locks::lock(&page_lock(&own)).await {
                Some(held) => std::mem::forget(held),
                // Nobody can tell who is gone: one message sent twice is one message all the same, by its cid.
                None => self.keeping.pages().iter().for_each(|page| self.adopt(page)),
            }
        });
        self.keeping.pages().into_iter().for_each(|page| self.watch(page));
    }

    fn watch(self, page: String) {
        if self.watched.with_value(|watched| watched.contains(&page)) {
            return;
        }
        self.watched.update_value(|watched| watched.push(page.clone()));
        spawn_local(async move {
            if let Some(held) = locks::lock(&page_lock(&page)).await {
                std::mem::forget(held);
                self.adopt(&page);
            }
        });
    }

    fn adopt(self, page: &str) {
        let left = self.keeping.inherit(page);
        self.change(|chat| chat.adopt(left));
    }

    fn on_elsewhere(self, elsewhere: Elsewhere) {
        match elsewhere {
            Elsewhere::Wrote(page) => self.watch(page),
            Elsewhere::Settled(cid) => self.change(|chat| chat.on_settled_elsewhere(&cid)),
            Elsewhere::Read(epoch, seq) => self.chat.update(|chat| chat.on_read_elsewhere(&epoch, seq)),
        }
    }

    /// Sends frames that change nothing here.
    pub(super) fn send(self, frames: Vec<ClientFrame>) {
        frames.into_iter().for_each(|frame| self.put(Outgoing::Frame(frame)));
    }

    fn put(self, what: Outgoing) {
        self.line.with_value(|line| {
            // There is no receiver before the first connection, nor after one that was ended for good.
            let _ = line.as_ref().map(|line| line.unbounded_send(what));
        });
    }

    /// Two requests at once would make two people.
    async fn become_named(self, name: String) -> Result<(), String> {
        let mut begun = false;
        self.chat.update(|chat| begun = chat.begin_to_become());
        if !begun {
            return Err(say(Live::OneMoment).to_owned());
        }
        let result = self.become_guest(Some(name)).await;
        if result.is_err() {
            self.change(|chat| {
                chat.cancel_becoming();
                Vec::new()
            });
        }
        result
    }

    async fn become_guest(self, name: Option<String>) -> Result<(), String> {
        // Behind another page that does the same, the cookie says who this browser is by then.
        let _alone = locks::alone(MAKING_A_GUEST).await;
        let Identity { me, token } = run(calls::become_guest(&GuestRequest { name })).await?;
        self.change(|chat| chat.on_identity(me, token));
        Ok(())
    }

    async fn stay_connected(self, mut outgoing: UnboundedReceiver<Outgoing>, mut early: Option<Early>) {
        let mut tries = 0;
        loop {
            let began = js_sys::Date::now();
            let code = self.talk(&mut outgoing, early.take()).await;
            let (mut again, mut moved_ms) = (false, None);
            self.change(|chat| {
                again = chat.on_closed(code);
                moved_ms = chat.take_moved_ms();
                Vec::new()
            });
            if !again {
                return;
            }
            if js_sys::Date::now() - began > STABLE_MS {
                tries = 0;
            }
            let wait_ms = moved_ms.unwrap_or_else(|| backoff_ms(tries, js_sys::Math::random()));
            tries += 1;
            wait(wait_ms, &mut outgoing).await;
            // What was meant for the connection before; what matters of it is in the outbox.
            while outgoing.try_recv().is_ok() {}
        }
    }

    /// One connection, to its end; answers with the code that it ended with.
    async fn talk(self, outgoing: &mut UnboundedReceiver<Outgoing>, early: Option<Early>) -> u16 {
        let early = early.filter(Early::lives);
        let line = early.as_ref().map(|early| early.line.clone()).or_else(connect);
        let Some((handle, mut socket)) = line.and_then(listening) else { return ABNORMAL };
        let mut hello = None;
        self.chat.update(|chat| hello = Some(chat.on_connecting()));
        if let Some(early) = early {
            early.hand_over();
            hello = None;
        }
        if !self.is_opened(&mut socket, &handle, outgoing).await {
            return ABNORMAL;
        }
        let (mut sink, mut stream) = socket.split();
        let mut next_frame = hello;
        let mut silence = timer(self.patience_ms());
        loop {
            // A socket that is closing takes everything and sends nothing; what it has to say about it comes.
            if let Some(frame) = next_frame.take().filter(|_| is_open(&handle)) {
                let json = serde_json::to_string(&frame).unwrap_or_default();
                if json.len() > limits::FRAME_BYTES {
                    self.refuse_too_long(frame);
                } else if sink.send(Message::Text(json)).await.is_err() {
                    return ABNORMAL;
                }
            }
            match happening(&mut stream, outgoing, &mut silence).await {
                Happening::Incoming(Some(Ok(message))) => {
                    silence = timer(self.patience_ms());
                    self.on_message(message);
                }
                Happening::Incoming(Some(Err(WebSocketError::ConnectionClose(close)))) => return close.code,
                // What comes next says why.
                Happening::Incoming(Some(Err(_))) => {}
                Happening::Incoming(None)
                | Happening::Outgoing(None | Some(Outgoing::Offline))
                | Happening::Silence => {
                    return ABNORMAL;
                }
                Happening::Outgoing(Some(Outgoing::Frame(frame))) => next_frame = Some(frame),
                Happening::Outgoing(Some(Outgoing::Nudge | Outgoing::Online)) => {
                    silence = timer(PROBE_MS);
                    next_frame = Some(ClientFrame::Hello { token: None });
                }
            }
        }
    }

    /// Waits until the socket is open, or is known not to become so. What the network has to say meanwhile ends the try, and
    /// counts for the next one.
    async fn is_opened(
        self,
        socket: &mut WebSocket,
        handle: &web_sys::WebSocket,
        outgoing: &mut UnboundedReceiver<Outgoing>,
    ) -> bool {
        let decided = poll_fn(|context| socket.poll_ready_unpin(context));
        let news = pin!(of_network(outgoing));
        match select(decided, select(timer(OPEN_MS), news)).await {
            Either::Left(_) => is_open(handle),
            Either::Right((Either::Right((news, _)), _)) => {
                self.put(news);
                false
            }
            Either::Right(_) => false,
        }
    }

    /// Control characters take six bytes each on the way: then a text that is short enough is a frame that is not, which
    /// the server would answer by closing, again and again.
    fn refuse_too_long(self, frame: ClientFrame) {
        let Ok((_, cid, _)) = frame.into_act() else { return };
        let (code, message) = (ErrorCode::BodyTooLong, say(Live::TooLong).to_owned());
        self.change(|chat| chat.on_frame(ServerFrame::Nack { cid, code, message, after_ms: None }, new_cid));
    }

    fn on_message(self, message: Message) {
        let Message::Text(text) = message else { return };
        // A frame of a newer server that this page does not know is none of its business.
        if let Ok(frame) = serde_json::from_str(&text) {
            let mut frames = Vec::new();
            self.chat.update_untracked(|chat| frames = chat.on_frame(frame, new_cid));
            self.draw_soon();
            self.follow_up(frames);
        }
    }

    /// However much comes, it is drawn once for each picture of the screen. A page that nobody sees has no pictures, and still
    /// has to say in its title what is unread.
    fn draw_soon(self) {
        let hidden = document().hidden();
        if self.drawing.get_value() == Some(hidden) {
            return;
        }
        self.drawing.set_value(Some(hidden));
        let draw = move || {
            self.drawing.set_value(None);
            self.chat.notify();
        };
        if hidden { set_timeout(draw, HIDDEN) } else { request_animation_frame(draw) }
    }

    fn patience_ms(self) -> u64 {
        self.chat.with_untracked(Chat::patience_ms)
    }
}

/// What the page did before its app had come (`render/early.js`): it opened a line and said hello on it, and sent in the name
/// of the page what somebody had to say.
struct Early {
    /// What the page called itself.
    page: String,
    line: web_sys::WebSocket,
    it: JsValue,
}

impl Early {
    fn take() -> Option<Self> {
        let it = Reflect::get(&window(), &"early".into()).ok()?;
        let of = |name: &str| Reflect::get(&it, &name.into()).ok();
        Some(Self { page: of("page")?.as_string()?, line: of("line")?.dyn_into().ok()?, it })
    }

    /// Not so long ago that it ended meanwhile.
    fn lives(&self) -> bool {
        self.line.ready_state() <= web_sys::WebSocket::OPEN
    }

    /// What came on the line comes once more, now that somebody listens.
    fn hand_over(self) {
        let hand_over = Reflect::get(&self.it, &"handOver".into()).ok().and_then(|it| it.dyn_into::<Function>().ok());
        // There is nothing that could go wrong in it.
        let _ = hand_over.map(|hand_over| hand_over.call0(&JsValue::UNDEFINED));
    }
}

fn connect() -> Option<web_sys::WebSocket> {
    web_sys::WebSocket::new_with_str(&address(), SUBPROTOCOL).ok()
}

/// A socket, and a handle on it that tells its state.
fn listening(line: web_sys::WebSocket) -> Option<(web_sys::WebSocket, WebSocket)> {
    let socket = WebSocket::try_from(line.clone()).ok()?;
    Some((line, socket))
}

fn is_open(handle: &web_sys::WebSocket) -> bool {
    handle.ready_state() == web_sys::WebSocket::OPEN
}

/// The next thing that happens.
async fn happening(
    stream: &mut SplitStream<WebSocket>,
    outgoing: &mut UnboundedReceiver<Outgoing>,
    silence: &mut TimeoutFuture,
) -> Happening {
    let line = select(stream.next(), outgoing.next());
    match select(line, silence).await {
        Either::Left((Either::Left((incoming, _)), _)) => Happening::Incoming(incoming),
        Either::Left((Either::Right((outgoing, _)), _)) => Happening::Outgoing(outgoing),
        Either::Right(_) => Happening::Silence,
    }
}

/// Waits, or until there is reason to hope. Frames for a line that is gone are let go: the outbox has what matters.
async fn wait(ms: u64, outgoing: &mut UnboundedReceiver<Outgoing>) {
    let mut time = timer(ms);
    loop {
        match select(&mut time, outgoing.next()).await {
            Either::Left(_) | Either::Right((Some(Outgoing::Nudge | Outgoing::Online) | None, _)) => return,
            Either::Right((Some(Outgoing::Frame(_) | Outgoing::Offline), _)) => {}
        }
    }
}

/// The next thing that the network has to say.
async fn of_network(outgoing: &mut UnboundedReceiver<Outgoing>) -> Outgoing {
    loop {
        match outgoing.next().await {
            None | Some(Outgoing::Offline) => return Outgoing::Offline,
            Some(Outgoing::Online) => return Outgoing::Online,
            Some(Outgoing::Frame(_) | Outgoing::Nudge) => {}
        }
    }
}

fn timer(ms: u64) -> TimeoutFuture {
    TimeoutFuture::new(u32::try_from(ms).unwrap_or(u32::MAX))
}

/// Calls the server; what goes wrong is told in words.
pub(super) async fn run<T: DeserializeOwned>(call: Call<T>) -> Result<T, String> {
    let answer = ask(call.method, &call.path, call.body.as_deref()).await?;
    call.read(&answer).map_err(|_| say(Live::Unreadable).to_owned())
}

/// In one shape for all calls, as a visitor pays for each shape.
async fn ask(method: Method, path: &str, body: Option<&str>) -> Result<String, String> {
    let offline = || say(Live::Unreachable).to_owned();
    let (good, text) = fetch(method, path, body).await.ok_or_else(offline)?;
    if good {
        return Ok(text);
    }
    Err(serde_json::from_str::<ErrorBody>(&text).map_or_else(|_| offline(), |body| body.error.message))
}

/// Whether the answer is a good one, and the answer; nothing where there is none.
async fn fetch(method: Method, path: &str, body: Option<&str>) -> Option<(bool, String)> {
    let request = RequestInit::new();
    request.set_method(method.as_str());
    if let Some(json) = body {
        let headers = Headers::new().ok()?;
        headers.set("content-type", "application/json").ok()?;
        request.set_headers(&headers);
        request.set_body(&json.into());
    }
    let response = JsFuture::from(window().fetch_with_str_and_init(path, &request)).await.ok()?;
    let response: Response = response.dyn_into().ok()?;
    let text = JsFuture::from(response.text().ok()?).await.ok()?;
    Some((response.ok(), text.as_string()?))
}

fn address() -> String {
    let location = window().location();
    let scheme = if location.protocol().as_deref() == Ok("https:") { "wss" } else { "ws" };
    format!("{scheme}://{}/ws", location.host().unwrap_or_default())
}

/// Listens for as long as the page lives. In one shape for all, as each shape of a listener costs a visitor a kilobyte.
pub(super) fn on_window(event: &'static str, does: impl Fn(Event) + 'static) {
    let does: Box<dyn Fn(Event)> = Box::new(does);
    window_event_listener_untyped(event, does);
}

fn now() -> Millis {
    js_sys::Date::now() as Millis
}

/// Whoever listens on the page hears of it.
fn tell(news: &News) {
    let detail = CustomEventInit::new();
    detail.set_detail(&news.to_text().into());
    // No listener can refuse it.
    let _ = CustomEvent::new_with_event_init_dict("news", &detail).map(|event| window().dispatch_event(&event));
}

/// The name that a page holds for as long as it lives.
fn page_lock(page: &str) -> String {
    format!("banter.page.{page}")
}

/// 128 random bits. `crypto.randomUUID` is not there on a page without TLS, which a home network has.
fn new_cid() -> Cid {
    loop {
        let mut random = [0; 16];
        if window().crypto().is_ok_and(|crypto| crypto.get_random_values_with_u8_array(&mut random).is_ok()) {
            let hex: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
            if let Ok(cid) = hex.parse() {
                return cid;
            }
        }
    }
}
