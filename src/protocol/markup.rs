//! From a message's text to what is drawn: plain text and links. Both ends use this, and nothing here is ever HTML.

/// A piece of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span<'a> {
    /// Text as it stands, line breaks included.
    Text(&'a str),
    /// An address that one may click; always `http://` or `https://`, so that a link never is a script.
    Link(&'a str),
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
        let candidate = &text[start..];
        let length = link_length(candidate);
        let at_word_start = !text[..start].ends_with(char::is_alphanumeric);
        if length > 0 && at_word_start {
            return Some((&text[..start], &candidate[..length], &candidate[length..]));
        }
        from = start + "http".len();
    }
}

/// How much of the start of `text` is an address; 0 if none of it is.
fn link_length(text: &str) -> usize {
    let Some(scheme) = ["https://", "http://"].into_iter().find(|scheme| text.starts_with(scheme)) else {
        return 0;
    };
    let end =
        text.find(|c: char| c.is_whitespace() || c.is_control() || "<>\"`{}|\\^".contains(c)).unwrap_or(text.len());
    let link = without_trailing_punctuation(&text[..end]);
    let has_host = link[scheme.len().min(link.len())..].starts_with(|c: char| c.is_alphanumeric() || c == '[');
    if has_host { link.len() } else { 0 }
}

/// A sentence's own punctuation is not part of the address that ends it; a bracket is, if it was opened inside.
fn without_trailing_punctuation(mut link: &str) -> &str {
    while let Some(last) = link.chars().next_back() {
        let belongs = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' => false,
            ')' => link.matches('(').count() >= link.matches(')').count(),
            ']' => link.matches('[').count() >= link.matches(']').count(),
            _ => true,
        };
        if belongs {
            break;
        }
        link = &link[..link.len() - last.len_utf8()];
    }
    link
}

#[cfg(test)]
mod tests {
    use super::Span::{Link, Text};
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

    proptest! {
        #[test]
        fn spans_put_together_are_the_text(text in r"(\PC|https?://|[a-z.)(\n<]){0,40}") {
            let joined: String = spans(&text).iter().map(|span| match span { Text(s) | Link(s) => *s }).collect();
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
