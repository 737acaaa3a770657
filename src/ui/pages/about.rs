//! What a room is, who is in it, and what one may do there: exactly what would not be refused.

use leptos::prelude::*;

use super::deed::{Moment, Named, Press, Restrain, Seek, Until, role};
use super::rooms::name_of;
use super::sheet::Sheet;
use crate::protocol::api::order::{Ban, Mute};
use crate::protocol::api::people::Invite;
use crate::protocol::api::rooms::Member;
use crate::protocol::event::Person;
use crate::protocol::ids::{Millis, PersonId, RoomKey};
use crate::protocol::limits;
use crate::protocol::page::rooms::{AboutPage, MadeInvitePage, OrderOfRoom, Sought};
use crate::protocol::power::{self, Role, RoomKind, Setting, Standing};
use crate::words::door::Door;
use crate::words::live::Live;
use crate::words::order::Order;
use crate::words::{count, fill, say};

/// How long an invitation holds: words, and seconds.
const INVITE_TERMS: [(Order, &str); 4] =
    [(Order::ADay, "86400"), (Order::AWeek, "604800"), (Order::ThirtyDays, "2592000"), (Order::AYear, "31536000")];
/// Slow modes: words, of how many of what they tell, and how many seconds that are.
const SLOW: [(Order, u64, u64); 7] = [
    (Order::AsTheyLike, 0, 0),
    (Order::EverySeconds, 5, 5),
    (Order::EverySeconds, 30, 30),
    (Order::EveryMinutes, 1, 60),
    (Order::EveryMinutes, 5, 300),
    (Order::EveryHours, 1, 3_600),
    (Order::EveryHours, 6, 21_600),
];

/// What a room is.
#[component]
pub fn AboutRoom(
    /// What the server knew.
    page: AboutPage,
) -> impl IntoView {
    let title = name_of(&page.room);
    let order = page
        .order
        .clone()
        .map(|order| view! { <KeepOrder order room=page.room.room.clone() now=page.now page=page.clone()/> });
    view! {
        <Sheet title me=page.me.clone()>
            {in_short(&page)}
            {people(&page)}
            {settings(&page)}
            {order}
        </Sheet>
    }
}

/// What it is, and the ways in and out.
fn in_short(page: &AboutPage) -> impl IntoView + use<> {
    let (standing, setting, key) = (page.standing, page.setting, &page.room.room);
    let mine = format!("/api/v1/rooms/{key}/members/me");
    let join = standing.seat.is_none() && power::join(standing, setting).is_ok();
    let join = join.then(|| view! { <Press action=format!("{mine}?method=PUT") says=say(Live::Join) class="main"/> });
    let leave = power::leave(standing, setting).is_ok();
    let leave = leave.then(|| view! { <Press action=format!("{mine}?method=DELETE") says=say(Order::Leave)/> });
    let topic = page.room.topic.clone();
    let topic = (!topic.is_empty()).then(|| view! { <p><bdi>{topic}</bdi></p> });
    let slow = (page.slow > 0).then(|| count(Order::IsSlow, page.slow, &[]));
    let facts = [
        Some(kind(setting).to_owned()),
        setting.announce.then(|| say(Order::ModeratorsSpeak).to_owned()),
        slow,
        (!page.history).then(|| say(Order::KeepsNothing).to_owned()),
        setting.archived.then(|| say(Order::IsArchived).to_owned()),
    ];
    let facts = facts.into_iter().flatten().map(|fact| view! { <li>{fact}</li> }).collect_view();
    view! {
        <section class="part">
            <h2>{say(Order::InShort)}</h2>
            {topic}
            <ul class="facts">{facts}</ul>
            <div class="choices">
                <a class="button" href=format!("/r/{key}")>{say(Order::OpenTheRoom)}</a>
                {join}
                {leave}
            </div>
        </section>
    }
}

fn kind(setting: Setting) -> &'static str {
    say(match setting.kind {
        RoomKind::Direct => Order::AmongThemselves,
        RoomKind::Closed => Order::ClosedRoom,
        RoomKind::Open if setting.guests => Order::OpenToAll,
        RoomKind::Open => Order::OpenToAccounts,
    })
}

fn people(page: &AboutPage) -> impl IntoView + use<> {
    let nobody = page.members.is_empty().then(|| view! { <p class="hint">{say(Order::NobodyJoined)}</p> });
    let rows = page.members.iter().map(|member| row(page, member)).collect_view();
    let key = page.room.room.clone();
    let next = page.next.as_ref().map(|after| {
        view! { <p><a href=format!("/r/{key}/about?after={after}")>{say(Order::MorePeople)}</a></p> }
    });
    view! {
        <section class="part">
            <h2>{say(Order::WhoIsInIt)}</h2>
            {nobody}
            <ul class="listed">{rows}</ul>
            {next}
        </section>
    }
}

