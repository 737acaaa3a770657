//! A conversation over `banter.v1`, without any IO: frames in, actions out.

use super::pace::Pace;
use super::{Action, wrong};
use crate::protocol::api::ErrorCode;
use crate::protocol::ids::{Cid, RoomKey};
use crate::protocol::limits;
use crate::protocol::wire::{ClientFrame, ServerFrame, Unreadable, close};
use crate::server::chat::writer::{RETRY_MS, nack};
use crate::server::error::Error;
use crate::server::fanout::Notice;
use crate::server::store::Caller;

/// Where a conversation stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Session {
    /// Who speaks; nobody while they only read.
    caller: Option<Caller>,
    /// `hello` has been said.
    greeted: bool,
    /// The rooms whose events come.
    followed: Vec<RoomKey>,
    /// How fast it sends.
    pace: Pace,
}

impl Session {
    pub(super) fn new(caller: Option<Caller>) -> Self {
        Self { caller, ..Self::default() }
    }

    pub(super) fn caller(&self) -> Option<&Caller> {
        self.caller.as_ref()
    }

    pub(super) fn greeted(&self) -> bool {
        self.greeted
    }

    pub(super) fn followed(&self) -> &[RoomKey] {
        &self.followed
    }

    /// The client sent a frame, or something that should have been one.
    pub(super) fn on_frame(&mut self, frame: Result<ClientFrame, Unreadable>, actions: &mut Vec<Action>) {
        match frame {
            Ok(ClientFrame::Hello { token }) => self.on_hello(token, actions),
            Ok(ClientFrame::Pong { away }) => actions.push(Action::Attend { away }),
            _ if !self.greeted => actions.push(wrong(ErrorCode::HelloFirst, "Say hello first.")),
            Ok(frame) => self.on_request(frame, actions),
            Err(unreadable) => on_unreadable(unreadable, actions),
        }
    }

    fn on_hello(&mut self, token: Option<String>, actions: &mut Vec<Action>) {
        self.greeted = true;
        actions.push(match token {
            Some(token) => Action::Identify { token },
            None => Action::Welcome,
        });
    }

    fn on_request(&mut self, frame: ClientFrame, actions: &mut Vec<Action>) {
        match frame {
            ClientFrame::Sub { room, epoch, seq } => {
                self.on_sub(Action::Follow { room: room.clone(), epoch, seq }, room, actions)
            }
            ClientFrame::Unsub { room } => {
                self.unfollow(&room);
                actions.push(Action::Unfollow { room });
            }
            ClientFrame::Fetch { room, after, before, limit } => {
                actions.push(Action::Fetch { room, after, before, limit });
            }
            ClientFrame::Read { room, seq } => actions.push(Action::Read { room, seq }),
            ClientFrame::Typing { room } if self.follows(&room) => actions.push(Action::Type { room }),
            // Of a room that they do not follow nobody would hear it.
            ClientFrame::Typing { .. } => {}
            other => {
                if let Ok((room, cid, act)) = other.into_act() {
                    actions.push(Action::Act { room, cid, act });
                }
            }
        }
    }

    fn on_sub(&mut self, follow: Action, room: RoomKey, actions: &mut Vec<Action>) {
        if self.follows(&room) {
            // Asked for anew: what comes now starts from what the client says it has.
            actions.push(Action::Unfollow { room });
        } else if self.followed.len() < limits::FOLLOWED_ROOMS {
            self.followed.push(room);
        } else {
            let error = Error::TooManyRooms;
            return actions.push(wrong(error.code(), error.to_string()));
        }
        actions.push(follow);
    }

    fn follows(&self, room: &RoomKey) -> bool {
        self.followed.contains(room)
    }

    /// A room could not be followed, or is no more.
    pub(super) fn unfollow(&mut self, room: &RoomKey) {
        self.followed.retain(|followed| followed != room);
    }

    /// Who speaks may have changed since the handshake, to another name.
    pub(super) fn refresh(&mut self, caller: Caller) {
        self.caller = Some(caller);
    }

    /// Whom the token of `hello` stands for.
    pub(super) fn on_identified(&mut self, caller: Option<Caller>, actions: &mut Vec<Action>) {
        match caller {
            Some(caller) => {
                self.caller = Some(caller);
                actions.push(Action::Welcome);
            }
            None => refuse_stranger(&Error::Unauthenticated, actions),
        }
    }

    /// Somebody who is banned came.
    pub(super) fn on_banned(&self, actions: &mut Vec<Action>) {
        actions.push(wrong(ErrorCode::Banned, Error::Banned.to_string()));
        actions.push(Action::Close { code: close::BANNED, reason: "You are banned." });
    }

    /// One who is nobody, or nobody any more, came where one has to be somebody.
    pub(super) fn on_stranger(&self, error: &Error, actions: &mut Vec<Action>) {
        refuse_stranger(error, actions);
    }

