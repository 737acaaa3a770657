//! What a person types to search, taken apart. Whatever it is, it is a search: nothing that is typed is an error.

use super::ids::Millis;
use super::limits::{SEARCH_CHARS, SEARCH_TERMS};

/// What is searched for. Each part that is there narrows it down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchQuery {
    /// Words and phrases that a message must hold, all of them; at most [`SEARCH_TERMS`].
    pub terms: Vec<String>,
    /// `from:` what the author is called.
    pub from: Option<String>,
    /// `in:` a room, by its key or its title.
    pub room: Option<String>,
    /// `before:` a day: what was said before it began, in UTC.
    pub before: Option<Millis>,
    /// `after:` a day: what was said since it began, in UTC.
    pub after: Option<Millis>,
}

/// A word that is followed by a colon and says where to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    From,
    In,
    Before,
    After,
}

const OPERATORS: [(&str, Operator); 4] =
    [("from:", Operator::From), ("in:", Operator::In), ("before:", Operator::Before), ("after:", Operator::After)];

/// What begins a phrase and ends it. Telephones type the round ones.
const QUOTES: [char; 4] = ['"', '\u{201C}', '\u{201D}', '\u{201E}'];

/// What stands between two blanks, or between two quotes.
#[derive(Debug, Clone, Copy)]
struct Word<'a> {
    operator: Option<Operator>,
    value: &'a str,
    /// As it was typed, for an operator that is none after all.
    typed: &'a str,
}

impl SearchQuery {
    /// Reads words, `"phrases"` and operators, whose values may be quoted as well. An operator whose value makes no sense
    /// is a word like others; of one that is there twice the last one counts.
    pub fn parse(typed: &str) -> Self {
        let end = typed.char_indices().nth(SEARCH_CHARS).map_or(typed.len(), |(at, _)| at);
        let (mut query, mut rest) = (Self::default(), &typed[..end]);
        while let Some((word, after)) = next_word(rest) {
            query.take(word);
            rest = after;
        }
        query
    }

    fn take(&mut self, word: Word<'_>) {
        let term = match word.operator {
            Some(operator) if self.narrow(operator, word.value.trim()) => return,
            Some(_) => word.typed,
            None => word.value.trim(),
        };
        if !term.is_empty() && self.terms.len() < SEARCH_TERMS {
            self.terms.push(term.to_owned());
        }
    }

    /// `false` if the value makes no sense.
    fn narrow(&mut self, operator: Operator, value: &str) -> bool {
        let text = || (!value.is_empty()).then(|| value.to_owned());
        match operator {
            Operator::From => set(&mut self.from, text()),
            Operator::In => set(&mut self.room, text()),
            Operator::Before => set(&mut self.before, start_of_day(value)),
            Operator::After => set(&mut self.after, start_of_day(value)),
        }
    }
}

fn set<T>(part: &mut Option<T>, value: Option<T>) -> bool {
    let makes_sense = value.is_some();
    if makes_sense {
        *part = value;
    }
    makes_sense
}

