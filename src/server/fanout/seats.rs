//! How many connections there may be: in all, from one address, of one person.
//!
//! A connection has a seat from its handshake to its end, however it ends. What is counted is who has one now: nothing is
//! kept of an address or a person that has none.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::protocol::ids::PersonId;
use crate::protocol::limits;
use crate::server::error::Error;
use crate::server::metrics;

/// When somebody who found no seat should come back: some of those who are here will have gone.
const FULL_MS: u64 = 10_000;

/// All seats of this node.
pub struct Seats {
    most: usize,
    by_address: bool,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    in_all: usize,
    by_address: HashMap<IpAddr, usize>,
    by_person: HashMap<PersonId, usize>,
}

/// One connection's.
pub struct Seat {
    seats: Arc<Seats>,
    address: IpAddr,
    person: Option<PersonId>,
}

impl Seats {
    /// So many in all. Where all people come through one proxy (`by_address` is false), addresses are not counted.
    pub fn new(most: usize, by_address: bool) -> Self {
        Self { most, by_address, taken: Mutex::default() }
    }

    /// A seat for a connection from this address, if there is one left.
    pub fn take(self: &Arc<Self>, address: IpAddr) -> Result<Seat, Error> {
        let mut taken = self.taken.lock();
        if taken.in_all >= self.most {
            metrics::NO_SEAT.add(1);
            return Err(Error::Busy { after_ms: FULL_MS });
        }
        if self.by_address && !add(&mut taken.by_address, &address, limits::CONNECTIONS_PER_ADDRESS) {
            metrics::NO_SEAT.add(1);
            return Err(Error::TooManyConnections);
        }
        taken.in_all += 1;
        Ok(Seat { seats: self.clone(), address, person: None })
    }
}

impl Seat {
    /// It is this person's from now on. `false` if they have as many as one may have.
    #[must_use]
    pub fn belongs_to(&mut self, person: Option<&PersonId>) -> bool {
        if self.person.as_ref() == person {
            return true;
        }
        let mut taken = self.seats.taken.lock();
        if let Some(before) = self.person.take() {
            remove(&mut taken.by_person, &before);
        }
        let Some(person) = person else { return true };
        let fits = add(&mut taken.by_person, person, limits::CONNECTIONS_PER_PERSON);
        if fits {
            self.person = Some(person.clone());
        } else {
            metrics::NO_SEAT.add(1);
        }
        fits
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken.lock();
        taken.in_all -= 1;
        if self.seats.by_address {
            remove(&mut taken.by_address, &self.address);
        }
        if let Some(person) = &self.person {
            remove(&mut taken.by_person, person);
        }
    }
}

/// One more, unless there are as many as there may be.
fn add<K: Hash + Eq + Clone>(counts: &mut HashMap<K, usize>, key: &K, most: usize) -> bool {
    match counts.get_mut(key) {
        Some(count) if *count >= most => return false,
        Some(count) => *count += 1,
        None => drop(counts.insert(key.clone(), 1)),
    }
    true
}

/// One less; the last one leaves nothing behind, and a crowd that has gone no memory.
fn remove<K: Hash + Eq>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
    if counts.capacity() > 64 && counts.len() < counts.capacity() / 8 {
        counts.shrink_to(counts.len() * 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: [u8; 4] = [192, 0, 2, 1];

    fn seats(most: usize, by_address: bool) -> Arc<Seats> {
        Arc::new(Seats::new(most, by_address))
    }

    fn person(name: &str) -> PersonId {
        name.parse().expect("an id")
    }

    fn nothing_is_left(seats: &Seats) -> bool {
        let taken = seats.taken.lock();
        taken.in_all == 0 && taken.by_address.is_empty() && taken.by_person.is_empty()
    }

    #[test]
    fn there_are_so_many_in_all_and_no_more() {
        let seats = seats(3, true);
        let mut held: Vec<Seat> = (0..3).map(|last| seats.take([192, 0, 2, last].into()).expect("a seat")).collect();
        assert_eq!(seats.take(HOME.into()).err(), Some(Error::Busy { after_ms: FULL_MS }));
        held.pop();
        held.push(seats.take(HOME.into()).expect("one has gone"));
        assert!(seats.take(HOME.into()).is_err());
        drop(held);
        assert!(nothing_is_left(&seats));
    }

    #[test]
    fn one_address_has_so_many_and_no_more() {
        let seats = seats(usize::MAX, true);
        let mut held: Vec<Seat> =
            (0..limits::CONNECTIONS_PER_ADDRESS).map(|_| seats.take(HOME.into()).expect("a seat")).collect();
        assert_eq!(seats.take(HOME.into()).err(), Some(Error::TooManyConnections));
        held.push(seats.take([192, 0, 2, 2].into()).expect("whoever comes from elsewhere"));
        held.remove(0);
        held.push(seats.take(HOME.into()).expect("one has gone"));
        drop(held);
        assert!(nothing_is_left(&seats));
    }

    #[test]
    fn behind_a_proxy_addresses_are_not_counted() {
        let seats = seats(usize::MAX, false);
        let held: Vec<_> =
            (0..=limits::CONNECTIONS_PER_ADDRESS).map(|_| seats.take(HOME.into()).expect("a seat")).collect();
        drop(held);
        assert!(nothing_is_left(&seats));
    }

    #[test]
    fn one_person_has_so_many_and_no_more() {
        let seats = seats(usize::MAX, false);
        let (ana, ben) = (person("ana"), person("ben"));
        let mut held: Vec<Seat> =
            (0..=limits::CONNECTIONS_PER_PERSON).map(|_| seats.take(HOME.into()).expect("a seat")).collect();
        let (last, others) = held.split_last_mut().expect("there are some");
        for seat in others.iter_mut() {
            assert!(seat.belongs_to(Some(&ana)) && seat.belongs_to(Some(&ana)), "each counts once");
        }
        assert!(!last.belongs_to(Some(&ana)), "one more");
        assert!(last.belongs_to(Some(&ben)), "somebody else");
        assert!(others[0].belongs_to(None), "signed out");
        assert!(last.belongs_to(Some(&ana)), "there is room again");
        assert!(!others[0].belongs_to(Some(&ana)));
        drop(held);
        assert!(nothing_is_left(&seats));
    }

    #[test]
    fn a_crowd_that_has_gone_leaves_no_memory() {
        let seats = seats(usize::MAX, true);
        let crowd: Vec<_> = (0..10_000_u32).map(|n| seats.take(n.to_be_bytes().into()).expect("a seat")).collect();
        let at_most = seats.taken.lock().by_address.capacity();
        drop(crowd);
        let now = seats.taken.lock().by_address.capacity();
        assert!(now <= 64 && at_most >= 10_000, "{at_most} before, {now} now");
    }
}
