//! Everybody says very much at once, and everybody hears all of it: how many texts a second get to their receivers. The shape
//! is that of the chat benchmark which Bun publishes (bench/websocket-server in its repository), with every text checked.

use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;

use super::Result;
use super::crowd::{Crowd, Listener, PATIENCE};
use super::figures::{Told, micros, whole};
use super::process::Process;
use super::record::{Follow, Record};
use super::script::Script;
use super::subject::Subject;

/// How long it is listened, behind a round, for what should not come.
const AFTERMATH: Duration = Duration::from_millis(200);

/// `banter bench blast`
#[derive(Debug, Args)]
pub struct Blast {
    #[command(flatten)]
    subject: Subject,
    /// Connections; each sends and receives
    #[arg(long, default_value_t = 32)]
    clients: usize,
    /// What each sends at once in a round; 1 shows what a single text costs
    #[arg(long, default_value_t = 1600)]
    each: usize,
    /// Length of each text
    #[arg(long, default_value_t = 20)]
    bytes: usize,
    /// How long it is measured, behind one round that is not
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

/// What was found.
#[derive(Debug, Serialize)]
struct Found {
    /// Texts that came to a receiver, a second of the rounds' time.
    deliveries_per_second: f64,
    deliveries: u64,
    rounds: u64,
    /// Of the best round.
    best_per_second: f64,
    /// Processor time of the server for each; only where its process is known.
    server_us_per_delivery: Option<f64>,
    /// Shares of a processor that were busy.
    server_busy: Option<f64>,
    generator_busy: f64,
}

impl Blast {
    pub(super) fn measure(self) -> Result<()> {
        let Self { subject, clients, each, bytes, seconds } = self;
        let mut crowd = Crowd::gather(&subject.url.authority, subject.dialect, clients)?;
        let mut ears = Ears::new(Script::new(subject.dialect, clients, each, clients + 1, bytes)?, clients);
        round(&mut crowd, &mut ears, each)?;
        nothing_more(&mut crowd, &mut ears)?;
        let (server, own) = (subject.process(), Process::own());
        let cpu = |process: &Process| process.cpu();
        let before = (server.as_ref().map(cpu).transpose()?, own.cpu()?);
        let (begin, mut rounds, mut busy, mut best) = (Instant::now(), 0_u64, Duration::ZERO, Duration::MAX);
        while begin.elapsed() < Duration::from_secs(seconds) {
            let took = round(&mut crowd, &mut ears, each)?;
            (rounds, busy, best) = (rounds + 1, busy + took, best.min(took));
        }
        let wall = begin.elapsed().as_secs_f64();
        let after = (server.as_ref().map(cpu).transpose()?, own.cpu()?);
        nothing_more(&mut crowd, &mut ears)?;
        let a_round = (clients * clients * each) as u64;
        let deliveries = rounds * a_round;
        let spent = before.0.zip(after.0).map(|(before, after)| after - before);
        Found {
            deliveries_per_second: deliveries as f64 / busy.as_secs_f64(),
            deliveries,
            rounds,
            best_per_second: a_round as f64 / best.as_secs_f64(),
            server_us_per_delivery: spent.map(|spent| micros(spent) / deliveries as f64),
            server_busy: spent.map(|spent| spent.as_secs_f64() / wall),
            generator_busy: (after.1 - before.1).as_secs_f64() / wall,
        }
        .tell(subject.json)
    }
}

/// All who hear.
struct Ears {
    script: Script,
    record: Record,
    /// Bytes that came in this round.
    came: usize,
}

impl Ears {
    /// The script has a place more than there are receivers: that of the record.
    fn new(script: Script, receivers: usize) -> Self {
        Self { script, record: Record::new(receivers), came: 0 }
    }

    fn rewind(&mut self) {
        self.script.rewind();
        self.record.rewind();
        self.came = 0;
    }

    fn are_full(&self, texts: usize) -> bool {
        self.record.is_heard(texts) && self.record.others().all(|receiver| self.script.is_heard(receiver))
    }
}

impl Listener for Ears {
    fn follow(&mut self, member: usize, bytes: &[u8]) -> Result<Follow> {
        self.came += bytes.len();
        self.record.follow(member, bytes, &mut self.script)
    }

    fn hear(&mut self, member: usize, payload: &[u8]) -> Result<()> {
        self.script.hear(member, payload).map(drop)
    }
}

/// What comes behind a whole round is there twice.
fn nothing_more(crowd: &mut Crowd, ears: &mut Ears) -> Result<()> {
    ears.script.end();
    crowd.stay(AFTERMATH, |receiver, payload| ears.script.hear(receiver, payload).map(drop))
}

/// All say all of it, and it is over once all have heard it. Answers with how long that took.
fn round(crowd: &mut Crowd, ears: &mut Ears, each: usize) -> Result<Duration> {
    ears.rewind();
    let (clients, begin) = (crowd.count(), Instant::now());
    for sender in 0..clients {
        crowd.send(sender, ears.script.frames(sender, 0, each))?;
    }
    while !ears.are_full(clients * each) {
        let before = ears.came;
        crowd.listen(PATIENCE, ears)?;
        if ears.came == before && begin.elapsed() > PATIENCE {
            return Err("some deliveries did not come".into());
        }
    }
    Ok(begin.elapsed())
}

impl Told for Found {
    fn lines(&self) -> Vec<(&'static str, String)> {
        let per = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"));
        vec![
            ("deliveries a second", whole(self.deliveries_per_second)),
            ("  of the best round", whole(self.best_per_second)),
            ("rounds", self.rounds.to_string()),
            ("server's CPU us a delivery", per(self.server_us_per_delivery)),
            ("server busy", per(self.server_busy)),
            ("this program busy", per(Some(self.generator_busy))),
        ]
    }
}
