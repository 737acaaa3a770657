//! Pages for those who keep order.

use crate::protocol::api::Me;
use crate::protocol::api::order::{Deed, Report, Settings};
use crate::protocol::api::people::{Invite, Profile};
use crate::protocol::ids::{Millis, PersonId, RoomKey};
use crate::protocol::power::RoomKind;

/// One of these pages.
#[derive(Debug, Clone)]
pub struct AdminPage {
    /// Who looks at it.
    pub me: Me,
    /// When this was so.
    pub now: Millis,
    /// What is on it.
    pub section: Section,
}

/// What is on one of these pages.
#[derive(Debug, Clone)]
pub enum Section {
    /// `/admin`
    People(PeopleSection),
    /// `/admin/rooms`
    Rooms {
        /// By title.
        rooms: Vec<KeptRoom>,
        /// Where they go on.
        next: Option<RoomKey>,
    },
    /// `/reports`, for whoever keeps order somewhere.
    Reports {
        /// The open ones, the newest first.
        reports: Vec<Report>,
        /// Where they go on.
        next: Option<u64>,
    },
    /// `/admin/audit`
    Audit {
        /// The newest first.
        deeds: Vec<Deed>,
        /// Where they go on.
        next: Option<u64>,
    },
    /// `/admin/settings`
    Settings {
        /// How the site is set.
        settings: Settings,
        /// My invitations to sign up.
        invites: Vec<Invite>,
    },
    /// `/admin/now`
    Now {
        /// How fast it goes.
        rates: Vec<Rate>,
        /// How much there is.
        figures: Vec<Figure>,
    },
}

/// People who were looked for.
#[derive(Debug, Clone, Default)]
pub struct PeopleSection {
    /// The beginning of their names.
    pub q: String,
    /// Who they are.
    pub people: Vec<Profile>,
    /// Where they go on.
    pub next: Option<PersonId>,
}

/// A room, for those who keep order everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRoom {
    /// Its key.
    pub room: RoomKey,
    /// What it is called.
    pub title: String,
    /// Who may come in.
    pub kind: RoomKind,
    /// Open to guests.
    pub guests: bool,
    /// Nobody speaks any more.
    pub archived: bool,
    /// Events in its log, if it keeps any.
    pub events: Option<u64>,
}

/// How much of something there is in a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Of what, and in which time.
    pub says: &'static str,
    /// How much.
    pub value: f64,
}

/// A number, and what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// What it says.
    pub help: &'static str,
    /// It only grows, from the start of the server on.
    pub grows: bool,
    /// How much it is.
    pub value: u64,
}
