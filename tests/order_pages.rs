//! Pages about rooms, messages and order: plain forms, as a browser without any script sends them; and who sees what.

use banter::protocol::limits;
use reqwest::Response;
use serde_json::{Value, json};

use crate::support::{PASSWORD, Person, TestApp, new_cid};

/// A page as somebody's browser gets it.
async fn open(app: &TestApp, who: Option<&Person>, path: &str) -> (u16, String) {
    let mut request = app.http.get(app.url(path));
    if let Some(who) = who {
        request = request.header("cookie", &who.cookie);
    }
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// The form of a page, sent.
async fn send(app: &TestApp, who: &Person, from: &str, action: &str, fields: &[(&str, &str)]) -> Response {
    let request = app.http.post(app.url(action)).header("cookie", &who.cookie).header("origin", app.url(""));
    request.header("referer", app.url(from)).form(fields).send().await.unwrap()
}

/// A form of a page: it stands there, it is sent, and leads on.
async fn press(app: &TestApp, who: &Person, page: &str, action: &str, fields: &[(&str, &str)]) -> String {
    let (_, text) = open(app, Some(who), page).await;
    let stands = format!("action=\"{}\"", action.replace('&', "&amp;"));
    assert!(text.contains(&stands), "{stands} in {text}");
    let response = send(app, who, page, action, fields).await;
    let status = response.status();
    assert_eq!(status, 303, "{action}: {}", response.text().await.unwrap());
    response.headers()["location"].to_str().unwrap().to_owned()
}

async fn make_room(app: &TestApp, by: &Person, key: &str, kind: &str) {
    let room = json!({ "room": key, "title": format!("The {key}"), "kind": kind });
    assert_eq!(app.ask("POST", "/rooms", Some(&by.token), room).await.0, 201);
}

async fn join(app: &TestApp, who: &Person, room: &str) {
    let (status, answer) = app.ask("PUT", &format!("/rooms/{room}/members/me"), Some(&who.token), json!({})).await;
    assert_eq!(status, 204, "{answer}");
}

async fn say(app: &TestApp, by: &Person, room: &str, body: &str) -> u64 {
    let message = json!({ "cid": new_cid(), "body": body });
    let (status, answer) = app.ask("POST", &format!("/rooms/{room}/messages"), Some(&by.token), message).await;
    assert_eq!(status, 201, "{answer}");
    answer["seq"].as_u64().unwrap()
}

#[tokio::test]
async fn a_room_is_made_found_and_joined_by_forms() {
    let app = TestApp::start().await;
    let (ana, ben, gus) = (app.member("Ana").await, app.member("Ben").await, app.person("Gus").await);
    let fields = [("title", "Book club"), ("room", "books"), ("topic", ""), ("kind", "open")];
    assert_eq!(press(&app, &ana, "/rooms", "/api/v1/rooms", &fields).await, "/r/books");
    let join = "/api/v1/rooms/books/members/me?method=PUT";
    assert_eq!(press(&app, &ben, "/rooms", join, &[]).await, "/r/books");
    let (_, page) = open(&app, Some(&ben), "/rooms").await;
    assert!(page.contains("Book club") && !page.contains(join), "one does not join twice");
    let leave = "/api/v1/rooms/books/members/me?method=DELETE";
    assert_eq!(press(&app, &ben, "/r/books/about", leave, &[]).await, "/");
    for (who, sees) in [(Some(&gus), "Lobby"), (None, "Lobby")] {
        let (status, page) = open(&app, who, "/rooms").await;
        assert_eq!(status, 200);
        assert!(page.contains(sees) && !page.contains("Book club") && !page.contains("A new room"));
    }
}

#[tokio::test]
async fn a_room_that_keeps_nothing_is_made_by_a_form_and_says_so() {
    let app = TestApp::start().await;
    let (owner, ana, ben) = (app.owner("Olga").await, app.member("Ana").await, app.member("Ben").await);
    let nothing = "Nothing that is said there is kept.";
    let (_, form) = open(&app, Some(&ana), "/rooms").await;
    assert!(form.contains("Keep nothing of what is said (for live events)") && !form.contains(nothing), "{form}");
    make_room(&app, &ana, "garden", "open").await;
    for page in ["/rooms", "/r/garden/about"] {
        assert!(!open(&app, Some(&ben), page).await.1.contains(nothing), "{page}");
    }
    let fields = [("title", "Stage"), ("room", "stage"), ("topic", ""), ("kind", "open"), ("history", "off")];
    assert_eq!(press(&app, &ana, "/rooms", "/api/v1/rooms", &fields).await, "/r/stage");
    for (who, page) in [(&ben, "/rooms"), (&ben, "/r/stage/about"), (&owner, "/admin/rooms")] {
        let (status, text) = open(&app, Some(who), page).await;
        assert_eq!((status, text.matches(nothing).count()), (200, 1), "{page}: {text}");
    }
    let (_, about) = open(&app, Some(&ana), "/r/stage/about").await;
    assert!(about.contains("Change it") && !about.contains("name=\"history\""), "it never changes");
}

#[tokio::test]
async fn one_finds_somebody_and_writes_to_them() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana").await, app.member("Ben").await);
    let page = "/rooms?q=be";
    let room = press(&app, &ana, page, "/api/v1/direct", &[("users", ben.me.id.as_str())]).await;
    assert!(room.starts_with("/r/direct-"), "{room}");
    let (_, his) = open(&app, Some(&ben), "/rooms").await;
    assert!(his.contains("Among ourselves") && his.contains(&room), "{his}");
    assert!(open(&app, Some(&ana), "/rooms?q=nobody").await.1.contains("There is nobody whose name begins so."));
}

