//! Which rooms there are, and why one cannot be read.

use leptos::prelude::*;

use super::deed::{Named, Press, Seek, Until};
use super::sheet::Sheet;
use crate::protocol::api::order::Ban;
use crate::protocol::api::rooms::ListedRoom;
use crate::protocol::event::Person;
use crate::protocol::ids::Millis;
use crate::protocol::limits;
use crate::protocol::page::rooms::{NoRoom, NoRoomPage, RoomsPage, Sought};
use crate::protocol::power::RoomKind;
use crate::protocol::wire::RoomSummary;
use crate::words::door::Door;
use crate::words::live::Live;
use crate::words::order::Order;
use crate::words::{count, fill, say};

/// Which rooms there are, and the ways into others.
#[component]
pub fn DirectoryPage(
    /// What the server knew.
    page: RoomsPage,
) -> impl IntoView {
    let RoomsPage { me, open, next, closed, direct, people } = page;
    let known = me.is_some();
    let nothing = open.is_empty().then(|| view! { <p class="hint">{say(Order::NoMoreRooms)}</p> });
    let next = next.map(|after| {
        view! { <p><a href=format!("/rooms?after={after}")>{say(Order::MoreRooms)}</a></p> }
    });
    let more = (!known).then(|| {
        view! {
            <p class="hint">{say(Order::MoreForThose)} <a href="/login">{say(Order::WhoLogIn)}</a> "."</p>
        }
    });
    view! {
        <Sheet title=say(Live::Rooms) me>
            <section class="part">
                <h2>{say(Order::OpenRooms)}</h2>
                {nothing}
                <ul class="listed">{open.into_iter().map(|room| open_room(room, known)).collect_view()}</ul>
                {next}
                {more}
            </section>
            {list(say(Order::ByInvitation), closed)}
            {list(say(Door::AmongOurselves), direct)}
            {people.map(|people| view! { <WriteTo people/> <NewRoom/> })}
        </Sheet>
    }
}

fn open_room(room: ListedRoom, known: bool) -> impl IntoView {
    let ListedRoom { room, title, topic, history, joined } = room;
    let join = format!("/api/v1/rooms/{room}/members/me?method=PUT");
    let doing = match (joined, known) {
        (true, _) => Some(view! { <span class="badge">{say(Order::YouAreIn)}</span> }.into_any()),
        (false, true) => Some(view! { <Press action=join says=say(Live::Join) about=title.clone()/> }.into_any()),
        (false, false) => None,
    };
    view! {
        <li>
            <div>
                <a href=format!("/r/{room}")>
                    <bdi>{title}</bdi>
                </a>
                {(!topic.is_empty()).then(|| view! { <p class="hint"><bdi>{topic}</bdi></p> })}
                {(!history.is_on()).then(|| view! { <p class="hint">{say(Order::KeepsNothing)}</p> })}
            </div>
            <a class="quiet" href=format!("/r/{room}/about") aria-label=fill(Order::AboutRoom, &[room.as_str()])>
                {say(Order::About)}
            </a>
            {doing}
        </li>
    }
}

fn list(title: &'static str, rooms: Vec<RoomSummary>) -> Option<impl IntoView> {
    let row = |room: RoomSummary| {
        let unread = (room.unread > 0).then(|| view! { <span class="badge">{unread(room.unread)}</span> });
        view! {
            <li>
                <div>
                    <a href=format!("/r/{}", room.room)>
                        <bdi>{name_of(&room)}</bdi>
                    </a>
                </div>
                {unread}
            </li>
        }
    };
    (!rooms.is_empty()).then(|| {
        view! {
            <section class="part">
                <h2>{title}</h2>
                <ul class="listed">{rooms.into_iter().map(row).collect_view()}</ul>
            </section>
        }
    })
}

fn unread(many: u64) -> String {
    if many > limits::UNREAD {
        fill(Order::MoreThanNew, &[&limits::UNREAD.to_string()])
    } else {
        count(Order::SoManyNew, many, &[])
    }
}

/// What a room is called; one of people among themselves by who they are.
pub fn name_of(room: &RoomSummary) -> String {
    match room.kind {
        RoomKind::Direct if room.with.is_empty() => say(Live::Somebody).to_owned(),
        RoomKind::Direct => room.with.iter().map(|person| person.name.as_str()).collect::<Vec<_>>().join(", "),
        RoomKind::Open | RoomKind::Closed => room.title.clone(),
    }
}

/// Finds somebody, and writes to them.
#[component]
fn WriteTo(
    /// Whom one looks for.
    people: Sought,
) -> impl IntoView {
    let row = |person: Person| {
        let with = vec![("users", person.id.to_string())];
        let name = person.name.clone();
        view! {
            <li>
                <div>
                    <Named person/>
                </div>
                <Press action="/api/v1/direct" says=say(Order::WriteTo) about=name with/>
            </li>
        }
    };
    let nobody = (people.found.is_empty() && !people.q.is_empty())
        .then(|| view! { <p class="hint" role="status">{say(Order::NobodyOfThatName)}</p> });
    view! {
        <section class="part">
            <h2>{say(Order::WriteToSomebody)}</h2>
            <Seek action="/rooms" label=say(Order::NameBegins) q=people.q id="write-to"/>
            {nobody}
            <ul class="listed">{people.found.into_iter().map(row).collect_view()}</ul>
        </section>
    }
}

