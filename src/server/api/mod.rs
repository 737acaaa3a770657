//! REST under `/api/v1`: one file per noun. A form of a page goes to the same address and the same function; it is
//! answered with a page instead of JSON.

pub mod accounts;
pub mod document;
pub mod guest;
pub mod health;
pub mod invites;
pub mod me;
pub mod members;
pub mod messages;
pub mod order;
pub mod people;
pub mod reports;
pub mod rooms;
pub mod search;
pub mod tokens;

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use utoipa::IntoParams;

use super::auth::Viewer;
use super::error::Error;
use super::pages::{self, told};
use super::state::{AppState, Shared};
use crate::protocol::ids::{Cid, Emoji, Malformed, PersonId, RoomKey, Seq};
use crate::protocol::limits;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REQUEST_TIME: Duration = Duration::from_millis(limits::REQUEST_MS);

/// A request's body, JSON or form.
pub struct Payload<T> {
    /// What it says.
    pub body: T,
    /// Whom to answer, and how.
    pub sender: Sender,
}

/// Who sent a body.
pub enum Sender {
    /// A program: JSON for JSON.
    Program,
    /// A page's form.
    Page(PageForm),
}

/// The form of a page.
pub struct PageForm {
    /// The page that it stands on, which says what went wrong if it is one that does.
    stands: String,
    /// The page that it goes on to.
    onward: String,
    /// The name that was typed into it: if something went wrong, it need not be typed again.
    typed: Option<String>,
}

impl PageForm {
    /// Sent from this page, and back to it.
    fn on(page: String) -> Self {
        Self { onward: page.clone(), stands: page, typed: None }
    }

    /// On to the next page, with the cookies of the answer that a program would get.
    fn go_on(self, response: &Response) -> Response {
        let cookies = response.headers().get_all(header::SET_COOKIE).iter().cloned();
        let cookies = cookies.map(|cookie| (header::SET_COOKIE, cookie));
        let mut onward = (StatusCode::SEE_OTHER, [(header::LOCATION, self.onward)]).into_response();
        onward.headers_mut().extend(cookies);
        onward
    }

    /// Back to where it stands, or to a page that says nothing else.
    async fn say(self, state: &AppState, error: &Error) -> Response {
        match told::with_problem(&self.stands, error) {
            Some(page) => {
                let jar = CookieJar::new();
                let jar = match self.typed {
                    Some(name) => jar.add(told::typed_cookie(state, &name)),
                    None => jar,
                };
                (StatusCode::SEE_OTHER, jar, [(header::LOCATION, page)]).into_response()
            }
            None => pages::refusal(state, error).await,
        }
    }
}

impl Sender {
    fn of(headers: &HeaderMap) -> Self {
        if is_form(headers) { Self::Page(PageForm::on(way_back(headers))) } else { Self::Program }
    }

    /// The page that a form stands on, where that is known better than by what the browser says.
    pub fn on(self, page: impl Into<String>) -> Self {
        self.of_form(|_| PageForm::on(page.into()))
    }

    /// The page that a form goes on to is another than it came from.
    pub fn to(self, page: impl Into<String>) -> Self {
        self.of_form(|form| PageForm { onward: page.into(), ..form })
    }

    /// The name that was typed into a form.
    pub fn typed(self, name: impl Into<String>) -> Self {
        self.of_form(|form| PageForm { typed: Some(name.into()), ..form })
    }

    /// The page that a form comes back to says that it is done, which nobody would see otherwise.
    pub fn tell(self) -> Self {
        self.of_form(|form| PageForm { onward: told::with_done(form.onward), ..form })
    }

    fn of_form(self, change: impl FnOnce(PageForm) -> PageForm) -> Self {
        match self {
            Self::Program => Self::Program,
            Self::Page(form) => Self::Page(change(form)),
        }
    }

    /// As [`Sender::answer`], where there is nothing to say but that it is so.
    pub async fn done(self, state: &AppState, result: Result<(), Error>) -> Response {
        self.answer(state, result.map(|()| StatusCode::NO_CONTENT.into_response())).await
    }

