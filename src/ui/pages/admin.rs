//! Pages for those who keep order: people, rooms, reports, acts of power, settings, and how the server does.

use leptos::prelude::*;

use super::about::{Invites, NewInvite};
use super::deed::{Moment, Named, Press, Restrain, Seek, Until, role};
use super::message::said;
use super::sheet::Sheet;
use crate::protocol::api::Me;
use crate::protocol::api::order::{Deed, Report, Settings, SignUpPolicy};
use crate::protocol::api::people::{Invite, Profile};
use crate::protocol::calls::encoded;
use crate::protocol::ids::{Millis, RoomKey};
use crate::protocol::page::admin::{AdminPage, Figure, KeptRoom, PeopleSection, Rate, Section};
use crate::protocol::power::{self, Role, RoomKind};
use crate::ui::time;
use crate::words::door::Door;
use crate::words::live::Live;
use crate::words::order::Order;
use crate::words::{count, fill, say};

/// One of these pages.
#[component]
pub fn Admin(
    /// What the server knew.
    page: AdminPage,
) -> impl IntoView {
    let AdminPage { me, now, section } = page;
    let (place, section) = match section {
        Section::People(section) => ("/admin", people(&me, section, now).into_any()),
        Section::Rooms { rooms, next } => ("/admin/rooms", kept_rooms(rooms, next).into_any()),
        Section::Reports { reports, next } => ("/reports", open_reports(reports, next).into_any()),
        Section::Audit { deeds, next } => ("/admin/audit", audit(deeds, next).into_any()),
        Section::Settings { settings, invites } => ("/admin/settings", set(settings, invites).into_any()),
        Section::Now { rates, figures } => ("/admin/now", counted(rates, figures).into_any()),
    };
    let everywhere = me.role >= Role::Admin;
    let title = if everywhere { say(Door::KeepOrder) } else { say(Order::Reports) };
    view! {
        <Sheet title me=Some(me)>
            {everywhere.then(|| tabs(place))}
            {section}
        </Sheet>
    }
}

/// The sections, by their addresses.
fn tabs(place: &'static str) -> impl IntoView {
    let tabs = [
        ("/admin", say(Live::People)),
        ("/admin/rooms", say(Live::Rooms)),
        ("/reports", say(Order::Reports)),
        ("/admin/audit", say(Order::ActsOfPower)),
        ("/admin/settings", say(Live::Settings)),
        ("/admin/now", say(Order::Now)),
    ];
    let tab = |(address, name): (&'static str, &'static str)| {
        view! { <a href=address aria-current=(address == place).then_some("page")>{name}</a> }
    };
    view! { <nav class="tabs" aria-label=say(Door::KeepOrder)>{tabs.map(tab).collect_view()}</nav> }
}

fn people(me: &Me, section: PeopleSection, now: Millis) -> impl IntoView + use<> {
    let PeopleSection { q, people, next } = section;
    let nobody = people.is_empty().then(|| view! { <p role="status">{say(Order::NobodyOfThatName)}</p> });
    let more = next.map(|after| {
        view! { <p><a href=format!("/admin?q={}&after={after}", encoded(&q))>{say(Order::MorePeople)}</a></p> }
    });
    let rows = people.into_iter().map(|profile| person(me, profile, now)).collect_view();
    view! {
        <section class="part">
            <h2>{say(Live::People)}</h2>
            <Seek action="/admin" label=say(Order::NameBegins) q=q.clone() id="people"/>
            <p class="hint">{say(Order::GuestsByName)}</p>
            {nobody}
            <ul class="listed">{rows}</ul>
            {more}
        </section>
    }
}

fn person(me: &Me, profile: Profile, now: Millis) -> impl IntoView + use<> {
    let banned = profile.banned.filter(|until| *until > now);
    let badge = banned.map(|until| {
        view! { <span class="badge alarm">{say(Order::BannedFor)} <Until until now/></span> }
    });
    view! {
        <li>
            <div class="who-is">
                <Named person=profile.person.clone()/>
                <span class="badge">{role(profile.role)}</span>
                {badge}
            </div>
            {over(me, &profile, banned.is_some())}
        </li>
    }
}

