//! Whoever asks in another language has all of it in that language.

use std::collections::BTreeSet;

use reqwest::header::ACCEPT_LANGUAGE;
use serde_json::{Value, json};

use crate::support::{Person, TestApp};

/// Texts that are the same in both languages.
const ALIKE: [&str; 9] = ["Deutsch", "Emoji", "English", "In", "Lobby", "Magenta", "Name", "Orange", "in"];
/// What people wrote or are called, and what is no word.
const NO_WORDS: [&str; 14] =
    ["Olga", "Ana", "Ben", "Carl", "Dora", "O", "1234 @Ana", "@Ana", "👍 Ana", "4711", "0815", "garden", "0 s", "5 s"];

/// What a page says, in its text and to those who do not see it.
fn said(page: &str) -> BTreeSet<String> {
    let mut said = BTreeSet::new();
    let mut rest = page.split_once("<body").expect("a page has a body").1;
    while let Some((before, tag)) = rest.split_once('<') {
        said.insert(before.trim().to_owned());
        let (tag, after) = tag.split_once('>').expect("a tag ends");
        for attribute in ["aria-label", "placeholder", "title", "alt"] {
            let begin = format!(" {attribute}=\"");
            said.extend(tag.split_once(&begin).and_then(|(_, value)| value.split('"').next()).map(str::to_owned));
        }
        rest = if tag.starts_with("script") { after.split_once("</script>").expect("a script ends").1 } else { after };
    }
    said.retain(|text| text.chars().any(char::is_alphabetic));
    said
}

async fn page(app: &TestApp, person: Option<&Person>, path: &str, language: &str) -> String {
    let request = app.http.get(app.url(path)).header(ACCEPT_LANGUAGE, language);
    let request = person.iter().fold(request, |request, person| request.header("cookie", &person.cookie));
    let page = request.send().await.unwrap().text().await.unwrap();
    assert!(page.contains(&format!("<html lang=\"{language}\">")), "{path}: {page}");
    page
}

/// Does it, and answers with what came of it.
async fn done(app: &TestApp, who: &Person, method: &str, path: &str, body: Value) -> Value {
    let (status, answer) = app.ask(method, path, Some(&who.token), body).await;
    assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
    answer
}

#[tokio::test]
async fn no_page_speaks_two_languages() {
    let app = TestApp::start().await;
    let (olga, ana, ben) = (app.owner("Olga").await, app.member("Ana").await, app.member("Ben").await);
    let (carl, dora) = (app.member("Carl").await, app.person("Dora").await);
    let in_garden = |path: &str, who: &Person| format!("/rooms/garden/{path}/{}", who.me.id);
    done(&app, &ana, "POST", "/rooms", json!({ "room": "garden", "title": "4711", "kind": "open" })).await;
    done(&app, &ana, "POST", "/rooms", json!({ "room": "stage", "title": "4711", "history": "off" })).await;
    for who in [&olga, &ben, &carl] {
        done(&app, who, "PUT", "/rooms/garden/members/me", json!({})).await;
    }
    for change in [json!({ "topic": "0815" }), json!({ "slow": 5 }), json!({ "slow": 0 })] {
        done(&app, &ana, "PATCH", "/rooms/garden", change).await;
    }
    done(&app, &ana, "PUT", &in_garden("mutes", &ben), json!({ "seconds": 600, "reason": "0815" })).await;
    done(&app, &ana, "PUT", &in_garden("bans", &carl), json!({ "reason": "0815" })).await;
    done(&app, &olga, "PUT", &format!("/bans/{}", carl.me.id), json!({ "seconds": 600, "reason": "0815" })).await;
    let seq = app.post(&olga, "1234 @Ana").await;
    done(&app, &ana, "PUT", &format!("/rooms/lobby/messages/{seq}/reactions/👍"), Value::Null).await;
    done(&app, &olga, "PUT", &format!("/rooms/lobby/messages/{seq}/pin"), Value::Null).await;
    done(&app, &ana, "POST", &format!("/rooms/lobby/messages/{seq}/reports"), json!({ "reason": "0815" })).await;
    let gone = app.post(&olga, "5678").await;
    done(&app, &olga, "DELETE", &format!("/rooms/lobby/messages/{gone}"), Value::Null).await;
    done(&app, &olga, "POST", "/tokens", json!({ "label": "0815", "scopes": ["read", "write"] })).await;
    done(&app, &olga, "PUT", &format!("/me/blocks/{}", ben.me.id), Value::Null).await;
    done(&app, &ana, "POST", "/invites", json!({ "room": "garden" })).await;
    let invite = done(&app, &olga, "POST", "/invites", json!({})).await;
    let code = invite["code"].as_str().or(invite["url"].as_str().and_then(|url| url.rsplit('/').next())).unwrap();

    let act = format!("/r/lobby/{seq}/act");
    let (invited, direct) = (format!("/invite/{code}"), "/r/nowhere");
    let pages: [(&[Option<&Person>], &[&str]); 4] = [
        (&[Some(&olga), Some(&ana), Some(&dora), None], &["/", "/rooms", "/search?q=1234", "/r/lobby/about", direct]),
        (
            &[Some(&olga), Some(&ana), Some(&ben)],
            &["/settings", "/mentions", "/r/garden", "/r/garden/about", "/r/stage/about", &act],
        ),
        (&[Some(&olga)], &["/admin", "/admin/rooms", "/admin/audit", "/admin/settings", "/admin/now", "/reports"]),
        (&[None, Some(&dora), Some(&carl)], &["/login", "/signup", &invited, "/setup?code=1", "/login?error=busy"]),
    ];
    for (people, paths) in pages {
        for (person, path) in people.iter().flat_map(|person| paths.iter().map(move |path| (*person, *path))) {
            let [english, german] =
                [page(&app, person, path, "en").await, page(&app, person, path, "de").await].map(|page| said(&page));
            let is_no_word = |text: &str| NO_WORDS.contains(&text) || text.ends_with("UTC");
            let both: Vec<_> = english
                .intersection(&german)
                .filter(|text| !is_no_word(text) && !ALIKE.contains(&text.as_str()))
                .collect();
            assert!(both.is_empty(), "{path} says to {:?}: {both:?}", person.map(|person| &person.me.name));
            assert!(german.len() + 3 >= english.len(), "{path} says as much: {german:?}");
        }
    }
}

