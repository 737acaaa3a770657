//! Nobody sees what is not for them, by any way: every text is marked with a word of its own, and everybody looks at
//! everything.

mod aviary;
mod cage;

use banter::protocol::wire::ClientFrame;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::new_cid;
use aviary::{ADMINS, Aviary, NOBODY};

/// Who is in the den at first.
const DEN: [&str; 5] = ["ana", "ben", "cleo", "gil", "mia"];
const EVERYBODY: [&str; 10] = ["alma", "ana", "ben", "cleo", "gil", "gus", "mia", NOBODY, "olga", "otto"];

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_what_is_not_for_them() {
    let mut aviary = Aviary::open().await;
    people_come(&mut aviary).await;
    let den = a_den_is_dug(&mut aviary).await;
    some_talk_among_themselves(&mut aviary).await;
    aviary.all_look().await;
    texts_change_and_go(&aviary, &den).await;
    aviary.all_look().await;
    cleo_is_banned(&aviary, &den).await;
    ben_leaves(&aviary, &den).await;
    aviary.all_look().await;
    ana_blocks_ben(&aviary).await;
    drafts_are_held_back(&aviary, &den).await;
    some_complain(&aviary, &den).await;
    aviary.all_look().await;
    secrets_are_made(&aviary, &den).await;
    otto_is_banned_from_the_site(&aviary).await;
    aviary.all_look().await;
    let lines = aviary.read_log();
    let (escaped, unseen) = (aviary.cage.escaped(), aviary.cage.unseen());
    println!("canaries {}, answers looked at {:?}, lines of log {}", aviary.cage.count(), aviary.looked, lines.len());
    assert!(escaped.is_empty(), "{escaped:#?}");
    assert!(unseen.is_empty(), "nobody looked: {unseen:?}");
    assert!(lines.iter().any(|line| line.contains("DEBUG")), "it logs all that it can: {lines:?}");
}

async fn people_come(aviary: &mut Aviary) {
    for who in ["ana", "ben", "cleo", "mia", "otto"] {
        aviary.member(who).await;
    }
    aviary.member("alma").await;
    aviary.does("olga", Method::PUT, &format!("/people/{}/role", aviary.id("alma")), json!({ "role": "admin" })).await;
    aviary.guest("gus", "Gus").await;
    // A guest stands in no list but in that of a room's people.
    let name = aviary.cage.word("the name of a guest", &[&DEN[..], &ADMINS].concat());
    aviary.guest("gil", &name).await;
    let word = aviary.cage.word("lobby: a word", &EVERYBODY);
    aviary.stays_away("gil");
    aviary.all_follow().await;
    aviary.says("gus", "lobby", &word).await;
}

/// A closed room: its key and its title are known to those in it, and to those who read the log of acts of power.
async fn a_den_is_dug(aviary: &mut Aviary) -> String {
    let knowing = [&DEN[..], &ADMINS].concat();
    let [den, title, topic] =
        ["key", "title", "topic"].map(|what| aviary.cage.word(&format!("the den's {what}"), &knowing));
    // A key is no secret to who runs the machine.
    aviary.cage.show("the den's key", &["the log"]);
    aviary.does("mia", Method::POST, "/rooms", json!({ "room": den, "title": title, "kind": "closed" })).await;
    aviary.rooms.push(den.clone());
    for who in DEN.into_iter().filter(|who| *who != "mia") {
        aviary.does("mia", Method::PUT, &format!("/rooms/{den}/members/{}", aviary.id(who)), json!({})).await;
    }
    aviary.does("mia", Method::PATCH, &format!("/rooms/{den}"), json!({ "topic": topic })).await;
    aviary.all_follow().await;
    let words = ["", "with a name: @otto ", "to all: @room "];
    for words in words {
        let word = aviary.cage.word("den: a message", &DEN);
        aviary.says("mia", &den, &format!("{words}{word}")).await;
    }
    aviary.tells("gil", ClientFrame::Typing { room: den.parse().unwrap() });
    aviary.tells("gil", ClientFrame::Read { room: den.parse().unwrap(), seq: 3 });
    den
}

