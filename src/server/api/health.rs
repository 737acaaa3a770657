//! For those who watch over the server.

use axum::extract::State;

use crate::server::chat::rooms;
use crate::server::error::Error;
use crate::server::state::Shared;

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
