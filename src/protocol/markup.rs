//! From a message's text to what is drawn: plain text, links, and people who are named. Both ends use this, and nothing here is ever HTML.

/// A piece of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span<'a> {
    /// Text as it stands, line breaks included.
    Text(&'a str),
    /// An address that one may click; always `http://` or `https://`, so that a link never is a script.
    Link(&'a str),
    /// Somebody who is named, with the `@` before it.
    Name(&'a str),
}

/// By which name one addresses everybody in a room.
pub const ROOM: &str = "room";

/// Cut a text into spans, with those who are named in it told apart.
pub fn spans_naming<'a>(text: &'a str, names: &[&str]) -> Vec<Span<'a>> {
    let mut named = Vec::new();
    for span in spans(text) {
        match span {
            Span::Text(mut rest) => {
                while let Some((before, name, after)) = next_name(rest, names) {
                    named.extend((!before.is_empty()).then_some(Span::Text(before)));
                    named.push(Span::Name(name));
                    rest = after;
                }
                named.extend((!rest.is_empty()).then_some(Span::Text(rest)));
            }
            other => named.push(other),
        }
    }
    named
}

fn next_name<'a>(text: &'a str, names: &[&str]) -> Option<(&'a str, &'a str, &'a str)> {
    for (at, _) in text.match_indices('@') {
        let behind = &text[at + 1..];
        let stands = |name: &&&str| {
            let same = behind.get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name));
            same && !behind[name.len()..].starts_with(char::is_alphanumeric)
        };
        let longest = names.iter().filter(stands).map(|name| name.len()).max();
        if let Some(length) = longest.filter(|_| !text[..at].ends_with(char::is_alphanumeric)) {
            let end = at + 1 + length;
            return Some((&text[..at], &text[at..end], &text[end..]));
        }
    }
    None
}

/// Cut a text into spans; put together again they are the text.
pub fn spans(text: &str) -> Vec<Span<'_>> {
    let mut spans = Vec::new();
    let mut rest = text;
    while let Some((before, link, after)) = next_link(rest) {
        if !before.is_empty() {
            spans.push(Span::Text(before));
        }
        spans.push(Span::Link(link));
        rest = after;
    }
    if !rest.is_empty() {
        spans.push(Span::Text(rest));
    }
    spans
}

fn next_link(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let start = from + text.get(from..)?.find("http")?;
        let at_word_start = !text[..start].ends_with(char::is_alphanumeric);
        let length = if at_word_start { link_length(&text[start..]) } else { 0 };
        if length > 0 {
            return Some((&text[..start], &text[start..start + length], &text[start + length..]));
        }
        from = start + "http".len();
    }
}

/// How much of the start of `text` is an address; 0 if none of it is.
///
/// What has no host is not looked at any further: otherwise a text of many beginnings would be read to its end for each.
fn link_length(text: &str) -> usize {
    let Some(scheme) = ["https://", "http://"].into_iter().find(|scheme| text.starts_with(scheme)) else { return 0 };
    if !text[scheme.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '[') {
        return 0;
    }
    let end =
        text.find(|c: char| c.is_whitespace() || c.is_control() || "<>\"`{}|\\^".contains(c)).unwrap_or(text.len());
    without_trailing_punctuation(&text[..end]).len()
}

/// A sentence's own punctuation is not part of the address that ends it; a bracket is, if it was opened inside.
fn without_trailing_punctuation(mut link: &str) -> &str {
    let count = |bracket: char| link.matches(bracket).count();
    let (round, square) = (count('('), count('['));
    let (mut closed_round, mut closed_square) = (count(')'), count(']'));
    while let Some(last) = link.chars().next_back() {
        match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' => {}
            ')' if closed_round > round => closed_round -= 1,
            ']' if closed_square > square => closed_square -= 1,
            _ => break,
        }
        link = &link[..link.len() - last.len_utf8()];
    }
    link
}

#[cfg(test)]
mod tests {
    use super::Span::{Link, Name, Text};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_become_links() {
        assert_eq!(spans("see https://a.example/x."), [Text("see "), Link("https://a.example/x"), Text(".")]);
        assert_eq!(spans("http://a.example"), [Link("http://a.example")]);
        assert_eq!(
            spans("(https://a.example/b_(c)) and more"),
            [Text("("), Link("https://a.example/b_(c)"), Text(") and more")]
        );
        assert_eq!(spans("http https://[::1]:3000/"), [Text("http "), Link("https://[::1]:3000/")]);
    }

    #[test]
    fn nothing_else_does() {
        for text in ["javascript:alert(1)", "https://", "xhttps://a.example", "<b>", "data:text/html,hi", "http:/a", ""]
        {
            assert!(!spans(text).iter().any(|span| matches!(span, Link(_))), "{text}");
        }
    }

    #[test]
    fn people_who_are_named_are_told_apart() {
        let names = ["Ana", "Ana Maria", "Zo\u{EB}"];
        assert_eq!(spans_naming("hi @ana!", &names), [Text("hi "), Name("@ana"), Text("!")]);
        assert_eq!(spans_naming("@Ana Maria: @Zo\u{EB}", &names), [Name("@Ana Maria"), Text(": "), Name("@Zo\u{EB}")]);
        for nobody in ["@Anabel", "me@Ana", "@Ben", "@", "https://a.example/@Ana"] {
            assert!(!spans_naming(nobody, &names).iter().any(|span| matches!(span, Name(_))), "{nobody}");
        }
    }

    /// The worst bodies that fit: each is done in no time, or this test is never done.
    #[test]
    fn no_text_takes_long() {
        let half = super::super::limits::BODY_BYTES / 2;
        for worst in [
            "http://.".repeat(half / 8) + &")".repeat(half),
            "http://a".to_owned() + &")".repeat(2 * half),
            "http://a".to_owned() + &"[".repeat(half) + &"]".repeat(half),
            "1http://".repeat(half / 4),
            "http://a.".repeat(half / 5),
        ] {
            for _ in 0..200 {
                assert!(!spans(&worst).is_empty());
            }
        }
    }

    proptest! {
        #[test]
        fn spans_put_together_are_the_text(text in r"(\PC|https?://|@a|@|[a-z.)(\n<]){0,40}") {
            let all = spans_naming(&text, &["a", "\u{E9}"]);
            let joined: String = all.iter().map(|span| match span { Text(s) | Link(s) | Name(s) => *s }).collect();
            prop_assert_eq!(joined, text);
        }

        #[test]
        fn a_link_is_http_and_has_no_blank(text in r"(\PC|https?://|javascript:|[ \n]){0,40}") {
            for span in spans(&text) {
                if let Link(link) = span {
                    prop_assert!(link.starts_with("http://") || link.starts_with("https://"));
                    prop_assert!(!link.contains(|c: char| c.is_whitespace() || c == '"' || c == '<'));
                }
            }
        }
    }
}
