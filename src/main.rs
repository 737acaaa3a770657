//! The command line, and the one place where the server, its store and the page meet.

mod admin;
mod bench;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use admin::Admin;
use banter::server::config::Config;
use banter::server::state::AppState;
use banter::server::store::{self, SqliteStore};
use banter::server::{self, auth, telemetry};
use banter::ui;
use bench::Bench;
use clap::{Args, Parser, Subcommand};
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
    /// Copy everything to a file, as of one moment; a server may serve from the folder meanwhile
    Backup(Archive),
    /// Put a copy in the place of everything; no server may serve from the folder meanwhile. What it replaces is kept
    /// beside it
    Restore(Archive),
    /// Make people and give them power, also while a server serves from the folder
    #[command(subcommand)]
    Admin(Admin),
    /// Measure a running server
    #[command(subcommand)]
    Bench(Bench),
}

#[derive(Args)]
struct Archive {
    /// The copy
    file: PathBuf,
    /// Folder in which everything is kept
    #[arg(long, env = "BANTER_DATA", default_value = "data", value_name = "FOLDER")]
    data: PathBuf,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    telemetry::start();
    let done = match cli.command {
        Some(Command::Serve(config)) => serve(config),
        Some(Command::Backup(archive)) => backup(&archive),
        Some(Command::Restore(archive)) => restore(&archive),
        Some(Command::Admin(command)) => admin::run(command),
        Some(Command::Bench(bench)) => bench::run(bench),
        None => serve(cli.config),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
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
    let store = Arc::new(SqliteStore::open(&config.data).await.map_err(|error| error.to_string())?);
    let state = AppState::open(config, store, ui::render::page).await.map_err(|error| error.to_string())?;
    tracing::info!("Banter is at http://{address}");
    if let Some(code) = state.setup_code().await.map_err(|error| error.to_string())? {
        tracing::info!("Nobody owns it yet: whoever opens http://{address}/setup?code={code} first does");
    }
    let stop = async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
    };
    // As a task among those of the people who talk, not on the thread that only waits for them.
    tokio::spawn(server::run(listener, state, stop)).await.map_err(|error| error.to_string())
}

fn backup(archive: &Archive) -> Result<(), String> {
    store::backup(&archive.data, &archive.file).map_err(|error| error.to_string())?;
    tracing::info!("everything is copied to {}", archive.file.display());
    Ok(())
}

fn restore(archive: &Archive) -> Result<(), String> {
    let kept =
        store::restore(&archive.data, &archive.file, || auth::random_text(16)).map_err(|error| error.to_string())?;
    tracing::info!("everything is as it was in {}", archive.file.display());
    if let Some(kept) = kept {
        tracing::info!("what it replaced is kept in {}", kept.display());
    }
    Ok(())
}