async fn some_talk_among_themselves(aviary: &mut Aviary) {
    for people in [&["ana", "ben"][..], &["ana", "ben", "otto"]] {
        let users: Vec<String> = people.iter().map(|who| aviary.id(who)).collect();
        let room = aviary.does("ana", Method::POST, "/direct", json!({ "users": users })).await;
        let room = room["room"].as_str().unwrap().to_owned();
        let word = aviary.cage.word("direct: a message", people);
        aviary.says("ben", &room, &format!("@mia {word}")).await;
        aviary.rooms.push(room);
    }
}

/// Of a text that was replaced the next one is shown, of one that was deleted nothing.
async fn texts_change_and_go(aviary: &Aviary, den: &str) {
    let [first, second, last, gone, never] = ["first", "second", "last", "gone", "edited and gone"]
        .map(|which| aviary.cage.word(&format!("text: {which}"), &DEN));
    let seq = aviary.says("gil", den, &first).await;
    let path = |seq: u64| format!("/rooms/{den}/messages/{seq}");
    for word in [&second, &last] {
        aviary.does("gil", Method::PATCH, &path(seq), json!({ "body": format!("kestrel {word}") })).await;
    }
    let doomed = aviary.says("gil", den, &gone).await;
    aviary.does("gil", Method::PATCH, &path(doomed), json!({ "body": format!("kestrel {never}") })).await;
    aviary.does("mia", Method::PUT, &format!("{}/pin", path(doomed)), Value::Null).await;
    aviary.does("gil", Method::DELETE, &path(doomed), Value::Null).await;
    aviary.settles(den, "mia", &DEN).await;
    for which in ["text: first", "text: second", "text: gone", "text: edited and gone"] {
        aviary.cage.hide(which, &DEN);
    }
}

async fn cleo_is_banned(aviary: &Aviary, den: &str) {
    let reason = aviary.cage.word("why cleo is banned", &[&DEN[..], &ADMINS].concat());
    let ban = format!("/rooms/{den}/bans/{}", aviary.id("cleo"));
    aviary.does("mia", Method::PUT, &ban, json!({ "reason": reason })).await;
    // Her last event has come, then.
    aviary.sees("cleo", &reason).await;
    aviary.follow_on("cleo").await;
    for what in ["den: ", "text: ", "a last word", "the name of a guest"] {
        aviary.cage.hide(what, &["cleo"]);
    }
    aviary.cage.hide("the den's title", &["cleo"]);
    for what in ["title", "topic"] {
        let word = aviary.cage.word("den: another title or topic", &["ana", "ben", "gil", "mia", "alma", "olga"]);
        aviary.does("mia", Method::PATCH, &format!("/rooms/{den}"), json!({ what: word })).await;
    }
    let word = aviary.cage.word("den: behind a ban", &["ana", "ben", "gil", "mia"]);
    aviary.says("ana", den, &word).await;
    aviary.settles(den, "ana", &["ana", "ben", "gil", "mia"]).await;
}

async fn ben_leaves(aviary: &Aviary, den: &str) {
    let away = format!("/rooms/{den}/members/{}", aviary.id("ben"));
    aviary.does("ben", Method::DELETE, &away, Value::Null).await;
    aviary.follow_on("ben").await;
    for what in ["den: ", "text: ", "a last word", "the name of a guest", "the den's title", "the den's topic"] {
        aviary.cage.hide(what, &["ben", "cleo"]);
    }
    // She is told for as long as it holds.
    aviary.cage.hide("why cleo is banned", &["ben"]);
    let word = aviary.cage.word("den: behind somebody who left", &["ana", "gil", "mia"]);
    aviary.says("mia", den, &word).await;
    aviary.settles(den, "mia", &["ana", "gil", "mia"]).await;
}

