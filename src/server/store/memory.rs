//! A store that keeps everything in memory and nothing on disk.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;

use super::fold::fold;
use super::{
    Appended, Cursor, Draft, Excerpt, Found, Hit, NewRoom, Refused, RoomRecord, Search, Store, Stretch, TokenHash,
};
use crate::protocol::api::Me;
use crate::protocol::event::{Act, Event, Person, Post, What};
use crate::protocol::ids::{Cid, Emoji, PersonId, RoomKey, Seq};
use crate::protocol::limits;
use crate::server::error::StoreError;

/// Everything in memory, gone with the process.
#[derive(Default)]
pub struct MemoryStore {
    /// One lock for all: never held over an await, and no call does more than look up and push.
    tables: Mutex<Tables>,
}

#[derive(Default)]
struct Tables {
    rooms: HashMap<RoomKey, Room>,
    people: HashMap<PersonId, Known>,
    /// Who has a name of that likeness.
    likenesses: HashMap<String, PersonId>,
    sessions: HashMap<TokenHash, PersonId>,
}

struct Known {
    me: Me,
    likeness: String,
}

struct Room {
    record: RoomRecord,
    /// Event number n is at n - 1; empty for ever in a room without history.
    log: Vec<Arc<Event>>,
    /// Each author's sends, so that a repeated one is known.
    sends: HashMap<PersonId, HashMap<Cid, Seq>>,
    history: bool,
}

#[async_trait]
impl Store for MemoryStore {
    async fn open_room(&self, room: NewRoom) -> Result<RoomRecord, StoreError> {
        let mut tables = self.tables.lock();
        let room = tables.rooms.entry(room.key.clone()).or_insert_with(|| Room::new(room));
        Ok(room.record.clone())
    }

    async fn rooms(&self) -> Result<Vec<RoomRecord>, StoreError> {
        Ok(self.tables.lock().rooms.values().map(|room| room.record.clone()).collect())
    }

    async fn room(&self, key: &RoomKey) -> Result<Option<RoomRecord>, StoreError> {
        Ok(self.tables.lock().rooms.get(key).map(|room| room.record.clone()))
    }

    async fn events(&self, key: &RoomKey, stretch: Stretch, limit: usize) -> Result<Option<Excerpt>, StoreError> {
        Ok(self.tables.lock().rooms.get(key).map(|room| room.excerpt(stretch, limit)))
    }

    async fn append(&self, drafts: Vec<Draft>) -> Result<Vec<Result<Appended, Refused>>, StoreError> {
        let tables = &mut *self.tables.lock();
        Ok(drafts.into_iter().map(|draft| tables.append(draft)).collect())
    }

    async fn seq_of(&self, key: &RoomKey, author: &PersonId, cid: &Cid) -> Result<Option<Seq>, StoreError> {
        Ok(self.tables.lock().rooms.get(key).and_then(|room| room.seq_of(author, cid)))
    }

    async fn search(&self, search: Search) -> Result<Found, StoreError> {
        Ok(self.tables.lock().search(&search))
    }

    async fn add_person(&self, person: &Me, likeness: &str) -> Result<bool, StoreError> {
        let mut tables = self.tables.lock();
        if tables.likenesses.contains_key(likeness) {
            return Ok(false);
        }
        tables.likenesses.insert(likeness.to_owned(), person.id.clone());
        let known = Known { me: person.clone(), likeness: likeness.to_owned() };
        tables.people.insert(person.id.clone(), known);
        Ok(true)
    }

    async fn rename(&self, person: &PersonId, name: &str, likeness: &str) -> Result<Option<Me>, StoreError> {
        let tables = &mut *self.tables.lock();
        if tables.likenesses.get(likeness).is_some_and(|holder| holder != person) {
            return Ok(None);
        }
        let Some(known) = tables.people.get_mut(person) else { return Ok(None) };
        name.clone_into(&mut known.me.name);
        let before = std::mem::replace(&mut known.likeness, likeness.to_owned());
        tables.likenesses.remove(&before);
        tables.likenesses.insert(likeness.to_owned(), person.clone());
        Ok(Some(known.me.clone()))
    }

    async fn person(&self, id: &PersonId) -> Result<Option<Me>, StoreError> {
        Ok(self.tables.lock().people.get(id).map(|known| known.me.clone()))
    }

    async fn add_session(&self, token: TokenHash, person: &PersonId) -> Result<(), StoreError> {
        self.tables.lock().sessions.insert(token, person.clone());
        Ok(())
    }

    async fn person_of(&self, token: &TokenHash) -> Result<Option<Me>, StoreError> {
        let tables = self.tables.lock();
        let known = tables.sessions.get(token).and_then(|person| tables.people.get(person));
        Ok(known.map(|known| known.me.clone()))
    }

    async fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn close(&self) {}
}

impl Tables {
    fn append(&mut self, draft: Draft) -> Result<Appended, Refused> {
        let author = &self.people.get(&draft.author).ok_or(Refused::NoAuthor)?.me;
        let by = Person { id: author.id.clone(), name: author.name.clone() };
        self.rooms.get_mut(&draft.room).ok_or(Refused::NoRoom)?.append(draft, by)
    }
}

impl Tables {
    /// Everything is looked at; how many were told so far is where to go on.
    fn search(&self, search: &Search) -> Found {
        let rooms = search.rooms.iter().filter_map(|key| self.rooms.get(key));
        let mut hits: Vec<Hit> = rooms.flat_map(|room| room.hits(search)).collect();
        hits.sort_by_key(|hit| std::cmp::Reverse(hit.event.at));
        let told = search.older_than.map_or(0, |told| usize::try_from(told).unwrap_or(usize::MAX));
        let end = told.saturating_add(search.limit);
        let more = (end < hits.len()).then_some(end as Cursor);
        Found { hits: hits.into_iter().skip(told).take(search.limit).collect(), more, behind: false }
    }
}

