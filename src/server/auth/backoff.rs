//! How often one may try to log in: guessing is slowed down, and nobody is locked out by somebody else.
//!
//! Failures are counted twice. Once for a name as it is tried from one network: whoever guesses at a name from elsewhere
//! delays nobody but themselves. And once for a network over all names, for those who try one password of many people
//! each. How many hashes are made at all is bounded by [`super::password`].
//!
//! Nothing here knows who exists: a name that nobody has is counted and delayed as every other.
//!
//! What is remembered is bounded. To make the server forget one's own failures, one has to push them out with failures of
//! half as many other names or networks as it remembers. Each of these costs a hash, and one network has no more than a
//! few hundred an hour: it takes a hundred networks, and whoever has those has a few free tries from each of them anyway.

use std::hash::Hash;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use super::address::{network, site};
use crate::protocol::ids::PersonId;
use crate::server::error::Error;
use crate::server::recent::Recent;

/// Failures of one name from one network that cost nothing: people mistype.
const FREE: u32 = 5;
/// The wait after the next one; each failure more doubles it.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// Time without a failure after which all is forgotten.
const MEMORY: Duration = Duration::from_secs(60 * 60);
/// Failures of one network over all names that cost nothing.
const FREE_OF_SITE: u32 = 50;
/// Time after which a network is forgiven one of them.
const FORGIVEN_EVERY: Duration = Duration::from_secs(10);
/// Names from networks that are remembered.
const PAIRS: usize = 1 << 16;
/// Networks that are remembered.
const SITES: usize = 1 << 14;

/// Who failed to log in lately.
pub struct Backoff {
    memory: Mutex<Memory>,
}

struct Memory {
    pairs: Recent<Failures>,
    /// When all failures of a network will be forgiven. Nothing is counted where addresses say nothing.
    sites: Option<Recent<Instant>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Failures {
    count: u32,
    last: Instant,
}

/// A try that has begun. It counts as failed from the start, else a hundred at once would each be the first; dropped, it
/// stays that.
#[must_use = "a try that is dropped at once has failed"]
pub struct Attempt<'a> {
    backoff: &'a Backoff,
    pair: Pair,
    /// None where no network is charged.
    site: Option<IpAddr>,
    before: Option<Failures>,
    counted: Failures,
}

/// A name's likeness, and the network that it is tried from.
type Pair = (String, IpAddr);

impl Backoff {
    /// Where all people come through one proxy (`by_address` is false), nothing is counted for a network over all names.
    pub fn new(by_address: bool) -> Self {
        let pairs = Recent::with_room_for(PAIRS);
        let sites = by_address.then(|| Recent::with_room_for(SITES));
        Self { memory: Mutex::new(Memory { pairs, sites }) }
    }

    /// Begins a try to log in under a name of this likeness; or says when one may.
    pub fn attempt(&self, likeness: &str, from: IpAddr) -> Result<Attempt<'_>, Error> {
        self.begin((likeness.to_owned(), network(from)), Some(site(from)))
    }

    /// The same for one who has a session of this person and is to say their password again: by who they are, whatever they
    /// are called, and by no address, so that whoever got hold of a session guesses no faster from many places, and delays
    /// nobody else.
    pub fn attempt_of(&self, person: &PersonId) -> Result<Attempt<'_>, Error> {
        // No likeness begins with a blank.
        self.begin((format!(" {person}"), Ipv4Addr::UNSPECIFIED.into()), None)
    }

    fn begin(&self, pair: Pair, site: Option<IpAddr>) -> Result<Attempt<'_>, Error> {
        let now = Instant::now();
        let mut memory = self.memory.lock();
        let before = memory.failures(&pair, now);
        let wait = before
            .map_or(Duration::ZERO, |before| before.wait(now))
            .max(site.map_or(Duration::ZERO, |site| memory.wait_of_site(site, now)));
        if !wait.is_zero() {
            return Err(Error::too_fast(wait));
        }
        let counted = Failures { count: before.map_or(0, |before| before.count).saturating_add(1), last: now };
        memory.pairs.set(&pair, counted);
        site.iter().for_each(|site| memory.charge(*site, now));
        Ok(Attempt { backoff: self, pair, site, before, counted })
    }

    /// Forget those that failed long ago.
    pub fn forget_idle(&self) {
        let now = Instant::now();
        let mut memory = self.memory.lock();
        memory.pairs.keep_only(|failures| !failures.is_forgotten(now));
        if let Some(sites) = &mut memory.sites {
            sites.keep_only(|forgiven| *forgiven > now);
        }
    }
}

