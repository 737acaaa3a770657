//! Messages, and what becomes of them.

use super::{Call, Method, encoded};
use crate::protocol::api::order::Complaint;
use crate::protocol::api::{Done, EditRequest, PostRequest};
use crate::protocol::ids::{Emoji, RoomKey, Seq};

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

/// `POST /rooms/{room}/messages/{seq}/reports`
pub fn report(room: &RoomKey, seq: Seq, complaint: &Complaint) -> Call<()> {
    Call::of(Method::Post, &format!("{}/reports", message(room, seq))).with(complaint)
}

fn message(room: &RoomKey, seq: Seq) -> String {
    format!("/rooms/{room}/messages/{seq}")
}