#[tokio::test]
async fn the_page_of_a_room_offers_what_one_may_do_there_and_nothing_else() {
    let app = TestApp::start().await;
    let owner = app.owner("Olga").await;
    let (ana, ben, cleo) = (app.member("Ana").await, app.member("Ben").await, app.member("Cleo").await);
    make_room(&app, &ana, "garden", "open").await;
    join(&app, &ben, "garden").await;
    join(&app, &owner, "garden").await;
    let about = "/r/garden/about";
    let kick = |who: &Person| format!("/rooms/garden/members/{}?method=DELETE", who.me.id);
    let (_, hers) = open(&app, Some(&ana), about).await;
    for offered in [
        &kick(&ben),
        "as they like",
        "every 5 seconds",
        "Change it",
        "Make a link",
        "Bring somebody in",
        "Make moderator",
        "Leave",
    ] {
        assert!(hers.contains(offered), "{offered}");
    }
    assert!(!hers.contains(&kick(&owner)), "nobody sends out who is more");
    let (_, his) = open(&app, Some(&ben), about).await;
    for refused in [&kick(&ana), "Change it", "Make a link", "Bring somebody in", "Keep order", "Make moderator"] {
        assert!(!his.contains(refused), "{refused}");
    }
    let (_, others) = open(&app, Some(&cleo), about).await;
    assert!(others.contains(">Join<") && !others.contains(">Leave<"), "{others}");
    let (_, all) = open(&app, Some(&owner), about).await;
    assert!(all.contains(&kick(&ana)) && all.contains("Archive it"));
    let (_, lobby) = open(&app, Some(&owner), "/r/lobby/about").await;
    assert!(!lobby.contains("Make it by invitation"), "every stranger comes to the lobby");
}

#[tokio::test]
async fn a_room_is_set_another_way_by_forms() {
    let app = TestApp::start().await;
    let ana = app.member("Ana").await;
    make_room(&app, &ana, "garden", "open").await;
    let (about, change) = ("/r/garden/about", "/api/v1/rooms/garden?method=PATCH");
    let forms: [&[(&str, &str)]; 5] = [
        &[("title", "Park"), ("topic", "Trees")],
        &[("slow", "30")],
        &[("announce", "true")],
        &[("kind", "open"), ("guests", "true")],
        &[("archived", "true")],
    ];
    for fields in forms {
        assert_eq!(press(&app, &ana, about, change, fields).await, about);
    }
    let (_, page) = open(&app, Some(&ana), about).await;
    for said in ["Park", "Trees", "every 30 seconds", "Only moderators speak.", "guests too", "archived"] {
        assert!(page.contains(said), "{said}");
    }
    press(&app, &ana, about, change, &[("title", "Park"), ("topic", "")]).await;
    assert!(!open(&app, Some(&ana), about).await.1.contains("Trees"), "a topic can be taken away");
    let refused = press(&app, &ana, about, change, &[("title", "")]).await;
    assert_eq!(refused, "/r/garden/about?error=title_too_long#told");
    assert!(open(&app, Some(&ana), &refused).await.1.contains("A title has 1 to 80 characters."));
}

