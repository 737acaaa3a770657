//! A client of `banter.v1` that costs next to nothing, so that what is measured is the server: frames are made before they
//! are needed, and all are masked with the same key, which no server can tell from another.

use std::io;

use bytes::{Buf, BytesMut};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Result;
use super::dialect::KEY;
use super::target::Target;
use banter::protocol::wire::{ClientFrame, SUBPROTOCOL, ServerFrame};

/// The key that all frames are masked with.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
/// How a heartbeat begins.
pub const PING: &[u8] = br#"{"t":"ping""#;

const TEXT: u8 = 0x81;
const CLOSE: u8 = 0x88;

/// A connection that is greeted.
pub struct Socket {
    stream: TcpStream,
    /// What came and is not taken yet.
    bytes: BytesMut,
}

impl Socket {
    /// Connects as whom the token stands for; without one, to read only.
    pub async fn open(target: &Target, token: Option<String>) -> Result<Self> {
        let response = target.connect().await?.upgrade("/ws", KEY, SUBPROTOCOL).await?;
        let upgraded = hyper::upgrade::on(response).await?;
        let parts = upgraded.downcast::<TokioIo<TcpStream>>().map_err(|_| "the socket is not a TCP stream")?;
        let mut socket = Self { stream: parts.io.into_inner(), bytes: BytesMut::from(&parts.read_buf[..]) };
        match socket.ask(&ClientFrame::Hello { token }).await? {
            ServerFrame::Welcome { .. } => Ok(socket),
            other => Err(format!("{other:?} is no welcome").into()),
        }
    }

    /// Sends a frame; answers with what comes back.
    pub async fn ask(&mut self, frame: &ClientFrame) -> Result<ServerFrame> {
        self.write(&masked(&serde_json::to_string(frame)?)).await?;
        let mut answer = None;
        while answer.is_none() {
            self.read(|text| {
                answer = Some(serde_json::from_str(text)?);
                Ok(())
            })
            .await?;
        }
        answer.ok_or_else(|| "there is no answer".into())
    }

    /// Sends frames that are ready.
    pub async fn write(&mut self, frames: &[u8]) -> io::Result<()> {
        self.stream.write_all(frames).await
    }

    /// Waits until something comes, and hands over all that is whole, past heartbeats.
    pub async fn read(&mut self, mut on: impl FnMut(&str) -> Result<()>) -> Result<()> {
        if self.stream.read_buf(&mut self.bytes).await? == 0 {
            return Err("the server hung up".into());
        }
        while let Some((head, end)) = whole(&self.bytes) {
            let (kind, payload) = (self.bytes[0], &self.bytes[head..end]);
            match kind {
                TEXT if payload.starts_with(PING) => {}
                TEXT => on(std::str::from_utf8(payload)?)?,
                CLOSE => return Err(format!("the server closed: {}", String::from_utf8_lossy(&payload[2..])).into()),
                kind => return Err(format!("the server sent a frame of the kind {kind:#x}").into()),
            }
            self.bytes.advance(end);
        }
        Ok(())
    }
}

/// A text frame as clients send it.
pub fn masked(text: &str) -> Vec<u8> {
    let mut frame = vec![TEXT];
    match (u8::try_from(text.len()), u16::try_from(text.len())) {
        (Ok(short @ 0..=125), _) => frame.push(0x80 | short),
        (_, Ok(medium)) => {
            frame.push(0x80 | 126);
            frame.extend(medium.to_be_bytes());
        }
        _ => {
            frame.push(0x80 | 127);
            frame.extend((text.len() as u64).to_be_bytes());
        }
    }
    frame.extend(MASK);
    frame.extend(text.bytes().enumerate().map(|(at, byte)| mask(byte, at)));
    frame
}

/// The byte at a place of a payload as it goes over the wire.
pub fn mask(byte: u8, at: usize) -> u8 {
    byte ^ MASK[at % MASK.len()]
}

/// Where the payload of the first frame begins and where it ends; `None` if it is not whole yet.
#[inline]
pub fn whole(bytes: &[u8]) -> Option<(usize, usize)> {
    let (head, length): (usize, usize) = match bytes {
        [_, 126, high, low, ..] => (4, u16::from_be_bytes([*high, *low]).into()),
        [_, 127, rest @ ..] => (10, usize::try_from(u64::from_be_bytes(*rest.first_chunk()?)).ok()?),
        [_, short @ 0..=125, ..] => (2, (*short).into()),
        _ => return None,
    };
    let end = head.checked_add(length)?;
    (end <= bytes.len()).then_some((head, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_masked_and_as_long_as_they_say() {
        for (length, head) in [(0, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)] {
            let text = "a".repeat(length);
            let frame = masked(&text);
            assert_eq!(frame.len(), head + MASK.len() + length);
            let payload = frame[head + MASK.len()..].iter().enumerate().map(|(at, byte)| mask(*byte, at));
            assert!(payload.eq(text.bytes()));
        }
    }

    #[test]
    fn a_frame_is_taken_once_it_is_whole() {
        for (head, length) in [(2, 0), (2, 125), (4, 126), (4, 65_535), (10, 65_536)] {
            // As a client's frame, without the mask.
            let mut frame = masked(&"a".repeat(length));
            frame[1] &= 0x7f;
            frame.drain(head..head + MASK.len());
            assert_eq!(whole(&frame), Some((head, frame.len())));
            assert_eq!(whole(&frame[..frame.len() - 1]), None);
        }
        assert_eq!(whole(&[]), None);
    }
}
