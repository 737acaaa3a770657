//! What the pages about rooms need: which there are, what one of them is, and why one cannot be read.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::{draw, refusal};
use crate::protocol::api::order::After;
use crate::protocol::api::people::{MadeInvite, PeopleQuery, Scope};
use crate::protocol::api::rooms::{ListedRoom, Room};
use crate::protocol::event::Person;
use crate::protocol::ids::{PersonId, RoomKey};
use crate::protocol::limits;
use crate::protocol::page::Content;
use crate::protocol::page::rooms::{AboutPage, MadeInvitePage, NoRoom, NoRoomPage, OrderOfRoom, RoomsPage, Sought};
use crate::protocol::power::{self, RoomKind};
use crate::protocol::wire::RoomSummary;
use crate::server::access::{self, RoomReader, Somebody};
use crate::server::api::{Asked, InRoom};
use crate::server::auth::Viewer;
use crate::server::chat::{accounts, members, rooms};
use crate::server::clock;
use crate::server::error::Error;
use crate::server::state::{AppState, Shared};

/// People in one page of a list.
const PEOPLE: usize = 50;
/// People who are shown to whoever looks for somebody; a longer beginning of the name shows others.
const FOUND: usize = 20;

/// Which part of the directory, and whom one looks for.
#[derive(Default, Deserialize)]
pub struct DirectoryQuery {
    after: Option<RoomKey>,
    #[serde(default)]
    q: String,
}

/// Which part of those who are in a room, who are muted there and who are banned, and whom one looks for.
#[derive(Default, Deserialize)]
pub struct AboutQuery {
    after: Option<PersonId>,
    muted: Option<PersonId>,
    banned: Option<PersonId>,
    #[serde(default)]
    q: String,
}

/// `GET /rooms`: which there are.
pub async fn directory(
    State(state): State<Shared>,
    viewer: Viewer,
    asked: Result<Asked<DirectoryQuery>, Error>,
    request: Request,
) -> Response {
    let page = match asked {
        Ok(Asked(asked)) => rooms_page(&state, &viewer, asked).await,
        Err(error) => Err(error),
    };
    match page {
        Ok(page) => draw(&state, Content::Rooms(Box::new(page)), request).await,
        Err(error) => refusal(&state, &error).await,
    }
}

async fn rooms_page(state: &Shared, viewer: &Viewer, asked: DirectoryQuery) -> Result<RoomsPage, Error> {
    access::visitor(state, viewer.caller.as_ref())?;
    let mine = rooms::list(state, viewer.me()).await?;
    if viewer.caller.is_none() {
        let open = rooms::describe(state, mine).await?.into_iter().map(listed).collect();
        return Ok(RoomsPage { open, ..RoomsPage::default() });
    }
    let me = access::somebody(viewer, Scope::Read)?;
    let mut open = rooms::directory(state, &me, asked.after.as_ref()).await?;
    // Of those that need no joining one is a part all the same.
    let is_mine = |room: &ListedRoom| mine.iter().any(|mine| mine.room == room.room && mine.joined);
    open.iter_mut().for_each(|room| room.joined |= is_mine(room));
    let next = (open.len() == limits::LIST).then(|| open.last().map(|room| room.room.clone())).flatten();
    let (direct, mine): (Vec<_>, Vec<_>) = mine.into_iter().partition(|room| room.kind == RoomKind::Direct);
    let closed = mine.into_iter().filter(|room| room.kind == RoomKind::Closed).collect();
    let people = match power::open_room(me.me().role) {
        Ok(()) => Some(sought(state, &me, asked.q).await?),
        Err(_) => None,
    };
    Ok(RoomsPage { me: Some(me.me().clone()), open, next, closed, direct, people })
}

fn listed(room: Room) -> ListedRoom {
    let Room { summary: RoomSummary { room, title, topic, joined, .. }, history } = room;
    ListedRoom { room, title, topic, history, joined }
}

/// Others whose names begin so; nobody while nothing is said.
async fn sought(state: &AppState, me: &Somebody, q: String) -> Result<Sought, Error> {
    if q.trim().is_empty() {
        return Ok(Sought::default());
    }
    let query = PeopleQuery { q: Some(q.clone()), limit: Some(FOUND), ..PeopleQuery::default() };
    let found = accounts::list(state, me, query).await?.into_iter().filter(|profile| profile.banned.is_none());
    let found = found.map(|profile| profile.person).filter(|person| person.id != me.me().id).collect();
    Ok(Sought { q, found })
}

/// `GET /r/{room}/about`: what a room is, who is in it, and what one may do there.
pub async fn about(
    State(state): State<Shared>,
    viewer: Viewer,
    room: Result<InRoom, Error>,
    asked: Result<Asked<AboutQuery>, Error>,
    request: Request,
) -> Response {
    let (InRoom(room), Asked(asked)) = match (room, asked) {
        (Ok(room), Ok(asked)) => (room, asked),
        (Err(error), _) | (_, Err(error)) => return refusal(&state, &error).await,
    };
    match about_page(&state, &viewer, &room, asked).await {
        Ok(page) => draw(&state, Content::About(Box::new(page)), request).await,
        Err(error) => turned_away(&state, &viewer, &room, error, request).await,
    }
}

