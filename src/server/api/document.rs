//! `GET /api/openapi.json`: REST in the words of OpenAPI, collected from the handlers and the bodies themselves.
//!
//! A handler says what is its own: body, parameters, good answers, and refusals that others have not. What follows from
//! what a request brings along is added here, for all alike.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get};
use bytes::Bytes;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{self, ObjectBuilder, Ref, RefOr, Schema, Type};
use utoipa::{OpenApi, ToResponse, ToSchema};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::protocol::api::ErrorBody;
use crate::server::auth;
use crate::server::state::{AppState, Shared};

/// The address of an operation stands in the router, beside all others.
pub const SEE_ROUTER: &str = "";

const ABOUT: &str = "\
Chat for programs: what the page and the sockets do, by the same functions and under the same limits.

A body is read as JSON, whatever its content type says, and fields that are not known are passed over. Only \
`application/x-www-form-urlencoded` is read as a form: so pages act without a script, and they are answered with a page. \
An address that is none is 404, a method that an address has not is 405, both with the body of every refusal.";

/// Puts operations at their address: in the router and in the document by the same table.
pub trait At {
    /// The same address for all of them.
    fn at(self, address: &str, operations: UtoipaMethodRouter<Shared>) -> Self;
}

impl At for Router<Shared> {
    fn at(self, address: &str, (_, _, methods): UtoipaMethodRouter<Shared>) -> Self {
        self.route(address, methods)
    }
}

impl At for OpenApiRouter<Shared> {
    fn at(self, address: &str, (schemas, mut paths, methods): UtoipaMethodRouter<Shared>) -> Self {
        paths.paths = paths.paths.into_values().map(|operations| (address.to_owned(), operations)).collect();
        self.routes((schemas, paths, methods))
    }
}

/// A refusal: `code` says to programs why, `message` to people.
#[derive(ToResponse)]
pub struct Refusal(#[expect(dead_code, reason = "for its schema")] ErrorBody);

/// Faster than allowed: again after so many seconds.
#[derive(ToResponse)]
#[response(headers(("Retry-After" = u64, description = "In seconds.")))]
pub struct TooFast(#[expect(dead_code, reason = "for its schema")] ErrorBody);

/// What there is to say before any operation. One has to be somebody wherever nothing else is said.
#[derive(OpenApi)]
#[openapi(
    info(title = "Banter", description = ABOUT),
    components(schemas(ErrorBody), responses(Refusal, TooFast)),
    security(("token" = []), ("cookie" = [])),
)]
struct Beginning;

/// The document without operations.
fn begin(state: &AppState) -> openapi::OpenApi {
    let mut document = Beginning::openapi();
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("The `token` of an `Identity`."));
    let cookie = ApiKeyValue::with_description(auth::cookie_name(state), "What browsers send along by themselves.");
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("token", SecurityScheme::Http(token.build()));
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    document
}

/// Where it is asked for. Only then it is put together, once: it takes more memory than all else that a server begins with.
pub fn answer(rest: fn(OpenApiRouter<Shared>) -> OpenApiRouter<Shared>) -> MethodRouter<Shared> {
    let whole = Arc::new(OnceLock::new());
    get(async move |State(state): State<Shared>| whole.get_or_init(|| finish(whole_of(&state, rest))).clone())
}

fn whole_of(state: &AppState, rest: fn(OpenApiRouter<Shared>) -> OpenApiRouter<Shared>) -> openapi::OpenApi {
    OpenApiRouter::with_openapi(begin(state)).nest("/api/v1", rest(OpenApiRouter::new())).split_for_parts().1
}

/// Ready to be sent.
fn finish(mut document: openapi::OpenApi) -> impl IntoResponse + Clone + Send + Sync {
    document.paths.paths.values_mut().for_each(complete);
    untag_changes(&mut document);
    document.components.get_or_insert_default().schemas.insert(u64::name().into_owned(), whole_number());
    let text = serde_json::to_vec(&document).map(Bytes::from).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR);
    text.map(|text| ([(header::CONTENT_TYPE, "application/json")], text))
}

