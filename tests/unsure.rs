//! A store that does not know: what it could not answer for is neither promised nor refused, and comes out in the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use banter::protocol::api::PostRequest;
use banter::protocol::calls;
use banter::protocol::event::Act;
use banter::protocol::ids::{Cid, PersonId, RoomKey, Seq};
use banter::protocol::wire::{ClientFrame, ServerFrame};
use banter::server::error::StoreError;
use banter::server::store::{
    Appended, Draft, Excerpt, Found, Logs, Order, People, Refused, Rooms, Search, SqliteStore, Store, Stretch,
};

use crate::support::{TestApp, config, new_cid};

/// Keeps what it is given, or does not, and says in either case that it does not know.
struct UnsureStore {
    sure: SqliteStore,
    unsure: AtomicBool,
    keeps: AtomicBool,
}

impl UnsureStore {
    fn is_unsure(&self, unsure: bool, keeps: bool) {
        self.unsure.store(unsure, Ordering::SeqCst);
        self.keeps.store(keeps, Ordering::SeqCst);
    }

    fn answer<T>(&self, answer: T) -> Result<T, StoreError> {
        if self.unsure.load(Ordering::SeqCst) { Err(StoreError("who knows".to_owned())) } else { Ok(answer) }
    }
}

#[async_trait]
impl Logs for UnsureStore {
    async fn append(&self, drafts: Vec<Draft>) -> Result<Vec<Result<Appended, Refused>>, StoreError> {
        if self.unsure.load(Ordering::SeqCst) && !self.keeps.load(Ordering::SeqCst) {
            return self.answer(Vec::new());
        }
        let answers = self.sure.append(drafts).await?;
        self.answer(answers)
    }

    async fn events(&self, key: &RoomKey, stretch: Stretch, limit: usize) -> Result<Option<Excerpt>, StoreError> {
        self.sure.events(key, stretch, limit).await
    }

    async fn seq_of(&self, key: &RoomKey, author: &PersonId, cid: &Cid) -> Result<Option<Seq>, StoreError> {
        self.sure.seq_of(key, author, cid).await
    }

    async fn search(&self, search: Search) -> Result<Found, StoreError> {
        self.sure.search(search).await
    }
}

#[async_trait]
impl Store for UnsureStore {
    fn logs(&self) -> &dyn Logs {
        self
    }

    fn rooms(&self) -> &dyn Rooms {
        self.sure.rooms()
    }

    fn people(&self) -> &dyn People {
        self.sure.people()
    }

    fn order(&self) -> &dyn Order {
        self.sure.order()
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.answer(())
    }

    async fn close(&self) {
        self.sure.close().await;
    }
}

#[tokio::test]
async fn what_is_not_known_is_told_as_that_and_settled_by_the_same_cid() {
    for keeps in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let sure = SqliteStore::open(folder.path()).await.unwrap();
        let store = Arc::new(UnsureStore { sure, unsure: AtomicBool::new(false), keeps: AtomicBool::new(false) });
        let app = TestApp::with_store(config(), store.clone()).await;
        let ana = app.person("Ana").await;
        let (mut hers, mut other) = (app.in_lobby(Some(&ana)).await, app.in_lobby(None).await);
        app.post(&ana, "before").await;
        assert_eq!((hers.heard().await, other.heard().await), ("before".into(), "before".into()));

        store.is_unsure(true, keeps);
        let act = Act::Post { body: "unsure".into(), reply_to: None };
        let post = ClientFrame::of_act(RoomKey::lobby(), new_cid(), act);
        hers.tell(&post).await;
        assert!(matches!(hers.frame().await, ServerFrame::Retry { .. }));
        let request = PostRequest { cid: new_cid(), body: "by REST".into(), reply_to: None };
        let answer = app.call(Some(&ana.token), calls::post(&RoomKey::lobby(), &request)).await;
        assert_eq!(answer.unwrap_err().0, 503);
        assert_eq!(app.http.get(app.url("/readyz")).send().await.unwrap().status(), 503);

        store.is_unsure(false, keeps);
        assert_eq!(app.http.get(app.url("/readyz")).send().await.unwrap().status(), 200);
        hers.tell(&post).await;
        assert!(matches!(hers.frame().await, ServerFrame::Ack { seq: 2, dup, .. } if dup == keeps));
        // Nobody was told of it when it came to be, so all are now: once, in its place, before what comes after it.
        assert_eq!(other.heard().await, "unsure");
        let next = app.post(&ana, "after").await;
        assert_eq!(next, if keeps { 4 } else { 3 });
        let mut heard = Vec::new();
        while heard.last().is_none_or(|last| last != "after") {
            heard.push(other.heard().await);
        }
        assert_eq!(heard, if keeps { vec!["by REST", "after"] } else { vec!["after"] });
    }
}
