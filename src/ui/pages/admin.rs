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

/// The sections, by their addresses.
const TABS: [(&str, &str); 6] = [
    ("/admin", "People"),
    ("/admin/rooms", "Rooms"),
    ("/reports", "Reports"),
    ("/admin/audit", "Acts of power"),
    ("/admin/settings", "Settings"),
    ("/admin/now", "Now"),
];

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
    let title = if everywhere { "Keep order" } else { "Reports" };
    view! {
        <Sheet title me=Some(me)>
            {everywhere.then(|| tabs(place))}
            {section}
        </Sheet>
    }
}

fn tabs(place: &'static str) -> impl IntoView {
    let tab = |(address, name): (&'static str, &'static str)| {
        view! { <a href=address aria-current=(address == place).then_some("page")>{name}</a> }
    };
    view! { <nav class="tabs" aria-label="Keep order">{TABS.map(tab).collect_view()}</nav> }
}

fn people(me: &Me, section: PeopleSection, now: Millis) -> impl IntoView + use<> {
    let PeopleSection { q, people, next } = section;
    let nobody = people.is_empty().then(|| view! { <p role="status">"There is nobody whose name begins so."</p> });
    let more = next.map(|after| {
        view! { <p><a href=format!("/admin?q={}&after={after}", encoded(&q))>"More people"</a></p> }
    });
    let rows = people.into_iter().map(|profile| person(me, profile, now)).collect_view();
    view! {
        <section class="part">
            <h2>"People"</h2>
            <Seek action="/admin" label="Their name begins with" q=q.clone() id="people"/>
            <p class="hint">"Guests are found by their names only."</p>
            {nobody}
            <ul class="listed">{rows}</ul>
            {more}
        </section>
    }
}

fn person(me: &Me, profile: Profile, now: Millis) -> impl IntoView + use<> {
    let banned = profile.banned.filter(|until| *until > now);
    let badge = banned.map(|until| view! { <span class="badge alarm">"banned " <Until until now/></span> });
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
    let promote = |to: Role, word: &str, say| {
        // A guest has no account that could be given power.
        let may = profile.role > Role::Guest && power::promote(me.role, profile.role, to).is_ok();
        let with = vec![("role", word.to_owned())];
        let action = format!("/api/v1/people/{id}/role?method=PUT");
        (may && profile.role != to).then(|| view! { <Press action say about=name.clone() with/> })
    };
    let admin = promote(Role::Admin, "admin", "Make admin");
    let member = promote(Role::Member, "member", "Make member");
    let owner = promote(Role::Owner, "owner", "Hand the site over to");
    let address = |method: &str| format!("/api/v1/bans/{id}?method={method}");
    let unban = banned.then(|| view! { <Press action=address("DELETE") say="Let in again" about=name.clone()/> });
    let ban = (!banned).then(|| {
        view! { <Restrain action=address("PUT") say="Ban from the site" id=format!("ban-{id}") network=true/> }
    });
    Some(view! {
        <details class="manage">
            <summary aria-label=format!("Keep order: {name}")>"Keep order"</summary>
            <div class="deeds">
                <div class="choices">{admin} {member} {owner} {unban}</div>
                {ban}
            </div>
        </details>
    })
}

fn kept_rooms(rooms: Vec<KeptRoom>, next: Option<RoomKey>) -> impl IntoView {
    let next = next.map(|after| view! { <p><a href=format!("/admin/rooms?after={after}")>"More rooms"</a></p> });
    let row = |room: KeptRoom| {
        let KeptRoom { room: key, title, kind, guests, archived, events } = room;
        let kind = match kind {
            RoomKind::Closed => "by invitation",
            RoomKind::Open if guests => "open to guests",
            RoomKind::Open | RoomKind::Direct => "open",
        };
        let say = if archived { "Open again" } else { "Archive" };
        let with = vec![("archived", (!archived).to_string())];
        view! {
            <li>
                <div class="who-is">
                    <a href=format!("/r/{key}/about")>
                        <bdi>{title.clone()}</bdi>
                    </a>
                    <span class="badge">{kind}</span>
                    {archived.then(|| view! { <span class="badge">"archived"</span> })}
                    <span class="hint">{events} " events"</span>
                </div>
                <Press action=format!("/api/v1/rooms/{key}?method=PATCH") say about=title with/>
            </li>
        }
    };
    view! {
        <section class="part">
            <h2>"Rooms"</h2>
            <p class="hint">"All but those of people among themselves."</p>
            <ul class="listed">{rooms.into_iter().map(row).collect_view()}</ul>
            {next}
        </section>
    }
}

