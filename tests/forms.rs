//! Pages and forms, as a browser without any script sees them.

use crate::support::{TestApp, cookie, new_cid};

#[tokio::test]
async fn the_lobby_is_what_the_tutorial_has() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    app.post(&ana, "the newest message").await;
    let page = app.page("/").await;
    for part in [
        "<title>Chat App</title>",
        "Real-Time Chat</h1>",
        "id=\"messages\"",
        "id=\"messageInput\"",
        "id=\"sendButton\"",
        "the newest message",
        "Ana",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert_eq!(app.http.get(app.url("/r/lobby")).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn what_people_write_is_text_in_every_place() {
    let app = TestApp::start().await;
    let ana = app.person("<i>Ana</i>").await;
    let nasty = "</script><script>alert(1)</script><img src=x onerror=alert(1)> javascript:alert(1) \u{2028}";
    app.post(&ana, nasty).await;
    let page = app.page("/").await;
    assert!(!page.contains("<script>alert"), "{page}");
    assert!(!page.contains("<img"));
    assert!(!page.contains("<i>Ana"));
    assert!(!page.contains("href=\"javascript:"));
    assert!(page.contains("&lt;img src=x"), "it is there, as text");
}

#[tokio::test]
async fn looking_leaves_no_trace() {
    let app = TestApp::start().await;
    for path in ["/", "/r/lobby", "/nothing", "/api/v1/rooms"] {
        let response = app.http.get(app.url(path)).send().await.unwrap();
        assert!(cookie(response.headers()).is_none(), "{path}");
    }
}

#[tokio::test]
async fn a_stranger_is_heard_at_the_first_send() {
    let app = TestApp::start().await;
    let form = [("cid", new_cid().to_string()), ("body", "first words".to_owned())];
    let post = || app.http.post(app.url("/api/v1/rooms/lobby/messages")).header("origin", app.url("")).form(&form);
    let response = post().header("referer", app.url("/r/lobby")).send().await.unwrap();
    assert_eq!(response.status(), 303);
    assert_eq!(response.headers()["location"], "/r/lobby");
    let cookie = cookie(response.headers()).expect("one is somebody now");
    assert!(app.page("/").await.contains("first words"));

    let again = post().header("cookie", cookie).send().await.unwrap();
    assert_eq!(again.status(), 303);
    assert!(crate::support::cookie(again.headers()).is_none(), "one stays who one is");
    let said = app.page("/").await.matches("first words").count();
    assert_eq!(said, 2, "a form sent twice is one message: in the list, and in the data for the app");
}

/// A browser that goes back shows the page of before, with the cid of before.
#[tokio::test]
async fn another_text_under_an_old_cid_is_not_lost() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let cid = new_cid().to_string();
    for text in ["said before", "said after", "said after"] {
        let form = [("cid", cid.as_str()), ("body", text)];
        let request = app.http.post(app.url("/api/v1/rooms/lobby/messages")).header("cookie", &ana.cookie);
        assert_eq!(request.form(&form).send().await.unwrap().status(), 303);
    }
    let page = app.page("/").await;
    for text in ["said before", "said after"] {
        assert_eq!(page.matches(text).count(), 2, "{text} is one message: in the list, and in the data for the app");
    }
}

#[tokio::test]
async fn a_refused_form_makes_nobody() {
    let app = TestApp::start().await;
    for (path, body) in [("/api/v1/rooms/cellar/messages", "hi"), ("/api/v1/rooms/lobby/messages", " ")] {
        let form = [("cid", new_cid().to_string()), ("body", body.to_owned())];
        let response = app.http.post(app.url(path)).form(&form).send().await.unwrap();
        assert!(response.status().is_client_error());
        assert!(cookie(response.headers()).is_none(), "{path}");
    }
}

#[tokio::test]
async fn a_name_is_chosen_by_a_form() {
    let app = TestApp::start().await;
    let choose = |name: &'static str| app.http.post(app.url("/api/v1/guest")).form(&[("name", name)]);
    let response = choose("Cleo").send().await.unwrap();
    assert_eq!((response.status().as_u16(), &response.headers()["location"]), (303, &"/".parse().unwrap()));
    let cookie = cookie(response.headers()).unwrap();
    let other = choose("Cleopatra").header("cookie", &cookie).send().await.unwrap();
    assert_eq!(other.status(), 303);
    let page = app.http.get(app.url("/")).header("cookie", &cookie).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Cleopatra"), "{page}");
}

#[tokio::test]
async fn a_refused_form_says_why_on_a_page() {
    let app = TestApp::start().await;
    let form = [("cid", new_cid().to_string()), ("body", " ".to_owned())];
    let response = app.http.post(app.url("/api/v1/rooms/lobby/messages")).form(&form).send().await.unwrap();
    assert_eq!(response.status(), 400);
    assert!(cookie(response.headers()).is_none(), "saying nothing makes nobody");
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(response.text().await.unwrap().contains("There is nothing to send."));
}

#[tokio::test]
async fn what_is_not_there_is_said_on_a_page() {
    let app = TestApp::start().await;
    for path in ["/nothing", "/r/cellar", "/r/NO"] {
        let response = app.http.get(app.url(path)).send().await.unwrap();
        assert_eq!(response.status(), 404, "{path}");
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/html"), "{path}");
        assert!(response.text().await.unwrap().contains("There is nothing here."), "{path}");
    }
}

#[tokio::test]
async fn a_page_runs_its_own_script_and_no_other() {
    let app = TestApp::start().await;
    let response = app.http.get(app.url("/")).send().await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    for part in ["default-src 'none'", "'nonce-", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    let other = app.http.get(app.url("/")).send().await.unwrap();
    assert_ne!(other.headers()["content-security-policy"], policy.as_str(), "a nonce is used once");
}

#[tokio::test]
async fn files_are_compressed_and_kept_for_ever() {
    let app = TestApp::start().await;
    let page = app.page("/").await;
    let (_, rest) = page.split_once("<link rel=\"stylesheet\" href=\"").expect("a style sheet");
    let (css, _) = rest.split_once('"').unwrap();
    for coding in ["br", "gzip"] {
        let response = app.http.get(app.url(css)).header("accept-encoding", coding).send().await.unwrap();
        assert_eq!(response.headers()["content-encoding"], coding);
        assert_eq!(response.headers()["cache-control"], "public, max-age=31536000, immutable");
        assert_eq!(response.headers()["content-type"], "text/css; charset=utf-8");
    }
    let plain = app.http.get(app.url(css)).send().await.unwrap();
    assert!(plain.headers().get("content-encoding").is_none());
    assert!(plain.text().await.unwrap().contains("--accent"));
}
