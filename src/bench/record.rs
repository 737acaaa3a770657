//! What all receivers of one room hear is the same bytes: they are looked at once, text by text, and what the others get is
//! compared with them, which takes a few nanoseconds for a hundred texts. Whoever hears something else, or in another order,
//! is looked at text by text from there on.

use super::Result;
use super::script::Script;
use super::socket::whole;

/// A final text frame that is not masked.
const TEXT: u8 = 0x81;

/// The bytes of a round, and how far each receiver has come in them.
pub struct Record {
    bytes: Vec<u8>,
    /// Texts in them.
    texts: usize,
    /// Where each receiver is; none where it goes its own way.
    at: Vec<Option<usize>>,
}

/// What becomes of bytes that came.
#[derive(Debug, PartialEq, Eq)]
pub enum Follow {
    /// So many of them are as they have to be; the rest is the beginning of a frame.
    Known(usize),
    /// They have to be looked at, behind the beginning of a frame that came before.
    Look(Vec<u8>),
}

impl Record {
    /// Nothing was heard yet.
    pub fn new(receivers: usize) -> Self {
        Self { bytes: Vec::new(), texts: 0, at: vec![Some(0); receivers] }
    }

    /// Everything is said once more.
    pub fn rewind(&mut self) {
        self.bytes.clear();
        self.texts = 0;
        self.at.fill(Some(0));
    }

    /// A receiver got these bytes, behind all that it got before but for the beginning of a frame, which they begin with.
    pub fn follow(&mut self, receiver: usize, bytes: &[u8], script: &mut Script) -> Result<Follow> {
        let Some(at) = self.at[receiver] else { return Ok(Follow::Look(Vec::new())) };
        let common = bytes.len().min(self.bytes.len() - at);
        if bytes[..common] != self.bytes[at..at + common] {
            return self.leave(receiver, at, script).map(Follow::Look);
        }
        let new = if at + common == self.bytes.len() { self.extend(&bytes[common..], script)? } else { 0 };
        self.at[receiver] = Some(at + common + new);
        Ok(Follow::Known(common + new))
    }

    /// Whether all who did not go their own way have heard so many texts.
    pub fn is_heard(&self, texts: usize) -> bool {
        self.at.iter().flatten().all(|at| self.texts == texts && *at == self.bytes.len())
    }

    /// Those who go their own way.
    pub fn others(&self) -> impl Iterator<Item = usize> {
        self.at.iter().enumerate().filter(|(_, at)| at.is_none()).map(|(receiver, _)| receiver)
    }

    /// Takes what nobody has heard before, as far as it is whole texts; answers with how many bytes those are.
    fn extend(&mut self, bytes: &[u8], script: &mut Script) -> Result<usize> {
        let mut used = 0;
        while let Some((head, end)) = whole(&bytes[used..]).filter(|_| bytes[used] == TEXT) {
            script.hear(self.at.len(), &bytes[used + head..used + end])?;
            (used, self.texts) = (used + end, self.texts + 1);
        }
        self.bytes.extend_from_slice(&bytes[..used]);
        Ok(used)
    }

    /// From here on it is looked at by itself: answers with the beginning of the frame that it is inside of.
    fn leave(&mut self, receiver: usize, at: usize, script: &mut Script) -> Result<Vec<u8>> {
        self.at[receiver] = None;
        let mut begin = 0;
        while let Some((head, end)) = whole(&self.bytes[begin..at]) {
            script.hear(receiver, &self.bytes[begin + head..begin + end])?;
            begin += end;
        }
        Ok(self.bytes[begin..at].to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::dialect::Dialect;

    const EACH: usize = 3;
    const RECEIVERS: usize = 2;

    fn fresh() -> (Record, Script) {
        let script = Script::new(Dialect::Plain, 2, EACH, RECEIVERS + 1, 20).expect("a script");
        (Record::new(RECEIVERS), script)
    }

    fn frames(script: &Script, said: &[(usize, usize)]) -> Vec<u8> {
        let frame = |(sender, place): &(usize, usize)| {
            let payload = script.payload(*sender, *place);
            [&[TEXT, u8::try_from(payload.len()).expect("short")][..], payload].concat()
        };
        said.iter().flat_map(frame).collect()
    }

    const ALL: [(usize, usize); 6] = [(0, 0), (1, 0), (0, 1), (1, 1), (1, 2), (0, 2)];

    #[test]
    fn whoever_hears_the_same_is_compared_wherever_it_is_cut() {
        let all = frames(&fresh().1, &ALL);
        for cut in 0..all.len() {
            let (mut record, mut script) = fresh();
            assert_eq!(record.follow(0, &all, &mut script).expect("good"), Follow::Known(all.len()));
            assert!(!record.is_heard(ALL.len()), "the other has heard nothing");
            for part in [&all[..cut], &all[cut..]] {
                assert_eq!(record.follow(1, part, &mut script).expect("good"), Follow::Known(part.len()));
            }
            assert!(record.is_heard(ALL.len()) && record.others().next().is_none());
        }
    }

    #[test]
    fn what_is_not_whole_waits_for_its_rest() {
        let (mut record, mut script) = fresh();
        let all = frames(&script, &ALL);
        let first = frames(&script, &ALL[..1]).len();
        assert_eq!(record.follow(0, &all[..first + 1], &mut script).expect("good"), Follow::Known(first));
        assert_eq!(record.follow(0, &all[first..], &mut script).expect("good"), Follow::Known(all.len() - first));
    }

    #[test]
    fn whoever_hears_something_else_is_looked_at_from_there_on() {
        let other = [(0, 0), (1, 0), (1, 1), (0, 1), (1, 2), (0, 2)];
        let (all, other) = (frames(&fresh().1, &ALL), frames(&fresh().1, &other));
        for cut in 0..all.len() {
            let (mut record, mut script) = fresh();
            record.follow(0, &all, &mut script).expect("good");
            let before = record.follow(1, &other[..cut], &mut script);
            // What differs came with one of the two parts.
            let (before, rest) = match before.expect("good") {
                Follow::Known(count) => match record.follow(1, &other[count..], &mut script).expect("good") {
                    Follow::Look(before) => (before, &other[count..]),
                    Follow::Known(_) => panic!("it is another order"),
                },
                Follow::Look(before) => (before, &other[..]),
            };
            let (bytes, mut at) = ([&before, rest].concat(), 0);
            while let Some((head, end)) = whole(&bytes[at..]) {
                script.hear(1, &bytes[at + head..at + end]).expect("in order");
                at += end;
            }
            assert_eq!(at, bytes.len());
            assert_eq!(record.others().collect::<Vec<_>>(), [1]);
            assert!(record.is_heard(ALL.len()), "the one who is left");
            assert_eq!(record.follow(1, b"x", &mut script).expect("its own way"), Follow::Look(Vec::new()));
        }
    }

    #[test]
    fn what_is_lost_doubled_or_altered_is_noticed() {
        for wrong in [&[(0, 0), (0, 2)][..], &[(0, 0), (0, 0)]] {
            let (mut record, mut script) = fresh();
            let wrong = frames(&script, wrong);
            assert!(record.follow(0, &wrong, &mut script).is_err());
        }
        let (mut record, mut script) = fresh();
        let mut altered = frames(&script, &ALL);
        *altered.last_mut().expect("a byte") ^= 1;
        assert!(record.follow(0, &altered, &mut script).is_err());
    }
}