    /// A send did not even get to the writer.
    pub(super) fn on_refused(&mut self, cid: Cid, error: &Error, actions: &mut Vec<Action>) {
        actions.push(match error {
            Error::Unavailable => Action::Send(ServerFrame::Retry { cid, after_ms: RETRY_MS }),
            _ => Action::Send(nack(cid, error)),
        });
    }

    /// The server has something to say.
    pub(super) fn on_notice(&mut self, notice: Notice, actions: &mut Vec<Action>) {
        match notice {
            // Who follows a room is told behind the last that they get of it.
            Notice::Tell(frame) if matches!(&*frame, ServerFrame::Unsubbed { room, .. } if self.follows(room)) => {}
            Notice::Tell(frame) => {
                let flood = self.pace.is_flood(&frame);
                actions.push(Action::Send(*frame));
                actions.extend(flood);
            }
            Notice::Cut { room, banned } => {
                self.unfollow(&room);
                // They may have asked for it anew before they were told.
                actions.push(Action::Unfollow { room: room.clone() });
                let error = if banned { Error::Banned } else { Error::NotMember };
                let (code, message) = (error.code(), error.to_string());
                actions.push(Action::Send(ServerFrame::Unsubbed { room, code, message }));
            }
            // One that has not greeted has a deadline for that.
            Notice::Beat if !self.greeted => {}
            Notice::Beat => actions.push(Action::Beat),
            Notice::Leave { after_ms } => {
                actions.push(Action::Send(ServerFrame::Moved { after_ms }));
                actions.push(Action::Close { code: close::RESTARTING, reason: "The server restarts." });
            }
            // The pump drops the connection.
            Notice::Dead => {}
        }
    }
}

fn refuse_stranger(error: &Error, actions: &mut Vec<Action>) {
    actions.push(wrong(error.code(), error.to_string()));
    actions.push(Action::Close { code: close::LOG_IN, reason: "Log in first." });
}

