//! What stands in a line.

use super::links::{link, named_link};
use super::{Known, Parser, Span};

/// What may begin with one of these is looked at.
const BEGINNINGS: [char; 8] = ['`', '*', '_', '~', '[', 'h', '@', '#'];
/// Most backticks around a piece of code.
const TICKS: usize = 4;

/// The marks around a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Star,
    Line,
    Stars,
    AllStars,
    Waves,
}

/// A line as it is read.
struct Reading<'a> {
    text: &'a str,
    /// The marks that this stands in: none is there twice.
    inside: [bool; 5],
    /// Marks that nothing ends any more, so that nobody looks for it again and again.
    endless: [bool; 5],
    /// The same for so many backticks.
    endless_code: [bool; TICKS + 1],
}

impl Mark {
    /// By the sign and how often it stands there.
    fn of(sign: char, times: usize) -> Option<Self> {
        match (sign, times) {
            ('*', 1) => Some(Self::Star),
            ('*', 2) => Some(Self::Stars),
            ('*', 3) => Some(Self::AllStars),
            ('_', 1) => Some(Self::Line),
            ('~', 2) => Some(Self::Waves),
            _ => None,
        }
    }

    fn signs(self) -> &'static str {
        match self {
            Self::Star => "*",
            Self::Line => "_",
            Self::Stars => "**",
            Self::AllStars => "***",
            Self::Waves => "~~",
        }
    }

    fn around(self, spans: Vec<Span<'_>>) -> Span<'_> {
        match self {
            Self::Star | Self::Line => Span::Emphasis(spans),
            Self::Stars => Span::Strong(spans),
            Self::AllStars => Span::Strong(vec![Span::Emphasis(spans)]),
            Self::Waves => Span::Struck(spans),
        }
    }

    /// Whether it may begin behind this.
    fn begins_behind(self, before: Option<char>) -> bool {
        match self {
            Self::Star => !before.is_some_and(|c| c.is_ascii_alphanumeric()),
            Self::Line => before.is_none_or(|c| c.is_whitespace() || "(['\"*~".contains(c)),
            _ => true,
        }
    }

    /// Whether it may end before this.
    fn ends_before(self, after: Option<char>) -> bool {
        match self {
            Self::Star => !after.is_some_and(|c| c.is_ascii_alphanumeric()),
            Self::Line => after.is_none_or(|c| c.is_whitespace() || ")]'\".,;:!?*~".contains(c)),
            _ => true,
        }
    }
}

impl Parser<'_> {
    /// The pieces of one line.
    pub(super) fn spans<'a>(&mut self, line: &'a str) -> Vec<Span<'a>> {
        self.spans_inside(line, [false; 5])
    }

    fn spans_inside<'a>(&mut self, text: &'a str, inside: [bool; 5]) -> Vec<Span<'a>> {
        let mut line = Reading { text, inside, endless: [false; 5], endless_code: [false; TICKS + 1] };
        let (mut spans, mut told, mut at) = (Vec::new(), 0, 0);
        while let Some(next) = text[at..].find(BEGINNINGS).filter(|_| self.left > 0) {
            at += next;
            let Some((span, length)) = self.piece(&mut line, at) else {
                at += passed_over(&text[at..]);
                continue;
            };
            self.left = self.left.saturating_sub(1);
            spans.extend((told < at).then(|| Span::Text(&text[told..at])));
            spans.push(span);
            at += length;
            told = at;
        }
        spans.extend((told < text.len()).then(|| Span::Text(&text[told..])));
        spans
    }

    /// What begins at a place, and how long it is.
    fn piece<'a>(&mut self, line: &mut Reading<'a>, at: usize) -> Option<(Span<'a>, usize)> {
        let text = line.text;
        match text[at..].chars().next()? {
            '`' => line.code(at),
            '[' => named_link(&text[at..]).map(|(to, text, length)| (Span::Link { to, text }, length)),
            'h' => link(text, at).map(|to| (Span::Link { to, text: to }, to.len())),
            '@' => name(text, at, self.known).map(|name| (Span::Name(name), name.len())),
            '#' => room(text, at, self.known).map(|room| (Span::Room(room), room.len() + 1)),
            sign => {
                let (mark, inner) = line.marked(sign, at)?;
                let mut inside = line.inside;
                inside[mark as usize] = true;
                Some((mark.around(self.spans_inside(inner, inside)), inner.len() + 2 * mark.signs().len()))
            }
        }
    }
}

