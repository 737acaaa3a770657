//! The server: keeps the rooms, serves the page, carries the messages.

pub mod access;
pub mod api;
mod assets;
pub mod auth;
pub mod chat;
pub mod clock;
pub mod config;
pub mod error;
pub mod fanout;
pub mod filter;
pub mod guard;
pub mod lanes;
pub mod language;
pub mod limits;
pub mod live;
pub mod metrics;
pub mod pages;
pub mod plant;
pub mod recent;
mod serve;
pub mod state;
pub mod store;
pub mod telemetry;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use utoipa_axum::routes;

pub use serve::{listen, run, run_with_tick};

use api::document::{self, At};
use auth::origin;
use error::Error;
use state::Shared;

/// What goes with every answer that does not say otherwise itself (ASVS 3.4): it is no document that may do anything, in no
/// frame, of no use to other sites, and nobody keeps it. Pages have a policy of their own, and files are kept.
static CAUTION: [(HeaderName, HeaderValue); 7] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    // Not `no-referrer`: with that, browsers send forms with the origin `null`.
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), display-capture=(), geolocation=(), microphone=()"),
    ),
];
/// For a year a browser that came over TLS comes in no other way. Whatever else runs below this host's name is its own.
const TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The addresses of REST, behind `/api/v1`.
fn rest<T: At>(table: T) -> T {
    table
        .at("/guest", routes!(api::guest::become_guest))
        .at("/accounts", routes!(api::accounts::sign_up))
        .at("/session", routes!(api::accounts::log_in, api::accounts::log_out))
        .at("/me", routes!(api::me::show, api::me::change, api::me::close))
        .at("/me/sessions", routes!(api::me::sessions, api::me::end_other_sessions))
        .at("/me/sessions/{id}", routes!(api::me::end_session))
        .at("/me/mentions", routes!(api::me::mentions))
        .at("/me/blocks", routes!(api::me::blocked))
        .at("/me/blocks/{user}", routes!(api::me::block, api::me::unblock))
        .at("/tokens", routes!(api::tokens::make, api::tokens::list))
        .at("/tokens/{id}", routes!(api::tokens::end))
        .at("/people", routes!(api::people::list))
        .at("/people/{user}/role", routes!(api::people::promote))
        .at("/rooms", routes!(api::rooms::list, api::rooms::make))
        .at("/directory", routes!(api::rooms::directory))
        .at("/direct", routes!(api::rooms::direct))
        .at("/rooms/{room}", routes!(api::rooms::show, api::rooms::change, api::rooms::archive))
        .at("/rooms/{room}/events", routes!(api::rooms::events))
        .at("/rooms/{room}/read", routes!(api::rooms::read))
        .at("/rooms/{room}/messages", routes!(api::messages::post))
        .at("/rooms/{room}/messages/{seq}", routes!(api::messages::edit, api::messages::delete))
        .at(
            "/rooms/{room}/messages/{seq}/reactions/{emoji}",
            routes!(api::messages::react, api::messages::react_no_more),
        )
        .at("/rooms/{room}/messages/{seq}/pin", routes!(api::messages::pin, api::messages::pin_no_more))
        .at("/rooms/{room}/messages/{seq}/reports", routes!(api::reports::report))
        .at("/rooms/{room}/members", routes!(api::members::list))
        .at("/rooms/{room}/members/{user}", routes!(api::members::seat, api::members::remove))
        .at("/rooms/{room}/mutes/{user}", routes!(api::order::mute, api::order::unmute))
        .at("/rooms/{room}/bans", routes!(api::order::bans))
        .at("/rooms/{room}/bans/{user}", routes!(api::order::ban, api::order::unban))
        .at("/bans/{user}", routes!(api::order::ban_from_site, api::order::unban_from_site))
        .at("/reports", routes!(api::reports::list))
        .at("/reports/{id}", routes!(api::reports::settle))
        .at("/invites", routes!(api::invites::make, api::invites::list))
        .at("/invites/{id}", routes!(api::invites::show, api::invites::end))
        .at("/invites/{id}/redeem", routes!(api::invites::redeem))
        .at("/audit", routes!(api::order::audit))
        .at("/search", routes!(api::search::search))
        .at("/settings", routes!(api::order::settings, api::order::change_settings))
}

/// Every address on one screen, but for those of REST above.
pub fn router(state: Shared) -> Router {
    let calls = rest(Router::new()).fallback(async || Error::NotFound);
    let pages = Router::new()
        .route("/", get(pages::root))
        .route("/r/{room}", get(pages::room))
        .route("/r/{room}/{seq}", get(pages::message))
        .route("/login", get(pages::account::log_in))
        .route("/signup", get(pages::account::sign_up))
        .route("/setup", get(pages::account::set_up))
        .route("/invite/{code}", get(pages::account::invite))
        .route("/settings", get(pages::account::settings))
        .route("/r/{room}/about", get(pages::room::about))
        .route("/r/{room}/{seq}/act", get(pages::message::show))
        .route("/rooms", get(pages::room::directory))
        .route("/search", get(pages::finding::search))
        .route("/mentions", get(pages::finding::mentions))
        .route("/reports", get(pages::admin::reports))
        .route("/admin", get(pages::admin::people))
        .route("/admin/rooms", get(pages::admin::rooms))
        .route("/admin/audit", get(pages::admin::audit))
        .route("/admin/settings", get(pages::admin::settings))
        .route("/admin/now", get(pages::admin::now))
        .route("/language", post(language::choose))
        .fallback(pages::not_found)
        .layer(middleware::from_fn_with_state(state.clone(), pages::turn_away))
        .layer(smaller());
    Router::new()
        .route("/ws", get(live::socket))
        .route("/pkg/{name}", get(assets::file))
        .route("/words/{name}", get(assets::words::file).layer(smaller()))
        .route("/sw.js", get(assets::worker))
        .route("/manifest.webmanifest", get(assets::manifest).layer(smaller()))
        .route("/healthz", get(api::health::alive))
        .route("/readyz", get(api::health::ready))
        .route("/metrics", get(api::health::metrics))
        .route("/api/openapi.json", document::answer(rest))
        .nest("/api/v1", calls)
        .merge(pages)
        .merge(plant::routes())
        .method_not_allowed_fallback(async || Error::MethodNotAllowed)
        .layer(middleware::from_fn_with_state(state.clone(), refuse_foreign_changes))
        .layer(CatchPanicLayer::custom(|_| axum::response::IntoResponse::into_response(Error::Internal)))
        .layer(middleware::map_response_with_state(state.clone(), be_cautious))
        .layer(middleware::from_fn(language::speak))
        .with_state(state)
}

/// As small as is worth the time: of brotli, the first quality that looks at what stands before. A page is a sixteenth smaller by it
/// than by the one below, and those above take ten times as long for a hundredth.
fn smaller() -> CompressionLayer {
    CompressionLayer::new().quality(CompressionLevel::Precise(5))
}

/// No page of another site changes anything in the name of who looks at it.
async fn refuse_foreign_changes(State(state): State<Shared>, request: Request, next: Next) -> Result<Response, Error> {
    if !request.method().is_safe() {
        origin::check_change(state.config.origins.listed(), request.headers())?;
    }
    Ok(next.run(request).await)
}

async fn be_cautious(State(state): State<Shared>, mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in &CAUTION {
        headers.entry(name).or_insert_with(|| value.clone());
    }
    if state.config.is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, TLS_ONLY);
    }
    response
}
