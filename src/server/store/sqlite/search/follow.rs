//! The thread that follows the logs and keeps the index. It works in small pieces and rests between them, longer while
//! others write: those who wait for the disk and for the processor come first.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::bell::{Bell, Grown};
use super::index::{self, Index};
use super::log::{self, Place};
use crate::server::store::sqlite::connect;

/// How long it rests, in times of what it worked, while others write.
const REST: u32 = 9;
/// Time before what failed is tried again.
const RETRY: Duration = Duration::from_millis(200);

/// Why it does not go on.
enum Stop {
    /// Everything ends.
    Closed,
    /// The index does not fit the logs, or is damaged: another one has to be made.
    Unfit(&'static str),
    /// Something could not be read or written.
    Failed(rusqlite::Error),
}

/// Follows the logs until everything ends.
pub(super) fn follow(log: &Path, index: &Path, bell: &Bell) {
    let (mut anew, mut failure) = (false, String::new());
    while !bell.is_closed() {
        let stop = match Desk::open(log, index, anew) {
            Ok(mut desk) => desk.work(bell),
            Err(stop) => stop,
        };
        bell.has_heard(None);
        anew = matches!(stop, Stop::Unfit(_));
        match stop {
            Stop::Closed => return,
            Stop::Unfit(reason) => tracing::warn!(reason, "the index of searches is made anew"),
            // What goes on failing is told once.
            Stop::Failed(error) if failure != error.to_string() => {
                tracing::warn!(%error, "the index of searches cannot be kept");
                failure = error.to_string();
            }
            Stop::Failed(_) => {}
        }
        bell.rest(RETRY);
    }
}

/// What the thread works with.
struct Desk {
    log: Connection,
    index: Index,
    /// Not all that has grown before is read.
    behind: bool,
}

impl Desk {
    fn open(log: &Path, index: &Path, anew: bool) -> Result<Self, Stop> {
        let log = connect::reader(log).map_err(Stop::Failed)?;
        let index = Index::open(index).map_err(of_index)?;
        if anew {
            index.make_anew().map_err(Stop::Failed)?;
        }
        Ok(Self { log, index, behind: true })
    }

    fn work(&mut self, bell: &Bell) -> Stop {
        bell.has_heard(Some(0));
        while !bell.is_closed() {
            let ((rings, grown), begun) = (bell.news(), Instant::now());
            let more = match self.step(bell, &grown) {
                Ok(more) => more,
                Err(stop) => return stop,
            };
            if !more {
                bell.has_heard(Some(rings));
            }
            let worked = begun.elapsed();
            match bell.rings() == rings {
                true if more => bell.rest(worked),
                true => bell.wait(rings),
                false => bell.rest(worked * REST),
            }
        }
        Stop::Closed
    }

    /// One batch; `true` if there is more to do.
    fn step(&mut self, bell: &Bell, grown: &Grown) -> Result<bool, Stop> {
        if bell.was_spoiled() {
            return Err(Stop::Unfit("it is damaged"));
        }
        let (heads, places) = match grown {
            Grown::These(rooms) if !self.behind => {
                let heads = log::heads_of(&self.log, rooms).map_err(Stop::Failed)?;
                let places = self.index.places_of(&heads).map_err(of_index)?;
                (heads, places)
            }
            _ => (log::heads(&self.log).map_err(Stop::Failed)?, self.index.places().map_err(of_index)?),
        };
        if !fits(&places, &heads) {
            return Err(Stop::Unfit("the logs are others"));
        }
        let batch = log::read_on(&self.log, &places, heads).map_err(Stop::Failed)?;
        self.behind = batch.more;
        if !batch.places.is_empty() {
            self.index.take(&batch).map_err(of_index)?;
        }
        self.index.clean().map_err(of_index)?;
        Ok(batch.more || self.index.unclean)
    }
}

/// Whether these places are places of these logs: numbers of two lives are never compared.
fn fits(places: &HashMap<i64, Place>, heads: &[Place]) -> bool {
    let fits = |place: &Place, head: &Place| place.epoch == head.epoch && place.seq <= head.seq;
    heads.iter().all(|head| places.get(&head.room).is_none_or(|place| fits(place, head)))
}

fn of_index(error: rusqlite::Error) -> Stop {
    if index::is_damage(&error) { Stop::Unfit("it is damaged") } else { Stop::Failed(error) }
}
