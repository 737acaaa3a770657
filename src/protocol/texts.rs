//! Texts that were said in one breath, and become messages one after the other.

use super::event::{Event, Person, Post, What};
use super::ids::{Cid, Millis, Seq};

/// Texts in the order in which they came, in one piece of memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    joined: String,
    /// Where each of them ends.
    ends: Vec<usize>,
}

/// Texts that are messages now, under numbers that follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The place of the first one in the room.
    pub first: Seq,
    /// When the server took them.
    pub at: Millis,
    /// Who said them, under the name of that moment.
    pub by: Person,
    /// What their own ids begin with.
    pub cid: Cid,
    /// At least one.
    pub texts: Texts,
}

impl Texts {
    /// One more.
    pub fn push(&mut self, text: &str) {
        self.joined.push_str(text);
        self.ends.push(self.joined.len());
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        begins.zip(&self.ends).map(|(begin, end)| &self.joined[begin..*end])
    }

    /// Only those of them.
    pub fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        if self.iter().all(&mut keep) {
            return;
        }
        let mut kept = Self::default();
        self.iter().filter(|text| keep(text)).for_each(|text| kept.push(text));
        *self = kept;
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How many bytes all of them have together.
    pub fn bytes(&self) -> usize {
        self.joined.len()
    }
}

impl Said {
    /// The place of the last one.
    pub fn last(&self) -> Seq {
        self.first + self.texts.len().saturating_sub(1) as Seq
    }

    /// The messages as they are told one by one, each with an id of its own.
    pub fn events(&self) -> impl Iterator<Item = Event> {
        self.texts.iter().zip(self.first..).map(|(text, seq)| Event {
            seq,
            at: self.at,
            by: self.by.clone(),
            cid: format!("{}-{}", self.cid.as_str(), seq - self.first).parse().ok(),
            what: What::Posted(Post { body: text.to_owned(), ..Post::default() }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ana() -> Person {
        Person { id: "p1".parse().expect("an id"), name: "Ana".into(), colour: None }
    }

    fn texts(all: &[&str]) -> Texts {
        let mut texts = Texts::default();
        all.iter().for_each(|text| texts.push(text));
        texts
    }

    #[test]
    fn they_come_out_as_they_went_in() {
        let all = ["a", "", "füße", "b"];
        assert_eq!(texts(&all).iter().collect::<Vec<_>>(), all);
        assert_eq!((texts(&all).len(), texts(&all).bytes()), (4, 8));
        let mut some = texts(&all);
        some.retain(|text| text.len() == 1);
        assert_eq!(some, texts(&["a", "b"]));
        assert!(texts(&[]).is_empty() && texts(&[]).iter().next().is_none());
    }

    #[test]
    fn each_is_a_message_with_a_place_and_an_id_of_its_own() {
        let cid: Cid = "0123456789abcdefghijkl".parse().expect("a cid");
        let said = Said { first: 7, at: 1, by: ana(), cid, texts: texts(&["a", "b"]) };
        let events: Vec<Event> = said.events().collect();
        assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), [7, 8]);
        assert_eq!(said.last(), 8);
        assert!(events[0].cid.is_some() && events[1].cid.is_some() && events[0].cid != events[1].cid);
        assert!(matches!(&events[1].what, What::Posted(post) if post.body == "b"));
    }
}
