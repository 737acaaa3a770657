//! A disk under a server, as a power cut may leave it: what was synced is there; of what was not, anything may be, in
//! any order, by halves.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use super::trace::{Call, Step};

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// The folder of data: what is on the disk for sure, and what was asked for besides.
#[derive(Default)]
pub struct Disk {
    names: Cached<BTreeMap<String, usize>, Naming>,
    files: Vec<Cached<Vec<u8>, Change>>,
    /// The files as the server sees them.
    seen: BTreeMap<String, usize>,
    /// What each thread waits for.
    under_way: HashMap<u32, Wait>,
}

/// Something with changes that may or may not be on the disk.
struct Cached<T, C> {
    lasting: T,
    loose: Vec<Loose<C>>,
    changes: usize,
}

struct Loose<C> {
    id: usize,
    change: C,
    has_returned: bool,
}

enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Truncate { length: usize },
}

enum Naming {
    Create { file: usize, name: String },
    Remove { name: String },
    Rename { from: String, to: String },
}

/// What a call that returns makes true.
enum Wait {
    Changed { file: usize, id: usize },
    Named { id: usize },
    Synced { file: usize, ids: Vec<usize> },
    FolderSynced { ids: Vec<usize> },
}

impl Disk {
    /// Lets the next step happen.
    pub fn take(&mut self, step: Step) {
        match step {
            Step::Begun { thread, call } => match self.begin(call) {
                Some(wait) => drop(self.under_way.insert(thread, wait)),
                // What the thread waited for before has failed.
                None => drop(self.under_way.remove(&thread)),
            },
            Step::Returned { thread } => {
                if let Some(wait) = self.under_way.remove(&thread) {
                    self.finish(wait);
                }
            }
        }
    }

    /// Writes down what a power cut at this moment may leave.
    pub fn cut(&self, chance: &mut StdRng, image: &Path) {
        // Some cuts spare nearly everything, some nearly nothing.
        let kept = chance.random();
        let mut names = self.names.lasting.clone();
        for loose in self.names.loose.iter().filter(|_| chance.random_bool(kept)) {
            loose.change.apply(&mut names);
        }
        for (name, file) in names {
            fs::write(image.join(name), self.files[file].cut(kept, chance)).unwrap();
        }
    }

    fn begin(&mut self, call: Call) -> Option<Wait> {
        match call {
            Call::Send(_) => None,
            Call::Write { file, offset, bytes } => Some(self.change(&file, Change::Write { offset, bytes })),
            Call::Truncate { file, length } => Some(self.change(&file, Change::Truncate { length })),
            Call::Sync(file) => {
                let file = self.seen[&file];
                Some(Wait::Synced { file, ids: self.files[file].returned() })
            }
            Call::SyncFolder => Some(Wait::FolderSynced { ids: self.names.returned() }),
            // It was there, and is only opened.
            Call::Create(name) if self.seen.contains_key(&name) => None,
            Call::Create(name) => {
                self.files.push(Cached::default());
                Some(self.name(Naming::Create { file: self.files.len() - 1, name }))
            }
            Call::Remove(name) => Some(self.name(Naming::Remove { name })),
            Call::Rename { from, to } => Some(self.name(Naming::Rename { from, to })),
        }
    }

    fn change(&mut self, file: &str, change: Change) -> Wait {
        let file = self.seen[file];
        Wait::Changed { file, id: self.files[file].begin(change) }
    }

    fn name(&mut self, naming: Naming) -> Wait {
        naming.apply(&mut self.seen);
        Wait::Named { id: self.names.begin(naming) }
    }

    fn finish(&mut self, wait: Wait) {
        match wait {
            Wait::Changed { file, id } => self.files[file].has_returned(id),
            Wait::Named { id } => self.names.has_returned(id),
            Wait::Synced { file, ids } => self.files[file].settle(&ids, Change::apply),
            Wait::FolderSynced { ids } => self.names.settle(&ids, Naming::apply),
        }
    }
}

