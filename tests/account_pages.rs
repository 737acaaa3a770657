//! Logging in, signing up, setting up, invitations and settings, as a browser without any script has them.

use std::collections::BTreeMap;

use banter::server::config::{Config, Switch};
use reqwest::Response;
use reqwest::header::{HeaderMap, LOCATION, SET_COOKIE};
use serde_json::{Value, json};

use crate::support::{PASSWORD, Person, TestApp, config};

/// A browser: it keeps cookies, follows the way that it is shown, and names where it comes from as far as the page lets it.
struct Browser<'a> {
    app: &'a TestApp,
    cookies: BTreeMap<String, String>,
    referer: Option<String>,
    /// Path and query of the page that it shows.
    at: String,
    status: u16,
    headers: HeaderMap,
    page: String,
}

impl<'a> Browser<'a> {
    fn new(app: &'a TestApp) -> Self {
        let (cookies, headers) = (BTreeMap::new(), HeaderMap::new());
        Self { app, cookies, referer: None, at: String::new(), status: 0, headers, page: String::new() }
    }

    /// That of somebody who is known.
    fn of(app: &'a TestApp, person: &Person) -> Self {
        let mut browser = Self::new(app);
        browser.keep(&person.cookie);
        browser
    }

    async fn open(&mut self, path: &str) {
        let request = self.app.http.get(self.app.url(path)).header("cookie", self.cookie());
        let request = self.referer.iter().fold(request, |request, referer| request.header("referer", referer));
        let response = request.send().await.unwrap();
        self.show(path.to_owned(), response).await;
    }

    /// Sends a form that stands on the page, filled in so.
    async fn send(&mut self, action: &str, fields: &[(&str, &str)]) {
        let hidden = hidden_fields(self.form(action));
        let fields: Vec<_> =
            hidden.iter().map(|(name, value)| (&**name, &**value)).chain(fields.iter().copied()).collect();
        let request = self.app.http.post(self.app.url(action)).form(&fields);
        let request = request.header("cookie", self.cookie()).header("origin", self.app.url(""));
        let request = self.referer.iter().fold(request, |request, referer| request.header("referer", referer));
        let response = request.send().await.unwrap();
        self.show(action.to_owned(), response).await;
    }

    async fn show(&mut self, path: String, response: Response) {
        for cookie in response.headers().get_all(SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        if let Some(location) = response.headers().get(LOCATION) {
            assert_eq!(response.status(), 303);
            let location = location.to_str().unwrap().split('#').next().unwrap().to_owned();
            return Box::pin(self.open(&location)).await;
        }
        self.at = path;
        self.status = response.status().as_u16();
        self.headers = response.headers().clone();
        self.page = response.text().await.unwrap();
        self.referer = Some(match self.headers["referrer-policy"].to_str().unwrap() {
            "same-origin" => self.app.url(&self.at),
            "strict-origin" => self.app.url("/"),
            other => panic!("what does a browser say of a page with {other}?"),
        });
    }

    fn keep(&mut self, cookie: &str) {
        let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
        self.cookies.insert(name.to_owned(), value.to_owned());
        if value.is_empty() {
            self.cookies.remove(name);
        }
    }

    fn cookie(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn form(&self, action: &str) -> &str {
        let (_, rest) = self
            .page
            .split_once(&format!("action=\"{action}\""))
            .unwrap_or_else(|| panic!("{action} in {}", self.page));
        rest.split_once("</form>").expect("a form ends").0
    }

    fn says(&self, text: &str) {
        assert!(self.page.contains(text), "{text} in {}", self.page);
    }

    /// What went wrong, as the page says it.
    fn alert(&self) -> &str {
        let (_, rest) = self.page.split_once("role=\"alert\"").unwrap_or_else(|| panic!("an alert in {}", self.page));
        rest.split_once('>').unwrap().1.split_once('<').unwrap().0
    }

    /// Who the server takes it for.
    async fn me(&self) -> Value {
        let request = self.app.http.get(self.app.url("/api/v1/me")).header("cookie", self.cookie());
        request.send().await.unwrap().json().await.unwrap()
    }

    fn is_a_secret(&self) {
        assert_eq!(self.headers["cache-control"], "no-store", "{}", self.at);
        assert_eq!(self.headers["referrer-policy"], "strict-origin", "{}", self.at);
    }
}

fn hidden_fields(form: &str) -> Vec<(String, String)> {
    let inputs = form.split("<input type=\"hidden\" name=\"").skip(1);
    inputs
        .map(|input| {
            let (name, rest) = input.split_once("\" value=\"").unwrap();
            (name.to_owned(), rest.split_once('"').unwrap().0.to_owned())
        })
        .collect()
}

/// The actions of a page that end something of a kind, in order.
fn actions<'a>(page: &'a str, under: &str) -> Vec<&'a str> {
    let actions = page.split("action=\"").skip(1).map(|rest| rest.split_once('"').unwrap().0);
    actions.filter(|action| action.starts_with(under)).collect()
}

