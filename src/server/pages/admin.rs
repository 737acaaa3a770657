//! What the pages need of those who keep order. For others most of them are not there.

use axum::extract::{Request, State};
use axum::response::Response;
use serde::Deserialize;

use super::{draw, refusal, to_log_in};
use crate::protocol::api::order::Before;
use crate::protocol::api::people::{PeopleQuery, Scope};
use crate::protocol::ids::{PersonId, RoomKey};
use crate::protocol::page::Content;
use crate::protocol::page::admin::{AdminPage, Figure, KeptRoom, PeopleSection, Rate, Section};
use crate::server::access::{self, Admin};
use crate::server::api::Asked;
use crate::server::api::order::page;
use crate::server::auth::Viewer;
use crate::server::chat::{accounts, members, moderation, rooms as chat, settings};
use crate::server::clock;
use crate::server::error::Error;
use crate::server::metrics::{self, lately};
use crate::server::state::{AppState, Shared};
use crate::words::order::Order;
use crate::words::{Words, say};

/// People, rooms, or acts of power, in one page of a list.
const ROWS: usize = 50;
/// Reports in one page.
const REPORTS: usize = 20;

/// Which people.
#[derive(Default, Deserialize)]
pub struct PeopleAsked {
    #[serde(default)]
    q: String,
    after: Option<PersonId>,
}

/// `GET /admin`: people.
pub async fn people(
    State(state): State<Shared>,
    viewer: Viewer,
    asked: Result<Asked<PeopleAsked>, Error>,
    request: Request,
) -> Response {
    let section = match asked {
        Ok(Asked(asked)) => people_section(&state, &viewer, asked).await,
        Err(error) => Err(error),
    };
    show(&state, &viewer, section, request).await
}

async fn people_section(state: &AppState, viewer: &Viewer, asked: PeopleAsked) -> Result<Section, Error> {
    admin(viewer)?;
    let me = access::somebody(viewer, Scope::Read)?;
    let PeopleAsked { q, after } = asked;
    let query = PeopleQuery { q: Some(q.clone()), room: None, after, limit: Some(ROWS + 1) };
    let mut people = accounts::list(state, &me, query).await?;
    let next = (people.len() > ROWS).then(|| people[ROWS - 1].person.id.clone());
    people.truncate(ROWS);
    Ok(Section::People(PeopleSection { q, people, next }))
}

/// Which part of the rooms.
#[derive(Default, Deserialize)]
pub struct RoomsAsked {
    after: Option<RoomKey>,
}

/// `GET /admin/rooms`: all but those of people among themselves.
pub async fn rooms(
    State(state): State<Shared>,
    viewer: Viewer,
    asked: Result<Asked<RoomsAsked>, Error>,
    request: Request,
) -> Response {
    let section = match asked {
        Ok(Asked(asked)) => rooms_section(&state, &viewer, asked).await,
        Err(error) => Err(error),
    };
    show(&state, &viewer, section, request).await
}

async fn rooms_section(state: &AppState, viewer: &Viewer, asked: RoomsAsked) -> Result<Section, Error> {
    let mut found = chat::all(state, &admin(viewer)?, asked.after.as_ref(), ROWS + 1).await?;
    let next = (found.len() > ROWS).then(|| found[ROWS - 1].key.clone());
    found.truncate(ROWS);
    let rooms = found.into_iter().map(|room| KeptRoom {
        kind: room.kind(),
        guests: room.setting.guests,
        archived: room.setting.archived,
        events: room.history.then_some(room.head),
        room: room.key,
        title: room.title,
    });
    Ok(Section::Rooms { rooms: rooms.collect(), next })
}

/// `GET /reports`: what is open in the rooms where one keeps order. Whoever is nobody is asked to log in.
pub async fn reports(
    State(state): State<Shared>,
    viewer: Viewer,
    asked: Result<Asked<Before>, Error>,
    request: Request,
) -> Response {
    let section = match asked {
        Ok(Asked(asked)) => reports_section(&state, &viewer, asked).await,
        Err(error) => Err(error),
    };
    match section {
        Err(Error::Unauthenticated) => to_log_in(&request),
        section => show(&state, &viewer, section, request).await,
    }
}

