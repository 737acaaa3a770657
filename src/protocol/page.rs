//! What a page is made from: rendered by the server, and handed to the browser once more as data, so that both start alike.

pub mod account;
pub mod admin;
pub mod finding;
pub mod rooms;

use serde::{Deserialize, Serialize};

use self::account::AccountPage;
use self::admin::AdminPage;
use self::finding::{MentionsPage, SearchPage};
use self::rooms::{AboutPage, MadeInvitePage, MessagePage, NoRoomPage, RoomsPage};
use super::api::Me;
use super::event::Event;
use super::ids::{Cid, Epoch, RoomKey, Seq};
use super::object::{Missing, Object};
use super::wire::RoomSummary;

/// The id of the element that carries [`FirstPaint`] to the browser.
pub const FIRST_PAINT_ID: &str = "first-paint";

/// Everything that the first paint of a room shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Object")]
pub struct FirstPaint {
    /// Which room.
    pub room: RoomKey,
    /// What it is to who looks.
    pub here: RoomSummary,
    /// The rooms that one may go to, in the order in which they are shown.
    pub rooms: Vec<RoomSummary>,
    /// Its life.
    pub epoch: Epoch,
    /// Its newest seq.
    pub head: Seq,
    /// Its newest events, or those around `at`, in order.
    pub events: Vec<Event>,
    /// There are older ones.
    pub more: bool,
    /// The message that the address names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Seq>,
    /// Who looks; nobody while they only read.
    pub me: Option<Me>,
    /// The cid of the plain form: one who is somebody may send it twice, and it is one message. A stranger who does so before
    /// the first answer has come is made two guests, and two messages.
    pub form_cid: Cid,
}

impl TryFrom<Object> for FirstPaint {
    type Error = Missing;

    fn try_from(mut it: Object) -> Result<Self, Missing> {
        Ok(Self {
            room: it.checked("room")?,
            here: it.one("here")?,
            rooms: it.many("rooms")?,
            epoch: it.checked("epoch")?,
            head: it.number("head")?,
            events: it.many("events")?,
            more: it.flag("more")?,
            at: it.number("at").ok(),
            me: it.maybe("me")?,
            form_cid: it.checked("form_cid")?,
        })
    }
}

/// A page to be drawn.
#[derive(Debug, Clone)]
pub struct Page {
    /// What is on it.
    pub content: Content,
    /// What came of the form that was sent from it.
    pub told: Option<Told>,
    /// The files that it loads.
    pub files: PageFiles,
    /// What lets its own inline script run, and no other.
    pub nonce: String,
}

/// What is on a page.
#[derive(Debug, Clone)]
pub enum Content {
    /// A room.
    Room(Box<FirstPaint>),
    /// How one comes in, and what one may change of oneself.
    Account(Box<AccountPage>),
    /// Which rooms there are.
    Rooms(Box<RoomsPage>),
    /// What a room is.
    About(Box<AboutPage>),
    /// One message, and what can be done with it.
    Message(Box<MessagePage>),
    /// An invitation that was just made.
    MadeInvite(Box<MadeInvitePage>),
    /// A room that one cannot read.
    NoRoom(Box<NoRoomPage>),
    /// For those who keep order.
    Admin(Box<AdminPage>),
    /// Messages that were looked for.
    Search(Box<SearchPage>),
    /// Messages that name me.
    Mentions(Box<MentionsPage>),
    /// A message for somebody who cannot have what they asked for.
    Notice(String),
}

/// What a page says of the form that was sent from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// It was not done, and why.
    Problem(String),
    /// It is done.
    Done,
}

/// The files that a page loads, by their addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageFiles {
    /// The styles of a room.
    pub css: String,
    /// Those of all other pages.
    pub sheet_css: String,
    /// The icon.
    pub icon: String,
    /// The app; absent in a build without it, where the page works as plain forms.
    pub app: Option<AppFiles>,
    /// The script that wants what comes when it is wanted.
    pub wants: String,
    /// What comes then.
    pub tools: ToolFiles,
    /// The port of the developer's live reload.
    pub reload_port: Option<u32>,
}

/// What comes when it is wanted: going elsewhere by name, emoji, what the keys do, being told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolFiles {
    /// The script.
    pub js: String,
    /// Its styles.
    pub css: String,
    /// The script that tells what happens while one looks elsewhere.
    pub news: String,
    /// The script that colours code; empty in a build without the app.
    pub code: String,
    /// The icon, ...
    pub icon: String,
    /// ... where something is unread, ...
    pub icon_news: String,
    /// ... and where that is said to who looks.
    pub icon_named: String,
    /// One emoji on each line: itself, its group, its names; with tabs between them.
    pub emoji: String,
    /// What they say, in the language that is spoken.
    pub words: String,
}

/// The two halves of the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppFiles {
    /// The JavaScript that loads the wasm.
    pub js: String,
    /// The wasm.
    pub wasm: String,
}
