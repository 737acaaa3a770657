//! The server that is measured: requests to it, and what it says of itself.

use std::str::FromStr;

use axum::http::{Method, Request, Response, StatusCode, Uri, header};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::net::TcpStream;

use super::{Fault, Result};
use banter::protocol::api::{GuestRequest, Identity};
use banter::protocol::calls::{self, Call};
use banter::protocol::ids::{RoomKey, Seq};

/// Where a server is.
#[derive(Debug, Clone)]
pub struct Target {
    /// Host and port.
    pub authority: String,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(url: &str) -> std::result::Result<Self, String> {
        let uri: Uri = url.parse().map_err(|error| format!("{error}"))?;
        match (uri.scheme_str(), uri.authority(), uri.port()) {
            (Some("http"), Some(authority), Some(_)) => Ok(Self { authority: authority.to_string() }),
            _ => Err("it has to be http://HOST:PORT".to_owned()),
        }
    }
}

impl Target {
    /// A connection of its own, for one request after the other.
    pub async fn connect(&self) -> Result<Http> {
        let stream = TcpStream::connect(&self.authority).await?;
        stream.set_nodelay(true)?;
        let (requests, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection.with_upgrades());
        Ok(Http { requests, authority: self.authority.clone() })
    }

    /// Becomes somebody new.
    pub async fn guest(&self) -> Result<Identity> {
        self.connect().await?.guest().await
    }

    /// How far the lobby has come.
    pub async fn head(&self) -> Result<Seq> {
        self.connect().await?.head(&RoomKey::lobby(), None).await
    }

    /// A counter by its name.
    pub async fn counter(&self, name: &str) -> Result<u64> {
        let text = self.connect().await?.get("/metrics").await?;
        let text = String::from_utf8_lossy(&text).into_owned();
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        Ok(value.ok_or_else(|| format!("the server does not count {name}"))?.parse()?)
    }
}

/// A connection for requests.
pub struct Http {
    requests: SendRequest<Full<Bytes>>,
    authority: String,
}

impl Http {
    /// What is at an address of the server.
    pub async fn get(&mut self, path: &str) -> Result<Bytes> {
        self.ask(Method::GET, path, None, String::new()).await
    }

    /// Becomes somebody new.
    pub async fn guest(&mut self) -> Result<Identity> {
        self.call(calls::become_guest(&GuestRequest::default()), None).await
    }

    /// Does something over REST, as whom the token stands for.
    pub async fn call<T: DeserializeOwned>(&mut self, call: Call<T>, token: Option<&str>) -> Result<T> {
        let (method, body) = (Method::from_bytes(call.method.as_str().as_bytes())?, call.body.clone());
        let answer = self.ask(method, &call.path, token, body.unwrap_or_default()).await?;
        Ok(call.read(std::str::from_utf8(&answer)?)?)
    }

    /// How far a room has come.
    pub async fn head(&mut self, room: &RoomKey, token: Option<&str>) -> Result<Seq> {
        let path = format!("/api/v1/rooms/{room}");
        let room: Value = serde_json::from_slice(&self.ask(Method::GET, &path, token, String::new()).await?)?;
        Ok(room["head"].as_u64().ok_or("the room has no head")?)
    }

    async fn ask(&mut self, method: Method, path: &str, token: Option<&str>, json: String) -> Result<Bytes> {
        let mut request = self.request(path).method(method).header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let sent = self.requests.send_request(request.body(json.into())?).await;
        let response = sent.map_err(|error| format!("{path}: {error}"))?;
        if !response.status().is_success() {
            return Err(refusal(path, response.status()));
        }
        Ok(response.into_body().collect().await?.to_bytes())
    }

    /// The answer to a handshake.
    pub async fn upgrade(mut self, path: &str, key: &str, protocol: &str) -> Result<Response<Incoming>> {
        let request = self
            .request(path)
            .header(header::CONNECTION, "upgrade")
            .header(header::UPGRADE, "websocket")
            .header(header::SEC_WEBSOCKET_VERSION, "13")
            .header(header::SEC_WEBSOCKET_KEY, key)
            .header(header::SEC_WEBSOCKET_PROTOCOL, protocol);
        let response = self.requests.send_request(request.body(Full::default())?).await?;
        match response.status() {
            StatusCode::SWITCHING_PROTOCOLS => Ok(response),
            status => Err(refusal(path, status)),
        }
    }

    fn request(&self, path: &str) -> axum::http::request::Builder {
        Request::builder().uri(path).header(header::HOST, &self.authority)
    }
}

fn refusal(path: &str, status: StatusCode) -> Fault {
    format!("{path} was answered with {status}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_named_by_its_url() {
        assert_eq!(
            "http://127.0.0.1:3000".parse::<Target>().map(|target| target.authority),
            Ok("127.0.0.1:3000".into())
        );
        for odd in ["127.0.0.1:3000", "https://chat.example:443", "http://chat.example", ""] {
            assert!(odd.parse::<Target>().is_err(), "{odd}");
        }
    }
}
