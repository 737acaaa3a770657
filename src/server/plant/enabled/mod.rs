//! The bug that `BANTER_PLANT` names, and the echo.

mod echo;

use std::sync::LazyLock;

use axum::Router;
use axum::routing::get;

use super::Bug;
use crate::server::state::Shared;

static PLANTED: LazyLock<Option<Bug>> = LazyLock::new(|| {
    let name = std::env::var("BANTER_PLANT").ok()?;
    let bug = BUGS.iter().find(|(known, _)| *known == name).map(|(_, bug)| *bug);
    tracing::warn!(name, known = bug.is_some(), "a bug is planted");
    bug
});

const BUGS: [(&str, Bug); 14] = [
    ("ack-before-commit", Bug::AckBeforeCommit),
    ("synchronous-off", Bug::SynchronousOff),
    ("no-dedupe", Bug::NoDedupe),
    ("fanout-drops", Bug::FanoutDrops),
    ("read-then-attach", Bug::ReadThenAttach),
    ("resume-off-by-one", Bug::ResumeOffByOne),
    ("resume-ignores-epoch", Bug::ResumeIgnoresEpoch),
    ("deleted-body-served", Bug::DeletedBodyServed),
    ("seq-before-commit", Bug::SeqBeforeCommit),
    ("slow-drops", Bug::SlowDrops),
    ("nack-commits", Bug::NackCommits),
    ("power-at-the-door-only", Bug::PowerAtTheDoorOnly),
    ("session-outlives-its-end", Bug::SessionOutlivesItsEnd),
    ("banned-still-hear", Bug::BannedStillHear),
];

/// Addresses of the proofs.
pub fn routes() -> Router<Shared> {
    Router::new().route("/proving/echo", get(echo::echo))
}

/// Whether a bug is planted.
pub fn is(bug: Bug) -> bool {
    *PLANTED == Some(bug)
}
