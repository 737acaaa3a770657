//! Which languages there are.

/// A language that all words have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// What is spoken to whoever understands none of the others.
    #[default]
    English,
    /// For the D-A-CH countries, without a region.
    German,
}

impl Language {
    /// In the order in which one chooses.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// As browsers and `<html lang>` name it (RFC 5646).
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// As those call it who speak it.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    /// The language of a tag, whatever its region or script.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let language = tag.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|one| one.tag().eq_ignore_ascii_case(language))
    }

    /// Which of its forms a text has for so many, counted from 0 (Unicode CLDR, "Language Plural Rules", cardinals).
    pub fn form(self, many: u64) -> usize {
        match self {
            Self::English | Self::German => usize::from(many != 1),
        }
    }
}
