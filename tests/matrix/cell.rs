//! One cell: it is asked for, and looked whether that came of it which was said, and left behind what it should: nothing
//! where it was refused, and otherwise what those see who may.

use banter::protocol::api::search::SearchQuery;
use banter::protocol::calls;
use banter::protocol::event::{Event, What};
use banter::protocol::ids::Seq;
use banter::protocol::power;
use banter::protocol::wire::ServerFrame;
use banter::server::clock;
use banter::server::guard::Turn;
use banter::server::store::Page;
use serde_json::Value;

use super::ask::{self, Answer, MINUTES, ask};
use super::scene::{Scene, World};
use super::table::{Cell, Outcome, Place, Way, Wish};
use crate::support::within;

/// What there is, as far as something could be left behind.
#[derive(Debug, Default, PartialEq, Eq)]
struct Trace {
    head: Seq,
    report: Option<u64>,
    invites: usize,
    /// The newest act of power; only where nobody else acts at the same time.
    deed: Option<u64>,
}

/// Asks, and answers with what came of it; with what is wrong if it is not as it was told.
pub async fn run(world: &World, scene: &mut Scene, (.., wish, _, way): Cell) -> Result<Outcome, String> {
    if scene.place == Place::Slow && matches!(wish, Wish::Post | Wish::Reply) {
        has_just_spoken(world, scene);
    }
    if wish == Wish::Search {
        can_be_found(world, scene).await;
    }
    let before = trace(world, scene, wish).await;
    let answer = ask(world, scene, wish, way).await;
    let Some(outcome) = answer.outcome else { return Err(format!("answered with {}", answer.said)) };
    if outcome == Outcome::Ok || (wish == Wish::Typing && outcome == Outcome::Silent) {
        return accepted(world, scene, wish, way, &before, answer).await;
    }
    left_nothing(world, scene, wish, &before).await.map(|()| outcome)
}

/// Slow mode counts from here, also for those who may not speak any more.
fn has_just_spoken(world: &World, scene: &Scene) {
    if let Some(actor) = &scene.actor.id {
        // One who spoke before has spoken: it is the same.
        let turn = world.state().guard.rates.slow(&scene.room, actor, 3_600);
        turn.into_iter().flatten().for_each(Turn::take);
    }
}

