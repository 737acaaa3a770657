//! Who may do what: one function for each act, the same for every transport. The store asks them inside of the transaction
//! that does it, the page to know what to offer.
//!
//! An answer rests on three things only: what somebody is on this site and in the room, how the room is set, and, where
//! the act is about somebody, what that one is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What one is. On the site: guest, member, admin, owner; in a room also reader and moderator. Ordered by power.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads, and is nobody yet or has not joined.
    #[default]
    Reader,
    /// A nickname without an account.
    Guest,
    /// Has an account; in a room, has joined it.
    Member,
    /// Keeps order in a room.
    Moderator,
    /// Keeps order everywhere.
    Admin,
    /// Runs this site. There is one.
    Owner,
}

/// Who may come into a room.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// Anyone signed in may join.
    #[default]
    Open,
    /// By invitation. Whoever is not in it does not learn that it is there.
    Closed,
    /// Two or more people among themselves, without a name.
    Direct,
}

/// How a room is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Setting {
    /// Who may come in.
    pub kind: RoomKind,
    /// Open to guests: everybody reads, and speaks without joining. The lobby is.
    pub guests: bool,
    /// Only moderators speak.
    pub announce: bool,
    /// Nobody speaks any more.
    pub archived: bool,
}

/// How somebody stands in a room.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Standing {
    /// What they are on the site; a reader is nobody.
    pub site: Role,
    /// What they are as one who has joined the room: member or moderator.
    pub seat: Option<Role>,
    /// Banned from the room or the site.
    pub banned: bool,
    /// May not speak.
    pub muted: bool,
    /// Among two people: one does not want to hear from the other.
    pub blocked: bool,
}

/// Why somebody may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Denied {
    /// For them it is not there.
    NotThere,
    /// One has to be somebody.
    LogIn,
    /// They are banned.
    Banned,
    /// They are muted.
    Muted,
    /// One of the two does not want to hear from the other.
    Blocked,
    /// They have not joined.
    NotMember,
    /// The room is archived.
    Archived,
    /// Only moderators speak there.
    AnnounceOnly,
    /// The message is somebody else's.
    NotYours,
    /// It takes more than they are.
    Forbidden,
    /// The other one is as much, or more.
    Outranked,
}

/// An answer.
pub type May = Result<(), Denied>;

impl Standing {
    /// What they are in a room, all in all. Among themselves people have no masters.
    pub fn role(&self, room: Setting) -> Role {
        let visitor = if room.guests { self.site.min(Role::Member) } else { Role::Reader };
        let seat = self.seat.unwrap_or(visitor);
        match room.kind {
            RoomKind::Direct => seat.min(Role::Member),
            RoomKind::Open | RoomKind::Closed if self.site >= Role::Admin => self.site,
            RoomKind::Open | RoomKind::Closed => seat,
        }
    }

    /// Whether they take part in the room: joined it, or need not.
    fn takes_part(&self, room: Setting) -> bool {
        self.seat.is_some() || (room.guests && self.site >= Role::Guest)
    }
}

/// Read a room. Nobody reads a closed one unseen, not even who keeps order everywhere: they are told to join.
pub fn read(me: Standing, room: Setting) -> May {
    match room.kind {
        _ if me.banned => Err(Denied::Banned),
        _ if me.seat.is_some() => Ok(()),
        RoomKind::Open if room.guests || me.site >= Role::Member => Ok(()),
        RoomKind::Open if me.site == Role::Reader => Err(Denied::LogIn),
        RoomKind::Open => Err(Denied::Forbidden),
        RoomKind::Closed if me.site >= Role::Admin => Err(Denied::NotMember),
        RoomKind::Closed | RoomKind::Direct => Err(Denied::NotThere),
    }
}

/// Join an open room.
pub fn join(me: Standing, room: Setting) -> May {
    if me.site == Role::Reader {
        return Err(Denied::LogIn);
    }
    // Who keeps order everywhere comes in by themselves, and is seen to.
    if room.kind != RoomKind::Closed || me.site < Role::Admin {
        read(me, room)?;
    }
    unless_archived(room)
}

/// Leave a room.
pub fn leave(me: Standing, room: Setting) -> May {
    match (me.seat, room.kind) {
        // From the whole site: from a room they are gone with that.
        _ if me.banned => Err(Denied::Banned),
        // Who may not even read it does not learn that it is there.
        (None, _) => read(me, room).and(Err(Denied::NotMember)),
        (Some(_), RoomKind::Direct) => Err(Denied::Forbidden),
        (Some(_), RoomKind::Open | RoomKind::Closed) => Ok(()),
    }
}

/// Say something.
pub fn post(me: Standing, room: Setting) -> May {
    take_part(me, room)?;
    if room.announce && me.role(room) < Role::Moderator { Err(Denied::AnnounceOnly) } else { Ok(()) }
}

/// Give a message another text.
pub fn edit(me: Standing, room: Setting, mine: bool) -> May {
    post(me, room)?;
    if mine { Ok(()) } else { Err(Denied::NotYours) }
}

/// Take a message back, or away. One's own always, while one may read the room or keeps order in it.
pub fn delete(me: Standing, room: Setting, mine: bool, author: Standing) -> May {
    if mine {
        return see(me, room);
    }
    match moderate(me, room) {
        Ok(()) if me.role(room) >= author.role(room) => Ok(()),
        Ok(()) => Err(Denied::Outranked),
        Err(Denied::Forbidden) => Err(Denied::NotYours),
        Err(denied) => Err(denied),
    }
}

