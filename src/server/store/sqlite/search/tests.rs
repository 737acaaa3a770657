//! The whole of it through the store, and what is in the file.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tempfile::TempDir;

use super::index::Index;
use super::log::{heads, read_on};
use super::{file, find};
use crate::protocol::event::{Act, What};
use crate::protocol::ids::{RoomKey, Seq};
use crate::protocol::search::SearchQuery;
use crate::server::store::contract::{self, add, draft_of, found};
use crate::server::store::fold::fold;
use crate::server::store::sqlite::{SqliteStore, connect, folder};
use crate::server::store::{Appended, Draft, Search, Store};

/// Ana in a lobby, with a store on a disk.
struct Scene {
    folder: TempDir,
    store: SqliteStore,
    sends: u32,
}

impl Scene {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = SqliteStore::open(folder.path()).await.expect("opens");
        contract::open_lobby_in(&store, true, "epoch-1").await;
        assert!(add(&store, &ana(), "ana").await);
        Self { folder, store, sends: 0 }
    }

    async fn restart(&mut self, meanwhile: impl FnOnce(&Path)) {
        self.store.close().await;
        meanwhile(self.folder.path());
        self.store = SqliteStore::open(self.folder.path()).await.expect("opens again");
    }

    /// The seqs of what was said, all of it at the same moment.
    async fn say_all(&mut self, room: &RoomKey, at: u64, bodies: &[&str]) -> Vec<Seq> {
        let drafts = bodies.iter().map(|&body| Act::Post { body: body.to_owned(), reply_to: None });
        let drafts = drafts.map(|act| self.draft(room, at, act)).collect();
        let answers = self.store.logs().append(drafts).await.expect("appends");
        answers.into_iter().map(|answer| if let Ok(Appended::New(event)) = answer { event.seq } else { 0 }).collect()
    }

    async fn say(&mut self, body: &str) -> Seq {
        self.say_all(&RoomKey::lobby(), 1, &[body]).await[0]
    }

    async fn act(&mut self, act: Act) {
        let draft = self.draft(&RoomKey::lobby(), 1, act);
        assert!(self.store.logs().append(vec![draft]).await.expect("appends")[0].is_ok());
    }

    fn draft(&mut self, room: &RoomKey, at: u64, act: Act) -> Draft {
        self.sends += 1;
        Draft { at, ..draft_of(room, &ana(), self.sends, act) }
    }

    async fn found(&self, term: &str) -> Vec<String> {
        found(&self.store, in_lobby(term)).await
    }

    fn index(&self) -> PathBuf {
        file(&folder::database(self.folder.path()))
    }

    /// What is in the index's files, as bytes.
    fn bytes(&self) -> Vec<u8> {
        let read = |ending: &str| std::fs::read(self.index().with_extension(ending)).unwrap_or_default();
        [read("db"), read("db-wal")].concat()
    }

    /// One number out of the index.
    fn number(&self, question: &str) -> i64 {
        let index = connect::reader(&self.index()).expect("opens");
        index.query_row(question, [], |row| row.get(0)).expect("answers")
    }
}

fn ana() -> crate::protocol::api::Me {
    contract::person("ana", "Ana")
}

fn in_lobby(term: &str) -> Search {
    Search { terms: vec![term.to_owned()], rooms: vec![RoomKey::lobby()], limit: 100, ..Search::default() }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn whatever_part_of_a_message_is_searched_for_it_is_found() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let scene = std::cell::RefCell::new(runtime.block_on(Scene::new()));
    let text = r#"[a-cÀé ßÉ京東都がカ한국"'*:(\n😀👍0-9-]{1,20}"#;
    let mut runner = TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() });
    let part = (text, any::<prop::sample::Index>(), any::<prop::sample::Index>());
    let outcome = runner.run(&part, |(text, from, to)| {
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let (from, to) = (*from.get(&ends), *to.get(&ends));
        let part = &text[from.min(to)..from.max(to)];
        let mut scene = scene.borrow_mut();
        runtime.block_on(scene.say(&text));
        let found = runtime.block_on(scene.found(part));
        prop_assert!(found.contains(&text), "{part:?} is not found in {text:?}");
        prop_assert!(found.iter().all(|body| fold(body).contains(&fold(part))), "{part:?} found {found:?}");
        Ok(())
    });
    outcome.expect("every part is found");
}

