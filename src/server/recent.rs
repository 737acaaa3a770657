//! What happened lately, by key, in bounded memory, whoever fills it.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};

/// Remembers the keys that were set last: at least half of what it has room for, and never more than that.
///
/// It has two halves. Where the young one is full it becomes the old one, and what was old is forgotten: so to push out
/// what was just set takes half the room in other keys, and costs the same however full it is. Of a key nothing is kept
/// but a hash under a secret of this process: somebody may type their password where their name belongs.
pub struct Recent<V> {
    secret: RandomState,
    half: usize,
    young: HashMap<u64, V>,
    old: HashMap<u64, V>,
}

impl<V: Copy> Recent<V> {
    /// With room for so many keys.
    pub fn with_room_for(most: usize) -> Self {
        Self { secret: RandomState::new(), half: most / 2, young: HashMap::new(), old: HashMap::new() }
    }

    /// What is remembered of a key.
    pub fn get(&self, key: &impl Hash) -> Option<V> {
        let key = self.secret.hash_one(key);
        self.young.get(&key).or_else(|| self.old.get(&key)).copied()
    }

    /// Remember this of a key.
    pub fn set(&mut self, key: &impl Hash, value: V) {
        let key = self.secret.hash_one(key);
        self.old.remove(&key);
        self.young.insert(key, value);
        if self.young.len() >= self.half {
            self.old = std::mem::take(&mut self.young);
        }
    }

    /// Forget a key.
    pub fn forget(&mut self, key: &impl Hash) {
        let key = self.secret.hash_one(key);
        self.young.remove(&key);
        self.old.remove(&key);
    }

    /// Forget what does not matter any more, and give its memory back.
    pub fn keep_only(&mut self, matters: impl Fn(&V) -> bool) {
        for half in [&mut self.young, &mut self.old] {
            half.retain(|_, value| matters(value));
            half.shrink_to_fit();
        }
    }

    /// How many keys are remembered.
    pub fn count(&self) -> usize {
        self.young.len() + self.old.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_remembered_until_it_is_forgotten() {
        let mut recent = Recent::with_room_for(10);
        recent.set(&"ana", 1);
        recent.set(&"ana", 2);
        assert_eq!((recent.get(&"ana"), recent.get(&"ben"), recent.count()), (Some(2), None, 1));
        recent.forget(&"ana");
        assert_eq!((recent.get(&"ana"), recent.count()), (None, 0));
    }

    #[test]
    fn it_never_has_more_than_there_is_room_for() {
        let mut recent = Recent::with_room_for(10);
        for key in 0..1_000 {
            recent.set(&key, key);
            assert!(recent.count() <= 10, "{}", recent.count());
        }
        assert_eq!(recent.get(&999), Some(999));
    }

    #[test]
    fn to_push_something_out_takes_half_the_room_in_others() {
        for set_before in 0..10 {
            let mut recent = Recent::with_room_for(10);
            (0..set_before).for_each(|key| recent.set(&key, key));
            recent.set(&"mine", 7);
            (100..104).for_each(|key| recent.set(&key, key));
            assert_eq!(recent.get(&"mine"), Some(7), "after {set_before}");
            (104..110).for_each(|key| recent.set(&key, key));
            assert_eq!(recent.get(&"mine"), None, "it is not kept for ever: after {set_before}");
        }
    }

    #[test]
    fn what_is_set_again_is_young_again() {
        let mut recent = Recent::with_room_for(10);
        for key in 0..100 {
            recent.set(&key, 0);
            recent.set(&"mine", key);
        }
        assert_eq!(recent.get(&"mine"), Some(99));

        let mut recent = Recent::with_room_for(10);
        (0..5).chain(0..3).for_each(|key| recent.set(&key, key));
        assert_eq!(recent.count(), 5, "and it is there once");
    }

    #[test]
    fn what_does_not_matter_is_let_go() {
        let mut recent = Recent::with_room_for(10);
        (0..7).for_each(|key| recent.set(&key, key));
        recent.keep_only(|value| *value > 4);
        assert_eq!((recent.count(), recent.get(&5), recent.get(&4)), (2, Some(5), None));
    }
}