async fn set_sign_up(app: &TestApp, owner: &Person, policy: &str) {
    let change = json!({ "sign_up": policy });
    assert_eq!(app.ask("PATCH", "/settings", Some(&owner.token), change).await.0, 200);
}

/// The code of an invitation.
async fn invite(app: &TestApp, by: &Person, what: Value) -> String {
    let (status, made) = app.ask("POST", "/invites", Some(&by.token), what).await;
    assert_eq!(status, 201, "{made}");
    made["code"].as_str().unwrap().to_owned()
}

/// Somebody with a closed room, and the code of an invitation into it.
async fn cellar(app: &TestApp, uses: u64) -> (Person, String) {
    let ana = app.member("Ana").await;
    let room = json!({ "room": "cellar", "title": "The <Cellar>", "kind": "closed" });
    assert_eq!(app.ask("POST", "/rooms", Some(&ana.token), room).await.0, 201);
    let code = invite(app, &ana, json!({ "room": "cellar", "uses": uses })).await;
    (ana, code)
}

/// How often it may still be used.
async fn left(app: &TestApp, by: &Person) -> u64 {
    let (_, listed) = app.ask("GET", "/invites", Some(&by.token), Value::Null).await;
    listed[0]["left"].as_u64().unwrap_or_default()
}

fn without_guests() -> Config {
    Config { guests: Switch::Off, ..config() }
}

#[tokio::test]
async fn one_logs_in_by_a_form() {
    let app = TestApp::start().await;
    app.member("Ana").await;
    let mut browser = Browser::new(&app);
    browser.open("/login").await;
    for part in ["autocomplete=\"username\"", "autocomplete=\"current-password\"", "href=\"/signup\""] {
        browser.says(part);
    }
    browser.send("/api/v1/session", &[("name", "ana"), ("password", PASSWORD)]).await;
    assert_eq!((browser.at.as_str(), browser.status), ("/", 200));
    assert_eq!(browser.me().await["name"], "Ana");
}

#[tokio::test]
async fn a_wrong_password_is_said_on_the_page_and_the_name_is_kept() {
    let app = TestApp::start().await;
    app.member("Ana").await;
    let nasty = "\"><script>alert(1)</script>";
    for name in ["Ana", nasty] {
        let mut browser = Browser::new(&app);
        browser.open("/login").await;
        browser.send("/api/v1/session", &[("name", name), ("password", "wrong horse")]).await;
        assert_eq!(browser.at, "/login?error=wrong_password", "the address tells the code and nothing that was typed");
        assert_eq!(browser.alert(), "Name or password is wrong.");
        let kept = name.replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;");
        browser.says(&format!("value=\"{kept}\""));
    }
    let (status, answer) = app.ask("POST", "/session", None, json!({ "name": "Ana", "password": "wrong horse" })).await;
    assert_eq!((status, &answer["error"]["code"]), (401, &json!("wrong_password")), "a program is told as ever");
}

#[tokio::test]
async fn who_has_to_wait_is_told_how_long() {
    let app = TestApp::with(Config { connect_rate: 1, ..config() }).await;
    let mut browser = Browser::new(&app);
    browser.open("/login").await;
    // As many at once as come in, and one more.
    for _ in 0..20 {
        browser.send("/api/v1/session", &[("name", "Ana"), ("password", "wrong horse")]).await;
        if browser.at.contains("too_fast") {
            break;
        }
    }
    assert!(browser.alert().starts_with("That was too fast. Try again in "), "{}", browser.alert());
}