/// One who is in the room, with what one may do about them.
fn row(page: &AboutPage, member: &Member) -> impl IntoView + use<> {
    let muted = member.muted.filter(|until| *until > page.now);
    let myself = page.me.as_ref().is_some_and(|me| me.id == member.person.id);
    let direct = page.setting.kind == RoomKind::Direct;
    let role = (!direct).then(|| view! { <span class="badge">{role(member.role)}</span> });
    let muted = muted.map(|_| view! { <span class="badge">{say(Order::Muted)}</span> });
    let myself_badge = myself.then(|| view! { <span class="badge">{say(Order::You)}</span> });
    view! {
        <li>
            <div class="who-is">
                <Named person=member.person.clone()/>
                {role}
                {muted}
                {myself_badge}
            </div>
            {doings(page, member, myself)}
        </li>
    }
}

/// How somebody of the list stands in the room, as far as power goes by it.
fn standing_of(member: &Member) -> Standing {
    let everywhere = member.role >= Role::Admin;
    let site = if everywhere { member.role } else { Role::Member };
    Standing { site, seat: Some(if everywhere { Role::Member } else { member.role }), ..Standing::default() }
}

fn doings(page: &AboutPage, member: &Member, myself: bool) -> Option<impl IntoView + use<>> {
    let (standing, setting, whom) = (page.standing, page.setting, standing_of(member));
    let Person { id, name, .. } = member.person.clone();
    let key = &page.room.room;
    let address = |what: &str, method: &str| format!("/api/v1/rooms/{key}/{what}/{id}?method={method}");
    // Who keeps order everywhere does so here, whatever they are here besides.
    let other = if member.role == Role::Moderator { Role::Member } else { Role::Moderator };
    let appoint = member.role < Role::Admin && power::appoint(standing, setting, whom, myself, other).is_ok();
    let words = match (other, myself) {
        (Role::Moderator, _) => Order::MakeModerator,
        (_, true) => Order::StepDown,
        _ => Order::MakeMember,
    };
    let word = if other == Role::Moderator { "moderator" } else { "member" }.to_owned();
    let appoint = appoint.then(|| {
        let with = vec![("role", word)];
        view! { <Press action=address("members", "PUT") says=say(words) about=name.clone() with/> }
    });
    let restrain = power::restrain(standing, setting, whom).is_ok();
    if appoint.is_none() && !restrain {
        return None;
    }
    let muted = member.muted.is_some_and(|until| until > page.now);
    let send_out = restrain.then(|| {
        let action = address("members", "DELETE");
        view! { <Press action says=say(Order::SendOut) about=name.clone() class="bad"/> }
    });
    let unmute = (restrain && muted).then(|| {
        view! { <Press action=address("mutes", "DELETE") says=say(Order::LetSpeakAgain) about=name.clone()/> }
    });
    let mute = (restrain && !muted).then(|| {
        view! { <Restrain action=address("mutes", "PUT") says=say(Order::Mute) id=format!("mute-{id}")/> }
    });
    let ban = restrain.then(|| {
        view! { <Restrain action=address("bans", "PUT") says=say(Order::Ban) id=format!("ban-{id}")/> }
    });
    Some(view! {
        <details class="manage">
            <summary aria-label=fill(Order::KeepOrderWith, &[&name])>{say(Door::KeepOrder)}</summary>
            <div class="deeds">
                <div class="choices">{appoint} {unmute} {send_out}</div>
                {mute}
                {ban}
            </div>
        </details>
    })
}

/// How the room is set, for those who may set it another way.
fn settings(page: &AboutPage) -> Option<impl IntoView + use<>> {
    power::change_room(page.standing, page.setting).ok()?;
    let action = format!("/api/v1/rooms/{}?method=PATCH", page.room.room);
    let (title, topic) = (page.room.title.clone(), page.room.topic.clone());
    Some(view! {
        <section class="part">
            <h2>{say(Order::ChangeIt)}</h2>
            <form class="form" method="post" action=action.clone()>
                <div class="field">
                    <label for="title">{say(Order::WhatItIsCalled)}</label>
                    <input id="title" name="title" value=title required maxlength=limits::TITLE_CHARS autocomplete="off"/>
                </div>
                <div class="field">
                    <label for="topic">{say(Order::WhatItIsAbout)}</label>
                    <input id="topic" name="topic" value=topic maxlength=limits::TOPIC_CHARS autocomplete="off"/>
                </div>
                <button class="main">{say(Live::Save)}</button>
            </form>
            {slow(page, &action)}
            {switches(page, &action)}
        </section>
    })
}

