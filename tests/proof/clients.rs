//! Clients that write down what they do and see, and that come back whenever the server does.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use banter::protocol::event::Act;
use banter::protocol::ids::{Cid, Epoch, RoomKey, Seq};
use banter::protocol::timeline::Timeline;
use banter::protocol::wire::{ClientFrame, ServerFrame};
use futures::{SinkExt, StreamExt};
use rand::Rng;
use rand::rngs::StdRng;
use serde_json::Value;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use super::dump::Reader;
use super::history::{Event, History, Seen, Sent};
use crate::support::{PATIENCE, new_cid};

/// How long a client waits before it tries to connect again.
const AGAIN: Duration = Duration::from_millis(5);
/// How long a server may be silent while an answer is due.
const SILENCE: Duration = Duration::from_secs(3);

/// The one clock of a run.
#[derive(Clone, Copy)]
pub struct Clock(Instant);

impl Clock {
    pub fn start() -> Self {
        Self(Instant::now())
    }

    pub fn now(self) -> u64 {
        u64::try_from(self.0.elapsed().as_nanos()).unwrap()
    }
}

/// Where a run stands, for the clients that are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Everybody works.
    Work,
    /// Nothing new; what is under way is settled.
    Settle,
    /// Nobody writes any more: this is where the room ends.
    End(Seq),
}

/// What every client needs.
#[derive(Clone)]
pub struct Setting {
    pub address: SocketAddr,
    /// The room that it is about, and by what those follow it who only follow.
    pub reader: Reader,
    pub clock: Clock,
    pub stage: watch::Receiver<Stage>,
}

impl Setting {
    pub fn room(&self) -> RoomKey {
        self.reader.room.clone()
    }

    /// Where REST takes messages.
    pub fn messages_url(&self) -> String {
        format!("http://{}/api/v1/rooms/{}/messages", self.address, self.reader.room)
    }

    fn stage(&self) -> Stage {
        *self.stage.borrow()
    }

    fn works(&self) -> bool {
        self.stage() == Stage::Work
    }
}

/// A connection that may break at any moment: then everything answers `None`.
pub struct Line(WebSocketStream<TcpStream>);

/// What a line brought.
pub enum Brought {
    Text(String),
    Closed(Option<u16>),
}

impl Line {
    pub async fn open(address: SocketAddr, path: &str, token: Option<&str>) -> Option<Self> {
        let mut request = format!("ws://{address}{path}").into_client_request().ok()?;
        if let Some(token) = token {
            request.headers_mut().insert("authorization", format!("Bearer {token}").parse().ok()?);
        }
        let stream = TcpStream::connect(address).await.ok()?;
        let handshake = tokio_tungstenite::client_async(request, stream);
        let (stream, _) = tokio::time::timeout(SILENCE, handshake).await.ok()?.ok()?;
        Some(Self(stream))
    }

    /// As [`Line::open`] to the socket, with a kernel that holds only a few kilobytes of what was not read.
    pub async fn open_narrow(address: SocketAddr) -> Option<Self> {
        let socket = TcpSocket::new_v4().ok()?;
        socket.set_recv_buffer_size(4096).ok()?;
        let stream = socket.connect(address).await.ok()?;
        let (stream, _) = tokio_tungstenite::client_async(format!("ws://{address}/ws"), stream).await.ok()?;
        Some(Self(stream))
    }

    pub async fn say(&mut self, text: String) -> Option<()> {
        tokio::time::timeout(SILENCE, self.0.send(Message::text(text))).await.ok()?.ok()
    }

    pub async fn tell(&mut self, frame: &ClientFrame) -> Option<()> {
        self.say(serde_json::to_string(frame).unwrap()).await
    }

    /// The next text or the end.
    pub async fn next(&mut self) -> Brought {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Brought::Text(text.to_string()),
                Some(Ok(Message::Close(close))) => return Brought::Closed(close.map(|close| close.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Brought::Closed(None),
            }
        }
    }

