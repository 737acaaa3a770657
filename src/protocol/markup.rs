//! From a message's text to what is drawn. Both ends use this, and nothing here is ever HTML.
//!
//! It is the markdown that people type in chats, and less than CommonMark on purpose: a line break is a line break, nothing
//! becomes a heading or an HTML element, emphasis ends on its line, and what looks like a mark by accident (`2*3*4`,
//! `snake_case`, `¯\_(ツ)_/¯`) stays text. A CommonMark parser has other rules for each of these, and would weigh more in
//! the page than all of this module's neighbours.

mod links;
mod spans;

use super::limits;

pub use links::has_link;

/// By which name one addresses everybody in a room.
pub const ROOM: &str = "room";
/// Quotes and lists inside of each other, at most.
const DEPTH: usize = 4;
/// What begins and ends lines of code.
const FENCE: &str = "```";
/// Longest name of a programming language.
const LANGUAGE_CHARS: usize = 20;

/// A part of a message that stands by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block<'a> {
    /// Text, line breaks included.
    Text(Vec<Span<'a>>),
    /// Lines of code.
    Code {
        /// What they are written in; empty where nobody said.
        language: &'a str,
        /// The lines, as they are.
        text: String,
    },
    /// What somebody else said.
    Quote(Vec<Block<'a>>),
    /// One thing after the other.
    List(Vec<Item<'a>>),
}

/// One thing of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item<'a> {
    /// Its number, in a list that has some: as it was written, so that nothing is said that nobody said.
    pub number: Option<u32>,
    /// What it is.
    pub blocks: Vec<Block<'a>>,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span<'a> {
    /// Text as it stands.
    Text(&'a str),
    /// An address that one may click, and what it is called.
    Link {
        /// Always `http://` or `https://`, so that a link never is a script.
        to: &'a str,
        /// The address itself, or a name that was given to it.
        text: &'a str,
    },
    /// Somebody who is named, with the `@` before it.
    Name(&'a str),
    /// The key of a room, without the `#` before it.
    Room(&'a str),
    /// A piece of code.
    Code(&'a str),
    /// With weight.
    Strong(Vec<Span<'a>>),
    /// With emphasis.
    Emphasis(Vec<Span<'a>>),
    /// Taken back.
    Struck(Vec<Span<'a>>),
}

/// What a text can name.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// Names of people.
    pub people: &'a [&'a str],
    /// Keys of rooms.
    pub rooms: &'a [&'a str],
}

/// Takes a text apart.
pub fn blocks<'a>(text: &'a str, known: Known<'_>) -> Vec<Block<'a>> {
    let lines: Vec<&str> = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    Parser { known, left: limits::MARKUP_PIECES }.blocks(&lines, 0)
}

/// What a text says, without its marks: for where it is only mentioned.
pub fn plain(text: &str) -> String {
    let mut said = String::new();
    say_blocks(&blocks(text, Known::default()), &mut said);
    said
}

fn say_blocks(blocks: &[Block], said: &mut String) {
    for block in blocks {
        if !said.is_empty() && !said.ends_with(' ') {
            said.push(' ');
        }
        match block {
            Block::Text(spans) => say_spans(spans, said),
            Block::Code { text, .. } => said.push_str(text),
            Block::Quote(inner) => say_blocks(inner, said),
            Block::List(items) => items.iter().for_each(|item| say_blocks(&item.blocks, said)),
        }
    }
}

fn say_spans(spans: &[Span], said: &mut String) {
    for span in spans {
        match span {
            Span::Text(text) | Span::Code(text) | Span::Name(text) | Span::Room(text) | Span::Link { text, .. } => {
                said.push_str(text);
            }
            Span::Strong(inner) | Span::Emphasis(inner) | Span::Struck(inner) => say_spans(inner, said),
        }
    }
}

/// What has been taken apart so far.
struct Parser<'k> {
    known: Known<'k>,
    /// So many pieces may still be told apart; what comes then is text. A page has to draw them all.
    left: usize,
}

/// What begins with a line, and how many lines it takes.
type Begun<'a> = Option<(Block<'a>, usize)>;

impl Parser<'_> {
    fn blocks<'a>(&mut self, lines: &[&'a str], depth: usize) -> Vec<Block<'a>> {
        let mut blocks = Vec::new();
        let (mut text_from, mut at) = (0, 0);
        while at < lines.len() {
            let Some((block, taken)) = self.begun(&lines[at..], depth) else {
                at += 1;
                continue;
            };
            blocks.extend(self.text(&lines[text_from..at], text_from > 0, true));
            blocks.push(block);
            at += taken;
            text_from = at;
        }
        blocks.extend(self.text(&lines[text_from..], text_from > 0, false));
        blocks
    }

    /// What is no text and begins with the first of these lines.
    fn begun<'a>(&mut self, lines: &[&'a str], depth: usize) -> Begun<'a> {
        if self.left == 0 {
            return None;
        }
        let begun = code(lines);
        if begun.is_some() || depth == DEPTH {
            self.left -= usize::from(begun.is_some());
            return begun;
        }
        self.quote(lines, depth).or_else(|| self.list(lines, depth))
    }

    /// Text between two parts. The empty lines that set them apart are the page's business.
    fn text<'a>(&mut self, lines: &[&'a str], behind: bool, before: bool) -> Option<Block<'a>> {
        let is_said = |line: &&str| !line.trim().is_empty();
        let first = if behind { lines.iter().position(is_said)? } else { 0 };
        let last = if before { lines.iter().rposition(is_said)? } else { lines.len().checked_sub(1)? };
        let mut spans = Vec::new();
        for (place, line) in lines.get(first..=last)?.iter().enumerate() {
            spans.extend((place > 0).then_some(Span::Text("\n")));
            spans.extend(self.spans(line));
        }
        Some(Block::Text(spans))
    }

    fn quote<'a>(&mut self, lines: &[&'a str], depth: usize) -> Begun<'a> {
        let inner: Vec<&str> = lines.iter().map_while(|line| quoted(line)).collect();
        if inner.is_empty() {
            return None;
        }
        self.left -= 1;
        Some((Block::Quote(self.blocks(&inner, depth + 1)), inner.len()))
    }

    fn list<'a>(&mut self, lines: &[&'a str], depth: usize) -> Begun<'a> {
        let is_numbered = item(lines.first()?)?.0.is_some();
        let (mut items, mut at) = (Vec::new(), 0);
        while let Some((number, rest)) = lines.get(at).and_then(|line| item(line))
            && number.is_some() == is_numbered
            && self.left > 0
        {
            self.left -= 1;
            let more = lines[at + 1..].iter().map_while(|line| line.strip_prefix("  "));
            let inner: Vec<&str> = std::iter::once(rest).chain(more).collect();
            at += inner.len();
            items.push(Item { number, blocks: self.blocks(&inner, depth + 1) });
        }
        Some((Block::List(items), at))
    }
}