impl<T: Default, C> Default for Cached<T, C> {
    fn default() -> Self {
        Self { lasting: T::default(), loose: Vec::new(), changes: 0 }
    }
}

impl<T, C> Cached<T, C> {
    fn begin(&mut self, change: C) -> usize {
        self.changes += 1;
        self.loose.push(Loose { id: self.changes, change, has_returned: false });
        self.changes
    }

    fn has_returned(&mut self, id: usize) {
        self.loose.iter_mut().filter(|loose| loose.id == id).for_each(|loose| loose.has_returned = true);
    }

    /// What a sync that begins now is about: nothing that is still under way.
    fn returned(&self) -> Vec<usize> {
        self.loose.iter().filter(|loose| loose.has_returned).map(|loose| loose.id).collect()
    }

    fn settle(&mut self, ids: &[usize], apply: impl Fn(&C, &mut T)) {
        for settled in self.loose.extract_if(.., |loose| ids.contains(&loose.id)) {
            apply(&settled.change, &mut self.lasting);
        }
    }
}

impl Cached<Vec<u8>, Change> {
    fn cut(&self, kept: f64, chance: &mut StdRng) -> Vec<u8> {
        let mut content = self.lasting.clone();
        let mut loose: Vec<&Change> = self.loose.iter().map(|loose| &loose.change).collect();
        loose.shuffle(chance);
        for change in loose {
            if chance.random_bool(kept) {
                change.apply(&mut content);
            } else if chance.random() {
                change.tear(&mut content, chance);
            }
        }
        content
    }
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write { offset, bytes } => put(content, *offset, bytes),
            Self::Truncate { length } => content.resize(*length, 0),
        }
    }

    /// Some sectors of it and not the others.
    fn tear(&self, content: &mut Vec<u8>, chance: &mut StdRng) {
        let Self::Write { offset, bytes } = self else { return };
        let (mut at, end) = (*offset, offset + bytes.len());
        while at < end {
            let next = end.min((at / SECTOR + 1) * SECTOR);
            if chance.random() {
                put(content, at, &bytes[at - offset..next - offset]);
            }
            at = next;
        }
    }
}

impl Naming {
    fn apply(&self, names: &mut BTreeMap<String, usize>) {
        match self {
            Self::Create { file, name } => drop(names.insert(name.clone(), *file)),
            Self::Remove { name } => drop(names.remove(name)),
            Self::Rename { from, to } => {
                if let Some(file) = names.remove(from) {
                    names.insert(to.clone(), file);
                }
            }
        }
    }
}

