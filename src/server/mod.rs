//! The server: keeps the rooms, serves the page, carries the messages.

pub mod access;
pub mod api;
mod assets;
pub mod auth;
pub mod chat;
pub mod config;
pub mod error;
pub mod fanout;
pub mod limits;
pub mod live;
pub mod metrics;
pub mod pages;
pub mod plant;
mod serve;
pub mod state;
pub mod store;
pub mod telemetry;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use serve::{listen, run, run_with_tick};

use api::document::{self, At};
use auth::origin;
use error::Error;
use state::Shared;

const NOSNIFF: (HeaderName, HeaderValue) = (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
/// Not `no-referrer`: with that, browsers send forms with the origin `null`.
const REFERRER: (HeaderName, HeaderValue) = (header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));

/// Every address on one screen.
pub fn router(state: Shared) -> Router {
    let rest = OpenApiRouter::new()
        .at("/guest", routes!(api::guest::become_guest))
        .at("/me", routes!(api::me::show, api::me::change))
        .at("/rooms", routes!(api::rooms::list))
        .at("/rooms/{room}", routes!(api::rooms::show))
        .at("/rooms/{room}/events", routes!(api::rooms::events))
        .at("/rooms/{room}/messages", routes!(api::messages::post))
        .at("/rooms/{room}/messages/{seq}", routes!(api::messages::edit, api::messages::delete))
        .at(
            "/rooms/{room}/messages/{seq}/reactions/{emoji}",
            routes!(api::messages::react, api::messages::react_no_more),
        )
        .at("/rooms/{room}/messages/{seq}/pin", routes!(api::messages::pin, api::messages::pin_no_more))
        .fallback(async || Error::NotFound);
    let (rest, document) = OpenApiRouter::with_openapi(document::begin(&state)).nest("/api/v1", rest).split_for_parts();
    let pages = Router::new()
        .route("/", get(pages::root))
        .route("/r/{room}", get(pages::room))
        .route("/r/{room}/{seq}", get(pages::message))
        .fallback(pages::not_found)
        .layer(CompressionLayer::new());
    Router::new()
        .route("/ws", get(live::socket))
        .route("/pkg/{name}", get(assets::file))
        .route("/healthz", get(api::health::alive))
        .route("/readyz", get(api::health::ready))
        .route("/metrics", get(api::health::metrics))
        .route("/api/openapi.json", get(document::finish(document)))
        .merge(rest)
        .merge(pages)
        .merge(plant::routes())
        .method_not_allowed_fallback(async || Error::MethodNotAllowed)
        .layer(middleware::from_fn_with_state(state.clone(), refuse_foreign_changes))
        .layer(SetResponseHeaderLayer::if_not_present(NOSNIFF.0, NOSNIFF.1))
        .layer(SetResponseHeaderLayer::if_not_present(REFERRER.0, REFERRER.1))
        .layer(CatchPanicLayer::custom(|_| axum::response::IntoResponse::into_response(Error::Internal)))
        .with_state(state)
}

/// No page of another site changes anything in the name of who looks at it.
async fn refuse_foreign_changes(State(state): State<Shared>, request: Request, next: Next) -> Result<Response, Error> {
    if !request.method().is_safe() {
        origin::check_change(state.config.origins.listed(), request.headers())?;
    }
    Ok(next.run(request).await)
}
