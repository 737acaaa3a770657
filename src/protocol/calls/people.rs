//! People: accounts, sessions, tokens, invitations, and oneself.

use super::{Call, List, Method, encoded, of_list};
use crate::protocol::api::order::Before;
use crate::protocol::api::people::{
    Farewell, Invitation, Invite, LogIn, MadeInvite, MadeToken, NewInvite, NewToken, PeopleQuery, Profile, Promotion,
    Session, SignUp, Token,
};
use crate::protocol::api::rooms::Redeemed;
use crate::protocol::api::search::Hit;
use crate::protocol::api::{GuestRequest, Identity, Me, MeChange};
use crate::protocol::event::Person;
use crate::protocol::ids::PersonId;

/// `POST /guest`
pub fn become_guest(request: &GuestRequest) -> Call<Identity> {
    Call::of(Method::Post, "/guest").with(request)
}

/// `POST /accounts`
pub fn sign_up(request: &SignUp) -> Call<Identity> {
    Call::of(Method::Post, "/accounts").with(request)
}

/// `POST /session`
pub fn log_in(request: &LogIn) -> Call<Identity> {
    Call::of(Method::Post, "/session").with(request)
}

/// `DELETE /session`
pub fn log_out() -> Call<()> {
    Call::of(Method::Delete, "/session")
}

/// `GET /me`
pub fn me() -> Call<Me> {
    Call::of(Method::Get, "/me")
}

/// `PATCH /me`
pub fn change_me(change: &MeChange) -> Call<Me> {
    Call::of(Method::Patch, "/me").with(change)
}

/// `DELETE /me`
pub fn close_account(farewell: &Farewell) -> Call<()> {
    Call::of(Method::Delete, "/me").with(farewell)
}

/// `GET /me/sessions`
pub fn sessions() -> Call<Vec<Session>> {
    Call::of(Method::Get, "/me/sessions")
}

/// `DELETE /me/sessions/{id}`
pub fn end_session(id: &str) -> Call<()> {
    Call::of(Method::Delete, &format!("/me/sessions/{}", encoded(id)))
}

/// `DELETE /me/sessions`
pub fn end_other_sessions() -> Call<()> {
    Call::of(Method::Delete, "/me/sessions")
}

/// `GET /me/mentions`
pub fn mentions(which: Before) -> Call<Vec<Hit>> {
    Call::of(Method::Get, "/me/mentions").asking(of_list(which))
}

/// `GET /me/blocks`
pub fn blocked() -> Call<Vec<Person>> {
    Call::of(Method::Get, "/me/blocks")
}

/// `PUT` or `DELETE /me/blocks/{user}`
pub fn block(user: &PersonId, on: bool) -> Call<()> {
    Call::of(Method::put_or_delete(on), &format!("/me/blocks/{user}"))
}

/// `GET /tokens`
pub fn tokens() -> Call<Vec<Token>> {
    Call::of(Method::Get, "/tokens")
}

/// `POST /tokens`
pub fn make_token(new: &NewToken) -> Call<MadeToken> {
    Call::of(Method::Post, "/tokens").with(new)
}

/// `DELETE /tokens/{id}`
pub fn end_token(id: &str) -> Call<()> {
    Call::of(Method::Delete, &format!("/tokens/{}", encoded(id)))
}

/// `GET /people`
pub fn people(query: &PeopleQuery) -> Call<List<Profile>> {
    Call::of(Method::Get, "/people").asking(of_people(query))
}

/// `PUT /people/{user}/role`
pub fn promote(user: &PersonId, promotion: Promotion) -> Call<()> {
    Call::of(Method::Put, &format!("/people/{user}/role")).with(&promotion)
}

/// `GET /invites`
pub fn invites() -> Call<Vec<Invite>> {
    Call::of(Method::Get, "/invites")
}

/// `POST /invites`
pub fn invite(new: &NewInvite) -> Call<MadeInvite> {
    Call::of(Method::Post, "/invites").with(new)
}

/// `GET /invites/{code}`
pub fn invitation(code: &str) -> Call<Invitation> {
    Call::of(Method::Get, &format!("/invites/{}", encoded(code)))
}

/// `POST /invites/{code}/redeem`
pub fn redeem(code: &str) -> Call<Redeemed> {
    Call::of(Method::Post, &format!("/invites/{}/redeem", encoded(code)))
}

/// `DELETE /invites/{id}`
pub fn end_invite(id: &str) -> Call<()> {
    Call::of(Method::Delete, &format!("/invites/{}", encoded(id)))
}

fn of_people(query: &PeopleQuery) -> impl Iterator<Item = (&'static str, String)> {
    let asked = [
        ("q", query.q.clone()),
        ("room", query.room.as_ref().map(ToString::to_string)),
        ("after", query.after.as_ref().map(ToString::to_string)),
        ("limit", query.limit.map(|limit| limit.to_string())),
    ];
    asked.into_iter().filter_map(|(name, value)| Some((name, value?)))
}