#[tokio::test]
async fn nobody_puts_words_on_a_page_by_a_link() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    for query in ["error=Your+account+is+in+danger", "error=wrong_password&message=danger", "name=danger&typed=danger"]
    {
        browser.open(&format!("/login?{query}")).await;
        assert_eq!(browser.status, 200);
        assert!(!browser.page.contains("danger"), "{query}");
    }
}

#[tokio::test]
async fn one_signs_up_by_a_form() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    browser.open("/signup").await;
    browser.says("autocomplete=\"new-password\"");
    browser.send("/api/v1/accounts", &[("name", "Ana"), ("password", "short")]).await;
    assert_eq!(browser.at, "/signup?error=password_too_short");
    assert_eq!(browser.alert(), "A password has at least 8 characters.");
    browser.says("value=\"Ana\"");
    browser.send("/api/v1/accounts", &[("name", "Ana"), ("password", PASSWORD)]).await;
    assert_eq!(browser.at, "/");
    assert_eq!(browser.me().await["role"], "member");
    browser.open("/signup").await;
    browser.says("You have an account already.");
}

#[tokio::test]
async fn a_guest_who_signs_up_keeps_name_and_words() {
    let app = TestApp::start().await;
    let gus = app.person("Gus").await;
    app.post(&gus, "said as a guest").await;
    let mut browser = Browser::of(&app, &gus);
    browser.open("/settings").await;
    browser.says("href=\"/signup\"");
    browser.open("/signup").await;
    browser.says("you keep your name and what you said");
    browser.says("value=\"Gus\"");
    browser.send("/api/v1/accounts", &[("name", "Gus"), ("password", PASSWORD)]).await;
    let me = browser.me().await;
    assert_eq!((&me["id"], &me["role"]), (&json!(gus.me.id), &json!("member")));
}

#[tokio::test]
async fn the_page_to_sign_up_says_who_may() {
    let app = TestApp::start().await;
    let owner = app.owner("Olga").await;
    let (site, (_, room)) = (invite(&app, &owner, json!({})).await, cellar(&app, 1).await);
    let mut browser = Browser::new(&app);
    set_sign_up(&app, &owner, "invite").await;
    for (path, text) in [
        ("/signup".to_owned(), "takes an invitation"),
        ("/signup?invite=nonsense".to_owned(), "takes an invitation"),
        (format!("/signup?invite={room}"), "takes an invitation"),
        (format!("/signup?invite={site}"), "Olga</bdi> invites you."),
        ("/login".to_owned(), "href=\"/signup\""),
    ] {
        browser.open(&path).await;
        browser.says(text);
        browser.is_a_secret();
    }
    set_sign_up(&app, &owner, "closed").await;
    browser.open(&format!("/signup?invite={site}")).await;
    browser.says("Signing up is closed.");
    browser.open("/login").await;
    assert!(!browser.page.contains("/signup"), "there is no way that leads nowhere");
}

#[tokio::test]
async fn one_signs_up_with_an_invitation() {
    let app = TestApp::start().await;
    let owner = app.owner("Olga").await;
    set_sign_up(&app, &owner, "invite").await;
    let code = invite(&app, &owner, json!({})).await;
    let mut browser = Browser::new(&app);
    browser.open(&format!("/invite/{code}")).await;
    browser.says("invites you to sign up here.");
    browser.says(&format!("href=\"/signup?invite={code}\""));
    browser.open(&format!("/signup?invite={code}")).await;
    browser.send("/api/v1/accounts", &[("name", "Olga"), ("password", PASSWORD)]).await;
    assert_eq!(browser.at, format!("/signup?invite={code}&error=name_taken"), "the invitation is not lost");
    browser.send("/api/v1/accounts", &[("name", "Ben"), ("password", PASSWORD)]).await;
    assert_eq!((browser.at.as_str(), browser.status), ("/", 200), "and where it was used up is no page to go on to");
    assert_eq!(browser.me().await["name"], "Ben");
}