/// What one may do about somebody on the whole site.
fn over(me: &Me, profile: &Profile, banned: bool) -> Option<impl IntoView + use<>> {
    power::govern(me.role, profile.role).ok()?;
    let (id, name) = (&profile.person.id, &profile.person.name);
    let promote = |to: Role, word: &str, words: Order| {
        // A guest has no account that could be given power.
        let may = profile.role > Role::Guest && power::promote(me.role, profile.role, to).is_ok();
        let with = vec![("role", word.to_owned())];
        let action = format!("/api/v1/people/{id}/role?method=PUT");
        (may && profile.role != to).then(|| view! { <Press action says=say(words) about=name.clone() with/> })
    };
    let admin = promote(Role::Admin, "admin", Order::MakeAdmin);
    let member = promote(Role::Member, "member", Order::MakeMember);
    let owner = promote(Role::Owner, "owner", Order::HandSiteOver);
    let address = |method: &str| format!("/api/v1/bans/{id}?method={method}");
    let unban = banned.then(|| {
        view! { <Press action=address("DELETE") says=say(Order::LetInAgain) about=name.clone()/> }
    });
    let ban = (!banned).then(|| {
        let says = say(Order::BanFromSite);
        view! { <Restrain action=address("PUT") says id=format!("ban-{id}") network=true/> }
    });
    Some(view! {
        <details class="manage">
            <summary aria-label=fill(Order::KeepOrderWith, &[name])>{say(Door::KeepOrder)}</summary>
            <div class="deeds">
                <div class="choices">{admin} {member} {owner} {unban}</div>
                {ban}
            </div>
        </details>
    })
}

fn kept_rooms(rooms: Vec<KeptRoom>, next: Option<RoomKey>) -> impl IntoView {
    let next = next.map(|after| {
        view! { <p><a href=format!("/admin/rooms?after={after}")>{say(Order::MoreRooms)}</a></p> }
    });
    let row = |room: KeptRoom| {
        let KeptRoom { room: key, title, kind, guests, archived, events } = room;
        let kind = match kind {
            RoomKind::Closed => Order::IsByInvitation,
            RoomKind::Open if guests => Order::IsOpenToGuests,
            RoomKind::Open | RoomKind::Direct => Order::IsOpen,
        };
        let events =
            events.map_or_else(|| say(Order::KeepsNothing).to_owned(), |events| count(Order::Events, events, &[]));
        let says = say(if archived { Order::OpenAgain } else { Order::Archive });
        let with = vec![("archived", (!archived).to_string())];
        view! {
            <li>
                <div class="who-is">
                    <a href=format!("/r/{key}/about")>
                        <bdi>{title.clone()}</bdi>
                    </a>
                    <span class="badge">{say(kind)}</span>
                    {archived.then(|| view! { <span class="badge">{say(Order::Archived)}</span> })}
                    <span class="hint">{events}</span>
                </div>
                <Press action=format!("/api/v1/rooms/{key}?method=PATCH") says about=title with/>
            </li>
        }
    };
    view! {
        <section class="part">
            <h2>{say(Live::Rooms)}</h2>
            <p class="hint">{say(Order::NotThoseOfPeople)}</p>
            <ul class="listed">{rooms.into_iter().map(row).collect_view()}</ul>
            {next}
        </section>
    }
}

fn open_reports(reports: Vec<Report>, next: Option<u64>) -> impl IntoView {
    let nothing = reports.is_empty().then(|| view! { <p role="status">{say(Order::NothingWaits)}</p> });
    let next = next.map(|before| {
        view! { <p><a href=format!("/reports?before={before}")>{say(Door::OlderOnes)}</a></p> }
    });
    view! {
        <section class="part">
            <h2>{say(Order::WaitsToBeSeen)}</h2>
            {nothing}
            <ol class="reports">{reports.into_iter().map(report).collect_view()}</ol>
            {next}
        </section>
    }
}

fn report(report: Report) -> impl IntoView {
    let Report { id, room, title, at, by, reason, context, seq, author, held, .. } = report;
    let action = format!("/api/v1/reports/{id}?method=PUT");
    let about = fill(Order::WhatTheyWrote, &[&author.name]);
    let (keep, remove) =
        if held.is_some() { (Order::SayIt, Order::Never) } else { (Order::NothingWrong, Order::Remove) };
    let settle = |outcome: &str| vec![("outcome", outcome.to_owned())];
    let whence = match by {
        Some(by) => view! { {say(Order::ReportedBy)} <Named person=by/> }.into_any(),
        None => say(Order::HeldBack).into_any(),
    };
    let shown = match (held, seq) {
        (Some(text), _) => view! {
            <ol class="context">
                <li class="this">
                    <p class="hint"><Named person=author/></p>
                    <p class="text" dir="auto">{text}</p>
                </li>
            </ol>
        }
        .into_any(),
        (None, seq) => {
            let seq = seq.unwrap_or_default();
            let around = context.iter().map(|event| said(event, seq)).collect_view();
            view! {
                <ol class="context">{around}</ol>
                <p class="hint"><a href=format!("/r/{room}/{seq}/act")>{say(Order::MoreCanBeDone)}</a></p>
            }
            .into_any()
        }
    };
    let title = if title.is_empty() { say(Door::AmongOurselves).to_owned() } else { title };
    view! {
        <li>
            <p>
                {whence}
                {say(Door::Within)}
                <bdi>{title}</bdi>
                ", "
                <Moment at/>
            </p>
            {(!reason.is_empty()).then(|| view! { <p><q><bdi>{reason}</bdi></q></p> })}
            {shown}
            <div class="choices">
                <Press action=action.clone() says=say(keep) about=about.clone() with=settle("dismissed")/>
                <Press action says=say(remove) about class="bad" with=settle("removed")/>
            </div>
        </li>
    }
}

