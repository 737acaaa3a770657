//! Rooms: who is in them, how they are set, what is looked for there.

use super::order::behind;
use super::{Call, Method};
use crate::protocol::api::order::After;
use crate::protocol::api::rooms::{Direct, DirectRoom, ListedRoom, Member, NewRoom, ReadTo, Room, RoomChange, Seat};
use crate::protocol::api::search::{Hits, SearchQuery};
use crate::protocol::api::{EventsPage, EventsQuery};
use crate::protocol::ids::{PersonId, RoomKey, Seq};

/// `GET /rooms`
pub fn rooms() -> Call<Vec<Room>> {
    Call::of(Method::Get, "/rooms")
}

/// `POST /rooms`
pub fn make_room(new: &NewRoom) -> Call<Room> {
    Call::of(Method::Post, "/rooms").with(new)
}

/// `GET /directory`
pub fn directory(after: Option<&RoomKey>) -> Call<Vec<ListedRoom>> {
    Call::of(Method::Get, "/directory").asking(after.map(|room| ("after", room.to_string())))
}

/// `POST /direct`
pub fn direct(people: &Direct) -> Call<DirectRoom> {
    Call::of(Method::Post, "/direct").with(people)
}

/// `GET /rooms/{room}`
pub fn room(room: &RoomKey) -> Call<Room> {
    Call::of(Method::Get, &format!("/rooms/{room}"))
}

/// `PATCH /rooms/{room}`
pub fn change_room(room: &RoomKey, change: &RoomChange) -> Call<()> {
    Call::of(Method::Patch, &format!("/rooms/{room}")).with(change)
}

/// `DELETE /rooms/{room}`
pub fn archive(room: &RoomKey) -> Call<()> {
    Call::of(Method::Delete, &format!("/rooms/{room}"))
}

/// `GET /rooms/{room}/events`
pub fn events(room: &RoomKey, query: EventsQuery) -> Call<EventsPage> {
    let asked = [("after", query.after), ("before", query.before), ("limit", query.limit.map(|limit| limit as u64))];
    let asked = asked.into_iter().filter_map(|(name, value)| Some((name, value?.to_string())));
    Call::of(Method::Get, &format!("/rooms/{room}/events")).asking(asked)
}

/// `PUT /rooms/{room}/read`
pub fn read(room: &RoomKey, seq: Seq) -> Call<()> {
    Call::of(Method::Put, &format!("/rooms/{room}/read")).with(&ReadTo { seq })
}

/// `GET /rooms/{room}/members`
pub fn members(room: &RoomKey, which: After) -> Call<Vec<Member>> {
    Call::of(Method::Get, &format!("/rooms/{room}/members")).asking(behind(which))
}

/// `PUT /rooms/{room}/members/{user}`
pub fn seat(room: &RoomKey, user: &PersonId, seat: Seat) -> Call<()> {
    Call::of(Method::Put, &format!("/rooms/{room}/members/{user}")).with(&seat)
}

/// `DELETE /rooms/{room}/members/{user}`
pub fn remove(room: &RoomKey, user: &PersonId) -> Call<()> {
    Call::of(Method::Delete, &format!("/rooms/{room}/members/{user}"))
}

/// `GET /search`
pub fn search(query: &SearchQuery) -> Call<Hits> {
    let asked = [
        ("room", query.room.as_ref().map(ToString::to_string)),
        ("older_than", query.older_than.map(|cursor| cursor.to_string())),
        ("limit", query.limit.map(|limit| limit.to_string())),
    ];
    let asked = asked.into_iter().filter_map(|(name, value)| Some((name, value?)));
    Call::of(Method::Get, "/search").asking([("q", query.q.clone())].into_iter().chain(asked))
}
