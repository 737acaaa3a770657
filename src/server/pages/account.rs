//! What the pages about oneself need: how one comes in, and what one may change.
//!
//! The address of some of them is a secret in itself. Such a page names no more than this site to whatever is asked for
//! from it, and nobody keeps it.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::told::typed;
use super::{draw, refusal, to_log_in};
use crate::protocol::api::order::{Ban, SignUpPolicy};
use crate::protocol::api::people::{Invitation, MadeToken, Scope};
use crate::protocol::page::Content;
use crate::protocol::page::account::{
    AccountPage, AccountSheet, InviteSheet, LogInSheet, NoSignUp, SetUpSheet, SettingsSheet, SignUpSheet,
};
use crate::protocol::power::Role;
use crate::server::access;
use crate::server::api::Named;
use crate::server::auth::Viewer;
use crate::server::chat::{accounts, members, sessions, settings as site};
use crate::server::error::Error;
use crate::server::language;
use crate::server::state::{AppState, Shared};
use crate::words::Language;

/// What an address may bring along. What cannot be read is as if it were not there.
#[derive(Default, Deserialize)]
pub struct Brought {
    /// The code of the first start's link.
    code: Option<String>,
    /// The code of an invitation.
    invite: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Brought {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(serde_html_form::from_str(parts.uri.query().unwrap_or_default()).unwrap_or_default())
    }
}

/// `GET /login`
pub async fn log_in(State(state): State<Shared>, viewer: Viewer, brought: Brought, request: Request) -> Response {
    let sign_up = match site::sign_up(&state).await {
        Ok(policy) => policy != SignUpPolicy::Closed,
        Err(error) => return refusal(&state, &error).await,
    };
    let typed = typed(&state, request.headers()).unwrap_or_default();
    let sheet = LogInSheet { typed, invite: brought.invite, sign_up };
    secretly(show(&state, &viewer, AccountSheet::LogIn(sheet), request).await)
}

/// `GET /signup`
pub async fn sign_up(State(state): State<Shared>, viewer: Viewer, brought: Brought, request: Request) -> Response {
    match sign_up_sheet(&state, &viewer, brought.invite, request.headers()).await {
        Ok(sheet) => secretly(show(&state, &viewer, sheet, request).await),
        Err(error) => refusal(&state, &error).await,
    }
}

async fn sign_up_sheet(
    state: &AppState,
    viewer: &Viewer,
    invite: Option<String>,
    headers: &HeaderMap,
) -> Result<AccountSheet, Error> {
    if viewer.me().is_some_and(|me| me.role > Role::Guest) {
        return Ok(AccountSheet::NoSignUp(NoSignUp::HasAccount));
    }
    let invite = match invite {
        Some(code) => holding(members::invitation(state, &code).await)?.map(|invitation| (code, invitation)),
        None => None,
    };
    if !lets_sign_up(state, invite.as_ref().map(|(_, invitation)| invitation)).await? {
        let closed = site::sign_up(state).await? == SignUpPolicy::Closed;
        return Ok(AccountSheet::NoSignUp(if closed { NoSignUp::Closed } else { NoSignUp::WithoutInvite }));
    }
    let typed = typed(state, headers).or_else(|| viewer.me().map(|me| me.name.clone()));
    let invite = invite.map(|(code, invitation)| (code, invitation.by));
    Ok(AccountSheet::SignUp(SignUpSheet { typed: typed.unwrap_or_default(), invite }))
}

/// What has run out is no hindrance where none is needed.
fn holding(invitation: Result<Invitation, Error>) -> Result<Option<Invitation>, Error> {
    match invitation {
        Err(Error::InviteInvalid) => Ok(None),
        other => other.map(Some),
    }
}

