//! What outlives the page: what was not sent, what is half written, how far was read. All of it is in the browser's local
//! storage. Where that is denied or full, it lives as long as the page.
//!
//! What was not sent belongs to the page that it was written on, by the name of the page in its key, so that no two pages
//! send it. When that page is gone, another one inherits it.

use leptos::prelude::*;
use web_sys::{Storage, StorageEvent};

use crate::protocol::ids::{Cid, Epoch, PersonId, RoomKey, Seq};
use crate::protocol::outbox::Pending;

/// The shelf of one room.
#[derive(Clone, Copy)]
pub(super) struct Keeping {
    keys: StoredValue<Keys>,
    /// What is on the shelf of what this page has to send, with its keys.
    kept: StoredValue<Vec<(String, Pending)>>,
    /// What this page is called, once it lives.
    page: StoredValue<String>,
}

/// What things are called there.
#[derive(Debug, Clone)]
struct Keys {
    outbox: String,
    draft: String,
    read: String,
    place: String,
}

/// What another page did to the shelf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Elsewhere {
    /// It wrote something that it has to send.
    Wrote(String),
    /// It has done with this.
    Settled(Cid),
    /// It was read so far.
    Read(Epoch, Seq),
}

impl Keeping {
    pub(super) fn new(room: &RoomKey) -> Self {
        Self { keys: StoredValue::new(Keys::new(room)), kept: StoredValue::default(), page: StoredValue::default() }
    }

    /// The page lives, and is called so.
    pub(super) fn open(self, page: String) {
        self.page.set_value(page);
    }

    /// Makes the shelf hold just what has to be sent yet.
    pub(super) fn keep_outbox(self, entries: Vec<Pending>) {
        self.kept.update_value(|kept| {
            if kept.iter().map(|(_, entry)| entry).eq(&entries) {
                return;
            }
            let mut before = std::mem::take(kept);
            for entry in entries {
                let place = before.iter().position(|(_, old)| old.cid == entry.cid);
                let (key, old) = match place.map(|place| before.swap_remove(place)) {
                    Some((key, old)) => (key, Some(old)),
                    None => (self.key_of(&entry.cid), None),
                };
                if old.as_ref() != Some(&entry) {
                    put(&key, &entry.to_text());
                }
                kept.push((key, entry));
            }
            before.iter().for_each(|(key, _)| remove(key));
        });
    }

    fn key_of(self, cid: &Cid) -> String {
        self.keys.with_value(|keys| self.page.with_value(|page| keys.of(page, cid)))
    }

    /// The pages that have left something to be sent, or still have to.
    pub(super) fn pages(self) -> Vec<String> {
        let mut pages = Vec::new();
        for key in all_keys() {
            let page = self.keys.with_value(|keys| keys.page_and_cid(&key).map(|(page, _)| page.to_owned()));
            pages.extend(page.filter(|page| !pages.contains(page)));
        }
        pages
    }

    /// What a page has left and this one does not have yet; it is this page's from now on.
    pub(super) fn inherit(self, page: &str) -> Vec<Pending> {
        let entry = |key: &str| {
            let (owner, cid) = self.keys.with_value(|keys| keys.page_and_cid(key).map(owned))?;
            if owner == page { Pending::from_text(cid.parse().ok()?, &get(key)?) } else { None }
        };
        let is_new = |key: &String| self.kept.with_value(|kept| kept.iter().all(|(old, _)| old != key));
        let keys = all_keys().into_iter().filter(is_new);
        let left: Vec<_> = keys.filter_map(|key| Some((entry(&key)?, key))).collect();
        let entries = left.iter().map(|(entry, _)| entry.clone()).collect();
        self.kept.update_value(|kept| kept.extend(left.into_iter().map(|(entry, key)| (key, entry))));
        entries
    }

    /// What this person had half written when this room was last open. What a stranger had is theirs who they became.
    pub(super) fn draft(self, who: Option<&PersonId>) -> Option<String> {
        self.keys.with_value(|keys| get(&keys.draft(who)).or_else(|| get(&keys.draft(None))))
    }

    /// What they have half written now.
    pub(super) fn keep_draft(self, who: Option<&PersonId>, text: &str) {
        self.keys.with_value(|keys| {
            remove(&keys.draft(None));
            let key = keys.draft(who);
            if text.is_empty() { remove(&key) } else { put(&key, text) }
        });
    }

    /// How far was read when this room was last open.
    pub(super) fn read(self) -> Option<(Epoch, Seq)> {
        self.keys.with_value(|keys| position(&get(&keys.read)?))
    }

