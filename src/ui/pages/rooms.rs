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

/// Which rooms there are, and the ways into others.
#[component]
pub fn DirectoryPage(
    /// What the server knew.
    page: RoomsPage,
) -> impl IntoView {
    let RoomsPage { me, open, next, closed, direct, people } = page;
    let known = me.is_some();
    let nothing = open.is_empty().then(|| view! { <p class="hint">"There are no more."</p> });
    let next = next.map(|after| view! { <p><a href=format!("/rooms?after={after}")>"More rooms"</a></p> });
    view! {
        <Sheet title="Rooms" me>
            <section class="part">
                <h2>"Open rooms"</h2>
                {nothing}
                <ul class="listed">{open.into_iter().map(|room| open_room(room, known)).collect_view()}</ul>
                {next}
                {(!known).then(|| view! { <p class="hint">"There may be more for those who " <a href="/login">"log in"</a> "."</p> })}
            </section>
            {list("By invitation", closed)}
            {list("Among ourselves", direct)}
            {people.map(|people| view! { <WriteTo people/> <NewRoom/> })}
        </Sheet>
    }
}

fn open_room(room: ListedRoom, known: bool) -> impl IntoView {
    let ListedRoom { room, title, topic, joined } = room;
    let join = format!("/api/v1/rooms/{room}/members/me?method=PUT");
    let doing = match (joined, known) {
        (true, _) => Some(view! { <span class="badge">"you are in it"</span> }.into_any()),
        (false, true) => Some(view! { <Press action=join say="Join" about=title.clone()/> }.into_any()),
        (false, false) => None,
    };
    view! {
        <li>
            <div>
                <a href=format!("/r/{room}")>
                    <bdi>{title}</bdi>
                </a>
                {(!topic.is_empty()).then(|| view! { <p class="hint"><bdi>{topic}</bdi></p> })}
            </div>
            <a class="quiet" href=format!("/r/{room}/about") aria-label=format!("About {room}")>"About"</a>
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

fn unread(count: u64) -> String {
    if count > limits::UNREAD { format!("more than {} new", limits::UNREAD) } else { format!("{count} new") }
}

/// What a room is called; one of people among themselves by who they are.
pub fn name_of(room: &RoomSummary) -> String {
    match room.kind {
        RoomKind::Direct if room.with.is_empty() => "Somebody".to_owned(),
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
                <Press action="/api/v1/direct" say="Write to" about=name with/>
            </li>
        }
    };
    let nobody = (people.found.is_empty() && !people.q.is_empty())
        .then(|| view! { <p class="hint" role="status">"There is nobody whose name begins so."</p> });
    view! {
        <section class="part">
            <h2>"Write to somebody"</h2>
            <Seek action="/rooms" label="Their name begins with" q=people.q id="write-to"/>
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
            <h2>"A new room"</h2>
            <p class="hint">"You keep order in what you make."</p>
            <form class="form" method="post" action="/api/v1/rooms">
                <div class="field">
                    <label for="new-title">"What it is called"</label>
                    <input id="new-title" name="title" required maxlength=limits::TITLE_CHARS autocomplete="off"/>
                </div>
                <div class="field">
                    <label for="new-key">"Its key"</label>
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
                    <p class="hint" id="new-key-hint">
                        "Stands in its address, for ever: a to z, 0 to 9 and hyphens, like book-club."
                    </p>
                </div>
                <div class="field">
                    <label for="new-topic">"What it is about"</label>
                    <input id="new-topic" name="topic" maxlength=limits::TOPIC_CHARS autocomplete="off"/>
                </div>
                <fieldset class="field">
                    <legend>"Who may come in"</legend>
                    <label class="tick">
                        <input type="radio" name="kind" value="open" checked/>
                        "Everybody with an account"
                    </label>
                    <label class="tick">
                        <input type="radio" name="kind" value="closed"/>
                        "Only by invitation; for others it is not there"
                    </label>
                </fieldset>
                <button class="main">"Make the room"</button>
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
        NoRoom::LogIn => (
            "For people with an account",
            account("Whoever is in this room has an account here. Log in, and you can read it."),
        ),
        NoRoom::GuestsOff => {
            ("For people with an account", account("This server does not let guests in. Log in, and you can read it."))
        }
        NoRoom::Guest => (
            "For people with an account",
            account("Guests do not read this room. Get an account, and you keep who you are and what you said."),
        ),
        NoRoom::Banned(ban) => ("You are banned from this room", banned(ban, now)),
        NoRoom::MayJoin => ("By invitation", may_join(&room.to_string())),
        NoRoom::NotThere => ("There is nothing here.", not_there(me.is_some())),
    };
    view! {
        <Sheet title me>
            <section class="part">{way} <p><a href="/">"Go to the lobby"</a></p></section>
        </Sheet>
    }
}

fn account(why: &'static str) -> AnyView {
    view! {
        <p>{why}</p>
        <p class="choices">
            <a class="button main" href="/login">"Log in"</a>
            <a class="button" href="/signup">"Get an account"</a>
        </p>
    }
    .into_any()
}

fn banned(ban: Option<Ban>, now: Millis) -> AnyView {
    let Some(Ban { until, reason, .. }) = ban else {
        return view! { <p>"Those who keep order there have sent you out."</p> }.into_any();
    };
    let reason = reason.map(|reason| view! { <p>"They say why: " <q><bdi>{reason}</bdi></q></p> });
    view! {
        <p>"Those who keep order there have sent you out, " <Until until now/> "."</p>
        {reason}
    }
    .into_any()
}

fn may_join(room: &str) -> AnyView {
    let action = format!("/api/v1/rooms/{room}/members/me?method=PUT");
    view! {
        <p>
            "You keep order on this site, so you may come into this room without an invitation. Everybody in it will see \
             that you did."
        </p>
        <Press action say="Join" class="main"/>
    }
    .into_any()
}

fn not_there(known: bool) -> AnyView {
    let log_in = (!known).then(|| view! { " If you have an account, " <a href="/login">"log in"</a> " first." });
    view! {
        <p>"Or not for you: a room by invitation shows itself only to those who are in it." {log_in}</p>
    }
    .into_any()
}
