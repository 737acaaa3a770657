//! One sweep for all connections: a sign of life from each in every period, and an end to those that gave none.

use std::time::Duration;

use tokio::time::MissedTickBehavior;

use crate::protocol::limits;
use crate::server::fanout::{Notice, Registry};
use crate::server::state::Shared;

/// The time between two ticks: a period has as many as the registry has slots.
pub const TICK: Duration = Duration::from_millis(limits::PING_MS / Registry::SLOTS as u64);

/// Ticks after which a heartbeat counts as not answered.
const ANSWER_TICKS: u64 = limits::PONG_MS * Registry::SLOTS as u64 / limits::PING_MS;

/// Beats until it is dropped.
pub async fn beat_for_ever(state: Shared, tick: Duration) {
    let mut ticks = tokio::time::interval(tick);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let now = state.hub.registry.advance();
        beat(&state.hub.registry, now);
        state.hub.tell_presence();
        if now.is_multiple_of(Registry::SLOTS as u64) {
            state.guard.rates.forget_idle();
        }
    }
}

/// One tick: those of one slot are asked, those that were asked [`ANSWER_TICKS`] ago must have been heard since.
fn beat(registry: &Registry, now: u64) {
    let asked = now.saturating_sub(ANSWER_TICKS);
    for conn in registry.slot_at(asked) {
        if conn.heard() < asked {
            conn.notify(Notice::Dead);
        }
    }
    for conn in registry.slot_at(now) {
        conn.notify(Notice::Beat);
    }
}