#[tokio::test]
async fn people_are_brought_in_given_roles_and_sent_out_by_forms() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana").await, app.member("Ben").await);
    make_room(&app, &ana, "den", "closed").await;
    let seat = format!("/api/v1/rooms/den/members/{}?method=PUT", ben.me.id);
    press(&app, &ana, "/r/den/about?q=ben", &seat, &[]).await;
    assert!(open(&app, Some(&ben), "/r/den/about").await.1.contains("By invitation"));
    press(&app, &ana, "/r/den/about", &seat, &[("role", "moderator")]).await;
    assert!(open(&app, Some(&ben), "/r/den/about").await.1.contains("Step down"));
    press(&app, &ben, "/r/den/about", &seat, &[("role", "member")]).await;
    let out = format!("/api/v1/rooms/den/members/{}?method=DELETE", ben.me.id);
    press(&app, &ana, "/r/den/about", &out, &[]).await;
    let (status, page) = open(&app, Some(&ben), "/r/den/about").await;
    assert_eq!(status, 404);
    assert!(page.contains("There is nothing here.") && !page.contains("The den"));
}

#[tokio::test]
async fn who_is_muted_or_banned_is_listed_and_let_back() {
    let app = TestApp::start().await;
    let (ana, gus) = (app.member("Ana").await, app.person("Gus").await);
    let owner = app.owner("Olga").await;
    say(&app, &gus, "lobby", "noise").await;
    let seq = say(&app, &gus, "lobby", "more noise").await;
    let act = format!("/r/lobby/{seq}/act");
    let restraint = [("seconds", "3600"), ("reason", "too loud")];
    for what in ["mutes", "bans"] {
        let on = format!("/api/v1/rooms/lobby/{what}/{}?method=PUT", gus.me.id);
        let off = format!("/api/v1/rooms/lobby/{what}/{}?method=DELETE", gus.me.id);
        assert!(!open(&app, Some(&ana), &act).await.1.contains(&on), "not for everybody");
        assert_eq!(press(&app, &owner, &act, &on, &restraint).await, act);
        assert!(open(&app, Some(&owner), &act).await.1.contains(&off), "it is known there");
        if what == "bans" {
            let (status, page) = open(&app, Some(&gus), "/r/lobby").await;
            assert_eq!(status, 403);
            assert!(page.contains("You are banned from this room") && page.contains("too loud"), "{page}");
        }
        press(&app, &owner, "/r/lobby/about", &off, &[]).await;
        assert!(!open(&app, Some(&owner), "/r/lobby/about").await.1.contains(&off));
    }
    assert_eq!(open(&app, Some(&gus), "/r/lobby").await.0, 200);
}

