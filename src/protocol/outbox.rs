//! What one has sent and the room does not have yet.

use super::api::ErrorCode;
use super::ids::{Cid, Seq};

/// The sends of one person in one room, oldest first, until the log has them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outbox {
    sends: Vec<Pending>,
}

/// One send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Its own id, the same for every try.
    pub cid: Cid,
    /// Its text.
    pub body: String,
    /// The message that it answers.
    pub reply_to: Option<Seq>,
    /// Where it is in the log, once that was acknowledged; its event is still to come.
    pub seq: Option<Seq>,
    /// Why it was refused.
    pub refused: Option<Refusal>,
}

/// Why a send was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// For programs.
    pub code: ErrorCode,
    /// For people.
    pub message: String,
}

impl Outbox {
    /// Put a new send at the end.
    pub fn push(&mut self, cid: Cid, body: String) {
        self.sends.push(Pending { cid, body, reply_to: None, seq: None, refused: None });
    }

    /// Its event has come: nothing more to do.
    pub fn settle(&mut self, cid: &Cid) {
        self.sends.retain(|send| send.cid != *cid);
    }

    /// It is in the log: it is not sent again, and stays in view until its event comes.
    pub fn acknowledge(&mut self, cid: &Cid, seq: Seq) {
        if let Some(send) = self.sends.iter_mut().find(|send| send.cid == *cid) {
            send.seq = Some(seq);
        }
    }

    /// Everything up to here has come, or never will.
    pub fn settle_up_to(&mut self, have: Seq) {
        self.sends.retain(|send| send.seq.is_none_or(|seq| seq > have));
    }

    /// The room has another life, whose positions are others: what was acknowledged in the one before is sent again. It is
    /// one message all the same, by its cid.
    pub fn forget_positions(&mut self) {
        self.sends.iter_mut().for_each(|send| send.seq = None);
    }

    /// It was refused for good; it stays visible until its writer tries anew or drops it.
    pub fn refuse(&mut self, cid: &Cid, refusal: Refusal) {
        if let Some(send) = self.sends.iter_mut().find(|send| send.cid == *cid) {
            send.refused = Some(refusal);
        }
    }

    /// Try a refused one anew, at the end and under a new id: the old one was refused for good.
    pub fn renew(&mut self, cid: &Cid, new: Cid) {
        if let Some(at) = self.sends.iter().position(|send| send.cid == *cid && send.refused.is_some()) {
            let send = self.sends.remove(at);
            self.sends.push(Pending { cid: new, refused: None, ..send });
        }
    }

    /// Let go of a refused one.
    pub fn drop_refused(&mut self, cid: &Cid) {
        self.sends.retain(|send| send.cid != *cid || send.refused.is_none());
    }

    /// All of them, oldest first.
    pub fn sends(&self) -> &[Pending] {
        &self.sends
    }

    /// Those that have to be sent again on a new connection, in order.
    pub fn under_way(&self) -> impl Iterator<Item = &Pending> {
        self.sends.iter().filter(|send| send.refused.is_none() && send.seq.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cid(n: u8) -> Cid {
        format!("cid-000000000000{n}").parse().expect("a cid")
    }

    fn refusal() -> Refusal {
        Refusal { code: ErrorCode::TooFast, message: "too fast".into() }
    }

    #[test]
    fn a_send_stays_until_the_log_has_it() {
        let mut outbox = Outbox::default();
        outbox.push(cid(1), "one".into());
        outbox.push(cid(2), "two".into());
        assert_eq!(outbox.under_way().map(|send| send.body.as_str()).collect::<Vec<_>>(), ["one", "two"]);
        outbox.settle(&cid(1));
        assert_eq!(outbox.sends().len(), 1);
    }

    #[test]
    fn an_acknowledged_send_is_not_sent_again_and_goes_with_its_event() {
        let mut outbox = Outbox::default();
        outbox.push(cid(1), "one".into());
        outbox.acknowledge(&cid(1), 7);
        assert_eq!((outbox.under_way().count(), outbox.sends().len()), (0, 1));
        outbox.settle_up_to(6);
        assert_eq!(outbox.sends().len(), 1);
        outbox.settle_up_to(7);
        assert!(outbox.sends().is_empty());
    }

    #[test]
    fn a_refused_send_is_kept_and_not_sent_again_by_itself() {
        let mut outbox = Outbox::default();
        outbox.push(cid(1), "one".into());
        outbox.refuse(&cid(1), refusal());
        assert_eq!(outbox.under_way().count(), 0);
        assert_eq!(outbox.sends()[0].refused, Some(refusal()));
        outbox.renew(&cid(1), cid(2));
        assert_eq!(outbox.under_way().map(|send| &send.cid).collect::<Vec<_>>(), [&cid(2)]);
    }

    #[test]
    fn only_a_refused_send_can_be_dropped_or_renewed() {
        let mut outbox = Outbox::default();
        outbox.push(cid(1), "one".into());
        outbox.drop_refused(&cid(1));
        outbox.renew(&cid(1), cid(2));
        assert_eq!(outbox.sends()[0].cid, cid(1), "it may be in the log already");
        outbox.refuse(&cid(1), refusal());
        outbox.drop_refused(&cid(1));
        assert!(outbox.sends().is_empty());
    }
}
