//! `/search`: messages by what they hold.

use axum::Json;
use axum::extract::State;

use super::Asked;
use super::document::{Refusal, SEE_ROUTER, TooFast};
use crate::protocol::api::search::{Hits, SearchQuery};
use crate::server::auth::Viewer;
use crate::server::chat::search;
use crate::server::error::Error;
use crate::server::state::Shared;

/// Messages of the rooms that I may read, by what they hold; the newest first.
#[utoipa::path(
    get, path = SEE_ROUTER, tag = "search",
    security((), ("token" = []), ("cookie" = [])),
    params(SearchQuery),
    responses(
        (status = OK, body = Hits),
        (status = FORBIDDEN, response = Refusal),
        (status = TOO_MANY_REQUESTS, response = TooFast),
    ),
)]
pub async fn search(
    State(state): State<Shared>,
    viewer: Viewer,
    Asked(asked): Asked<SearchQuery>,
) -> Result<Json<Hits>, Error> {
    search::search(&state, &viewer, &asked).await.map(Json)
}
