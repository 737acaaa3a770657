//! Mutes and bans, in a room and on the whole site; the log of acts of power; how the site is set.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::document::{Refusal, SEE_ROUTER};
use super::{Asked, InRoom, OfMember, OfPerson, Payload, Sender};
use crate::protocol::api::order::{After, Ban, Before, Deed, Restraint, Settings, SettingsChange};
use crate::protocol::limits;
use crate::server::access;
use crate::server::auth::Viewer;
use crate::server::chat::{members, moderation, settings};
use crate::server::error::Error;
use crate::server::state::Shared;
use crate::server::store::Page;

/// Mute somebody in a room.
#[utoipa::path(
    put, path = SEE_ROUTER, tag = "order", params(OfMember), request_body = Restraint,
    responses((status = NO_CONTENT)),
)]
pub async fn mute(
    State(state): State<Shared>,
    viewer: Viewer,
    OfMember { room, user }: OfMember,
    Payload { body, sender }: Payload<Restraint>,
) -> Response {
    let result = match access::room_member_who(&state, &viewer, &room).await {
        Ok(by) => moderation::mute(&state, &by, &user, body).await,
        Err(error) => Err(error),
    };
    sender.done(&state, result).await
}

/// Let them speak again.
#[utoipa::path(delete, path = SEE_ROUTER, tag = "order", params(OfMember), responses((status = NO_CONTENT)))]
pub async fn unmute(State(state): State<Shared>, viewer: Viewer, whom: OfMember, sender: Sender) -> Response {
    let result = match access::room_member_who(&state, &viewer, &whom.room).await {
        Ok(by) => moderation::unmute(&state, &by, &whom.user).await,
        Err(error) => Err(error),
    };
    sender.done(&state, result).await
}

/// Ban somebody from a room.
#[utoipa::path(
    put, path = SEE_ROUTER, tag = "order", params(OfMember), request_body = Restraint,
    responses((status = NO_CONTENT)),
)]
pub async fn ban(
    State(state): State<Shared>,
    viewer: Viewer,
    OfMember { room, user }: OfMember,
    Payload { body, sender }: Payload<Restraint>,
) -> Response {
    let result = match access::room_member_who(&state, &viewer, &room).await {
        Ok(by) => moderation::ban(&state, &by, &user, body).await,
        Err(error) => Err(error),
    };
    sender.done(&state, result).await
}

/// Let them come again.
#[utoipa::path(delete, path = SEE_ROUTER, tag = "order", params(OfMember), responses((status = NO_CONTENT)))]
pub async fn unban(State(state): State<Shared>, viewer: Viewer, whom: OfMember, sender: Sender) -> Response {
    let result = match access::room_member_who(&state, &viewer, &whom.room).await {
        Ok(by) => moderation::unban(&state, &by, &whom.user).await,
        Err(error) => Err(error),
    };
    sender.done(&state, result).await
}

/// Who is banned from a room, by name.
#[utoipa::path(
    get, path = SEE_ROUTER, tag = "order", params(InRoom, After),
    responses((status = OK, body = Vec<Ban>), (status = FORBIDDEN, response = Refusal)),
)]
pub async fn bans(
    State(state): State<Shared>,
    viewer: Viewer,
    InRoom(room): InRoom,
    Asked(which): Asked<After>,
) -> Result<Json<Vec<Ban>>, Error> {
    let moderator = access::room_moderator(&state, viewer.caller.as_ref(), &room).await?;
    members::bans(&state, &moderator, &which).await.map(Json)
}

/// Ban somebody from the whole site.
#[utoipa::path(
    put, path = SEE_ROUTER, tag = "order", params(OfPerson), request_body = Restraint,
    responses((status = NO_CONTENT)),
)]
pub async fn ban_from_site(
    State(state): State<Shared>,
    viewer: Viewer,
    OfPerson(user): OfPerson,
    Payload { body, sender }: Payload<Restraint>,
) -> Response {
    let result = match access::admin(&viewer) {
        Ok(admin) => moderation::ban_from_site(&state, &admin, &user, body).await,
        Err(error) => Err(error),
    };
    sender.done(&state, result).await
}

/// Let them come again.
#[utoipa::path(delete, path = SEE_ROUTER, tag = "order", params(OfPerson), responses((status = NO_CONTENT)))]
pub async fn unban_from_site(
    State(state): State<Shared>,
    viewer: Viewer,
    OfPerson(user): OfPerson,
    sender: Sender,
) -> Response {
    let result = match access::admin(&viewer) {
        Ok(admin) => moderation::unban_from_site(&state, &admin, &user).await,
        Err(error) => Err(error),
    };
    sender.done(&state, result).await
}

/// Acts of power, newest first.
#[utoipa::path(
    get, path = SEE_ROUTER, tag = "order", params(Before),
    responses((status = OK, body = Vec<Deed>), (status = FORBIDDEN, response = Refusal)),
)]
pub async fn audit(
    State(state): State<Shared>,
    viewer: Viewer,
    Asked(asked): Asked<Before>,
) -> Result<Json<Vec<Deed>>, Error> {
    let admin = access::admin(&viewer)?;
    moderation::audit(&state, &admin, page(asked)).await.map(Json)
}

/// How the site is set.
#[utoipa::path(
    get, path = SEE_ROUTER, tag = "order",
    responses((status = OK, body = Settings), (status = FORBIDDEN, response = Refusal)),
)]
pub async fn settings(State(state): State<Shared>, viewer: Viewer) -> Result<Json<Settings>, Error> {
    access::admin(&viewer)?;
    Ok(Json(settings::site(&state).await?.settings().clone()))
}

/// Set it another way.
#[utoipa::path(
    patch, path = SEE_ROUTER, tag = "order", request_body = SettingsChange,
    responses((status = OK, body = Settings), (status = CONFLICT, response = Refusal)),
)]
pub async fn change_settings(
    State(state): State<Shared>,
    viewer: Viewer,
    Payload { body, sender }: Payload<SettingsChange>,
) -> Response {
    let result = match access::admin(&viewer) {
        Ok(admin) => settings::change(&state, &admin, body).await.map(|now| Json(now).into_response()),
        Err(error) => Err(error),
    };
    sender.answer(&state, result).await
}

/// A page of a list that was asked for.
pub(in crate::server) fn page(asked: Before) -> Page {
    Page { before: asked.before, limit: asked.limit.unwrap_or(limits::LIST).clamp(1, limits::LIST) }
}
