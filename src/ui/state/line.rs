//! How it stands with the connection, and with who one is on it.

use crate::protocol::limits;

/// What the page knows of its connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) link: Link,
    /// This connection follows the room.
    pub(super) following: bool,
    /// This connection knows who I am.
    pub(super) signed_in: bool,
    /// A guest is being made; what is sent meanwhile waits.
    pub(super) becoming: bool,
    /// This connection was shown who I am; the welcome to that is still to come.
    pub(super) introduced: bool,
    /// Time between the server's heartbeats.
    pub(super) ping_ms: u64,
    /// When the server that said goodbye wants us back.
    pub(super) moved_ms: Option<u64>,
}

/// How it stands with the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// The page has come, its app has not: forms work.
    Page,
    /// On the way for the first time.
    Connecting,
    /// What is said is seen at once.
    Live,
    /// Lost; it is tried again and again.
    Lost,
    /// The room is not to be read any more, ...
    Out,
    /// ... since one is banned from it.
    Banned,
    /// The session has ended: one has to log in again.
    LoggedOut,
    /// Ended by the server for a reason that a new try would not change.
    Ended,
}

impl Link {
    /// Nothing more comes, and nothing that is said goes out.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Out | Self::Banned | Self::LoggedOut | Self::Ended)
    }
}

impl Default for Line {
    fn default() -> Self {
        Self {
            link: Link::Page,
            following: false,
            signed_in: false,
            becoming: false,
            introduced: false,
            ping_ms: limits::PING_MS,
            moved_ms: None,
        }
    }
}

impl Line {
    /// What is done in the room goes out and is taken.
    pub(super) fn may_speak(&self) -> bool {
        self.following && self.signed_in
    }

    /// Nobody is there to speak, and nobody is about to be.
    pub(super) fn needs_somebody(&self) -> bool {
        self.following && !self.signed_in && !self.becoming && !self.introduced
    }

    pub(super) fn disconnect(&mut self) {
        self.following = false;
        self.signed_in = false;
        self.introduced = false;
    }
}
