//! What the pages of messages need that were looked for, or that name somebody.

use axum::extract::{Request, State};
use axum::response::Response;

use super::{draw, refusal, to_log_in};
use crate::protocol::api::order::Before;
use crate::protocol::api::people::Scope;
use crate::protocol::api::search::SearchQuery;
use crate::protocol::limits;
use crate::protocol::page::Content;
use crate::protocol::page::finding::{FoundMessages, MentionsPage, SearchPage};
use crate::server::access;
use crate::server::api::Asked;
use crate::server::auth::Viewer;
use crate::server::chat::{rooms, search as found};
use crate::server::error::Error;
use crate::server::state::{AppState, Shared};

/// `GET /search`
pub async fn search(
    State(state): State<Shared>,
    viewer: Viewer,
    asked: Result<Asked<SearchQuery>, Error>,
    request: Request,
) -> Response {
    let page = match asked {
        Ok(Asked(asked)) => search_page(&state, &viewer, asked).await,
        Err(error) => Err(error),
    };
    match page {
        Ok(page) => draw(&state, Content::Search(Box::new(page)), request).await,
        Err(error) => refusal(&state, &error).await,
    }
}

async fn search_page(state: &AppState, viewer: &Viewer, asked: SearchQuery) -> Result<SearchPage, Error> {
    access::visitor(state, viewer.caller.as_ref())?;
    let found = if asked.q.trim().is_empty() {
        None
    } else {
        let hits = found::search(state, viewer, &asked).await?;
        let messages = found::shown(state, hits.hits, &asked.q).await?;
        Some(FoundMessages { messages, next: hits.next, behind: hits.behind })
    };
    Ok(SearchPage { me: viewer.me().cloned(), q: asked.q, room: asked.room, found })
}

/// `GET /mentions`: whoever is nobody is asked to log in.
pub async fn mentions(
    State(state): State<Shared>,
    viewer: Viewer,
    asked: Result<Asked<Before>, Error>,
    request: Request,
) -> Response {
    let page = match asked {
        Ok(Asked(asked)) => mentions_page(&state, &viewer, asked).await,
        Err(error) => Err(error),
    };
    match page {
        Ok(page) => draw(&state, Content::Mentions(Box::new(page)), request).await,
        Err(Error::Unauthenticated) => to_log_in(&request),
        Err(error) => refusal(&state, &error).await,
    }
}

async fn mentions_page(state: &AppState, viewer: &Viewer, asked: Before) -> Result<MentionsPage, Error> {
    let me = access::somebody(viewer, Scope::Read)?;
    let hits = rooms::mentions(state, &me, asked.before).await?;
    let full = hits.len() >= limits::NEWEST_EVENTS;
    let next = hits.last().map(|hit| hit.event.at).filter(|_| full);
    let messages = found::shown(state, hits, "").await?;
    Ok(MentionsPage { me: me.me().clone(), messages, next })
}
