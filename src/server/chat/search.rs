//! Looking for messages: only ever in rooms that one may read.

use super::marking::marked;
use super::names;
use crate::protocol::api::search::{Hit, Hits, SearchQuery};
use crate::protocol::event::{Event, What};
use crate::protocol::ids::RoomKey;
use crate::protocol::limits;
use crate::protocol::page::finding::FoundMessage;
use crate::protocol::search;
use crate::server::access;
use crate::server::auth::Viewer;
use crate::server::clock;
use crate::server::error::Error;
use crate::server::state::AppState;
use crate::server::store::Search;

/// The messages that hold what is looked for, the newest first.
pub async fn search(state: &AppState, viewer: &Viewer, asked: &SearchQuery) -> Result<Hits, Error> {
    access::visitor(state, viewer.caller.as_ref())?;
    state.guard.rates.search(viewer.me().map(|me| &me.id), viewer.whence.from)?;
    let query = search::SearchQuery::parse(&asked.q);
    let mut rooms = readable(state, viewer, query.room.as_deref()).await?;
    rooms.retain(|room| asked.room.as_ref().is_none_or(|only| only == room));
    let from = match &query.from {
        None => None,
        Some(name) => match state.store.people().named(&names::likeness(name)).await? {
            Some(person) => Some(person.id),
            // Nobody of that name has said anything.
            None => return Ok(Hits::default()),
        },
    };
    let found = state.store.logs().search(Search {
        terms: query.terms,
        from,
        rooms,
        before: query.before,
        after: query.after,
        limit: asked.limit.unwrap_or(limits::NEWEST_EVENTS).clamp(1, limits::LIST),
        older_than: asked.older_than,
    });
    let found = found.await?;
    // Somebody may have been sent out of a room while it was searched.
    let rooms = readable(state, viewer, None).await?;
    let hits = found.hits.into_iter().filter(|hit| rooms.contains(&hit.room));
    let hits = hits.map(|hit| Hit { room: hit.room, event: Event::clone(&hit.event) }).collect();
    Ok(Hits { hits, more: found.more.is_some(), next: found.more, behind: found.behind })
}

/// What a page shows of messages that were found: of each the part that was looked for.
pub async fn shown(state: &AppState, hits: Vec<Hit>, q: &str) -> Result<Vec<FoundMessage>, Error> {
    let terms = search::SearchQuery::parse(q).terms;
    let mut shown = Vec::new();
    for Hit { room, event: Event { seq, at, by, what, .. } } in hits {
        let What::Posted(post) = what else { continue };
        let title = state.store.rooms().room(&room).await?.map(|room| room.title.clone()).unwrap_or_default();
        shown.push(FoundMessage { room, title, seq, at, by, text: marked(&post.body, &terms) });
    }
    Ok(shown)
}

async fn readable(state: &AppState, viewer: &Viewer, named: Option<&str>) -> Result<Vec<RoomKey>, Error> {
    Ok(state.store.rooms().readable(viewer.me().map(|me| &me.id), named, clock::now()).await?)
}