impl Attempt<'_> {
    /// It was the right password: the name's failures are forgotten. The network's others stay, or one's own account would
    /// be the way to have them forgiven.
    pub fn succeeded(self) {
        let mut memory = self.backoff.memory.lock();
        memory.pairs.forget(&self.pair);
        self.site.iter().for_each(|site| memory.give_back(*site));
    }

    /// The password was not looked at, so nothing has failed.
    pub fn undone(self) {
        let mut memory = self.backoff.memory.lock();
        let now = memory.pairs.get(&self.pair);
        let rest = match now {
            Some(now) if now == self.counted => self.before,
            // Others have failed meanwhile.
            now => now.map(|now| Failures { count: now.count.saturating_sub(1), ..now }),
        };
        match rest {
            Some(rest) => memory.pairs.set(&self.pair, rest),
            None => memory.pairs.forget(&self.pair),
        }
        self.site.iter().for_each(|site| memory.give_back(*site));
    }
}

impl Memory {
    fn failures(&self, pair: &impl Hash, now: Instant) -> Option<Failures> {
        self.pairs.get(pair).filter(|failures| !failures.is_forgotten(now))
    }

    fn wait_of_site(&self, site: IpAddr, now: Instant) -> Duration {
        let forgiven = self.sites.as_ref().and_then(|sites| sites.get(&site));
        let debt = forgiven.map_or(Duration::ZERO, |forgiven| forgiven.saturating_duration_since(now));
        debt.saturating_sub(FORGIVEN_EVERY * (FREE_OF_SITE - 1))
    }

    fn charge(&mut self, site: IpAddr, now: Instant) {
        if let Some(sites) = &mut self.sites {
            let forgiven = sites.get(&site).map_or(now, |forgiven| forgiven.max(now));
            sites.set(&site, forgiven + FORGIVEN_EVERY);
        }
    }

    fn give_back(&mut self, site: IpAddr) {
        if let Some(sites) = &mut self.sites
            && let Some(forgiven) = sites.get(&site)
        {
            sites.set(&site, forgiven - FORGIVEN_EVERY);
        }
    }
}

impl Failures {
    fn wait(&self, now: Instant) -> Duration {
        (self.last + wait_after(self.count)).saturating_duration_since(now)
    }

    fn is_forgotten(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.last) >= MEMORY
    }
}