    /// As [`Line::next`], while something is due.
    pub async fn due(&mut self) -> Brought {
        tokio::time::timeout(SILENCE, self.next()).await.unwrap_or(Brought::Closed(None))
    }
}

/// Somebody who acts.
pub struct Writer {
    pub setting: Setting,
    pub token: String,
    pub history: History,
    /// How many acts wait for an answer at once.
    pub window: usize,
    /// How often each is sent.
    pub copies: usize,
    /// By which messages are sent at the same time as well; what it answers nobody hears.
    pub rest: Option<reqwest::Client>,
    /// Messages are padded to so many bytes, and nothing but messages is sent.
    pub bytes: usize,
    pub random: StdRng,
    /// What has no answer yet, in order.
    pub unsettled: VecDeque<(Cid, Act)>,
    /// My messages that are there.
    pub mine: Vec<Seq>,
    pub number: u64,
    /// How many acts of each kind are in the log.
    pub done: BTreeMap<String, usize>,
}

impl Writer {
    pub fn new(setting: Setting, name: &str, person: &str, token: String, random: StdRng) -> Self {
        Self {
            setting,
            token,
            history: History::new(name, person),
            window: 8,
            copies: 1,
            rest: None,
            bytes: 0,
            random,
            unsettled: VecDeque::new(),
            mine: Vec::new(),
            number: 0,
            done: BTreeMap::new(),
        }
    }

    pub async fn work(mut self) -> Self {
        while self.setting.works() || !self.unsettled.is_empty() {
            if self.talk().await.is_none() {
                self.note(Seen::Closed(None));
            }
            tokio::time::sleep(AGAIN).await;
        }
        self
    }

    /// One connection, to its end or mine.
    async fn talk(&mut self) -> Option<()> {
        let mut line = Line::open(self.setting.address, "/ws", None).await?;
        self.note(Seen::Connected);
        line.tell(&ClientFrame::Hello { token: Some(self.token.clone()) }).await?;
        for (cid, act) in self.unsettled.clone() {
            self.send(&mut line, &cid, &act).await?;
        }
        loop {
            while self.setting.works() && self.unsettled.len() < self.window {
                let (cid, act) = (new_cid(), self.invent());
                self.unsettled.push_back((cid.clone(), act.clone()));
                self.send(&mut line, &cid, &act).await?;
            }
            if self.unsettled.is_empty() {
                return Some(());
            }
            let Brought::Text(text) = line.due().await else { return None };
            if let Some(cid) = self.on_text(&text) {
                let (_, act) = self.unsettled.iter().find(|(waiting, _)| *waiting == cid)?.clone();
                self.send(&mut line, &cid, &act).await?;
            }
        }
    }

    async fn send(&mut self, line: &mut Line, cid: &Cid, act: &Act) -> Option<()> {
        self.note(Seen::Sent { cid: cid.to_string(), act: Sent::from(act) });
        if let (Some(http), Act::Post { body, reply_to }) = (&self.rest, act) {
            let url = self.setting.messages_url();
            let post = serde_json::json!({ "cid": cid, "body": body, "reply_to": reply_to });
            tokio::spawn(http.post(url).bearer_auth(&self.token).json(&post).send());
        }
        for _ in 0..self.copies {
            line.tell(&ClientFrame::of_act(self.setting.room(), cid.clone(), act.clone())).await?;
        }
        Some(())
    }

    /// Answers with what has to be sent again.
    fn on_text(&mut self, text: &str) -> Option<Cid> {
        match serde_json::from_str(text).unwrap() {
            ServerFrame::Ack { cid, seq, dup, .. } => {
                self.note(Seen::Acked { cid: cid.to_string(), seq, dup });
                self.settle(&cid, Some(seq));
                None
            }
            ServerFrame::Nack { cid, .. } => {
                self.note(Seen::Refused { cid: cid.to_string() });
                self.settle(&cid, None);
                None
            }
            ServerFrame::Retry { cid, .. } => {
                self.note(Seen::Unsure { cid: cid.to_string() });
                self.unsettled.iter().any(|(waiting, _)| *waiting == cid).then_some(cid)
            }
            _ => None,
        }
    }

