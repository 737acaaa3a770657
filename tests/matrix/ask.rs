//! Asking: the same wish by every way, and what each way says of it in words of the table.

use banter::protocol::api::order::{After, Before, Complaint, Outcome as Settled, Restraint, SettingsChange};
use banter::protocol::api::people::{Farewell, NewInvite, NewToken, PeopleQuery, Promotion, Scope};
use banter::protocol::api::rooms::{Direct, History, NewRoom, RoomChange, Seat};
use banter::protocol::api::search::SearchQuery;
use banter::protocol::api::{EditRequest, ErrorBody, ErrorCode, EventsQuery, MeChange, PostRequest};
use banter::protocol::calls::{self, Call};
use banter::protocol::event::Act;
use banter::protocol::ids::{Cid, Emoji, PersonId, RoomKey, Seq};
use banter::protocol::power::{self, RoomKind};
use banter::protocol::wire::{ClientFrame, ServerFrame, close};
use banter::server::auth;
use banter::server::store::public_id;
use reqwest::{Response, StatusCode};
use serde_json::Value;
use tokio_tungstenite::tungstenite::Message;

use super::scene::{Scene, World};
use super::table::{Outcome, Place, Way, Wish};
use crate::support::client::{Socket, handshake};
use crate::support::{PASSWORD, new_cid};

/// What came of it, and all that was said.
#[derive(Debug)]
pub struct Answer {
    pub outcome: Option<Outcome>,
    pub said: String,
}

/// What goes to an address.
struct Request {
    method: &'static str,
    path: String,
    body: Option<String>,
}

impl<T> From<Call<T>> for Request {
    fn from(call: Call<T>) -> Self {
        Self { method: call.method.as_str(), path: call.path, body: call.body }
    }
}

/// Asks for it, as the actor.
pub async fn ask(world: &World, scene: &mut Scene, wish: Wish, way: Way) -> Answer {
    match way {
        Way::Rest => by_rest(world, scene, wish).await,
        Way::Form => by_form(world, scene, wish).await,
        Way::Socket => by_socket(world, scene, wish).await,
        Way::Plain => by_plain(world, scene, wish).await,
    }
}

/// Of what is refused by that way it is told so: the code, the status, and how the words begin.
const REFUSALS: [(Outcome, ErrorCode, u16, &str); 15] = [
    (Outcome::Login, ErrorCode::Unauthenticated, 401, "Log in, or become a guest"),
    (Outcome::Join, ErrorCode::NotMember, 403, "Join the room first"),
    (Outcome::Hidden, ErrorCode::NotFound, 404, "There is nothing here"),
    (Outcome::Forbidden, ErrorCode::Forbidden, 403, "That is not for you to do"),
    (Outcome::Banned, ErrorCode::Banned, 403, "You are banned"),
    (Outcome::Muted, ErrorCode::Muted, 403, "You are muted here"),
    (Outcome::Blocked, ErrorCode::Blocked, 403, "One of you does not want"),
    (Outcome::Archived, ErrorCode::Archived, 403, "The room is archived"),
    (Outcome::Announce, ErrorCode::AnnounceOnly, 403, "Only moderators speak"),
    (Outcome::Fast, ErrorCode::TooFast, 429, "That was too fast"),
    (Outcome::Yours, ErrorCode::NotYours, 403, "That message is somebody else"),
    (Outcome::Outranked, ErrorCode::Outranked, 403, "They have as much to say"),
    (Outcome::Scope, ErrorCode::OutOfScope, 403, "This token was not made"),
    (Outcome::Password, ErrorCode::WrongPassword, 401, "Name or password is wrong"),
    (Outcome::Ok, ErrorCode::Internal, 500, "nothing is refused by that"),
];

fn of_code(code: ErrorCode) -> Option<Outcome> {
    REFUSALS.iter().find(|(_, known, ..)| *known == code).map(|(outcome, ..)| *outcome)
}

/// The page of a room says it by what one may do about it.
const TURNED_AWAY: [(Outcome, ErrorCode, u16, &str); 3] = [
    (Outcome::Join, ErrorCode::NotMember, 403, "you may come into this room without an invitation"),
    (Outcome::Login, ErrorCode::Unauthenticated, 401, "Whoever is in this room has an account here"),
    (Outcome::Forbidden, ErrorCode::Forbidden, 403, "Guests do not read this room"),
];

/// Of a refusal with that status, in words for people.
fn of_words(status: u16, said: &str) -> Option<Outcome> {
    let fits = |(_, _, known, words): &&(_, _, u16, &str)| *known == status && said.contains(words);
    REFUSALS.iter().chain(&TURNED_AWAY).find(fits).map(|(outcome, ..)| *outcome)
}

