//! The real binary, from an empty folder.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::support::within;

type Log = std::io::Lines<BufReader<std::process::ChildStderr>>;

/// A running `banter`, ended with the test.
struct Banter {
    child: Child,
    log: Log,
    /// Where it runs: with nothing in it but its data.
    folder: TempDir,
}

impl Banter {
    fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_banter"))
            .args(arguments)
            .env_clear()
            .envs(environment.iter().copied())
            .current_dir(&folder)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap()).lines();
        Self { child, log, folder }
    }

    /// The address that it says it is at.
    fn address(&mut self) -> String {
        self.said("Banter is at").trim_start_matches("Banter is at ").to_owned()
    }

    /// The next entry of the log that says this.
    fn said(&mut self, words: &str) -> String {
        let line = self.log.by_ref().map(Result::unwrap).find(|line| line.contains(words)).unwrap();
        let entry: serde_json::Value = serde_json::from_str(&line).expect("JSON where nobody looks");
        entry["message"].as_str().unwrap().to_owned()
    }

    /// `banter admin ...` beside it, with a password on its standard input.
    fn admin(&self, arguments: &[&str], password: &str) -> bool {
        let mut child = Command::new(env!("CARGO_BIN_EXE_banter"))
            .arg("admin")
            .args(arguments)
            .env_clear()
            .current_dir(&self.folder)
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
        child.wait().unwrap().success()
    }

    fn terminate(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }
}

impl Drop for Banter {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let left = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(left.into_iter().all(|name| name == "data"), "it leaves nothing behind but its data");
    }
}

#[tokio::test]
async fn it_serves_from_anywhere_and_leaves_in_good_order() {
    for arguments in [&["serve", "--port", "0"][..], &["--port", "0"][..]] {
        let mut banter = Banter::start(arguments, &[]);
        let address = banter.address();
        let page = within(reqwest::get(&address)).await.unwrap().text().await.unwrap();
        assert!(page.contains("Real-Time Chat"));
        banter.terminate();
        assert!(banter.child.wait().unwrap().success(), "SIGTERM is no failure");
    }
}

#[tokio::test]
async fn options_are_environment_variables_too() {
    let mut banter = Banter::start(&[], &[("PORT", "0"), ("BANTER_GUESTS", "off"), ("BANTER_ORIGINS", "")]);
    let address = banter.address();
    let response = within(reqwest::get(format!("{address}/api/v1/rooms"))).await.unwrap();
    assert_eq!(response.status(), 401);
}

#[test]
fn a_port_that_is_taken_is_said_in_words() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let mut banter = Banter::start(&["serve", "--port", &port], &[]);
    assert!(!banter.child.wait().unwrap().success());
    let log: Vec<String> = banter.log.by_ref().map(Result::unwrap).collect();
    assert!(log.iter().any(|line| line.contains("Is Banter running already?")), "{log:?}");
}

