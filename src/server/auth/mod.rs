//! Who is asking: sessions, their tokens, and the cookie that carries them.

mod address;
pub mod backoff;
pub mod origin;
pub mod password;

pub use address::{ClientAddress, Peer, network};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngCore;
use sha2::{Digest, Sha256};

use super::error::Error;
use super::state::{AppState, Shared};
use super::store::TokenHash;
use crate::protocol::api::Me;

/// How long a browser keeps a guest's name: a year, in seconds.
const COOKIE_SECONDS: i64 = 365 * 24 * 60 * 60;

/// A session's secret: 256 random bits. Only its hash is stored.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// A new one.
    pub fn random() -> Self {
        Self(random_text(32))
    }

    /// The secret itself, for the one who owns it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored of it.
    pub fn hash(&self) -> TokenHash {
        hash(&self.0)
    }
}

/// Random bytes as url-safe text.
pub fn random_text(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    rand::rng().fill_bytes(&mut random);
    URL_SAFE_NO_PAD.encode(random)
}

fn hash(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}

/// Whom a token stands for. With guests switched off, a guest's token stands for nobody.
pub async fn person_of(state: &AppState, token: &str) -> Result<Option<Me>, Error> {
    let person = state.store.person_of(&hash(token)).await?;
    Ok(person.filter(|_| state.config.guests.is_on()))
}

/// Who sent a request, by `Authorization: Bearer` or by cookie.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Nobody while one only reads.
    pub me: Option<Me>,
    /// The browser sent it by itself: then the request's origin has to be known.
    pub by_cookie: bool,
}

impl Viewer {
    /// Reads the request's headers.
    pub async fn from_headers(state: &AppState, headers: &HeaderMap) -> Result<Self, Error> {
        if let Some(token) = bearer(headers) {
            let me = person_of(state, token).await?.ok_or(Error::Unauthenticated)?;
            return Ok(Self { me: Some(me), by_cookie: false });
        }
        let me = match CookieJar::from_headers(headers).get(cookie_name(state)) {
            Some(cookie) => person_of(state, cookie.value()).await?,
            None => None,
        };
        Ok(Self { by_cookie: me.is_some(), me })
    }

    /// Who it is, or that one has to be somebody first.
    pub fn signed_in(&self) -> Result<&Me, Error> {
        self.me.as_ref().ok_or(Error::Unauthenticated)
    }
}

impl FromRequestParts<Shared> for Viewer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Error> {
        Self::from_headers(state, &parts.headers).await
    }
}

/// The cookie that keeps somebody signed in.
pub fn session_cookie(state: &AppState, token: &Token) -> Cookie<'static> {
    let mut cookie = Cookie::new(cookie_name(state), token.reveal().to_owned());
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(state.config.is_https());
    cookie.set_max_age(time::Duration::seconds(COOKIE_SECONDS));
    cookie
}

/// With `__Host-` a browser takes it only over TLS, from this very host, for the whole of it.
pub fn cookie_name(state: &AppState) -> &'static str {
    if state.config.is_https() { "__Host-banter" } else { "banter" }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
