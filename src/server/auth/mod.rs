//! Who is asking: sessions, their tokens, and the cookie that carries them.

mod address;
pub mod backoff;
pub mod guessed;
pub mod origin;
pub mod password;

pub use address::{ClientAddress, Peer, Whence, network};

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngCore;
use sha2::{Digest, Sha256};

use super::chat::sessions;
use super::error::Error;
use super::state::{AppState, Shared};
use super::store::{Caller, TokenHash};
use crate::protocol::api::Me;

/// How long a browser keeps the cookie: a year, in seconds. The session itself may end sooner.
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

/// Who comes with a token. With guests switched off, a guest's token stands for nobody.
pub async fn caller_of(state: &AppState, token: &str) -> Result<Option<Caller>, Error> {
    sessions::caller(state, &hash(token)).await
}

/// What is stored of a token.
pub fn hash(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}

/// Who sent a request, by `Authorization: Bearer` or by cookie.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Nobody while one only reads. Somebody who is banned is known, and may nothing.
    pub caller: Option<Caller>,
    /// The browser sent it by itself: then the request's origin has to be known.
    pub by_cookie: bool,
    /// Whence they come.
    pub whence: Whence,
}

impl Viewer {
    /// Reads the request's headers.
    pub async fn from_headers(state: &AppState, headers: &HeaderMap, from: IpAddr) -> Result<Self, Error> {
        let whence = Whence::new(from, headers);
        if let Some(token) = bearer(headers) {
            let caller = caller_of(state, token).await?.ok_or(Error::Unauthenticated)?;
            return Ok(Self { caller: Some(caller), by_cookie: false, whence });
        }
        let caller = match CookieJar::from_headers(headers).get(cookie_name(state)) {
            Some(cookie) => caller_of(state, cookie.value()).await?,
            None => None,
        };
        Ok(Self { by_cookie: caller.is_some(), caller, whence })
    }

    /// Who it is.
    pub fn me(&self) -> Option<&Me> {
        self.caller.as_ref().map(|caller| &caller.me)
    }
}

impl FromRequestParts<Shared> for Viewer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Error> {
        // Somebody has asked already.
        if let Some(viewer) = parts.extensions.get::<Self>() {
            return Ok(viewer.clone());
        }
        let ClientAddress(from) = ClientAddress::of(state, &parts.extensions, &parts.headers);
        let viewer = Self::from_headers(state, &parts.headers, from).await?;
        if let Some(caller) = &viewer.caller {
            sessions::see(state, caller, from).await?;
        }
        Ok(viewer)
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

/// The cookie that takes that one away.
pub fn no_session_cookie(state: &AppState) -> Cookie<'static> {
    let mut cookie = session_cookie(state, &Token(String::new()));
    cookie.set_max_age(time::Duration::ZERO);
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
