//! Words that only some may see, and who has seen which of them.

use std::collections::BTreeSet;
use std::sync::Mutex;

use rand::Rng;

/// Everything that must not get out.
#[derive(Default)]
pub struct Cage {
    canaries: Mutex<Vec<Canary>>,
    escaped: Mutex<BTreeSet<String>>,
}

struct Canary {
    word: String,
    what: String,
    /// Who may see it from now on.
    seers: BTreeSet<&'static str>,
    seen_by: BTreeSet<&'static str>,
}

impl Cage {
    /// A new word that only these may see. It fits into a room's key.
    pub fn word(&self, what: &str, seers: &[&'static str]) -> String {
        let word = format!("cn{:016x}", rand::rng().random::<u64>());
        self.hold(what, &word, seers);
        word
    }

    /// A word that somebody else made up.
    pub fn hold(&self, what: &str, word: &str, seers: &[&'static str]) {
        let seers = seers.iter().copied().collect();
        let canary = Canary { word: word.to_owned(), what: what.to_owned(), seers, seen_by: BTreeSet::new() };
        self.canaries.lock().unwrap().push(canary);
    }

    /// From now on somebody may see no more of what is called so.
    pub fn hide(&self, what: &str, from: &[&'static str]) {
        let mut canaries = self.canaries.lock().unwrap();
        let hidden = canaries.iter_mut().filter(|canary| canary.what.starts_with(what));
        hidden.for_each(|canary| canary.seers.retain(|seer| !from.contains(seer)));
    }

    /// From now on somebody may see it too.
    pub fn show(&self, what: &str, to: &[&'static str]) {
        let mut canaries = self.canaries.lock().unwrap();
        let shown = canaries.iter_mut().filter(|canary| canary.what.starts_with(what));
        shown.for_each(|canary| canary.seers.extend(to));
    }

    /// Somebody has this before them. What they asked for themselves is no news to them.
    pub fn look(&self, who: &'static str, way: &str, text: &str, asked: &str) {
        for canary in self.canaries.lock().unwrap().iter_mut() {
            if asked.contains(&canary.word) || !text.contains(&canary.word) {
                continue;
            }
            canary.seen_by.insert(who);
            if !canary.seers.contains(who) {
                let at = text.find(&canary.word).unwrap_or_default();
                let around: String = text[..at].chars().rev().take(200).collect::<Vec<_>>().into_iter().rev().collect();
                self.escaped.lock().unwrap().insert(format!("{who} has {} by {way}: ...{around}", canary.what));
            }
        }
    }

    /// Whether somebody has seen it.
    pub fn has_seen(&self, who: &str, word: &str) -> bool {
        let canaries = self.canaries.lock().unwrap();
        canaries.iter().any(|canary| canary.word == word && canary.seen_by.contains(who))
    }

    /// What was seen by whom it was not for.
    pub fn escaped(&self) -> Vec<String> {
        self.escaped.lock().unwrap().iter().cloned().collect()
    }

    /// What was seen by nobody at all although some might: then nobody looked.
    pub fn unseen(&self) -> Vec<String> {
        let canaries = self.canaries.lock().unwrap();
        let unseen = canaries.iter().filter(|canary| !canary.seers.is_empty() && canary.seen_by.is_empty());
        unseen.map(|canary| canary.what.clone()).collect()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.canaries.lock().unwrap().len()
    }
}
