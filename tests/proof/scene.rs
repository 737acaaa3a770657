//! A server and those who use it, from the first word to the verdict.

use std::collections::BTreeMap;
use std::time::Duration;

use banter::protocol::api::Identity;
use banter::protocol::ids::Seq;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::checker::{Report, check};
use super::clients::{Clock, Observer, Setting, Stage, Writer, post_by_rest, speak_plainly};
use super::dump;
use super::history::{History, Seen};
use super::server::Server;
use crate::support::PATIENCE;

/// What goes on between a server and its clients.
pub struct Scene {
    pub server: Server,
    pub setting: Setting,
    pub random: StdRng,
    pub http: reqwest::Client,
    stage: watch::Sender<Stage>,
    /// Those who will come.
    expected: Vec<Identity>,
    writers: Vec<JoinHandle<Writer>>,
    others: Vec<JoinHandle<History>>,
    observers: Vec<JoinHandle<Observer>>,
    /// What those wrote down who are gone already.
    pub histories: Vec<History>,
}

/// How it ended.
pub struct Outcome {
    pub report: Report,
    /// Acts of each kind that writers know to be in the log.
    pub done: BTreeMap<String, usize>,
    /// Observers whose page differs from a fresh one, of so many.
    pub diverging: (usize, usize),
    pub histories: Vec<History>,
}

impl Scene {
    /// Starts the server. Nobody is there yet.
    pub async fn begin(mut server: Server, seed: u64) -> Self {
        server.start().await;
        let (stage, in_stage) = watch::channel(Stage::Work);
        let reader = dump::Reader::lobby();
        let setting = Setting { address: server.address(), reader, clock: Clock::start(), stage: in_stage };
        Self {
            server,
            setting,
            random: StdRng::seed_from_u64(seed),
            http: reqwest::Client::new(),
            stage,
            expected: Vec::new(),
            writers: Vec::new(),
            others: Vec::new(),
            observers: Vec::new(),
            histories: Vec::new(),
        }
    }

    /// So many will come: while the server is surely there.
    pub async fn expects(&mut self, count: usize) {
        for _ in 0..count {
            self.expected.push(self.server.guest(&self.http).await);
        }
    }

    async fn guest(&mut self) -> Identity {
        match self.expected.pop() {
            Some(guest) => guest,
            None => self.server.guest(&self.http).await,
        }
    }

    /// Lets somebody act: so many things at once, each sent so often, and by REST at the same time if more than once.
    pub async fn writer(&mut self, name: &str, window: usize, copies: usize) {
        let guest = self.guest().await;
        let random = StdRng::seed_from_u64(self.random.random());
        let writer = Writer::new(self.setting.clone(), name, guest.me.id.as_str(), guest.token, random);
        let rest = (copies > 1).then(reqwest::Client::new);
        self.writers.push(tokio::spawn(Writer { window, copies, rest, ..writer }.work()));
    }

    /// Lets somebody send long messages, and nothing else.
    pub async fn shouts(&mut self, name: &str, bytes: usize) {
        let guest = self.guest().await;
        let random = StdRng::seed_from_u64(self.random.random());
        let writer = Writer::new(self.setting.clone(), name, guest.me.id.as_str(), guest.token, random);
        self.writers.push(tokio::spawn(Writer { bytes, ..writer }.work()));
    }

    /// Lets a program post over REST.
    pub async fn program(&mut self, name: &'static str) {
        let (setting, guest) = (self.setting.clone(), self.guest().await);
        let work = async move { post_by_rest(setting, name, guest.me.id.as_str(), guest.token).await };
        self.others.push(tokio::spawn(work));
    }

    /// Lets somebody speak over the plain wire.
    pub async fn plain(&mut self, name: &'static str) {
        let (setting, guest) = (self.setting.clone(), self.guest().await);
        let work = async move { speak_plainly(setting, name, guest.me.id.as_str(), guest.token).await };
        self.others.push(tokio::spawn(work));
    }

    /// Lets somebody follow, and ask for the room so often anew on each connection.
    pub fn observer(&mut self, name: &str, resubs: usize) {
        let observer = Observer::new(self.setting.clone(), name);
        self.observers.push(tokio::spawn(Observer { resubs, ..observer }.watch()));
    }

    /// Lets somebody follow in a way of their own.
    pub fn observe(&mut self, observing: JoinHandle<Observer>) {
        self.observers.push(observing);
    }

    /// Waits until the room has come so far.
    pub async fn reaches(&self, seq: Seq) {
        let reached = async {
            while dump::try_head(&self.server, &self.setting.reader).await.is_none_or(|head| head < seq) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, reached).await;
        assert!(in_time.is_ok(), "the room does not come to {seq}: {:?}", self.server.log());
    }

    /// Everybody settles what is under way, and whoever follows comes to the end. Then the verdict.
    pub async fn end(mut self) -> Outcome {
        self.stage.send_replace(Stage::Settle);
        let (mut histories, mut done) = (std::mem::take(&mut self.histories), BTreeMap::new());
        for writer in self.writers {
            let writer = writer.await.unwrap();
            histories.push(writer.history);
            writer.done.into_iter().for_each(|(kind, count)| *done.entry(kind).or_default() += count);
        }
        for other in self.others {
            histories.push(other.await.unwrap());
        }
        self.stage.send_replace(Stage::End(dump::head(&self.server, &self.setting.reader).await));
        let mut timelines = Vec::new();
        for observer in self.observers {
            let observer = observer.await.unwrap();
            histories.push(observer.history);
            timelines.extend(observer.timeline);
        }
        let (log, values) = dump::log(&mut self.server, &self.setting.reader).await;
        let diverging = timelines.iter().filter(|timeline| !dump::is_as_fresh(timeline, &values)).count();
        Outcome { report: check(&histories, &log), done, diverging: (diverging, timelines.len()), histories }
    }
}

impl Outcome {
    /// How often somebody was told that it is not known what became of an act.
    pub fn unsure(&self) -> usize {
        let entries = self.histories.iter().flat_map(|history| &history.entries);
        entries.filter(|entry| matches!(entry.what, Seen::Unsure { .. })).count()
    }

    /// Insists that no promise was broken and that there was something to break.
    pub fn is_clean(&self) {
        assert!(self.report.is_clean() && self.diverging.0 == 0, "{self}");
        assert!(self.report.acks > 0, "{self}");
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (diverging, pages) = self.diverging;
        writeln!(f, "{}", self.report)?;
        write!(f, "acts in the log {:?}, pages that differ from a fresh one {diverging} of {pages}", self.done)
    }
}