/// Makes a room.
#[component]
fn NewRoom() -> impl IntoView {
    view! {
        <section class="part">
            <h2>{say(Order::NewRoom)}</h2>
            <p class="hint">{say(Order::YouKeepOrder)}</p>
            <form class="form" method="post" action="/api/v1/rooms">
                <div class="field">
                    <label for="new-title">{say(Order::WhatItIsCalled)}</label>
                    <input id="new-title" name="title" required maxlength=limits::TITLE_CHARS autocomplete="off"/>
                </div>
                <div class="field">
                    <label for="new-key">{say(Order::ItsKey)}</label>
                    <input
                        id="new-key"
                        name="room"
                        required
                        maxlength=limits::ROOM_KEY_CHARS
                        pattern="[a-z0-9\\-]+"
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        aria-describedby="new-key-hint"
                    />
                    <p class="hint" id="new-key-hint">{say(Order::AboutKeys)}</p>
                </div>
                <div class="field">
                    <label for="new-topic">{say(Order::WhatItIsAbout)}</label>
                    <input id="new-topic" name="topic" maxlength=limits::TOPIC_CHARS autocomplete="off"/>
                </div>
                <fieldset class="field">
                    <legend>{say(Order::WhoMayComeIn)}</legend>
                    <label class="tick">
                        <input type="radio" name="kind" value="open" checked/>
                        {say(Order::EverybodyWithAccount)}
                    </label>
                    <label class="tick">
                        <input type="radio" name="kind" value="closed"/>
                        {say(Order::OnlyByInvitation)}
                    </label>
                </fieldset>
                <div class="field">
                    <label class="tick">
                        <input type="checkbox" name="history" value="off" aria-describedby="new-history-hint"/>
                        {say(Order::KeepNothing)}
                    </label>
                    <p class="hint" id="new-history-hint">{say(Order::AboutKeeping)}</p>
                </div>
                <button class="main">{say(Order::MakeTheRoom)}</button>
            </form>
        </section>
    }
}

/// Why a room cannot be read, and the way on.
#[component]
pub fn TurnedAway(
    /// What the server knew.
    page: NoRoomPage,
) -> impl IntoView {
    let NoRoomPage { me, room, why, now } = page;
    let (title, way) = match why {
        NoRoom::LogIn => (Order::ForAccounts, account(Order::LogInToRead)),
        NoRoom::GuestsOff => (Order::ForAccounts, account(Order::NoGuestsHere)),
        NoRoom::Guest => (Order::ForAccounts, account(Order::NotForGuests)),
        NoRoom::Banned(ban) => (Order::BannedFromRoom, banned(ban, now)),
        NoRoom::MayJoin => (Order::ByInvitation, may_join(&room.to_string())),
        NoRoom::NotThere => (Order::NothingHere, not_there(me.is_some())),
    };
    view! {
        <Sheet title=say(title) me>
            <section class="part">{way} <p><a href="/">{say(Order::GoToLobby)}</a></p></section>
        </Sheet>
    }
}

fn account(why: Order) -> AnyView {
    view! {
        <p>{say(why)}</p>
        <p class="choices">
            <a class="button main" href="/login">{say(Live::LogIn)}</a>
            <a class="button" href="/signup">{say(Order::GetAccount)}</a>
        </p>
    }
    .into_any()
}

fn banned(ban: Option<Ban>, now: Millis) -> AnyView {
    let Some(Ban { until, reason, .. }) = ban else {
        return view! { <p>{say(Order::WasSentOut)}</p> }.into_any();
    };
    let reason = reason.map(|reason| view! { <p>{say(Order::TheySayWhy)} <q><bdi>{reason}</bdi></q></p> });
    view! {
        <p>{say(Order::WasSentOutUntil)} <Until until now/> "."</p>
        {reason}
    }
    .into_any()
}

fn may_join(room: &str) -> AnyView {
    let action = format!("/api/v1/rooms/{room}/members/me?method=PUT");
    view! {
        <p>{say(Order::MayJoin)}</p>
        <Press action says=say(Live::Join) class="main"/>
    }
    .into_any()
}

fn not_there(known: bool) -> AnyView {
    let log_in = (!known).then(|| {
        view! { {say(Order::IfYouHaveAccount)} <a href="/login">{say(Order::DoLogIn)}</a> {say(Order::First)} }
    });
    view! {
        <p>{say(Order::OrNotForYou)} {log_in}</p>
    }
    .into_any()
}