fn of_json(status: StatusCode, said: &str) -> Option<Outcome> {
    let body: ErrorBody = serde_json::from_str(said).ok()?;
    let outcome = of_code(body.error.code)?;
    let (.., expected, _) = REFUSALS.iter().find(|(known, ..)| *known == outcome)?;
    (status == *expected).then_some(outcome)
}

async fn by_rest(world: &World, scene: &Scene, wish: Wish) -> Answer {
    let request = request(scene, wish);
    let mut sent = world.app.http.request(request.method.parse().unwrap(), world.app.url(&request.path));
    if let Some(token) = &scene.actor.token {
        sent = sent.bearer_auth(token);
    }
    if let Some(body) = request.body {
        sent = sent.header("content-type", "application/json").body(body);
    }
    let (status, said) = read(sent.send().await.unwrap()).await;
    let outcome = if status.is_success() { Some(found(scene, wish, &said)) } else { of_json(status, &said) };
    Answer { outcome, said }
}

/// As a browser without any script: pages, and forms that say by `?method=` what they mean.
async fn by_form(world: &World, scene: &Scene, wish: Wish) -> Answer {
    let page = match wish {
        Wish::Follow => Some(format!("/r/{}", scene.room)),
        Wish::Permalink => Some(format!("/r/{}/{}", scene.room, scene.members)),
        _ => None,
    };
    let sent = match page {
        Some(page) => world.app.http.get(world.app.url(&page)),
        None => {
            let Request { method, path, body } = request(scene, wish);
            let meant = if method == "POST" { String::new() } else { format!("?method={method}") };
            let form: Value = serde_json::from_str(body.as_deref().unwrap_or("{}")).unwrap();
            let sent = world.app.http.post(world.app.url(&format!("{path}{meant}")));
            sent.header("origin", world.app.url("")).form(&form)
        }
    };
    let sent = match &scene.actor.token {
        Some(token) => sent.header("cookie", format!("banter={token}")),
        None => sent,
    };
    let response = sent.send().await.unwrap();
    let onward = response.headers().get("location").map(|page| page.to_str().unwrap().to_owned());
    let (status, said) = read(response).await;
    // A code is told once, so it is told at once.
    let told_at_once = matches!(wish, Wish::Follow | Wish::Permalink | Wish::Invite | Wish::InviteToSignUp);
    let outcome = match onward {
        Some(page) if status == StatusCode::SEE_OTHER => of_way_back(&page),
        None if told_at_once && status.is_success() => Some(Outcome::Ok),
        _ => of_words(status.as_u16(), &said),
    };
    Answer { outcome, said }
}

/// Pages with forms on them are gone back to, and say what went wrong.
fn of_way_back(page: &str) -> Option<Outcome> {
    let Some((_, error)) = page.split_once("error=") else { return Some(Outcome::Ok) };
    let code = error.split(['&', '#']).next().unwrap();
    of_code(serde_json::from_value(code.into()).unwrap())
}

async fn read(response: Response) -> (StatusCode, String) {
    let status = response.status();
    (status, response.text().await.unwrap())
}

/// Whether what was asked for is in the list.
fn found(scene: &Scene, wish: Wish, said: &str) -> Outcome {
    let there = match wish {
        Wish::Search => said.contains(&scene.word),
        Wish::List | Wish::Directory | Wish::Queue => said.contains(&format!("\"{}\"", scene.room)),
        _ => true,
    };
    if there { Outcome::Ok } else { Outcome::Absent }
}

