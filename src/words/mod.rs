//! What is said to people, in every language that Banter speaks: each text once, its languages one under the other.
//!
//! - [`live`]: the page of a room. The only words that the page's app has within it, and those in English alone; another
//!   language comes to it as a file.
//! - [`door`] and [`order`]: the pages of plain forms, which the server draws. How one comes in, what one may change of oneself
//!   and what one may look for; and rooms, messages, and those who keep order.
//! - [`tool`]: the scripts that come when they are wanted. They have their words from that file, too.
//! - [`fault`]: why something could not be.
//!
//! Which language is spoken is nobody's argument: the server knows it by the request that it answers, the app by its page.
//!
//! Words are told apart from what they are about: `{0}` stands where the first of that comes, `{1}` where the second does.
//! Where there may be one of something or more, the forms stand beside each other, with `|` between them, as [`Language::form`]
//! counts them, and `{0}` is how many.
//!
//! To add a language: a variant of [`Language`], and then whatever the compiler asks for.

pub mod door;
pub mod fault;
mod language;
pub mod live;
pub mod order;
#[cfg_attr(feature = "ssr", path = "spoken/server.rs")]
#[cfg_attr(not(feature = "ssr"), path = "spoken/browser.rs")]
mod spoken;
pub mod tool;

pub use language::Language;
pub use spoken::*;

/// A text that has its languages.
pub trait Words: Copy + 'static {
    /// All of them, in the order of the file that the browser has them from.
    const ALL: &'static [Self];

    /// In English, a line each: in the app that is smaller than a table.
    const LINES: &'static str;

    /// Where they stand among all.
    fn place(self) -> usize;

    /// In English.
    fn english(self) -> &'static str;

    /// In one language. Never asked for by the app: then it has no other language within it.
    fn within(self, language: Language) -> &'static str;
}

/// An enum of words, by their languages. The app has the English ones only.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($word:ident { en: $en:literal, de: $de:literal $(,)? })* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(missing_docs, reason = "what they say is what there is to say of them")]
        pub enum $name { $($word),* }

        impl $crate::words::Words for $name {
            const ALL: &'static [Self] = &[$(Self::$word),*];
            const LINES: &'static str = concat!($($en, "\n"),*);

            fn place(self) -> usize {
                self as usize
            }

            fn english(self) -> &'static str {
                const ENGLISH: &[&str] = &[$($en),*];
                ENGLISH.get(self.place()).copied().unwrap_or_default()
            }

            fn within(self, language: $crate::words::Language) -> &'static str {
                match language {
                    $crate::words::Language::English => self.english(),
                    $crate::words::Language::German => match self { $(Self::$word => $de),* },
                }
            }
        }
    };
}
use words;

/// The words, around what they are about.
pub fn fill(words: impl Words, about: &[&str]) -> String {
    filled(say(words), None, about)
}

/// The words for so many, around that number and what else they are about; without forms, they are the same for all.
pub fn count(words: impl Words, many: u64, about: &[&str]) -> String {
    let all = say(words);
    let mut forms = all.split('|');
    for _ in 0..spoken().form(many) {
        forms.next();
    }
    filled(forms.next().unwrap_or(all), Some(&many.to_string()), about)
}

/// What the words are about stands in front of the rest of that if it is a number.
fn filled(words: &str, many: Option<&str>, about: &[&str]) -> String {
    let mut filled = String::new();
    for (at, part) in words.split('{').enumerate() {
        // One digit and the closing brace: the tests see to it that every text has them.
        let place = usize::from(part.bytes().next().unwrap_or_default().wrapping_sub(b'0'));
        match many {
            _ if at == 0 => {
                filled.push_str(part);
                continue;
            }
            Some(many) if place == 0 => filled.push_str(many),
            _ => filled.push_str(about.get(place - usize::from(many.is_some())).copied().unwrap_or_default()),
        }
        filled.push_str(part.get(2..).unwrap_or_default());
    }
    filled
}

#[cfg(test)]
mod tests;
