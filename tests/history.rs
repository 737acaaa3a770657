//! Rooms that keep nothing of what is said: whom it reaches, and that nothing is left of it.

use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use banter::protocol::api::rooms::{History, NewRoom, Room};
use banter::protocol::calls;
use banter::protocol::event::{ChangeKind, What};
use banter::protocol::ids::{RoomKey, Seq};
use banter::protocol::power::RoomKind;
use banter::protocol::wire::ServerFrame;
use banter::server::store::SqliteStore;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::support::client::{Socket, Subbed};
use crate::support::{Person, TestApp, config, new_cid};

/// A word that is said nowhere else.
const WORD: &str = "xylophone";

fn stage() -> RoomKey {
    "stage".parse().unwrap()
}

async fn serve(data: &Path) -> TestApp {
    TestApp::with_store(config(), Arc::new(SqliteStore::open(data).await.unwrap())).await
}

async fn stop(mut app: TestApp) {
    app.begin_to_stop();
    app.stopped().await;
}

async fn open_stage(app: &TestApp, by: &Person) -> Room {
    let (title, kind, history) = ("Stage".to_owned(), RoomKind::Open, History::Off);
    let new = NewRoom { room: stage(), title, kind, topic: None, history };
    app.call(Some(&by.token), calls::make_room(&new)).await.unwrap()
}

async fn ask(app: &TestApp, who: &Person, method: &str, path: &str, body: Value) -> Value {
    let (status, answer) = app.ask(method, path, Some(&who.token), body).await;
    assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
    answer
}

async fn say(app: &TestApp, who: &Person, body: &str) -> (u16, Value) {
    let message = json!({ "cid": new_cid(), "body": body });
    app.ask("POST", "/rooms/stage/messages", Some(&who.token), message).await
}

/// The stage as somebody sees it.
async fn seen(app: &TestApp, who: &Person) -> Room {
    app.call(Some(&who.token), calls::room(&stage())).await.unwrap()
}

async fn follow(app: &TestApp, who: &Person) -> (Socket, Subbed) {
    let mut socket = app.socket().await;
    socket.hello(Some(who)).await;
    let subbed = socket.follow(stage(), None, None).await;
    (socket, subbed)
}

