//! A conversation over the plain wire, without any IO: text in, actions out.

use super::Action;
use super::pace::Pace;
use crate::protocol::texts::Texts;
use crate::protocol::wire::{ServerFrame, close};
use crate::server::error::Error;
use crate::server::fanout::Notice;
use crate::server::store::Caller;

/// Where a conversation stands.
#[derive(Debug, Clone)]
pub(super) struct Plain {
    /// Who speaks; nobody before the first text.
    caller: Option<Caller>,
    /// How fast it sends.
    pace: Pace,
}

impl Plain {
    pub(super) fn new(caller: Option<Caller>) -> Self {
        Self { caller, pace: Pace::default() }
    }

    pub(super) fn caller(&self) -> Option<&Caller> {
        self.caller.as_ref()
    }

    /// Each text is a message to the lobby.
    pub(super) fn on_texts(&self, texts: Texts, actions: &mut Vec<Action>) {
        actions.push(Action::Talk(texts));
    }

    /// A name was made for the first text.
    pub(super) fn on_identified(&mut self, caller: Caller) {
        self.caller = Some(caller);
    }

    /// There is no frame for a refusal on this wire, so it is told in words, to the sender alone.
    pub(super) fn on_refused(&self, error: &Error, actions: &mut Vec<Action>) {
        actions.push(not_sent(&error.to_string()));
    }

    pub(super) fn on_notice(&mut self, notice: Notice, actions: &mut Vec<Action>) {
        let flood = match &notice {
            Notice::Tell(frame) => self.pace.is_flood(frame),
            _ => None,
        };
        match notice {
            Notice::Tell(frame) => match *frame {
                ServerFrame::Nack { message, .. } => actions.push(not_sent(&message)),
                // There is no id by which to send it again as the same message: its sender has to look.
                ServerFrame::Retry { .. } => actions.push(Action::Say("Perhaps not sent: please look.".to_owned())),
                _ => {}
            },
            // There is nothing else on this wire that one could follow.
            Notice::Cut { banned: true, .. } => {
                actions.push(Action::Close { code: close::BANNED, reason: "You are banned." });
            }
            Notice::Cut { .. } => actions.push(Action::Close { code: close::LOG_IN, reason: "Log in first." }),
            Notice::Beat => actions.push(Action::Ping),
            Notice::Leave { .. } => {
                actions.push(Action::Close { code: close::RESTARTING, reason: "The server restarts." });
            }
            Notice::Dead => {}
        }
        actions.extend(flood);
    }
}

fn not_sent(why: &str) -> Action {
    Action::Say(format!("Not sent: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ids::RoomKey;
    use crate::server::chat::messages;

    #[test]
    fn a_text_is_a_message_to_the_lobby() {
        let mut actions = Vec::new();
        let mut texts = Texts::default();
        texts.push("hi");
        Plain::new(None).on_texts(texts.clone(), &mut actions);
        assert_eq!(actions, [Action::Talk(texts)]);
    }

    #[test]
    fn a_refusal_is_told_in_words() {
        let mut actions = Vec::new();
        Plain::new(None).on_refused(&Error::BodyEmpty, &mut actions);
        assert_eq!(actions, [Action::Say("Not sent: There is nothing to send.".into())]);
    }

    #[test]
    fn what_is_not_known_is_not_called_unsent() {
        let mut actions = Vec::new();
        let retry = ServerFrame::Retry { cid: messages::new_cid(), after_ms: 1 };
        Plain::new(None).on_notice(Notice::Tell(Box::new(retry)), &mut actions);
        assert_eq!(actions, [Action::Say("Perhaps not sent: please look.".into())]);
    }

    #[test]
    fn what_was_committed_is_not_told_twice() {
        let mut actions = Vec::new();
        let ack = ServerFrame::Ack { cid: messages::new_cid(), room: RoomKey::lobby(), seq: 1, dup: false };
        Plain::new(None).on_notice(Notice::Tell(Box::new(ack)), &mut actions);
        assert!(actions.is_empty(), "the message itself comes back");
    }
}
