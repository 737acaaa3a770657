//! What every handler has at hand.

use std::io;
use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use futures::future::BoxFuture;

use super::chat::writer::Writer;
use super::chat::{rooms, settings};
use super::config::Config;
use super::error::StoreError;
use super::fanout::{Hub, Seats};
use super::guard::Guard;
use super::lanes::Lanes;
use super::metrics::Gauges;
use super::store::Store;
use crate::protocol::page::Page;

/// One for the process, behind an [`Arc`].
pub struct AppState {
    /// What was set.
    pub config: Config,
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Who is connected.
    pub hub: Arc<Hub>,
    /// The one way into the logs.
    pub writer: Writer,
    /// What keeps the door.
    pub guard: Guard,
    /// Where what is done runs.
    pub lanes: Lanes,
    /// How a page is drawn: handed in, since the server does not know the page.
    pub render: RenderPage,
}

/// The state as handlers get it.
pub type Shared = Arc<AppState>;

/// Draws a page.
pub type RenderPage = fn(Page, Request<Body>) -> BoxFuture<'static, Response>;

impl AppState {
    /// Opens the store's rooms, the lobby among them.
    pub async fn open(config: Config, store: Arc<dyn Store>, render: RenderPage) -> Result<Shared, StoreError> {
        let hub = Arc::new(Hub::new(Seats::new(config.most_connections(), config.connect_rate > 0), config.coalesce()));
        rooms::open_all(&config, store.as_ref(), &hub).await?;
        let writer = Writer::start(store.clone(), hub.clone());
        let no_threads = |error: io::Error| StoreError(error.to_string());
        let guard = Guard::new(&config).map_err(no_threads)?;
        let lanes = Lanes::start().map_err(no_threads)?;
        settings::load(store.as_ref(), &guard).await?;
        Ok(Arc::new(Self { config, store, hub, writer, guard, lanes, render }))
    }

    /// How it is with what is not counted as it happens.
    pub fn gauges(&self) -> Gauges {
        let registry = &self.hub.registry;
        let (connections, people) = (registry.count(), registry.people());
        Gauges { connections, people, hashed: self.guard.passwords.hashed() }
    }

    /// The code of the one-time link that makes the owner, while there is none.
    pub async fn setup_code(&self) -> Result<Option<String>, StoreError> {
        let owned = self.store.people().has_owner().await?;
        Ok((!owned).then(|| self.guard.open_setup()))
    }
}