#[tokio::test]
async fn the_first_starts_link_makes_the_owner_and_is_void_after_that() {
    let app = TestApp::start().await;
    let (mut stranger, mut browser) = (Browser::new(&app), Browser::new(&app));
    for wrong in ["/setup", "/setup?code=", "/setup?code=nonsense"] {
        stranger.open(wrong).await;
        assert_eq!(stranger.status, 404, "{wrong}");
        stranger.says("There is nothing here.");
    }
    let link = format!("/setup?code={}", app.setup);
    browser.open(&link).await;
    browser.is_a_secret();
    browser.send("/api/v1/accounts", &[("name", "Olga"), ("password", "short")]).await;
    assert_eq!(browser.at, format!("{link}&error=password_too_short"));
    browser.send("/api/v1/accounts", &[("name", "Olga"), ("password", PASSWORD)]).await;
    assert_eq!(browser.at, "/");
    assert_eq!(browser.me().await["role"], "owner");
    for browser in [&mut stranger, &mut browser] {
        browser.open(&link).await;
        assert_eq!(browser.status, 404, "nobody does it again");
        browser.is_a_secret();
    }
}

#[tokio::test]
async fn looking_at_an_invitation_uses_nothing_up_and_leaves_no_trace() {
    let app = TestApp::start().await;
    let (ana, code) = cellar(&app, 1).await;
    for _ in 0..5 {
        let mut browser = Browser::new(&app);
        browser.open(&format!("/invite/{code}")).await;
        browser.says("<bdi>Ana</bdi>");
        browser.says("The &lt;Cellar");
        browser.is_a_secret();
        assert!(browser.cookies.is_empty());
    }
    assert_eq!(left(&app, &ana).await, 1);
    let mut browser = Browser::new(&app);
    for wrong in ["/invite/nonsense", "/invite/%0d%0aset-cookie:a=b", "/invite/%2F%2Fevil.example"] {
        browser.open(wrong).await;
        assert_eq!(browser.status, 410, "{wrong}");
        browser.says("This invitation is used up or has expired.");
    }
}

#[tokio::test]
async fn members_and_guests_join_by_one_button() {
    let app = TestApp::start().await;
    let (_, code) = cellar(&app, 2).await;
    for person in [app.member("Ben").await, app.person("Gus").await] {
        let mut browser = Browser::of(&app, &person);
        browser.open(&format!("/invite/{code}")).await;
        browser.says(&format!("You join as <bdi>{}</bdi>", person.me.name));
        browser.send(&format!("/api/v1/invites/{code}/redeem"), &[]).await;
        assert_eq!((browser.at.as_str(), browser.status), ("/r/cellar", 200));
        assert_eq!(browser.me().await["id"], json!(person.me.id));
    }
}

#[tokio::test]
async fn a_stranger_joins_as_a_guest_by_one_button() {
    let app = TestApp::start().await;
    let (ana, code) = cellar(&app, 1).await;
    let redeem = format!("/api/v1/invites/{code}/redeem");
    let (mut first, mut late) = (Browser::new(&app), Browser::new(&app));
    first.open(&format!("/invite/{code}")).await;
    late.open(&format!("/invite/{code}")).await;
    first.send(&redeem, &[]).await;
    assert_eq!((first.at.as_str(), first.status), ("/r/cellar", 200));
    assert_eq!(first.me().await["role"], "guest");
    assert_eq!(left(&app, &ana).await, 0);
    late.send(&redeem, &[]).await;
    assert_eq!(late.status, 410, "it is used up");
    assert!(late.cookies.is_empty(), "and makes nobody");
    assert_eq!(
        app.ask("POST", &format!("/invites/{code}/redeem"), None, Value::Null).await.0,
        401,
        "a program asks first"
    );
}

#[tokio::test]
async fn without_guests_a_stranger_logs_in_or_signs_up_and_joins_then() {
    let app = TestApp::with(without_guests()).await;
    let (_, code) = cellar(&app, 2).await;
    app.member("Ben").await;
    let (page, redeem) = (format!("/invite/{code}"), format!("/api/v1/invites/{code}/redeem"));
    let mut browser = Browser::new(&app);
    browser.open(&page).await;
    assert!(!browser.page.contains(&redeem), "there is no button that does nothing");
    let forced =
        app.http.post(app.url(&redeem)).header("origin", app.url("")).form(&[("a", "b")]).send().await.unwrap();
    assert_eq!(forced.headers()["location"], format!("{page}?error=guests_off#told").as_str());

    browser.open(&format!("/login?invite={code}")).await;
    browser.is_a_secret();
    browser.send("/api/v1/session", &[("name", "Ben"), ("password", "wrong horse")]).await;
    assert_eq!(browser.at, format!("/login?invite={code}&error=wrong_password"));
    browser.send("/api/v1/session", &[("name", "Ben"), ("password", PASSWORD)]).await;
    assert_eq!(browser.at, page, "back to where one came from");
    browser.send(&redeem, &[]).await;
    assert_eq!(browser.at, "/r/cellar");

    let mut browser = Browser::new(&app);
    browser.open(&format!("/signup?invite={code}")).await;
    browser.send("/api/v1/accounts", &[("name", "Cleo"), ("password", PASSWORD)]).await;
    assert_eq!(browser.at, page);
    browser.send(&redeem, &[]).await;
    assert_eq!(browser.at, "/r/cellar");
}

