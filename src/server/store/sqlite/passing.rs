//! What is said where nothing is kept: looked at as everything else, numbered, and handed on without being written.
//!
//! Who was found to be allowed to speak there is not looked up again until something is written: a live event is many
//! messages of few people, and looking them up is nearly all that one of them costs.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::SqliteStore;
use super::append::Logs;
use crate::protocol::event::{Act, Event, Person, Post, What};
use crate::protocol::ids::RoomKey;
use crate::protocol::texts::Said;
use crate::server::error::StoreError;
use crate::server::store::{Appended, Deed, Draft, Naming, Refused, TokenHash};

/// Another program may write too, and what is over by itself is over: noticed no sooner, as `LOOK_EVERY` of the sessions.
const FRESH: Duration = Duration::from_millis(300);
/// So many are looked up on the thread that asks.
const FEW: usize = 8;
/// How often they are looked at, at most, where something is written meanwhile.
const LOOKS: usize = 3;

/// What may be said, but for its number.
pub(super) struct Passing {
    draft: Draft,
    by: Person,
    /// What becomes of it, where that does not show by itself.
    what: Option<What>,
}

/// Those who may speak, as of one moment.
#[derive(Default)]
pub(super) struct Speakers(Mutex<Option<Known>>);

struct Known {
    /// How often something had been written before they were looked up.
    writes: u64,
    since: Instant,
    people: HashMap<TokenHash, HashMap<RoomKey, Person>>,
}

impl Speakers {
    /// Who speaks, if that is known, they may, and nothing but this is to be known.
    fn find(&self, writes: u64, draft: &Draft) -> Option<Person> {
        let known = self.0.lock();
        let known = known.as_ref().filter(|known| known.writes == writes && known.since.elapsed() < FRESH)?;
        let person = known.people.get(draft.session.as_ref()?)?.get(&draft.room)?;
        (person.id == draft.author).then(|| person.clone())
    }

    /// They may, as it was after so many writes.
    fn keep(&self, writes: u64, draft: &Draft, person: &Person) {
        let Some(session) = draft.session else { return };
        let mut known = self.0.lock();
        let fresh = known.take().filter(|known| known.writes == writes && known.since.elapsed() < FRESH);
        let known =
            known.insert(fresh.unwrap_or_else(|| Known { writes, since: Instant::now(), people: HashMap::new() }));
        known.people.entry(session).or_default().insert(draft.room.clone(), person.clone());
    }
}

impl SqliteStore {
    /// Looked at as all others, in the light of what was written before.
    pub(super) async fn pass_on(&self, drafts: Vec<Draft>) -> Result<Vec<Result<Passing, Refused>>, StoreError> {
        if drafts.is_empty() {
            return Ok(Vec::new());
        }
        let writes = self.same.writes();
        let known = drafts.iter().map(|draft| self.speakers.find(writes, draft).filter(|_| is_plain(draft)));
        if let Some(people) = known.collect::<Option<Vec<Person>>>() {
            return Ok(drafts
                .into_iter()
                .zip(people)
                .map(|(draft, by)| Ok(Passing { draft, by, what: None }))
                .collect());
        }
        // Whoever is sent out from elsewhere meanwhile says nothing more. Where much is written that is not waited for.
        for _ in 1..LOOKS {
            let writes = self.same.writes();
            let looked = self.look_at(drafts.clone(), writes).await?;
            if self.same.writes() == writes {
                return Ok(looked);
            }
        }
        self.look_at(drafts, self.same.writes()).await
    }

    async fn look_at(&self, drafts: Vec<Draft>, writes: u64) -> Result<Vec<Result<Passing, Refused>>, StoreError> {
        let few = drafts.len() <= FEW;
        let work = move |connection: &rusqlite::Connection| {
            let mut logs = Logs::new(connection);
            drafts.into_iter().map(|draft| look_at(&mut logs, draft)).collect::<rusqlite::Result<Vec<_>>>()
        };
        let looked = if few { self.look_up(work).await? } else { self.read(work).await? };
        for Passing { draft, by, .. } in looked.iter().flatten().filter(|passing| passing.what.is_none()) {
            self.speakers.keep(writes, draft, by);
        }
        Ok(looked)
    }

    /// Under the next numbers of the room.
    pub(super) fn pass(&self, passing: Passing) -> Result<Appended, Refused> {
        let Passing { draft: Draft { room, cid, at, deed, .. }, by, what } = passing;
        let first = self.known.next(&room, deed.messages() as u64).ok_or(Refused::NoRoom)?;
        let what = match (deed, what) {
            (_, Some(what)) => what,
            (Deed::Texts(texts), None) => return Ok(Appended::Said(Said { first, at, by, cid, texts })),
            (Deed::Act(Act::Post { body, .. }), None) => What::Posted(Post { body, ..Post::default() }),
            (_, None) => return Err(Refused::NoMessage),
        };
        Ok(Appended::New(Arc::new(Event { seq: first, at, by, cid: Some(cid), what })))
    }
}

/// Who says it and, where it is more than text, what it becomes.
fn look_at(logs: &mut Logs<'_>, draft: Draft) -> rusqlite::Result<Result<Passing, Refused>> {
    let looked = match &draft.deed {
        _ if is_plain(&draft) => logs.speaker(&draft)?.map(|by| (by, None)),
        Deed::Act(Act::Post { reply_to: None, .. }) => logs.pass_on(&draft)?.map(|(by, what)| (by, Some(what))),
        // Nothing is there that it could be about: what was kept before this room kept nothing stays as it is.
        Deed::Act(Act::Post { .. }) => logs.speaker(&draft)?.and(Err(Refused::NoReplyTarget)),
        _ => logs.speaker(&draft)?.and(Err(Refused::NoMessage)),
    };
    Ok(looked.map(|(by, what)| Passing { draft, by, what }))
}

/// It is text that answers nothing and names nobody: who may speak may say it.
fn is_plain(draft: &Draft) -> bool {
    let alone = matches!(draft.deed, Deed::Texts(_) | Deed::Act(Act::Post { reply_to: None, .. }));
    alone && draft.naming == Naming::default()
}