async fn by_socket(world: &World, scene: &Scene, wish: Wish) -> Answer {
    let mut socket = world.app.socket().await;
    socket.tell(&ClientFrame::Hello { token: scene.actor.token.clone() }).await;
    let welcome = socket.frame().await;
    if !matches!(welcome, ServerFrame::Welcome { .. }) {
        return turned_away(socket, welcome).await;
    }
    let frame = match wish {
        Wish::List => {
            let said = serde_json::to_string(&welcome).unwrap();
            return Answer { outcome: Some(found(scene, wish, &said)), said };
        }
        Wish::Typing => {
            let room = scene.room.clone();
            socket.tell(&ClientFrame::Sub { room: room.clone(), epoch: None, seq: None }).await;
            ClientFrame::Typing { room }
        }
        _ => frame(scene, wish),
    };
    socket.tell(&frame).await;
    // Whatever it is: everything before it has been looked at by then.
    socket.say(r#"{"t":"and then"}"#).await;
    let mut said = String::new();
    let outcome = loop {
        let frame = socket.frame().await;
        said += &serde_json::to_string(&frame).unwrap();
        match frame {
            ServerFrame::Ack { .. } | ServerFrame::Page { .. } | ServerFrame::Seen { .. } => break Some(Outcome::Ok),
            ServerFrame::Subbed { .. } if wish == Wish::Follow => break Some(Outcome::Ok),
            ServerFrame::Nack { code, .. } => break of_code(code),
            ServerFrame::Err { code: ErrorCode::UnknownType, .. } if is_answered_later(scene, wish) => {}
            ServerFrame::Err { code: ErrorCode::UnknownType, .. } => break Some(Outcome::Silent),
            // That it could not be followed.
            ServerFrame::Err { .. } if wish == Wish::Typing => {}
            ServerFrame::Err { code, .. } => break of_code(code),
            _ => {}
        }
    };
    Answer { outcome, said }
}

/// An answer comes from elsewhere than the connection itself.
fn is_answered_later(scene: &Scene, wish: Wish) -> bool {
    match wish {
        Wish::ReadTo => scene.actor.id.is_some(),
        wish => !matches!(wish, Wish::Read | Wish::Follow | Wish::Typing),
    }
}

/// With a code, and closed by the code that fits.
async fn turned_away(mut socket: Socket, frame: ServerFrame) -> Answer {
    let (closed, _) = socket.close_code().await;
    let outcome = match (&frame, closed) {
        (ServerFrame::Err { code: ErrorCode::Banned, .. }, close::BANNED) => Some(Outcome::Banned),
        (ServerFrame::Err { code: ErrorCode::Unauthenticated, .. }, close::LOG_IN) => Some(Outcome::Login),
        _ => None,
    };
    Answer { outcome, said: format!("{frame:?}, closed with {closed}") }
}

async fn by_plain(world: &World, scene: &mut Scene, wish: Wish) -> Answer {
    let cookie = format!("banter={}", scene.actor.token.as_deref().unwrap_or_default());
    let origin = world.app.url("");
    let mut headers = vec![("origin", origin.as_str())];
    headers.extend(scene.actor.token.is_some().then_some(("cookie", cookie.as_str())));
    let mut socket = match handshake(world.app.address, "/", &headers, None).await {
        Ok(socket) => socket,
        Err((status, said)) => {
            let outcome = of_json(StatusCode::from_u16(status).unwrap(), &said);
            return Answer { outcome, said };
        }
    };
    socket.text().await;
    socket.send(Message::Ping(Default::default())).await;
    match past_heartbeats(&mut socket).await {
        Message::Pong(_) => {}
        Message::Close(Some(closed)) => {
            let outcome = match u16::from(closed.code) {
                close::BANNED => Some(Outcome::Banned),
                close::LOG_IN => Some(Outcome::Login),
                _ => None,
            };
            return Answer { outcome, said: format!("{closed:?}") };
        }
        other => return Answer { outcome: None, said: format!("{other:?}") },
    }
    let body = format!("plainly {}", new_cid());
    if wish == Wish::Follow {
        world.speak(scene, &body).await;
    } else {
        socket.say(&body).await;
    }
    let said = socket.text().await;
    let refused = |(_, _, _, words): &&(_, _, _, &str)| said.starts_with(&format!("Not sent: {words}"));
    let outcome = match said == body {
        true => Some(Outcome::Ok),
        false => REFUSALS.iter().find(refused).map(|(outcome, ..)| *outcome),
    };
    Answer { outcome, said }
}

async fn past_heartbeats(socket: &mut Socket) -> Message {
    loop {
        match socket.message().await {
            Message::Ping(_) => {}
            message => return message,
        }
    }
}

/// A frame of `banter.v1` that asks for it.
fn frame(scene: &Scene, wish: Wish) -> ClientFrame {
    let (room, cid) = (scene.room.clone(), new_cid());
    let act = match wish {
        Wish::Follow => return ClientFrame::Sub { room, epoch: None, seq: None },
        Wish::Read => return ClientFrame::Fetch { room, after: None, before: None, limit: 50 },
        Wish::ReadTo => return ClientFrame::Read { room, seq: scene.members },
        Wish::Post => Act::Post { body: "said".to_owned(), reply_to: None },
        Wish::Reply => Act::Post { body: "answered".to_owned(), reply_to: Some(scene.members) },
        Wish::React => Act::React { of: scene.members, emoji: thumb(), on: true },
        Wish::EditOwn | Wish::EditOthers => Act::Edit { of: message(scene, wish), body: "edited".to_owned() },
        Wish::PinOwn | Wish::PinOthers => Act::Pin { of: message(scene, wish), on: true },
        _ => Act::Delete { of: message(scene, wish) },
    };
    ClientFrame::of_act(room, cid, act)
}

fn thumb() -> Emoji {
    "\u{1F44D}".parse().unwrap()
}

/// The message that it is about.
fn message(scene: &Scene, wish: Wish) -> Seq {
    match wish {
        Wish::EditOwn | Wish::PinOwn | Wish::DeleteOwn => scene.own,
        Wish::DeleteModerators => scene.moderators,
        Wish::DeleteAdmins => scene.admins,
        _ => scene.members,
    }
}

/// The person whom it is about.
fn whom(scene: &Scene, wish: Wish) -> &PersonId {
    match wish {
        Wish::Add | Wish::OpenDirect => &scene.newcomer.me.id,
        Wish::RemoveModerator | Wish::MuteModerator | Wish::DemoteModerator => &scene.moderator.me.id,
        Wish::RemoveAdmin | Wish::BanAdmin | Wish::SiteBanAdmin | Wish::DemoteAdmin => &scene.admin.me.id,
        Wish::Unmute | Wish::OpenDirectBlocked => &scene.muted.me.id,
        Wish::Unban | Wish::SiteUnban => &scene.banned.me.id,
        Wish::SiteBanOwner => &scene.owner,
        _ => &scene.member.me.id,
    }
}

/// A request that asks for it.
fn request(scene: &Scene, wish: Wish) -> Request {
    if scene.place == Place::Site { of_the_site(scene, wish) } else { of_the_room(scene, wish) }
}

fn of_the_room(scene: &Scene, wish: Wish) -> Request {
    let (room, of, whom) = (&scene.room, message(scene, wish), whom(scene, wish));
    let me: PersonId = "me".parse().unwrap();
    let (which, how_long) = (Before::default(), Restraint::default());
    // Many others have joined the lobby before, or were banned from it.
    let later = After { after: scene.earlier.clone(), ..After::default() };
    let post = |reply_to| PostRequest { cid: new_cid(), body: "said".to_owned(), reply_to };
    let seat = |role| Seat { role };
    match wish {
        Wish::Read => calls::events(room, EventsQuery::default()).into(),
        Wish::Show => calls::room(room).into(),
        Wish::Members => calls::members(room, later).into(),
        Wish::Search => calls::search(&SearchQuery { q: scene.word.clone(), ..SearchQuery::default() }).into(),
        Wish::List => calls::rooms().into(),
        Wish::Directory => calls::directory(None).into(),
        Wish::ReadTo => calls::read(room, scene.members).into(),
        Wish::Post => calls::post(room, &post(None)).into(),
        Wish::Reply => calls::post(room, &post(Some(scene.members))).into(),
        Wish::EditOwn | Wish::EditOthers => calls::edit(room, of, &edit()).into(),
        Wish::DeleteOwn | Wish::DeleteMembers | Wish::DeleteModerators | Wish::DeleteAdmins => {
            calls::delete(room, of).into()
        }
        Wish::React => calls::react(room, of, &thumb(), true).into(),
        Wish::PinOwn | Wish::PinOthers => calls::pin(room, of, true).into(),
        Wish::Join => calls::seat(room, &me, seat(None)).into(),
        Wish::Leave => calls::remove(room, &me).into(),
        Wish::Redeem => calls::redeem(&scene.code).into(),
        Wish::Add => calls::seat(room, whom, seat(None)).into(),
        Wish::MakeModerator => calls::seat(room, whom, seat(Some(power::Role::Moderator))).into(),
        Wish::DemoteModerator => calls::seat(room, whom, seat(Some(power::Role::Member))).into(),
        Wish::Invite => calls::invite(&NewInvite { room: Some(room.clone()), ..NewInvite::default() }).into(),
        Wish::RemoveMember | Wish::RemoveModerator | Wish::RemoveAdmin => calls::remove(room, whom).into(),
        Wish::Mute | Wish::MuteModerator => calls::mute(room, whom, &how_long).into(),
        Wish::Unmute => calls::unmute(room, whom).into(),
        Wish::Ban | Wish::BanAdmin => calls::ban(room, whom, &how_long).into(),
        Wish::Unban => calls::unban(room, whom).into(),
        Wish::Bans => calls::bans(room, later).into(),
        Wish::Report => calls::report(room, of, &Complaint { reason: "rude".to_owned() }).into(),
        Wish::Queue => calls::reports(which).into(),
        Wish::Settle => calls::settle(scene.report.unwrap_or(0), Settled::Dismissed).into(),
        Wish::TakeAway | Wish::TakeAwayAdmins => calls::settle(scene.report.unwrap_or(0), Settled::Removed).into(),
        _ => calls::change_room(room, &change(scene, wish)).into(),
    }
}

fn edit() -> EditRequest {
    EditRequest { cid: None::<Cid>, body: "edited".to_owned() }
}

/// The room is to be another than it was.
fn change(scene: &Scene, wish: Wish) -> RoomChange {
    let closed = matches!(scene.place, Place::Closed | Place::ClosedArchived);
    let none = RoomChange::default();
    match wish {
        Wish::Title => RoomChange { title: Some(format!("Title {}", new_cid())), ..none },
        Wish::Topic => RoomChange { topic: Some(format!("Topic {}", new_cid())), ..none },
        Wish::Kind => RoomChange { kind: Some(if closed { RoomKind::Open } else { RoomKind::Closed }), ..none },
        Wish::Guests => RoomChange { guests: Some(scene.place != Place::Lobby), ..none },
        Wish::Announce => RoomChange { announce: Some(scene.place != Place::Announce), ..none },
        Wish::Slow => RoomChange { slow: Some(60), ..none },
        Wish::Archive => RoomChange { archived: Some(true), ..none },
        Wish::Unarchive => RoomChange { archived: Some(false), ..none },
        other => panic!("{other:?} changes no room"),
    }
}

fn of_the_site(scene: &Scene, wish: Wish) -> Request {
    let whom = whom(scene, wish);
    let (which, how_long) = (Before::default(), Restraint::default());
    let whoever = PeopleQuery { after: scene.earlier.clone(), ..PeopleQuery::default() };
    let promotion = |role| calls::promote(whom, Promotion { role }).into();
    let farewell = |password: &str| calls::close_account(&Farewell { password: Some(password.to_owned()) }).into();
    let key: RoomKey = format!("made-{}", new_cid()).parse().unwrap();
    let (title, kind, history) = ("A room".to_owned(), RoomKind::Open, History::On);
    let room = NewRoom { room: key, title, kind, topic: None, history };
    let token = NewToken { label: "a program".to_owned(), scopes: vec![Scope::Read], seconds: None };
    match wish {
        Wish::Me => calls::me().into(),
        Wish::Mentions => calls::mentions(which).into(),
        Wish::Blocks => calls::blocked().into(),
        Wish::People => calls::people(&whoever).into(),
        Wish::Rename => calls::change_me(&MeChange { name: Some(renamed(scene)), ..MeChange::default() }).into(),
        Wish::Block => calls::block(whom, true).into(),
        Wish::Sessions => calls::sessions().into(),
        Wish::EndSession => calls::end_session(&public_id(&auth::hash(&scene.other_session))).into(),
        Wish::LogOut => calls::log_out().into(),
        Wish::Tokens => calls::tokens().into(),
        Wish::MakeToken => calls::make_token(&token).into(),
        Wish::Invites => calls::invites().into(),
        Wish::InviteToSignUp => calls::invite(&NewInvite::default()).into(),
        Wish::CreateRoom => calls::make_room(&room).into(),
        Wish::OpenDirect | Wish::OpenDirectBlocked => calls::direct(&Direct { users: vec![whom.clone()] }).into(),
        Wish::CloseAccount => farewell(PASSWORD),
        Wish::CloseAccountGuessing => farewell("something else"),
        Wish::SiteBan | Wish::SiteBanAdmin | Wish::SiteBanOwner => calls::ban_from_site(whom, &how_long).into(),
        Wish::SiteUnban => calls::unban_from_site(whom).into(),
        Wish::Promote => promotion(power::Role::Admin),
        Wish::DemoteAdmin => promotion(power::Role::Member),
        Wish::HandOver => promotion(power::Role::Owner),
        Wish::Settings => calls::settings().into(),
        Wish::ChangeSettings => calls::change_settings(&other_settings()).into(),
        Wish::Audit => calls::audit(which).into(),
        other => panic!("{other:?} is about a room"),
    }
}

/// What the actor wishes to be called.
pub fn renamed(scene: &Scene) -> String {
    format!("Renamed {}", scene.word)
}

/// The minutes that the settings are to have.
pub const MINUTES: u64 = 7;

fn other_settings() -> SettingsChange {
    SettingsChange { guest_minutes: Some(MINUTES), ..SettingsChange::default() }
}
