//! So many texts a second, whatever comes of them: how long each takes to each receiver, counted from when it was to be sent,
//! so that a server which falls behind does not make its own waiting disappear.

use std::time::{Duration, Instant};

use clap::Args;
use hdrhistogram::Histogram;
use serde::Serialize;

use super::Result;
use super::crowd::{Crowd, PATIENCE};
use super::figures::{Told, micros, whole};
use super::process::Process;

/// The longest time that is told apart, in microseconds, and to how many digits.
const LONGEST_US: u64 = 60_000_000;
const DIGITS: u8 = 3;
/// Behind the last text it is listened for so long, for what should not come.
const AFTERMATH: Duration = Duration::from_millis(100);

/// How many texts, and when.
#[derive(Debug, Clone, Copy, Args)]
pub struct Pace {
    /// Texts a second, of all senders together
    #[arg(long, default_value_t = 100)]
    rate: usize,
    /// How long it is measured
    #[arg(long, default_value_t = 10)]
    seconds: usize,
    /// How long before that it runs without being measured
    #[arg(long, default_value_t = 2)]
    warm_up: usize,
}

/// Who says what, and what each receiver has to hear.
pub trait Talk {
    /// Has the text of that number sent.
    fn say(&mut self, crowd: &mut Crowd, text: usize) -> Result<()>;

    /// A receiver has got this; answers with the number of the text that it is, if it is one.
    fn hear(&mut self, receiver: usize, payload: &[u8]) -> Result<Option<usize>>;

    /// How much has to come yet, once all is said.
    fn left(&self) -> usize;
}

/// What was found.
#[derive(Debug, Serialize)]
pub struct Found {
    deliveries: u64,
    /// From when a text was to be sent until a receiver had it.
    p50_ms: f64,
    p99_ms: f64,
    p999_ms: f64,
    max_ms: f64,
    server_us_per_delivery: Option<f64>,
    server_busy: Option<f64>,
    /// How late this program itself was at most.
    late_ms: f64,
}

impl Pace {
    /// How many texts there are in all.
    pub fn texts(&self) -> usize {
        (self.warm_up + self.seconds) * self.rate
    }

    /// Lets all of it be said, each text when it is due, and heard.
    pub fn run(&self, crowd: &mut Crowd, talk: &mut impl Talk, server: Option<&Process>) -> Result<Found> {
        let (first, all) = (self.warm_up * self.rate, self.texts());
        let cpu = || server.map(Process::cpu).transpose();
        let mut times: Histogram<u64> = Histogram::new_with_max(LONGEST_US, DIGITS)?;
        let (begin, mut sent, mut late) = (Instant::now(), 0, Duration::ZERO);
        let due = |text: usize| begin + Duration::from_secs_f64(text as f64 / self.rate as f64);
        let (mut before, mut last) = (None, begin);
        while sent < all || talk.left() > 0 {
            let now = Instant::now();
            while sent < all && due(sent) <= now {
                if sent == first {
                    before = cpu()?;
                }
                if sent >= first {
                    late = late.max(now - due(sent));
                }
                talk.say(crowd, sent)?;
                sent += 1;
            }
            // Without a wait: a timer of the system is too coarse for what is measured.
            let wait = if sent < all { Duration::ZERO } else { PATIENCE };
            crowd.turn(wait, |receiver, payload| {
                let Some(text) = talk.hear(receiver, payload)? else { return Ok(()) };
                last = Instant::now();
                if text >= first {
                    times.saturating_record(u64::try_from((last - due(text)).as_micros()).unwrap_or(LONGEST_US));
                }
                Ok(())
            })?;
            if last.elapsed() > PATIENCE {
                return Err(format!("{} deliveries did not come", talk.left()).into());
            }
        }
        let spent = before.zip(cpu()?).map(|(before, after)| after - before);
        crowd.stay(AFTERMATH, |receiver, payload| talk.hear(receiver, payload).map(drop))?;
        let ms = |share: f64| times.value_at_quantile(share) as f64 / 1e3;
        Ok(Found {
            deliveries: times.len(),
            p50_ms: ms(0.5),
            p99_ms: ms(0.99),
            p999_ms: ms(0.999),
            max_ms: times.max() as f64 / 1e3,
            server_us_per_delivery: spent.map(|spent| micros(spent) / times.len() as f64),
            server_busy: spent.map(|spent| spent.as_secs_f64() / (last - due(first)).as_secs_f64()),
            late_ms: late.as_secs_f64() * 1e3,
        })
    }
}

impl Told for Found {
    fn lines(&self) -> Vec<(&'static str, String)> {
        let ms = |value: f64| format!("{value:.2}");
        let per = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"));
        vec![
            ("deliveries", whole(self.deliveries as f64)),
            ("p50 ms", ms(self.p50_ms)),
            ("p99 ms", ms(self.p99_ms)),
            ("p99.9 ms", ms(self.p999_ms)),
            ("longest ms", ms(self.max_ms)),
            ("server's CPU us a delivery", per(self.server_us_per_delivery)),
            ("server busy", per(self.server_busy)),
            ("this program late by ms", ms(self.late_ms)),
        ]
    }
}