fn put(content: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    if content.len() < offset + bytes.len() {
        content.resize(offset + bytes.len(), 0);
    }
    content[offset..offset + bytes.len()].copy_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn what_was_synced_survives_every_cut() {
        let steps = [create(), whole(Call::SyncFolder), write(0, 700, 1), write(600, 700, 2), sync()];
        let expected = [vec![1; 600], vec![2; 700]].concat();
        assert!(cuts(&steps.concat()).into_iter().all(|content| content.as_ref() == Some(&expected)));
    }

    #[test]
    fn what_was_not_synced_is_there_at_times_and_in_any_order() {
        let steps = [create(), whole(Call::SyncFolder), write(0, 8, 1), sync(), write(0, 4, 2), write(4, 4, 3)];
        let contents: Vec<Vec<u8>> = cuts(&steps.concat()).into_iter().flatten().collect();
        for (first, second) in [(1, 1), (2, 1), (1, 3), (2, 3)] {
            assert!(contents.contains(&[[first; 4], [second; 4]].concat()), "{first} and {second}");
        }
    }

    #[test]
    fn what_is_torn_is_torn_between_sectors() {
        let steps = [create(), whole(Call::SyncFolder), write(0, 2048, 1), sync(), write(256, 1024, 2)];
        let contents: Vec<Vec<u8>> = cuts(&steps.concat()).into_iter().flatten().collect();
        let sectors = [0..256, 256..512, 512..1024, 1024..1280, 1280..2048];
        for content in &contents {
            for sector in &sectors {
                assert!(content[sector.clone()].iter().all(|byte| *byte == content[sector.start]), "{sector:?}");
            }
        }
        let is_torn = |content: &&Vec<u8>| content[256] == 1 && content[512] == 2 && content[1024] == 1;
        assert!(contents.iter().any(|content| is_torn(&content)));
    }

    #[test]
    fn a_sync_counts_once_it_returns_and_only_for_what_had_returned_before() {
        let under_way = |thread, call| vec![Step::Begun { thread, call }];
        let begun = [create(), whole(Call::SyncFolder), write(0, 4, 1), under_way(8, Call::Sync("a".to_owned()))];
        assert!(cuts(&begun.concat()).contains(&Some(Vec::new())), "the sync has not returned");

        let late = Call::Write { file: "a".to_owned(), offset: 0, bytes: vec![1; 4] };
        let begun = [create(), whole(Call::SyncFolder), under_way(8, late), sync()];
        assert!(cuts(&begun.concat()).contains(&Some(Vec::new())), "the write has not returned");
        let returned = [begun.concat(), vec![Step::Returned { thread: 8 }], sync()].concat();
        assert!(!cuts(&returned).contains(&Some(Vec::new())));
    }

    #[test]
    fn names_last_once_the_folder_was_synced() {
        let (rename, remove) =
            (Call::Rename { from: "b".to_owned(), to: "a".to_owned() }, Call::Remove("a".to_owned()));
        let created = [whole(Call::Create("b".to_owned())), whole(rename), write(0, 4, 1), sync()].concat();
        assert_eq!(kinds(&created), (true, true));
        let lasting = [created, whole(Call::SyncFolder)].concat();
        assert_eq!(kinds(&lasting), (true, false));
        let removed = [lasting, whole(remove)].concat();
        assert_eq!(kinds(&removed), (true, true));
        assert_eq!(kinds(&[removed, whole(Call::SyncFolder)].concat()), (false, true));
    }

    #[test]
    fn a_file_may_have_any_of_its_lengths() {
        let truncate = whole(Call::Truncate { file: "a".to_owned(), length: 2 });
        let steps = [create(), whole(Call::SyncFolder), write(0, 4, 1), sync(), truncate].concat();
        let contents = cuts(&steps);
        assert!(contents.contains(&Some(vec![1; 4])) && contents.contains(&Some(vec![1; 2])));
        assert!(cuts(&[steps, sync()].concat()).into_iter().all(|content| content == Some(vec![1; 2])));
    }

    /// Whether there are cuts after which the file is there, and ones after which it is not.
    fn kinds(steps: &[Step]) -> (bool, bool) {
        let contents = cuts(steps);
        (contents.iter().any(Option::is_some), contents.iter().any(Option::is_none))
    }

    /// What the file `a` is after each of many cuts.
    fn cuts(steps: &[Step]) -> Vec<Option<Vec<u8>>> {
        let mut disk = Disk::default();
        steps.iter().cloned().for_each(|step| disk.take(step));
        let mut chance = StdRng::seed_from_u64(1);
        let mut cut = || {
            let image = tempfile::tempdir().unwrap();
            disk.cut(&mut chance, image.path());
            fs::read(image.path().join("a")).ok()
        };
        (0..200).map(|_| cut()).collect()
    }

    fn whole(call: Call) -> Vec<Step> {
        vec![Step::Begun { thread: 7, call }, Step::Returned { thread: 7 }]
    }

    fn create() -> Vec<Step> {
        whole(Call::Create("a".to_owned()))
    }

    fn write(offset: usize, length: usize, byte: u8) -> Vec<Step> {
        whole(Call::Write { file: "a".to_owned(), offset, bytes: vec![byte; length] })
    }

    fn sync() -> Vec<Step> {
        whole(Call::Sync("a".to_owned()))
    }
}
