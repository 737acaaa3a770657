//! `banter bench`: measures a running server from outside. It speaks only the public wire, and on one thread, so that the
//! server has the others.

mod durable;
mod figures;
mod history;
mod sender;
mod socket;
mod target;

use clap::Subcommand;
use tokio::runtime::Builder;

/// What to measure.
#[derive(Debug, Subcommand)]
pub enum Bench {
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
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let measured = match bench {
        Bench::Durable(durable) => runtime.block_on(durable.measure()),
        Bench::History(history) => runtime.block_on(history.measure()),
    };
    measured.map_err(|fault| fault.to_string())
}
