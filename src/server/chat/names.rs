//! What people may be called, so that nobody can pass for somebody else.

use rand::Rng;
use rand::seq::IndexedRandom;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::protocol::limits;
use crate::protocol::markup;
use crate::server::error::Error;
use crate::server::store::Naming;

/// Most marks on one letter: enough for every living script, too few to paint over other lines.
const MARKS_ON_A_LETTER: usize = 3;

/// Most characters that are looked at of a line of text.
const LINE_CHARS: usize = 1_000;

/// Letters and symbols that show nothing: names made of them look empty.
const BLANK: [char; 8] =
    ['\u{115F}', '\u{1160}', '\u{3164}', '\u{FFA0}', '\u{2800}', '\u{034F}', '\u{17B4}', '\u{17B5}'];

/// A name as it is kept: composed (NFC), without controls, bidi overrides and other invisible characters, with single
/// blanks and a bounded number of marks on a letter.
pub fn clean(wish: &str) -> Result<String, Error> {
    // Everything below costs time in proportion to the wish, and no honest one is that long.
    if wish.len() > limits::WISH_BYTES {
        return Err(Error::NameTooLong);
    }
    let mut name = String::new();
    let mut marks = 0;
    for c in wish.nfc().filter(|c| !BLANK.contains(c)) {
        let group = c.general_category_group();
        marks = if group == GeneralCategoryGroup::Mark { marks + 1 } else { 0 };
        match group {
            _ if c.is_whitespace() => push_blank(&mut name),
            GeneralCategoryGroup::Separator => push_blank(&mut name),
            GeneralCategoryGroup::Other => {}
            GeneralCategoryGroup::Mark if marks > MARKS_ON_A_LETTER || name.is_empty() => {}
            _ => name.push(c),
        }
    }
    // What stood between a letter and its mark may be gone now.
    let name: String = name.trim_end().nfc().collect();
    match name.chars().count() {
        0 => Err(Error::NameEmpty),
        1..=limits::NAME_CHARS => Ok(name),
        _ => Err(Error::NameTooLong),
    }
}

/// A line of text as it is kept: as a name, but as long as it may be and with nothing demanded of it.
pub fn line(wish: &str) -> String {
    let shown =
        wish.nfc().filter(|c| c.is_whitespace() || !matches!(c.general_category_group(), GeneralCategoryGroup::Other));
    let shown: String = shown.take(LINE_CHARS).collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whom a text names, as far as the text alone shows: for each `@` that begins a word the names that may stand behind it.
pub fn named(text: &str) -> Naming {
    let mut naming = Naming::default();
    for (at, _) in text.match_indices('@') {
        if text[..at].ends_with(char::is_alphanumeric) {
            continue;
        }
        let behind = &text[at + 1..];
        naming.all |= words(behind).next().is_some_and(|word| word == markup::ROOM);
        if naming.people.len() < limits::MENTIONS {
            let mut names: Vec<String> = words(behind).map(likeness).collect();
            names.reverse();
            naming.people.extend((!names.is_empty()).then_some(names));
        }
    }
    naming
}

/// Most words of a name that is looked for.
const NAME_WORDS: usize = 6;

/// The beginnings of a text that end with a word, shortest first, as far as a name may reach.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let reach = text.char_indices().nth(limits::NAME_CHARS + 1).map_or(text.len(), |(at, _)| at);
    let line = text[..reach].split(['\n', '@']).next().unwrap_or_default();
    let mut ends = Vec::new();
    for (at, c) in line.char_indices() {
        let goes_on = line[at + c.len_utf8()..].chars().next().is_some_and(is_of_a_word);
        if is_of_a_word(c) && !goes_on && ends.len() < NAME_WORDS {
            ends.push(at + c.len_utf8());
        }
    }
    let begins = line.chars().next().is_some_and(is_of_a_word);
    ends.into_iter().filter(move |_| begins).map(move |end| &line[..end])
}

fn is_of_a_word(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '_' | '-' | '\'' | '.')
        || c.general_category_group() == GeneralCategoryGroup::Mark
}

/// Two names with the same likeness look alike: case, width, accents in another form, and letters of other scripts that
/// are drawn the same (Unicode TR39) make no difference.
pub fn likeness(name: &str) -> String {
    let shown: String = name.nfkc().filter(|c| !c.is_whitespace()).collect();
    // Some letters have a twin only as capitals, some only as small ones: once before and once after folding the case.
    let folded: String = unicode_security::skeleton(&shown).flat_map(char::to_lowercase).collect();
    let alike = unicode_security::skeleton(&folded).flat_map(char::to_lowercase);
    // Folding makes i of the capital that is drawn like l.
    alike.map(|c| if c == 'i' { 'l' } else { c }).collect()
}

/// A name for the given attempt: as wished, then with 2, 3 ... behind it, within the limit.
pub fn numbered(wish: &str, attempt: u32) -> String {
    if attempt == 0 {
        return wish.to_owned();
    }
    // A crowd that wishes for the same name must not try every number that is taken.
    let number = if attempt < 10 { attempt + 1 } else { rand::rng().random_range(100..1_000_000) };
    let suffix = format!(" {number}");
    let room = limits::NAME_CHARS - suffix.len();
    let short: String = wish.chars().take(room).collect();
    format!("{}{suffix}", short.trim_end())
}

