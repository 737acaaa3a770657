//! One page per kind of address.

pub mod account;
mod ban;
mod forms;
mod invite;
mod log_in;
pub mod notice;
pub mod places;
pub mod room;
mod settings;
pub mod sheet;
mod sign_up;