    /// JSON for a program, the way back for a page; what went wrong in the same manner.
    pub async fn answer(self, state: &AppState, result: Result<Response, Error>) -> Response {
        match (self, result) {
            (Self::Program, Ok(response)) => response,
            (Self::Program, Err(error)) => error.into_response(),
            (Self::Page(form), Ok(response)) => form.go_on(&response),
            (Self::Page(form), Err(error)) => form.say(state, &error).await,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Sender {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

/// A form knows only to get and to post: `?method=PUT` behind the address says what it means. Only for forms, whose origin
/// is looked at whatever they do.
pub fn as_meant(mut request: Request) -> Request {
    let meant = request.uri().query().and_then(|query| query.strip_prefix("method=")).and_then(|name| match name {
        "PUT" => Some(Method::PUT),
        "PATCH" => Some(Method::PATCH),
        "DELETE" => Some(Method::DELETE),
        _ => None,
    });
    if let Some(meant) = meant.filter(|_| request.method() == Method::POST && is_form(request.headers())) {
        *request.method_mut() = meant;
    }
    request
}

impl<T: DeserializeOwned + Send> FromRequest<Shared> for Payload<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &Shared) -> Result<Self, Response> {
        let sender = Sender::of(request.headers());
        let form = matches!(sender, Sender::Page(_));
        match read(request, form).await {
            Ok(body) => Ok(Self { body, sender }),
            Err(error) => Err(sender.answer(state, Err(error)).await),
        }
    }
}

async fn read<T: DeserializeOwned>(request: Request, form: bool) -> Result<T, Error> {
    let whole = Limited::new(request.into_body(), limits::REQUEST_BYTES).collect();
    let body = timeout(REQUEST_TIME, whole).await.map_err(|_| Error::TooSlow)?.map_err(|error| {
        let too_large = error.is::<LengthLimitError>();
        if too_large { Error::TooLarge } else { Error::BadRequest("The request broke off.".to_owned()) }
    })?;
    let body = body.to_bytes();
    if form {
        serde_html_form::from_bytes(&body).map_err(|error| Error::BadRequest(error.to_string()))
    } else if body.trim_ascii_start().starts_with(b"{") {
        serde_json::from_slice(&body).map_err(|error| Error::BadRequest(error.to_string()))
    } else {
        // What serde derives would also take a list for the fields in their order.
        Err(Error::BadRequest("A JSON object is wanted.".to_owned()))
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media_type.split(';').next().is_some_and(|media| media.trim() == "application/x-www-form-urlencoded")
}

/// The page that the form stands on, whatever was looked for on it, and none of another site.
fn way_back(headers: &HeaderMap) -> String {
    let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let uri: Uri = referer.and_then(|referer| referer.parse().ok()).unwrap_or_default();
    let path = uri.path();
    // `//host` would be another site, and browsers read `\` as `/`. An address of the API has no page to go back to.
    let is_page = path.starts_with('/') && !path[1..].starts_with(['/', '\\']) && !path.starts_with("/api/");
    if is_page { told::untold(&uri) } else { "/".to_owned() }
}

/// The room of an address; a key that cannot be one is a room that does not exist.
#[derive(IntoParams)]
#[into_params(names("room"), parameter_in = Path)]
pub struct InRoom(pub RoomKey);

impl<S: Send + Sync> FromRequestParts<S> for InRoom {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Path(key) = Path::<RoomKey>::from_request_parts(parts, state).await.map_err(|_| Error::NotFound)?;
        Ok(Self(key))
    }
}

/// The message of an address.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfMessage {
    /// Where.
    pub room: RoomKey,
    /// At which place.
    pub seq: Seq,
}

impl<S: Send + Sync> FromRequestParts<S> for OfMessage {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let path = Path::<(RoomKey, Seq)>::from_request_parts(parts, state).await;
        let Path((room, seq)) = path.map_err(|_| Error::NotFound)?;
        Ok(Self { room, seq })
    }
}

/// Somebody in a room, of an address. `me` is who asks.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfMember {
    /// Where.
    pub room: RoomKey,
    /// Who.
    pub user: PersonId,
}

impl FromRequestParts<Shared> for OfMember {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Error> {
        let path = Path::<(RoomKey, PersonId)>::from_request_parts(parts, state).await;
        let Path((room, user)) = path.map_err(|_| Error::NotFound)?;
        Ok(Self { room, user: or_me(user, parts, state).await? })
    }
}

/// Somebody of an address. `me` is who asks.
#[derive(IntoParams)]
#[into_params(names("user"), parameter_in = Path)]
pub struct OfPerson(pub PersonId);

impl FromRequestParts<Shared> for OfPerson {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Error> {
        let Path(user) = Path::<PersonId>::from_request_parts(parts, state).await.map_err(|_| Error::NotFound)?;
        Ok(Self(or_me(user, parts, state).await?))
    }
}

async fn or_me(user: PersonId, parts: &mut Parts, state: &Shared) -> Result<PersonId, Error> {
    if user.as_str() != "me" {
        return Ok(user);
    }
    let viewer = Viewer::from_request_parts(parts, state).await?;
    Ok(viewer.me().ok_or(Error::Unauthenticated)?.id.clone())
}

/// Something of an address that has no other name.
#[derive(IntoParams)]
#[into_params(names("id"), parameter_in = Path)]
pub struct Named(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Path(id) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| Error::NotFound)?;
        Ok(Self(id))
    }
}