fn audit(deeds: Vec<Deed>, next: Option<u64>) -> impl IntoView {
    let nothing = deeds.is_empty().then(|| view! { <p role="status">{say(Order::NobodyUsedPower)}</p> });
    let next = next.map(|before| {
        view! { <p><a href=format!("/admin/audit?before={before}")>{say(Door::OlderOnes)}</a></p> }
    });
    view! {
        <section class="part">
            <h2>{say(Order::ActsOfPower)}</h2>
            {nothing}
            <ol class="found-list">{deeds.into_iter().map(deed).collect_view()}</ol>
            {next}
        </section>
    }
}

fn deed(deed: Deed) -> impl IntoView {
    let Deed { at, by, act, room, who, text, .. } = deed;
    let by = match by {
        Some(by) => view! { <Named person=by/> }.into_any(),
        None => say(Order::SomebodyAtMachine).into_any(),
    };
    let who = who.map(|who| view! { " " <Named person=who/> });
    let room = room.map(|room| {
        view! { {say(Door::Within)} <a href=format!("/r/{room}/about")>{room.to_string()}</a> }
    });
    let rest = Some(done_besides(&act)).filter(|rest| !rest.is_empty()).map(|rest| format!(" {rest}"));
    let detail = text.and_then(|text| detail(&act, &text));
    let detail = detail.map(|detail| view! { <p class="hint" dir="auto">{detail}</p> });
    view! {
        <li>
            <p>{by} " " {done(&act).to_owned()} {who} {room} {rest}</p>
            {detail}
            <p class="hint">
                <Moment at/>
            </p>
        </li>
    }
}

/// What somebody did, before the name of whom they did it to, and where.
fn done(act: &str) -> &str {
    around(act).0
}

/// What is said of it behind them.
fn done_besides(act: &str) -> &str {
    around(act).1
}

fn around(act: &str) -> (&str, &str) {
    let words = match act {
        "added" => Order::DidAdd,
        "removed" => Order::DidRemove,
        "role" => Order::DidAppoint,
        "muted" => Order::DidMute,
        "unmuted" => Order::DidUnmute,
        "banned" => Order::DidBan,
        "unbanned" => Order::DidUnban,
        "title" => Order::DidChangeTitle,
        "topic" => Order::DidChangeTopic,
        "kind" => Order::DidChangeKind,
        "guests" => Order::DidChangeGuests,
        "announce" => Order::DidChangeSpeakers,
        "slow" => Order::DidChangeSlow,
        "archived" => Order::DidArchive,
        "deleted" => Order::DidDelete,
        "settled" => Order::DidSettle,
        "invited" => Order::DidInvite,
        "promoted" => Order::DidPromote,
        "site_banned" => Order::DidBanFromSite,
        "site_unbanned" => Order::DidUnbanFromSite,
        "settings" => Order::DidSetSite,
        other => return (other, ""),
    };
    let (before, behind) = say(words).split_once("{0}").unwrap_or_default();
    (before.trim_end(), behind.trim_start())
}

/// What more the log says, for people.
fn detail(act: &str, text: &str) -> Option<String> {
    match act {
        "settings" => serde_json::from_str(text).ok().map(|settings: Settings| {
            let Settings { sign_up, guest_minutes, refused_words, held_words } = settings;
            let who = match sign_up {
                SignUpPolicy::Open => Order::EverybodySignsUp,
                SignUpPolicy::Invite => Order::InvitedSignUp,
                SignUpPolicy::Closed => Order::NobodySignsUp,
            };
            let (refused, held) = (refused_words.len().to_string(), held_words.len().to_string());
            fill(Order::SiteWasSet, &[say(who), &guest_minutes.to_string(), &refused, &held])
        }),
        "deleted" => Some(fill(Order::NumberedMessage, &[text])),
        _ => Some(match value(act, text) {
            Some(value) => value.to_owned(),
            None => text.split(", ").map(part).collect::<Vec<_>>().join(", "),
        }),
    }
}

/// What programs have a word of their own for.
fn value(act: &str, text: &str) -> Option<&'static str> {
    let words = match (act, text) {
        ("role" | "promoted", word) => return serde_json::from_value::<Role>(word.into()).ok().map(role),
        ("kind", "open") => Order::IsOpen,
        ("kind", "closed") => Order::IsClosed,
        ("guests" | "announce" | "archived", "on") => Order::On,
        ("guests" | "announce" | "archived", "off") => Order::Off,
        ("settled", "dismissed") => Order::Dismissed,
        ("settled", "removed") => Order::Removed,
        _ => return None,
    };
    Some(say(words))
}

