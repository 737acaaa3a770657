//! How fast one may go: token buckets by person, by room and by address.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use parking_lot::Mutex;
use tokio::time::Instant;

use super::auth::backoff::Backoff;
use super::auth::network;
use super::config::Config;
use super::error::Error;
use super::recent::Recent;
use crate::protocol::ids::{PersonId, RoomKey};
use crate::protocol::limits;

/// How many seconds' worth may come at once.
const BURST: u32 = 4;
/// How many people's worth of messages and searches one address has: guests cost nothing, and must not add up.
const PEOPLE_AN_ADDRESS: u32 = 4;
/// How many times one may ask for history for each handshake that one may make: a returning client asks for each of a few
/// rooms, and each answer is a heavy one.
const ASKS_A_DOOR: u32 = 4;
/// How many handshakes one may make for each password that one may have looked at: no address alone fills the queue of the
/// hashing threads.
const DOORS_A_KNOCK: u32 = 10;
/// How many messages one may send for each search: a search reads much.
const POSTS_A_SEARCH: u32 = 5;
/// Reports of one person: somebody reads them.
const REPORT_EVERY: Duration = Duration::from_secs(10);
const REPORTS_AT_ONCE: NonZeroU32 = NonZeroU32::new(5).unwrap();
/// New rooms of one person: each is for ever, and those of people among themselves are everybody's who is in them.
const ROOM_EVERY: Duration = Duration::from_secs(20);
const ROOMS_AT_ONCE: NonZeroU32 = NonZeroU32::new(30).unwrap();
/// How many people's last messages in rooms with slow mode are remembered. Where more speak, some may speak again sooner.
const SLOW_ONES: usize = 1 << 16;

/// The buckets of this node.
pub struct Rates {
    posts: Crowd,
    rooms: Option<Buckets<RoomKey>>,
    searches: Crowd,
    reports: Option<Buckets<PersonId>>,
    new_rooms: Option<Buckets<PersonId>>,
    doors: Option<Buckets<IpAddr>>,
    asks: Option<Buckets<IpAddr>>,
    knocks: Option<Buckets<IpAddr>>,
    slow: Arc<Mutex<Recent<Instant>>>,
    /// Who failed to log in lately.
    pub logins: Backoff,
}

/// Somebody's turn to speak in a room with slow mode. It counts from the start, else two at once would each be the first;
/// dropped before something came of it, it is theirs again.
pub struct Turn {
    slow: Arc<Mutex<Recent<Instant>>>,
    room: RoomKey,
    person: PersonId,
    taken: bool,
}

impl Turn {
    /// They have spoken.
    pub fn take(mut self) {
        self.taken = true;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.taken {
            self.slow.lock().forget(&(&self.room, &self.person));
        }
    }
}

impl Rates {
    /// As configured; a rate of 0 is no limit. Without one for handshakes nothing is counted by address: all may come
    /// through one proxy.
    pub fn new(config: &Config) -> Self {
        let by_address = config.connect_rate > 0;
        let buckets = |rate: u32| a_second(rate).map(Buckets::new);
        let slowly = |every, at_once| {
            let quota = Quota::with_period(every).filter(|_| config.post_rate > 0);
            quota.map(|quota| Buckets::new(quota.allow_burst(at_once)))
        };
        Self {
            posts: Crowd::new(config.post_rate, by_address),
            rooms: a_second(config.room_rate).map(Buckets::new),
            searches: Crowd::new(config.post_rate.div_ceil(POSTS_A_SEARCH), by_address),
            reports: slowly(REPORT_EVERY, REPORTS_AT_ONCE),
            new_rooms: slowly(ROOM_EVERY, ROOMS_AT_ONCE),
            doors: buckets(config.connect_rate),
            asks: buckets(config.connect_rate.saturating_mul(ASKS_A_DOOR)),
            knocks: buckets(config.connect_rate.div_ceil(DOORS_A_KNOCK)),
            slow: Arc::new(Mutex::new(Recent::with_room_for(SLOW_ONES))),
            logins: Backoff::new(by_address),
        }
    }

    /// One act of this person in a room. The room's bucket comes last: what is refused anyway takes nothing from the others.
    pub fn post(&self, person: &PersonId, from: IpAddr, room: &RoomKey) -> Result<(), Error> {
        self.posts.take(Some(person), from)?;
        take(&self.rooms, room)
    }

