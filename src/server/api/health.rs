//! For those who watch over the server.

use axum::extract::State;
use axum::http::HeaderMap;

use crate::server::auth::ClientAddress;
use crate::server::chat::rooms;
use crate::server::error::Error;
use crate::server::metrics;
use crate::server::state::Shared;

/// Headers by which a proxy says that it asks for somebody else, who need not be of this machine.
const FORWARDED: [&str; 3] = ["forwarded", "x-forwarded-for", "x-real-ip"];

/// `GET /healthz`: the process lives.
pub async fn alive() -> &'static str {
    "alive\n"
}

/// `GET /readyz`: it can serve; 503 while it goes, and while it cannot store.
pub async fn ready(State(state): State<Shared>) -> Result<&'static str, Error> {
    if state.hub.registry.is_draining() {
        return Err(Error::Unavailable);
    }
    if !state.writer.is_alive() {
        return Err(Error::Unavailable);
    }
    rooms::check(&state).await?;
    Ok("ready\n")
}

/// `GET /metrics`: counters in the text format of Prometheus, for this machine alone.
pub async fn metrics(State(state): State<Shared>, address: ClientAddress, headers: HeaderMap) -> Result<String, Error> {
    if !address.0.is_loopback() || FORWARDED.iter().any(|name| headers.contains_key(*name)) {
        return Err(Error::NotFound);
    }
    Ok(metrics::text(state.gauges()))
}