/// Points in time stand there as programs write them.
fn part(part: &str) -> String {
    match part.strip_prefix("until ").and_then(|at| at.parse().ok()) {
        Some(at) => format!("{}{}, {}", say(Door::Until), time::day(at, None), time::clock(at, None)),
        None => part.to_owned(),
    }
}

fn set(settings: Settings, invites: Vec<Invite>) -> impl IntoView {
    let Settings { sign_up, guest_minutes, refused_words, held_words } = settings;
    let policy = |value: &'static str, means, words: Order| {
        view! {
            <label class="tick">
                <input type="radio" name="sign_up" value=value checked=sign_up == means/>
                {say(words)}
            </label>
        }
    };
    view! {
        <section class="part">
            <h2>{say(Order::HowSiteIsSet)}</h2>
            <form class="form" method="post" action="/api/v1/settings?method=PATCH">
                <fieldset class="field">
                    <legend>{say(Order::WhoMaySignUp)}</legend>
                    {policy("open", SignUpPolicy::Open, Order::Everybody)}
                    {policy("invite", SignUpPolicy::Invite, Order::WhoeverIsInvited)}
                    {policy("closed", SignUpPolicy::Closed, Order::Nobody)}
                </fieldset>
                <div class="field">
                    <label for="guest-minutes">{say(Order::GuestMinutes)}</label>
                    <input id="guest-minutes" name="guest_minutes" type="number" min="0" max="10080" value=guest_minutes/>
                </div>
                {words("refused_words", Order::RefusedWords, refused_words)}
                {words("held_words", Order::HeldWords, held_words)}
                <button class="main">{say(Live::Save)}</button>
            </form>
        </section>
        <section class="part">
            <h2>{say(Order::InvitationsToSignUp)}</h2>
            <NewInvite/>
            <Invites invites/>
        </section>
    }
}

/// Those that there are, each of which may be let go, and room for others.
fn words(name: &'static str, says: Order, words: Vec<String>) -> impl IntoView {
    let (id, hint) = (format!("{name}-new"), format!("{name}-hint"));
    let kept = words.into_iter().map(|word| {
        view! {
            <label class="tick">
                <input type="checkbox" name=name value=word.clone() checked/>
                <bdi>{word}</bdi>
            </label>
        }
    });
    view! {
        <fieldset class="field">
            <legend>{say(says)}</legend>
            <div class="words">{kept.collect_view()}</div>
            <label for=id.clone()>{say(Order::OtherWords)}</label>
            <textarea id=id name=name rows="3" aria-describedby=hint.clone() spellcheck="false"></textarea>
            <p class="hint" id=hint>{say(Order::AboutTicks)}</p>
        </fieldset>
    }
}

fn counted(rates: Vec<Rate>, figures: Vec<Figure>) -> impl IntoView {
    let (counted, now): (Vec<Figure>, Vec<Figure>) = figures.into_iter().partition(|figure| figure.grows);
    let told = |figures: Vec<Figure>| figures.into_iter().map(|it| (it.help, it.value.to_string())).collect();
    let rates = rates.into_iter().map(|rate| (rate.says, amount(rate.value))).collect();
    let row = |(says, value)| view! { <tr><th scope="row">{says}</th> <td>{value}</td></tr> };
    let table = move |title: Order, rows: Vec<(&'static str, String)>| {
        view! {
            <section class="part">
                <h2>{say(title)}</h2>
                <table class="table figures">
                    <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
                </table>
            </section>
        }
    };
    view! {
        {table(Order::Now, told(now))}
        {table(Order::LastMinute, rates)}
        {table(Order::SinceStart, told(counted))}
    }
}

/// As exact as it is read: few of something are told to the hundredth.
fn amount(value: f64) -> String {
    if value >= 100.0 || value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_told_as_exactly_as_one_reads_them() {
        assert_eq!(
            [0.0, 1.0 / 60.0, 2.5, 60.0, 99.999, 12_345.6].map(amount),
            ["0", "0.02", "2.50", "60", "100.00", "12346"]
        );
    }

    #[test]
    fn the_log_of_acts_of_power_is_told_in_words() {
        assert_eq!(
            detail("banned", "until 1795338300000, spam, again").as_deref(),
            Some("until 2026-11-22, 09:05 UTC, spam, again")
        );
        assert_eq!(detail("deleted", "7").as_deref(), Some("message 7"));
        let settings = serde_json::to_string(&Settings::default()).expect("plain data");
        let told = "everybody signs up; new guests wait 0 min with links; words refused: 0, words that hold back: 0";
        assert_eq!(detail("settings", &settings).as_deref(), Some(told));
        assert_eq!((done("site_banned"), done("muted")), ("banned from the site", "muted"));
    }
}