#[test]
fn no_search_is_an_error() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let scene = runtime.block_on(async {
        let mut scene = Scene::new().await;
        scene.say("NEAR(tea cup) AND \"tea\" OR NOT -tea* ^tea: {tea} + 東京 😀").await;
        scene
    });
    let typed = r#"(\PC|[\x00-\x20]|["'*^:(){}+%_-]|AND|OR|NOT|NEAR|body:|from:|東京|tea|😀){0,60}"#;
    let terms = proptest::collection::vec(prop_oneof![any::<String>(), typed.prop_map(String::from)], 0..4);
    let mut runner = TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&(typed, terms), |(typed, terms)| {
        for terms in [SearchQuery::parse(&typed).terms, terms] {
            let search = Search { terms: terms.clone(), ..in_lobby("") };
            let hits = runtime.block_on(scene.store.logs().search(search)).expect("no search is an error").hits;
            for hit in hits {
                let What::Posted(post) = &hit.event.what else { panic!("found {:?}", hit.event) };
                prop_assert!(terms.iter().all(|term| fold(&post.body).contains(&fold(term))), "{terms:?}");
            }
        }
        Ok(())
    });
    outcome.expect("no search is an error");
    let longest = "tea \"".repeat(100_000);
    assert!(runtime.block_on(scene.found(&longest)).is_empty());
}

#[tokio::test]
async fn nothing_of_a_deleted_text_is_left_in_the_index() {
    let mut scene = Scene::new().await;
    for number in 0..200 {
        scene.say(&format!("the weather of day {number} 今日の天気")).await;
    }
    let (edited, deleted) = (scene.say("xqzvk is out 秘密").await, scene.say("wjqpx is out too 内緒").await);
    scene.say("afterwards").await;
    assert_eq!((scene.found("xqzvk").await.len(), scene.found("内緒").await.len()), (1, 1));
    assert!(holds(&scene.bytes(), "xqzvk") && holds(&scene.bytes(), "内緒"), "both are there");

    scene.act(Act::Edit { of: edited, body: "it is in".into() }).await;
    scene.act(Act::Delete { of: deleted }).await;
    assert!(scene.found("xqzvk").await.is_empty() && scene.found("内緒").await.is_empty());
    let bytes = scene.bytes();
    for piece in ["xqz", "qzv", "zvk", "wjq", "jqp", "qpx", "秘密", "内緒"] {
        assert!(!holds(&bytes, piece), "{piece} is left");
    }
    assert_eq!(scene.found("it is in").await.len(), 1);
    assert_eq!(scene.found("天気").await.len(), 100, "and nothing else is gone");
}

#[tokio::test]
async fn an_index_that_is_not_there_or_not_ours_is_made_anew() {
    let mut scene = Scene::new().await;
    scene.say("tea").await;
    let index = scene.index();
    for what in ["missing", "of another shape", "of somebody else", "no database", "damaged", "ahead of the log"] {
        scene.found("tea").await;
        scene.restart(|_| spoil(&index, what)).await;
        assert_eq!(scene.found("tea").await, ["tea"], "{what}");
    }
}

/// Makes an index one that cannot be used any more.
fn spoil(index: &Path, how: &str) {
    let overwrite = |from: usize| {
        let mut bytes = std::fs::read(index).expect("is there");
        bytes[from..].fill(0x5A);
        std::fs::write(index, bytes).expect("writes");
    };
    let write = |statement: &str| {
        let connection = connect::open(index, rusqlite::OpenFlags::empty()).expect("opens");
        connection.execute_batch(statement).expect("writes");
    };
    match how {
        "missing" => std::fs::remove_file(index).expect("is there"),
        "of another shape" => write("PRAGMA user_version = 999; DELETE FROM post"),
        "of somebody else" => write("PRAGMA application_id = 1; DROP TABLE place; DELETE FROM post"),
        "no database" => overwrite(0),
        "damaged" => overwrite(4096),
        _ => write("UPDATE place SET seq = 1000; DELETE FROM post"),
    }
}

#[tokio::test]
async fn an_index_that_is_found_damaged_is_made_anew_while_others_read_it() {
    let mut scene = Scene::new().await;
    scene.say("tea").await;
    assert_eq!(scene.found("tea").await, ["tea"]);
    let index = connect::open(&scene.index(), rusqlite::OpenFlags::empty());
    index.expect("opens").execute_batch("DELETE FROM post").expect("writes");
    assert!(scene.found("tea").await.is_empty(), "nothing shows that it is damaged");
    scene.store.finder.as_ref().expect("it searches").bell.spoil();
    while scene.store.logs().search(in_lobby("tea")).await.is_ok_and(|found| found.hits.is_empty()) {}
    scene.say("more tea").await;
    assert_eq!(scene.found("tea").await, ["more tea", "tea"]);
}

