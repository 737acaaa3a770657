//! REST as a client calls it: one function for each address, which knows how to ask and what is answered. Plain data; whoever
//! has a network sends it.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::api::{Done, EditRequest, EventsPage, EventsQuery, GuestRequest, Identity, Me, MeChange, PostRequest};
use super::ids::{Emoji, RoomKey, Seq};
use super::wire::RoomSummary;

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

/// `POST /guest`
pub fn become_guest(request: &GuestRequest) -> Call<Identity> {
    Call::of(Method::Post, "/guest").with(request)
}

/// `GET /me`
pub fn me() -> Call<Me> {
    Call::of(Method::Get, "/me")
}

/// `PATCH /me`
pub fn change_me(change: &MeChange) -> Call<Me> {
    Call::of(Method::Patch, "/me").with(change)
}

/// `GET /rooms`
pub fn rooms() -> Call<Vec<RoomSummary>> {
    Call::of(Method::Get, "/rooms")
}

/// `GET /rooms/{room}`
pub fn room(room: &RoomKey) -> Call<RoomSummary> {
    Call::of(Method::Get, &format!("/rooms/{room}"))
}

/// `GET /rooms/{room}/events`
pub fn events(room: &RoomKey, query: EventsQuery) -> Call<EventsPage> {
    let asked = [("after", query.after), ("before", query.before), ("limit", query.limit.map(|limit| limit as u64))];
    let asked = asked.into_iter().filter_map(|(name, value)| Some((name, value?.to_string())));
    Call::of(Method::Get, &format!("/rooms/{room}/events")).asking(asked)
}

/// `POST /rooms/{room}/messages`
pub fn post(room: &RoomKey, request: &PostRequest) -> Call<Done> {
    Call::of(Method::Post, &format!("/rooms/{room}/messages")).with(request)
}

/// `PATCH /rooms/{room}/messages/{seq}`
pub fn edit(room: &RoomKey, seq: Seq, request: &EditRequest) -> Call<Done> {
    Call::of(Method::Patch, &message(room, seq)).with(request)
}

/// `DELETE /rooms/{room}/messages/{seq}`
pub fn delete(room: &RoomKey, seq: Seq) -> Call<Done> {
    Call::of(Method::Delete, &message(room, seq))
}

/// `PUT` or `DELETE /rooms/{room}/messages/{seq}/reactions/{emoji}`
pub fn react(room: &RoomKey, seq: Seq, emoji: &Emoji, on: bool) -> Call<Done> {
    let emoji = encoded(emoji.as_str());
    Call::of(Method::put_or_delete(on), &format!("{}/reactions/{emoji}", message(room, seq)))
}

/// `PUT` or `DELETE /rooms/{room}/messages/{seq}/pin`
pub fn pin(room: &RoomKey, seq: Seq, on: bool) -> Call<Done> {
    Call::of(Method::put_or_delete(on), &format!("{}/pin", message(room, seq)))
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

fn message(room: &RoomKey, seq: Seq) -> String {
    format!("/rooms/{room}/messages/{seq}")
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
