//! Addresses in a text.

/// Whether there is an address in a text, however it is marked.
pub fn has_link(text: &str) -> bool {
    text.match_indices("http").any(|(at, _)| link(text, at).is_some())
}

/// The address that begins at a place, if one does.
pub(super) fn link(text: &str, at: usize) -> Option<&str> {
    if text[..at].ends_with(char::is_alphanumeric) {
        return None;
    }
    let whole = &text[at..][..candidate(&text[at..])?];
    // Where a link has an address for its name, both are there to be read.
    let whole = whole.split_once("](").map_or(whole, |(name, _)| name);
    Some(without_trailing_punctuation(whole))
}

/// A link with a name, `[name](address)`, that begins with a text: the address, the name, and how long all of it is.
///
/// A name that looks like an address is none: it would say that the link leads elsewhere than it does.
pub(super) fn named_link(text: &str) -> Option<(&str, &str, usize)> {
    let inner = text.strip_prefix('[')?;
    let name = &inner[..inner.find(['[', ']'])?];
    let rest = inner[name.len()..].strip_prefix("](")?;
    let to = &rest[..closing(&rest[..candidate(rest)?])?];
    let fits = !name.trim().is_empty() && !name.contains("://") && !name.contains("www.");
    fits.then_some((to, name, name.len() + to.len() + "[]()".len()))
}

/// Where the bracket closes that stands before a text.
fn closing(text: &str) -> Option<usize> {
    let mut open = 0;
    text.char_indices().find_map(|(at, c)| {
        match c {
            '(' => open += 1,
            ')' if open == 0 => return Some(at),
            ')' => open -= 1,
            _ => {}
        }
        None
    })
}

/// How much of the start of `text` may be an address.
///
/// What has no host is not looked at any further: otherwise a text of many beginnings would be read to its end for each.
fn candidate(text: &str) -> Option<usize> {
    let scheme = ["https://", "http://"].into_iter().find(|scheme| text.starts_with(scheme))?;
    let host = text[scheme.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '[');
    let ends = |c: char| c.is_whitespace() || c.is_control() || "<>\"`{}|\\^".contains(c);
    host.then(|| text.find(ends).unwrap_or(text.len()))
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
