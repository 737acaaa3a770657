//! What is shown of a message that was found: the part of it that was looked for, with the terms marked in it.

use std::ops::Range;

use crate::protocol::page::finding::Span;
use crate::server::store::fold;

/// Bytes of a message that are shown, about.
const SHOWN: usize = 400;
/// Of them, before the first term.
const BEFORE: usize = 120;

/// A text, or the part of it around the first term. Terms are found in it as the search finds them: whatever their case and
/// accents.
pub fn marked(text: &str, terms: &[String]) -> Vec<Span> {
    let found = places(text, terms);
    let first = found.first().map_or(0, |place| place.start);
    let from = text.floor_char_boundary(if text.len() > SHOWN { first.saturating_sub(BEFORE) } else { 0 });
    let to = text.floor_char_boundary(from.saturating_add(SHOWN).min(text.len()));
    let mut spans = Vec::new();
    let mut add = |text: &str, found| {
        if !text.is_empty() {
            spans.push(Span { text: text.to_owned(), found });
        }
    };
    add(if from > 0 { "\u{2026} " } else { "" }, false);
    let mut at = from;
    for place in found.into_iter().filter(|place| place.start >= from && place.end <= to) {
        add(&text[at..place.start], false);
        at = place.end;
        add(&text[place], true);
    }
    add(&text[at..to], false);
    add(if to < text.len() { " \u{2026}" } else { "" }, false);
    spans
}

/// Where the terms are, in order; none is in another.
fn places(text: &str, terms: &[String]) -> Vec<Range<usize>> {
    let letters = letters(text);
    let mut terms: Vec<Vec<char>> = terms.iter().map(|term| fold(term).chars().collect()).collect();
    terms.retain(|term: &Vec<char>| !term.is_empty());
    terms.sort_by_key(|term| std::cmp::Reverse(term.len()));
    let (mut places, mut at) = (Vec::new(), 0);
    while at < letters.len() {
        let is_here = |term: &&Vec<char>| {
            letters.len() - at >= term.len() && letters[at..].iter().zip(*term).all(|((letter, _), c)| letter == c)
        };
        let Some(term) = terms.iter().find(is_here) else {
            at += 1;
            continue;
        };
        let (_, last) = letters[at + term.len() - 1];
        let behind = letters[at + term.len()..].iter().map(|(_, start)| *start).find(|start| *start > last);
        let end = behind.unwrap_or(text.len());
        places.push(letters[at].1..end);
        // One character may be several letters, as a ligature is: what is left of it is marked already.
        at += letters[at..].iter().take_while(|(_, start)| *start < end).count();
    }
    places
}

/// The text as it is searched in, letter by letter, and where in the text each begins.
fn letters(text: &str) -> Vec<(char, usize)> {
    let mut letters: Vec<(char, usize)> = Vec::new();
    for (start, c) in text.char_indices() {
        if c.is_whitespace() || c.is_control() {
            if letters.last().is_some_and(|(last, _)| *last != ' ') {
                letters.push((' ', start));
            }
        } else if c.is_ascii() {
            letters.push((c.to_ascii_lowercase(), start));
        } else {
            letters.extend(fold(c.encode_utf8(&mut [0; 4])).chars().map(|letter| (letter, start)));
        }
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// With what is marked in brackets.
    fn shown(text: &str, terms: &[&str]) -> String {
        let terms: Vec<String> = terms.iter().map(|&term| term.to_owned()).collect();
        let spans = marked(text, &terms);
        spans.iter().map(|Span { text, found }| if *found { format!("[{text}]") } else { text.clone() }).collect()
    }

    #[test]
    fn terms_are_marked_as_they_are_found() {
        assert_eq!(shown("Tea for two, TEA!", &["tea"]), "[Tea] for two, [TEA]!");
        assert_eq!(shown("a cafe\u{301} and a CAFÉ", &["cafe"]), "a [cafe\u{301}] and a [CAFÉ]");
        assert_eq!(shown("Straße", &["ss"]), "Stra[ß]e");
        assert_eq!(shown("tea  \n cup", &["tea cup"]), "[tea  \n cup]", "a phrase over a line break");
        assert_eq!(shown("teacup", &["tea", "teacup"]), "[teacup]", "the longest one");
        assert_eq!(shown("東京都", &["京"]), "東[京]都");
        assert_eq!(shown("o\u{FB03}ce", &["f"]), "o[\u{FB03}]ce", "a ligature, once");
        assert_eq!(shown("nothing", &[]), "nothing");
    }

    #[test]
    fn of_a_long_text_the_part_is_shown_that_was_looked_for() {
        let text = format!("{} needle {}", "x".repeat(5_000), "y".repeat(5_000));
        let shown = shown(&text, &["needle"]);
        assert!(shown.starts_with("\u{2026} xxx") && shown.contains(" [needle] ") && shown.ends_with("yyy \u{2026}"));
        assert!(shown.len() < SHOWN + 20, "{}", shown.len());
    }

    proptest! {
        #[test]
        fn whatever_is_looked_for_nothing_of_a_short_text_is_lost(
            text in r"(\PC|[\x00-\x20]){0,60}",
            terms in prop::collection::vec(r"\PC{1,3}", 0..4),
        ) {
            let spans = marked(&text, &terms);
            let whole: String = spans.iter().map(|span| span.text.as_str()).collect();
            prop_assert_eq!(whole, text);
        }
    }
}
