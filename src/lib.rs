//! Banter: real-time chat that you run yourself. One crate, built twice: as the server, and as the page's app in wasm.
//!
//! - [`protocol`]: what both ends must agree on. Plain data and pure functions; names nothing of the others.
//! - [`server`]: keeps the rooms, serves the page, carries the messages. Names `protocol`, never the page.
//! - [`ui`]: the page. Names `protocol`, never the server.
//! - [`words`]: all that is said to people, in every language. Names nothing of the others.
//!
//! `main.rs` is where server, store and page meet. `ARCHITECTURE.md` walks one message through all of it.

// A page is one type, of all that is on it.
#![recursion_limit = "256"]

pub mod protocol;
#[cfg(feature = "ssr")]
pub mod server;
pub mod ui;
pub mod words;

/// What the page calls once the wasm is there: brings it to life.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    ui::hydrate();
}
