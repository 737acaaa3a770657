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

/// How long an invitation holds: words, and seconds.
const INVITE_TERMS: [(&str, &str); 4] =
    [("a day", "86400"), ("a week", "604800"), ("30 days", "2592000"), ("a year", "31536000")];
/// Slow modes: words, and seconds.
const SLOW: [(&str, u64); 7] = [
    ("as they like", 0),
    ("every 5 seconds", 5),
    ("every 30 seconds", 30),
    ("every minute", 60),
    ("every 5 minutes", 300),
    ("every hour", 3_600),
    ("every 6 hours", 21_600),
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
    let join = join.then(|| view! { <Press action=format!("{mine}?method=PUT") say="Join" class="main"/> });
    let leave = power::leave(standing, setting).is_ok();
    let leave = leave.then(|| view! { <Press action=format!("{mine}?method=DELETE") say="Leave"/> });
    let topic = page.room.topic.clone();
    let topic = (!topic.is_empty()).then(|| view! { <p><bdi>{topic}</bdi></p> });
    let slow = (page.slow > 0).then(|| format!("One speaks every {} seconds at most.", page.slow));
    let facts = [
        Some(kind(setting).to_owned()),
        setting.announce.then(|| "Only moderators speak.".to_owned()),
        slow,
        setting.archived.then(|| "It is archived: nobody speaks there any more.".to_owned()),
    ];
    let facts = facts.into_iter().flatten().map(|fact| view! { <li>{fact}</li> }).collect_view();
    view! {
        <section class="part">
            <h2>"In short"</h2>
            {topic}
            <ul class="facts">{facts}</ul>
            <div class="choices">
                <a class="button" href=format!("/r/{key}")>"Open the room"</a>
                {join}
                {leave}
            </div>
        </section>
    }
}

fn kind(setting: Setting) -> &'static str {
    match setting.kind {
        RoomKind::Direct => "People among themselves.",
        RoomKind::Closed => "By invitation: for others it is not there.",
        RoomKind::Open if setting.guests => "Open to everybody, guests too.",
        RoomKind::Open => "Open to everybody with an account.",
    }
}

fn people(page: &AboutPage) -> impl IntoView + use<> {
    let nobody = page.members.is_empty().then(|| view! { <p class="hint">"Nobody has joined it."</p> });
    let rows = page.members.iter().map(|member| row(page, member)).collect_view();
    let key = page.room.room.clone();
    let next = page.next.as_ref().map(|after| {
        view! { <p><a href=format!("/r/{key}/about?after={after}")>"More people"</a></p> }
    });
    view! {
        <section class="part">
            <h2>"Who is in it"</h2>
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
    let muted = muted.map(|_| view! { <span class="badge">"muted"</span> });
    let myself_badge = myself.then(|| view! { <span class="badge">"you"</span> });
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
    let say = match (other, myself) {
        (Role::Moderator, _) => "Make moderator",
        (_, true) => "Step down",
        _ => "Make member",
    };
    let word = if other == Role::Moderator { "moderator" } else { "member" }.to_owned();
    let appoint = appoint.then(|| {
        view! { <Press action=address("members", "PUT") say about=name.clone() with=vec![("role", word)]/> }
    });
    let restrain = power::restrain(standing, setting, whom).is_ok();
    if appoint.is_none() && !restrain {
        return None;
    }
    let muted = member.muted.is_some_and(|until| until > page.now);
    let send_out = restrain
        .then(|| view! { <Press action=address("members", "DELETE") say="Send out" about=name.clone() class="bad"/> });
    let unmute = (restrain && muted)
        .then(|| view! { <Press action=address("mutes", "DELETE") say="Let speak again" about=name.clone()/> });
    let mute = (restrain && !muted)
        .then(|| view! { <Restrain action=address("mutes", "PUT") say="Mute" id=format!("mute-{id}")/> });
    let ban = restrain.then(|| view! { <Restrain action=address("bans", "PUT") say="Ban" id=format!("ban-{id}")/> });
    Some(view! {
        <details class="manage">
            <summary aria-label=format!("Keep order: {name}")>"Keep order"</summary>
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
            <h2>"Change it"</h2>
            <form class="form" method="post" action=action.clone()>
                <div class="field">
                    <label for="title">"What it is called"</label>
                    <input id="title" name="title" value=title required maxlength=limits::TITLE_CHARS autocomplete="off"/>
                </div>
                <div class="field">
                    <label for="topic">"What it is about"</label>
                    <input id="topic" name="topic" value=topic maxlength=limits::TOPIC_CHARS autocomplete="off"/>
                </div>
                <button class="main">"Save"</button>
            </form>
            {slow(page, &action)}
            {switches(page, &action)}
        </section>
    })
}

fn slow(page: &AboutPage, action: &str) -> impl IntoView + use<> {
    let now = page.slow;
    let odd = (SLOW.iter().all(|(_, seconds)| *seconds != now)).then(|| (format!("every {now} seconds"), now));
    let terms = SLOW.iter().map(|(words, seconds)| ((*words).to_owned(), *seconds)).chain(odd);
    let options =
        terms.map(|(words, seconds)| view! { <option value=seconds selected=seconds == now>{words}</option> });
    view! {
        <form class="form seek" method="post" action=action.to_owned()>
            <div class="field">
                <label for="slow">"How often one speaks"</label>
                <select id="slow" name="slow">{options.collect_view()}</select>
            </div>
            <button>"Set"</button>
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
    let mut turns: Vec<(&'static str, Vec<(&'static str, String)>)> = Vec::new();
    if !(open && setting.guests) {
        let with = [kind("open"), flag("guests", true)].concat();
        turns.push(("Open it to guests too", with));
    }
    if !open {
        turns.push(("Open it to everybody with an account", kind("open")));
    } else if setting.guests {
        turns.push(("Let no guests in", flag("guests", false)));
    }
    if open && !lobby {
        turns.push(("Make it by invitation", kind("closed")));
    }
    turns.push(if setting.announce {
        ("Let everybody speak", flag("announce", false))
    } else {
        ("Let only moderators speak", flag("announce", true))
    });
    turns.push(if setting.archived {
        ("Open the archived room again", flag("archived", false))
    } else {
        ("Archive it", flag("archived", true))
    });
    let action = action.to_owned();
    let press = move |(say, with)| view! { <Press action=action.clone() say with/> };
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
            <h2>"Keep order"</h2>
            <p><a href="/reports">"What waits to be looked at"</a></p>
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
                <Press action say="Bring in" about=name/>
            </li>
        }
    };
    let rows: Vec<_> = others.map(row).collect();
    let nobody = (rows.is_empty() && !people.q.is_empty())
        .then(|| view! { <p class="hint" role="status">"There is nobody else whose name begins so."</p> });
    view! {
        <section class="part">
            <h2>"Bring somebody in"</h2>
            <Seek action=format!("/r/{room}/about") label="Their name begins with" q=people.q id="bring-in"/>
            {nobody}
            <ul class="listed">{rows}</ul>
        </section>
    }
}

