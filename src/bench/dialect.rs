//! What a server of bare texts wants to hear: Banter's plain wire, which the peers speak too, and socket.io.

use clap::ValueEnum;

use super::crowd::Step;
use super::socket::PING;
use banter::protocol::wire::SUBPROTOCOL;

/// Any 16 bytes, as base64.
pub const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
/// The name of the event that carries a text.
const EVENT: &str = "chat";

/// How a server is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Dialect {
    /// A text is a frame, and the first that comes is a welcome
    Plain,
    /// A text is the event `chat` of socket.io 4, over its WebSocket transport
    SocketIo,
    /// A text is a frame of `banter.v1`
    #[value(skip)]
    V1,
}

impl Dialect {
    /// The request that opens the socket.
    pub fn handshake(self, host: &str) -> String {
        let path = match self {
            Self::Plain => "/",
            Self::SocketIo => "/socket.io/?EIO=4&transport=websocket",
            Self::V1 => "/ws",
        };
        let protocol = match self {
            Self::V1 => format!("Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\n"),
            Self::Plain | Self::SocketIo => String::new(),
        };
        format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n{protocol}\r\n"
        )
    }

    /// What happens before the first message of somebody whom the server need not know.
    pub fn greeting(self) -> Vec<Step> {
        match self {
            Self::Plain => vec![Step::Hear],
            // `0{...}`: the transport is open; `40`: to the main namespace; `40{...}`: it is.
            Self::SocketIo => vec![Step::Hear, Step::Say("40".into()), Step::Hear],
            Self::V1 => vec![Step::Say(r#"{"t":"hello"}"#.into()), Step::Hear],
        }
    }

    /// What a text that is no message wants to hear.
    pub fn answer(self, payload: &[u8]) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            // A ping of engine.io, and its pong.
            Self::SocketIo => (payload == b"2").then_some("3"),
            Self::V1 => payload.starts_with(PING).then_some(r#"{"t":"pong"}"#),
        }
    }

    /// A message as it goes over the wire, in both directions.
    pub fn wrap(self, text: &str) -> String {
        format!("{}{text}{}", self.before(), self.after())
    }

    /// What stands before a text.
    pub fn before(self) -> String {
        match self {
            Self::Plain | Self::V1 => String::new(),
            Self::SocketIo => format!("42[\"{EVENT}\",\""),
        }
    }

    fn after(self) -> &'static str {
        match self {
            Self::Plain | Self::V1 => "",
            Self::SocketIo => "\"]",
        }
    }
}