#[tokio::test]
async fn whoever_is_nobody_is_asked_to_log_in_before_the_settings() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    browser.open("/settings").await;
    assert_eq!((browser.at.as_str(), browser.status), ("/login", 200));
    assert!(browser.cookies.is_empty());
}

#[tokio::test]
async fn name_and_colour_are_changed_in_the_settings() {
    let app = TestApp::start().await;
    app.member("Ben").await;
    let mut browser = Browser::of(&app, &app.member("Ana").await);
    let change = "/api/v1/me?method=PATCH";
    browser.open("/settings").await;
    browser.send(change, &[("name", "Ana Banana"), ("colour", "11")]).await;
    assert_eq!(browser.at, "/settings?done");
    browser.says("role=\"status\"");
    let me = browser.me().await;
    assert_eq!((&me["name"], &me["colour"]), (&json!("Ana Banana"), &json!(11)));
    assert!(browser.page.contains("value=\"11\" checked"), "{}", browser.page);
    browser.send(change, &[("name", "ben")]).await;
    assert_eq!(browser.at, "/settings?error=name_taken");
    assert_eq!(browser.alert(), "Somebody has that name.");
}

#[tokio::test]
async fn the_password_is_changed_in_the_settings() {
    let app = TestApp::start().await;
    let ana = app.member("Ana").await;
    let (mut here, mut there) = (Browser::of(&app, &ana), Browser::new(&app));
    there.open("/login").await;
    there.send("/api/v1/session", &[("name", "Ana"), ("password", PASSWORD)]).await;
    let change = "/api/v1/me?method=PATCH";
    here.open("/settings").await;
    here.send(change, &[("password", "wrong horse"), ("new_password", "battery staple")]).await;
    assert_eq!(here.alert(), "Name or password is wrong.");
    here.send(change, &[("password", PASSWORD), ("new_password", "short")]).await;
    assert_eq!(here.alert(), "A password has at least 8 characters.");
    here.send(change, &[("password", PASSWORD), ("new_password", "battery staple")]).await;
    assert_eq!((here.at.as_str(), here.status), ("/settings?done", 200));
    there.open("/settings").await;
    assert_eq!(there.at, "/login", "all other sessions end");
    there.send("/api/v1/session", &[("name", "Ana"), ("password", "battery staple")]).await;
    assert_eq!(there.at, "/");
}

#[tokio::test]
async fn sessions_are_seen_and_ended_in_the_settings() {
    let app = TestApp::start().await;
    let ana = app.member("Ana").await;
    let mut others = Vec::new();
    for agent in ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "robot/1.0", "robot/2.0"] {
        let request = app.http.post(app.url("/api/v1/session")).header("user-agent", agent);
        let response = request.json(&json!({ "name": "Ana", "password": PASSWORD })).send().await.unwrap();
        let answer: Value = response.json().await.unwrap();
        others.push(answer["token"].as_str().unwrap().to_owned());
    }
    let known = async |token: &str| app.ask("GET", "/me", Some(token), Value::Null).await.0 == 200;
    let mut browser = Browser::of(&app, &ana);
    browser.open("/settings").await;
    for part in ["Firefox on Linux", "robot/1.0", "this one", "Since <time datetime=\"20"] {
        browser.says(part);
    }
    assert_eq!(browser.page.matches("this one").count(), 1);
    let end = actions(&browser.page, "/api/v1/me/sessions/")[0].to_owned();
    browser.send(&end, &[]).await;
    assert_eq!(browser.at, "/settings");
    let mut left = 0;
    for token in &others {
        left += usize::from(known(token).await);
    }
    assert_eq!((left, actions(&browser.page, "/api/v1/me/sessions/").len()), (2, 2), "one of three has ended");

    browser.send("/api/v1/me/sessions?method=DELETE", &[]).await;
    for token in &others {
        assert!(!known(token).await, "all others end");
    }
    assert!(known(&ana.token).await, "and this one stays");
    assert!(actions(&browser.page, "/api/v1/me/sessions").is_empty(), "there is no button that does nothing");
}

