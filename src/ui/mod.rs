//! The page: drawn by the server, brought to life in the browser.
//!
//! What it knows is in [`state`], a plain struct that is tested without a browser; components only show it.

mod changes;
mod components;
#[cfg(feature = "hydrate")]
mod hydrate;
mod keeping;
mod locks;
mod naming;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod render;
mod scroll;
mod socket;
pub mod state;
mod time;
mod writing;

#[cfg(feature = "hydrate")]
pub use hydrate::hydrate;