/// A change says itself of what kind it is; what is derived would have it be `changed`, since it does not know of variants
/// without a tag among others.
fn untag_changes(document: &mut openapi::OpenApi) {
    let schemas = document.components.as_mut().map(|components| &mut components.schemas);
    if let Some(RefOr::T(Schema::OneOf(what))) = schemas.and_then(|schemas| schemas.get_mut("What"))
        && let Some(change) = what.items.last_mut()
    {
        *change = Ref::from_schema_name("Change").into();
    }
}

fn complete(operations: &mut PathItem) {
    let PathItem { get, post, put, patch, delete, .. } = operations;
    for (operation, changes) in [(get, false), (post, true), (put, true), (patch, true), (delete, true)] {
        let Some(operation) = operation else { continue };
        name(operation);
        describe_answers(operation);
        add_refusals(operation, changes);
    }
}

/// Without the bounds that a signed number has.
fn whole_number() -> RefOr<Schema> {
    let number =
        ObjectBuilder::new().schema_type(Type::Integer).description(Some("A place in a log, or milliseconds."));
    number.minimum(Some(u64::MIN)).maximum(Some(u64::MAX)).into()
}

/// Functions of two files may have the same name.
fn name(operation: &mut Operation) {
    let tag = operation.tags.iter().flatten().next();
    operation.operation_id = tag.zip(operation.operation_id.as_ref()).map(|(tag, name)| format!("{tag}_{name}"));
}

/// OpenAPI wants a description of every answer, also where the status says it all.
fn describe_answers(operation: &mut Operation) {
    for (status, answer) in &mut operation.responses.responses {
        let RefOr::T(answer) = answer else { continue };
        if answer.description.is_empty() {
            let status: Option<StatusCode> = status.parse().ok();
            answer.description = status.and_then(|status| status.canonical_reason()).unwrap_or_default().to_owned();
        }
    }
}

/// What any handler may answer, by what a request brings along.
fn add_refusals(operation: &mut Operation, changes: bool) {
    let places: Vec<ParameterIn> = operation.parameters.iter().flatten().filter_map(place).collect();
    let path = places.contains(&ParameterIn::Path);
    let body = operation.request_body.is_some();
    let wrong = body || places.iter().any(|place| *place != ParameterIn::Path);
    for (may_be, status, why) in [
        (wrong, StatusCode::BAD_REQUEST, "It cannot be read, or not be done as it is."),
        (true, StatusCode::UNAUTHORIZED, "The token stands for nobody, or one has to be somebody first."),
        (changes, StatusCode::FORBIDDEN, "Not for you, or sent by a page of another site."),
        (path, StatusCode::NOT_FOUND, "There is no such thing, or not for you."),
        (body, StatusCode::REQUEST_TIMEOUT, "The body did not come in time."),
        (body, StatusCode::PAYLOAD_TOO_LARGE, "The body or a text in it is too long."),
        (changes, StatusCode::TOO_MANY_REQUESTS, "Faster than allowed."),
        (true, StatusCode::INTERNAL_SERVER_ERROR, "A fault of ours."),
        (true, StatusCode::SERVICE_UNAVAILABLE, "Not known whether it happened: send it again."),
    ] {
        if may_be {
            refuse(operation, status, why);
        }
    }
}

/// Unless the handler has said it in its own words.
fn refuse(operation: &mut Operation, status: StatusCode, why: &str) {
    let response = if status == StatusCode::TOO_MANY_REQUESTS { "TooFast" } else { "Refusal" };
    let mut refusal = Ref::from_response_name(response);
    why.clone_into(&mut refusal.description);
    operation.responses.responses.entry(status.as_str().to_owned()).or_insert(refusal.into());
}

fn place(parameter: &RefOr<Parameter>) -> Option<ParameterIn> {
    match parameter {
        RefOr::T(parameter) => Some(parameter.parameter_in.clone()),
        RefOr::Ref(_) => None,
    }
}
