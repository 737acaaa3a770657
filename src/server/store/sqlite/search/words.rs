//! What the index knows messages by: pieces of their text, and a word each for their room and their author.

use std::collections::BTreeSet;

/// Fewest characters of a term that the index of three characters can find.
const GRAM: usize = 3;
/// Most pieces of a term that are asked for. Fewer find too much at worst, which the text itself shows.
const ASKED: usize = 16;
/// Private characters, so that no text of a person who means something is taken for a room or an author.
const ROOMS: u32 = 0xF_0000;
const AUTHORS: u32 = 0xF_1000;
/// Characters of each of the two alphabets.
const LETTERS: u32 = 0x1000;

/// The pieces of three characters that every text with this term in it has. None if it is shorter.
pub(super) fn grams(term: &str) -> Vec<String> {
    neighbours(term, GRAM).collect::<BTreeSet<_>>().into_iter().take(ASKED).collect()
}

/// The pieces of two characters that a text can be found by.
pub(super) fn pairs(text: &str) -> BTreeSet<String> {
    let is_pair = |pair: &String| pair.chars().all(char::is_alphanumeric) && pair.chars().any(has_short_words);
    neighbours(text, 2).filter(is_pair).collect()
}

/// The word for a room: three characters, so that it is one piece in either index.
pub(super) fn room(id: i64) -> String {
    number(ROOMS, id)
}

/// The word for an author.
pub(super) fn author(id: i64) -> String {
    number(AUTHORS, id)
}

/// Asks for messages that have all of these. Whatever is in a word, it is one word.
pub(super) fn all_of<'a>(words: impl IntoIterator<Item = &'a String>) -> String {
    join(words, " AND ")
}

/// Asks for messages that have one of these.
pub(super) fn one_of<'a>(words: impl IntoIterator<Item = &'a String>) -> String {
    format!("({})", join(words, " OR "))
}

fn join<'a>(words: impl IntoIterator<Item = &'a String>, with: &str) -> String {
    let quoted = words.into_iter().map(|word| format!("\"{}\"", word.replace('"', "\"\"")));
    quoted.collect::<Vec<_>>().join(with)
}

/// Every stretch of so many characters.
fn neighbours(text: &str, count: usize) -> impl Iterator<Item = String> {
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let ends: Vec<(usize, usize)> = starts.windows(count + 1).map(|ends| (ends[0], ends[count])).collect();
    ends.into_iter().map(|(start, end)| text[start..end].to_owned())
}

/// Han, Kana, Hangul, Bopomofo.
fn has_short_words(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{11FF}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
}

fn number(alphabet: u32, id: i64) -> String {
    let id = u64::try_from(id).unwrap_or(0);
    let letter = |place: u32| {
        let digit = (id >> (12 * place)) & u64::from(LETTERS - 1);
        char::from_u32(alphabet + u32::try_from(digit).unwrap_or(0)).unwrap_or(char::REPLACEMENT_CHARACTER)
    };
    [letter(2), letter(1), letter(0)].into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(pieces: impl IntoIterator<Item = String>) -> Vec<String> {
        pieces.into_iter().collect()
    }

    #[test]
    fn a_term_is_cut_into_every_three_characters() {
        assert_eq!(texts(grams("tea c")), ["a c", "ea ", "tea"]);
        assert_eq!(texts(grams("東京都")), ["東京都"]);
        assert!(grams("東京").is_empty() && grams("").is_empty());
        let long: String = ('a'..='z').flat_map(|a| ['x', a]).collect();
        assert_eq!(grams(&long).len(), ASKED, "no more than are asked for");
    }

    #[test]
    fn two_characters_are_a_piece_where_words_are_short() {
        assert_eq!(texts(pairs("go 東京へ。3月 ok")), ["3月", "京へ", "東京"]);
        assert_eq!(texts(pairs("한국 ガス 東 京")), ["ガス", "한국"]);
        assert!(pairs("tea and cake").is_empty());
    }

    #[test]
    fn rooms_and_authors_have_a_word_each() {
        let words: BTreeSet<_> =
            [1, 2, 4095, 4096, 1 << 35].into_iter().flat_map(|id| [room(id), author(id)]).collect();
        assert_eq!(words.len(), 10);
        assert!(words.iter().all(|word| word.chars().count() == GRAM));
    }

    #[test]
    fn nothing_in_a_word_is_a_command() {
        let words = ["a\"b".to_owned(), "OR ".to_owned()];
        assert_eq!(all_of(&words), r#""a""b" AND "OR ""#);
        assert_eq!(one_of(&words), r#"("a""b" OR "OR ")"#);
    }
}