fn invitations(room: &RoomKey, invites: Vec<Invite>, may: bool) -> impl IntoView + use<> {
    let room = room.to_string();
    view! {
        <section class="part">
            <h2>"Invitations"</h2>
            <p class="hint">"Whoever has such a link may come in."</p>
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
    let options = INVITE_TERMS
        .map(|(words, seconds)| view! { <option value=seconds selected=words == "a week">{words}</option> });
    view! {
        <form class="form" method="post" action="/api/v1/invites">
            {room.map(|room| view! { <input type="hidden" name="room" value=room/> })}
            <div class="field">
                <label for="invite-time">"It holds for"</label>
                <select id="invite-time" name="seconds">{options.collect_view()}</select>
            </div>
            <div class="field">
                <label for="invite-uses">"How many may use it"</label>
                <input id="invite-uses" name="uses" type="number" min="1" max="10000" value="1" required/>
            </div>
            <button class="main">"Make a link"</button>
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
        let about = format!("the invitation by {}", by.name);
        view! {
            <li>
                <div>
                    "By " <Named person=by/>
                    <p class="hint">{left} " more may come with it, until " <Moment at=expires/></p>
                </div>
                <Press action=format!("/api/v1/invites/{id}?method=DELETE") say="End" about/>
            </li>
        }
    };
    view! { <ul class="listed">{invites.into_iter().map(row).collect_view()}</ul> }
}

fn muted(room: &RoomKey, mutes: Vec<Mute>, next: Option<PersonId>, now: Millis) -> impl IntoView + use<> {
    let next = next.map(|after| {
        view! { <p><a href=format!("/r/{room}/about?muted={after}")>"More who are muted"</a></p> }
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
                <Press action say="Let speak again" about=name/>
            </li>
        }
    };
    view! {
        <section class="part">
            <h2>"Who is muted"</h2>
            <ul class="listed">{mutes.into_iter().map(row).collect_view()}</ul>
            {next}
        </section>
    }
}

fn banned(room: &RoomKey, bans: Vec<Ban>, next: Option<PersonId>, now: Millis) -> impl IntoView + use<> {
    let next = next.map(|after| {
        view! { <p><a href=format!("/r/{room}/about?banned={after}")>"More who are banned"</a></p> }
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
                <Press action say="Let in again" about=name/>
            </li>
        }
    };
    view! {
        <section class="part">
            <h2>"Who is banned"</h2>
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
        <Sheet title="Here is the link" me>
            <section class="part">
                <p>"Copy it now: it is shown this once."</p>
                <code class="secret">{link}</code>
                <p class="hint">
                    {made.invite.left} " may come with it, until " <Moment at=made.invite.expires/> "."
                </p>
                <p><a href=back>"Back"</a></p>
            </section>
        </Sheet>
    }
}
