//! Pages about rooms: which there are, what one of them is, and why one cannot be read.

use crate::protocol::api::Me;
use crate::protocol::api::order::{Ban, Mute};
use crate::protocol::api::people::{Invite, MadeInvite};
use crate::protocol::api::rooms::{ListedRoom, Member};
use crate::protocol::event::{Event, Person};
use crate::protocol::ids::{Millis, PersonId, RoomKey, Seq};
use crate::protocol::power::{Setting, Standing};
use crate::protocol::wire::RoomSummary;

/// `/rooms`: which there are.
#[derive(Debug, Clone, Default)]
pub struct RoomsPage {
    /// Who looks at it.
    pub me: Option<Me>,
    /// The open ones that one may join.
    pub open: Vec<ListedRoom>,
    /// Where they go on.
    pub next: Option<RoomKey>,
    /// Those of mine that are by invitation.
    pub closed: Vec<RoomSummary>,
    /// Those of mine where people are among themselves.
    pub direct: Vec<RoomSummary>,
    /// Whom one looks for to write to them, and who is found.
    pub people: Option<Sought>,
}

/// People who were looked for by the beginning of their names.
#[derive(Debug, Clone, Default)]
pub struct Sought {
    /// The beginning.
    pub q: String,
    /// Those whose names begin so.
    pub found: Vec<Person>,
}

/// `/r/{room}/about`: what a room is, who is in it, and what one may do there.
#[derive(Debug, Clone)]
pub struct AboutPage {
    /// Who looks at it.
    pub me: Option<Me>,
    /// The room.
    pub room: RoomSummary,
    /// How it is set.
    pub setting: Setting,
    /// The seconds between two messages of one person.
    pub slow: u64,
    /// What is said there is kept.
    pub history: bool,
    /// How one stands in it.
    pub standing: Standing,
    /// Who is in it.
    pub members: Vec<Member>,
    /// Where they go on.
    pub next: Option<PersonId>,
    /// What only those see who keep order there.
    pub order: Option<OrderOfRoom>,
    /// When this was so.
    pub now: Millis,
}

/// What those see of a room who keep order in it.
#[derive(Debug, Clone, Default)]
pub struct OrderOfRoom {
    /// Whom one looks for to bring them in.
    pub people: Sought,
    /// Who may not speak.
    pub mutes: Vec<Mute>,
    /// Where they go on.
    pub more_mutes: Option<PersonId>,
    /// Who may not be there.
    pub bans: Vec<Ban>,
    /// Where they go on.
    pub more_bans: Option<PersonId>,
    /// The invitations into it.
    pub invites: Vec<Invite>,
}

/// `/r/{room}/{seq}/act`: one message, and what one may do with it.
#[derive(Debug, Clone)]
pub struct MessagePage {
    /// Who looks at it.
    pub me: Option<Me>,
    /// Where.
    pub room: RoomSummary,
    /// How the room is set.
    pub setting: Setting,
    /// How one stands in it.
    pub standing: Standing,
    /// Its place.
    pub seq: Seq,
    /// Who wrote it.
    pub author: Person,
    /// It is pinned.
    pub pinned: bool,
    /// How the author stands in the room.
    pub whom: Standing,
    /// I do not want to hear from the author.
    pub blocked: bool,
    /// It, and some messages before and after it.
    pub context: Vec<Event>,
}

/// The one time that the link of an invitation is shown.
#[derive(Debug, Clone)]
pub struct MadeInvitePage {
    /// Who made it.
    pub me: Option<Me>,
    /// What was made.
    pub made: MadeInvite,
    /// The whole link.
    pub link: String,
}

/// A room that one cannot read.
#[derive(Debug, Clone)]
pub struct NoRoomPage {
    /// Who wants to.
    pub me: Option<Me>,
    /// The room.
    pub room: RoomKey,
    /// Why.
    pub why: NoRoom,
    /// When this was so.
    pub now: Millis,
}

/// Why a room cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoRoom {
    /// It is for people with an account, and one is nobody yet.
    LogIn,
    /// The same for everything on this site.
    GuestsOff,
    /// It is for people with an account, and one is a guest.
    Guest,
    /// One is banned from it.
    Banned(Option<Ban>),
    /// It is by invitation, and one runs this site: one may come in all the same, and is seen to.
    MayJoin,
    /// It is not there, or by invitation: nobody learns which.
    NotThere,
}