#[tokio::test]
async fn however_many_are_muted_or_banned_they_come_in_pages() {
    let app = TestApp::start().await;
    let owner = app.owner("Olga").await;
    let mut guests = Vec::new();
    for number in 0..=limits::LIST {
        guests.push(app.person(&format!("Guest {number:03}")).await);
    }
    for guest in &guests {
        for what in ["mutes", "bans"] {
            let on = format!("/rooms/lobby/{what}/{}", guest.me.id);
            assert_eq!(app.ask("PUT", &on, Some(&owner.token), json!({})).await.0, 204);
        }
    }
    let listed = async |which: &str| {
        let path = format!("/rooms/lobby/bans{which}");
        let (status, bans) = app.ask("GET", &path, Some(&owner.token), Value::Null).await;
        assert_eq!(status, 200, "{bans}");
        bans.as_array().unwrap().iter().map(|ban| ban["who"]["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let mut everybody: Vec<_> = guests.iter().map(|guest| guest.me.id.to_string()).collect();
    everybody.sort();
    let first = listed("").await;
    assert_eq!(first.len(), limits::LIST);
    assert_eq!(listed(&format!("?limit={}", limits::LIST + 1)).await, first);
    assert_eq!(listed("?limit=1").await, first[..1]);
    let mut all = [&first[..], &listed(&format!("?after={}", first[limits::LIST - 1])).await].concat();
    all.sort();
    assert_eq!(all, everybody, "each once");

    for (list, way_back) in [("muted", "mutes"), ("banned", "bans")] {
        let mut path = "/r/lobby/about".to_owned();
        let mut seen = Vec::new();
        let on = async |path: &str| {
            let (_, page) = open(&app, Some(&owner), path).await;
            let action = format!("action=\"/api/v1/rooms/lobby/{way_back}/");
            let ids = page.split(&action).skip(1).map(|rest| rest.split('?').next().unwrap().to_owned());
            (ids.collect::<Vec<_>>(), page)
        };
        loop {
            let (ids, page) = on(&path).await;
            seen.extend(ids);
            let Some((_, next)) = page.split_once(&format!("href=\"/r/lobby/about?{list}=")) else { break };
            path = format!("/r/lobby/about?{list}={}", next.split('"').next().unwrap());
        }
        for id in on(&path).await.0 {
            let back = format!("/rooms/lobby/{way_back}/{id}");
            assert_eq!(app.ask("DELETE", &back, Some(&owner.token), Value::Null).await.0, 204);
        }
        assert!(!on(&path).await.0.is_empty(), "the list begins anew where its last page is gone");
        seen.sort();
        assert_eq!(seen, everybody, "each once");
    }
}

#[tokio::test]
async fn the_link_of_an_invitation_is_shown_once_and_kept_by_nobody() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana").await, app.member("Ben").await);
    make_room(&app, &ana, "den", "closed").await;
    let fields = [("room", "den"), ("seconds", "86400"), ("uses", "2")];
    let response = send(&app, &ana, "/r/den/about", "/api/v1/invites", &fields).await;
    assert_eq!(response.status(), 201);
    assert_eq!(response.headers()["cache-control"], "no-store");
    let page = response.text().await.unwrap();
    let (_, link) = page.split_once(&format!("{}/invite/", app.url(""))).expect("the whole link");
    let code = link.split('<').next().unwrap();
    let about = open(&app, Some(&ana), "/r/den/about").await.1;
    assert!(about.contains("2 more may come with it") || about.contains(">2<"), "{about}");
    assert!(!about.contains(code), "shown once");
    let (status, _) = app.ask("POST", &format!("/invites/{code}/redeem"), Some(&ben.token), Value::Null).await;
    assert_eq!(status, 200);
    let (_, end) = about.split_once("action=\"/api/v1/invites/").unwrap();
    let end = format!("/api/v1/invites/{}", end.split('"').next().unwrap());
    press(&app, &ana, "/r/den/about", &end, &[]).await;
    assert_eq!(app.ask("GET", &format!("/invites/{code}"), None, Value::Null).await.0, 410);
    let refused = send(&app, &ben, "/r/den/about", "/api/v1/invites", &fields).await;
    assert_eq!(refused.headers()["location"], "/r/den/about?error=forbidden#told", "not for everybody");
}

#[tokio::test]
async fn one_message_offers_what_one_may_do_with_it() {
    let app = TestApp::start().await;
    let (ana, ben, gus) = (app.member("Ana").await, app.member("Ben").await, app.person("Gus").await);
    for n in 1..=9 {
        say(&app, &ben, "lobby", &format!("number {n}")).await;
    }
    let (act, address) = ("/r/lobby/5/act", "/api/v1/rooms/lobby/messages/5");
    let (_, page) = open(&app, None, act).await;
    assert!(page.contains("number 2") && page.contains("number 8"), "it stands among others");
    assert!(!page.contains("number 1<") && !page.contains("number 9<"));
    assert!(page.contains("/login") && !page.contains("<form"), "a stranger only looks");
    let (_, page) = open(&app, Some(&gus), act).await;
    assert!(page.contains("/reports\"") && page.contains(">Block<") && !page.contains("Write to"), "{page}");
    let (_, mine) = open(&app, Some(&ben), act).await;
    assert!(!mine.contains("Report it") && !mine.contains(">Block<"), "not about oneself");
    press(&app, &ben, act, &format!("{address}/pin?method=PUT"), &[]).await;
    assert!(open(&app, Some(&ben), act).await.1.contains("Unpin"));
    let block = format!("/api/v1/me/blocks/{}?method=PUT", ben.me.id);
    press(&app, &ana, act, &block, &[]).await;
    assert!(open(&app, Some(&ana), act).await.1.contains("Unblock"));
    assert_eq!(press(&app, &ben, act, &format!("{address}?method=DELETE"), &[]).await, "/r/lobby/5");
    let (status, gone) = open(&app, Some(&ana), act).await;
    assert_eq!(status, 404);
    assert!(gone.contains("That message does not exist any more."));
}

#[tokio::test]
async fn a_report_is_handled_by_who_keeps_order_there() {
    let app = TestApp::start().await;
    let (ana, ben, cleo) = (app.member("Ana").await, app.member("Ben").await, app.member("Cleo").await);
    make_room(&app, &ana, "garden", "open").await;
    join(&app, &ben, "garden").await;
    join(&app, &cleo, "garden").await;
    say(&app, &ben, "garden", "before").await;
    let (fine, bad) = (say(&app, &ben, "garden", "fine").await, say(&app, &ben, "garden", "bad").await);
    for (seq, reason) in [(fine, "boring"), (bad, "rude")] {
        let action = format!("/api/v1/rooms/garden/messages/{seq}/reports");
        let onward = press(&app, &cleo, &format!("/r/garden/{seq}/act"), &action, &[("reason", reason)]).await;
        assert_eq!(onward, format!("/r/garden/{seq}"));
    }
    assert!(!open(&app, Some(&ben), "/reports").await.1.contains("rude"), "only for those who keep order there");
    assert_eq!(app.http.get(app.url("/reports")).send().await.unwrap().headers()["location"], "/login");
    let (_, page) = open(&app, Some(&ana), "/reports").await;
    for part in ["boring", "rude", "before", "Cleo"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!page.contains("Acts of power"), "a moderator does not govern the site");
    settle(&app, &ana, "rude", "removed").await;
    settle(&app, &ana, "boring", "dismissed").await;
    assert!(open(&app, Some(&ana), "/reports").await.1.contains("Nothing waits for you."));
    let (_, room) = open(&app, Some(&cleo), "/r/garden").await;
    assert!(room.contains("fine") && !room.contains(">bad<"), "{room}");
}

/// Presses a button below the report of this reason.
async fn settle(app: &TestApp, who: &Person, reason: &str, outcome: &str) {
    let (_, page) = open(app, Some(who), "/reports").await;
    let (_, behind) = page.split_once(reason).unwrap();
    let (_, action) = behind.split_once("action=\"/api/v1/reports/").unwrap();
    let action = format!("/api/v1/reports/{}", action.split('"').next().unwrap());
    assert_eq!(press(app, who, "/reports", &action, &[("outcome", outcome)]).await, "/reports");
}

#[tokio::test]
async fn what_the_word_filter_holds_back_is_said_later_or_never() {
    let app = TestApp::start().await;
    let (owner, ben) = (app.owner("Olga").await, app.member("Ben").await);
    let set = "/api/v1/settings?method=PATCH";
    let words = [("held_words", "casino\r\nslot machine"), ("refused_words", "")];
    assert_eq!(press(&app, &owner, "/admin/settings", set, &words).await, "/admin/settings");
    for body in ["to the casino", "slot machine ahoy"] {
        let message = json!({ "cid": new_cid(), "body": body });
        assert_eq!(app.ask("POST", "/rooms/lobby/messages", Some(&ben.token), message).await.0, 403);
    }
    let (_, page) = open(&app, Some(&owner), "/reports").await;
    assert!(page.contains("Held back by the word filter") && page.contains(">Say it<") && page.contains(">Never<"));
    settle(&app, &owner, "to the casino", "dismissed").await;
    settle(&app, &owner, "slot machine ahoy", "removed").await;
    let (_, lobby) = open(&app, None, "/").await;
    assert!(lobby.contains("to the casino") && !lobby.contains("slot machine ahoy"));
}

#[tokio::test]
async fn how_the_site_is_set_is_kept_as_it_was_ticked() {
    let app = TestApp::start().await;
    let owner = app.owner("Olga").await;
    let (page, set) = ("/admin/settings", "/api/v1/settings?method=PATCH");
    let first = [("sign_up", "invite"), ("guest_minutes", "5"), ("refused_words", "one\r\ntwo"), ("held_words", "")];
    press(&app, &owner, page, set, &first).await;
    // One is ticked no more, and another comes.
    let then =
        [("sign_up", "invite"), ("guest_minutes", ""), ("refused_words", "two"), ("refused_words", "three\r\n\r\n")];
    press(&app, &owner, page, set, &then).await;
    let (_, settings) = app.ask("GET", "/settings", Some(&owner.token), Value::Null).await;
    assert_eq!(settings["refused_words"], json!(["two", "three"]));
    assert_eq!((&settings["sign_up"], &settings["guest_minutes"]), (&json!("invite"), &json!(5)));
    press(&app, &owner, page, set, &[("refused_words", "")]).await;
    let (_, settings) = app.ask("GET", "/settings", Some(&owner.token), Value::Null).await;
    assert_eq!(settings["refused_words"], json!([]));
    let made = send(&app, &owner, page, "/api/v1/invites", &[("seconds", "86400"), ("uses", "1")]).await;
    assert_eq!(made.status(), 201);
    assert!(made.text().await.unwrap().contains("/invite/"));
}

#[tokio::test]
async fn those_who_keep_order_everywhere_have_pages_that_are_not_there_for_others() {
    let app = TestApp::start().await;
    let (owner, ben, gus) = (app.owner("Olga").await, app.member("Ben").await, app.person("Gus").await);
    for path in ["/admin", "/admin/rooms", "/admin/audit", "/admin/settings", "/admin/now"] {
        for who in [None, Some(&gus), Some(&ben)] {
            assert_eq!(open(&app, who, path).await.0, 404, "{path}");
        }
        let (status, page) = open(&app, Some(&owner), path).await;
        assert_eq!(status, 200, "{path}");
        assert!(page.contains(&format!("href=\"{path}\" aria-current=\"page\"")), "{page}");
    }
}

#[tokio::test]
async fn people_are_promoted_and_banned_from_the_site_by_forms() {
    let app = TestApp::start().await;
    let (owner, ben, gus) = (app.owner("Olga").await, app.member("Ben").await, app.person("Gus").await);
    let role = format!("/api/v1/people/{}/role?method=PUT", ben.me.id);
    press(&app, &owner, "/admin", &role, &[("role", "admin")]).await;
    let (_, his) = open(&app, Some(&ben), "/admin").await;
    assert!(!his.contains(&format!("/api/v1/bans/{}", owner.me.id)), "nobody bans who is more");
    assert!(!his.contains("Hand the site over to"));
    let (_, all) = open(&app, Some(&owner), "/admin").await;
    assert!(!all.contains("Gus"), "guests are many");
    let on = format!("/api/v1/bans/{}?method=PUT", gus.me.id);
    let restraint = [("seconds", ""), ("reason", "bot"), ("address", "true")];
    assert_eq!(press(&app, &ben, "/admin?q=gus", &on, &restraint).await, "/admin?q=gus");
    assert_eq!(app.ask("GET", "/me", Some(&gus.token), Value::Null).await.0, 403);
    let hers = format!("/api/v1/bans/{}?method=PUT", owner.me.id);
    let refused = send(&app, &ben, "/admin?q=gus&done", &hers, &restraint).await;
    assert_eq!(refused.headers()["location"], "/admin?q=gus&error=outranked#told");
    let off = format!("/api/v1/bans/{}?method=DELETE", gus.me.id);
    press(&app, &ben, "/admin?q=gus", &off, &[]).await;
    assert_eq!(app.ask("GET", "/me", Some(&gus.token), Value::Null).await.0, 200);
    press(&app, &owner, "/admin", &role, &[("role", "owner")]).await;
    assert_eq!(app.ask("GET", "/me", Some(&ben.token), Value::Null).await.1["role"], "owner");
    let (_, log) = open(&app, Some(&ben), "/admin/audit").await;
    for said in ["banned from the site", "let onto the site again", "gave another role on the site to", "bot"] {
        assert!(log.contains(said), "{said} in {log}");
    }
}

#[tokio::test]
async fn all_rooms_are_listed_for_those_who_keep_order_and_archived() {
    let app = TestApp::start().await;
    let (owner, ana, ben) = (app.owner("Olga").await, app.member("Ana").await, app.member("Ben").await);
    make_room(&app, &ana, "den", "closed").await;
    let direct = json!({ "users": [ben.me.id] });
    let (_, direct) = app.ask("POST", "/direct", Some(&ana.token), direct).await;
    let (_, page) = open(&app, Some(&owner), "/admin/rooms").await;
    assert!(page.contains("The den") && page.contains("by invitation"));
    assert!(!page.contains(direct["room"].as_str().unwrap()), "people among themselves have no masters");
    let archive = "/api/v1/rooms/den?method=PATCH";
    press(&app, &owner, "/admin/rooms", archive, &[("archived", "true")]).await;
    let message = json!({ "cid": new_cid(), "body": "too late" });
    assert_eq!(app.ask("POST", "/rooms/den/messages", Some(&ana.token), message).await.0, 403);
    press(&app, &owner, "/admin/rooms", archive, &[("archived", "false")]).await;
    say(&app, &ana, "den", "in time").await;
}

#[tokio::test]
async fn however_many_rooms_there_are_they_come_in_pages() {
    let app = TestApp::start().await;
    let (owner, ana) = (app.owner("Olga").await, app.member("Ana").await);
    for number in 0..60 {
        make_room(&app, if number % 2 == 0 { &owner } else { &ana }, &format!("room-{number:02}"), "closed").await;
    }
    let listed = async |path: &str| {
        let (_, page) = open(&app, Some(&owner), path).await;
        let rooms =
            page.split("action=\"/api/v1/rooms/").skip(1).map(|rest| rest.split('?').next().unwrap().to_owned());
        (rooms.collect::<Vec<_>>(), page)
    };
    let (mut rooms, first) = listed("/admin/rooms").await;
    let last = rooms.last().unwrap().clone();
    assert!(rooms.len() < 60 && first.contains(&format!("href=\"/admin/rooms?after={last}\"")), "{first}");
    let (rest, second) = listed(&format!("/admin/rooms?after={last}")).await;
    assert!(!second.contains("?after="), "that is all");
    rooms.extend(rest);
    assert_eq!(rooms.len(), 61, "each once, with the lobby: {rooms:?}");
    rooms.sort();
    rooms.dedup();
    assert_eq!(rooms.len(), 61);
}

#[tokio::test]
async fn the_server_tells_how_it_does() {
    let app = TestApp::start().await;
    let owner = app.owner("Olga").await;
    say(&app, &owner, "lobby", "one").await;
    let mut socket = app.in_lobby(Some(&owner)).await;
    say(&app, &owner, "lobby", "two").await;
    assert_eq!(socket.heard().await, "two");
    let log_in = json!({ "name": "Olga", "password": PASSWORD });
    assert_eq!(app.ask("POST", "/session", None, log_in).await.0, 201);
    let (_, page) = open(&app, Some(&owner), "/admin/now").await;
    assert!(page.contains("Open sockets.</th>") && page.contains("Messages among them."), "{page}");
    let told = |says: &str| -> String {
        let (_, value) = page.split_once(&format!("{says}</th>")).unwrap_or_else(|| panic!("{says} in {page}"));
        value.split_once("<td>").unwrap().1.split_once("</td>").unwrap().0.to_owned()
    };
    assert_eq!((told("Open sockets."), told("People who are connected.")), ("1".to_owned(), "1".to_owned()));
    // Other tests of this process are counted too, and on a busy machine a minute is looked at late, and is a longer one.
    for (says, at_least) in [
        ("Messages a second", 0.03),
        ("Deliveries a second", 0.01),
        ("Transactions a second", 0.01),
        ("Log-ins a minute", 0.5),
    ] {
        assert!(told(says).parse::<f64>().unwrap() >= at_least, "{says}: {}", told(says));
    }
    let metrics = app.page("/metrics").await;
    for line in ["banter_connections 1\n", "banter_people 1\n", "# TYPE banter_posts_total counter\n"] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
    assert!(!metrics.contains("banter_password_hashes_total 0\n"), "who signs up has a password");
}

#[tokio::test]
async fn what_is_found_is_marked_and_leads_to_its_place() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana").await, app.member("Ben").await);
    make_room(&app, &ana, "den", "closed").await;
    let seq = say(&app, &ana, "lobby", "A <b>Café</b> in town").await;
    let hidden = say(&app, &ana, "den", "our own cafe").await;
    let found = async |who: Option<&Person>, path: &str, place: &str| {
        loop {
            let (status, page) = open(&app, who, path).await;
            assert_eq!(status, 200);
            // The index follows behind what is said.
            if page.contains(place) {
                return page;
            }
            tokio::task::yield_now().await;
        }
    };
    let place = format!("href=\"/r/lobby/{seq}\"");
    let page = crate::support::within(found(None, "/search?q=cafe", &place)).await;
    assert!(page.contains("&lt;b&gt;<mark>Café</mark>&lt;/b&gt;"), "{page}");
    let secret = format!("href=\"/r/den/{hidden}\"");
    crate::support::within(found(Some(&ana), "/search?q=cafe", &secret)).await;
    assert!(!open(&app, Some(&ben), "/search?q=cafe").await.1.contains(&secret), "only where one may read");
    assert!(!open(&app, Some(&ana), "/search?q=cafe&room=lobby").await.1.contains(&secret));
    let (_, empty) = open(&app, None, "/search").await;
    assert!(empty.contains("from:Ana") && empty.contains("before:"), "it says what can be typed");
    assert!(open(&app, None, "/search?q=zebra").await.1.contains("Nothing was found."));
}

#[tokio::test]
async fn the_messages_that_name_me_are_listed() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana").await, app.member("Ben").await);
    let seq = say(&app, &ben, "lobby", "tea, @Ana?").await;
    let (_, page) = open(&app, Some(&ana), "/mentions").await;
    assert!(page.contains(&format!("href=\"/r/lobby/{seq}\"")) && page.contains("tea, @Ana?"), "{page}");
    assert!(open(&app, Some(&ben), "/mentions").await.1.contains("Nobody has named you"));
    assert_eq!(app.http.get(app.url("/mentions")).send().await.unwrap().headers()["location"], "/login");
}

