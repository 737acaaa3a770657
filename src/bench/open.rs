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
use super::script::Script;
use super::subject::Subject;

/// The longest time that is told apart, in microseconds, and to how many digits.
const LONGEST_US: u64 = 60_000_000;
const DIGITS: u8 = 3;
/// Behind the last text it is listened for so long, for what should not come.
const AFTERMATH: Duration = Duration::from_millis(100);

/// `banter bench open`
#[derive(Debug, Args)]
pub struct Open {
    #[command(flatten)]
    subject: Subject,
    /// Connections; all of them receive
    #[arg(long, default_value_t = 1000)]
    clients: usize,
    /// How many of them send, in turn
    #[arg(long, default_value_t = 10)]
    senders: usize,
    /// Texts a second, of all senders together
    #[arg(long, default_value_t = 100)]
    rate: usize,
    /// Length of each text
    #[arg(long, default_value_t = 44)]
    bytes: usize,
    /// How long it is measured
    #[arg(long, default_value_t = 10)]
    seconds: usize,
    /// How long before that it runs without being measured
    #[arg(long, default_value_t = 2)]
    warm_up: usize,
}

/// What was found.
#[derive(Debug, Serialize)]
struct Found {
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

impl Open {
    pub(super) fn measure(self) -> Result<()> {
        let Self { subject, clients, senders, rate, bytes, seconds, warm_up } = self;
        let mut crowd = Crowd::gather(&subject.url.authority, subject.dialect, clients)?;
        let (first, all) = (warm_up * rate, (warm_up + seconds) * rate);
        let each = 1 + all.div_ceil(senders);
        let mut script = Script::new(subject.dialect, senders, each, clients, bytes)?;
        introduce(&mut crowd, &mut script, senders)?;
        let server = subject.process();
        let cpu = || server.as_ref().map(Process::cpu).transpose();
        let mut times: Histogram<u64> = Histogram::new_with_max(LONGEST_US, DIGITS)?;
        let (begin, mut sent, mut heard, mut late) = (Instant::now(), 0, 0, Duration::ZERO);
        let due = |text: usize| begin + Duration::from_secs_f64(text as f64 / rate as f64);
        let (mut before, mut last) = (None, begin);
        while heard < all * clients {
            let now = Instant::now();
            while sent < all && due(sent) <= now {
                if sent == first {
                    before = cpu()?;
                }
                if sent >= first {
                    late = late.max(now - due(sent));
                }
                let place = 1 + sent / senders;
                crowd.send(sent % senders, script.frames(sent % senders, place, place + 1))?;
                sent += 1;
            }
            // Without a wait: a timer of the system is too coarse for what is measured.
            let wait = if sent < all { Duration::ZERO } else { PATIENCE };
            crowd.turn(wait, |receiver, payload| {
                let (sender, place) = script.hear(receiver, payload)?;
                let text = (place - 1) * senders + sender;
                (heard, last) = (heard + 1, Instant::now());
                if text >= first {
                    times.saturating_record(u64::try_from((last - due(text)).as_micros()).unwrap_or(LONGEST_US));
                }
                Ok(())
            })?;
            if last.elapsed() > PATIENCE {
                return Err(format!("{} deliveries did not come", all * clients - heard).into());
            }
        }
        let spent = before.zip(cpu()?).map(|(before, after)| after - before);
        crowd.turn(AFTERMATH, |receiver, payload| script.hear(receiver, payload).map(drop))?;
        let ms = |share: f64| times.value_at_quantile(share) as f64 / 1e3;
        Found {
            deliveries: times.len(),
            p50_ms: ms(0.5),
            p99_ms: ms(0.99),
            p999_ms: ms(0.999),
            max_ms: times.max() as f64 / 1e3,
            server_us_per_delivery: spent.map(|spent| micros(spent) / times.len() as f64),
            server_busy: spent.map(|spent| spent.as_secs_f64() / (last - due(first)).as_secs_f64()),
            late_ms: late.as_secs_f64() * 1e3,
        }
        .tell(subject.json)
    }
}

/// Each sender says its first text, so that the server knows it when it is measured.
fn introduce(crowd: &mut Crowd, script: &mut Script, senders: usize) -> Result<()> {
    for sender in 0..senders {
        crowd.send(sender, script.frames(sender, 0, 1))?;
    }
    let (mut heard, all, begin) = (0, senders * crowd.count(), Instant::now());
    while heard < all {
        crowd.turn(PATIENCE, |receiver, payload| {
            heard += 1;
            script.hear(receiver, payload).map(drop)
        })?;
        if begin.elapsed() > PATIENCE {
            return Err(format!("{} deliveries did not come", all - heard).into());
        }
    }
    Ok(())
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
