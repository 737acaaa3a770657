//! Whether it takes longer to read a long room than a short one.

use std::cell::Cell;
use std::io::{self, Write as _};
use std::iter::zip;
use std::time::{Duration, Instant};

use clap::Args;
use rand::Rng;
use serde::Serialize;

use super::Result;
use super::figures::{ms, quantile, whole};
use super::sender::{post_all, senders};
use super::socket::Socket;
use super::target::{Http, Target};
use banter::protocol::ids::{RoomKey, Seq};
use banter::protocol::limits;
use banter::protocol::wire::{ClientFrame, ServerFrame};

/// How many posts each of so many senders has under way, while a room is filled.
const SENDERS: usize = 64;
const WINDOW: usize = 32;
/// How much longer it may take in the longest room than in the shortest.
const AT_MOST: f64 = 1.5;

/// `banter bench history`
#[derive(Debug, Args)]
pub struct History {
    /// Servers whose lobbies are that long, or not yet
    #[arg(long, value_delimiter = ',', required = true)]
    url: Vec<Target>,
    /// Events of each lobby, from the shortest to the longest
    #[arg(long, default_value = "1000,1000000", value_delimiter = ',')]
    #[arg(value_parser = clap::value_parser!(Seq).range(limits::NEWEST_EVENTS as Seq..))]
    events: Vec<Seq>,
    /// How often each way of reading is timed
    #[arg(long, default_value_t = 500)]
    rounds: usize,
    /// Tell what was found as JSON
    #[arg(long)]
    json: bool,
}

/// A way to read a room.
#[derive(Clone, Copy)]
enum Reading {
    Page,
    Fetch,
}

/// One who reads.
struct Reader {
    http: Http,
    socket: Socket,
    head: Seq,
}

/// The ways to read that are compared: how, and whether at the end or anywhere.
const READINGS: [(&str, Reading, bool); 4] = [
    ("page, newest", Reading::Page, true),
    ("page, anywhere", Reading::Page, false),
    ("fetch, newest", Reading::Fetch, true),
    ("fetch, anywhere", Reading::Fetch, false),
];

/// What was found of one way to read.
#[derive(Debug, Serialize)]
struct Found {
    reading: &'static str,
    /// Events of each lobby, and how long one waits there for the reading.
    medians_ms: Vec<(Seq, f64)>,
}

impl History {
    pub(super) async fn measure(self) -> Result<()> {
        if self.url.len() != self.events.len() {
            return Err("each lobby has to have a length".into());
        }
        for (url, events) in zip(&self.url, &self.events) {
            fill(url, *events).await?;
        }
        let found = self.read().await?;
        match self.json {
            // Whoever reads that judges by themselves.
            true => Ok(writeln!(io::stdout(), "{}", serde_json::to_string(&found)?)?),
            false => tell(&found).and_then(|()| judge(&found)),
        }
    }

    /// Reads all lobbies in turn, so that a busy moment of the machine meets all of them.
    async fn read(&self) -> Result<Vec<Found>> {
        let mut readers = Vec::new();
        // Only once all are filled: a server does not wait long for somebody who says nothing.
        for url in &self.url {
            readers.push(Reader::of(url).await?);
        }
        let mut times = READINGS.map(|_| vec![Vec::new(); readers.len()]);
        for _ in 0..self.rounds {
            for (times, (_, reading, newest)) in times.iter_mut().zip(READINGS) {
                for (times, reader) in times.iter_mut().zip(&mut readers) {
                    times.push(reader.time(reading, newest).await?);
                }
            }
        }
        let found = |((reading, ..), times): ((&'static str, _, _), Vec<Vec<Duration>>)| {
            let medians = times.into_iter().map(|mut times| ms(quantile(&mut times, 0.5)));
            Found { reading, medians_ms: readers.iter().map(|reader| reader.head).zip(medians).collect() }
        };
        Ok(READINGS.into_iter().zip(times).map(found).collect())
    }
}

impl Found {
    /// How much longer it takes in the last lobby than in the first.
    fn ratio(&self) -> f64 {
        match self.medians_ms.as_slice() {
            [(_, first), .., (_, last)] => last / first,
            _ => 1.0,
        }
    }
}

fn tell(found: &[Found]) -> Result<()> {
    let mut out = io::stdout();
    write!(out, "{:20}", "reading, median ms")?;
    for (events, _) in found.iter().take(1).flat_map(|found| &found.medians_ms) {
        write!(out, "{:>18}", format!("{} events", whole(*events as f64)))?;
    }
    for one in found {
        write!(out, "\n{:20}", one.reading)?;
        for (_, median) in &one.medians_ms {
            write!(out, "{median:>18.3}")?;
        }
        write!(out, "   ratio {:.2}", one.ratio())?;
    }
    Ok(writeln!(out)?)
}

/// Whether a long lobby reads as fast as a short one.
fn judge(found: &[Found]) -> Result<()> {
    let worst = found.iter().map(Found::ratio).fold(0.0, f64::max);
    if worst > AT_MOST {
        return Err(format!("a long room takes {worst:.2} times as long, of at most {AT_MOST}").into());
    }
    Ok(())
}

impl Reader {
    async fn of(target: &Target) -> Result<Self> {
        let (socket, head) = (Socket::open(target, None).await?, target.head().await?);
        Ok(Self { http: target.connect().await?, socket, head })
    }

    async fn time(&mut self, reading: Reading, newest: bool) -> Result<Duration> {
        let place = rand::rng().random_range(limits::NEWEST_EVENTS as Seq..=self.head);
        let place = (!newest).then_some(place);
        let begin = Instant::now();
        match reading {
            Reading::Page => self.page(place).await?,
            Reading::Fetch => self.fetch(place).await?,
        }
        Ok(begin.elapsed())
    }

    async fn page(&mut self, place: Option<Seq>) -> Result<()> {
        let room = RoomKey::lobby();
        let path = place.map_or_else(|| format!("/r/{room}"), |seq| format!("/r/{room}/{seq}"));
        self.http.get(&path).await.map(drop)
    }

    async fn fetch(&mut self, before: Option<Seq>) -> Result<()> {
        let (room, limit) = (RoomKey::lobby(), limits::NEWEST_EVENTS);
        match self.socket.ask(&ClientFrame::Fetch { room, after: None, before, limit }).await? {
            ServerFrame::Page { events, .. } if !events.is_empty() => Ok(()),
            other => Err(format!("{other:?} is no page").into()),
        }
    }
}

/// Posts until the room has so many events.
async fn fill(target: &Target, events: Seq) -> Result<()> {
    let missing = Cell::new(events.saturating_sub(target.head().await?));
    let one_more = || missing.get() > 0 && missing.replace(missing.get() - 1) > 0;
    let mut senders = senders(target, SENDERS, "Bring coffee and a coat, it may rain again by the lighthouse.").await?;
    post_all(&mut senders, WINDOW, &one_more).await
}
