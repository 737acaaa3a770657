//! Everybody loses the connection at once and comes back: how long until the last of them has what was said meanwhile and
//! hears what is said next.

use std::time::{Duration, Instant};

use clap::Args;
use rand::Rng;
use serde::Serialize;

use super::Result;
use super::crowd::{Crowd, PATIENCE};
use super::dialect::Dialect;
use super::figures::{Told, micros, ms, quantile};
use super::people::{People, following};
use super::process::Process;
use super::sender::{Sender, post_all, senders};
use super::socket::Socket;
use super::subject::Subject;
use banter::protocol::event::What;
use banter::protocol::ids::{Epoch, RoomKey, Seq};
use banter::protocol::wire::{ClientFrame, ServerFrame};

/// The first wait of a client that comes back (the wire's backoff): some time of this.
const BACKOFF: Duration = Duration::from_millis(500);

/// `banter bench storm`
#[derive(Debug, Args)]
pub struct Storm {
    #[command(flatten)]
    subject: Subject,
    /// Guests who follow the lobby
    #[arg(long, default_value_t = 10_000)]
    clients: usize,
    /// What is said while they are away
    #[arg(long, default_value_t = 50)]
    missed: usize,
}

/// What was found.
#[derive(Debug, Serialize)]
struct Found {
    /// From when the first may come back until half of them, nearly all and all had caught up.
    half_ms: f64,
    p99_ms: f64,
    all_ms: f64,
    /// From when the next message was sent until all of them had it.
    heard_ms: f64,
    server_us_per_client: Option<f64>,
}

impl Storm {
    pub(super) async fn measure(self) -> Result<()> {
        let Self { subject, clients, missed } = self;
        let people = People::make(&subject.url, clients).await?;
        let mut crowd = Crowd::new(&subject.url.authority, Dialect::V1)?;
        let mut speaker = senders(&subject.url, 1, "said while nobody was there").await?;
        say(&mut speaker, 1).await?;
        let (epoch, head) = here(&subject).await?;
        crowd.grow(clients, |at| people.greeting(at, &following(RoomKey::lobby(), Some((epoch.clone(), head)))))?;
        crowd.scatter();
        say(&mut speaker, missed).await?;
        let (server, mut whole) = (subject.process(), None);
        let before = server.as_ref().map(Process::cpu).transpose()?;
        let back = following(RoomKey::lobby(), Some((epoch.clone(), head)));
        let mut due: Vec<Duration> = (0..clients).map(|_| BACKOFF.mul_f64(rand::rng().random())).collect();
        due.sort_unstable();
        let (begin, mut caught_up) = (Instant::now(), vec![None; clients]);
        let (mut opened, mut left) = (0, clients);
        while left > 0 {
            while opened < clients && due[opened] <= begin.elapsed() {
                crowd.open(people.greeting(opened, &back))?;
                opened += 1;
            }
            let wait = if opened < clients { Duration::from_millis(1) } else { PATIENCE };
            crowd.turn(wait, |client, payload| {
                if payload.starts_with(br#"{"t":"subbed""#) {
                    check(&mut whole, payload, &epoch, head, missed)?;
                    if caught_up[client].replace(begin.elapsed()).is_none() {
                        left -= 1;
                    }
                }
                Ok(())
            })?;
            if begin.elapsed() > PATIENCE * 3 {
                return Err(format!("{left} of {clients} did not come back").into());
            }
        }
        let spent = before.zip(server.as_ref().map(Process::cpu).transpose()?);
        let heard = hear_one_more(&mut crowd, &mut speaker, head + missed as Seq + 1).await?;
        let mut times: Vec<Duration> = caught_up.into_iter().flatten().collect();
        let mut at = |share| ms(quantile(&mut times, share));
        Found {
            half_ms: at(0.5),
            p99_ms: at(0.99),
            all_ms: at(1.0),
            heard_ms: ms(heard),
            server_us_per_client: spent.map(|(before, after)| micros(after - before) / clients as f64),
        }
        .tell(subject.json)
    }
}

/// The lobby's life and how far it has come.
async fn here(subject: &Subject) -> Result<(Epoch, Seq)> {
    let mut socket = Socket::open(&subject.url, None).await?;
    match socket.ask(&ClientFrame::Sub { room: RoomKey::lobby(), epoch: None, seq: None }).await? {
        ServerFrame::Subbed { epoch, head, .. } => Ok((epoch, head)),
        other => Err(format!("{other:?} is not the lobby").into()),
    }
}

async fn say(speaker: &mut [Sender], count: usize) -> Result<()> {
    let left = std::cell::Cell::new(count);
    post_all(speaker, 1, &|| left.replace(left.get().saturating_sub(1)) > 0).await
}

/// Exactly what was missed has come. All get the same bytes, so that only the first are read.
fn check(whole: &mut Option<Vec<u8>>, payload: &[u8], epoch: &Epoch, head: Seq, missed: usize) -> Result<()> {
    if whole.as_ref().is_some_and(|whole| whole == payload) {
        return Ok(());
    }
    let frame: ServerFrame = serde_json::from_slice(payload)?;
    let ServerFrame::Subbed { epoch: now, recovered: true, events, .. } = frame else {
        return Err("a client was not given what it missed".into());
    };
    let seqs = events.iter().filter(|event| matches!(event.what, What::Posted(_))).map(|event| event.seq);
    if now != *epoch || whole.is_some() || !seqs.eq(head + 1..=head + missed as Seq) {
        return Err("a client was given something else than it missed".into());
    }
    *whole = Some(payload.to_vec());
    Ok(())
}

/// One message more; answers with how long it took until all had it.
async fn hear_one_more(crowd: &mut Crowd, speaker: &mut [Sender], seq: Seq) -> Result<Duration> {
    let (begin, mut left) = (Instant::now(), crowd.count());
    say(speaker, 1).await?;
    let wanted = format!(r#""seq":{seq},"#);
    while left > 0 {
        crowd.turn(PATIENCE, |_, payload| {
            let is_it = payload.starts_with(br#"{"t":"ev""#)
                && payload.windows(wanted.len()).any(|part| part == wanted.as_bytes());
            left -= usize::from(is_it);
            Ok(())
        })?;
        if begin.elapsed() > PATIENCE {
            return Err(format!("{left} clients came back and hear nothing").into());
        }
    }
    Ok(begin.elapsed())
}

impl Told for Found {
    fn lines(&self) -> Vec<(&'static str, String)> {
        let ms = |value: f64| format!("{value:.0}");
        let per = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.0}"));
        vec![
            ("half are back after ms", ms(self.half_ms)),
            ("99 of 100", ms(self.p99_ms)),
            ("all", ms(self.all_ms)),
            ("all hear the next after ms", ms(self.heard_ms)),
            ("server's CPU us a client", per(self.server_us_per_client)),
        ]
    }
}
