//! The handshake (RFC 6455, 4.2), and taking the socket from HTTP.

use std::future::Future;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use sha1::{Digest, Sha1};
use tokio::net::TcpStream;

use crate::server::error::Error;

/// What the accept key is made with (RFC 6455, 1.3).
const ACCEPT_GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const KEY_BYTES: usize = 16;

/// A socket, and what the client had sent before it was ours.
pub(in crate::server) struct Upgraded {
    pub(in crate::server) stream: TcpStream,
    pub(in crate::server) early: Vec<u8>,
}

/// Whether a request asks for a WebSocket.
pub fn is_upgrade(headers: &HeaderMap) -> bool {
    has_token(headers, header::UPGRADE, "websocket")
}

/// The answer to a handshake, and the socket once that answer is sent; `None` if it never gets there.
pub(in crate::server) fn accept(
    mut request: Request,
) -> Result<(Response, impl Future<Output = Option<Upgraded>> + use<>), Error> {
    let key = check(request.method(), request.headers())?;
    let upgrade =
        request.extensions_mut().remove::<OnUpgrade>().ok_or_else(|| bad("This connection cannot be upgraded."))?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, key);
    Ok((response, take(upgrade)))
}

/// Checks what RFC 6455, 4.2.1 asks for and answers with the accept key.
fn check(method: &Method, headers: &HeaderMap) -> Result<HeaderValue, Error> {
    if method != Method::GET || !is_upgrade(headers) || !has_token(headers, header::CONNECTION, "upgrade") {
        return Err(bad("This address speaks WebSocket."));
    }
    if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
        return Err(bad("The WebSocket version has to be 13."));
    }
    let key = headers.get(header::SEC_WEBSOCKET_KEY).ok_or_else(|| bad("There is no Sec-WebSocket-Key."))?;
    if STANDARD.decode(key).map_or(0, |key| key.len()) != KEY_BYTES {
        return Err(bad("The Sec-WebSocket-Key is not 16 bytes."));
    }
    let digest = Sha1::new().chain_update(key).chain_update(ACCEPT_GUID).finalize();
    HeaderValue::from_str(&STANDARD.encode(digest)).map_err(|_| Error::Internal)
}

/// The bare socket: hyper's own buffer is copied and let go, it would stay as long as the connection.
async fn take(upgrade: OnUpgrade) -> Option<Upgraded> {
    let upgraded = upgrade.await.ok()?;
    match upgraded.downcast::<TokioIo<TcpStream>>() {
        Ok(parts) => Some(Upgraded { stream: parts.io.into_inner(), early: parts.read_buf.to_vec() }),
        Err(_) => {
            tracing::error!("an upgraded connection is not a TCP stream");
            None
        }
    }
}

fn has_token(headers: &HeaderMap, name: HeaderName, token: &str) -> bool {
    let lists = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|item| item.trim().eq_ignore_ascii_case(token))
}

fn bad(message: &str) -> Error {
    Error::BadRequest(message.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handshake(changes: &[(&'static str, Option<&'static str>)]) -> Result<HeaderValue, Error> {
        let mut headers = HeaderMap::new();
        let good = [
            ("upgrade", Some("websocket")),
            ("connection", Some("keep-alive, Upgrade")),
            ("sec-websocket-version", Some("13")),
            ("sec-websocket-key", Some("dGhlIHNhbXBsZSBub25jZQ==")),
        ];
        for (name, value) in good.iter().chain(changes) {
            headers.remove(*name);
            if let Some(value) = value {
                headers.insert(*name, HeaderValue::from_static(value));
            }
        }
        check(&Method::GET, &headers)
    }

    #[test]
    fn the_accept_key_is_that_of_the_rfc() {
        assert_eq!(handshake(&[]).expect("a good handshake"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn what_is_no_handshake_is_refused() {
        for change in [
            ("upgrade", None),
            ("upgrade", Some("h2c")),
            ("connection", Some("keep-alive")),
            ("sec-websocket-version", Some("8")),
            ("sec-websocket-version", None),
            ("sec-websocket-key", None),
            ("sec-websocket-key", Some("c2hvcnQ=")),
            ("sec-websocket-key", Some("not base64 at all")),
        ] {
            assert!(matches!(handshake(&[change]), Err(Error::BadRequest(_))), "{change:?}");
        }
        assert!(check(&Method::POST, &HeaderMap::new()).is_err());
    }
}
