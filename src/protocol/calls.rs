//! REST as a client calls it: one function for each address, which knows how to ask and what is answered. Plain data; whoever
//! has a network sends it.

mod messages;
mod order;
mod people;
mod rooms;

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use messages::*;
pub use order::*;
pub use people::*;
pub use rooms::*;

use super::api::order::Before;
pub use super::object::List;

/// A request that is answered with a `T`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call<T> {
    /// What to do.
    pub method: Method,
    /// With what: path and query, ready to be sent.
    pub path: String,
    /// JSON, where something is to be said.
    pub body: Option<String>,
    answer: PhantomData<T>,
}

/// What to do with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Look.
    Get,
    /// Add something.
    Post,
    /// Have it be so.
    Put,
    /// Change it.
    Patch,
    /// Have it be so no more.
    Delete,
}

impl<T> Call<T> {
    fn of(method: Method, path: &str) -> Self {
        Self { method, path: format!("/api/v1{path}"), body: None, answer: PhantomData }
    }

    fn with(self, body: &impl Serialize) -> Self {
        Self { body: serde_json::to_string(body).ok(), ..self }
    }

    fn asking(mut self, asked: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        for (number, (name, value)) in asked.into_iter().enumerate() {
            let separator = if number == 0 { '?' } else { '&' };
            self.path = format!("{}{separator}{name}={}", self.path, encoded(&value));
        }
        self
    }
}

impl<T: DeserializeOwned> Call<T> {
    /// Reads a good answer; one without a body is `()`.
    pub fn read(&self, answer: &str) -> serde_json::Result<T> {
        serde_json::from_str(if answer.is_empty() { "null" } else { answer })
    }
}

impl Method {
    /// Its name in a request.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    fn put_or_delete(on: bool) -> Self {
        if on { Self::Put } else { Self::Delete }
    }
}

/// Which part of a list.
fn of_list(which: Before) -> impl Iterator<Item = (&'static str, String)> {
    let asked = [("before", which.before), ("limit", which.limit.map(|limit| limit as u64))];
    asked.into_iter().filter_map(|(name, value)| Some((name, value?.to_string())))
}

/// One segment of a path, or one value of a query: all but the unreserved is escaped (RFC 3986, 2.3).
pub fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(byte.into()),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::api::EventsQuery;
    use crate::protocol::ids::RoomKey;

    #[test]
    fn what_would_be_read_as_something_else_in_an_address_is_escaped() {
        assert_eq!(encoded("a-Z.0_9~"), "a-Z.0_9~");
        assert_eq!(encoded("\u{1F44D}/?&=%+ "), "%F0%9F%91%8D%2F%3F%26%3D%25%2B%20");
    }

    #[test]
    fn only_what_is_asked_for_stands_in_the_query() {
        let lobby = RoomKey::lobby();
        assert_eq!(events(&lobby, EventsQuery::default()).path, "/api/v1/rooms/lobby/events");
        let query = EventsQuery { after: Some(7), before: None, limit: Some(3) };
        assert_eq!(events(&lobby, query).path, "/api/v1/rooms/lobby/events?after=7&limit=3");
    }

    #[test]
    fn an_answer_without_a_body_is_nothing() {
        assert!(Call::<()>::of(Method::Delete, "/session").read("").is_ok());
        assert!(me().read("").is_err());
    }
}
