//! The parts of a page. They show what [`super::state`] knows and know nothing themselves.

pub mod body;
pub mod composer;
pub mod connection;
pub mod menu;
pub mod message;
pub mod message_list;
pub mod piece;
pub mod places;
pub mod who_am_i;
