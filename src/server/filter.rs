//! Words that are not said: some are refused, some hold a message back until somebody has looked at it.

use aho_corasick::{AhoCorasick, MatchKind};
use unicode_normalization::UnicodeNormalization;

/// What a text is found to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A word that is refused.
    Refused,
    /// This word, which holds the text back.
    Held(String),
}

/// The words, ready to be looked for: one pass over a text, however many there are.
#[derive(Default)]
pub struct WordFilter {
    refused: Option<Words>,
    held: Option<Words>,
}

struct Words {
    search: AhoCorasick,
    words: Vec<String>,
}

impl WordFilter {
    /// For these words. An empty one is none.
    pub fn new(refused: &[String], held: &[String]) -> Self {
        Self { refused: Words::new(refused), held: Words::new(held) }
    }

    /// There is no word to look for.
    pub fn is_empty(&self) -> bool {
        self.refused.is_none() && self.held.is_none()
    }

    /// The first of them that a text holds as a whole word, be it written in capitals or in another width.
    pub fn find(&self, text: &str) -> Option<Found> {
        if self.is_empty() {
            return None;
        }
        let text = one_form(text);
        if self.refused.as_ref().is_some_and(|words| words.find(&text).is_some()) {
            return Some(Found::Refused);
        }
        self.held.as_ref()?.find(&text).map(|word| Found::Held(word.to_owned()))
    }
}

impl Words {
    fn new(words: &[String]) -> Option<Self> {
        let words: Vec<String> =
            words.iter().map(|word| one_form(word.trim())).filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            return None;
        }
        let search = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&words);
        match search {
            Ok(search) => Some(Self { search, words }),
            Err(error) => {
                tracing::error!(%error, "the word filter cannot be made");
                None
            }
        }
    }

    fn find(&self, text: &str) -> Option<&str> {
        let whole = self.search.find_overlapping_iter(text).find(|found| is_whole(text, found.start(), found.end()))?;
        self.words.get(whole.pattern().as_usize()).map(String::as_str)
    }
}

/// Not the inside of another word: a filter that finds one place name in another is switched off soon. Scripts that do not
/// part their words are searched as they are.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let goes_on = |beside: Option<char>, edge: Option<char>| {
        beside.zip(edge).is_some_and(|(beside, edge)| parts_words(beside) && parts_words(edge))
    };
    let (word, before, after) = (&text[start..end], &text[..start], &text[end..]);
    !goes_on(before.chars().next_back(), word.chars().next())
        && !goes_on(after.chars().next(), word.chars().next_back())
}

/// A letter or digit of a script that parts its words.
fn parts_words(c: char) -> bool {
    c.is_alphanumeric()
        && !matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{20000}'..='\u{3FFFF}')
}

fn one_form(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter() -> WordFilter {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        WordFilter::new(&words(&["darn", "\u{7CDE}", ""]), &words(&["Buy Now"]))
    }

    #[test]
    fn whole_words_are_found_however_they_are_written() {
        for text in ["darn", "Oh DARN!", "\u{FF44}\u{FF41}\u{FF52}\u{FF4E}", "x (darn)", "\u{6C34}\u{7CDE}\u{6C34}"] {
            assert_eq!(filter().find(text), Some(Found::Refused), "{text}");
        }
        assert_eq!(filter().find("Please buy now."), Some(Found::Held("buy now".into())));
    }

    #[test]
    fn the_inside_of_another_word_is_none() {
        for text in ["darned", "redarn", "d a r n", "", "buy nowhere"] {
            assert_eq!(filter().find(text), None, "{text}");
        }
    }

    #[test]
    fn a_refusal_weighs_more() {
        assert_eq!(filter().find("buy now, darn"), Some(Found::Refused));
        assert_eq!(WordFilter::default().find("darn"), None);
    }
}