fn open_reports(reports: Vec<Report>, next: Option<u64>) -> impl IntoView {
    let nothing = reports.is_empty().then(|| view! { <p role="status">"Nothing waits for you."</p> });
    let next = next.map(|before| view! { <p><a href=format!("/reports?before={before}")>"Older ones"</a></p> });
    view! {
        <section class="part">
            <h2>"What waits to be looked at"</h2>
            {nothing}
            <ol class="reports">{reports.into_iter().map(report).collect_view()}</ol>
            {next}
        </section>
    }
}

fn report(report: Report) -> impl IntoView {
    let Report { id, room, title, at, by, reason, context, seq, author, held, .. } = report;
    let action = format!("/api/v1/reports/{id}?method=PUT");
    let about = format!("what {} wrote", author.name);
    let (keep, remove) = if held.is_some() { ("Say it", "Never") } else { ("Nothing wrong", "Remove") };
    let settle = |outcome: &str| vec![("outcome", outcome.to_owned())];
    let whence = match by {
        Some(by) => view! { "Reported by " <Named person=by/> }.into_any(),
        None => "Held back by the word filter".into_any(),
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
                <p class="hint"><a href=format!("/r/{room}/{seq}/act")>"More that can be done"</a></p>
            }
            .into_any()
        }
    };
    let title = if title.is_empty() { "Among ourselves".to_owned() } else { title };
    view! {
        <li>
            <p>
                {whence}
                " in "
                <bdi>{title}</bdi>
                ", "
                <Moment at/>
            </p>
            {(!reason.is_empty()).then(|| view! { <p><q><bdi>{reason}</bdi></q></p> })}
            {shown}
            <div class="choices">
                <Press action=action.clone() say=keep about=about.clone() with=settle("dismissed")/>
                <Press action say=remove about class="bad" with=settle("removed")/>
            </div>
        </li>
    }
}

fn audit(deeds: Vec<Deed>, next: Option<u64>) -> impl IntoView {
    let nothing = deeds.is_empty().then(|| view! { <p role="status">"Nobody has used their power yet."</p> });
    let next = next.map(|before| view! { <p><a href=format!("/admin/audit?before={before}")>"Older ones"</a></p> });
    view! {
        <section class="part">
            <h2>"Acts of power"</h2>
            {nothing}
            <ol class="found-list">{deeds.into_iter().map(deed).collect_view()}</ol>
            {next}
        </section>
    }
}

fn deed(deed: Deed) -> impl IntoView {
    let Deed { at, by, act, room, who, text, .. } = deed;
    let by =
        by.map_or_else(|| "Somebody at the machine itself".into_any(), |by| view! { <Named person=by/> }.into_any());
    let who = who.map(|who| view! { " " <Named person=who/> });
    let room = room.map(|room| view! { " in " <a href=format!("/r/{room}/about")>{room.to_string()}</a> });
    let detail = text.and_then(|text| detail(&act, &text));
    let detail = detail.map(|detail| view! { <p class="hint" dir="auto">{detail}</p> });
    view! {
        <li>
            <p>{by} " " {done(&act).to_owned()} {who} {room}</p>
            {detail}
            <p class="hint">
                <Moment at/>
            </p>
        </li>
    }
}

/// What somebody did, before the name of whom they did it to.
fn done(act: &str) -> &str {
    match act {
        "added" => "brought in",
        "removed" => "sent out",
        "role" => "gave another role to",
        "unmuted" => "let speak again",
        "unbanned" => "let in again",
        "title" => "changed the title",
        "topic" => "changed the topic",
        "kind" => "changed who may come in",
        "guests" => "changed whether guests may come in",
        "announce" => "changed who may speak",
        "slow" => "changed how often one may speak",
        "archived" => "changed whether it is archived",
        "deleted" => "deleted a message by",
        "settled" => "settled a report about",
        "invited" => "made an invitation",
        "promoted" => "gave another role on the site to",
        "site_banned" => "banned from the site",
        "site_unbanned" => "let onto the site again",
        "settings" => "changed how the site is set",
        other => other,
    }
}

