//! One page per kind of address.

pub mod notice;
pub mod room;
pub mod sheet;