#[test]
fn every_option_is_listed() {
    let help = Command::new(env!("CARGO_BIN_EXE_banter")).args(["serve", "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for variable in [
        "PORT",
        "BANTER_HOST",
        "BANTER_DATA",
        "BANTER_ORIGINS",
        "BANTER_GUESTS",
        "BANTER_POST_RATE",
        "BANTER_ROOM_RATE",
        "BANTER_LOBBY_HISTORY",
        "BANTER_PROXIES",
        "BANTER_CONNECT_RATE",
        "BANTER_CONNECTIONS",
    ] {
        assert!(help.contains(&format!("[env: {variable}=")), "{variable} in {help}");
    }
    let wrong = Command::new(env!("CARGO_BIN_EXE_banter")).args(["--origins", "chat.example"]).output().unwrap();
    assert!(String::from_utf8(wrong.stderr).unwrap().contains("is not an origin"));
}

#[tokio::test]
async fn people_and_their_power_can_be_set_from_the_machine_itself() {
    let mut banter = Banter::start(&["serve", "--port", "0"], &[]);
    let url = format!("{}/api/v1/session", banter.address());
    let client = reqwest::Client::new();
    let log_in = async |name: &str, password: &str| {
        let request = serde_json::json!({ "name": name, "password": password });
        let response = within(client.post(&url).json(&request).send()).await.unwrap();
        let status = response.status().as_u16();
        let answer: serde_json::Value = response.json().await.unwrap();
        (status, answer["me"]["role"].as_str().unwrap_or_default().to_owned())
    };
    assert!(banter.admin(&["add", "Olga", "--role", "owner"], "first password\n"));
    assert_eq!(log_in("Olga", "first password").await, (201, "owner".to_owned()));
    assert!(!banter.admin(&["add", "olga"], "first password\n"), "the name is taken");
    assert!(!banter.admin(&["add", "Ana"], "short\n"));
    assert!(banter.admin(&["add", "Ana"], "first password\n"));
    assert!(banter.admin(&["role", "Ana", "--role", "owner"], ""), "she takes it over");
    assert_eq!(log_in("Ana", "first password").await.1, "owner");
    assert_eq!(log_in("Olga", "first password").await.1, "admin");
    assert!(banter.admin(&["password", "Olga"], "second password"));
    assert_eq!(log_in("Olga", "first password").await.0, 401);
    assert_eq!(log_in("Olga", "second password").await.0, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_code_password_or_token_is_logged_however_much_is() {
    let mut banter = Banter::start(&["--port", "0"], &[("RUST_LOG", "trace"), ("BANTER_CONNECT_RATE", "0")]);
    let address = banter.address();
    let code = banter.said("/setup?code=").split_once("code=").unwrap().1.split(' ').next().unwrap().to_owned();
    let (http, secrets) =
        (reqwest::Client::new(), std::sync::Mutex::new(vec![code.clone(), "correct horse".to_owned()]));
    let api = |path: &str| format!("{address}/api/v1/{path}");
    let learn = |answer: &serde_json::Value, secret: &str| {
        let secret = answer[secret].as_str().unwrap().to_owned();
        secrets.lock().unwrap().push(secret.clone());
        secret
    };
    let work = async {
        assert_eq!(http.get(format!("{address}/setup?code={code}")).send().await.unwrap().status(), 200);
        let olga = [("name", "Olga"), ("password", "correct horse"), ("setup", &code)];
        let olga: serde_json::Map<_, _> =
            olga.map(|(name, value)| (name.to_owned(), value.into())).into_iter().collect();
        let me = http.post(api("accounts")).json(&olga).send().await.unwrap().json().await.unwrap();
        let token = learn(&me, "token");
        let room = serde_json::json!({ "room": "cellar", "title": "Cellar", "kind": "closed" });
        http.post(api("rooms")).bearer_auth(&token).json(&room).send().await.unwrap();
        let invite = serde_json::json!({ "room": "cellar", "uses": 2 });
        let made =
            http.post(api("invites")).bearer_auth(&token).json(&invite).send().await.unwrap().json().await.unwrap();
        let code = learn(&made, "code");
        let robot = serde_json::json!({ "label": "robot", "scopes": ["read"] });
        let made =
            http.post(api("tokens")).bearer_auth(&token).json(&robot).send().await.unwrap().json().await.unwrap();
        learn(&made, "secret");
        for page in ["invite/", "login?invite=", "signup?invite="] {
            assert_eq!(http.get(format!("{address}/{page}{code}")).send().await.unwrap().status(), 200);
        }
        let log_in = [("name", "battery staple"), ("password", "wrong horse"), ("invite", &code)];
        assert_eq!(http.post(api("session")).form(&log_in).send().await.unwrap().status(), 200, "the page says it");
        let join = http.post(api(&format!("invites/{code}/redeem"))).form(&[("a", "b")]).send().await.unwrap();
        assert!(join.url().path().ends_with("/r/cellar"), "{}", join.url());
    };
    within(work).await;
    banter.terminate();
    let log: Vec<String> = banter.log.by_ref().map(Result::unwrap).collect();
    assert!(log.iter().any(|line| line.contains("somebody signed up")), "there is a log");
    for secret in secrets.into_inner().unwrap().iter().map(String::as_str).chain(["wrong horse", "battery staple"]) {
        assert!(log.iter().all(|line| !line.contains(secret)), "{secret} in {log:#?}");
    }
}