#[tokio::test]
async fn an_index_of_another_life_of_the_logs_is_made_anew() {
    let mut scene = Scene::new().await;
    scene.say("before").await;
    assert_eq!(scene.found("before").await, ["before"]);
    // A restored log may be as long as the one before it, and hold something else.
    let restored = |folder: &Path| {
        let log = connect::open(&folder::database(folder), rusqlite::OpenFlags::empty()).expect("opens");
        log.execute_batch("UPDATE room SET epoch = 'epoch-2'; UPDATE event SET body = 'other'").expect("writes");
    };
    scene.restart(restored).await;
    assert_eq!(scene.found("other").await, ["other"]);
    assert!(scene.found("before").await.is_empty());
    assert_eq!(scene.number("SELECT count(*) FROM post WHERE body = 'before'"), 0);
}

#[tokio::test]
async fn a_batch_is_small_and_the_next_start_goes_on_behind_it() {
    let mut scene = Scene::new().await;
    let cellar = contract::open(&scene.store, "cellar").await;
    let long = "tea ".repeat(1_000);
    for number in 0..40 {
        scene.say_all(&RoomKey::lobby(), number * 2, &[&long, "one"]).await;
        scene.say_all(&cellar, number * 2 + 1, &["two", &long]).await;
    }
    scene.act(Act::Edit { of: 1, body: "changed".into() }).await;
    scene.store.close().await;
    let database = folder::database(scene.folder.path());
    let log = connect::reader(&database).expect("opens");
    Index::open(&file(&database)).expect("opens").make_anew().expect("is emptied");
    let mut steps = 0;
    loop {
        // Each time as after a start.
        let mut index = Index::open(&file(&database)).expect("opens");
        let batch = read_on(&log, &index.places().expect("reads"), heads(&log).expect("reads")).expect("reads");
        let texts = batch.messages.iter().filter_map(|message| message.stands.as_ref());
        assert!(texts.map(|text| text.body.len()).sum::<usize>() < 300_000, "a batch is small");
        index.take(&batch).expect("writes");
        steps += 1;
        if !batch.more {
            break;
        }
    }
    assert!(steps > 1, "it was not read in one go");
    assert_eq!(scene.number("SELECT count(*) FROM post"), 160);
    assert_eq!(scene.number("SELECT count(*) FROM gram WHERE gram MATCH '\"two\"'"), 40, "each once");
    assert_eq!(scene.number("SELECT count(*) FROM post WHERE body = 'changed'"), 1);
    let disorder = "SELECT count(*) FROM post AS a JOIN post AS b ON b.id = a.id + 1 WHERE b.at < a.at";
    assert_eq!(scene.number(disorder), 0, "rooms are read side by side");
}

#[tokio::test]
async fn a_restart_goes_on_where_it_was() {
    let mut scene = Scene::new().await;
    scene.say("tea before").await;
    scene.found("tea").await;
    scene.restart(|_| {}).await;
    scene.say("tea after").await;
    assert_eq!(scene.found("tea").await, ["tea after", "tea before"]);
    scene.restart(|_| {}).await;
    assert_eq!(scene.found("tea").await, ["tea after", "tea before"]);
    assert_eq!(scene.number("SELECT count(*) FROM post"), 2);
}

#[tokio::test]
async fn whatever_is_searched_for_nothing_of_another_room_is_told() {
    let mut scene = Scene::new().await;
    let cellar = contract::open(&scene.store, "cellar").await;
    for _ in 0..5 {
        scene.say("tea 東京").await;
        scene.say_all(&cellar, 1, &["canary tea 東京", "canary 東京"]).await;
    }
    // So many that the index is not asked for them.
    let mut many = vec![RoomKey::lobby()];
    for number in 0..70 {
        many.push(contract::open(&scene.store, &format!("room-{number}")).await);
    }
    for terms in [&["tea"][..], &["東京"], &["t"], &["京", "tea"], &[]] {
        for (rooms, from) in [(1, None), (1, Some(ana().id)), (71, None), (71, Some(ana().id))] {
            for limit in [5, 10] {
                let (terms, rooms) = (terms.iter().map(|&term| term.into()).collect(), many[..rooms].to_vec());
                let search = Search { terms, rooms, from: from.clone(), limit, ..Search::default() };
                let all = contract::find(&scene.store, search.clone()).await;
                assert_eq!((all.hits.len(), all.more), (5, None), "{search:?}");
                assert!(all.hits.iter().all(|hit| hit.room == RoomKey::lobby()));
            }
        }
    }
    assert!(scene.found("canary").await.is_empty());
    // One who knows how the index names a room cannot ask for it either.
    assert!(scene.found(&super::words::room(2)).await.is_empty());
}

