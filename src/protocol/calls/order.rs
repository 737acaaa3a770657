//! Keeping order: in a room, and on the whole site.

use super::{Call, Method, of_list};
use crate::protocol::api::order::{
    After, Ban, Before, Deed, Outcome, Report, Restraint, Settings, SettingsChange, Settle,
};
use crate::protocol::ids::{PersonId, RoomKey};

/// `PUT /rooms/{room}/mutes/{user}`
pub fn mute(room: &RoomKey, user: &PersonId, restraint: &Restraint) -> Call<()> {
    Call::of(Method::Put, &format!("/rooms/{room}/mutes/{user}")).with(restraint)
}

/// `DELETE /rooms/{room}/mutes/{user}`
pub fn unmute(room: &RoomKey, user: &PersonId) -> Call<()> {
    Call::of(Method::Delete, &format!("/rooms/{room}/mutes/{user}"))
}

/// `GET /rooms/{room}/bans`
pub fn bans(room: &RoomKey, which: After) -> Call<Vec<Ban>> {
    Call::of(Method::Get, &format!("/rooms/{room}/bans")).asking(behind(which))
}

/// `PUT /rooms/{room}/bans/{user}`
pub fn ban(room: &RoomKey, user: &PersonId, restraint: &Restraint) -> Call<()> {
    Call::of(Method::Put, &format!("/rooms/{room}/bans/{user}")).with(restraint)
}

/// `DELETE /rooms/{room}/bans/{user}`
pub fn unban(room: &RoomKey, user: &PersonId) -> Call<()> {
    Call::of(Method::Delete, &format!("/rooms/{room}/bans/{user}"))
}

/// `PUT /bans/{user}`
pub fn ban_from_site(user: &PersonId, restraint: &Restraint) -> Call<()> {
    Call::of(Method::Put, &format!("/bans/{user}")).with(restraint)
}

/// `DELETE /bans/{user}`
pub fn unban_from_site(user: &PersonId) -> Call<()> {
    Call::of(Method::Delete, &format!("/bans/{user}"))
}

/// `GET /reports`
pub fn reports(which: Before) -> Call<Vec<Report>> {
    Call::of(Method::Get, "/reports").asking(of_list(which))
}

/// `PUT /reports/{id}`
pub fn settle(id: u64, outcome: Outcome) -> Call<()> {
    Call::of(Method::Put, &format!("/reports/{id}")).with(&Settle { outcome })
}

/// `GET /audit`
pub fn audit(which: Before) -> Call<Vec<Deed>> {
    Call::of(Method::Get, "/audit").asking(of_list(which))
}

/// `GET /settings`
pub fn settings() -> Call<Settings> {
    Call::of(Method::Get, "/settings")
}

/// `PATCH /settings`
pub fn change_settings(change: &SettingsChange) -> Call<Settings> {
    Call::of(Method::Patch, "/settings").with(change)
}

pub(super) fn behind(which: After) -> impl Iterator<Item = (&'static str, String)> {
    let after = which.after.map(|after| ("after", after.to_string()));
    after.into_iter().chain(which.limit.map(|limit| ("limit", limit.to_string())))
}
