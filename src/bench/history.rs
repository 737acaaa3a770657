//! Whether it takes longer to read a long room than a short one.

use std::cell::Cell;
use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use clap::Args;
use rand::Rng;

use super::Result;
use super::figures::{ms, quantile, whole};
use super::sender::{post_all, senders};
use super::socket::Socket;
use super::target::{Http, Target};
use banter::protocol::ids::{RoomKey, Seq};
use banter::protocol::limits;
use banter::protocol::wire::{ClientFrame, ServerFrame};

/// Events of the short room.
const SHORT: Seq = 1_000;
/// How many posts each of so many senders has under way, while a room is filled.
const SENDERS: usize = 64;
const WINDOW: usize = 32;
/// How much longer it may take in the long room.
const AT_MOST: f64 = 1.5;

/// `banter bench history`
#[derive(Debug, Args)]
pub struct History {
    /// A server whose lobby is short, or empty so far
    #[arg(long)]
    short: Target,
    /// A server whose lobby is long, or empty so far
    #[arg(long)]
    long: Target,
    /// Events of the long lobby
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(Seq).range(SHORT..))]
    events: Seq,
    /// How often each way of reading is timed
    #[arg(long, default_value_t = 500)]
    rounds: usize,
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

impl History {
    pub(super) async fn measure(self) -> Result<()> {
        fill(&self.short, SHORT).await?;
        fill(&self.long, self.events).await?;
        // Only now: a server does not wait long for somebody who says nothing.
        let mut readers = [Reader::of(&self.short).await?, Reader::of(&self.long).await?];
        let mut times = READINGS.map(|_| [Vec::new(), Vec::new()]);
        for _ in 0..self.rounds {
            for (times, (_, reading, newest)) in times.iter_mut().zip(READINGS) {
                for (times, reader) in times.iter_mut().zip(&mut readers) {
                    times.push(reader.time(reading, newest).await?);
                }
            }
        }
        let mut out = io::stdout();
        let [short, long] = readers.map(|reader| format!("{} events", whole(reader.head as f64)));
        writeln!(out, "{:20} {short:>16} {long:>18}", "reading, median")?;
        let mut worst = 0.0_f64;
        for ((name, ..), times) in READINGS.iter().zip(times) {
            let [short, long] = times.map(|mut times| ms(quantile(&mut times, 0.5)));
            worst = worst.max(long / short);
            writeln!(out, "{name:20} {short:>13.3} ms {long:>15.3} ms   ratio {:.2}", long / short)?;
        }
        if worst > AT_MOST {
            return Err(format!("a long room takes {worst:.2} times as long, of at most {AT_MOST}").into());
        }
        Ok(())
    }
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