/// Lines of code. Nobody has to end them: then they go on to the end.
fn code<'a>(lines: &[&'a str]) -> Begun<'a> {
    let language = lines.first()?.trim().strip_prefix(FENCE)?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || "+#-._".contains(c);
    if language.len() > LANGUAGE_CHARS || !language.chars().all(is_name) {
        return None;
    }
    let inner: Vec<&str> = lines[1..].iter().copied().take_while(|line| line.trim() != FENCE).collect();
    let taken = (inner.len() + 2).min(lines.len());
    Some((Block::Code { language, text: inner.join("\n") }, taken))
}

/// The rest of a line that is a quote. `>_<` is a face.
fn quoted(line: &str) -> Option<&str> {
    let rest = line.strip_prefix('>')?;
    if rest.starts_with('>') || rest.is_empty() { Some(rest) } else { rest.strip_prefix(' ') }
}

/// The number and the rest of a line that is one thing of a list.
fn item(line: &str) -> Option<(Option<u32>, &str)> {
    if let Some(rest) = ["- ", "* ", "\u{2022} "].iter().find_map(|mark| line.strip_prefix(mark)) {
        return Some((None, rest));
    }
    let (number, rest) = line.split_once(". ")?;
    let is_number = matches!(number.len(), 1..=9) && number.bytes().all(|byte| byte.is_ascii_digit());
    // `007` would come out as another number.
    let as_written = !number.starts_with('0') || number == "0";
    (is_number && as_written).then_some((Some(number.parse().ok()?), rest))
}

#[cfg(test)]
mod tests;