#[tokio::test]
async fn a_room_that_one_cannot_read_says_why_and_the_way_on() {
    let app = TestApp::start().await;
    let owner = app.owner("Olga").await;
    let (ana, ben, gus) = (app.member("Ana").await, app.member("Ben").await, app.person("Gus").await);
    make_room(&app, &ana, "garden", "open").await;
    make_room(&app, &ana, "den", "closed").await;
    for path in ["/r/garden", "/r/garden/1", "/r/garden/about", "/r/garden/1/act"] {
        let (status, page) = open(&app, None, path).await;
        assert_eq!(status, 401, "{path}");
        assert!(page.contains("href=\"/login\"") && !page.contains("The garden"), "{page}");
        let (status, page) = open(&app, Some(&gus), path).await;
        assert_eq!(status, 403, "{path}");
        assert!(page.contains("Guests do not read this room.") && page.contains("href=\"/signup\""), "{page}");
    }
    let closed = open(&app, Some(&ben), "/r/den").await;
    let nowhere = open(&app, Some(&ben), "/r/nowhere").await;
    assert_eq!((closed.0, nowhere.0), (404, 404));
    // What follows is the same but for its nonce.
    let shown = |page: &str| page.split_once("<body").unwrap().1.split_once("</body>").unwrap().0.to_owned();
    assert_eq!(shown(&closed.1), shown(&nowhere.1), "nobody learns which");
    let (status, page) = open(&app, Some(&owner), "/r/den").await;
    assert_eq!(status, 403);
    assert!(page.contains("Everybody in it will see that you did."), "{page}");
    let join = "/api/v1/rooms/den/members/me?method=PUT";
    assert_eq!(press(&app, &owner, "/r/den", join, &[]).await, "/r/den");
    assert_eq!(open(&app, Some(&owner), "/r/den").await.0, 200);
}
