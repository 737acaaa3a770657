//! How much of what is counted came in the last minute: the counters are looked at once a second, and what they said is kept
//! for as long.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::time::sleep;

use super::{COMMITS, Counter, DELIVERIES, LOG_INS, POSTS};

/// How often they are looked at.
const EVERY: Duration = Duration::from_secs(1);
/// How far back it reaches, in seconds.
const MINUTE: u64 = 60;
/// Looks that are kept: one a second, and the one before them.
const LOOKS: usize = MINUTE as usize + 1;

/// A counter, and in what it is told.
struct Watched {
    counter: &'static Counter,
    says: &'static str,
    /// So many of that time are in a minute.
    in_a_minute: f64,
}

const WATCHED: [Watched; 4] = [
    Watched { counter: &POSTS, says: "Messages a second", in_a_minute: 60.0 },
    Watched { counter: &DELIVERIES, says: "Deliveries a second", in_a_minute: 60.0 },
    Watched { counter: &COMMITS, says: "Transactions a second", in_a_minute: 60.0 },
    Watched { counter: &LOG_INS, says: "Log-ins a minute", in_a_minute: 1.0 },
];

/// How much of something there is in a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Of what, and in which time.
    pub says: &'static str,
    /// How much, as it was on average in the last minute.
    pub value: f64,
}

type Counts = [u64; WATCHED.len()];

/// What was counted at the last looks, the oldest first.
struct Lately(VecDeque<(Instant, Counts)>);

/// One for the process, as the counters are.
static LATELY: Mutex<Lately> = Mutex::new(Lately(VecDeque::new()));

/// Looks, until it is dropped.
pub async fn look_for_ever() {
    loop {
        LATELY.lock().look(Instant::now(), counts());
        sleep(EVERY).await;
    }
}

/// How it goes.
pub fn rates() -> Vec<Rate> {
    let came = LATELY.lock().came(Instant::now(), counts());
    let rate = |(watched, came): (&Watched, f64)| Rate { says: watched.says, value: came / watched.in_a_minute };
    WATCHED.iter().zip(came).map(rate).collect()
}

fn counts() -> Counts {
    WATCHED.each_ref().map(|watched| watched.counter.value())
}

impl Lately {
    /// However many look, it reaches as far back.
    fn look(&mut self, now: Instant, counts: Counts) {
        if self.0.back().is_some_and(|(last, _)| now.duration_since(*last) < EVERY) {
            return;
        }
        if self.0.len() >= LOOKS {
            self.0.pop_front();
        }
        self.0.push_back((now, counts));
    }

    /// What came in a minute. Before the start nothing did: what is younger than a minute is held against a whole one.
    fn came(&self, now: Instant, counts: Counts) -> [f64; WATCHED.len()] {
        let ago = |at: &Instant| now.duration_since(*at).as_secs();
        let a_minute_ago = self.0.iter().rev().find(|(at, _)| ago(at) >= MINUTE).or(self.0.front());
        let (seconds, before) = a_minute_ago.map_or_else(Default::default, |(at, before)| (ago(at), *before));
        let part_of_it = MINUTE as f64 / seconds.max(MINUTE) as f64;
        std::array::from_fn(|n| counts[n].saturating_sub(before[n]) as f64 * part_of_it)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counters that grow by so much a second, looked at for so long.
    fn after(seconds: u64, a_second: Counts) -> (Lately, Instant, Counts) {
        let (mut lately, start) = (Lately(VecDeque::new()), Instant::now());
        let counts = |second: u64| a_second.map(|n| n * second);
        (0..=seconds).for_each(|second| lately.look(start + EVERY * second as u32, counts(second)));
        (lately, start + EVERY * seconds as u32, counts(seconds))
    }

    #[test]
    fn what_came_in_the_last_minute_counts_and_nothing_before_it() {
        let (lately, now, counts) = after(1_000, [3, 100, 1, 0]);
        assert_eq!(lately.came(now, counts), [180.0, 6_000.0, 60.0, 0.0]);
        let later = now + EVERY * 60;
        assert_eq!(lately.came(later, counts), [0.0; 4], "a minute later it is quiet");
        assert_eq!(lately.0.len(), LOOKS, "however long it runs");
    }

    #[test]
    fn before_the_start_nothing_came() {
        let (lately, now, counts) = after(10, [6, 0, 0, 1]);
        assert_eq!(lately.came(now, counts), [60.0, 0.0, 0.0, 10.0]);
        assert_eq!(Lately(VecDeque::new()).came(now, [7, 0, 0, 0]), [7.0, 0.0, 0.0, 0.0], "nobody looked yet");
    }

    #[test]
    fn who_looks_too_often_or_too_seldom_does_not_bend_it() {
        let (mut lately, now, counts) = after(100, [2, 0, 0, 0]);
        (0..1_000).for_each(|n| lately.look(now + Duration::from_micros(n), counts));
        assert_eq!(lately.came(now, counts)[0], 120.0);
        let later = now + EVERY * 120;
        assert_eq!(lately.came(later, counts.map(|n| 2 * n))[0], 100.0, "200 in two minutes");
    }
}