/// What is written behind the `?` of an address.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let asked = Query::<T>::from_request_parts(parts, state).await;
        let Query(asked) = asked.map_err(|rejection| Error::BadRequest(rejection.body_text()))?;
        Ok(Self(asked))
    }
}

/// The emoji with which somebody reacts to the message of an address.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfReaction {
    /// To what.
    #[param(ignore)]
    pub message: OfMessage,
    /// With what.
    pub emoji: Emoji,
}

impl<S: Send + Sync> FromRequestParts<S> for OfReaction {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let path = Path::<(RoomKey, Seq, String)>::from_request_parts(parts, state).await;
        let Path((room, seq, emoji)) = path.map_err(|_| Error::NotFound)?;
        let emoji = Emoji::try_from(emoji).map_err(|rule| Error::BadRequest(rule.to_string()))?;
        Ok(Self { message: OfMessage { room, seq }, emoji })
    }
}

/// The sender's own id for what they ask for, from the header `Idempotency-Key`; without one, each request is another act.
#[derive(IntoParams)]
#[into_params(names("Idempotency-Key"), parameter_in = Header)]
pub struct IdempotencyKey(#[param(value_type = Cid, required = false)] pub Option<Cid>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let Some(key) = parts.headers.get(IDEMPOTENCY_KEY) else { return Ok(Self(None)) };
        let wrong = |why: String| Error::BadRequest(format!("Idempotency-Key: {why}"));
        let key = key.to_str().map_err(|error| wrong(error.to_string()))?;
        // As a string of a structured header it has quotes around it.
        let cid = key.trim_matches('"').parse().map_err(|rule: Malformed| wrong(rule.to_string()))?;
        Ok(Self(Some(cid)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::api::order::{Restraint, SettingsChange};
    use crate::protocol::api::rooms::{Direct, RoomChange};
    use axum::http::HeaderValue;

    /// A body whose end never comes; time passes by itself while everybody waits.
    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_not_waited_for() {
        let never = futures::stream::pending::<Result<Vec<u8>, std::io::Error>>();
        let request = Request::new(axum::body::Body::from_stream(never));
        assert_eq!(read::<RoomKey>(request, false).await.unwrap_err(), Error::TooSlow);
    }

    #[tokio::test]
    async fn a_form_may_leave_a_number_open_and_empty_a_text_or_a_list() {
        let form = |text: &'static str| Request::new(axum::body::Body::from(text));
        let change: RoomChange = read(form("topic=&slow=&announce=true"), true).await.unwrap();
        assert_eq!(change, RoomChange { topic: Some(String::new()), announce: Some(true), ..RoomChange::default() });
        let restraint: Restraint = read(form("seconds=&reason=spam&address=true"), true).await.unwrap();
        assert_eq!(restraint, Restraint { seconds: None, reason: Some("spam".to_owned()), address: true });
        let direct: Direct = read(form("users=a&users=b"), true).await.unwrap();
        assert_eq!(direct.users.len(), 2);
        let one: Direct = read(form("users=a"), true).await.unwrap();
        assert_eq!(one.users.len(), 1);
        let settings: SettingsChange = read(form("held_words=&guest_minutes="), true).await.unwrap();
        assert_eq!((settings.held_words, settings.guest_minutes), (Some(vec![String::new()]), None));
    }

    #[test]
    fn the_way_back_stays_on_this_site() {
        let back = |referer: &'static str| {
            way_back(&HeaderMap::from_iter([(header::REFERER, HeaderValue::from_static(referer))]))
        };
        assert_eq!(back("http://127.0.0.1:3000/r/lobby"), "/r/lobby");
        assert_eq!(back("http://127.0.0.1:3000/admin?q=a+b%26&after=c"), "/admin?q=a+b%26&after=c");
        assert_eq!(back("http://127.0.0.1:3000/admin?q=//evil.example/#told"), "/admin?q=//evil.example/");
        assert_eq!(back("http://127.0.0.1:3000//evil.example/?q=a"), "/");
        assert_eq!(back("http://127.0.0.1:3000?q=a"), "/?q=a");
        assert_eq!(back("https://evil.example/admin?q=a"), "/admin?q=a", "our own page of that address");
        assert_eq!(back("http://127.0.0.1:3000//evil.example/"), "/");
        assert_eq!(back("http://127.0.0.1:3000/api/v1/guest"), "/");
        assert_eq!(back("http://127.0.0.1:3000/\\evil.example/"), "/");
        assert_eq!(back("javascript:alert(1)"), "/");
        assert_eq!(way_back(&HeaderMap::new()), "/");
    }
}
