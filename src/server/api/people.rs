//! `/people`: who there is.

use axum::Json;
use axum::extract::State;
use axum::response::Response;

use super::document::{Refusal, SEE_ROUTER};
use super::{Asked, OfPerson, Payload};
use crate::protocol::api::people::{PeopleQuery, Profile, Promotion, Scope};
use crate::server::access;
use crate::server::auth::Viewer;
use crate::server::chat::{accounts, moderation, rooms};
use crate::server::error::Error;
use crate::server::state::Shared;

/// People with accounts, by the beginning of their names; or the people of a room, guests too.
#[utoipa::path(
    get, path = SEE_ROUTER, tag = "people", params(PeopleQuery),
    responses(
        (status = OK, body = Vec<Profile>),
        (status = FORBIDDEN, response = Refusal),
        (status = NOT_FOUND, response = Refusal),
    ),
)]
pub async fn list(
    State(state): State<Shared>,
    viewer: Viewer,
    Asked(asked): Asked<PeopleQuery>,
) -> Result<Json<Vec<Profile>>, Error> {
    let me = access::somebody(&viewer, Scope::Read)?;
    let Some(room) = asked.room.clone() else { return accounts::list(&state, &me, asked).await.map(Json) };
    let reader = access::room_reader(&state, viewer.caller.as_ref(), &room).await?;
    let people = accounts::list(&state, &me, asked).await?;
    rooms::still(&state, viewer.caller.as_ref(), &reader, people).await.map(Json)
}

/// Give somebody another role on the site.
#[utoipa::path(
    put, path = SEE_ROUTER, tag = "people", params(OfPerson), request_body = Promotion,
    responses((status = NO_CONTENT)),
)]
pub async fn promote(
    State(state): State<Shared>,
    viewer: Viewer,
    OfPerson(user): OfPerson,
    Payload { body, sender }: Payload<Promotion>,
) -> Response {
    let result = match access::admin(&viewer) {
        Ok(admin) => moderation::set_role(&state, &admin, &user, body.role).await,
        Err(error) => Err(error),
    };
    sender.done(&state, result).await
}
