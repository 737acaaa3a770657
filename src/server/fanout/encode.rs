//! Frames as the server sends them: final, unmasked (RFC 6455, 5.1), so that all receivers get the same bytes.

use crate::protocol::wire::ServerFrame;

const FIN: u8 = 0x80;
const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xA;
/// Most bytes of a control frame's payload (RFC 6455, 5.5).
const CONTROL_BYTES: usize = 125;

/// Append a text frame.
pub fn text(payload: &str, to: &mut Vec<u8>) {
    head(TEXT, payload.len(), to);
    to.extend_from_slice(payload.as_bytes());
}

/// Append a binary frame.
pub fn binary(payload: &[u8], to: &mut Vec<u8>) {
    head(BINARY, payload.len(), to);
    to.extend_from_slice(payload);
}

/// Append a frame of `banter.v1`.
pub fn frame(frame: &ServerFrame, to: &mut Vec<u8>) {
    // Maps with plain keys and numbers without NaN always serialise; an empty frame would be a fault of ours.
    let json = serde_json::to_string(frame).unwrap_or_default();
    text(&json, to);
}

/// Append a ping of the WebSocket itself.
pub fn ping(to: &mut Vec<u8>) {
    head(PING, 0, to);
}

/// Append the answer to a ping.
pub fn pong(payload: &[u8], to: &mut Vec<u8>) {
    let payload = &payload[..payload.len().min(CONTROL_BYTES)];
    head(PONG, payload.len(), to);
    to.extend_from_slice(payload);
}

/// Append a close frame.
pub fn close(code: u16, reason: &str, to: &mut Vec<u8>) {
    let mut end = reason.len().min(CONTROL_BYTES - 2);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    head(CLOSE, 2 + end, to);
    to.extend_from_slice(&code.to_be_bytes());
    to.extend_from_slice(&reason.as_bytes()[..end]);
}

/// The end of the frame that position `at` of these frames is inside of; `at` itself between two frames.
pub fn frame_end(frames: &[u8], at: usize) -> usize {
    let mut end = 0;
    while end < at {
        end += frame_length(&frames[end..]);
    }
    end
}

/// How long the first of these frames is, head included.
fn frame_length(frames: &[u8]) -> usize {
    match frames {
        [_, 126, high, low, ..] => 4 + usize::from(u16::from_be_bytes([*high, *low])),
        [_, 127, rest @ ..] => {
            let length = rest.first_chunk().map_or(u64::MAX, |bytes| u64::from_be_bytes(*bytes));
            usize::try_from(length).map_or(frames.len(), |length| 10 + length)
        }
        [_, short, ..] => 2 + usize::from(*short),
        _ => frames.len(),
    }
}

fn head(opcode: u8, length: usize, to: &mut Vec<u8>) {
    to.push(FIN | opcode);
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ 0..=125), _) => to.push(short),
        (_, Ok(medium)) => {
            to.push(126);
            to.extend_from_slice(&medium.to_be_bytes());
        }
        _ => {
            to.push(127);
            to.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_in_the_shortest_form() {
        for (length, head) in [
            (0, vec![0x81, 0]),
            (125, vec![0x81, 125]),
            (126, vec![0x81, 126, 0, 126]),
            (65_535, vec![0x81, 126, 255, 255]),
            (65_536, vec![0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let mut frame = Vec::new();
            text(&"a".repeat(length), &mut frame);
            assert_eq!(frame[..head.len()], head);
            assert_eq!(frame.len(), head.len() + length);
        }
    }

    #[test]
    fn the_end_of_each_frame_is_found() {
        let mut frames = Vec::new();
        let mut ends = vec![0];
        for length in [0, 125, 126, 65_535, 65_536, 3] {
            text(&"a".repeat(length), &mut frames);
            ends.push(frames.len());
        }
        for pair in ends.windows(2) {
            assert_eq!(frame_end(&frames, pair[0]), pair[0], "between two frames");
            assert_eq!(frame_end(&frames, pair[0] + 1), pair[1]);
            assert_eq!(frame_end(&frames, pair[1] - 1), pair[1]);
        }
    }

    #[test]
    fn a_long_close_reason_is_cut_between_characters() {
        let mut frame = Vec::new();
        close(4400, &"ü".repeat(100), &mut frame);
        assert_eq!(frame[1], 2 + 122);
        assert!(std::str::from_utf8(&frame[4..]).is_ok());
    }
}
