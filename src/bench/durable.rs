//! How many posts a second are acknowledged, each on the disk by then.

use std::collections::HashSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;

use super::Result;
use super::dialect::Dialect;
use super::echoed;
use super::figures::{ms, quantile, whole};
use super::sender::{Ack, Sender, post_all, senders};
use super::target::Target;

/// Of the time, how much is given to a run before it is measured.
const WARM_UP: f64 = 0.1;
/// What a machine of two cores and a plain disk has to reach in the best of the runs, by itself and beside a bare loop.
const AT_LEAST: f64 = 40_000.0;
const OF_THE_BARE: f64 = 0.6;

/// `banter bench durable`
#[derive(Debug, Args)]
pub struct Durable {
    /// The server
    #[arg(long, default_value = "http://127.0.0.1:3000")]
    url: Target,
    /// How it is spoken to: without it in `banter.v1`, where posts are acknowledged; otherwise a post counts as acknowledged
    /// when its sender hears it, as all of them do
    #[arg(long)]
    dialect: Option<Dialect>,
    /// Connections that post
    #[arg(long, default_value_t = 64)]
    senders: usize,
    /// Length of each text
    #[arg(long, default_value_t = 100)]
    bytes: usize,
    /// How long each run takes
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// How many posts each sender has under way at most, one run each
    #[arg(long, default_value = "1,16", value_delimiter = ',')]
    window: Vec<usize>,
    /// A program that puts the same rows into SQLite, to compare with: bench/peers
    #[arg(long, requires = "folder", conflicts_with = "dialect")]
    peer: Option<PathBuf>,
    /// Where that keeps its database: on the same disk as the server's
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Tell what was found as JSON
    #[arg(long)]
    json: bool,
}

/// What was found with so many posts under way.
#[derive(Debug, Serialize)]
struct Found {
    window: usize,
    /// All of them, also those that were not measured.
    posts: usize,
    acknowledged_per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    posts_a_commit: Option<f64>,
    bare_per_second: Option<f64>,
}

/// What a run has shown.
struct Run {
    /// All posts.
    posts: usize,
    /// Those acknowledged a second, while it was measured.
    rate: f64,
    /// How long each of those waited.
    waits: Vec<Duration>,
    /// Posts in one commit, on average.
    batch: Option<f64>,
}

/// When a run begins and ends, and from when on it is measured.
#[derive(Clone, Copy)]
struct Span {
    from: Instant,
    to: Instant,
}

impl Durable {
    pub(super) async fn measure(self) -> Result<()> {
        let mut found = Vec::new();
        for window in &self.window {
            let Run { posts, rate, mut waits, batch } = match self.dialect {
                Some(dialect) => self.run_echoed(dialect, *window)?,
                None => self.run(*window).await?,
            };
            let peer = self.peer.as_ref().zip(self.folder.as_ref()).zip(batch);
            found.push(Found {
                window: *window,
                posts,
                acknowledged_per_second: rate,
                p50_ms: ms(quantile(&mut waits, 0.5)),
                p99_ms: ms(quantile(&mut waits, 0.99)),
                posts_a_commit: batch,
                bare_per_second: peer.map(|((peer, folder), batch)| self.peer(peer, folder, batch)).transpose()?,
            });
        }
        if self.json {
            // Whoever reads that judges by themselves.
            return Ok(writeln!(io::stdout(), "{}", serde_json::to_string(&found)?)?);
        }
        self.tell(&found)?;
        if self.dialect.is_some() { Ok(()) } else { judge(&found) }
    }

    fn tell(&self, found: &[Found]) -> Result<()> {
        let mut out = io::stdout();
        let Self { senders, bytes, seconds, .. } = self;
        let known = if self.dialect.is_some() { "known by being heard" } else { "acknowledged once on the disk" };
        writeln!(out, "durable posts: {senders} senders, {bytes} bytes each, {seconds} s, {known}")?;
        writeln!(out, "under way    acked/s   p50 ms   p99 ms   a commit    bare loop/s    ratio")?;
        for one in found {
            let (Found { window, p50_ms, p99_ms, .. }, rate) = (one, one.acknowledged_per_second);
            let batch = one.posts_a_commit.map_or_else(|| "-".to_owned(), |batch| format!("{batch:.1}"));
            write!(out, "{window:>9} {:>10} {p50_ms:>8.2} {p99_ms:>8.2} {batch:>10}", whole(rate))?;
            match one.bare_per_second {
                Some(bare) => writeln!(out, " {:>14} {:>8.2}", whole(bare), rate / bare)?,
                None => writeln!(out)?,
            }
        }
        Ok(())
    }