/// Whether one may sign up who comes with that invitation, or with none. One into a room lets nobody into the site.
async fn lets_sign_up(state: &AppState, invitation: Option<&Invitation>) -> Result<bool, Error> {
    Ok(match site::sign_up(state).await? {
        SignUpPolicy::Open => true,
        SignUpPolicy::Invite => invitation.is_some_and(|invitation| invitation.room.is_none()),
        SignUpPolicy::Closed => false,
    })
}

/// `GET /setup?code=`: not there for whoever does not have the code, and for nobody once there is an owner.
pub async fn set_up(State(state): State<Shared>, viewer: Viewer, brought: Brought, request: Request) -> Response {
    let code = brought.code.unwrap_or_default();
    match accounts::is_setup(&state, &code).await {
        Ok(true) => {
            let typed = typed(&state, request.headers()).unwrap_or_default();
            let sheet = AccountSheet::SetUp(SetUpSheet { typed, code });
            secretly(show(&state, &viewer, sheet, request).await)
        }
        Ok(false) => secretly(refusal(&state, &Error::NotFound).await),
        Err(error) => secretly(refusal(&state, &error).await),
    }
}

/// `GET /invite/{code}`: looking uses nothing up.
pub async fn invite(State(state): State<Shared>, viewer: Viewer, Named(code): Named, request: Request) -> Response {
    match invite_sheet(&state, code).await {
        Ok(sheet) => secretly(show(&state, &viewer, AccountSheet::Invite(sheet), request).await),
        Err(error) => secretly(refusal(&state, &error).await),
    }
}

async fn invite_sheet(state: &AppState, code: String) -> Result<InviteSheet, Error> {
    let invitation = members::invitation(state, &code).await?;
    let sign_up = lets_sign_up(state, Some(&invitation)).await?;
    Ok(InviteSheet { code, invitation, guests: state.config.guests.is_on(), sign_up })
}

/// `GET /settings`: whoever is nobody is asked to log in.
pub async fn settings(State(state): State<Shared>, viewer: Viewer, request: Request) -> Response {
    match settings_sheet(&state, &viewer, request.headers()).await {
        Ok(sheet) => show(&state, &viewer, AccountSheet::Settings(sheet), request).await,
        Err(Error::Unauthenticated) => to_log_in(&request),
        Err(error) => refusal(&state, &error).await,
    }
}

async fn settings_sheet(state: &AppState, viewer: &Viewer, headers: &HeaderMap) -> Result<SettingsSheet, Error> {
    let me = access::somebody(viewer, Scope::Admin)?;
    Ok(SettingsSheet {
        me: me.me().clone(),
        sessions: sessions::list(state, &me).await?,
        tokens: sessions::tokens(state, &me).await?,
        blocked: accounts::blocked(state, &me).await?,
        sign_up: lets_sign_up(state, None).await?,
        language: language::chosen(headers).map(Language::tag),
    })
}

/// The answer to the form that makes a token: shown this once, and kept by nobody.
pub async fn made_token(state: &AppState, viewer: &Viewer, made: MadeToken) -> Response {
    let request = Request::new(Body::empty());
    let response = show(state, viewer, AccountSheet::MadeToken(made), request).await;
    (StatusCode::CREATED, kept_by_nobody(response)).into_response()
}

/// Any page, for one who is banned.
pub async fn banned(state: &AppState, ban: Ban, request: Request) -> Response {
    let page = AccountPage { me: None, sheet: AccountSheet::Banned(ban) };
    let response = draw(state, Content::Account(Box::new(page)), request).await;
    (Error::Banned.status(), response).into_response()
}

async fn show(state: &AppState, viewer: &Viewer, sheet: AccountSheet, request: Request) -> Response {
    let page = AccountPage { me: viewer.me().cloned(), sheet };
    draw(state, Content::Account(Box::new(page)), request).await
}

/// With an address that is a secret. Not `no-referrer`: with that, browsers send forms with the origin `null`.
fn secretly(mut response: Response) -> Response {
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
    kept_by_nobody(response)
}

fn kept_by_nobody(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
