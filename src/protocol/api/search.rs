//! REST: messages that were looked for.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::protocol::event::Event;
use crate::protocol::ids::{Number, RoomKey};

/// `GET /search`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// What is looked for: words, phrases in quotes, `from:`, `in:`, `before:`, `after:`. Whatever it is, it is no error.
    #[serde(default)]
    pub q: String,
    /// Only in this room.
    pub room: Option<RoomKey>,
    /// Where an earlier answer said that it goes on.
    pub older_than: Option<Number>,
    /// At most so many, and at most [`crate::protocol::limits::LIST`].
    pub limit: Option<usize>,
}

/// Answer of `GET /search`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hits {
    /// The newest first.
    pub hits: Vec<Hit>,
    /// There may be more.
    pub more: bool,
    /// Where it goes on: for `older_than`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next: Option<u64>,
    /// Not everything that was said is searched yet.
    pub behind: bool,
}

/// A message, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hit {
    /// In which room.
    pub room: RoomKey,
    /// The message as it stands now.
    #[serde(flatten)]
    pub event: Event,
}
