//! Frames as clients send them: RFC 6455, strictly, without extensions.
//!
//! Whatever bytes come, in whatever pieces, this answers with messages or with the reason to close. It copies only what
//! is not whole yet, and never keeps more than one message and one frame.

use crate::protocol::limits;
use crate::protocol::wire::close;

/// Where a frame's payload begins, at most: 2 bytes, 8 of length, 4 of mask.
const HEAD_BYTES: usize = 14;
/// Most bytes of a control frame's payload (5.5).
const CONTROL_BYTES: usize = 125;

const CONTINUATION: u8 = 0x0;
const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xA;

/// Something whole that a client sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message<'a> {
    /// Text, known to be UTF-8.
    Text(&'a str),
    /// Anything.
    Binary(&'a [u8]),
    /// To be answered with the same payload.
    Ping(&'a [u8]),
    /// A sign of life.
    Pong,
    /// The client goes, with the code it gave.
    Close(Option<u16>),
}

/// Why the connection has to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Violation {
    /// The close code that says so.
    pub code: u16,
    /// In words.
    pub reason: &'static str,
}

/// Puts the pieces together. Empty, and without memory of its own, while nothing is half-way.
#[derive(Debug, Default)]
pub struct Decoder {
    /// The start of a frame whose rest has not come yet.
    partial: Vec<u8>,
    /// The fragments so far of a message that is not final yet.
    fragments: Option<Fragments>,
}

#[derive(Debug)]
struct Fragments {
    opcode: u8,
    payload: Vec<u8>,
}

/// A frame's first bytes, understood.
struct Head {
    fin: bool,
    opcode: u8,
    mask: [u8; 4],
    /// Bytes before the payload.
    head: usize,
    /// Bytes of the payload.
    payload: usize,
}

impl Decoder {
    /// Take the next bytes; `on` gets each message as it becomes whole. The bytes are unmasked in place.
    pub fn feed(&mut self, bytes: &mut [u8], mut on: impl FnMut(Message<'_>)) -> Result<(), Violation> {
        if self.partial.is_empty() {
            let used = self.frames(bytes, &mut on)?;
            self.partial.extend_from_slice(&bytes[used..]);
        } else {
            let mut partial = std::mem::take(&mut self.partial);
            partial.extend_from_slice(bytes);
            let used = self.frames(&mut partial, &mut on)?;
            // What is left of a long frame's buffer is copied out of it, so that the buffer can go.
            self.partial = if used == 0 { partial } else { partial[used..].to_vec() };
        }
        Ok(())
    }

    /// Takes all whole frames from the start of `bytes`; answers how many bytes those were.
    fn frames(&mut self, bytes: &mut [u8], on: &mut impl FnMut(Message<'_>)) -> Result<usize, Violation> {
        let mut used = 0;
        while let Some(head) = Head::read(&bytes[used..])? {
            let open = self.fragments.as_ref().map_or(0, |fragments| fragments.payload.len());
            if !head.is_control() && head.payload + open > limits::FRAME_BYTES {
                return Err(Violation { code: close::TOO_BIG, reason: "A message has at most 64 KiB." });
            }
            let end = used + head.head + head.payload;
            let Some(payload) = bytes.get_mut(used + head.head..end) else {
                break;
            };
            unmask(payload, head.mask);
            self.frame(&head, payload, on)?;
            used = end;
        }
        Ok(used)
    }

    fn frame(&mut self, head: &Head, payload: &[u8], on: &mut impl FnMut(Message<'_>)) -> Result<(), Violation> {
        match (head.opcode, head.fin) {
            (PING, _) => on(Message::Ping(payload)),
            (PONG, _) => on(Message::Pong),
            (CLOSE, _) => on(Message::Close(close_code(payload)?)),
            (CONTINUATION, fin) => return self.continuation(payload, fin, on),
            _ if self.fragments.is_some() => return Err(broken("a message began inside another")),
            (opcode, true) => on(whole(opcode, payload)?),
            (opcode, false) => self.fragments = Some(Fragments { opcode, payload: payload.to_vec() }),
        }
        Ok(())
    }

    fn continuation(&mut self, payload: &[u8], fin: bool, on: &mut impl FnMut(Message<'_>)) -> Result<(), Violation> {
        let mut fragments = self.fragments.take().ok_or(broken("a continuation of nothing"))?;
        fragments.payload.extend_from_slice(payload);
        if fin {
            on(whole(fragments.opcode, &fragments.payload)?);
        } else {
            self.fragments = Some(fragments);
        }
        Ok(())
    }
}

impl Head {
    /// `None` while it is not all there. What is wrong is said as early as it can be seen.
    fn read(bytes: &[u8]) -> Result<Option<Self>, Violation> {
        let [first, second, rest @ ..] = bytes else {
            return Ok(None);
        };
        let (fin, opcode) = (first & 0x80 != 0, first & 0x0F);
        if first & 0x70 != 0 {
            return Err(broken("a reserved bit without an extension"));
        }
        if !matches!(opcode, CONTINUATION | TEXT | BINARY | CLOSE | PING | PONG) {
            return Err(broken("a reserved opcode"));
        }
        if second & 0x80 == 0 {
            return Err(broken("a frame that is not masked"));
        }
        let short = usize::from(second & 0x7F);
        if opcode >= CLOSE && (!fin || short > CONTROL_BYTES) {
            return Err(broken("a control frame that is long or in fragments"));
        }
        let Some((payload, length_bytes)) = length(short, rest)? else {
            return Ok(None);
        };
        let Some(&mask) = rest[length_bytes..].first_chunk::<4>() else {
            return Ok(None);
        };
        let head = 2 + length_bytes + mask.len();
        debug_assert!(head <= HEAD_BYTES);
        Ok(Some(Self { fin, opcode, mask, head, payload }))
    }

    fn is_control(&self) -> bool {
        self.opcode >= CLOSE
    }
}

/// The payload's length and how many bytes that took; `None` while they are not all there.
fn length(short: usize, rest: &[u8]) -> Result<Option<(usize, usize)>, Violation> {
    match short {
        126 => {
            let Some(&bytes) = rest.first_chunk::<2>() else {
                return Ok(None);
            };
            let long = u16::from_be_bytes(bytes);
            if long < 126 { Err(broken("a length not in its shortest form")) } else { Ok(Some((long.into(), 2))) }
        }
        127 => {
            let Some(&bytes) = rest.first_chunk::<8>() else {
                return Ok(None);
            };
            let long = u64::from_be_bytes(bytes);
            if long <= u16::MAX.into() || long > i64::MAX as u64 {
                return Err(broken("a length not in its shortest form, or with its top bit set"));
            }
            Ok(Some((usize::try_from(long).unwrap_or(usize::MAX / 2), 8)))
        }
        short => Ok(Some((short, 0))),
    }
}

fn whole(opcode: u8, payload: &[u8]) -> Result<Message<'_>, Violation> {
    if opcode == BINARY {
        return Ok(Message::Binary(payload));
    }
    let text = std::str::from_utf8(payload).map_err(|_| NOT_UTF8)?;
    Ok(Message::Text(text))
}

/// Text that is not UTF-8.
pub const NOT_UTF8: Violation = Violation { code: close::NOT_UTF8, reason: "Text has to be UTF-8." };

fn close_code(payload: &[u8]) -> Result<Option<u16>, Violation> {
    match payload {
        [] => Ok(None),
        [_] => Err(broken("a close code of one byte")),
        [high, low, reason @ ..] => {
            let code = u16::from_be_bytes([*high, *low]);
            // 7.4: others are reserved, or stand for what never goes over the wire.
            if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
                return Err(broken("a close code that may not be sent"));
            }
            std::str::from_utf8(reason).map_err(|_| NOT_UTF8)?;
            Ok(Some(code))
        }
    }
}

const fn broken(reason: &'static str) -> Violation {
    Violation { code: close::PROTOCOL_ERROR, reason }
}

/// Eight bytes at a time: the mask repeats every four.
fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    let [a, b, c, d] = mask;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (chunks, rest) = payload.as_chunks_mut::<8>();
    for chunk in chunks {
        *chunk = (u64::from_ne_bytes(*chunk) ^ wide).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask.into_iter().cycle()) {
        *byte ^= mask;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// An owned message, to compare.
    #[derive(Debug, Clone, PartialEq)]
    enum Got {
        Text(String),
        Binary(Vec<u8>),
        Ping(Vec<u8>),
        Pong,
        Close(Option<u16>),
    }

    fn got(message: Message<'_>) -> Got {
        match message {
            Message::Text(text) => Got::Text(text.to_owned()),
            Message::Binary(bytes) => Got::Binary(bytes.to_vec()),
            Message::Ping(bytes) => Got::Ping(bytes.to_vec()),
            Message::Pong => Got::Pong,
            Message::Close(code) => Got::Close(code),
        }
    }

    fn decode(pieces: &[&[u8]]) -> (Vec<Got>, Result<(), Violation>) {
        let mut decoder = Decoder::default();
        let mut messages = Vec::new();
        for piece in pieces {
            let fed = decoder.feed(&mut piece.to_vec(), |message| messages.push(got(message)));
            assert!(decoder.partial.len() <= limits::FRAME_BYTES + HEAD_BYTES, "what is kept is bounded");
            if fed.is_err() {
                return (messages, fed);
            }
        }
        (messages, Ok(()))
    }

    const MASK: [u8; 4] = [0x12, 0x34, 0x56, 0x78];

    /// A client's frame, its first byte as given.
    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![first];
        match payload.len() {
            short @ 0..=125 => bytes.push(0x80 | short as u8),
            medium @ 126..=65_535 => {
                bytes.push(0x80 | 126);
                bytes.extend((medium as u16).to_be_bytes());
            }
            long => {
                bytes.push(0x80 | 127);
                bytes.extend((long as u64).to_be_bytes());
            }
        }
        bytes.extend(MASK);
        let mut masked = payload.to_vec();
        unmask(&mut masked, MASK);
        bytes.extend(masked);
        bytes
    }

    fn refused(bytes: &[u8]) -> u16 {
        decode(&[bytes]).1.expect_err("to be refused").code
    }

    #[test]
    fn a_message_may_have_64_kib_and_no_more() {
        let fits = "a".repeat(limits::FRAME_BYTES);
        assert_eq!(decode(&[&frame(0x81, fits.as_bytes())]), (vec![Got::Text(fits.clone())], Ok(())));
        let one_more = "a".repeat(limits::FRAME_BYTES + 1);
        assert_eq!(refused(&frame(0x81, one_more.as_bytes())), close::TOO_BIG);
        assert_eq!(refused(&frame(0x81, one_more.as_bytes())[..HEAD_BYTES]), close::TOO_BIG, "known from its head");
    }

    #[test]
    fn fragments_together_have_the_same_limit() {
        let half = vec![b'a'; limits::FRAME_BYTES / 2];
        let (first, last, one) = (frame(0x01, &half), frame(0x80, &half), frame(0x00, b"a"));
        let (messages, fed) = decode(&[&first, &last]);
        assert_eq!((messages.len(), fed), (1, Ok(())));
        assert_eq!(decode(&[&first, &one, &last]).1.map_err(|v| v.code), Err(close::TOO_BIG));
    }

    #[test]
    fn control_frames_may_come_between_fragments() {
        let (messages, fed) = decode(&[&frame(0x01, b"he"), &frame(0x89, b"?"), &frame(0x80, b"y")]);
        assert_eq!((messages, fed), (vec![Got::Ping(b"?".to_vec()), Got::Text("hey".into())], Ok(())));
    }

    #[test]
    fn a_character_may_be_cut_by_a_fragment_but_not_be_broken() {
        let bytes = "ü".as_bytes();
        let (messages, _) = decode(&[&frame(0x01, &bytes[..1]), &frame(0x80, &bytes[1..])]);
        assert_eq!(messages, [Got::Text("ü".into())]);
        assert_eq!(refused(&frame(0x81, &bytes[..1])), close::NOT_UTF8);
    }

    #[test]
    fn what_breaks_the_rules_ends_the_connection() {
        let mut unmasked = frame(0x81, b"hi");
        unmasked[1] &= 0x7F;
        for (what, bytes) in [
            ("reserved bit", frame(0xC1, b"hi")),
            ("reserved opcode", frame(0x83, b"hi")),
            ("not masked", unmasked),
            ("ping in fragments", frame(0x09, b"hi")),
            ("long ping", frame(0x89, &[0; 126])),
            ("continuation of nothing", frame(0x80, b"hi")),
            ("message in a message", [frame(0x01, b"a"), frame(0x81, b"b")].concat()),
            ("length not shortest, 16 bit", vec![0x81, 0x80 | 126, 0, 125]),
            ("length not shortest, 64 bit", vec![0x81, 0x80 | 127, 0, 0, 0, 0, 0, 0, 255, 255]),
            ("length with top bit", vec![0x81, 0x80 | 127, 0x80, 0, 0, 0, 0, 0, 0, 0]),
            ("close of one byte", frame(0x88, &[3])),
            ("close with 1005", frame(0x88, &1005u16.to_be_bytes())),
            ("close with 2999", frame(0x88, &2999u16.to_be_bytes())),
        ] {
            assert_eq!(refused(&bytes), close::PROTOCOL_ERROR, "{what}");
        }
    }

    #[test]
    fn close_codes_are_read() {
        assert_eq!(decode(&[&frame(0x88, &[])]).0, [Got::Close(None)]);
        assert_eq!(decode(&[&frame(0x88, &4400u16.to_be_bytes())]).0, [Got::Close(Some(4400))]);
    }

    fn messages() -> impl Strategy<Value = Vec<(Got, Vec<u8>)>> {
        let text = "\\PC{0,300}".prop_map(|s| (Got::Text(s.clone()), frame(0x81, s.as_bytes())));
        let long = (0usize..70_000).prop_filter("fits", |n| *n <= limits::FRAME_BYTES);
        let binary = long.prop_map(|n| (Got::Binary(vec![7; n]), frame(0x82, &vec![7; n])));
        let ping = prop::collection::vec(any::<u8>(), 0..125).prop_map(|b| (Got::Ping(b.clone()), frame(0x89, &b)));
        let pong = Just((Got::Pong, frame(0x8A, b"x")));
        let pieces = "\\PC{1,40}".prop_map(|s| {
            let cut = s.len() / 2;
            let frames = [frame(0x01, &s.as_bytes()[..cut]), frame(0x00, b""), frame(0x80, &s.as_bytes()[cut..])];
            (Got::Text(s), frames.concat())
        });
        prop::collection::vec(prop_oneof![4 => text, 1 => binary, 1 => ping, 1 => pong, 2 => pieces], 0..8)
    }

    proptest! {
        /// However the network cuts the bytes, the messages are the same.
        #[test]
        fn any_cut_gives_the_same_messages(messages in messages(), cuts in prop::collection::vec(1usize..2000, 1..40)) {
            let (expected, frames): (Vec<_>, Vec<_>) = messages.into_iter().unzip();
            let stream = frames.concat();
            let (mut pieces, mut rest) = (Vec::new(), stream.as_slice());
            for cut in cuts.iter().cycle() {
                if rest.is_empty() { break; }
                let (piece, after) = rest.split_at((*cut).min(rest.len()));
                pieces.push(piece);
                rest = after;
            }
            let (got, fed) = decode(&pieces);
            prop_assert_eq!(fed, Ok(()));
            prop_assert_eq!(got, expected);
        }

        /// Whatever comes: an answer, no panic, no memory without bound.
        #[test]
        fn any_bytes_are_answered(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..20)) {
            let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
            let _ = decode(&pieces);
        }

        /// The same where the bytes look like frames: a flipped bit anywhere.
        #[test]
        fn damaged_frames_are_answered(messages in messages(), flips in prop::collection::vec((any::<usize>(), 0u8..8), 1..20)) {
            let mut stream: Vec<u8> = messages.into_iter().flat_map(|(_, frame)| frame).collect();
            for (at, bit) in flips {
                if !stream.is_empty() { let at = at % stream.len(); stream[at] ^= 1 << bit; }
            }
            let pieces: Vec<&[u8]> = stream.chunks(97).collect();
            let _ = decode(&pieces);
        }
    }
}