/// The first word, and what follows it.
fn next_word(text: &str) -> Option<(Word<'_>, &str)> {
    let text = text.trim_start();
    if text.is_empty() {
        return None;
    }
    let (operator, from) = OPERATORS
        .into_iter()
        .find(|(name, _)| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
        .map_or((None, 0), |(name, operator)| (Some(operator), name.len()));
    let (value, rest) = next_value(&text[from..]);
    let typed = &text[..text.len() - rest.len()];
    Some((Word { operator, value, typed }, rest))
}

/// Up to the quote that ends it, or to the next blank. A quote that nothing ends goes on to the end.
fn next_value(text: &str) -> (&str, &str) {
    match text.strip_prefix(QUOTES) {
        Some(quoted) => quoted.split_once(QUOTES).unwrap_or((quoted, "")),
        None => text.split_at(text.find(char::is_whitespace).unwrap_or(text.len())),
    }
}

/// When a day began, written `YYYY-MM-DD`.
fn start_of_day(text: &str) -> Option<Millis> {
    const DAY_MS: Millis = 24 * 60 * 60 * 1_000;
    let number = |from: usize, to: usize| {
        let digits = text.get(from..to).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        digits.and_then(|digits| digits.parse::<u64>().ok())
    };
    let dashed = text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let fits = dashed && year >= 1970 && (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day);
    let days =
        || (1970..year).map(days_of_year).sum::<u64>() + (1..month).map(|month| days_of(year, month)).sum::<u64>();
    fits.then(|| (days() + day - 1) * DAY_MS)
}

fn days_of_year(year: u64) -> u64 {
    (1..=12).map(|month| days_of(year, month)).sum()
}

fn days_of(year: u64, month: u64) -> u64 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(typed: &str) -> SearchQuery {
        SearchQuery::parse(typed)
    }

    fn terms(terms: &[&str]) -> SearchQuery {
        SearchQuery { terms: terms.iter().map(|&term| term.to_owned()).collect(), ..SearchQuery::default() }
    }

    #[test]
    fn words_and_phrases_are_terms() {
        assert_eq!(parse("  tea  cup "), terms(&["tea", "cup"]));
        assert_eq!(parse("\"tea cup\" now"), terms(&["tea cup", "now"]));
        assert_eq!(parse("\u{201C}tea cup\u{201D}now"), terms(&["tea cup", "now"]));
        assert_eq!(parse("\"tea cup"), terms(&["tea cup"]), "a quote that nothing ends");
        assert_eq!(parse("5\" screen"), terms(&["5\"", "screen"]), "one inside of a word is a part of it");
        assert_eq!(parse("\"\" \" \" "), terms(&[]));
        assert_eq!(parse("東京 \"東 京\""), terms(&["東京", "東 京"]));
    }

    #[test]
    fn operators_narrow_it_down() {
        let query = parse("FROM:\"Ana 2\" tea in:lobby before:2024-03-01 after:2024-02-29");
        assert_eq!(query.terms, ["tea"]);
        assert_eq!((query.from.as_deref(), query.room.as_deref()), (Some("Ana 2"), Some("lobby")));
        assert_eq!(query.before.zip(query.after), Some((1_709_251_200_000, 1_709_164_800_000)));
        assert_eq!(parse("from:a from:b").from.as_deref(), Some("b"), "the last one counts");
        assert_eq!(parse("\"from:a\""), terms(&["from:a"]), "a phrase is a phrase");
        assert_eq!(parse("xfrom:a"), terms(&["xfrom:a"]));
    }

    #[test]
    fn an_operator_that_makes_no_sense_is_a_word() {
        for typed in ["from:", "in:\"\"", "before:noon", "after:2024-02-30", "before:\"next year\"", "after:1969-12-31"]
        {
            assert_eq!(parse(typed), terms(&[typed]), "{typed}");
        }
    }

    #[test]
    fn a_day_begins_at_midnight_in_utc() {
        for (day, ms) in [("1970-01-01", 0), ("1970-03-01", 5_097_600_000), ("2000-02-29", 951_782_400_000)] {
            assert_eq!(start_of_day(day), Some(ms), "{day}");
        }
        assert_eq!(start_of_day("9999-12-31"), Some(253_402_214_400_000));
        for nonsense in
            ["2023-02-29", "2100-02-29", "2024-13-01", "2024-00-10", "2024-1-01", "2024/01/01", "+024-01-01"]
        {
            assert_eq!(start_of_day(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn what_is_too_much_is_not_looked_at() {
        let fits = "ä".repeat(SEARCH_CHARS);
        assert_eq!(parse(&fits), terms(&[&fits]));
        assert_eq!(parse(&format!("{fits}x")), terms(&[&fits]));
        let words = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<_>>();
        assert_eq!(parse(&words(SEARCH_TERMS).join(" ")).terms, words(SEARCH_TERMS));
        assert_eq!(parse(&words(SEARCH_TERMS + 1).join(" ")).terms, words(SEARCH_TERMS));
        let many = format!("{} from:ana", words(SEARCH_TERMS + 1).join(" "));
        assert_eq!(parse(&many).from.as_deref(), Some("ana"), "an operator is no term");
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_a_search(typed in r#"(\PC|from:|in:|before:|AFTER:|2024-|-01|["“”\x00-\x20]){0,60}"#) {
            let query = parse(&typed);
            prop_assert!(query.terms.len() <= SEARCH_TERMS);
            prop_assert!(query.terms.iter().all(|term| !term.trim().is_empty()));
            let parts = query.terms.iter().chain(&query.from).chain(&query.room);
            let chars: usize = parts.map(|part| part.chars().count()).sum();
            prop_assert!(chars <= SEARCH_CHARS);
        }

        #[test]
        fn a_phrase_is_found_as_it_was_quoted(phrase in r"[a-zé京:]([ a-zé京:]{0,30}[a-zé京:])?") {
            prop_assert_eq!(parse(&format!("\"{phrase}\"")), terms(&[&phrase]));
            let from = parse(&format!("from:\"{phrase}\""));
            prop_assert_eq!(from.from.as_deref(), Some(phrase.as_str()));
        }
    }
}