    /// One change that a person makes to themselves: as a message of theirs.
    pub fn change(&self, person: &PersonId) -> Result<(), Error> {
        take(&self.posts.people, person)
    }

    /// One message of this person in a room whose slow mode lets everybody speak once in so many seconds; 0 is none. The
    /// seconds that count are those of now, also for what was said before they were changed.
    pub fn slow(&self, room: &RoomKey, person: &PersonId, seconds: u32) -> Result<Option<Turn>, Error> {
        if seconds == 0 {
            return Ok(None);
        }
        let (speaker, now) = ((room, person), Instant::now());
        let mut slow = self.slow.lock();
        let pause = Duration::from_secs(seconds.min(limits::SLOW_SECONDS).into());
        let wait = slow.get(&speaker).map_or(Duration::ZERO, |last| (last + pause).saturating_duration_since(now));
        if !wait.is_zero() {
            return Err(Error::too_fast(wait));
        }
        slow.set(&speaker, now);
        Ok(Some(Turn { slow: self.slow.clone(), room: room.clone(), person: person.clone(), taken: false }))
    }

    /// One search, by somebody or by a stranger.
    pub fn search(&self, person: Option<&PersonId>, from: IpAddr) -> Result<(), Error> {
        self.searches.take(person, from)
    }

    /// One report of this person.
    pub fn report(&self, person: &PersonId) -> Result<(), Error> {
        take(&self.reports, person)
    }

    /// One new room of this person.
    pub fn new_room(&self, person: &PersonId) -> Result<(), Error> {
        take(&self.new_rooms, person)
    }

    /// One handshake, or one new guest, from this address.
    pub fn door(&self, address: IpAddr) -> Result<(), Error> {
        take(&self.doors, &network(address))
    }

    /// One request for history over a socket, from this address.
    pub fn ask(&self, address: IpAddr) -> Result<(), Error> {
        take(&self.asks, &network(address))
    }

    /// One log-in or sign-up, right or wrong, from this address: each costs a hash.
    pub fn knock(&self, address: IpAddr) -> Result<(), Error> {
        take(&self.knocks, &network(address))
    }

    /// Forget the buckets that are full again, and what else has passed.
    pub fn forget_idle(&self) {
        self.posts.forget_idle();
        self.searches.forget_idle();
        forget_idle(&self.rooms);
        forget_idle(&self.new_rooms);
        forget_idle(&self.reports);
        [&self.doors, &self.asks, &self.knocks].into_iter().for_each(forget_idle);
        let now = Instant::now();
        let longest = Duration::from_secs(limits::SLOW_SECONDS.into());
        self.slow.lock().keep_only(|last| *last + longest > now);
        self.logins.forget_idle();
    }
}

/// A bucket for each person, and one for all who come from one network.
struct Crowd {
    people: Option<Buckets<PersonId>>,
    networks: Option<Buckets<IpAddr>>,
}

impl Crowd {
    fn new(rate: u32, by_address: bool) -> Self {
        let of_network = if by_address { rate.saturating_mul(PEOPLE_AN_ADDRESS) } else { 0 };
        Self { people: a_second(rate).map(Buckets::new), networks: a_second(of_network).map(Buckets::new) }
    }

    fn take(&self, person: Option<&PersonId>, from: IpAddr) -> Result<(), Error> {
        person.map_or(Ok(()), |person| take(&self.people, person))?;
        take(&self.networks, &network(from))
    }

    fn forget_idle(&self) {
        forget_idle(&self.people);
        forget_idle(&self.networks);
    }
}

struct Buckets<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    clock: DefaultClock,
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    fn new(quota: Quota) -> Self {
        Self { limiter: RateLimiter::keyed(quota), clock: DefaultClock::default() }
    }

    fn take(&self, key: &K) -> Result<(), Error> {
        let wait = |not_until: governor::NotUntil<_>| Error::too_fast(not_until.wait_time_from(self.clock.now()));
        self.limiter.check_key(key).map_err(wait)
    }
}

/// No quota for 0, which is no limit.
fn a_second(rate: u32) -> Option<Quota> {
    let rate = NonZeroU32::new(rate)?;
    Some(Quota::per_second(rate).allow_burst(rate.saturating_mul(NonZeroU32::new(BURST)?)))
}

fn take<K: Hash + Eq + Clone>(buckets: &Option<Buckets<K>>, key: &K) -> Result<(), Error> {
    buckets.as_ref().map_or(Ok(()), |buckets| buckets.take(key))
}