    async fn run(&self, window: usize) -> Result<Run> {
        let mut senders = senders(&self.url, self.senders, &"x".repeat(self.bytes)).await?;
        let head = self.url.head().await?;
        let before = self.committed().await?;
        let span = Span::of(self.seconds);
        post_all(&mut senders, window, &|| Instant::now() < span.to).await?;
        let after = self.committed().await?;
        let batch = (after.0 - before.0) as f64 / (after.1 - before.1).max(1) as f64;
        let acks = all_acks(&senders, self.url.head().await? - head)?;
        Ok(span.run(acks.len(), acks.iter().map(|ack| (ack.at, ack.after)), Some(batch)))
    }

    /// The same with a server of bare texts.
    fn run_echoed(&self, dialect: Dialect, window: usize) -> Result<Run> {
        let mut senders = echoed::Senders::gather(&self.url.authority, dialect, self.senders, self.bytes)?;
        let span = Span::of(self.seconds);
        let echoes = senders.post_all(window, span.to)?;
        Ok(span.run(echoes.len(), echoes.iter().map(|echo| (echo.at, echo.after)), None))
    }

    /// Events and commits so far.
    async fn committed(&self) -> Result<(u64, u64)> {
        let events = self.url.counter("banter_committed_events_total").await?;
        Ok((events, self.url.counter("banter_commits_total").await?))
    }

    /// Rows a second that the peer commits in batches of that size.
    fn peer(&self, peer: &Path, folder: &Path, batch: f64) -> Result<f64> {
        let numbers = [batch.round().max(1.0) as u64, self.senders as u64, self.bytes as u64, self.seconds];
        let output = Command::new(peer).arg(folder).args(numbers.map(|number| number.to_string())).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let rate = text.trim().parse();
        rate.map_err(|_| format!("{}: {text}{}", peer.display(), String::from_utf8_lossy(&output.stderr)).into())
    }
}

impl Span {
    /// So many seconds from now on.
    fn of(seconds: u64) -> Self {
        let (begin, time) = (Instant::now(), Duration::from_secs(seconds));
        Self { from: begin + time.mul_f64(WARM_UP), to: begin + time }
    }

    /// What came of so many posts; of each is known when it was acknowledged and how long that took.
    fn run(self, posts: usize, acks: impl Iterator<Item = (Instant, Duration)>, batch: Option<f64>) -> Run {
        let waits: Vec<_> = acks.filter(|(at, _)| (self.from..self.to).contains(at)).map(|(_, after)| after).collect();
        Run { posts, rate: waits.len() as f64 / (self.to - self.from).as_secs_f64(), waits, batch }
    }
}

/// Whether the best of it is enough.
fn judge(found: &[Found]) -> Result<()> {
    let best = found.iter().map(|found| found.acknowledged_per_second).fold(0.0, f64::max);
    let ratio = |found: &Found| Some(found.acknowledged_per_second / found.bare_per_second?);
    let ratio = found.iter().filter_map(ratio).reduce(f64::max);
    match ratio {
        _ if best < AT_LEAST => Err(format!("{} a second, of at least {}", whole(best), whole(AT_LEAST)).into()),
        Some(ratio) if ratio < OF_THE_BARE => {
            Err(format!("{ratio:.2} of a bare loop, of at least {OF_THE_BARE}").into())
        }
        _ => Ok(()),
    }
}

/// What all of them got acknowledged. A run in which a post has no place of its own in the room is worth nothing.
fn all_acks(senders: &[Sender], grown: u64) -> Result<Vec<Ack>> {
    let acks: Vec<Ack> = senders.iter().flat_map(|sender| &sender.acks).copied().collect();
    let places = acks.iter().map(|ack| ack.seq).collect::<HashSet<_>>().len();
    if places != acks.len() || places as u64 != grown {
        return Err(format!("{} acks name {places} places, and the room has grown by {grown}", acks.len()).into());
    }
    Ok(acks)
}
