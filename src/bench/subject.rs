//! The server that is measured, and how what is found is told.

use clap::Args;

use super::dialect::Dialect;
use super::process::Process;
use super::target::Target;

/// Which server, and how.
#[derive(Debug, Args)]
pub struct Subject {
    /// The server
    #[arg(long, default_value = "http://127.0.0.1:3000")]
    pub url: Target,
    /// How it is spoken to
    #[arg(long, default_value = "plain")]
    pub dialect: Dialect,
    /// Its process, to tell what it cost
    #[arg(long)]
    pid: Option<u32>,
    /// Tell what was found as JSON
    #[arg(long)]
    pub json: bool,
}

impl Subject {
    /// Its process, where that is known.
    pub fn process(&self) -> Option<Process> {
        self.pid.map(Process::of)
    }
}
