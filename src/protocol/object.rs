//! JSON objects, read field by field: what a page reads is read so. What serde derives does the same, at the price of a
//! tenth of all that a first visit loads.

use std::fmt;

use serde::de::value::{Error as NoSuchWord, StringDeserializer};
use serde::de::{Error, IntoDeserializer};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// A JSON object.
pub struct Object(Map<String, Value>);

/// A list of what is read so.
pub struct List<T>(pub Vec<T>);

/// One of a few words, if it is one of them.
pub fn word<T: for<'de> Deserialize<'de>>(text: String) -> Option<T> {
    let word: StringDeserializer<NoSuchWord> = text.into_deserializer();
    T::deserialize(word).ok()
}

/// For a flag that is left out where it is not set.
pub fn is_false(flag: &bool) -> bool {
    !flag
}

/// A field is not there, or has not the form that it must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing(&'static str);

impl Object {
    /// A text.
    pub fn text(&mut self, name: &'static str) -> Result<String, Missing> {
        match self.take(name) {
            Value::String(text) => Ok(text),
            _ => Err(Missing(name)),
        }
    }

    /// A text that has to have a form: an id, a key.
    pub fn checked<T: TryFrom<String>>(&mut self, name: &'static str) -> Result<T, Missing> {
        T::try_from(self.text(name)?).map_err(|_| Missing(name))
    }

    /// One of a few words.
    pub fn word<T: for<'de> Deserialize<'de>>(&mut self, name: &'static str) -> Result<T, Missing> {
        word(self.text(name)?).ok_or(Missing(name))
    }

    /// A whole number.
    pub fn number(&mut self, name: &'static str) -> Result<u64, Missing> {
        self.take(name).as_u64().ok_or(Missing(name))
    }

    /// A size.
    pub fn size(&mut self, name: &'static str) -> Result<usize, Missing> {
        usize::try_from(self.number(name)?).map_err(|_| Missing(name))
    }

    /// Yes or no.
    pub fn flag(&mut self, name: &'static str) -> Result<bool, Missing> {
        self.take(name).as_bool().ok_or(Missing(name))
    }

    /// An object in it.
    pub fn object(&mut self, name: &'static str) -> Result<Self, Missing> {
        match self.take(name) {
            Value::Object(fields) => Ok(Self(fields)),
            _ => Err(Missing(name)),
        }
    }

    /// Something that is an object.
    pub fn one<T: TryFrom<Self, Error = Missing>>(&mut self, name: &'static str) -> Result<T, Missing> {
        T::try_from(self.object(name)?)
    }

    /// The same, where it may be absent.
    pub fn maybe<T: TryFrom<Self, Error = Missing>>(&mut self, name: &'static str) -> Result<Option<T>, Missing> {
        self.object(name).ok().map(T::try_from).transpose()
    }

    /// Many of them.
    pub fn many<T: TryFrom<Self, Error = Missing>>(&mut self, name: &'static str) -> Result<Vec<T>, Missing> {
        match self.take(name) {
            Value::Array(values) => Self::each(values, name),
            _ => Err(Missing(name)),
        }
    }

    fn each<T: TryFrom<Self, Error = Missing>>(values: Vec<Value>, name: &'static str) -> Result<Vec<T>, Missing> {
        let one = |value| match value {
            Value::Object(fields) => T::try_from(Self(fields)),
            _ => Err(Missing(name)),
        };
        values.into_iter().map(one).collect()
    }

    /// All its fields, by their names.
    pub fn into_numbers(self) -> impl Iterator<Item = (String, u64)> {
        self.0.into_iter().filter_map(|(name, value)| Some((name, value.as_u64()?)))
    }

    fn take(&mut self, name: &'static str) -> Value {
        self.0.get_mut(name).map_or(Value::Null, Value::take)
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Object(fields) => Ok(Self(fields)),
            _ => Err(D::Error::custom("not an object")),
        }
    }
}

impl<'de, T: TryFrom<Object, Error = Missing>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Array(values) => Object::each(values, "of the list").map(Self).map_err(D::Error::custom),
            _ => Err(D::Error::custom("not a list")),
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such field, or not of that form: ")?;
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ids::RoomKey;
    use crate::protocol::limits::Limits;

    fn object(json: &str) -> Object {
        serde_json::from_str(json).expect("an object")
    }

    #[test]
    fn a_field_is_there_in_its_form_or_missing() {
        let mut it = object(r#"{"room":"lobby","odd":"NO","seq":7,"minus":-7,"on":true,"none":null}"#);
        assert_eq!(it.checked::<RoomKey>("room"), Ok(RoomKey::lobby()));
        assert_eq!(it.checked::<RoomKey>("odd"), Err(Missing("odd")));
        assert_eq!((it.number("seq"), it.flag("on")), (Ok(7), Ok(true)));
        for name in ["minus", "none", "nowhere"] {
            assert_eq!(it.number(name), Err(Missing(name)));
        }
    }

    #[test]
    fn one_that_is_wrong_makes_all_of_them_wrong() {
        assert_eq!(object(r#"{"all":[]}"#).many::<Limits>("all"), Ok(Vec::new()));
        assert!(object(r#"{"all":[{}]}"#).many::<Limits>("all").is_err());
        assert!(object(r#"{"all":[1]}"#).many::<Limits>("all").is_err());
        assert_eq!(object("{}").maybe::<Limits>("one"), Ok(None));
        assert!(object(r#"{"one":{}}"#).maybe::<Limits>("one").is_err());
    }

    #[test]
    fn only_an_object_is_one() {
        for json in ["[]", "1", "\"{}\"", "null"] {
            assert!(serde_json::from_str::<Object>(json).is_err(), "{json}");
        }
    }
}
