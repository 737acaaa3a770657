//! A socket that sends back what it is sent: the product's own handshake, decoder and encoder, and nothing else.

use axum::extract::Request;
use axum::response::Response;
use tokio::net::TcpStream;

use crate::protocol::limits;
use crate::protocol::wire::close;
use crate::server::error::Error;
use crate::server::fanout::encode;
use crate::server::live::decode::{Decoder, Message};
use crate::server::live::upgrade::{self, Upgraded};

/// `GET /proving/echo`
pub async fn echo(request: Request) -> Result<Response, Error> {
    let (response, socket) = upgrade::accept(request)?;
    tokio::spawn(async move {
        if let Some(Upgraded { stream, early }) = socket.await
            && let Err(error) = talk(&stream, early).await
        {
            tracing::debug!(%error, "an echo broke");
        }
    });
    Ok(response)
}

async fn talk(stream: &TcpStream, mut bytes: Vec<u8>) -> std::io::Result<()> {
    let mut decoder = Decoder::default();
    loop {
        let mut out = Vec::new();
        let over = answer(&mut decoder, &mut bytes, &mut out);
        write_all(stream, &out).await?;
        if over || !read(stream, &mut bytes).await? {
            return Ok(());
        }
    }
}

/// What goes back; `true` once nothing comes after it.
fn answer(decoder: &mut Decoder, bytes: &mut [u8], out: &mut Vec<u8>) -> bool {
    let mut over = false;
    let fed = decoder.feed(bytes, |message| match message {
        _ if over => {}
        Message::Text(text) => encode::text(text, out),
        Message::Binary(bytes) => encode::binary(bytes, out),
        Message::Ping(payload) => encode::pong(payload, out),
        Message::Pong => {}
        Message::Close(code) => {
            encode::close(code.unwrap_or(close::NORMAL), "", out);
            over = true;
        }
    });
    match fed {
        Err(violation) if !over => {
            encode::close(violation.code, violation.reason, out);
            true
        }
        _ => over,
    }
}

async fn write_all(stream: &TcpStream, mut bytes: &[u8]) -> std::io::Result<()> {
    while !bytes.is_empty() {
        stream.writable().await?;
        match stream.try_write(bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The next bytes; `false` at the end.
async fn read(stream: &TcpStream, bytes: &mut Vec<u8>) -> std::io::Result<bool> {
    loop {
        stream.readable().await?;
        bytes.resize(limits::FRAME_BYTES, 0);
        match stream.try_read(bytes) {
            Ok(count) => {
                bytes.truncate(count);
                return Ok(count > 0);
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
}
