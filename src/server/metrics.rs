//! What the server counts since its start, for those who watch over it.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

/// A number that only grows.
pub struct Counter {
    name: &'static str,
    help: &'static str,
    count: AtomicU64,
}

/// Transactions that are on the disk.
pub static COMMITS: Counter = Counter::new("banter_commits_total", "Transactions that are on the disk.");
/// Events in them: divided by the commits, how many share one wait for the disk.
pub static COMMITTED_EVENTS: Counter = Counter::new("banter_committed_events_total", "Events in them.");
/// Transactions of which it is not known whether they are on the disk.
pub static UNKNOWN_COMMITS: Counter =
    Counter::new("banter_unknown_commits_total", "Transactions of which it is not known whether they are on the disk.");
/// Connections that were closed because they read slower than the room spoke.
pub static SLOW_READERS: Counter =
    Counter::new("banter_slow_readers_total", "Connections closed because they read slower than the room spoke.");
/// Connections that were refused because there were too many: in all, from one address, or of one person.
pub static NO_SEAT: Counter =
    Counter::new("banter_refused_connections_total", "Connections refused because there were too many.");
/// Clients that have seen more of a room, in its present life, than there is: something that was acknowledged is gone.
pub static FROM_THE_FUTURE: Counter = Counter::new(
    "banter_clients_from_the_future_total",
    "Clients that have seen more of a room than there is: something that was acknowledged is gone.",
);

const COUNTERS: [&Counter; 6] =
    [&COMMITS, &COMMITTED_EVENTS, &UNKNOWN_COMMITS, &SLOW_READERS, &NO_SEAT, &FROM_THE_FUTURE];

impl Counter {
    const fn new(name: &'static str, help: &'static str) -> Self {
        Self { name, help, count: AtomicU64::new(0) }
    }

    /// So many more.
    pub fn add(&self, count: u64) {
        self.count.fetch_add(count, Ordering::Relaxed);
    }
}

/// All counters and how many are connected, in the text format of Prometheus.
pub fn text(connections: usize) -> String {
    let mut text = String::new();
    for Counter { name, help, count } in COUNTERS {
        let count = count.load(Ordering::Relaxed);
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} counter\n{name} {count}");
    }
    let _ = writeln!(
        text,
        "# HELP banter_connections Open sockets.\n# TYPE banter_connections gauge\nbanter_connections {connections}"
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_told() {
        static APPLES: Counter = Counter::new("apples_total", "Apples.");
        APPLES.add(2);
        APPLES.add(3);
        assert_eq!(APPLES.count.load(Ordering::Relaxed), 5);
        let text = text(7);
        assert!(text.contains("# TYPE banter_commits_total counter\nbanter_commits_total "), "{text}");
        assert!(text.ends_with("banter_connections 7\n"), "{text}");
    }
}
