//! What time it is. For people to read, and for what ends by itself; never for order.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::protocol::ids::Millis;

/// Now.
pub fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}

/// So many seconds from now; for ever without any.
pub fn in_seconds(seconds: Option<u64>) -> Millis {
    // Of what SQLite's numbers hold.
    seconds.map_or(i64::MAX as Millis, |seconds| now().saturating_add(seconds.saturating_mul(1_000)))
}
