//! One page per kind of address.

pub mod about;
pub mod account;
pub mod admin;
mod ban;
mod deed;
mod forms;
mod invite;
mod log_in;
pub mod mentions;
pub mod message;
pub mod notice;
pub mod room;
pub mod rooms;
pub mod search;
mod settings;
pub mod sheet;
mod sign_up;
