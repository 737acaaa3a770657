//! The rules of the chat: no HTTP, no SQL. Take a proof, then store, then fan out.

pub mod accounts;
pub mod marking;
pub mod members;
pub mod messages;
pub mod moderation;
pub mod names;
pub mod reading;
pub mod rooms;
pub mod search;
pub mod sessions;
pub mod settings;
pub mod writer;