/// What more the log says, for people.
fn detail(act: &str, text: &str) -> Option<String> {
    match act {
        "settings" => serde_json::from_str(text).ok().map(|settings: Settings| {
            let Settings { sign_up, guest_minutes, refused_words, held_words } = settings;
            let (refused, held) = (refused_words.len(), held_words.len());
            let who = match sign_up {
                SignUpPolicy::Open => "everybody signs up",
                SignUpPolicy::Invite => "signing up takes an invitation",
                SignUpPolicy::Closed => "nobody signs up",
            };
            format!("{who}; new guests wait {guest_minutes} min with links; words refused: {refused}, words that hold back: {held}")
        }),
        "deleted" => Some(format!("message {text}")),
        _ => Some(text.split(", ").map(part).collect::<Vec<_>>().join(", ")),
    }
}

/// Points in time stand there as programs write them.
fn part(part: &str) -> String {
    match part.strip_prefix("until ").and_then(|at| at.parse().ok()) {
        Some(at) => format!("until {}, {}", time::day(at, None), time::clock(at, None)),
        None => part.to_owned(),
    }
}

fn set(settings: Settings, invites: Vec<Invite>) -> impl IntoView {
    let Settings { sign_up, guest_minutes, refused_words, held_words } = settings;
    let policy = |value: &'static str, means, words| {
        view! {
            <label class="tick">
                <input type="radio" name="sign_up" value=value checked=sign_up == means/>
                {words}
            </label>
        }
    };
    view! {
        <section class="part">
            <h2>"How this site is set"</h2>
            <form class="form" method="post" action="/api/v1/settings?method=PATCH">
                <fieldset class="field">
                    <legend>"Who may sign up"</legend>
                    {policy("open", SignUpPolicy::Open, "Everybody")}
                    {policy("invite", SignUpPolicy::Invite, "Whoever has an invitation")}
                    {policy("closed", SignUpPolicy::Closed, "Nobody")}
                </fieldset>
                <div class="field">
                    <label for="guest-minutes">"Minutes in which a new guest posts no links"</label>
                    <input id="guest-minutes" name="guest_minutes" type="number" min="0" max="10080" value=guest_minutes/>
                </div>
                {words("refused_words", "Words that no message holds", refused_words)}
                {words("held_words", "Words that hold a message back until it was looked at", held_words)}
                <button class="main">"Save"</button>
            </form>
        </section>
        <section class="part">
            <h2>"Invitations to sign up"</h2>
            <NewInvite/>
            <Invites invites/>
        </section>
    }
}

/// Those that there are, each of which may be let go, and room for others.
fn words(name: &'static str, says: &'static str, words: Vec<String>) -> impl IntoView {
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
            <legend>{says}</legend>
            <div class="words">{kept.collect_view()}</div>
            <label for=id.clone()>"Others, one a line"</label>
            <textarea id=id name=name rows="3" aria-describedby=hint.clone() spellcheck="false"></textarea>
            <p class="hint" id=hint>"What is not ticked is let go."</p>
        </fieldset>
    }
}

fn counted(rates: Vec<Rate>, figures: Vec<Figure>) -> impl IntoView {
    let (counted, now): (Vec<Figure>, Vec<Figure>) = figures.into_iter().partition(|figure| figure.grows);
    let told = |figures: Vec<Figure>| figures.into_iter().map(|it| (it.help, it.value.to_string())).collect();
    let rates = rates.into_iter().map(|rate| (rate.says, amount(rate.value))).collect();
    let row = |(says, value)| view! { <tr><th scope="row">{says}</th> <td>{value}</td></tr> };
    let table = move |title, rows: Vec<(&'static str, String)>| {
        view! {
            <section class="part">
                <h2>{title}</h2>
                <table class="table figures">
                    <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
                </table>
            </section>
        }
    };
    view! {
        {table("Now", told(now))}
        {table("In the last minute", rates)}
        {table("Since the start", told(counted))}
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