/// Whether a word stands in any file of a folder, its log and its index included.
fn is_written(word: &str, folder: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let found = match path.is_dir() {
            true => is_written(word, &path)?,
            false => fs::read(&path)?.windows(word.len()).any(|bytes| bytes == word.as_bytes()),
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

#[tokio::test]
async fn what_is_said_reaches_those_who_follow_and_is_written_nowhere() {
    let data = tempfile::tempdir().unwrap();
    let app = serve(data.path()).await;
    let (ana, ben) = (app.member("Ana").await, app.member("Ben").await);
    assert_eq!(open_stage(&app, &ana).await.history, History::Off);
    let (mut hers, _) = follow(&app, &ana).await;
    let (mut his, _) = follow(&app, &ben).await;
    ask(&app, &ben, "PUT", "/rooms/stage/members/me", json!({})).await;
    for body in [format!("one {WORD}"), format!("{WORD} @Ben")] {
        assert_eq!(say(&app, &ana, &body).await.0, 201);
    }
    app.post(&ana, "glockenspiel").await;
    for socket in [&mut hers, &mut his] {
        let joined = socket.event().await;
        assert!(matches!(&joined.what, What::Changed(change) if change.kind == ChangeKind::Joined), "{joined:?}");
        let (one, two) = (socket.event().await, socket.event().await);
        assert_eq!([joined.seq, one.seq, two.seq], [1, 2, 3], "in one order, without holes");
        assert!(matches!(&one.what, What::Posted(post) if post.body.contains(WORD)), "{one:?}");
        assert!(matches!(&two.what, What::Posted(post) if post.mentions[0].id == ben.me.id), "who is called hears it");
    }

    let page = ask(&app, &ben, "GET", "/rooms/stage/events", Value::Null).await;
    assert_eq!(page, json!({ "events": [], "more": false }));
    assert_eq!(ask(&app, &ben, "GET", &format!("/search?q={WORD}"), Value::Null).await["hits"], json!([]));
    assert_eq!(ask(&app, &ben, "GET", "/me/mentions", Value::Null).await, json!([]));
    let at = |seq: Seq| app.http.get(app.url(&format!("/r/stage/{seq}"))).header("cookie", &ben.cookie).send();
    assert_eq!(at(2).await.unwrap().status(), 404, "no message has an address");
    let stage = seen(&app, &ben).await.summary;
    assert_eq!((stage.head, stage.read, stage.unread, stage.mentions), (3, 3, 0, 0), "there is nothing to be read");

    assert!(is_written("glockenspiel", data.path()).unwrap(), "the lobby keeps what is said there");
    assert!(!is_written(WORD, data.path()).unwrap(), "not while it serves");
    stop(app).await;
    assert!(!is_written(WORD, data.path()).unwrap(), "and not behind it");
    let database = Connection::open(data.path().join("banter.db")).unwrap();
    let count = |statement: &str| database.query_row(statement, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM event JOIN room ON room.id = event.room WHERE room.key = 'stage'"), 0);
    assert_eq!(count("SELECT count(*) FROM mention"), 0);
    assert_eq!(count("SELECT count(*) FROM member JOIN room ON room.id = member.room WHERE key = 'stage'"), 2);
}

#[tokio::test]
async fn each_start_is_another_life_and_nobody_has_read_in_it() {
    let data = tempfile::tempdir().unwrap();
    let app = serve(data.path()).await;
    let (ana, ben) = (app.member("Ana").await, app.member("Ben").await);
    open_stage(&app, &ana).await;
    ask(&app, &ben, "PUT", "/rooms/stage/members/me", json!({})).await;
    for _ in 0..5 {
        assert_eq!(say(&app, &ana, "before").await.0, 201);
    }
    ask(&app, &ben, "PUT", "/rooms/stage/read", json!({ "seq": 6 })).await;
    let (mut his, before) = follow(&app, &ben).await;
    assert_eq!((before.head, before.recovered, before.events.len()), (6, false, 0));
    assert!(
        his.follow(stage(), Some(before.epoch.clone()), Some(6)).await.recovered,
        "in the same life nothing is missed"
    );
    assert!(!his.follow(stage(), Some(before.epoch.clone()), Some(2)).await.recovered, "what is missed is owned up to");
    stop(app).await;

    let app = serve(data.path()).await;
    let mut his = app.socket().await;
    let welcome = his.hello(Some(&ben)).await;
    let ServerFrame::Welcome { rooms, .. } = welcome else { panic!("{welcome:?}") };
    let greeted = rooms.iter().find(|room| room.room == stage()).unwrap();
    assert_ne!(greeted.epoch, before.epoch);
    assert_eq!((greeted.head, greeted.read, greeted.unread), (0, 0, 0));
    let back = his.follow(stage(), Some(before.epoch), Some(6)).await;
    assert_eq!((back.epoch, back.head, back.recovered), (greeted.epoch.clone(), 0, false));

    assert_eq!(say(&app, &ana, "behind").await.1["seq"], 1);
    assert_eq!((his.event().await.seq, seen(&app, &ben).await.summary.unread), (1, 0));
    ask(&app, &ben, "PUT", "/rooms/stage/read", json!({ "seq": 1_000_000 })).await;
    let stage = seen(&app, &ben).await.summary;
    assert_eq!((stage.head, stage.read, stage.unread), (1, 1, 0), "nobody reads further than there is");
}

#[tokio::test]
async fn it_is_chosen_once_and_a_room_keeps_everything_unless_it_was() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana").await, app.member("Ben").await);
    let make = |key: &str, history: Value| json!({ "room": key, "title": key, "history": history });
    for bad in [json!("sometimes"), json!(""), json!(false), json!(null)] {
        let (status, answer) = app.ask("POST", "/rooms", Some(&ana.token), make("garden", bad.clone())).await;
        assert_eq!((status, answer["error"]["code"].as_str()), (400, Some("bad_request")), "{bad}");
    }
    let (_, answer) = app.ask("POST", "/rooms", Some(&ana.token), make("garden", json!("sometimes"))).await;
    let told = answer["error"]["message"].as_str().unwrap();
    assert!(told.contains("sometimes") && told.contains("`on` or `off`"), "{told}");

    let attic = json!({ "room": "attic", "title": "attic" });
    for (new, history) in [(attic, "on"), (make("garden", json!("on")), "on"), (make("stage", json!("off")), "off")] {
        let made = ask(&app, &ana, "POST", "/rooms", new).await;
        assert_eq!(made["history"], history);
        // What is no change is none.
        let path = format!("/rooms/{}", made["room"].as_str().unwrap());
        let other = if history == "on" { "off" } else { "on" };
        ask(&app, &ana, "PATCH", &path, json!({ "title": "Another", "history": other })).await;
        let room = ask(&app, &ana, "GET", &path, Value::Null).await;
        assert_eq!((&room["title"], &room["history"]), (&json!("Another"), &json!(history)));
        for list in ["/rooms", "/directory"] {
            let rooms = ask(&app, &ana, "GET", list, Value::Null).await;
            let listed = rooms.as_array().unwrap().iter().find(|listed| listed["room"] == made["room"]).unwrap();
            assert_eq!(listed["history"], history, "{list}");
        }
    }

    let direct = json!({ "users": [ben.me.id], "history": "off" });
    let direct = ask(&app, &ana, "POST", "/direct", direct).await;
    let room = ask(&app, &ana, "GET", &format!("/rooms/{}", direct["room"].as_str().unwrap()), Value::Null).await;
    assert_eq!(room["history"], "on", "among themselves people keep what they say");
}

/// What waits for somebody who looks at it would be kept meanwhile.
#[tokio::test]
async fn nothing_is_held_back_where_nothing_is_kept() {
    let app = TestApp::start().await;
    let (olga, ana) = (app.owner("Olga").await, app.member("Ana").await);
    ask(&app, &olga, "PATCH", "/settings", json!({ "held_words": [WORD] })).await;
    open_stage(&app, &ana).await;
    let (status, answer) = say(&app, &ana, WORD).await;
    assert_eq!((status, answer["error"]["code"].as_str()), (403, Some("word_refused")));
    assert_eq!(ask(&app, &olga, "GET", "/reports", Value::Null).await, json!([]));
}

/// Whoever is sent out of a closed one hears nothing that comes behind it, and who was never in it nothing at all.
#[tokio::test]
async fn order_is_kept_where_nothing_else_is() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana").await, app.member("Ben").await);
    open_stage(&app, &ana).await;
    ask(&app, &ana, "PATCH", "/rooms/stage", json!({ "kind": "closed" })).await;
    assert_eq!(app.ask("GET", "/rooms/stage/events", Some(&ben.token), Value::Null).await.0, 404);
    ask(&app, &ana, "PUT", &format!("/rooms/stage/members/{}", ben.me.id), json!({})).await;
    let (mut his, subbed) = follow(&app, &ben).await;
    assert_eq!(subbed.head, 2);
    ask(&app, &ana, "PUT", &format!("/rooms/stage/bans/{}", ben.me.id), json!({})).await;
    assert_eq!(say(&app, &ana, "behind it").await.1["seq"], 4);
    let banned = his.event().await;
    assert!(matches!(&banned.what, What::Changed(change) if change.kind == ChangeKind::Banned), "{banned:?}");
    assert!(matches!(his.frame().await, ServerFrame::Unsubbed { .. }));
    assert_eq!(app.ask("GET", "/rooms/stage/events", Some(&ben.token), Value::Null).await.0, 403);
}