async fn about_page(state: &AppState, viewer: &Viewer, room: &RoomKey, asked: AboutQuery) -> Result<AboutPage, Error> {
    let reader = access::room_reader(state, viewer.caller.as_ref(), room).await?;
    let mut members = members::list(state, &reader, asked.after.as_ref(), Some(PEOPLE + 1)).await?;
    let next = cut(&mut members, |member| &member.person.id);
    let order = order(state, viewer, &reader, asked).await?;
    let page = AboutPage {
        me: viewer.me().cloned(),
        room: rooms::summary(state, &reader, viewer.me()).await?,
        setting: reader.room().setting,
        slow: reader.room().slow.into(),
        history: reader.room().history,
        standing: reader.standing(),
        members,
        next,
        order,
        now: clock::now(),
    };
    rooms::still(state, viewer.caller.as_ref(), &reader, page).await
}

/// What only those see who keep order in the room.
async fn order(
    state: &AppState,
    viewer: &Viewer,
    reader: &RoomReader,
    asked: AboutQuery,
) -> Result<Option<OrderOfRoom>, Error> {
    if power::moderate(reader.standing(), reader.room().setting).is_err() {
        return Ok(None);
    }
    let moderator = access::room_moderator(state, viewer.caller.as_ref(), &reader.room().key).await?;
    let behind = |after| After { after, limit: Some(PEOPLE + 1) };
    let (later_mutes, later_bans) = (asked.muted.is_some(), asked.banned.is_some());
    let mut mutes = members::mutes(state, &moderator, &behind(asked.muted)).await?;
    let mut bans = members::bans(state, &moderator, &behind(asked.banned)).await?;
    // Whoever has let go the last one of a page begins anew.
    if later_mutes && mutes.is_empty() {
        mutes = members::mutes(state, &moderator, &behind(None)).await?;
    }
    if later_bans && bans.is_empty() {
        bans = members::bans(state, &moderator, &behind(None)).await?;
    }
    let (more_mutes, more_bans) = (cut(&mut mutes, |mute| &mute.who.id), cut(&mut bans, |ban| &ban.who.id));
    let Sought { q, found } = sought(state, &access::somebody(viewer, Scope::Read)?, asked.q).await?;
    let people = Sought { q, found: not_banned(state, &moderator.room().key, found).await? };
    let invites = members::invites_into(state, &moderator).await?;
    Ok(Some(OrderOfRoom { people, mutes, more_mutes, bans, more_bans, invites }))
}

/// Those who could be brought into a room.
async fn not_banned(state: &AppState, room: &RoomKey, people: Vec<Person>) -> Result<Vec<Person>, Error> {
    let mut welcome = Vec::new();
    for person in people {
        if members::ban_of(state, room, &person.id).await?.is_none() {
            welcome.push(person);
        }
    }
    Ok(welcome)
}

/// Leaves one page of those that were found; answers behind whom they go on.
fn cut<T>(found: &mut Vec<T>, who: impl Fn(&T) -> &PersonId) -> Option<PersonId> {
    let next = (found.len() > PEOPLE).then(|| who(&found[PEOPLE - 1]).clone());
    found.truncate(PEOPLE);
    next
}

/// Whoever cannot have a room's page is told why, and the way on. `error` is why, if it is that they may not read the room.
pub async fn turned_away(
    state: &AppState,
    viewer: &Viewer,
    room: &RoomKey,
    error: Error,
    request: Request,
) -> Response {
    if access::room_reader(state, viewer.caller.as_ref(), room).await.is_ok() {
        return refusal(state, &error).await;
    }
    match why_not(state, viewer, room, &error).await {
        Ok(Some(why)) => {
            let page = NoRoomPage { me: viewer.me().cloned(), room: room.clone(), why, now: clock::now() };
            let response = draw(state, Content::NoRoom(Box::new(page)), request).await;
            (error.status(), response).into_response()
        }
        Ok(None) => refusal(state, &error).await,
        Err(error) => refusal(state, &error).await,
    }
}

async fn why_not(state: &AppState, viewer: &Viewer, room: &RoomKey, error: &Error) -> Result<Option<NoRoom>, Error> {
    let why = match (error, viewer.me()) {
        (Error::Unauthenticated, _) => NoRoom::LogIn,
        (Error::GuestsOff, _) => NoRoom::GuestsOff,
        (Error::Forbidden, _) => NoRoom::Guest,
        (Error::Banned, Some(me)) => NoRoom::Banned(members::ban_of(state, room, &me.id).await?),
        (Error::NotMember, _) => NoRoom::MayJoin,
        (Error::NotFound, _) => NoRoom::NotThere,
        _ => return Ok(None),
    };
    Ok(Some(why))
}

/// The answer to the form that makes an invitation: its link is shown this once, and kept by nobody.
pub async fn made_invite(state: &AppState, viewer: &Viewer, headers: &HeaderMap, made: MadeInvite) -> Response {
    // It was looked at already whether that is ours.
    let site = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()).unwrap_or_default();
    let link = format!("{site}/invite/{}", made.code);
    let page = MadeInvitePage { me: viewer.me().cloned(), made, link };
    let request = Request::new(Body::empty());
    let mut response = draw(state, Content::MadeInvite(Box::new(page)), request).await;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    (StatusCode::CREATED, response).into_response()
}