/// A name for somebody who did not choose one.
pub fn friendly(attempt: u32) -> String {
    let mut random = rand::rng();
    let (mood, animal) = (MOODS.choose(&mut random), ANIMALS.choose(&mut random));
    let name = format!("{} {}", mood.unwrap_or(&"Quiet"), animal.unwrap_or(&"Guest"));
    // Past the first thousands of guests the pairs run out.
    if attempt < 5 { name } else { format!("{name} {}", random.random_range(2..10_000)) }
}

fn push_blank(name: &mut String) {
    if !name.is_empty() && !name.ends_with(' ') {
        name.push(' ');
    }
}

const MOODS: [&str; 40] = [
    "Amber", "Brave", "Breezy", "Bright", "Brisk", "Calm", "Cheery", "Clever", "Cosy", "Curious", "Dapper", "Eager",
    "Easy", "Fair", "Fond", "Gentle", "Glad", "Golden", "Handy", "Happy", "Humble", "Jolly", "Keen", "Kind", "Lively",
    "Lucky", "Mellow", "Merry", "Nimble", "Noble", "Patient", "Plucky", "Polite", "Quick", "Ready", "Sunny", "Swift",
    "Tidy", "Warm", "Witty",
];

const ANIMALS: [&str; 40] = [
    "Badger", "Beaver", "Bison", "Crane", "Curlew", "Dolphin", "Falcon", "Finch", "Fox", "Gecko", "Hare", "Hedgehog",
    "Heron", "Ibex", "Jackdaw", "Kestrel", "Koala", "Lark", "Lemur", "Lynx", "Magpie", "Marten", "Mole", "Newt",
    "Otter", "Owl", "Panda", "Puffin", "Quail", "Raven", "Robin", "Salmon", "Seal", "Sparrow", "Squirrel", "Stork",
    "Swallow", "Tern", "Turtle", "Wren",
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_has_1_to_40_characters() {
        assert_eq!(clean(""), Err(Error::NameEmpty));
        assert_eq!(clean("ü"), Ok("ü".to_owned()));
        assert_eq!(clean(&"ü".repeat(40)), Ok("ü".repeat(40)));
        assert_eq!(clean(&"ü".repeat(41)), Err(Error::NameTooLong));
        assert_eq!(clean(&"a".repeat(1_000_000)), Err(Error::NameTooLong));
    }

    #[test]
    fn what_cannot_be_seen_is_not_in_a_name() {
        for (wish, name) in [
            ("  Ana \t\n Banana ", "Ana Banana"),
            ("A\u{202E}na\u{202C}", "Ana"),
            ("\u{2067}Ana\u{2069}", "Ana"),
            ("An\u{200B}a\u{FEFF}", "Ana"),
            ("Ana\0\u{7}\u{AD}", "Ana"),
            ("A\u{E0041}na", "Ana"),
            ("Ana\u{3000}B", "Ana B"),
            ("e\u{301}", "é"),
        ] {
            assert_eq!(clean(wish), Ok(name.to_owned()), "{wish:?}");
        }
        for empty in ["\u{200B}", "\u{202E}\u{202C}", "\u{3164}", "\u{2800}", " \u{A0} ", "\u{301}\u{301}"] {
            assert_eq!(clean(empty), Err(Error::NameEmpty), "{empty:?}");
        }
    }

    #[test]
    fn marks_do_not_pile_up() {
        let flood = format!("Z{}algo", "\u{336}".repeat(30));
        assert_eq!(clean(&flood).expect("a name").matches('\u{336}').count(), MARKS_ON_A_LETTER);
    }

    #[test]
    fn names_that_look_alike_are_alike() {
        for (one, other) in [
            ("Ben", "Вen"),
            ("Paypal", "PaypaI"),
            ("HELLO", "НELLO"),
            ("Ana", "ANA"),
            ("Ana", "Аna"),
            ("paypal", "раураl"),
            ("Ana", "Ａｎａ"),
            ("A na", "Ana"),
        ] {
            assert_eq!(likeness(one), likeness(other), "{one} and {other}");
        }
        assert_ne!(likeness("Ana"), likeness("Anna"));
    }

    #[test]
    fn numbers_keep_a_name_within_its_limit() {
        assert_eq!(numbered("Ana", 0), "Ana");
        assert_eq!(numbered("Ana", 1), "Ana 2");
        assert_eq!(numbered(&"a".repeat(40), 1), format!("{} 2", "a".repeat(38)));
    }

    #[test]
    fn friendly_names_are_clean() {
        for mood in MOODS {
            for animal in ANIMALS {
                let name = format!("{mood} {animal} 9999");
                assert_eq!(clean(&name), Ok(name.clone()));
            }
        }
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(wish in any::<String>()) {
            if let Ok(name) = clean(&wish) {
                prop_assert_eq!(clean(&name), Ok(name));
            }
        }
    }
}