fn wait_after(failures: u32) -> Duration {
    match failures.checked_sub(FREE) {
        None => Duration::ZERO,
        Some(more) => FIRST_WAIT.saturating_mul(1 << more.min(16)).min(LONGEST_WAIT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    const HOME: &str = "192.0.2.1";
    const ELSEWHERE: &str = "198.51.100.7";

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    /// Tries and fails; answers with the wait in milliseconds where it may not even try.
    fn fail(backoff: &Backoff, name: &str, from: &str) -> Result<(), u64> {
        match backoff.attempt(name, ip(from)) {
            Ok(attempt) => {
                drop(attempt);
                Ok(())
            }
            Err(Error::TooFast { after_ms }) => Err(after_ms),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn five_are_free_and_then_each_waits_twice_as_long() {
        let backoff = Backoff::new(true);
        for _ in 0..5 {
            assert_eq!(fail(&backoff, "ana", HOME), Ok(()));
        }
        for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900] {
            assert_eq!(fail(&backoff, "ana", HOME), Err(seconds * 1_000));
            advance(Duration::from_millis(seconds * 1_000 - 1)).await;
            assert_eq!(fail(&backoff, "ana", HOME), Err(1), "to ask too early makes it no longer");
            advance(Duration::from_millis(1)).await;
            assert_eq!(fail(&backoff, "ana", HOME), Ok(()));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_guesses_delays_nobody_elsewhere() {
        let backoff = Backoff::new(true);
        while fail(&backoff, "ana", ELSEWHERE).is_ok() {}
        assert_eq!(fail(&backoff, "ana", HOME), Ok(()), "Ana herself");
        assert_eq!(fail(&backoff, "ben", ELSEWHERE), Ok(()), "somebody else beside the one who guesses");
    }

    #[tokio::test(start_paused = true)]
    async fn a_hundred_at_once_are_not_each_the_first() {
        let backoff = Backoff::new(true);
        let begun: Vec<_> = (0..100).filter_map(|_| backoff.attempt("ana", ip(HOME)).ok()).collect();
        assert_eq!(begun.len(), FREE as usize);
    }

    #[tokio::test(start_paused = true)]
    async fn the_right_password_makes_all_well() {
        let backoff = Backoff::new(true);
        for _ in 0..3 {
            for _ in 0..4 {
                assert_eq!(fail(&backoff, "ana", HOME), Ok(()));
            }
            backoff.attempt("ana", ip(HOME)).expect("the fifth").succeeded();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn after_an_hour_all_is_forgotten() {
        for (pause, free) in [(MEMORY - Duration::from_millis(1), false), (MEMORY, true)] {
            let backoff = Backoff::new(true);
            for _ in 0..5 {
                assert_eq!(fail(&backoff, "ana", HOME), Ok(()));
            }
            advance(pause).await;
            assert_eq!(fail(&backoff, "ana", HOME), Ok(()), "its second is over by far");
            assert_eq!(fail(&backoff, "ana", HOME).is_ok(), free);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_not_looked_at_has_not_failed() {
        let backoff = Backoff::new(true);
        for _ in 0..200 {
            backoff.attempt("ana", ip(HOME)).expect("nothing failed").undone();
        }
        let (one, other) = (backoff.attempt("ana", ip(HOME)), backoff.attempt("ana", ip(HOME)));
        one.expect("free").undone();
        drop(other.expect("free"));
        for _ in 0..4 {
            assert_eq!(fail(&backoff, "ana", HOME), Ok(()));
        }
        assert_eq!(fail(&backoff, "ana", HOME), Err(1_000), "five have failed, among those that have not");
        advance(Duration::from_secs(1)).await;
        backoff.attempt("ana", ip(HOME)).expect("it is time").undone();
        backoff.attempt("ana", ip(HOME)).expect("it still is").undone();
    }

    #[tokio::test(start_paused = true)]
    async fn one_network_fails_fifty_times_over_all_names() {
        let backoff = Backoff::new(true);
        for number in 0..50 {
            assert_eq!(fail(&backoff, &format!("name {number}"), "2001:db8:0:1::1"), Ok(()));
        }
        assert_eq!(fail(&backoff, "one more", "2001:db8:0:2::1"), Err(10_000), "a network of the same site");
        assert_eq!(fail(&backoff, "one more", "2001:db8:0:100::1"), Ok(()), "another site");
        advance(FORGIVEN_EVERY).await;
        assert_eq!(fail(&backoff, "one more", "2001:db8:0:1::1"), Ok(()));
        assert_eq!(fail(&backoff, "and another", "2001:db8:0:1::1"), Err(10_000));
    }

    #[tokio::test(start_paused = true)]
    async fn an_account_of_ones_own_forgives_no_failures_at_others() {
        let backoff = Backoff::new(true);
        for number in 0..49 {
            assert_eq!(fail(&backoff, &format!("name {number}"), HOME), Ok(()));
            backoff.attempt("mallory", ip(HOME)).expect("a place").succeeded();
        }
        assert_eq!(fail(&backoff, "the last", HOME), Ok(()));
        assert_eq!(fail(&backoff, "one more", HOME), Err(10_000));
    }

    #[tokio::test(start_paused = true)]
    async fn behind_a_proxy_names_alone_count() {
        let backoff = Backoff::new(false);
        for number in 0..1_000 {
            assert_eq!(fail(&backoff, &format!("name {number}"), HOME), Ok(()));
        }
        for _ in 1..5 {
            assert_eq!(fail(&backoff, "name 1", HOME), Ok(()));
        }
        assert_eq!(fail(&backoff, "name 1", HOME), Err(1_000));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_remembered_is_bounded_and_ones_own_failures_are_not_pushed_out_cheaply() {
        let backoff = Backoff::new(true);
        for _ in 0..5 {
            assert_eq!(fail(&backoff, "ana", HOME), Ok(()));
        }
        let others = |from: u32, to: u32| {
            for number in from..to {
                let from = IpAddr::from((0x0A00_0000 + number).to_be_bytes());
                drop(backoff.attempt("ana", from).expect("another network"));
            }
        };
        let half = PAIRS as u32 / 2;
        others(0, half - 5);
        assert_eq!(fail(&backoff, "ana", HOME), Err(1_000), "still known");
        others(half, 4 * half);
        let memory = backoff.memory.lock();
        assert!(memory.pairs.count() <= PAIRS, "{}", memory.pairs.count());
        let sites = memory.sites.as_ref().expect("they are counted").count();
        assert!(sites <= SITES, "{sites}");
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_kept_of_those_who_stopped() {
        let backoff = Backoff::new(true);
        for number in 0..50 {
            assert_eq!(fail(&backoff, &format!("name {number}"), HOME), Ok(()));
        }
        advance(MEMORY).await;
        backoff.forget_idle();
        let memory = backoff.memory.lock();
        assert_eq!((memory.pairs.count(), memory.sites.as_ref().expect("they are counted").count()), (0, 0));
    }
}
