//! What the server counts since its start, for those who watch over it.

pub mod lately;

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
/// Messages among them.
pub static POSTS: Counter = Counter::new("banter_posts_total", "Messages among them.");
/// Events that were given to those who follow, one for each of them.
pub static DELIVERIES: Counter =
    Counter::new("banter_deliveries_total", "Events given to those who follow, one for each of them.");
/// People who came in with their password.
pub static LOG_INS: Counter = Counter::new("banter_log_ins_total", "People who came in with their password.");
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

const COUNTERS: [&Counter; 9] = [
    &COMMITS,
    &COMMITTED_EVENTS,
    &POSTS,
    &DELIVERIES,
    &LOG_INS,
    &UNKNOWN_COMMITS,
    &SLOW_READERS,
    &NO_SEAT,
    &FROM_THE_FUTURE,
];

/// What is not counted here, but known where it happens.
#[derive(Debug, Clone, Copy, Default)]
pub struct Gauges {
    /// Open sockets.
    pub connections: usize,
    /// People who have one.
    pub people: usize,
    /// Passwords that were hashed since the start.
    pub hashed: u64,
}

/// One number and what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// By which Prometheus knows it.
    pub name: &'static str,
    /// What it says.
    pub help: &'static str,
    /// Whether it only grows.
    pub grows: bool,
    /// How much it is now.
    pub value: u64,
}

impl Gauges {
    fn figures(self) -> [Figure; 3] {
        let gauge = |name, help, value: usize| Figure { name, help, grows: false, value: value as u64 };
        [
            gauge("banter_connections", "Open sockets.", self.connections),
            gauge("banter_people", "People who are connected.", self.people),
            Figure {
                name: "banter_password_hashes_total",
                help: "Passwords that were hashed or looked at.",
                grows: true,
                value: self.hashed,
            },
        ]
    }
}

impl Counter {
    const fn new(name: &'static str, help: &'static str) -> Self {
        Self { name, help, count: AtomicU64::new(0) }
    }

    fn figure(&self) -> Figure {
        Figure { name: self.name, help: self.help, grows: true, value: self.value() }
    }

    fn value(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// So many more.
    pub fn add(&self, count: u64) {
        self.count.fetch_add(count, Ordering::Relaxed);
    }
}

/// Everything that is known, as it is now.
pub fn figures(gauges: Gauges) -> Vec<Figure> {
    let counted = COUNTERS.iter().map(|counter| counter.figure());
    counted.chain(gauges.figures()).collect()
}

/// The same in the text format of Prometheus.
pub fn text(gauges: Gauges) -> String {
    let mut text = String::new();
    for Figure { name, help, grows, value } in figures(gauges) {
        let kind = if grows { "counter" } else { "gauge" };
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}");
    }
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
        assert_eq!(APPLES.value(), 5);
        let text = text(Gauges { connections: 7, people: 5, hashed: 3 });
        assert!(text.contains("# TYPE banter_commits_total counter\nbanter_commits_total "), "{text}");
        assert!(text.contains("# TYPE banter_connections gauge\nbanter_connections 7\n"), "{text}");
        assert!(text.contains("\nbanter_people 5\n"), "{text}");
        assert!(
            text.ends_with("# TYPE banter_password_hashes_total counter\nbanter_password_hashes_total 3\n"),
            "{text}"
        );
    }
}