    pub fn settle(&mut self, cid: &Cid, seq: Option<Seq>) {
        let Some(at) = self.unsettled.iter().position(|(waiting, _)| waiting == cid) else { return };
        let (_, act) = self.unsettled.remove(at).unwrap();
        let Some(seq) = seq else { return };
        *self.done.entry(Sent::from(&act).kind).or_default() += 1;
        if let Act::Post { .. } = act {
            self.mine.push(seq);
        }
    }

    /// Mostly messages; sometimes something about one of the last of mine, or about any that there may be.
    pub fn invent(&mut self) -> Act {
        self.number += 1;
        let body = format!("{} says number {}", self.history.client, self.number);
        if self.bytes > 0 {
            return Act::Post { body: format!("{body:<0$}.", self.bytes), reply_to: None };
        }
        let last = self.mine.iter().rev().take(5).copied().collect::<Vec<_>>();
        if last.is_empty() || self.random.random_bool(0.75) {
            return Act::Post { body, reply_to: last.first().copied().filter(|_| self.random.random_bool(0.1)) };
        }
        let of = last[self.random.random_range(0..last.len())];
        let any = self.random.random_range(1..=last[0]);
        let on = self.random.random_bool(0.7);
        match self.random.random_range(0..8) {
            0..3 => Act::Edit { of, body },
            3..6 => Act::React { of: any, emoji: "\u{1F44D}".parse().unwrap(), on },
            6 => Act::Pin { of, on },
            _ => {
                self.mine.retain(|mine| *mine != of);
                Act::Delete { of }
            }
        }
    }

    pub fn note(&mut self, what: Seen) {
        self.history.note(self.setting.clock.now(), what);
    }
}

impl From<&Act> for Sent {
    fn from(act: &Act) -> Self {
        let (kind, on) = match act {
            Act::Post { .. } => ("posted", None),
            Act::Edit { .. } => ("edited", None),
            Act::Delete { .. } => ("deleted", None),
            Act::React { on, .. } => ("reacted", Some(*on)),
            Act::Pin { on, .. } => ("pinned", Some(*on)),
        };
        Self { kind: kind.to_owned(), body: act.body().map(str::to_owned), of: act.of(), on }
    }
}

/// A program that posts over REST, each message several times at once, until it knows.
pub async fn post_by_rest(setting: Setting, name: &str, person: &str, token: String) -> History {
    let mut history = History::new(name, person);
    let http = reqwest::Client::new();
    let url = setting.messages_url();
    let mut number = 0;
    while setting.works() {
        number += 1;
        let (cid, body) = (new_cid().to_string(), format!("{name} says number {number}"));
        let request = serde_json::json!({ "cid": cid, "body": body });
        // Every request is a connection of its own.
        history.note(setting.clock.now(), Seen::Connected);
        while {
            history.note(setting.clock.now(), Seen::Sent { cid: cid.clone(), act: Sent::post(&body) });
            let ask = || ask(http.post(&url).bearer_auth(&token).json(&request));
            let (one, other) = tokio::join!(ask(), ask());
            let answers = [one, other].into_iter().flatten().collect::<Vec<_>>();
            for (seq, dup) in &answers {
                history.note(setting.clock.now(), Seen::Acked { cid: cid.clone(), seq: *seq, dup: *dup });
            }
            answers.is_empty()
        } {
            history.note(setting.clock.now(), Seen::Unsure { cid: cid.clone() });
            tokio::time::sleep(AGAIN).await;
        }
    }
    history
}

