//! Somebody who posts and keeps so many posts under way.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use rand::distr::{Alphanumeric, SampleString};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use serde::Deserialize;

use super::socket::{Socket, mask, masked};
use super::target::Target;
use super::{Fault, Result};
use banter::protocol::ids::{Cid, RoomKey, Seq};
use banter::protocol::wire::ClientFrame;

/// As many characters as 128 random bits take.
const CID_CHARS: usize = 22;

/// A connection that posts.
pub struct Sender {
    socket: Socket,
    post: Post,
    /// Sent and not acknowledged yet, oldest first.
    waiting: VecDeque<(Cid, Instant)>,
    random: SmallRng,
    /// What was acknowledged, in that order.
    pub acks: Vec<Ack>,
}

/// An acknowledged post.
#[derive(Debug, Clone, Copy)]
pub struct Ack {
    /// Its place in the room.
    pub seq: Seq,
    /// When it was known.
    pub at: Instant,
    /// How long after it was sent.
    pub after: Duration,
}

/// The frame `ack`: so many come that reading them as any other would slow down what is measured.
#[derive(Deserialize)]
struct AckFrame<'a> {
    t: &'a str,
    cid: &'a str,
    seq: Seq,
    dup: bool,
}

/// A frame that only wants its cid.
struct Post {
    frame: Vec<u8>,
    /// Where the payload begins.
    head: usize,
    /// Where in it the cid is.
    cid: Range<usize>,
}

/// So many senders, each somebody new.
pub async fn senders(target: &Target, count: usize, body: &str) -> Result<Vec<Sender>> {
    let mut senders = Vec::new();
    for _ in 0..count {
        let socket = Socket::open(target, Some(target.guest().await?.token)).await?;
        let (post, random) = (Post::new(body)?, SmallRng::from_os_rng());
        senders.push(Sender { socket, post, waiting: VecDeque::new(), random, acks: Vec::new() });
    }
    Ok(senders)
}

/// Lets all of them post, each with so many under way, as long as they may; returns once everything is acknowledged.
pub async fn post_all(senders: &mut [Sender], window: usize, may: &impl Fn() -> bool) -> Result<()> {
    try_join_all(senders.iter_mut().map(|sender| sender.post(window, may))).await.map(drop)
}

impl Sender {
    async fn post(&mut self, window: usize, may: &impl Fn() -> bool) -> Result<()> {
        let mut frames = Vec::new();
        loop {
            while self.waiting.len() < window && may() {
                let cid = self.post.append(&mut self.random, &mut frames)?;
                self.waiting.push_back((cid, Instant::now()));
            }
            if self.waiting.is_empty() {
                return Ok(());
            }
            self.socket.write(&frames).await?;
            frames.clear();
            self.take_acks().await?;
        }
    }

    async fn take_acks(&mut self) -> Result<()> {
        let Self { socket, waiting, acks, .. } = self;
        socket
            .read(|text| {
                let Ok(AckFrame { t: "ack", cid, seq, dup: false }) = serde_json::from_str(text) else {
                    return Err(format!("this is no ack of a new message: {text}").into());
                };
                let place = waiting.iter().position(|(waits, _)| waits.as_str() == cid);
                let (_, sent) =
                    place.and_then(|place| waiting.remove(place)).ok_or("an ack of nothing that was sent")?;
                let at = Instant::now();
                acks.push(Ack { seq, at, after: at - sent });
                Ok(())
            })
            .await
    }
}

impl Post {
    fn new(body: &str) -> Result<Self> {
        let (room, blank) = (RoomKey::lobby(), "_".repeat(CID_CHARS));
        let frame = ClientFrame::Post { room, cid: blank.parse::<Cid>()?, body: body.to_owned(), reply_to: None };
        let text = serde_json::to_string(&frame)?;
        let at = text.find(&blank).ok_or("a post names its cid")?;
        let frame = masked(&text);
        Ok(Self { head: frame.len() - text.len(), frame, cid: at..at + CID_CHARS })
    }

    /// Appends a frame with a cid that is new.
    fn append(&self, random: &mut impl Rng, frames: &mut Vec<u8>) -> std::result::Result<Cid, Fault> {
        let cid = Alphanumeric.sample_string(random, CID_CHARS);
        let start = frames.len() + self.head;
        frames.extend_from_slice(&self.frame);
        for (at, byte) in self.cid.clone().zip(cid.bytes()) {
            frames[start + at] = mask(byte, at);
        }
        Ok(cid.parse()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use banter::protocol::wire::ServerFrame;

    #[test]
    fn an_ack_is_read_as_it_is_written() {
        let (cid, room) = ("0123456789abcdef".parse().expect("a cid"), RoomKey::lobby());
        let frame = ServerFrame::Ack { cid, room, seq: 7, dup: false };
        let text = serde_json::to_string(&frame).expect("plain data");
        let read = serde_json::from_str(&text).expect("an ack");
        assert!(matches!(read, AckFrame { t: "ack", cid: "0123456789abcdef", seq: 7, dup: false }));
    }

    #[test]
    fn a_post_is_the_frame_that_it_would_be_with_its_cid() {
        let (post, mut frames) = (Post::new("hi").expect("a post"), b"before".to_vec());
        let cid = post.append(&mut SmallRng::seed_from_u64(1), &mut frames).expect("a cid");
        let frame = ClientFrame::Post { room: RoomKey::lobby(), cid, body: "hi".to_owned(), reply_to: None };
        let whole = masked(&serde_json::to_string(&frame).expect("plain data"));
        assert_eq!(frames, [&b"before"[..], &whole].concat());
    }
}
