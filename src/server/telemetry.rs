//! Logs: for people on a terminal, as JSON for machines. Never a body, a token or a password.

use std::io::IsTerminal;

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt, registry};

/// What is logged where `RUST_LOG` does not say.
const DEFAULT: &str = "info";

/// Begins to log to standard error, as `RUST_LOG` says (`info`, `banter=debug`, ...).
pub fn start() {
    let wish = std::env::var("RUST_LOG").unwrap_or_else(|_| DEFAULT.to_owned());
    let (targets, misread) = match wish.parse::<Targets>() {
        Ok(targets) => (targets, None),
        Err(error) => (Targets::new().with_default(tracing::Level::INFO), Some(error)),
    };
    let layer = fmt::layer().with_writer(std::io::stderr);
    let layer = if std::io::stderr().is_terminal() {
        layer.with_target(false).boxed()
    } else {
        layer.with_ansi(false).json().flatten_event(true).boxed()
    };
    registry().with(layer.with_filter(targets)).init();
    if let Some(error) = misread {
        tracing::warn!(%error, "RUST_LOG cannot be read; logging at {DEFAULT}");
    }
}
