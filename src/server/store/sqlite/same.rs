//! What was read last of a log, for those who ask for the same before anything was written: a crowd that comes back.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::protocol::ids::RoomKey;
use crate::server::store::{Excerpt, Stretch};

/// Another program may write too, which is noticed no sooner: as `LOOK_EVERY` of the sessions.
const FRESH: Duration = Duration::from_millis(300);

/// How often something was written, and the last excerpt.
#[derive(Default)]
pub(super) struct Same {
    writes: AtomicU64,
    last: Mutex<Option<Last>>,
}

struct Last {
    /// How often something had been written before it was read.
    writes: u64,
    at: Instant,
    asked: Asked,
    excerpt: Excerpt,
}

/// Which part of which log.
pub(super) type Asked = (RoomKey, Stretch, usize);

impl Same {
    /// Something was written, or may have been. Said before anybody is told of it.
    pub(super) fn written(&self) {
        self.writes.fetch_add(1, Ordering::AcqRel);
    }

    /// How often something was written so far.
    pub(super) fn writes(&self) -> u64 {
        self.writes.load(Ordering::Acquire)
    }

    /// That very excerpt, if nothing was written since it was read.
    pub(super) fn find(&self, asked: &Asked) -> Option<Excerpt> {
        let last = self.last.lock();
        let last = last.as_ref().filter(|last| last.writes == self.writes() && last.at.elapsed() < FRESH)?;
        (last.asked == *asked).then(|| last.excerpt.clone())
    }

    /// It was read, by one who had asked for [`Same::writes`] before.
    pub(super) fn keep(&self, writes: u64, asked: Asked, excerpt: Excerpt) {
        *self.last.lock() = Some(Last { writes, at: Instant::now(), asked, excerpt });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(limit: usize) -> Asked {
        (RoomKey::lobby(), Stretch::After(7), limit)
    }

    fn excerpt() -> Excerpt {
        Excerpt { epoch: "e".parse().expect("an epoch"), head: 9, events: Vec::new(), more: false }
    }

    #[test]
    fn the_same_is_found_until_something_is_written() {
        let same = Same::default();
        assert_eq!(same.find(&asked(50)), None);
        same.keep(same.writes(), asked(50), excerpt());
        assert_eq!(same.find(&asked(50)), Some(excerpt()));
        assert_eq!(same.find(&asked(51)), None, "another part");
        same.written();
        assert_eq!(same.find(&asked(50)), None);
    }

    #[test]
    fn what_was_read_while_something_was_written_is_not_found() {
        let same = Same::default();
        let before = same.writes();
        same.written();
        same.keep(before, asked(50), excerpt());
        assert_eq!(same.find(&asked(50)), None);
    }
}
