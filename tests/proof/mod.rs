//! The proof that what is acknowledged is never lost, doubled or reordered, whatever happens to the server.

#[cfg(target_os = "linux")]
mod budgets;
mod checker;
pub mod clients;
mod dump;
mod faults;
mod history;
#[cfg(target_os = "linux")]
mod knocking;
mod outcasts;
mod planted;
#[cfg(target_os = "linux")]
mod power;
mod proxy;
mod races;
mod revocation;
mod scene;
pub mod server;
mod torture;