async fn ana_blocks_ben(aviary: &Aviary) {
    aviary.does("ana", Method::PUT, &format!("/me/blocks/{}", aviary.id("ben")), Value::Null).await;
    let word = aviary.cage.word("lobby: by one who is blocked", &EVERYBODY);
    let seq = aviary.says("ben", "lobby", &format!("@ana {word}")).await;
    let mentions = aviary.does("ana", Method::GET, "/me/mentions", Value::Null).await;
    assert!(!mentions.to_string().contains(&word), "{mentions}");
    // Ben does not learn it: his message reads as any other.
    let page = aviary.does("ben", Method::GET, "/rooms/lobby/events", Value::Null).await;
    let said = page["events"].as_array().unwrap().iter().find(|event| event["seq"] == seq).unwrap();
    assert_eq!(said["mentions"][0]["name"], "ana", "{said}");
}

async fn drafts_are_held_back(aviary: &Aviary, den: &str) {
    aviary.does("olga", Method::PATCH, "/settings", json!({ "held_words": ["grebe"] })).await;
    for (who, room, keepers) in [("otto", "lobby", &ADMINS[..]), ("ana", den, &["mia", "alma", "olga"])] {
        let word = aviary.cage.word("what was held back", keepers);
        let body = json!({ "cid": new_cid(), "body": format!("kestrel grebe {word}") });
        let (status, _) = aviary.ask(who, Method::POST, &format!("/api/v1/rooms/{room}/messages"), body).await;
        assert!(!status.is_success(), "{status}");
    }
}

/// Whoever judges sees what stands around it, though they may not read the room.
async fn some_complain(aviary: &Aviary, den: &str) {
    let lobby = aviary.says("otto", "lobby", "something rude").await;
    let seq = aviary.says("gil", den, "something rude").await;
    for (who, room, seq, keepers) in [("gus", "lobby", lobby, &ADMINS[..]), ("ana", den, seq, &["mia", "alma", "olga"])]
    {
        let word = aviary.cage.word("a complaint", keepers);
        let path = format!("/rooms/{room}/messages/{seq}/reports");
        for what in ["den: ", "text: last", "a last word"] {
            aviary.cage.show(what, &ADMINS);
        }
        aviary.does(who, Method::POST, &path, json!({ "reason": word })).await;
    }
}

/// What opens a door is told once, to whom it was made for.
async fn secrets_are_made(aviary: &Aviary, den: &str) {
    let mut codes = Vec::new();
    for (who, invite) in [("mia", json!({ "room": den })), ("olga", json!({}))] {
        let made = aviary.does(who, Method::POST, "/invites", invite).await;
        codes.push(made["code"].as_str().unwrap().to_owned());
        aviary.cage.hold("an invitation's code", &codes[codes.len() - 1], &[]);
    }
    let made = aviary.does("mia", Method::POST, "/tokens", json!({ "label": "a program", "scopes": ["read"] })).await;
    aviary.cage.hold("a token", made["secret"].as_str().unwrap(), &[]);
    aviary.cage.show("the den's ", &["gus"]);
    aviary.cage.show("den: another title", &["gus"]);
    aviary.does("gus", Method::GET, &format!("/invites/{}", codes[0]), Value::Null).await;
    aviary.does("gus", Method::POST, &format!("/invites/{}/redeem", codes[0]), json!({})).await;
    for what in ["den: ", "text: last", "a last word", "the den's ", "the name of a guest", "why cleo is banned"] {
        aviary.cage.show(what, &["gus"]);
    }
}

async fn otto_is_banned_from_the_site(aviary: &Aviary) {
    let reason = aviary.cage.word("the reason of a ban from the site", &["alma", "olga", "otto"]);
    aviary.does("olga", Method::PUT, &format!("/bans/{}", aviary.id("otto")), json!({ "reason": reason })).await;
    aviary.gone("otto").await;
    for what in ["lobby: ", "direct: ", "a last word"] {
        aviary.cage.hide(what, &["otto"]);
    }
    let rest: Vec<&str> = EVERYBODY.into_iter().filter(|who| *who != "otto").collect();
    let word = aviary.cage.word("lobby: behind a ban", &rest);
    aviary.says("gus", "lobby", &word).await;
    let among = aviary.cage.word("direct: behind a ban", &["ana", "ben"]);
    aviary.says("ana", &aviary.rooms[3], &among).await;
    for who in ["ana", "mia", NOBODY] {
        aviary.sees(who, &word).await;
    }
}
