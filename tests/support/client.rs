//! The other end of a socket: an implementation of WebSocket that is not ours.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use banter::protocol::event::{Event, What};
use banter::protocol::ids::{Cid, Epoch, RoomKey, Seq};
use banter::protocol::wire::{ClientFrame, ServerFrame};
use futures::{SinkExt, StreamExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::{Person, new_cid, within};

/// A connected client.
pub struct Socket {
    stream: WebSocketStream<TcpStream>,
}

/// Connects; a refusal is its status and body.
pub async fn handshake(
    address: SocketAddr,
    path: &str,
    headers: &[(&str, &str)],
    receive_buffer: Option<u32>,
) -> Result<Socket, (u16, String)> {
    let mut request = format!("ws://{address}{path}").into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
    }
    let socket = TcpSocket::new_v4().unwrap();
    if let Some(size) = receive_buffer {
        socket.set_recv_buffer_size(size).unwrap();
    }
    let stream = within(socket.connect(address)).await.unwrap();
    match within(tokio_tungstenite::client_async(request, stream)).await {
        Ok((stream, _)) => Ok(Socket { stream }),
        Err(Error::Http(response)) => {
            let body = response.body().as_deref().unwrap_or_default();
            Err((response.status().as_u16(), String::from_utf8_lossy(body).into_owned()))
        }
        Err(error) => panic!("the handshake broke: {error}"),
    }
}

impl Socket {
    pub async fn say(&mut self, text: &str) {
        self.send(Message::text(text)).await;
    }

    /// In one piece, as far as that is up to whoever sends.
    pub async fn say_together(&mut self, texts: &[&str]) {
        self.try_say_together(texts).await.unwrap();
    }

    /// The same for one who may be closed in the middle of it.
    pub async fn try_say_together(&mut self, texts: &[&str]) -> Result<(), Error> {
        for text in texts {
            within(self.stream.feed(Message::text(*text))).await?;
        }
        within(self.stream.flush()).await
    }

    pub async fn send(&mut self, message: Message) {
        within(self.stream.send(message)).await.unwrap();
    }

    pub async fn tell(&mut self, frame: &ClientFrame) {
        self.say(&serde_json::to_string(frame).unwrap()).await;
    }

    /// The next message of any kind.
    pub async fn message(&mut self) -> Message {
        within(self.stream.next()).await.expect("the connection is open").expect("and whole")
    }

    /// The next text.
    pub async fn text(&mut self) -> String {
        loop {
            match self.message().await {
                Message::Text(text) => return text.to_string(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("expected a text, got {other:?}"),
            }
        }
    }

    /// The next frame of `banter.v1`, past heartbeats and who is here.
    pub async fn frame(&mut self) -> ServerFrame {
        loop {
            let frame = self.any_frame().await;
            if !matches!(frame, ServerFrame::Ping { .. } | ServerFrame::Presence { .. }) {
                return frame;
            }
        }
    }

    /// The heads that the next heartbeat names, past everything else.
    pub async fn heartbeat(&mut self) -> BTreeMap<RoomKey, Seq> {
        loop {
            if let ServerFrame::Ping { heads } = self.any_frame().await {
                return heads;
            }
        }
    }

    /// The next frame, whatever it is.
    pub async fn any_frame(&mut self) -> ServerFrame {
        let text = self.text().await;
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// Reads on until the server closes; answers with the code, and how many texts came before.
    pub async fn close_code(&mut self) -> (u16, usize) {
        let mut texts = 0;
        loop {
            match within(self.stream.next()).await {
                Some(Ok(Message::Close(Some(close)))) => return (close.code.into(), texts),
                Some(Ok(Message::Text(_))) => texts += 1,
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("expected a close, got {other:?}"),
            }
        }
    }

    /// Whether the next thing that comes is a close.
    pub async fn is_closed_at_once(&mut self) -> bool {
        matches!(self.message().await, Message::Close(_))
    }

    /// Reads on until the connection is gone, with or without a close.
    pub async fn gone(&mut self) {
        while let Some(Ok(_)) = within(self.stream.next()).await {}
    }

    /// Greets and is welcomed.
    pub async fn hello(&mut self, person: Option<&Person>) -> ServerFrame {
        self.tell(&ClientFrame::Hello { token: person.map(|person| person.token.clone()) }).await;
        let welcome = self.frame().await;
        assert!(matches!(welcome, ServerFrame::Welcome { .. }), "{welcome:?}");
        welcome
    }

    /// Follows the lobby.
    pub async fn sub(&mut self, epoch: Option<Epoch>, seq: Option<Seq>) -> Subbed {
        self.follow(RoomKey::lobby(), epoch, seq).await
    }

    /// Follows a room.
    pub async fn follow(&mut self, room: RoomKey, epoch: Option<Epoch>, seq: Option<Seq>) -> Subbed {
        self.tell(&ClientFrame::Sub { room, epoch, seq }).await;
        match self.frame().await {
            ServerFrame::Subbed { epoch, head, recovered, events, .. } => Subbed { epoch, head, recovered, events },
            other => panic!("expected subbed, got {other:?}"),
        }
    }

    /// Says something in the lobby, without waiting for what becomes of it.
    pub async fn post(&mut self, body: &str) -> Cid {
        let cid = new_cid();
        let room = RoomKey::lobby();
        self.tell(&ClientFrame::Post { room, cid: cid.clone(), body: body.to_owned(), reply_to: None }).await;
        cid
    }

    /// The next event, past everything else.
    pub async fn event(&mut self) -> Event {
        loop {
            if let ServerFrame::Ev { event, .. } = self.frame().await {
                return event;
            }
        }
    }

    /// The text of the next message, past everything else.
    pub async fn heard(&mut self) -> String {
        match self.event().await.what {
            What::Posted(post) => post.body,
            other => panic!("expected a message, got {other:?}"),
        }
    }
}

/// What `subbed` said.
#[derive(Debug)]
pub struct Subbed {
    pub epoch: Epoch,
    pub head: Seq,
    pub recovered: bool,
    pub events: Vec<Event>,
}

impl Subbed {
    pub fn seqs(&self) -> Vec<Seq> {
        self.events.iter().map(|event| event.seq).collect()
    }
}