#[tokio::test]
async fn a_program_ends_all_other_sessions_and_tokens_stay() {
    let app = TestApp::start().await;
    let ana = app.member("Ana").await;
    let new = json!({ "label": "robot", "scopes": ["read"] });
    let token = app.ask("POST", "/tokens", Some(&ana.token), new).await.1["secret"].as_str().unwrap().to_owned();
    let (_, other) = app.ask("POST", "/session", None, json!({ "name": "Ana", "password": PASSWORD })).await;
    let other = other["token"].as_str().unwrap();
    assert_eq!(app.ask("DELETE", "/me/sessions", Some(&token), Value::Null).await.0, 403, "it was not made for that");
    assert_eq!(app.ask("DELETE", "/me/sessions", Some(&ana.token), Value::Null).await.0, 204);
    for (token, expected) in [(other, 401), (&ana.token, 200), (&token, 200)] {
        assert_eq!(app.ask("GET", "/me", Some(token), Value::Null).await.0, expected);
    }
    assert_eq!(app.ask("DELETE", "/me/sessions", None, Value::Null).await.0, 401);
}

#[tokio::test]
async fn a_tokens_secret_is_shown_once() {
    let app = TestApp::start().await;
    let mut browser = Browser::of(&app, &app.member("Ana").await);
    browser.open("/settings").await;
    browser.send("/api/v1/tokens", &[("label", "<Robot>"), ("scopes", "write"), ("seconds", "604800")]).await;
    assert_eq!((browser.at.as_str(), browser.status), ("/api/v1/tokens", 201));
    assert_eq!(browser.headers["cache-control"], "no-store");
    let (_, rest) = browser.page.split_once("<code class=\"secret\">").expect("the secret");
    let secret = rest.split_once('<').unwrap().0.to_owned();
    let saying = json!({ "cid": "0123456789abcdef", "body": "from a program" });
    assert_eq!(app.ask("POST", "/rooms/lobby/messages", Some(&secret), saying).await.0, 201);
    assert_eq!(app.ask("GET", "/me/sessions", Some(&secret), Value::Null).await.0, 403, "no more than was ticked");

    browser.open("/settings").await;
    browser.says("&lt;Robot");
    browser.says("read, write");
    assert!(!browser.page.contains(&secret));
    let end = actions(&browser.page, "/api/v1/tokens/")[0].to_owned();
    browser.send(&end, &[]).await;
    assert_eq!(browser.at, "/settings");
    assert_eq!(app.ask("GET", "/me", Some(&secret), Value::Null).await.0, 401);
    browser.send("/api/v1/tokens", &[("label", " "), ("seconds", "604800")]).await;
    assert_eq!(browser.at, "/settings?error=title_too_long", "what is wrong is said in the settings");
}

#[tokio::test]
async fn somebody_is_heard_again_whom_one_blocked() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana").await, app.person("Ben").await);
    assert_eq!(app.ask("PUT", &format!("/me/blocks/{}", ben.me.id), Some(&ana.token), Value::Null).await.0, 204);
    let mut browser = Browser::of(&app, &ana);
    browser.open("/settings").await;
    browser.send(&format!("/api/v1/me/blocks/{}?method=DELETE", ben.me.id), &[]).await;
    assert_eq!(browser.at, "/settings");
    assert_eq!(app.ask("GET", "/me/blocks", Some(&ana.token), Value::Null).await.1, json!([]));
    browser.says("Nobody.");
}