impl Room {
    /// The newest first.
    fn hits(&self, search: &Search) -> Vec<Hit> {
        let time = search.after.unwrap_or(0)..search.before.unwrap_or(u64::MAX);
        let fits = |event: &&Arc<Event>| match &event.what {
            What::Posted(post) if post.deleted.is_none() => {
                let body = fold(&post.body);
                search.terms.iter().all(|term| body.contains(&fold(term)))
                    && search.from.as_ref().is_none_or(|from| event.by.id == *from)
                    && time.contains(&event.at)
            }
            _ => false,
        };
        let hit = |event: &Arc<Event>| Hit { room: self.record.key.clone(), event: event.clone() };
        self.log.iter().rev().filter(fits).map(hit).collect()
    }

    fn new(room: NewRoom) -> Self {
        let NewRoom { key, title, kind, epoch, history } = room;
        Self {
            record: RoomRecord { key, title, kind, epoch, head: 0 },
            log: Vec::new(),
            sends: HashMap::new(),
            history,
        }
    }

    fn append(&mut self, draft: Draft, by: Person) -> Result<Appended, Refused> {
        if let Some(seq) = self.seq_of(&by.id, &draft.cid) {
            return Ok(Appended::Before(seq));
        }
        self.check(&draft.act, &by)?;
        self.record.head += 1;
        let (seq, at, cid) = (self.record.head, draft.at, Some(draft.cid));
        let event = Arc::new(Event { seq, at, by, cid, what: draft.act.into() });
        if self.history {
            self.keep(&event);
        }
        Ok(Appended::New(event))
    }

    fn check(&self, act: &Act, by: &Person) -> Result<(), Refused> {
        match act {
            Act::Post { reply_to: None, .. } => Ok(()),
            Act::Post { reply_to: Some(seq), .. } => self.post(*seq).map(drop).ok_or(Refused::NoReplyTarget),
            Act::Edit { of, .. } | Act::Delete { of } | Act::Pin { of, .. } => match self.standing(*of)? {
                (author, _) if *author == by.id => Ok(()),
                _ => Err(Refused::NotYours),
            },
            Act::React { of, emoji, on } => {
                let (_, post) = self.standing(*of)?;
                let full = post.reaction_count() >= limits::REACTIONS;
                if *on && full && !reacts(post, emoji, &by.id) { Err(Refused::TooManyReactions) } else { Ok(()) }
            }
        }
    }

    /// A message that is there and not deleted.
    fn standing(&self, seq: Seq) -> Result<(&PersonId, &Post), Refused> {
        self.post(seq).filter(|(_, post)| post.deleted.is_none()).ok_or(Refused::NoMessage)
    }

    fn post(&self, seq: Seq) -> Option<(&PersonId, &Post)> {
        let event = self.log.get(usize::try_from(seq.checked_sub(1)?).ok()?)?;
        match &event.what {
            What::Posted(post) => Some((&event.by.id, post)),
            _ => None,
        }
    }

    fn seq_of(&self, author: &PersonId, cid: &Cid) -> Option<Seq> {
        self.sends.get(author)?.get(cid).copied()
    }

    fn keep(&mut self, event: &Arc<Event>) {
        if let Some(of) = event.what.of() {
            self.change(of, event);
        }
        self.log.push(event.clone());
        if let Some(cid) = &event.cid {
            self.sends.entry(event.by.id.clone()).or_default().insert(cid.clone(), event.seq);
        }
    }

    /// A message is kept as it stands; of one that is deleted no text is left.
    fn change(&mut self, of: Seq, event: &Event) {
        let deleted = matches!(event.what, What::Deleted { .. });
        for kept in self.log.iter_mut().filter(|kept| kept.seq == of || (deleted && kept.what.of() == Some(of))) {
            match &mut Arc::make_mut(kept).what {
                What::Posted(post) => post.take(event),
                What::Edited { body, .. } => body.clear(),
                _ => {}
            }
        }
    }

    fn excerpt(&self, stretch: Stretch, limit: usize) -> Excerpt {
        let count = self.log.len();
        let place = |seq: Seq| usize::try_from(seq).unwrap_or(usize::MAX).min(count);
        let (from, to, more) = match stretch {
            Stretch::Newest => (count.saturating_sub(limit), count, count > limit),
            Stretch::After(seq) => {
                let from = place(seq);
                let to = from.saturating_add(limit).min(count);
                (from, to, to < count)
            }
            Stretch::Before(seq) => {
                let to = place(seq.saturating_sub(1));
                let from = to.saturating_sub(limit);
                (from, to, from > 0)
            }
        };
        let events = self.log[from..to].to_vec();
        Excerpt { epoch: self.record.epoch.clone(), head: self.record.head, events, more }
    }
}

fn reacts(post: &Post, emoji: &Emoji, person: &PersonId) -> bool {
    let people = post.reactions.iter().find(|reaction| reaction.emoji == *emoji).map(|reaction| &reaction.by);
    people.is_some_and(|people| people.iter().any(|by| by.id == *person))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::store::contract;

    #[tokio::test]
    async fn memory_tells_the_story() {
        contract::tell(&MemoryStore::default()).await;
    }

    #[tokio::test]
    async fn memory_finds_what_was_said() {
        contract::what_is_found(&MemoryStore::default()).await;
    }

    #[tokio::test]
    async fn a_room_without_history_counts_and_keeps_nothing() {
        let store = MemoryStore::default();
        contract::without_history(&store).await;
        assert!(store.tables.lock().rooms.values().all(|room| room.log.is_empty() && room.sends.is_empty()));
    }
}
