//! Power cuts: of what a server wrote there is what was synced, and of the rest whatever the disk happened to take.
//! What it had acknowledged by then must be among it.

mod disk;
mod migrations;
mod recording;
mod trace;

use std::error::Error;
use std::path::{Path, PathBuf};

use banter::protocol::wire::ServerFrame;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rusqlite::{Connection, OptionalExtension};

use self::disk::Disk;
use self::recording::{Ack, read, record};
use self::trace::{Call, Step};
use super::server::Server;

/// Cuts in a run of the tests; `BANTER_CUTS` may want more.
const CUTS: u64 = 60;

/// Deletions without what they do, which is of the same transaction.
const HALF_DELETED: &str = "SELECT count(*) FROM event deletion LEFT JOIN event message
    ON message.room = deletion.room AND message.seq = deletion.of AND message.deleted = deletion.seq AND message.body = ''
    WHERE deletion.kind = 'deleted' AND message.seq IS NULL";

/// What came of the cuts.
#[derive(Debug, Default)]
struct Outcome {
    cuts: usize,
    acks: usize,
    lost: usize,
    damaged: usize,
    /// The first thing that went wrong.
    first: Option<String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_outlives_every_power_cut() {
    let fresh = tempfile::tempdir().unwrap();
    let kept = std::env::var_os("BANTER_TRACE").map(PathBuf::from);
    let folder = kept.as_deref().unwrap_or(fresh.path());
    let received = if kept.is_some() { Vec::new() } else { record(&mut Server::new(), folder).await };
    let seed = number("BANTER_SEED", rand::random::<u32>().into());
    let Outcome { cuts, acks, lost, damaged, first } = cut(read(folder), &received, seed);
    println!("power cuts {cuts}, acks checked {acks}, lost {lost}, damaged {damaged}");
    if let Some(first) = first {
        let folder = kept.unwrap_or_else(|| fresh.keep());
        panic!("{first}; once more with BANTER_TRACE={} BANTER_SEED={seed}", folder.display());
    }
    assert!(acks > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_wait_for_the_disk_is_caught() {
    let Outcome { lost, damaged, .. } = cut_with("synchronous-off").await;
    println!("with synchronous=OFF: lost {lost}, damaged {damaged}");
    assert!(lost > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_acknowledges_before_the_commit_is_caught() {
    let Outcome { lost, damaged, .. } = cut_with("ack-before-commit").await;
    println!("with acks before the commit: lost {lost}, damaged {damaged}");
    assert!(lost > 0);
}

/// The same with a bug in the server.
async fn cut_with(bug: &str) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::planted(bug);
    let received = record(&mut server, folder.path()).await;
    let is_planted = server.log().iter().any(|line| line.contains("a bug is planted"));
    assert!(is_planted, "no bug can be planted without the feature `proving`");
    cut(read(folder.path()), &received, rand::random())
}

/// Cuts the power at many moments and looks at what is left.
fn cut(steps: Vec<Step>, received: &[Ack], seed: u64) -> Outcome {
    let mut chance = StdRng::seed_from_u64(seed);
    let cuts = moments(&steps, &mut chance);
    let (mut disk, mut promised, mut outcome) = (Disk::default(), Vec::new(), Outcome::default());
    for (at, step) in steps.into_iter().enumerate() {
        promised.extend(acks(&step));
        disk.take(step);
        for _ in cuts.iter().filter(|cut| **cut == at) {
            let image = tempfile::tempdir().unwrap();
            disk.cut(&mut chance, image.path());
            outcome.add(at, &promised, read_log(image.path()));
        }
    }
    assert!(received.iter().all(|ack| promised.contains(ack)), "the trace has every ack");
    outcome
}

/// Half of them right behind an ack, some while the database is made, the others anywhere.
fn moments(steps: &[Step], chance: &mut StdRng) -> Vec<usize> {
    let behind_acks: Vec<usize> = (0..steps.len()).filter(|at| !acks(&steps[*at]).is_empty()).collect();
    (0..number("BANTER_CUTS", CUTS))
        .map(|nth| match nth % 4 {
            0 => chance.random_range(0..behind_acks[0]),
            1 => chance.random_range(0..steps.len()),
            _ => behind_acks[chance.random_range(0..behind_acks.len())],
        })
        .collect()
}

/// The acks that a step sends.
fn acks(step: &Step) -> Vec<Ack> {
    let Step::Begun { call: Call::Send(bytes), .. } = step else { return Vec::new() };
    let text = String::from_utf8_lossy(bytes);
    let frames = text.match_indices(r#"{"t":"ack""#).map(|(start, _)| &text[start..]);
    // What follows the frame is another one.
    let frames = frames.filter_map(|frame| serde_json::Deserializer::from_str(frame).into_iter().next()?.ok());
    frames
        .filter_map(|frame| match frame {
            ServerFrame::Ack { cid, seq, .. } => Some(Ack { cid, seq }),
            _ => None,
        })
        .collect()
}

/// The cids of the log in order, once SQLite has recovered what it could. An error says what is damaged.
fn read_log(image: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let connection = Connection::open(image.join("banter.db"))?;
    if !is_shaped(&connection)? {
        return Ok(Vec::new());
    }
    let head = connection.query_row("SELECT head FROM room WHERE key = 'lobby'", [], |row| row.get(0)).optional()?;
    let mut select = connection.prepare("SELECT seq, cid FROM event ORDER BY seq")?;
    let log = select.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)))?;
    let (seqs, cids): (Vec<i64>, Vec<String>) = log.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().unzip();
    let is_dense = seqs.into_iter().eq(1..=head.unwrap_or(0));
    if is_dense { Ok(cids) } else { Err(format!("the seqs are not 1 to {head:?}").into()) }
}

/// Whether the database has a shape yet. An error is what is there by halves.
fn is_shaped(connection: &Connection) -> Result<bool, Box<dyn Error>> {
    let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    let number = |select| connection.query_row(select, [], |row| row.get::<_, i64>(0));
    let is_shaped = number("PRAGMA user_version")? > 0;
    let halves = number(if is_shaped { HALF_DELETED } else { "SELECT count(*) FROM sqlite_schema" })?;
    if check == "ok" && halves == 0 { Ok(is_shaped) } else { Err(format!("{check}, {halves} by halves").into()) }
}

impl Outcome {
    fn add(&mut self, at: usize, promised: &[Ack], log: Result<Vec<String>, Box<dyn Error>>) {
        self.cuts += 1;
        self.acks += promised.len();
        let wrong = match log {
            Ok(log) => {
                let is_there = |ack: &Ack| log.get(ack.seq as usize - 1).is_some_and(|cid| cid == ack.cid.as_str());
                let lost = promised.iter().filter(|ack| !is_there(ack)).count();
                self.lost += lost;
                (lost > 0).then(|| format!("{lost} of {} acks are lost", promised.len()))
            }
            Err(damage) => {
                self.damaged += 1;
                Some(damage.to_string())
            }
        };
        self.first = self.first.take().or(wrong.map(|wrong| format!("cut behind step {at}: {wrong}")));
    }
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}