/// The seq, and whether it was there already; `None` where that is not known.
async fn ask(request: reqwest::RequestBuilder) -> Option<(Seq, bool)> {
    let response = tokio::time::timeout(SILENCE, request.send()).await.ok()?.ok()?;
    let dup = match response.status().as_u16() {
        201 => false,
        200 => true,
        503 => return None,
        other => panic!("{other}"),
    };
    Some((response.json::<Value>().await.ok()?["seq"].as_u64()?, dup))
}

/// The tutorial's client: texts, and no word of what became of them.
pub async fn speak_plainly(setting: Setting, name: &str, person: &str, token: String) -> History {
    let mut history = History::new(name, person);
    let mut number = 0;
    while setting.works() {
        if let Some(mut line) = Line::open(setting.address, "/", Some(&token)).await {
            history.note(setting.clock.now(), Seen::Connected);
            while setting.works() {
                number += 1;
                let text = format!("{name} says number {number}");
                let sent = Seen::Sent { cid: text.clone(), act: Sent::post(&text) };
                history.note(setting.clock.now(), sent);
                if line.say(text.clone()).await.is_none() || !hears(&mut line, &setting, &mut history, &text).await {
                    break;
                }
            }
        }
        tokio::time::sleep(AGAIN).await;
    }
    history
}

/// Listens until one's own text comes back; `false` if it does not.
async fn hears(line: &mut Line, setting: &Setting, history: &mut History, own: &str) -> bool {
    loop {
        let Brought::Text(text) = line.due().await else { return false };
        if text == "Welcome to the chat!" {
            continue;
        }
        let (is_own, is_word) = (text == own, text.starts_with("Perhaps not sent"));
        if is_word {
            return true;
        }
        history.note(setting.clock.now(), Seen::Text(text));
        if is_own {
            return true;
        }
    }
}

/// Somebody who follows, through everything, to the end.
pub struct Observer {
    pub setting: Setting,
    pub history: History,
    /// What a page would show.
    pub timeline: Option<Timeline>,
    /// Asked for once more on each connection while others talk: how often.
    pub resubs: usize,
    pub filling: bool,
    /// When the end was announced.
    pub waits_since: Option<Instant>,
    /// What this connection was asked and has not answered, in order: when, and what there was by then.
    pub asked: VecDeque<Asked>,
}

/// When something was asked, and the epoch and seq that there was by then.
type Asked = (u64, Option<(Epoch, Seq)>);

impl Observer {
    pub fn new(setting: Setting, name: &str) -> Self {
        Self {
            setting,
            history: History::new(name, ""),
            timeline: None,
            resubs: 0,
            filling: false,
            waits_since: None,
            asked: VecDeque::new(),
        }
    }

    /// As [`Observer::watch`]; but on the first connection, with next to no room in its kernel, it stops reading for as long
    /// as it is told to.
    pub async fn watch_slowly(mut self, mut pause: watch::Receiver<bool>) -> Self {
        if let Some(mut line) = Line::open_narrow(self.setting.address).await {
            self.note(Seen::Connected);
            self.read_late(&mut line, &mut pause).await;
            self.note(Seen::Closed(None));
        }
        self.watch().await
    }

    async fn read_late(&mut self, line: &mut Line, pause: &mut watch::Receiver<bool>) -> Option<()> {
        line.tell(&ClientFrame::Hello { token: self.setting.reader.token.clone() }).await?;
        self.follow(line).await?;
        let _ = pause.wait_for(|pause| !pause).await;
        while let Brought::Text(text) = line.due().await {
            // It does not ask for what it sees to be missing: what comes by itself is what counts.
            self.on_text(&text);
        }
        Some(())
    }

    pub async fn watch(mut self) -> Self {
        while !self.is_over() {
            let closed = self.talk().await;
            self.note(Seen::Closed(closed));
            tokio::time::sleep(AGAIN).await;
        }
        self.history.reached = Some(self.have().map_or(0, |(_, have)| have));
        self
    }