async fn reports_section(state: &AppState, viewer: &Viewer, asked: Before) -> Result<Section, Error> {
    let me = access::somebody(viewer, Scope::Moderate)?;
    let asked = Before { limit: Some(REPORTS + 1), ..asked };
    let mut reports = moderation::reports(state, &me, page(asked)).await?;
    let next = (reports.len() > REPORTS).then(|| reports[REPORTS - 1].id);
    reports.truncate(REPORTS);
    Ok(Section::Reports { reports, next })
}

/// `GET /admin/audit`: acts of power.
pub async fn audit(
    State(state): State<Shared>,
    viewer: Viewer,
    asked: Result<Asked<Before>, Error>,
    request: Request,
) -> Response {
    let section = match asked {
        Ok(Asked(asked)) => audit_section(&state, &viewer, asked).await,
        Err(error) => Err(error),
    };
    show(&state, &viewer, section, request).await
}

async fn audit_section(state: &AppState, viewer: &Viewer, asked: Before) -> Result<Section, Error> {
    let asked = Before { limit: Some(ROWS + 1), ..asked };
    let mut deeds = moderation::audit(state, &admin(viewer)?, page(asked)).await?;
    let next = (deeds.len() > ROWS).then(|| deeds[ROWS - 1].id);
    deeds.truncate(ROWS);
    Ok(Section::Audit { deeds, next })
}

/// `GET /admin/settings`
pub async fn settings(State(state): State<Shared>, viewer: Viewer, request: Request) -> Response {
    let section = settings_section(&state, &viewer).await;
    show(&state, &viewer, section, request).await
}

async fn settings_section(state: &AppState, viewer: &Viewer) -> Result<Section, Error> {
    admin(viewer)?;
    let mut invites = members::invites(state, &access::somebody(viewer, Scope::Read)?).await?;
    invites.retain(|invite| invite.room.is_none());
    Ok(Section::Settings { settings: settings::site(state).await?.settings().clone(), invites })
}

/// `GET /admin/now`: how the server does.
pub async fn now(State(state): State<Shared>, viewer: Viewer, request: Request) -> Response {
    let section = admin(&viewer).map(|_| now_section(&state));
    show(&state, &viewer, section, request).await
}

fn now_section(state: &AppState) -> Section {
    let figure = |metrics::Figure { help, grows, value, .. }| Figure { help: in_words(help), grows, value };
    let figures = metrics::figures(state.gauges()).into_iter().map(figure).collect();
    let rate = |lately::Rate { says, value }| Rate { says: in_words(says), value };
    Section::Now { rates: lately::rates().into_iter().map(rate).collect(), figures }
}

/// What is counted is told to programs in English; to people as they are spoken to.
fn in_words(english: &'static str) -> &'static str {
    Order::ALL.iter().find(|words| words.english() == english).map_or(english, |words| say(*words))
}

/// For others it is not there.
fn admin(viewer: &Viewer) -> Result<Admin, Error> {
    access::admin(viewer).map_err(|_| Error::NotFound)
}

async fn show(state: &AppState, viewer: &Viewer, section: Result<Section, Error>, request: Request) -> Response {
    match (section, viewer.me()) {
        (Ok(section), Some(me)) => {
            let page = AdminPage { me: me.clone(), now: clock::now(), section };
            draw(state, Content::Admin(Box::new(page)), request).await
        }
        (Ok(_), None) => refusal(state, &Error::NotFound).await,
        (Err(error), _) => refusal(state, &error).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_counted_has_its_words() {
        let told = metrics::figures(metrics::Gauges::default()).into_iter().map(|figure| figure.help);
        for english in told.chain(lately::rates().into_iter().map(|rate| rate.says)) {
            assert!(Order::ALL.iter().any(|words| words.english() == english), "{english}");
        }
    }
}
