//! Nothing is planted.

use axum::Router;

use super::Bug;
use crate::server::state::Shared;

/// Whether a bug is planted: never.
pub const fn is(_: Bug) -> bool {
    false
}

/// Addresses of the proofs: none.
pub fn routes() -> Router<Shared> {
    Router::new()
}