/// What was said is searched a moment later.
async fn can_be_found(world: &World, scene: &Scene) {
    let search = calls::search(&SearchQuery { q: scene.word.clone(), ..SearchQuery::default() });
    let found = async {
        let token = Some(scene.witness.person.token.as_str());
        while world.app.call(token, search.clone()).await.unwrap().hits.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    within(found).await;
}

/// Whatever happens in a room is in its log, but for what those see alone who keep order.
async fn trace(world: &World, scene: &Scene, wish: Wish) -> Trace {
    let store = &world.state().store;
    let head = store.rooms().room(&scene.room).await.unwrap().unwrap().head;
    let for_those_who_keep_order = matches!(
        wish,
        Wish::Report | Wish::Settle | Wish::TakeAway | Wish::TakeAwayAdmins | Wish::Invite | Wish::Redeem
    );
    if scene.place != Place::Site && !for_those_who_keep_order {
        return Trace { head, ..Trace::default() };
    }
    let report = world.newest_report(&scene.room).await;
    let invites = store.rooms().invites(None, Some(&scene.room)).await.unwrap().len();
    let newest = async { store.order().deeds(Page { before: None, limit: 1 }).await.unwrap().first().map(|it| it.id) };
    Trace { head, report, invites, deed: newest.await }
}

async fn left_nothing(world: &World, scene: &mut Scene, wish: Wish, before: &Trace) -> Result<(), String> {
    let after = trace(world, scene, wish).await;
    if after != *before {
        return Err(format!("left something behind: {before:?} became {after:?}"));
    }
    match overheard(scene).await {
        None => Ok(()),
        Some(frame) => Err(format!("was heard: {frame:?}")),
    }
}

/// What the witness has heard; nothing, if the first thing that comes is the answer to a question.
async fn overheard(scene: &mut Scene) -> Option<ServerFrame> {
    let socket = &mut scene.witness.socket;
    socket.say(r#"{"t":"anything"}"#).await;
    let mut heard = None;
    loop {
        match socket.frame().await {
            ServerFrame::Err { .. } => return heard,
            frame @ (ServerFrame::Ev { .. } | ServerFrame::Typing { .. }) => heard = heard.or(Some(frame)),
            _ => {}
        }
    }
}

async fn accepted(
    world: &World,
    scene: &mut Scene,
    wish: Wish,
    way: Way,
    before: &Trace,
    answer: Answer,
) -> Result<Outcome, String> {
    match wish {
        Wish::Typing => Ok(typed(world, scene).await),
        _ if scene.place == Place::Site => was_done_on_site(world, scene, wish, way, &answer.said).await,
        _ => match kind(wish) {
            Some(kind) => was_heard(world, scene, wish, kind, before).await,
            None => was_done(world, scene, wish, way, before, &answer.said).await,
        },
    }
}

/// Whether somebody heard it, behind whom something comes in any case.
async fn typed(world: &World, scene: &mut Scene) -> Outcome {
    world.happens(scene).await;
    let mut outcome = Outcome::Silent;
    loop {
        match scene.witness.socket.frame().await {
            ServerFrame::Typing { by, .. } if Some(&by.id) == scene.actor.id.as_ref() => outcome = Outcome::Ok,
            ServerFrame::Ev { .. } => return outcome,
            _ => {}
        }
    }
}

/// What it becomes in the log.
fn kind(wish: Wish) -> Option<&'static str> {
    Some(match wish {
        Wish::Post | Wish::Reply => "posted",
        Wish::EditOwn | Wish::EditOthers => "edited",
        Wish::DeleteOwn | Wish::DeleteMembers | Wish::DeleteModerators | Wish::DeleteAdmins => "deleted",
        Wish::TakeAway | Wish::TakeAwayAdmins => "deleted",
        Wish::React => "reacted",
        Wish::PinOwn | Wish::PinOthers => "pinned",
        Wish::Join | Wish::Redeem => "joined",
        Wish::Leave => "left",
        Wish::Add => "added",
        Wish::RemoveMember | Wish::RemoveModerator | Wish::RemoveAdmin => "removed",
        Wish::MakeModerator | Wish::DemoteModerator => "role",
        Wish::Mute | Wish::MuteModerator => "muted",
        Wish::Unmute => "unmuted",
        Wish::Ban | Wish::BanAdmin => "banned",
        Wish::Unban => "unbanned",
        Wish::Title => "title",
        Wish::Topic => "topic",
        Wish::Kind => "kind",
        Wish::Guests => "guests",
        Wish::Announce => "announce",
        Wish::Slow => "slow",
        Wish::Archive | Wish::Unarchive => "archived",
        _ => return None,
    })
}

/// It is the next event, the actor's own, and the witness hears it.
async fn was_heard(
    world: &World,
    scene: &mut Scene,
    wish: Wish,
    kind: &str,
    before: &Trace,
) -> Result<Outcome, String> {
    if trace(world, scene, wish).await.head == before.head {
        return left_nothing(world, scene, wish, before).await.map(|()| Outcome::Same);
    }
    let event = scene.witness.socket.event().await;
    let by_actor = scene.actor.is_nobody() || scene.actor.id.as_ref() == Some(&event.by.id);
    let head = trace(world, scene, wish).await.head;
    let is_next = event.seq == before.head + 1 && head == event.seq;
    if word(&event) == kind && by_actor && is_next { Ok(Outcome::Ok) } else { Err(format!("became {event:?}")) }
}

fn word(event: &Event) -> String {
    let kind = match &event.what {
        What::Changed(change) => serde_json::to_value(change.kind).unwrap(),
        what => serde_json::to_value(what).unwrap()["kind"].take(),
    };
    kind.as_str().unwrap_or_default().to_owned()
}

/// What is no event: it is in the answer, or where those look whom it is for.
async fn was_done(
    world: &World,
    scene: &Scene,
    wish: Wish,
    way: Way,
    before: &Trace,
    said: &str,
) -> Result<Outcome, String> {
    let is_so = match wish {
        // A page that follows from now on has been shown what was said before.
        Wish::Follow if way == Way::Plain => true,
        Wish::Read | Wish::Follow | Wish::Permalink => said.contains(&scene.word),
        Wish::Show => said.contains(scene.room.as_str()),
        Wish::Members => said.contains(scene.witness.person.me.id.as_str()),
        Wish::Bans => said.contains(scene.banned.me.id.as_str()),
        Wish::ReadTo => has_read(world, scene).await,
        Wish::Invite if way == Way::Form => !said.is_empty(),
        Wish::Invite => invites(world, said).await == Some(scene.room.to_string()),
        Wish::Report => world.newest_report(&scene.room).await.is_some_and(|newest| Some(newest) != before.report),
        Wish::Settle => world.newest_report(&scene.room).await != scene.report,
        _ => true,
    };
    if is_so { Ok(Outcome::Ok) } else { Err(format!("was not done: {said}")) }
}

async fn has_read(world: &World, scene: &Scene) -> bool {
    banter::server::chat::reading::keep(world.state()).await.unwrap();
    let rooms = world.state().store.rooms();
    let summary = rooms.summary(&scene.room, scene.actor.id.as_ref(), banter::server::clock::now()).await.unwrap();
    summary.is_some_and(|room| room.read == scene.members)
}

/// Where the code leads that was told.
async fn invites(world: &World, said: &str) -> Option<String> {
    let made: Value = serde_json::from_str(said).ok()?;
    let code = made["code"].as_str()?;
    let (status, invitation) = world.app.ask("GET", &format!("/invites/{code}"), None, Value::Null).await;
    (status == 200).then(|| invitation["room"].as_str().unwrap_or_default().to_owned())
}

async fn was_done_on_site(
    world: &World,
    scene: &mut Scene,
    wish: Wish,
    way: Way,
    said: &str,
) -> Result<Outcome, String> {
    let actor = scene.actor.id.clone().unwrap();
    let role = async |person: &banter::protocol::ids::PersonId| {
        world.state().store.people().person(person).await.unwrap().map(|me| me.role)
    };
    let is_so = match wish {
        Wish::Me => said.contains(actor.as_str()),
        Wish::People => said.contains(scene.member.me.id.as_str()),
        Wish::Rename => {
            let now = world.state().store.people().person(&actor).await.unwrap();
            now.is_some_and(|me| me.name == ask::renamed(scene))
        }
        Wish::Block => {
            let blocked = world.state().store.people().blocked(&actor).await.unwrap();
            blocked.iter().any(|person| person.id == scene.member.me.id)
        }
        Wish::Sessions => said.contains("\"current\":true"),
        Wish::EndSession => asks_as(world, &scene.other_session).await == 401,
        Wish::LogOut | Wish::CloseAccount => asks_as(world, scene.actor.token.as_deref().unwrap()).await == 401,
        Wish::MakeToken => said.contains("secret"),
        Wish::InviteToSignUp if way == Way::Form => !said.is_empty(),
        Wish::InviteToSignUp => invites(world, said).await == Some(String::new()),
        Wish::CreateRoom if way == Way::Form => true,
        Wish::CreateRoom => {
            let made: Value = serde_json::from_str(said).unwrap_or_default();
            let key = made["room"].as_str().and_then(|key| key.parse().ok());
            let Some(key) = key else { return Err(format!("no room: {said}")) };
            let standing = world.state().store.rooms().standing(&key, &actor, clock::now()).await.unwrap();
            standing.seat == Some(power::Role::Moderator)
        }
        Wish::OpenDirect => {
            let rooms = world.state().store.rooms().of(Some(&scene.newcomer.me.id), clock::now()).await.unwrap();
            rooms.iter().any(|room| room.with.iter().any(|person| person.id == actor))
        }
        Wish::SiteBan => asks_as(world, &scene.member.token).await == 403,
        Wish::SiteBanAdmin => asks_as(world, &scene.admin.token).await == 403,
        Wish::SiteUnban => asks_as(world, &scene.banned.token).await == 200,
        Wish::Promote => role(&scene.member.me.id).await == Some(power::Role::Admin),
        Wish::DemoteAdmin => role(&scene.admin.me.id).await == Some(power::Role::Member),
        Wish::HandOver => {
            role(&scene.member.me.id).await == Some(power::Role::Owner)
                && role(&actor).await == Some(power::Role::Admin)
        }
        Wish::ChangeSettings => world.state().store.order().settings().await.unwrap().guest_minutes == MINUTES,
        Wish::Settings => said.contains("guest_minutes"),
        Wish::Audit => said.contains("\"act\""),
        _ => true,
    };
    if is_so { Ok(Outcome::Ok) } else { Err(format!("was not done: {said}")) }
}

/// How somebody who has that token is answered.
async fn asks_as(world: &World, token: &str) -> u16 {
    world.app.ask("GET", "/me", Some(token), Value::Null).await.0
}