impl<'a> Reading<'a> {
    /// What stands between marks, the first of which is at a place.
    fn marked(&mut self, sign: char, at: usize) -> Option<(Mark, &'a str)> {
        let mark = Mark::of(sign, run(&self.text[at..]))?;
        let inner = &self.text[at + mark.signs().len()..];
        let begins = mark.begins_behind(self.text[..at].chars().next_back()) && !inner.starts_with(char::is_whitespace);
        if !begins || self.inside[mark as usize] || self.endless[mark as usize] {
            return None;
        }
        let ends = |end: &usize| {
            let (before, after) = (&inner[..*end], &inner[end + mark.signs().len()..]);
            let apart = !before.ends_with(sign) && !after.starts_with(sign);
            apart && before.ends_with(|c: char| !c.is_whitespace()) && mark.ends_before(after.chars().next())
        };
        let end = inner.match_indices(mark.signs()).map(|(end, _)| end).find(ends);
        self.endless[mark as usize] = end.is_none();
        Some((mark, &inner[..end?]))
    }

    /// The code between backticks, the first of which is at a place.
    fn code(&mut self, at: usize) -> Option<(Span<'a>, usize)> {
        let ticks = run(&self.text[at..]);
        if ticks > TICKS || self.endless_code[ticks] {
            return None;
        }
        let inner = &self.text[at + ticks..];
        let mut end = 0;
        while let Some(next) = inner[end..].find('`') {
            end += next;
            match run(&inner[end..]) {
                same if same == ticks => return Some((Span::Code(unpadded(&inner[..end])), end + 2 * ticks)),
                other => end += other,
            }
        }
        self.endless_code[ticks] = true;
        None
    }
}

/// How much of a text begins nothing: of marks all that stand together, of anything else the first.
fn passed_over(text: &str) -> usize {
    if text.starts_with(['@', '#', '[', 'h']) { 1 } else { run(text) }
}

/// How often the first sign of a text stands there.
fn run(text: &str) -> usize {
    let Some(sign) = text.chars().next() else { return 0 };
    text.len() - text.trim_start_matches(sign).len()
}

/// One blank on either side only keeps a backtick apart from those around it.
fn unpadded(code: &str) -> &str {
    let inner = code.strip_prefix(' ').and_then(|code| code.strip_suffix(' '));
    inner.filter(|inner| !inner.trim().is_empty()).unwrap_or(code)
}

/// The longest name that stands behind the `@` at a place, with it.
fn name<'a>(text: &'a str, at: usize, known: Known<'_>) -> Option<&'a str> {
    let behind = &text[at + 1..];
    let stands = |name: &&&str| {
        let same = behind.get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name));
        same && !behind[name.len()..].starts_with(char::is_alphanumeric)
    };
    let longest = known.people.iter().filter(stands).map(|name| name.len()).max()?;
    (!text[..at].ends_with(char::is_alphanumeric)).then(|| &text[at..=at + longest])
}

/// The key of a room that stands behind the `#` at a place.
fn room<'a>(text: &'a str, at: usize, known: Known<'_>) -> Option<&'a str> {
    let behind = &text[at + 1..];
    let is_key = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    // What ends a sentence is no part of it.
    let key = &behind[..behind.find(|c| !is_key(c)).unwrap_or(behind.len())];
    let apart = !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '&');
    (apart && known.rooms.contains(&key)).then_some(key)
}