/// React to a message.
pub fn react(me: Standing, room: Setting) -> May {
    take_part(me, room)
}

/// Hold a message up for all to see.
pub fn pin(me: Standing, room: Setting, mine: bool) -> May {
    post(me, room)?;
    let among_themselves = room.kind == RoomKind::Direct;
    if mine || among_themselves || me.role(room) >= Role::Moderator { Ok(()) } else { Err(Denied::NotYours) }
}

/// Address everybody in the room at once.
pub fn mention_room(me: Standing, room: Setting) -> May {
    if room.kind == RoomKind::Direct { post(me, room) } else { moderate(me, room) }
}

/// Mute, remove or ban somebody, or take that back.
pub fn restrain(me: Standing, room: Setting, whom: Standing) -> May {
    moderate(me, room)?;
    if me.role(room) > whom.role(room) { Ok(()) } else { Err(Denied::Outranked) }
}

/// Bring somebody in.
pub fn add(me: Standing, room: Setting, whom: Standing) -> May {
    moderate(me, room)?;
    unless_archived(room)?;
    if whom.banned { Err(Denied::Banned) } else { Ok(()) }
}

/// Invite with a link.
pub fn invite(me: Standing, room: Setting) -> May {
    moderate(me, room)?;
    unless_archived(room)
}

/// Give somebody another role in the room. A moderator may step down; others take it only from above.
pub fn appoint(me: Standing, room: Setting, whom: Standing, myself: bool, role: Role) -> May {
    moderate(me, room)?;
    match whom.seat {
        None => Err(Denied::NotMember),
        Some(seat) if role > seat && role <= Role::Moderator => Ok(()),
        Some(_) if myself || me.role(room) > whom.role(room) => Ok(()),
        Some(_) => Err(Denied::Outranked),
    }
}

/// Change what the room is called, about, and how it is set.
pub fn change_room(me: Standing, room: Setting) -> May {
    moderate(me, room)
}

/// Change whether a room is open to guests. Only an open one can be.
pub fn open_to_guests(me: Standing, room: Setting) -> May {
    change_room(me, room)?;
    if room.kind == RoomKind::Open { Ok(()) } else { Err(Denied::Forbidden) }
}

/// See the reports from a room, and settle them. Among themselves people have no masters, but one of them has asked for
/// a judge: that is who keeps order everywhere.
pub fn judge(me: Standing, room: Setting) -> May {
    let everywhere = !me.banned && me.site >= Role::Admin;
    if everywhere { Ok(()) } else { moderate(me, room) }
}

/// Take away a message that was reported.
pub fn take_away(me: Standing, room: Setting, author: Standing) -> May {
    judge(me, room)?;
    let (mine, other) = match room.kind {
        RoomKind::Direct => (me.site, author.site),
        RoomKind::Open | RoomKind::Closed => (me.role(room), author.role(room)),
    };
    if mine >= other { Ok(()) } else { Err(Denied::Outranked) }
}

/// Learn what is in a room: as one who reads it, or who keeps order in it.
pub fn see(me: Standing, room: Setting) -> May {
    if moderate(me, room).is_ok() { Ok(()) } else { read(me, room) }
}

/// Keep order in a room: send people out, release what was held back. Who keeps order everywhere need not have joined
/// for that.
pub fn moderate(me: Standing, room: Setting) -> May {
    match me.role(room) {
        _ if me.banned => Err(Denied::Banned),
        Role::Admin | Role::Owner => Ok(()),
        role => read(me, room).and(if role >= Role::Moderator { Ok(()) } else { Err(Denied::Forbidden) }),
    }
}

/// Do something to somebody on the whole site: ban them, end their sessions, give them another role.
pub fn govern(me: Role, whom: Role) -> May {
    match me {
        Role::Admin | Role::Owner if me > whom => Ok(()),
        Role::Admin | Role::Owner => Err(Denied::Outranked),
        _ => Err(Denied::Forbidden),
    }
}

/// Give somebody a role on the site.
pub fn promote(me: Role, whom: Role, to: Role) -> May {
    govern(me, whom)?;
    if me > to || (me == Role::Owner && to == Role::Owner) { Ok(()) } else { Err(Denied::Outranked) }
}

/// What is done on the site as a whole: its settings, the word filter, the log of acts of power.
pub fn administer(me: Role) -> May {
    if me >= Role::Admin { Ok(()) } else { Err(Denied::Forbidden) }
}

/// Make a room, or write to people directly.
pub fn open_room(me: Role) -> May {
    match me {
        Role::Reader => Err(Denied::LogIn),
        Role::Guest => Err(Denied::Forbidden),
        _ => Ok(()),
    }
}

fn take_part(me: Standing, room: Setting) -> May {
    read(me, room)?;
    unless_archived(room)?;
    match () {
        () if me.site == Role::Reader => Err(Denied::LogIn),
        () if !me.takes_part(room) => Err(Denied::NotMember),
        () if me.muted => Err(Denied::Muted),
        () if me.blocked => Err(Denied::Blocked),
        () => Ok(()),
    }
}

fn unless_archived(room: Setting) -> May {
    if room.archived { Err(Denied::Archived) } else { Ok(()) }
}