fn on_unreadable(unreadable: Unreadable, actions: &mut Vec<Action>) {
    match unreadable {
        Unreadable::NotAFrame => {
            actions.push(wrong(ErrorCode::BadFrame, "A frame is a JSON object with a string t."));
            actions.push(Action::Close { code: close::BAD_FRAME, reason: "Not a frame." });
        }
        Unreadable::UnknownType => actions.push(wrong(ErrorCode::UnknownType, "This t is not known here.")),
        Unreadable::BadField { cid: Some(cid), message } => {
            actions.push(Action::Send(nack(cid, &Error::BadRequest(message))));
        }
        Unreadable::BadField { cid: None, message } => actions.push(wrong(ErrorCode::BadRequest, message)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::api::Me;
    use crate::protocol::power::Role;
    use crate::server::store::Scopes;

    fn ana() -> Caller {
        let me = Me { id: "ana".parse().expect("an id"), name: "Ana".into(), role: Role::Guest, colour: None };
        Caller { me, session: [1; 32], scopes: Scopes::ALL, banned: None, seen: 0, since: 0 }
    }

    fn cid() -> Cid {
        "0123456789abcdef".parse().expect("a cid")
    }

    /// What the session wants done when the client sends this.
    fn on(session: &mut Session, frame: &str) -> Vec<Action> {
        let mut actions = Vec::new();
        session.on_frame(ClientFrame::read(frame), &mut actions);
        actions
    }

    fn greeted(me: Option<Caller>) -> Session {
        let mut session = Session::new(me);
        assert_eq!(on(&mut session, r#"{"t":"hello"}"#), [Action::Welcome]);
        session
    }

    fn codes(actions: &[Action]) -> Vec<String> {
        let code = |action: &Action| match action {
            Action::Send(ServerFrame::Err { code, .. }) => format!("err {code:?}"),
            Action::Send(ServerFrame::Nack { code, .. }) => format!("nack {code:?}"),
            Action::Close { code, .. } => format!("close {code}"),
            other => format!("{other:?}"),
        };
        actions.iter().map(code).collect()
    }

    #[test]
    fn nothing_comes_before_hello() {
        let mut session = Session::new(Some(ana()));
        assert_eq!(codes(&on(&mut session, r#"{"t":"sub","room":"lobby"}"#)), ["err HelloFirst"]);
        assert_eq!(codes(&on(&mut session, "nonsense")), ["err HelloFirst"]);
        assert!(!session.greeted());
    }

    #[test]
    fn a_token_is_looked_up_and_a_wrong_one_ends_it() {
        let mut session = Session::new(None);
        assert_eq!(on(&mut session, r#"{"t":"hello","token":"x"}"#), [Action::Identify { token: "x".into() }]);
        let mut actions = Vec::new();
        session.clone().on_identified(Some(ana()), &mut actions);
        assert_eq!(actions, [Action::Welcome]);
        actions.clear();
        session.on_identified(None, &mut actions);
        assert_eq!(codes(&actions), ["err Unauthenticated", "close 4401"]);
    }

    #[test]
    fn one_can_sign_in_later_on_the_same_connection() {
        let mut session = greeted(None);
        assert_eq!(on(&mut session, r#"{"t":"hello","token":"x"}"#).len(), 1);
        session.on_identified(Some(ana()), &mut Vec::new());
        assert_eq!(session.caller(), Some(&ana()));
    }

    #[test]
    fn a_room_that_is_asked_for_again_starts_anew() {
        let mut session = greeted(None);
        assert_eq!(on(&mut session, r#"{"t":"sub","room":"lobby"}"#).len(), 1);
        let again = on(&mut session, r#"{"t":"sub","room":"lobby","seq":3}"#);
        assert!(matches!(again[..], [Action::Unfollow { .. }, Action::Follow { seq: Some(3), .. }]), "{again:?}");
        assert_eq!(session.followed().len(), 1);
        on(&mut session, r#"{"t":"unsub","room":"lobby"}"#);
        assert!(session.followed().is_empty());
    }

    #[test]
    fn one_connection_follows_64_rooms_and_no_more() {
        let mut session = greeted(None);
        for number in 0..limits::FOLLOWED_ROOMS {
            let actions = on(&mut session, &format!(r#"{{"t":"sub","room":"room-{number}"}}"#));
            assert!(matches!(actions[..], [Action::Follow { .. }]), "{actions:?}");
        }
        assert_eq!(codes(&on(&mut session, r#"{"t":"sub","room":"one-more"}"#)), ["err TooManyRooms"]);
    }

    #[test]
    fn what_cannot_be_read_has_an_error_each() {
        let mut session = greeted(Some(ana()));
        assert_eq!(codes(&on(&mut session, "nonsense")), ["err BadFrame", "close 4400"]);
        assert_eq!(codes(&on(&mut session, r#"{"t":"dance"}"#)), ["err UnknownType"]);
        assert_eq!(codes(&on(&mut session, r#"{"t":"sub","room":"NO"}"#)), ["err BadRequest"]);
        let bad_post = r#"{"t":"post","room":"NO","cid":"0123456789abcdef","body":"hi"}"#;
        assert_eq!(codes(&on(&mut session, bad_post)), ["nack BadRequest"]);
    }

    #[test]
    fn who_keeps_being_too_fast_is_closed() {
        let mut session = greeted(Some(ana()));
        let mut actions = Vec::new();
        let too_fast = || Notice::Tell(Box::new(nack(cid(), &Error::TooFast { after_ms: 200 })));
        for _ in 1..limits::REFUSED_IN_A_ROW {
            session.on_notice(too_fast(), &mut actions);
        }
        assert!(codes(&actions).iter().all(|code| code == "nack TooFast"));
        session.on_notice(too_fast(), &mut actions);
        assert_eq!(codes(&actions).last().map(String::as_str), Some("close 4529"));
    }

    #[test]
    fn what_is_not_known_is_no_refusal() {
        let mut actions = Vec::new();
        greeted(Some(ana())).on_refused(cid(), &Error::Unavailable, &mut actions);
        assert!(matches!(actions[..], [Action::Send(ServerFrame::Retry { .. })]));
    }

    #[test]
    fn who_follows_a_room_is_told_of_its_end_once_and_behind_the_rest() {
        let mut session = greeted(Some(ana()));
        on(&mut session, r#"{"t":"sub","room":"den"}"#);
        let room: RoomKey = "den".parse().expect("a key");
        let (code, message) = (ErrorCode::NotMember, String::new());
        let told =
            || Notice::Tell(Box::new(ServerFrame::Unsubbed { room: room.clone(), code, message: message.clone() }));
        let mut actions = Vec::new();
        session.on_notice(told(), &mut actions);
        assert!(actions.is_empty(), "{actions:?}");
        session.on_notice(Notice::Cut { room: room.clone(), banned: true }, &mut actions);
        assert!(matches!(
            actions[..],
            [Action::Unfollow { .. }, Action::Send(ServerFrame::Unsubbed { code: ErrorCode::Banned, .. })]
        ));
        session.on_notice(told(), &mut actions);
        assert_eq!(actions.len(), 3, "who does not follow it learns so that it is not theirs any more");
    }

    #[test]
    fn a_restart_is_announced() {
        let mut actions = Vec::new();
        greeted(None).on_notice(Notice::Leave { after_ms: 7 }, &mut actions);
        assert!(matches!(
            actions[..],
            [Action::Send(ServerFrame::Moved { after_ms: 7 }), Action::Close { code: close::RESTARTING, .. }]
        ));
    }
}
