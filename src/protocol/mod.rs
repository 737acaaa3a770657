//! What both ends must agree on: plain data and pure functions.
//!
//! Nothing here does IO, knows a feature flag, or names another part of Banter. The server and the browser compile the
//! same code, so a message is read, checked and folded in one way only.

pub mod api;
pub mod calls;
pub mod event;
pub mod ids;
pub mod limits;
pub mod markup;
mod object;
pub mod outbox;
pub mod page;
pub mod power;
mod schema;
pub mod search;
pub mod texts;
pub mod timeline;
pub mod wire;
