//! Who says what, and whether everybody hears all of it, in order and as it was said.

use super::Result;
use super::dialect::Dialect;
use super::socket::masked;

/// Digits of a sender's number, and of the number of what it says.
const SENDER_DIGITS: usize = 2;
const PLACE_DIGITS: usize = 6;
/// As many senders as those digits count.
pub const MOST_SENDERS: usize = 100;
/// What is said besides the numbers, in turn: as short as what people say in a chat.
const WORDS: [&str; 8] =
    ["hi", "hello all", "how are you?", "fine, and you", "ok", "see you", "what a lovely day", "yes"];

/// What all senders say, and how far each receiver has heard each of them.
pub struct Script {
    senders: usize,
    /// Texts of each sender.
    each: usize,
    /// Where the sender's number stands in a payload.
    at: usize,
    /// All payloads, sender by sender, and where each of them ends.
    payloads: Vec<u8>,
    ends: Vec<u32>,
    /// The same as frames to be sent, and where each of those ends.
    frames: Vec<u8>,
    frame_ends: Vec<usize>,
    /// The next text that a receiver has to hear of a sender.
    next: Vec<u32>,
}

impl Script {
    /// For so many senders, who say so many texts each, and receivers. A text is at least so many bytes long.
    pub fn new(dialect: Dialect, senders: usize, each: usize, receivers: usize, bytes: usize) -> Result<Self> {
        if senders == 0 || senders > MOST_SENDERS {
            return Err(format!("1 to {MOST_SENDERS} may send").into());
        }
        if each == 0 || each >= 10_usize.pow(PLACE_DIGITS as u32) {
            return Err(format!("each may send {PLACE_DIGITS} digits of texts").into());
        }
        let (mut payloads, mut ends, mut frames, mut frame_ends) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for sender in 0..senders {
            for place in 0..each {
                let words = WORDS[(sender + place) % WORDS.len()];
                let text = format!(
                    "{sender:0SENDER_DIGITS$}{place:0PLACE_DIGITS$} {words:.<rest$}",
                    rest = bytes.saturating_sub(SENDER_DIGITS + PLACE_DIGITS + 1)
                );
                let payload = dialect.wrap(&text);
                payloads.extend_from_slice(payload.as_bytes());
                ends.push(u32::try_from(payloads.len())?);
                frames.extend_from_slice(&masked(&payload));
                frame_ends.push(frames.len());
            }
        }
        let next = vec![0; senders * receivers];
        Ok(Self { senders, each, at: dialect.before().len(), payloads, ends, frames, frame_ends, next })
    }

    /// Frames of a sender, from one of its texts up to another.
    pub fn frames(&self, sender: usize, from: usize, to: usize) -> &[u8] {
        let end = |place: usize| match sender * self.each + place {
            0 => 0,
            before => self.frame_ends[before - 1],
        };
        &self.frames[end(from)..end(to)]
    }

    /// A receiver has heard this. Answers with who said it, and as their how manieth.
    #[inline]
    pub fn hear(&mut self, receiver: usize, payload: &[u8]) -> Result<(usize, usize)> {
        let sender = match payload.get(self.at..self.at + SENDER_DIGITS) {
            Some([tens, ones]) => usize::from(tens.wrapping_sub(b'0')) * 10 + usize::from(ones.wrapping_sub(b'0')),
            _ => usize::MAX,
        };
        if sender >= self.senders {
            return Err(self.surprise(receiver, payload));
        }
        let next = self.next[receiver * self.senders + sender] as usize;
        if next >= self.each || payload != self.payload(sender, next) {
            return Err(self.surprise(receiver, payload));
        }
        self.next[receiver * self.senders + sender] += 1;
        Ok((sender, next))
    }

    /// Everything is said once more.
    pub fn rewind(&mut self) {
        self.next.fill(0);
    }

    /// Whether a receiver has heard all of it.
    pub fn is_heard(&self, receiver: usize) -> bool {
        let row = receiver * self.senders;
        self.next[row..row + self.senders].iter().all(|next| *next as usize == self.each)
    }

    /// All of it is heard: whatever comes now is too much.
    pub fn end(&mut self) {
        self.next.fill(u32::try_from(self.each).unwrap_or(u32::MAX));
    }

    /// A receiver has heard all that a sender says, and it is said once more.
    pub fn repeat(&mut self, receiver: usize, sender: usize) {
        self.next[receiver * self.senders + sender] = 0;
    }

    /// A text of a sender, as it comes to everybody.
    pub fn payload(&self, sender: usize, place: usize) -> &[u8] {
        let at = sender * self.each + place;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.payloads[start..self.ends[at] as usize]
    }

    #[cold]
    fn surprise(&self, receiver: usize, payload: &[u8]) -> super::Fault {
        let heard = String::from_utf8_lossy(payload);
        format!("receiver {receiver} heard what nobody said, or out of order, or twice: {heard}").into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script() -> Script {
        Script::new(Dialect::Plain, 2, 3, 2, 20).expect("a script")
    }

    fn said(script: &Script, sender: usize, place: usize) -> Vec<u8> {
        script.payload(sender, place).to_vec()
    }

    #[test]
    fn what_is_said_is_heard_once_and_in_order() {
        let mut script = script();
        for receiver in 0..2 {
            for (sender, place) in [(1, 0), (0, 0), (0, 1), (1, 1), (1, 2), (0, 2)] {
                let payload = said(&script, sender, place);
                assert_eq!(script.hear(receiver, &payload).expect("as it was said"), (sender, place));
            }
        }
        let again = said(&script, 0, 2);
        assert!(script.hear(0, &again).is_err());
        script.repeat(0, 0);
        let first = said(&script, 0, 0);
        assert_eq!(script.hear(0, &first).expect("all of it once more"), (0, 0));
        assert!(script.hear(1, &first).is_err(), "only for the one who has heard all of it");
    }

    #[test]
    fn what_is_lost_doubled_altered_or_strange_is_noticed() {
        let (first, second) = (said(&script(), 0, 0), said(&script(), 0, 1));
        assert!(script().hear(0, &second).is_err(), "the first was lost");
        let mut doubled = script();
        assert!(doubled.hear(0, &first).is_ok() && doubled.hear(0, &first).is_err());
        let mut altered = first;
        *altered.last_mut().expect("a text") ^= 1;
        assert!(script().hear(0, &altered).is_err());
        for strange in [&b""[..], b"0", b"zz000000 hi", b"99000000 hi"] {
            assert!(script().hear(0, strange).is_err());
        }
    }

    #[test]
    fn frames_are_those_of_the_texts_asked_for() {
        let script = script();
        let text = |sender, place| masked(std::str::from_utf8(&said(&script, sender, place)).expect("text"));
        assert_eq!(script.frames(0, 0, 1), text(0, 0));
        assert_eq!(script.frames(1, 1, 3), [text(1, 1), text(1, 2)].concat());
    }

    #[test]
    fn the_peers_hear_and_say_it_in_their_own_way() {
        let mut script = Script::new(Dialect::SocketIo, 1, 1, 1, 20).expect("a script");
        let payload = said(&script, 0, 0);
        assert_eq!(payload, br#"42["chat","00000000 hi........."]"#);
        assert!(script.hear(0, &payload).is_ok());
    }
}
