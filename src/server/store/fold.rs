//! How texts are compared in a search: without case, without accents, whatever form a character was typed in.

use unicode_normalization::UnicodeNormalization;

/// A text as it is searched in, and a term as it is searched for. Blanks, line breaks and control characters are one
/// blank.
pub fn fold(text: &str) -> String {
    if text.is_ascii() { words(&text.to_ascii_lowercase()) } else { words(&same_letters(text)) }
}

/// Full-width letters are letters, `É` is `e`, `ß` is `ss`; what is put together in other ways (が, 한) stays so.
fn same_letters(text: &str) -> String {
    let bare = text.nfkd().filter(|c| !is_accent(*c));
    bare.flat_map(char::to_lowercase).flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfkc().collect()
}

/// Marks of Latin, Greek and Cyrillic letters, and what only asks for one picture or another of the same emoji.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{FE00}'..='\u{FE0F}')
}

fn words(text: &str) -> String {
    let blank = |c: char| c.is_whitespace() || c.is_control();
    text.split(blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_people_take_for_the_same_is_the_same() {
        for (one, other) in [
            ("Tea", "TEA"),
            ("café", "CAFE\u{301}"),
            ("Straße", "STRASSE"),
            ("STRAẞE", "strasse"),
            ("Ὀδυσσεύς", "οδυσσευσ"),
            ("İstanbul", "istanbul"),
            ("Ёлка", "елка"),
            ("ＡＢＣ１", "abc1"),
            ("ｶﾞｽ", "ガス"),
            ("한국", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}"),
            ("\u{2764}\u{FE0F}", "\u{2764}"),
            ("one\r\n\ttwo\0", " one two"),
        ] {
            assert_eq!(fold(one), fold(other), "{one}");
        }
    }

    #[test]
    fn what_is_not_the_same_is_not() {
        for (one, other) in [("か", "が"), ("하", "한"), ("tea", "te a"), ("東京", "京東"), ("o", "ø")] {
            assert_ne!(fold(one), fold(other), "{one}");
        }
    }

    proptest! {
        #[test]
        fn there_is_no_control_character_and_no_blank_beside_another(text in r"(\PC|[\x00-\x20\u{85}\u{2028}]){0,40}") {
            let folded = fold(&text);
            prop_assert!(!folded.contains(char::is_control) && !folded.contains("  "));
            prop_assert_eq!(folded.trim(), &folded);
        }

        #[test]
        fn plain_text_takes_no_other_way_than_the_rest(text in r"[\x00-\x7F]{0,40}") {
            prop_assert_eq!(fold(&text), words(&same_letters(&text)));
        }
    }
}