    /// One connection, to its end; answers with the code that it was closed with.
    async fn talk(&mut self) -> Option<u16> {
        let mut line = Line::open(self.setting.address, "/ws", None).await?;
        self.note(Seen::Connected);
        line.tell(&ClientFrame::Hello { token: self.setting.reader.token.clone() }).await?;
        let mut stage = self.setting.stage.clone();
        self.asked.clear();
        self.follow(&mut line).await?;
        let mut resubs = self.resubs;
        while !self.is_over() {
            let brought = tokio::select! {
                brought = line.next() => brought,
                _ = stage.changed() => continue,
                // At the end, whoever has not been told asks.
                () = tokio::time::sleep(SILENCE) => {
                    self.follow(&mut line).await?;
                    continue;
                }
            };
            let text = match brought {
                Brought::Text(text) => text,
                Brought::Closed(code) => return code,
            };
            if let Some(answer) = self.on_text(&text) {
                line.tell(&answer).await?;
            }
            if resubs > 0 {
                resubs -= 1;
                self.follow(&mut line).await?;
            }
        }
        None
    }

    async fn follow(&mut self, line: &mut Line) -> Option<()> {
        let have = self.have();
        let (epoch, seq) = have.clone().unzip();
        self.asked.push_back((self.setting.clock.now(), have));
        self.filling = false;
        line.tell(&ClientFrame::Sub { room: self.setting.room(), epoch, seq }).await
    }

    fn have(&self) -> Option<(Epoch, Seq)> {
        self.timeline.as_ref().map(|timeline| (timeline.epoch().clone(), timeline.have()))
    }

    /// It is at the end, or has had all the time to get there.
    fn is_over(&mut self) -> bool {
        let Stage::End(end) = self.setting.stage() else { return false };
        let since = *self.waits_since.get_or_insert_with(Instant::now);
        self.have().is_some_and(|(_, have)| have >= end) || since.elapsed() > PATIENCE
    }

    fn on_text(&mut self, text: &str) -> Option<ClientFrame> {
        let value: Value = serde_json::from_str(text).unwrap();
        let events = |value: &Value| serde_json::from_value::<Vec<Event>>(value["events"].clone()).unwrap();
        match serde_json::from_str(text).unwrap() {
            ServerFrame::Subbed { epoch, head, recovered, events: seen, .. } => {
                let (asked, have) = self.asked.pop_front()?;
                let have = have.map(|(epoch, have)| (epoch.to_string(), have));
                let events = events(&value);
                self.note(Seen::Subbed { asked, have, epoch: epoch.to_string(), head, recovered, events });
                match &mut self.timeline {
                    Some(timeline) if recovered => {
                        for event in seen {
                            timeline.apply(event);
                        }
                    }
                    _ => self.timeline = Some(Timeline::from_newest(epoch, head, seen)),
                }
                None
            }
            ServerFrame::Page { events: seen, .. } => {
                let (asked, _) = self.asked.pop_front()?;
                self.note(Seen::Page { asked, events: events(&value) });
                self.filling = false;
                let timeline = self.timeline.as_mut()?;
                for event in seen {
                    timeline.apply(event);
                }
                self.fill()
            }
            ServerFrame::Ev { event, .. } => {
                self.note(Seen::Live(serde_json::from_value(value).unwrap()));
                self.timeline.as_mut()?.apply(event);
                self.fill()
            }
            ServerFrame::Ping { .. } => Some(ClientFrame::Pong { away: false }),
            _ => None,
        }
    }

    fn fill(&mut self) -> Option<ClientFrame> {
        let gap = self.timeline.as_ref()?.gap()?;
        if std::mem::replace(&mut self.filling, true) {
            return None;
        }
        self.asked.push_back((self.setting.clock.now(), self.have()));
        Some(ClientFrame::Fetch { room: self.setting.room(), after: Some(gap), before: None, limit: 200 })
    }

    fn note(&mut self, what: Seen) {
        self.history.note(self.setting.clock.now(), what);
    }
}