#[tokio::test]
async fn pages_go_on_while_people_talk_and_delete() {
    let mut scene = Scene::new().await;
    for number in 0..30 {
        scene.say(&format!("tea {number}")).await;
    }
    let (mut told, mut older_than) = (Vec::new(), None);
    loop {
        let search = Search { limit: 7, older_than, ..in_lobby("tea") };
        let page = contract::find(&scene.store, search).await;
        told.extend(page.hits.iter().map(|hit| hit.event.seq));
        older_than = page.more;
        if older_than.is_none() {
            break;
        }
        let last = told[told.len() - 1];
        scene.act(Act::Delete { of: last }).await;
        scene.act(Act::Delete { of: last - 1 }).await;
        scene.say("more tea").await;
    }
    let mut once = told.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), told.len(), "none twice: {told:?}");
    assert!(told.is_sorted_by(|a, b| a > b) && told[0] == 30 && told.contains(&1), "none left out: {told:?}");
}

#[tokio::test]
async fn what_an_index_lags_behind_by_is_not_found_wrongly() {
    let mut scene = Scene::new().await;
    let (edited, deleted) = (scene.say("tea").await, scene.say("more tea").await);
    assert_eq!(scene.found("tea").await, ["more tea", "tea"]);
    // Nobody else can write the index.
    let other = connect::open(&scene.index(), rusqlite::OpenFlags::empty()).expect("opens");
    other.execute_batch("BEGIN IMMEDIATE").expect("takes it");
    scene.act(Act::Edit { of: edited, body: "coffee".into() }).await;
    scene.act(Act::Delete { of: deleted }).await;
    let found = scene.store.logs().search(in_lobby("tea")).await.expect("finds");
    assert_eq!((found.hits.len(), found.more, found.behind), (0, None, true));
    let all = scene.store.logs().search(Search { terms: Vec::new(), ..in_lobby("") }).await.expect("finds");
    assert_eq!(all.hits.iter().map(|hit| hit.event.seq).collect::<Vec<_>>(), [edited]);
    other.execute_batch("ROLLBACK").expect("lets go");
    assert_eq!(scene.found("coffee").await, ["coffee"]);
}

#[tokio::test]
async fn a_room_without_history_is_not_searched() {
    let mut scene = Scene::new().await;
    scene.say("tea").await;
    assert_eq!(scene.found("tea").await, ["tea"]);
    contract::open_lobby_in(&scene.store, false, "epoch-2").await;
    scene.say("more tea").await;
    assert!(scene.found("tea").await.is_empty());
}

/// How much is looked at for a term: what was found, what was looked at, where it stopped.
fn look(scene: &Scene, rooms: &[RoomKey], term: &str, below: i64, looks: usize) -> (usize, usize, Option<i64>) {
    let (log, index) = (connect::reader(&folder::database(scene.folder.path())), connect::reader(&scene.index()));
    let search = Search { rooms: rooms.to_vec(), ..in_lobby(term) };
    let wanted = find::Wanted::new(&log.expect("opens"), &search).expect("reads").expect("there is a room");
    let look = find::look(&index.expect("opens"), &wanted, below, 5, looks).expect("looks");
    (look.candidates.len(), look.looked, look.stopped)
}

#[tokio::test]
async fn only_what_may_be_read_and_can_hold_the_term_is_looked_at() {
    let mut scene = Scene::new().await;
    let cellar = contract::open(&scene.store, "cellar").await;
    for body in ["x", "tea", "東京", "no", "no", "no", "no", "no", "no", "no"] {
        scene.say(body).await;
        scene.say_all(&cellar, 1, &["x tea 東京"]).await;
    }
    scene.found("no").await;
    let mut many = vec![RoomKey::lobby()];
    for number in 0..70 {
        many.push(contract::open(&scene.store, &format!("room-{number}")).await);
    }
    for rooms in [&many[..1], &many] {
        for term in ["tea", "東京"] {
            assert_eq!(look(&scene, rooms, term, i64::MAX, 100), (1, 1, None), "{term}");
        }
        // No index knows of one character: a search ends after so many.
        let (found, looked, stopped) = look(&scene, rooms, "x", i64::MAX, 4);
        assert_eq!((found, looked), (0, 4));
        assert_eq!(look(&scene, rooms, "x", stopped.expect("there is more"), 100), (1, 6, None));
    }
}
