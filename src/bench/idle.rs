//! What a connection costs that says nothing: the memory of the server with few of them and with many.

use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;

use super::Result;
use super::crowd::Crowd;
use super::dialect::Dialect;
use super::figures::{Told, micros};
use super::people::{People, following};
use super::subject::Subject;
use banter::protocol::ids::RoomKey;

/// `banter bench idle`
#[derive(Debug, Args)]
pub struct Idle {
    #[command(flatten)]
    subject: Subject,
    /// How many connections there are, one measure each
    #[arg(long, default_value = "1000,10000", value_delimiter = ',')]
    clients: Vec<usize>,
    /// Connections of `banter.v1`, each of a guest of its own who follows the lobby; otherwise strangers who only listen
    #[arg(long)]
    signed_in: bool,
    /// How long nothing happens before it is measured, in seconds
    #[arg(long, default_value_t = 5)]
    settle: u64,
}

/// What was found.
#[derive(Debug, Serialize)]
struct Found {
    /// Connections, and bytes of the server that are its own and written to.
    levels: Vec<(usize, u64)>,
    /// KiB that a further connection takes, from the first level to the last.
    kib_per_connection: f64,
    /// Processor time of the server for each of the last level's connections, in microseconds a second.
    us_per_second: f64,
}

impl Idle {
    pub(super) async fn measure(self) -> Result<()> {
        let Self { subject, clients, signed_in, settle } = self;
        let server = subject.process().ok_or("--pid has to name the server's process")?;
        let most = clients.iter().copied().max().unwrap_or_default();
        let (dialect, people) = match signed_in {
            true => (Dialect::V1, Some(People::make(&subject.url, most).await?)),
            false => (subject.dialect, None),
        };
        let mut crowd = Crowd::new(&subject.url.authority, dialect)?;
        let (mut levels, mut us_per_second) = (vec![(0, server.private_dirty()?)], 0.0);
        for count in clients {
            crowd.grow(count, |at| match &people {
                Some(people) => people.greeting(at, &following(RoomKey::lobby(), None)),
                None => dialect.greeting(),
            })?;
            rest(&mut crowd, Duration::from_secs(settle))?;
            let before = server.cpu()?;
            rest(&mut crowd, Duration::from_secs(settle))?;
            us_per_second = micros(server.cpu()? - before) / (settle as f64 * count as f64);
            levels.push((count, server.private_dirty()?));
        }
        let kib_per_connection = match (levels.get(1), levels.last()) {
            (Some((few, less)), Some((many, more))) if many > few => {
                (*more as f64 - *less as f64) / 1024.0 / (many - few) as f64
            }
            _ => f64::NAN,
        };
        Found { levels, kib_per_connection, us_per_second }.tell(subject.json)
    }
}

/// Nobody says anything, but for what the server asks of everybody.
fn rest(crowd: &mut Crowd, time: Duration) -> Result<()> {
    let begin = Instant::now();
    while let Some(left) = time.checked_sub(begin.elapsed()) {
        crowd.turn(left, |_, _| Ok(()))?;
    }
    Ok(())
}

impl Told for Found {
    fn lines(&self) -> Vec<(&'static str, String)> {
        let level = |(count, bytes): &(usize, u64)| ("connections: KiB", format!("{count}: {}", bytes / 1024));
        let levels = self.levels.iter().map(level);
        let slope = ("KiB for one more", format!("{:.2}", self.kib_per_connection));
        levels.chain([slope, ("CPU us a second for each", format!("{:.2}", self.us_per_second))]).collect()
    }
}