    /// Another page may have been read further.
    pub(super) fn keep_read(self, epoch: &Epoch, seq: Seq) {
        if self.read().is_none_or(|(kept_epoch, kept)| kept_epoch != *epoch || kept < seq) {
            self.put_read(epoch, seq);
        }
    }

    /// It was read so far, and no further.
    pub(super) fn put_read(self, epoch: &Epoch, seq: Seq) {
        self.keys.with_value(|keys| put(&keys.read, &format!("{epoch} {seq}")));
    }

    /// Where the reader was when this tab last left the room: the message that was topmost, and how many pixels below the edge;
    /// nothing where that was the end.
    pub(super) fn place(self) -> Option<(Epoch, Seq, i32)> {
        let text = self.keys.with_value(|keys| of_tab()?.get_item(&keys.place).ok().flatten())?;
        let (below, at) = text.split_once(' ')?;
        let (epoch, seq) = position(at)?;
        Some((epoch, seq, below.parse().ok()?))
    }

    /// The reader is there.
    pub(super) fn keep_place(self, epoch: &Epoch, place: Option<(Seq, i32)>) {
        let Some(storage) = of_tab() else { return };
        // It may be full or forbidden; then the reader comes back to the end.
        let _ = self.keys.with_value(|keys| match place {
            Some((seq, below)) => storage.set_item(&keys.place, &format!("{below} {epoch} {seq}")),
            None => storage.remove_item(&keys.place),
        });
    }

    /// What an event says that another page did.
    pub(super) fn elsewhere(self, event: &StorageEvent) -> Option<Elsewhere> {
        let key = event.key()?;
        self.keys.with_value(|keys| match (keys.page_and_cid(&key), event.new_value()) {
            (Some((page, _)), Some(_)) => Some(Elsewhere::Wrote(page.to_owned())),
            (Some((_, cid)), None) => Some(Elsewhere::Settled(cid.parse().ok()?)),
            (None, Some(value)) if key == keys.read => position(&value).map(|(epoch, seq)| Elsewhere::Read(epoch, seq)),
            (None, _) => None,
        })
    }
}

impl Keys {
    fn new(room: &RoomKey) -> Self {
        Self {
            outbox: format!("banter.outbox.{room}."),
            draft: format!("banter.draft.{room}."),
            read: format!("banter.read.{room}"),
            place: format!("banter.place.{room}"),
        }
    }

    fn draft(&self, who: Option<&PersonId>) -> String {
        format!("{}{}", self.draft, who.map_or("", PersonId::as_str))
    }

    fn of(&self, page: &str, cid: &Cid) -> String {
        format!("{}{page}.{cid}", self.outbox)
    }

    fn page_and_cid<'key>(&self, key: &'key str) -> Option<(&'key str, &'key str)> {
        key.strip_prefix(self.outbox.as_str())?.split_once('.')
    }
}

fn owned((page, cid): (&str, &str)) -> (String, String) {
    (page.to_owned(), cid.to_owned())
}

fn position(text: &str) -> Option<(Epoch, Seq)> {
    let (epoch, seq) = text.split_once(' ')?;
    Some((epoch.parse().ok()?, seq.parse().ok()?))
}

/// Asking for it may be forbidden already.
fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// The same, for as long as the tab lives.
fn of_tab() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

pub(super) fn get(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

pub(super) fn put(key: &str, value: &str) {
    // It may be full; then this lives as long as the page.
    let _ = storage().map(|storage| storage.set_item(key, value));
}

pub(super) fn remove(key: &str) {
    let _ = storage().map(|storage| storage.remove_item(key));
}

fn all_keys() -> Vec<String> {
    let Some(storage) = storage() else { return Vec::new() };
    (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok().flatten()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_which_page_has_to_send_what() {
        let keys = Keys::new(&RoomKey::lobby());
        let cid: Cid = "0123456789abcdef".parse().expect("a cid");
        let key = keys.of("page-2", &cid);
        assert_eq!(keys.page_and_cid(&key), Some(("page-2", "0123456789abcdef")));
        assert_eq!(keys.page_and_cid("banter.outbox.kitchen.page-2.0123456789abcdef"), None);
        assert_eq!(keys.page_and_cid(&keys.draft), None);
    }

    #[test]
    fn a_position_is_read_as_it_was_written() {
        assert_eq!(position("e1 7"), Some(("e1".parse().expect("an epoch"), 7)));
        assert_eq!(position("7"), None);
    }
}
