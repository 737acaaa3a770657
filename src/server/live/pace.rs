//! Whether a client keeps sending faster than allowed.

use super::Action;
use crate::protocol::api::ErrorCode;
use crate::protocol::limits;
use crate::protocol::wire::{ServerFrame, close};

/// Counts the sends that were too fast since the last one that was not.
#[derive(Debug, Clone, Default)]
pub(super) struct Pace {
    too_fast_in_a_row: u32,
}

impl Pace {
    /// Takes what became of a send; answers with the end of the connection where it is one too many.
    pub(super) fn is_flood(&mut self, became: &ServerFrame) -> Option<Action> {
        match became {
            ServerFrame::Nack { code: ErrorCode::TooFast, .. } => self.too_fast_in_a_row += 1,
            ServerFrame::Ack { .. } => self.too_fast_in_a_row = 0,
            _ => {}
        }
        let flood = self.too_fast_in_a_row >= limits::REFUSED_IN_A_ROW;
        flood.then_some(Action::Close { code: close::TOO_FAST, reason: "You keep sending faster than allowed." })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ids::{Cid, RoomKey};
    use crate::server::chat::writer::nack;
    use crate::server::error::Error;

    fn cid() -> Cid {
        "0123456789abcdef".parse().expect("a cid")
    }

    #[test]
    fn a_hundred_in_a_row_are_a_flood_and_one_that_passes_begins_anew() {
        let too_fast = nack(cid(), &Error::TooFast { after_ms: 1 });
        let empty = nack(cid(), &Error::BodyEmpty);
        let passed = ServerFrame::Ack { cid: cid(), room: RoomKey::lobby(), seq: 1, dup: false };
        let mut pace = Pace::default();
        for _ in 1..limits::REFUSED_IN_A_ROW {
            assert_eq!(pace.is_flood(&too_fast), None);
        }
        assert_eq!(pace.is_flood(&empty), None, "something else between does not help");
        assert_eq!(pace.is_flood(&passed), None);
        for _ in 1..limits::REFUSED_IN_A_ROW {
            assert_eq!(pace.is_flood(&too_fast), None);
        }
        assert_eq!(pace.is_flood(&empty), None);
        assert!(pace.is_flood(&too_fast).is_some());
    }
}
