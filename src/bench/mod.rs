//! `banter bench`: measures a running server from outside. It speaks only the public wire, and on one thread, so that the
//! server has the others.

mod blast;
mod crowd;
mod dialect;
mod durable;
mod echoed;
mod figures;
mod founders;
mod history;
mod idle;
mod open;
mod paced;
mod people;
mod process;
mod record;
mod rooms;
mod script;
mod sender;
mod socket;
mod storm;
mod subject;
mod target;

use clap::Subcommand;
use tokio::runtime::Builder;

/// What to measure.
#[derive(Debug, Subcommand)]
pub enum Bench {
    /// How many texts a second get to their receivers where everybody talks at once
    Blast(blast::Blast),
    /// How long a text takes to each of many receivers, at a rate that nothing slows down
    Open(open::Open),
    /// How long a text takes to those who are in its room, where there are many rooms
    Rooms(rooms::Rooms),
    /// What a connection costs that says nothing
    Idle(idle::Idle),
    /// How long it takes until a crowd that lost its connections is back and has missed nothing
    Storm(storm::Storm),
    /// How many posts a second are acknowledged, each on the disk by then, and how long one waits for that
    Durable(durable::Durable),
    /// Whether it takes longer to read a long room than a short one
    History(history::History),
}

/// Why nothing could be measured, or what was too slow.
type Fault = Box<dyn std::error::Error + Send + Sync>;
type Result<T> = std::result::Result<T, Fault>;

/// Measures, and prints what it finds.
pub fn run(bench: Bench) -> std::result::Result<(), String> {
    // As many connections as the system lets a process have; with fewer, the one that fails says so.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let measured = match bench {
        Bench::Blast(blast) => blast.measure(),
        Bench::Open(open) => open.measure(),
        Bench::Rooms(rooms) => runtime.block_on(rooms.measure()),
        Bench::Idle(idle) => runtime.block_on(idle.measure()),
        Bench::Storm(storm) => runtime.block_on(storm.measure()),
        Bench::Durable(durable) => runtime.block_on(durable.measure()),
        Bench::History(history) => runtime.block_on(history.measure()),
    };
    measured.map_err(|fault| fault.to_string())
}
