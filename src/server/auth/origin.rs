//! Whose pages may act in a person's name.
//!
//! A browser sends our cookie along with whatever any page asks for, handshakes included. So whatever changes something,
//! and every handshake, has to come from a page of our own (threats: cross-site WebSocket hijacking, CSRF).

use std::fmt;
use std::str::FromStr;

use axum::http::{HeaderMap, HeaderName, Uri, header};

use crate::server::error::Error;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Scheme, host and port, exactly as browsers write them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// Whether its pages come over TLS.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Host and port.
    fn authority(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, authority)| authority)
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("{text:?} is not an origin: write it like https://chat.example or http://127.0.0.1:3000");
        let text = text.trim().trim_end_matches('/').to_ascii_lowercase();
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let plain = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        let scheme = matches!(uri.scheme_str(), Some("http" | "https"));
        let rest = uri.path() == "/" && uri.query().is_none();
        if plain && scheme && rest { Ok(Self(text)) } else { Err(wrong()) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The origins that are ours; without any, the host that a request was sent to is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins(Vec<Origin>);

impl Origins {
    /// Each of them.
    pub fn listed(&self) -> &[Origin] {
        &self.0
    }
}

impl FromStr for Origins {
    type Err = String;

    /// Comma separated. A variable that is set to nothing lists nothing.
    fn from_str(text: &str) -> Result<Self, String> {
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        items.map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

/// A handshake: an origin that is named must be ours, and one that brings the cookie must name it.
pub fn check_handshake(listed: &[Origin], headers: &HeaderMap, by_cookie: bool) -> Result<(), Error> {
    match named(headers)? {
        Some(origin) if is_ours(listed, headers, origin) => Ok(()),
        None if !by_cookie => Ok(()),
        _ => Err(Error::ForeignOrigin),
    }
}

/// A request that changes something. Only browsers name an origin or a site; what names neither is no browser, and has no
/// cookie but the one it was given.
pub fn check_change(listed: &[Origin], headers: &HeaderMap) -> Result<(), Error> {
    let ours = match (named(headers)?, headers.get(SEC_FETCH_SITE)) {
        (Some(origin), _) => is_ours(listed, headers, origin),
        (None, Some(site)) => site == "same-origin" || site == "none",
        (None, None) => true,
    };
    if ours { Ok(()) } else { Err(Error::ForeignOrigin) }
}

/// The one origin that the request names.
fn named(headers: &HeaderMap) -> Result<Option<&str>, Error> {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (None, _) => Ok(None),
        (Some(origin), None) => origin.to_str().map(Some).map_err(|_| Error::ForeignOrigin),
        (Some(_), Some(_)) => Err(Error::ForeignOrigin),
    }
}

/// Exactly one of the list; without a list, exactly the host that the request was sent to.
fn is_ours(listed: &[Origin], headers: &HeaderMap, origin: &str) -> bool {
    if !listed.is_empty() {
        return listed.iter().any(|ours| ours.0 == origin);
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let authority = origin.parse::<Origin>().ok().filter(|parsed| parsed.0 == origin);
    authority.is_some_and(|origin| Some(origin.authority()) == host.map(str::to_ascii_lowercase).as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    }

    fn listed() -> Vec<Origin> {
        vec!["https://chat.example".parse().expect("an origin")]
    }

    /// Origins that must never pass where `https://chat.example` is ours.
    const FOREIGN: [&str; 13] = [
        "null",
        "",
        "https://evil.example",
        "https://chat.example.evil.example",
        "https://evilchat.example",
        "https://chat.example:8443",
        "http://chat.example",
        "https://chat.example/",
        "https://chat.example@evil.example",
        "https://evil.example#chat.example",
        "HTTPS://chat.example",
        "file://",
        "https://xn--chat-example",
    ];

    #[test]
    fn with_a_list_only_the_listed_pass() {
        for by_cookie in [true, false] {
            assert!(check_handshake(&listed(), &headers(&[("origin", "https://chat.example")]), by_cookie).is_ok());
            for foreign in FOREIGN {
                let headers = headers(&[("origin", foreign), ("host", "chat.example")]);
                assert_eq!(check_handshake(&listed(), &headers, by_cookie), Err(Error::ForeignOrigin), "{foreign}");
                assert_eq!(check_change(&listed(), &headers), Err(Error::ForeignOrigin), "{foreign}");
            }
        }
    }

    #[test]
    fn without_a_list_only_the_host_itself_passes() {
        let own = headers(&[("origin", "http://127.0.0.1:3000"), ("host", "127.0.0.1:3000")]);
        assert!(check_handshake(&[], &own, true).is_ok());
        for foreign in FOREIGN.into_iter().filter(|foreign| *foreign != "http://chat.example") {
            let headers = headers(&[("origin", foreign), ("host", "chat.example")]);
            assert_eq!(check_handshake(&[], &headers, true), Err(Error::ForeignOrigin), "{foreign}");
        }
        let no_host = headers(&[("origin", "http://127.0.0.1:3000")]);
        assert_eq!(check_handshake(&[], &no_host, false), Err(Error::ForeignOrigin));
    }

    #[test]
    fn a_cookie_without_an_origin_does_not_open_a_socket() {
        assert_eq!(check_handshake(&[], &headers(&[]), true), Err(Error::ForeignOrigin));
        assert!(check_handshake(&[], &headers(&[]), false).is_ok(), "websocat and its like");
    }

    #[test]
    fn two_origins_are_none() {
        let two = headers(&[("origin", "https://chat.example"), ("origin", "https://evil.example")]);
        assert_eq!(check_handshake(&listed(), &two, false), Err(Error::ForeignOrigin));
    }

    #[test]
    fn a_change_from_another_site_is_refused_by_either_header() {
        for (site, passes) in [("same-origin", true), ("none", true), ("same-site", false), ("cross-site", false)] {
            assert_eq!(check_change(&[], &headers(&[("sec-fetch-site", site)])).is_ok(), passes, "{site}");
        }
        assert!(check_change(&[], &headers(&[])).is_ok(), "curl and its like");
    }

    #[test]
    fn what_is_not_an_origin_cannot_be_listed() {
        for wrong in ["chat.example", "https://chat.example/path", "ftp://chat.example", "https://a@b", "*", ""] {
            assert!(wrong.parse::<Origin>().is_err(), "{wrong}");
        }
        assert!("https://chat.example,nonsense".parse::<Origins>().is_err());
        let two: Origins = " https://chat.example, http://127.0.0.1:3000,".parse().expect("a list");
        assert_eq!(two.listed().len(), 2);
        assert_eq!("".parse::<Origins>(), Ok(Origins::default()), "a variable that is set to nothing");
        assert_eq!("https://Chat.Example/".parse::<Origin>().expect("an origin").to_string(), "https://chat.example");
    }
}
