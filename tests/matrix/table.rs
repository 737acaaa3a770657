//! The table of what is expected (`expected.txt`), and the words that it is written in.

use std::collections::{BTreeMap, BTreeSet};

use banter::protocol::api::people::Scope;

/// An enum whose variants have a word each in the table.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($item:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($item),* }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$item),*];

            pub fn word(self) -> &'static str {
                match self { $(Self::$item => $word),* }
            }

            fn read(word: &str) -> Self {
                let found = Self::ALL.iter().find(|it| it.word() == word);
                *found.unwrap_or_else(|| panic!("{word:?} is no {}", stringify!($name)))
            }
        }
    };
}

words! {
    /// What somebody is, on the site and in the room.
    Role {
        Nobody = "nobody",
        Guest = "guest",
        GuestIn = "guest_in",
        Outsider = "outsider",
        Member = "member",
        Muted = "muted",
        Banned = "banned",
        Blocked = "blocked",
        Moderator = "moderator",
        AdminOut = "admin_out",
        Admin = "admin",
        OwnerOut = "owner_out",
        Owner = "owner",
        SiteBanned = "site_banned",
        Ended = "ended",
        ReadToken = "read_token",
        WriteToken = "write_token",
        ModerateToken = "moderate_token",
    }
}

words! {
    /// How the room is; or no room at all.
    Place {
        Lobby = "lobby",
        Open = "open",
        Announce = "announce",
        Slow = "slow",
        Archived = "archived",
        Closed = "closed",
        ClosedArchived = "closed_archived",
        Direct = "direct",
        Direct3 = "direct3",
        Site = "site",
    }
}

words! {
    /// By which way one asks.
    Way {
        Rest = "rest",
        Form = "form",
        Socket = "socket",
        Plain = "plain",
    }
}

words! {
    /// What one wants.
    Wish {
        Read = "read",
        Follow = "follow",
        Permalink = "permalink",
        Show = "show",
        Members = "members",
        Search = "search",
        List = "list",
        Directory = "directory",
        ReadTo = "read-to",
        Post = "post",
        Reply = "reply",
        EditOwn = "edit-own",
        EditOthers = "edit-others",
        DeleteOwn = "delete-own",
        DeleteMembers = "delete-members",
        DeleteModerators = "delete-moderators",
        DeleteAdmins = "delete-admins",
        React = "react",
        PinOwn = "pin-own",
        PinOthers = "pin-others",
        Typing = "typing",
        Join = "join",
        Redeem = "redeem",
        Leave = "leave",
        Add = "add",
        Invite = "invite",
        RemoveMember = "remove-member",
        RemoveModerator = "remove-moderator",
        RemoveAdmin = "remove-admin",
        MakeModerator = "make-moderator",
        DemoteModerator = "demote-moderator",
        Mute = "mute",
        MuteModerator = "mute-moderator",
        Unmute = "unmute",
        Ban = "ban",
        BanAdmin = "ban-admin",
        Unban = "unban",
        Bans = "bans",
        Title = "title",
        Topic = "topic",
        Kind = "kind",
        Guests = "guests",
        Announce = "announce",
        Slow = "slow",
        Archive = "archive",
        Unarchive = "unarchive",
        Report = "report",
        Queue = "queue",
        Settle = "settle",
        TakeAway = "take-away",
        TakeAwayAdmins = "take-away-admins",
        Me = "me",
        Mentions = "mentions",
        Blocks = "blocks",
        People = "people",
        Rename = "rename",
        Block = "block",
        Sessions = "sessions",
        EndSession = "end-session",
        LogOut = "log-out",
        Tokens = "tokens",
        MakeToken = "make-token",
        Invites = "invites",
        InviteToSignUp = "invite-to-sign-up",
        CreateRoom = "create-room",
        OpenDirect = "open-direct",
        OpenDirectBlocked = "open-direct-blocked",
        CloseAccount = "close-account",
        CloseAccountGuessing = "close-account-guessing",
        SiteBan = "site-ban",
        SiteBanAdmin = "site-ban-admin",
        SiteBanOwner = "site-ban-owner",
        SiteUnban = "site-unban",
        Promote = "promote",
        DemoteAdmin = "demote-admin",
        HandOver = "hand-over",
        Settings = "settings",
        ChangeSettings = "change-settings",
        Audit = "audit",
    }
}

words! {
    /// What comes of it.
    Outcome {
        Ok = "ok",
        Same = "same",
        Absent = "absent",
        Silent = "silent",
        Login = "login",
        Join = "join",
        Hidden = "hidden",
        Forbidden = "forbidden",
        Banned = "banned",
        Muted = "muted",
        Blocked = "blocked",
        Archived = "archived",
        Announce = "announce",
        Fast = "fast",
        Yours = "yours",
        Outranked = "outranked",
        Scope = "scope",
        Password = "password",
        Meaningless = "-",
    }
}

/// Who wants what, where, by which way.
pub type Cell = (Role, Wish, Place, Way);

/// The whole table.
pub struct Table {
    cells: BTreeMap<Cell, Outcome>,
    actions: BTreeMap<Wish, Action>,
}