fn forget_idle<K: Hash + Eq + Clone>(buckets: &Option<Buckets<K>>) {
    if let Some(buckets) = buckets {
        buckets.limiter.retain_recent();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use tokio::time::advance;

    #[derive(Parser)]
    struct Options {
        #[command(flatten)]
        config: Config,
    }

    /// Rates with these options set, and all others as they come.
    fn rates(options: &[&str]) -> Rates {
        Rates::new(&Options::parse_from([&["banter"], options].concat()).config)
    }

    fn person(name: &str) -> PersonId {
        name.parse().expect("an id")
    }

    fn room(key: &str) -> RoomKey {
        key.parse().expect("a key")
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn count_until_refused(mut take: impl FnMut() -> Result<(), Error>) -> u32 {
        (0..10_000).take_while(|_| take().is_ok()).count() as u32
    }

    /// A burst, and a few more that time has given meanwhile.
    fn is_about(passed: u32, burst: u32) -> bool {
        (burst..=burst + burst / 4 + 2).contains(&passed)
    }

    #[test]
    fn four_seconds_worth_may_come_at_once() {
        let buckets = Buckets::new(a_second(5).expect("a limit"));
        let passed = count_until_refused(|| buckets.take(&"ana"));
        assert!((20..=21).contains(&passed), "a burst of 20, and perhaps one more that time has given: {passed}");
        assert!(buckets.take(&"ben").is_ok(), "everybody has a bucket of their own");
        assert!(matches!(buckets.take(&"ana"), Err(Error::TooFast { after_ms: 1..=201 })));
    }

    #[test]
    fn nought_is_no_limit() {
        let rates = rates(&["--post-rate=0", "--connect-rate=0", "--room-rate=0"]);
        let (ana, home) = (person("ana"), ip("192.0.2.1"));
        for _ in 0..1_000 {
            assert_eq!(rates.post(&ana, home, &RoomKey::lobby()), Ok(()));
            assert_eq!(rates.search(Some(&ana), home), Ok(()));
            assert_eq!(rates.report(&ana), Ok(()));
            for by_address in [Rates::door, Rates::ask, Rates::knock] {
                assert_eq!(by_address(&rates, home), Ok(()));
            }
        }
    }

    #[test]
    fn many_guests_of_one_address_do_not_add_up() {
        let rates = rates(&["--post-rate=5"]);
        let (lobby, home) = (RoomKey::lobby(), ip("192.0.2.1"));
        let mut number = 0;
        let mut newcomer = || {
            number += 1;
            person(&format!("guest-{number}"))
        };
        let passed = count_until_refused(|| rates.post(&newcomer(), home, &lobby));
        assert!(is_about(passed, 80), "as four people: {passed}");
        assert_eq!(rates.post(&newcomer(), ip("192.0.2.2"), &lobby), Ok(()), "who comes from elsewhere");
    }

    #[test]
    fn behind_a_proxy_only_people_count() {
        let rates = rates(&["--post-rate=5", "--connect-rate=0"]);
        for number in 0..1_000 {
            let newcomer = person(&format!("guest-{number}"));
            assert_eq!(rates.post(&newcomer, ip("127.0.0.1"), &RoomKey::lobby()), Ok(()));
        }
        let passed = count_until_refused(|| rates.post(&person("ana"), ip("127.0.0.1"), &RoomKey::lobby()));
        assert!(is_about(passed, 20), "{passed}");
    }

    #[test]
    fn a_room_has_a_rate_only_where_one_is_set() {
        let passed_with = |options: &[&str]| {
            let rates = rates(options);
            let passed = count_until_refused(|| rates.post(&person("ana"), ip("192.0.2.1"), &RoomKey::lobby()));
            assert_eq!(rates.post(&person("ben"), ip("192.0.2.2"), &room("cellar")), Ok(()), "each has its own");
            (passed, rates.post(&person("ben"), ip("192.0.2.2"), &RoomKey::lobby()).is_ok())
        };
        assert_eq!(passed_with(&["--post-rate=0"]), (10_000, true));
        let (passed, for_others) = passed_with(&["--post-rate=0", "--room-rate=2"]);
        assert!(is_about(passed, 8) && !for_others, "all people together: {passed}");
    }

    #[test]
    fn searches_are_fewer_and_reports_fewer_still() {
        let rates = rates(&["--post-rate=5"]);
        let (ana, home) = (person("ana"), ip("192.0.2.1"));
        let searches = count_until_refused(|| rates.search(Some(&ana), home));
        assert!(is_about(searches, 4), "{searches}");
        let of_address = searches + count_until_refused(|| rates.search(None, home));
        assert!(is_about(of_address, 16), "with all strangers of her address: {of_address}");
        let reports = count_until_refused(|| rates.report(&ana));
        assert!(is_about(reports, 5), "{reports}");
        assert!(matches!(rates.report(&ana), Err(Error::TooFast { after_ms: 8_000..=10_000 })));
        assert_eq!(rates.report(&person("ben")), Ok(()));
    }

    #[test]
    fn passwords_are_looked_at_less_often_than_doors_are_opened() {
        let rates = rates(&["--connect-rate=50"]);
        let passed = count_until_refused(|| rates.knock(ip("2001:db8::1")));
        assert!(is_about(passed, 20), "{passed}");
        assert!(rates.knock(ip("2001:db8::2")).is_err(), "of the same network");
        assert_eq!(rates.knock(ip("2001:db8:0:1::1")), Ok(()));
        assert_eq!(rates.door(ip("2001:db8::1")), Ok(()), "who looks is not held up");
    }

    fn speaks(rates: &Rates, room: &RoomKey, person: &PersonId, seconds: u32) -> Result<(), Error> {
        rates.slow(room, person, seconds).map(|turn| turn.into_iter().for_each(Turn::take))
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_was_refused_has_not_spoken() {
        let rates = rates(&[]);
        let (lobby, ana) = (RoomKey::lobby(), person("ana"));
        let turn = rates.slow(&lobby, &ana, 10).ok();
        assert!(rates.slow(&lobby, &ana, 10).is_err(), "while it is not known yet");
        drop(turn);
        assert_eq!(speaks(&rates, &lobby, &ana, 10), Ok(()));
        assert!(rates.slow(&lobby, &ana, 10).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn in_slow_mode_each_speaks_once_in_so_many_seconds() {
        let rates = rates(&[]);
        let (lobby, ana) = (RoomKey::lobby(), person("ana"));
        assert_eq!(speaks(&rates, &lobby, &ana, 10), Ok(()));
        advance(Duration::from_millis(9_999)).await;
        assert_eq!(speaks(&rates, &lobby, &ana, 10), Err(Error::TooFast { after_ms: 1 }));
        assert_eq!(speaks(&rates, &lobby, &person("ben"), 10), Ok(()), "each for themselves");
        assert_eq!(speaks(&rates, &room("cellar"), &ana, 10), Ok(()), "and in each room");
        advance(Duration::from_millis(1)).await;
        assert_eq!(speaks(&rates, &lobby, &ana, 10), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn other_seconds_count_at_once() {
        let rates = rates(&[]);
        let (lobby, ana) = (RoomKey::lobby(), person("ana"));
        assert_eq!(speaks(&rates, &lobby, &ana, 10), Ok(()));
        advance(Duration::from_secs(5)).await;
        assert_eq!(speaks(&rates, &lobby, &ana, 60), Err(Error::TooFast { after_ms: 55_000 }), "more");
        assert_eq!(speaks(&rates, &lobby, &ana, 0), Ok(()), "off");
        assert_eq!(speaks(&rates, &lobby, &ana, 5), Ok(()), "less");
        assert_eq!(speaks(&rates, &lobby, &ana, 5), Err(Error::TooFast { after_ms: 5_000 }));
    }

    #[tokio::test(start_paused = true)]
    async fn slow_mode_has_an_end_and_forgets() {
        let rates = rates(&[]);
        let (lobby, ana) = (RoomKey::lobby(), person("ana"));
        let longest = u64::from(limits::SLOW_SECONDS);
        for seconds in [limits::SLOW_SECONDS, u32::MAX] {
            assert_eq!(speaks(&rates, &lobby, &ana, seconds), Ok(()));
            advance(Duration::from_secs(longest) - Duration::from_millis(1)).await;
            rates.forget_idle();
            assert_eq!(speaks(&rates, &lobby, &ana, seconds), Err(Error::TooFast { after_ms: 1 }));
            advance(Duration::from_millis(1)).await;
        }
        rates.forget_idle();
        assert_eq!(rates.slow.lock().count(), 0);
    }
}
