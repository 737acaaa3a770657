//! How fast one may go: token buckets by person and by address.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::auth::network;
use super::config::Config;
use super::error::Error;
use crate::protocol::ids::PersonId;

/// How many seconds' worth may come at once.
const BURST: u32 = 4;
/// How many times one may ask for history for each handshake that one may make: a returning client asks for each of a few
/// rooms, and each answer is a heavy one.
const ASKS_A_DOOR: u32 = 4;

/// The buckets of this node.
pub struct Rates {
    posts: Option<Buckets<PersonId>>,
    doors: Option<Buckets<IpAddr>>,
    asks: Option<Buckets<IpAddr>>,
}

impl Rates {
    /// As configured; a rate of 0 is no limit.
    pub fn new(config: &Config) -> Self {
        Self {
            posts: Buckets::new(config.post_rate),
            doors: Buckets::new(config.connect_rate),
            asks: Buckets::new(config.connect_rate.saturating_mul(ASKS_A_DOOR)),
        }
    }

    /// One message of this person.
    pub fn post(&self, person: &PersonId) -> Result<(), Error> {
        self.posts.as_ref().map_or(Ok(()), |buckets| buckets.take(person))
    }

    /// One handshake, or one new guest, from this address. All of an IPv6 network's addresses are one: whoever has one has
    /// 2^64 of them.
    pub fn door(&self, address: IpAddr) -> Result<(), Error> {
        self.doors.as_ref().map_or(Ok(()), |buckets| buckets.take(&network(address)))
    }

    /// One request for history over a socket, from this address.
    pub fn ask(&self, address: IpAddr) -> Result<(), Error> {
        self.asks.as_ref().map_or(Ok(()), |buckets| buckets.take(&network(address)))
    }

    /// Forget the buckets that are full again.
    pub fn forget_idle(&self) {
        if let Some(posts) = &self.posts {
            posts.limiter.retain_recent();
        }
        for addresses in [&self.doors, &self.asks].into_iter().flatten() {
            addresses.limiter.retain_recent();
        }
    }
}

struct Buckets<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    clock: DefaultClock,
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    fn new(a_second: u32) -> Option<Self> {
        let rate = NonZeroU32::new(a_second)?;
        let quota = Quota::per_second(rate).allow_burst(rate.saturating_mul(NonZeroU32::new(BURST)?));
        Some(Self { limiter: RateLimiter::keyed(quota), clock: DefaultClock::default() })
    }

    fn take(&self, key: &K) -> Result<(), Error> {
        self.limiter.check_key(key).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            Error::TooFast { after_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).saturating_add(1) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count_until_refused(mut take: impl FnMut() -> Result<(), Error>) -> u32 {
        (0..).take_while(|_| take().is_ok()).count() as u32
    }

    #[test]
    fn four_seconds_worth_may_come_at_once() {
        let buckets = Buckets::new(5).expect("a limit");
        let passed = count_until_refused(|| buckets.take(&"ana"));
        assert!((20..=21).contains(&passed), "a burst of 20, and perhaps one more that time has given: {passed}");
        assert!(buckets.take(&"ben").is_ok(), "everybody has a bucket of their own");
        assert!(matches!(buckets.take(&"ana"), Err(Error::TooFast { after_ms: 1..=201 })));
    }

    #[test]
    fn nought_is_no_limit() {
        assert!(Buckets::<u8>::new(0).is_none());
    }
}
