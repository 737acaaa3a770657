//! Names of things: rooms, people, sends, histories.

use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::{limits, schema};

/// Position of an event in its room's log: 1, 2, 3 ... without holes. 0 stands for "before the first event".
pub type Seq = u64;

/// Number of an entry in a list that is no room's log: a report, an act of power, where a search goes on.
pub type Number = u64;

/// Milliseconds since 1970-01-01T00:00:00Z. Shown to people, never used for order.
pub type Millis = u64;

/// A string did not have the form that its type asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed(&'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Malformed {}

/// A string type that can only be made through its check, by serde too.
macro_rules! checked_string {
    ($(#[$doc:meta])* $name:ident, $length:expr, $pattern:literal, $check:expr, $rule:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Malformed;

            fn try_from(text: String) -> Result<Self, Malformed> {
                let fits: fn(&str) -> bool = $check;
                if ($length).contains(&text.len()) && fits(&text) { Ok(Self(text)) } else { Err(Malformed($rule)) }
            }
        }

        impl std::str::FromStr for $name {
            type Err = Malformed;

            fn from_str(text: &str) -> Result<Self, Malformed> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(it: $name) -> String {
                it.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                schema::text($length, $rule).pattern(Some($pattern)).into()
            }
        }

        impl ToSchema for $name {}
    };
}

checked_string!(
    /// A room's name in addresses and on the wire. Never changes; the title may.
    RoomKey,
    1..=limits::ROOM_KEY_CHARS,
    "^[a-z0-9-]+$",
    |s| s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
    "a room key is 1 to 64 of a-z, 0-9 and -"
);

checked_string!(
    /// A send's own id, made by whoever sends, unique for ever per author and room: the same one again is the same message.
    Cid,
    limits::CID_MIN_CHARS..=limits::CID_MAX_CHARS,
    "^[A-Za-z0-9_-]+$",
    url_safe,
    "a cid is 16 to 64 of A-Z, a-z, 0-9, - and _"
);

checked_string!(
    /// A person, guest or member. Made by the server.
    PersonId,
    1..=64,
    "^[A-Za-z0-9_-]+$",
    url_safe,
    "a person's id is 1 to 64 of A-Z, a-z, 0-9, - and _"
);

checked_string!(
    /// One life of a room's log. Positions of different epochs are never compared.
    Epoch,
    1..=64,
    "^[A-Za-z0-9_-]+$",
    url_safe,
    "an epoch is 1 to 64 of A-Z, a-z, 0-9, - and _"
);

checked_string!(
    /// What one reacts with: a symbol, not a word.
    Emoji,
    1..=limits::EMOJI_BYTES,
    r"^[^\s\x00-\x1f\x7f-\x9f]*[^\s\x00-\x9f][^\s\x00-\x1f\x7f-\x9f]*$",
    |s| !s.chars().any(|c| c.is_whitespace() || c.is_control())
        && !s.is_ascii(),
    "a reaction is one emoji of at most 32 bytes"
);

impl RoomKey {
    /// The room that is there from the first start, open to guests.
    pub fn lobby() -> Self {
        Self("lobby".to_owned())
    }
}

fn url_safe(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cid_has_16_to_64_url_safe_characters() {
        for (length, fits) in [(15, false), (16, true), (64, true), (65, false)] {
            assert_eq!(Cid::try_from("a".repeat(length)).is_ok(), fits, "{length} characters");
        }
        assert!("no spaces allowed".parse::<Cid>().is_err());
    }

    #[test]
    fn a_room_key_has_1_to_64_lower_case_characters() {
        for (length, fits) in [(0, false), (1, true), (64, true), (65, false)] {
            assert_eq!(RoomKey::try_from("a".repeat(length)).is_ok(), fits, "{length} characters");
        }
        for odd in ["Lobby", "a/b", "a_b", "ü", "a b"] {
            assert!(odd.parse::<RoomKey>().is_err(), "{odd}");
        }
    }

    #[test]
    fn an_emoji_has_1_to_32_bytes_and_is_no_word() {
        for (text, fits) in
            [("\u{1F44D}", true), ("1\u{FE0F}\u{20E3}", true), ("", false), ("+1", false), ("a \u{1F44D}", false)]
        {
            assert_eq!(text.parse::<Emoji>().is_ok(), fits, "{text}");
        }
        let longest = "\u{1F44D}".repeat(limits::EMOJI_BYTES / 4);
        assert!(longest.parse::<Emoji>().is_ok());
        assert!(format!("{longest}\u{E9}").parse::<Emoji>().is_err(), "two bytes more");
    }

    #[test]
    fn serde_goes_through_the_check() {
        assert!(serde_json::from_str::<RoomKey>("\"lobby\"").is_ok());
        assert!(serde_json::from_str::<RoomKey>("\"LOBBY\"").is_err());
    }
}
