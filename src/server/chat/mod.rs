//! The rules of the chat: no HTTP, no SQL. Take a proof, then store, then fan out.

pub mod accounts;
pub mod messages;
pub mod names;
pub mod rooms;
pub mod writer;