#[tokio::test]
async fn what_was_chosen_in_the_settings_holds_in_that_browser() {
    let app = TestApp::start().await;
    let ana = app.member("Ana").await;
    let choose = async |language: &str| {
        let request = app.http.post(app.url("/language")).header("cookie", &ana.cookie).header("origin", app.url(""));
        let response = request.form(&[("language", language)]).send().await.unwrap();
        assert_eq!(response.status(), 303);
        assert_eq!(response.headers()["location"], "/settings?done#told");
        let cookie = response.headers().get("set-cookie").map(|cookie| cookie.to_str().unwrap().to_owned());
        cookie.map(|cookie| cookie.split(';').next().unwrap().to_owned())
    };
    let german = choose("de").await.expect("a cookie");
    let asks = async |cookie: &str, asked: &str| {
        let request = app.http.get(app.url("/settings")).header(ACCEPT_LANGUAGE, asked);
        request.header("cookie", format!("{}; {cookie}", ana.cookie)).send().await.unwrap().text().await.unwrap()
    };
    assert!(asks(&german, "en").await.contains("<html lang=\"de\">"));
    assert!(asks(&german, "en").await.contains("<option value=\"de\" lang=\"de\" selected"));
    assert!(asks("", "en").await.contains("<html lang=\"en\">"));
    assert_eq!(choose("").await, None, "there was nothing to take back");
    assert_eq!(choose("klingon").await, None);
}

#[tokio::test]
async fn errors_are_told_in_the_language_of_who_asks() {
    let app = TestApp::start().await;
    let ask = async |language: &str| {
        let request = app.http.get(app.url("/api/v1/nowhere")).header(ACCEPT_LANGUAGE, language);
        request.send().await.unwrap().json::<Value>().await.unwrap()["error"].clone()
    };
    assert_eq!(ask("de").await, json!({ "code": "not_found", "message": "Hier ist nichts." }));
    assert_eq!(ask("fr").await, json!({ "code": "not_found", "message": "There is nothing here." }));
    let mut socket = app.connect("/ws", &[("sec-websocket-protocol", "banter.v1"), ("accept-language", "de-AT")]).await;
    socket.hello(None).await;
    socket.say(r#"{"t":"sub","room":"nowhere"}"#).await;
    let told = socket.text().await;
    assert!(told.contains("not_found") && told.contains("Hier ist nichts."), "{told}");
}

#[tokio::test]
async fn the_words_of_the_page_come_as_a_file_that_never_changes() {
    let app = TestApp::start().await;
    let page = page(&app, None, "/", "de").await;
    let (_, rest) = page.split_once("/words/de.").expect("the address of a file");
    let name = rest.split("json").next().unwrap();
    let file = app.http.get(app.url(&format!("/words/de.{name}json"))).send().await.unwrap();
    assert!(file.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    let words: Value = file.json().await.unwrap();
    assert!(words["live"].as_str().unwrap().lines().any(|words| words == "Senden"));
    assert_eq!(words["tool"]["Close"], "Schließen");
    assert_eq!(app.http.get(app.url("/words/de.0.json")).send().await.unwrap().status(), 404);
}