#[tokio::test]
async fn one_logs_out_and_closes_ones_account_in_the_settings() {
    let app = TestApp::start().await;
    let ana = app.member("Ana").await;
    let mut browser = Browser::of(&app, &ana);
    browser.open("/settings").await;
    browser.send("/api/v1/session?method=DELETE", &[]).await;
    assert_eq!(browser.at, "/");
    assert!(browser.cookies.is_empty(), "the cookie goes too");
    assert_eq!(app.ask("GET", "/me", Some(&ana.token), Value::Null).await.0, 401);

    browser.open("/login").await;
    browser.send("/api/v1/session", &[("name", "Ana"), ("password", PASSWORD)]).await;
    browser.open("/settings").await;
    let close = "/api/v1/me?method=DELETE";
    assert!(browser.form(close).contains("type=\"checkbox\" required"));
    browser.send(close, &[("password", "wrong horse")]).await;
    assert_eq!(browser.at, "/settings?error=wrong_password");
    browser.send(close, &[("password", PASSWORD)]).await;
    assert_eq!(browser.at, "/");
    assert!(browser.cookies.keys().all(|name| name == "banter-typed"), "{:?}", browser.cookies);
    let again = json!({ "name": "Ana", "password": PASSWORD });
    assert_eq!(app.ask("POST", "/session", None, again).await.0, 401, "there is no such account");
}

#[tokio::test]
async fn settings_offer_what_one_is() {
    let app = TestApp::start().await;
    let (owner, gus) = (app.owner("Olga").await, app.person("Gus").await);
    let mut browser = Browser::of(&app, &owner);
    browser.open("/settings").await;
    browser.says("your account can be closed once somebody else does");
    browser.says("href=\"/admin\"");
    assert!(!browser.page.contains("/api/v1/me?method=DELETE"), "the site would have no owner");

    let mut browser = Browser::of(&app, &gus);
    browser.open("/settings").await;
    for account in ["/api/v1/tokens", "new_password", "href=\"/admin\"", "closing-password"] {
        assert!(!browser.page.contains(account), "{account} is not for guests");
    }
    browser.send("/api/v1/me?method=DELETE", &[]).await;
    assert_eq!(browser.at, "/");
    assert_eq!(app.ask("GET", "/me", Some(&gus.token), Value::Null).await.0, 401);
}

#[tokio::test]
async fn every_page_tells_who_is_banned_that_they_are_and_why() {
    let app = TestApp::start().await;
    let (owner, ana) = (app.owner("Olga").await, app.member("Ana").await);
    let code = invite(&app, &owner, json!({})).await;
    let mut browser = Browser::of(&app, &ana);
    let ban = async |body: Value| app.ask("PUT", &format!("/bans/{}", ana.me.id), Some(&owner.token), body).await.0;
    assert_eq!(ban(json!({ "reason": "<adverts>" })).await, 204);
    let invitation = format!("/invite/{code}");
    for path in ["/", "/r/lobby", "/login", "/signup", "/settings", &invitation, "/nothing"] {
        browser.open(path).await;
        assert_eq!(browser.status, 403, "{path}");
        for part in ["You are banned</h1>", "for ever", "&lt;adverts"] {
            browser.says(part);
        }
    }
    assert_eq!(ban(json!({ "seconds": 3600 })).await, 204);
    browser.open("/settings").await;
    browser.says("until <time datetime=\"20");
    browser.says("No reason was given.");
    assert_eq!(app.ask("DELETE", &format!("/bans/{}", ana.me.id), Some(&owner.token), Value::Null).await.0, 204);
    browser.open("/settings").await;
    assert_eq!(browser.status, 200);

    assert_eq!(ban(json!({})).await, 204);
    browser.open("/settings").await;
    browser.send("/api/v1/session?method=DELETE", &[]).await;
    assert_eq!((browser.at.as_str(), browser.status), ("/", 200), "whose browser it is may be somebody else's by now");
}

#[tokio::test]
async fn pages_of_forms_ask_for_nothing_that_their_policy_forbids() {
    let app = TestApp::start().await;
    let mut browser = Browser::of(&app, &app.member("Ana").await);
    for path in ["/login", "/signup", "/settings"] {
        browser.open(path).await;
        for inline in [" style=", "<style", " onclick=", " onsubmit=", "<script>"] {
            assert!(!browser.page.contains(inline), "{inline} in {path}");
        }
        assert!(browser.headers["content-security-policy"].to_str().unwrap().contains("style-src 'self'"), "{path}");
    }
}
