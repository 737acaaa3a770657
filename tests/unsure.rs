//! A store that does not know: what it could not answer for is neither promised nor refused, and comes out in the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use banter::protocol::api::PostRequest;
use banter::protocol::api::order::{Deed, Outcome, Report, Settings};
use banter::protocol::calls;
use banter::protocol::event::Act;
use banter::protocol::ids::{Cid, Millis, PersonId, RoomKey, Seq};
use banter::protocol::power::Denied;
use banter::protocol::wire::{ClientFrame, ServerFrame};
use banter::server::error::StoreError;
use banter::server::store::{
    Appended, Caller, Draft, Excerpt, Found, Logs, NewReport, NotKept, Order, Page, People, Refused, Rooms, Search,
    Settled, SqliteStore, Store, Stretch,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Person, TestApp, config, new_cid};

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
impl Order for UnsureStore {
    async fn settings(&self) -> Result<Settings, StoreError> {
        let settings = self.sure.order().settings().await?;
        self.answer(settings)
    }

    async fn set_settings(
        &self,
        settings: Settings,
        by: &Caller,
        now: Millis,
    ) -> Result<Result<(), Denied>, StoreError> {
        if self.unsure.load(Ordering::SeqCst) && !self.keeps.load(Ordering::SeqCst) {
            return self.answer(Ok(()));
        }
        let done = self.sure.order().set_settings(settings, by, now).await?;
        self.answer(done)
    }

    async fn add_report(&self, report: NewReport, by: &Caller) -> Result<Result<bool, Denied>, StoreError> {
        self.sure.order().add_report(report, by).await
    }

    async fn hold(&self, draft: Draft, by: &Caller, word: &str) -> Result<Result<(), NotKept>, StoreError> {
        self.sure.order().hold(draft, by, word).await
    }

    async fn reports(&self, by: &Caller, page: Page, now: Millis) -> Result<Vec<Report>, StoreError> {
        self.sure.order().reports(by, page, now).await
    }

    async fn report(&self, id: u64) -> Result<Option<Report>, StoreError> {
        self.sure.order().report(id).await
    }

    async fn to_settle(
        &self,
        id: u64,
        outcome: Outcome,
        by: &Caller,
        now: Millis,
    ) -> Result<Result<Option<Settled>, Denied>, StoreError> {
        self.sure.order().to_settle(id, outcome, by, now).await
    }

    async fn settle(
        &self,
        id: u64,
        outcome: Outcome,
        by: &Caller,
        now: Millis,
    ) -> Result<Result<Option<Settled>, Denied>, StoreError> {
        self.sure.order().settle(id, outcome, by, now).await
    }

    async fn deeds(&self, page: Page) -> Result<Vec<Deed>, StoreError> {
        self.sure.order().deeds(page).await
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
        self
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.answer(())
    }

    async fn close(&self) {
        self.sure.close().await;
    }
}

/// A server with such a store, which is sure as yet.
async fn begin() -> (TempDir, Arc<UnsureStore>, TestApp) {
    let folder = tempfile::tempdir().unwrap();
    let sure = SqliteStore::open(folder.path()).await.unwrap();
    let store = Arc::new(UnsureStore { sure, unsure: AtomicBool::new(false), keeps: AtomicBool::new(false) });
    let app = TestApp::with_store(config(), store.clone()).await;
    (folder, store, app)
}

#[tokio::test]
async fn what_is_not_known_is_told_as_that_and_settled_by_the_same_cid() {
    for keeps in [false, true] {
        let (_folder, store, app) = begin().await;
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

async fn set(app: &TestApp, by: &Person, change: Value) -> (u16, Value) {
    app.ask("PATCH", "/settings", Some(&by.token), change).await
}

#[tokio::test]
async fn how_the_site_is_set_is_asked_for_where_it_is_not_known() {
    for keeps in [false, true] {
        let (_folder, store, app) = begin().await;
        let (olga, ana) = (app.owner("Olga").await, app.person("Ana").await);
        let say = async |body: &str| {
            let post = json!({ "cid": new_cid(), "body": body });
            app.ask("POST", "/rooms/lobby/messages", Some(&ana.token), post).await.0
        };
        assert_eq!(set(&app, &olga, json!({ "refused_words": ["turnip"] })).await.0, 200);

        store.is_unsure(true, keeps);
        assert_eq!(set(&app, &olga, json!({ "refused_words": ["zebra"], "sign_up": "closed" })).await.0, 503);
        assert_eq!(app.ask("GET", "/settings", Some(&olga.token), Value::Null).await.0, 503);
        assert_eq!(set(&app, &olga, json!({ "guest_minutes": 7 })).await.0, 503, "nothing is built on a guess");
        assert_eq!(say("turnip").await, 503, "nor is anything said");
        assert_eq!(app.http.get(app.url("/signup")).send().await.unwrap().status(), 503);

        store.is_unsure(false, keeps);
        let (refused, said) = if keeps { ("zebra", "turnip") } else { ("turnip", "zebra") };
        assert_eq!((say(refused).await, say(said).await), (403, 201));
        let (status, now) = set(&app, &olga, json!({ "guest_minutes": 5 })).await;
        assert_eq!((status, &now["refused_words"]), (200, &json!([refused])), "what was set is kept");
        assert_eq!(now["sign_up"], if keeps { "closed" } else { "open" });
        assert_eq!(store.sure.order().settings().await.unwrap().refused_words, [refused]);
    }
}
