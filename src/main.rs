//! The command line, and the one place where the server, its store and the page meet.

use std::process::ExitCode;
use std::sync::Arc;

use banter::server::config::Config;
use banter::server::state::AppState;
use banter::server::store::MemoryStore;
use banter::server::{self, telemetry};
use banter::ui;
use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

/// Real-time chat that you run yourself
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    config: Config,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the chat; also what is done without a command
    Serve(Config),
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    telemetry::start();
    let config = match cli.command {
        Some(Command::Serve(config)) => config,
        None => cli.config,
    };
    match serve(config).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(config: Config) -> Result<(), String> {
    let address = config.address();
    let listener = server::listen(address).map_err(|error| {
        format!("{address} cannot be listened on: {error}. Is Banter running already? PORT sets another port.")
    })?;
    let address = listener.local_addr().unwrap_or(address);
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(files) => tracing::debug!(files, "open files"),
        Err(error) => tracing::warn!(%error, "the limit of open files could not be raised"),
    }
    let mut terminated = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let mut interrupted = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
    let store = Arc::new(MemoryStore::default());
    let state = AppState::open(config, store, ui::render::page).await.map_err(|error| error.to_string())?;
    tracing::info!("Banter is at http://{address}");
    let stop = async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
    };
    server::run(listener, state, stop).await;
    Ok(())
}