fn slow(page: &AboutPage, action: &str) -> impl IntoView + use<> {
    let now = page.slow;
    let odd = (SLOW.iter().all(|(.., seconds)| *seconds != now)).then_some((Order::EverySeconds, now, now));
    let option = |(words, many, seconds): (Order, u64, u64)| {
        view! { <option value=seconds selected=seconds == now>{count(words, many, &[])}</option> }
    };
    let options = SLOW.into_iter().chain(odd).map(option);
    view! {
        <form class="form seek" method="post" action=action.to_owned()>
            <div class="field">
                <label for="slow">{say(Order::HowOften)}</label>
                <select id="slow" name="slow">{options.collect_view()}</select>
            </div>
            <button>{say(Order::Set)}</button>
        </form>
    }
}

/// What is one way or the other: each a button that turns it round.
fn switches(page: &AboutPage, action: &str) -> impl IntoView + use<> {
    let setting = page.setting;
    let lobby = page.room.room == RoomKey::lobby();
    let open = setting.kind == RoomKind::Open;
    let flag = |name, on: bool| vec![(name, on.to_string())];
    let kind = |word: &str| vec![("kind", word.to_owned())];
    let mut turns: Vec<(Order, Vec<(&'static str, String)>)> = Vec::new();
    if !(open && setting.guests) {
        let with = [kind("open"), flag("guests", true)].concat();
        turns.push((Order::OpenItToGuests, with));
    }
    if !open {
        turns.push((Order::OpenItToAccounts, kind("open")));
    } else if setting.guests {
        turns.push((Order::LetNoGuestsIn, flag("guests", false)));
    }
    if open && !lobby {
        turns.push((Order::MakeByInvitation, kind("closed")));
    }
    turns.push(if setting.announce {
        (Order::LetEverybodySpeak, flag("announce", false))
    } else {
        (Order::LetModeratorsSpeak, flag("announce", true))
    });
    turns.push(if setting.archived {
        (Order::OpenArchived, flag("archived", false))
    } else {
        (Order::ArchiveIt, flag("archived", true))
    });
    let action = action.to_owned();
    let press = move |(words, with): (Order, _)| view! { <Press action=action.clone() says=say(words) with/> };
    view! { <div class="choices">{turns.into_iter().map(press).collect_view()}</div> }
}

/// What only those see who keep order in the room.
#[component]
fn KeepOrder(
    /// What that is.
    order: OrderOfRoom,
    /// Where.
    room: RoomKey,
    /// When this was so.
    now: Millis,
    /// The rest of the page.
    page: AboutPage,
) -> impl IntoView {
    let OrderOfRoom { people, mutes, more_mutes, bans, more_bans, invites } = order;
    let add = power::add(page.standing, page.setting, Standing::default()).is_ok();
    let invite = power::invite(page.standing, page.setting).is_ok();
    let here: Vec<Person> = page.members.into_iter().map(|member| member.person).collect();
    view! {
        <section class="part">
            <h2>{say(Door::KeepOrder)}</h2>
            <p><a href="/reports">{say(Order::WaitsToBeSeen)}</a></p>
        </section>
        {add.then(|| bring_in(&room, people, &here))}
        {(invite || !invites.is_empty()).then(|| invitations(&room, invites, invite))}
        {(!mutes.is_empty()).then(|| muted(&room, mutes, more_mutes, now))}
        {(!bans.is_empty()).then(|| banned(&room, bans, more_bans, now))}
    }
}

fn bring_in(room: &RoomKey, people: Sought, here: &[Person]) -> impl IntoView + use<> {
    let others = people.found.into_iter().filter(|person| here.iter().all(|here| here.id != person.id));
    let row = |person: Person| {
        let action = format!("/api/v1/rooms/{room}/members/{}?method=PUT", person.id);
        let name = person.name.clone();
        view! {
            <li>
                <div>
                    <Named person/>
                </div>
                <Press action says=say(Order::BringIn) about=name/>
            </li>
        }
    };
    let rows: Vec<_> = others.map(row).collect();
    let nobody = (rows.is_empty() && !people.q.is_empty())
        .then(|| view! { <p class="hint" role="status">{say(Order::NobodyElse)}</p> });
    view! {
        <section class="part">
            <h2>{say(Order::BringSomebodyIn)}</h2>
            <Seek action=format!("/r/{room}/about") label=say(Order::NameBegins) q=people.q id="bring-in"/>
            {nobody}
            <ul class="listed">{rows}</ul>
        </section>
    }
}

fn invitations(room: &RoomKey, invites: Vec<Invite>, may: bool) -> impl IntoView + use<> {
    let room = room.to_string();
    view! {
        <section class="part">
            <h2>{say(Order::Invitations)}</h2>
            <p class="hint">{say(Order::LinkLetsIn)}</p>
            {may.then(|| view! { <NewInvite room/> })}
            <Invites invites/>
        </section>
    }
}

/// The form that makes an invitation.
#[component]
pub fn NewInvite(
    /// Into which room; without one, to sign up.
    #[prop(optional, into)]
    room: Option<String>,
) -> impl IntoView {
    let options = INVITE_TERMS.map(|(words, seconds)| {
        view! { <option value=seconds selected=words == Order::AWeek>{say(words)}</option> }
    });
    view! {
        <form class="form" method="post" action="/api/v1/invites">
            {room.map(|room| view! { <input type="hidden" name="room" value=room/> })}
            <div class="field">
                <label for="invite-time">{say(Order::ItHoldsFor)}</label>
                <select id="invite-time" name="seconds">{options.collect_view()}</select>
            </div>
            <div class="field">
                <label for="invite-uses">{say(Order::HowManyUses)}</label>
                <input id="invite-uses" name="uses" type="number" min="1" max="10000" value="1" required/>
            </div>
            <button class="main">{say(Order::MakeLink)}</button>
        </form>
    }
}

/// Invitations that hold, each with the button that ends it.
#[component]
pub fn Invites(
    /// Which.
    invites: Vec<Invite>,
) -> impl IntoView {
    let row = |invite: Invite| {
        let Invite { id, by, expires, left, .. } = invite;
        let about = fill(Order::InvitationBy, &[&by.name]);
        view! {
            <li>
                <div>
                    {say(Order::By)} <Named person=by/>
                    <p class="hint">{count(Order::MoreMayCome, left, &[])} <Moment at=expires/></p>
                </div>
                <Press action=format!("/api/v1/invites/{id}?method=DELETE") says=say(Door::End) about/>
            </li>
        }
    };
    view! { <ul class="listed">{invites.into_iter().map(row).collect_view()}</ul> }
}

fn muted(room: &RoomKey, mutes: Vec<Mute>, next: Option<PersonId>, now: Millis) -> impl IntoView + use<> {
    let next = next.map(|after| {
        view! { <p><a href=format!("/r/{room}/about?muted={after}")>{say(Order::MoreMuted)}</a></p> }
    });
    let row = |Mute { who, until }: Mute| {
        let action = format!("/api/v1/rooms/{room}/mutes/{}?method=DELETE", who.id);
        let name = who.name.clone();
        view! {
            <li>
                <div>
                    <Named person=who/>
                    <p class="hint"><Until until now/></p>
                </div>
                <Press action says=say(Order::LetSpeakAgain) about=name/>
            </li>
        }
    };
    view! {
        <section class="part">
            <h2>{say(Order::WhoIsMuted)}</h2>
            <ul class="listed">{mutes.into_iter().map(row).collect_view()}</ul>
            {next}
        </section>
    }
}

fn banned(room: &RoomKey, bans: Vec<Ban>, next: Option<PersonId>, now: Millis) -> impl IntoView + use<> {
    let next = next.map(|after| {
        view! { <p><a href=format!("/r/{room}/about?banned={after}")>{say(Order::MoreBanned)}</a></p> }
    });
    let row = |Ban { who, until, reason }: Ban| {
        let action = format!("/api/v1/rooms/{room}/bans/{}?method=DELETE", who.id);
        let name = who.name.clone();
        let reason = reason.map(|reason| view! { ": " <q><bdi>{reason}</bdi></q> });
        view! {
            <li>
                <div>
                    <Named person=who/>
                    <p class="hint"><Until until now/> {reason}</p>
                </div>
                <Press action says=say(Order::LetInAgain) about=name/>
            </li>
        }
    };
    view! {
        <section class="part">
            <h2>{say(Order::WhoIsBanned)}</h2>
            <ul class="listed">{bans.into_iter().map(row).collect_view()}</ul>
            {next}
        </section>
    }
}

/// The one time that the link of an invitation is shown.
#[component]
pub fn MadeInvite(
    /// What was made.
    page: MadeInvitePage,
) -> impl IntoView {
    let MadeInvitePage { me, made, link } = page;
    let back = match &made.invite.room {
        Some(room) => format!("/r/{room}/about"),
        None => "/admin/settings".to_owned(),
    };
    view! {
        <Sheet title=say(Order::HereIsLink) me>
            <section class="part">
                <p>{say(Order::CopyNow)}</p>
                <code class="secret">{link}</code>
                <p class="hint">
                    {count(Order::MayCome, made.invite.left, &[])} <Moment at=made.invite.expires/> "."
                </p>
                <p><a href=back>{say(Order::Back)}</a></p>
            </section>
        </Sheet>
    }
}