/// What is written above the rows.
#[derive(Clone)]
struct Action {
    scope: Scope,
    ways: BTreeSet<Way>,
    /// There is no room in it.
    of_the_site: bool,
}

/// The roles in whose order a full row is written; what the others may follows from them.
const WRITTEN: usize = 13;

impl Table {
    pub fn read(text: &str) -> Self {
        let mut table = Self { cells: BTreeMap::new(), actions: BTreeMap::new() };
        let (mut wishes, mut heading) = (Vec::new(), false);
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            match line.strip_prefix("* ") {
                Some(action) => {
                    if !heading {
                        wishes.clear();
                    }
                    wishes.push(table.begin(action));
                }
                None => table.add_row(&wishes, line),
            }
            heading = line.starts_with('*');
        }
        table
    }

    fn begin(&mut self, line: &str) -> Wish {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let [wish, scope, ways] = parts[..] else { panic!("{line:?} is no heading") };
        let scope = serde_json::from_value(scope.into()).unwrap();
        let ways = ways.split_whitespace().map(Way::read).collect();
        let wish = Wish::read(wish);
        let before = self.actions.insert(wish, Action { scope, ways, of_the_site: false });
        assert!(before.is_none(), "{line:?} is there twice");
        wish
    }

    fn add_row(&mut self, wishes: &[Wish], line: &str) {
        let (left, right) = line.split_once(':').unwrap_or_else(|| panic!("{line:?} has no colon"));
        let (places, ways) = left.split_once(" by ").unwrap_or((left, ""));
        let places: Vec<Place> = match places {
            "any" => Place::ALL.iter().copied().filter(|place| *place != Place::Site).collect(),
            places => places.split_whitespace().map(Place::read).collect(),
        };
        let ways: BTreeSet<Way> = ways.split_whitespace().map(Way::read).collect();
        for wish in wishes {
            let action = self.actions.get_mut(wish).unwrap();
            action.of_the_site |= places.contains(&Place::Site);
            let action = action.clone();
            let ways = action.ways.iter().filter(|way| ways.is_empty() || ways.contains(way));
            for (way, place) in ways.flat_map(|way| places.iter().map(move |place| (way, place))) {
                for (role, outcome) in row(right, action.scope) {
                    self.cells.insert((role, *wish, *place, *way), outcome);
                }
            }
        }
    }

    /// What is to come of it.
    pub fn expects(&self, (role, wish, place, way): Cell) -> Outcome {
        // A browser sends its cookie without thinking: one that stands for nobody is nobody's.
        let by_cookie = matches!(way, Way::Form | Way::Plain);
        let role = if role == Role::Ended && by_cookie { Role::Nobody } else { role };
        let cell = (role, wish, place, way);
        *self.cells.get(&cell).unwrap_or_else(|| panic!("{cell:?} is not in the table"))
    }

    /// Every cell of a place and a role.
    pub fn cells(&self, place: Place, role: Role) -> impl Iterator<Item = Cell> {
        let actions = self.actions.iter().filter(move |(_, action)| action.of_the_site == (place == Place::Site));
        actions.flat_map(move |(wish, action)| action.ways.iter().map(move |way| (role, *wish, place, *way)))
    }

    /// As many as there are: every wish by each of its ways, by every role, in every state of a room.
    pub fn product(&self) -> usize {
        let ways = |of_the_site: bool| -> usize {
            let actions = self.actions.values().filter(|action| action.of_the_site == of_the_site);
            actions.map(|action| action.ways.len()).sum()
        };
        let rooms = Place::ALL.len() - 1;
        Role::ALL.len() * (ways(false) * rooms + ways(true))
    }

    /// Wishes that the table does not know.
    pub fn missing(&self) -> Vec<Wish> {
        Wish::ALL.iter().copied().filter(|wish| !self.actions.contains_key(wish)).collect()
    }
}

/// What one line says of each role.
fn row(words: &str, scope: Scope) -> Vec<(Role, Outcome)> {
    let words: Vec<&str> = words.split_whitespace().collect();
    if words.iter().all(|word| word.contains('=')) {
        let pair = |word: &&str| word.split_once('=').map(|(role, it)| (Role::read(role), Outcome::read(it))).unwrap();
        return words.iter().map(pair).collect();
    }
    let outcomes: Vec<Outcome> = words.iter().map(|word| Outcome::read(word)).collect();
    if let [all] = outcomes[..] {
        return Role::ALL.iter().map(|role| (*role, all)).collect();
    }
    assert_eq!(outcomes.len(), WRITTEN, "{words:?}");
    let admin = outcomes[Role::Admin as usize];
    let token = |scopes: &[Scope]| if scopes.contains(&scope) { admin } else { Outcome::Scope };
    let follows = |role: &Role| match role {
        Role::SiteBanned => Outcome::Banned,
        Role::Ended => Outcome::Login,
        role => token(super::scene::scopes(*role)),
    };
    let written = Role::ALL.iter().copied().zip(outcomes);
    let derived: Vec<(Role, Outcome)> = Role::ALL[WRITTEN..].iter().map(|role| (*role, follows(role))).collect();
    written.chain(derived).collect()
}
