//! The document of the REST API: that it is whole, and that the server does what it says.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Output};

use banter::protocol::api::order::{After, Before, Complaint, Outcome, Restraint, SettingsChange};
use banter::protocol::api::people::{Farewell, LogIn, NewInvite, NewToken, PeopleQuery, Promotion, SignUp};
use banter::protocol::api::rooms::{Direct, History, NewRoom, RoomChange, Seat};
use banter::protocol::api::search::SearchQuery;
use banter::protocol::api::{EditRequest, EventsQuery, GuestRequest, MeChange, PostRequest};
use banter::protocol::calls::{self, Call};
use banter::protocol::ids::RoomKey;
use banter::protocol::power::{Role, RoomKind};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use crate::support::{TestApp, new_cid};

/// Requests that are made up for each operation, besides those at the edges of what each field may be.
const EXAMPLES: &str = "10";

/// By these one stops being who one is: out, gone, or no guest any more.
const ENDS: [&str; 4] = ["session_log_out", "me_end_session", "me_close", "accounts_sign_up"];

async fn document(app: &TestApp) -> Value {
    let response = app.http.get(app.url("/api/openapi.json")).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/json");
    response.json().await.unwrap()
}

/// Every operation, with its method and address.
fn operations(document: &Value) -> impl Iterator<Item = (String, &Value)> {
    document["paths"].as_object().unwrap().iter().flat_map(|(path, operations)| {
        let operations = operations.as_object().unwrap().iter();
        operations.map(move |(method, operation)| (format!("{method} {path}"), operation))
    })
}

/// All that is found under a name, anywhere.
fn all<'a>(value: &'a Value, name: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get(name));
            fields.values().for_each(|value| all(value, name, found));
        }
        Value::Array(items) => items.iter().for_each(|item| all(item, name, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_document_is_of_this_version_and_names_only_what_it_has() {
    let app = TestApp::start().await;
    let document = document(&app).await;
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    let mut references = Vec::new();
    all(&document, "$ref", &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.as_str().unwrap().strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

#[tokio::test]
async fn every_operation_has_a_name_of_its_own_and_says_what_it_does() {
    let app = TestApp::start().await;
    let document = document(&app).await;
    let mut names = BTreeSet::new();
    for (address, operation) in operations(&document) {
        assert!(names.insert(operation["operationId"].as_str().unwrap()), "{address} has the name of another");
        assert!(operation["summary"].as_str().is_some_and(|summary| summary.ends_with('.')), "{address}");
        let answers = operation["responses"].as_object().unwrap();
        assert!(answers.keys().any(|status| status.starts_with('2')), "{address} is answered at all");
    }
}

#[tokio::test]
async fn every_blank_in_an_address_is_a_parameter_and_no_other_is() {
    let app = TestApp::start().await;
    let document = document(&app).await;
    for (address, operation) in operations(&document) {
        let blanks: Vec<&str> =
            address.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let in_path = parameters.filter(|parameter| parameter["in"] == "path");
        let names: Vec<&str> = in_path.map(|parameter| parameter["name"].as_str().unwrap()).collect();
        assert_eq!(names, blanks, "{address}");
    }
}

#[tokio::test]
async fn it_says_that_a_room_may_keep_nothing() {
    let app = TestApp::start().await;
    let document = document(&app).await;
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["History"]["enum"], json!(["on", "off"]));
    assert!(schemas["NewRoom"]["properties"]["history"].to_string().contains("#/components/schemas/History"));
    let required = schemas["NewRoom"]["required"].as_array().unwrap();
    assert!(!required.contains(&json!("history")), "it is on if it is not said: {required:?}");
    for answer in ["Room", "ListedRoom"] {
        assert!(schemas[answer].to_string().contains("\"history\""), "{answer}: {}", schemas[answer]);
    }
    assert!(!schemas["RoomChange"].to_string().contains("\"history\""), "it never changes");
}

/// What one calls the API with and what it is described with do not drift apart.
#[tokio::test]
async fn every_operation_has_a_call() {
    let app = TestApp::start().await;
    let document = document(&app).await;
    let described: BTreeSet<String> = operations(&document).map(|(address, _)| example(&address)).collect();
    assert_eq!(calls_of_everything(), described);
}

/// An address as one calls it with the names that [`calls_of_everything`] uses.
fn example(address: &str) -> String {
    let of_emoji = ("{emoji}", "%F0%9F%91%8D");
    let blanks = [("{room}", "lobby"), ("{user}", "me"), ("{seq}", "7"), ("{id}", "7"), of_emoji];
    blanks.into_iter().fold(address.to_owned(), |address, (blank, name)| address.replace(blank, name))
}

fn calls_of_everything() -> BTreeSet<String> {
    fn of<T>(call: Call<T>) -> String {
        let (path, _) = call.path.split_once('?').unwrap_or((&call.path, ""));
        format!("{} {path}", call.method.as_str().to_lowercase())
    }
    let (lobby, me) = (RoomKey::lobby(), "me".parse().unwrap());
    let (room, user) = (&lobby, &me);
    let (thumb, text) = ("\u{1F44D}".parse().unwrap(), String::new);
    let (which, whoever, how_long) = (Before::default(), PeopleQuery::default(), Restraint::default());
    let log_in = LogIn { name: text(), password: text() };
    let sign_up = SignUp { name: text(), password: text(), invite: None, setup: None };
    let token = NewToken { label: text(), scopes: Vec::new(), seconds: None };
    let (kind, history) = (RoomKind::Open, History::On);
    let new_room = NewRoom { room: room.clone(), title: text(), kind, topic: None, history };
    let post = PostRequest { cid: new_cid(), body: text(), reply_to: None };
    let edit = EditRequest { cid: None, body: text() };
    [
        of(calls::become_guest(&GuestRequest::default())),
        of(calls::sign_up(&sign_up)),
        of(calls::log_in(&log_in)),
        of(calls::log_out()),
        of(calls::me()),
        of(calls::change_me(&MeChange::default())),
        of(calls::close_account(&Farewell::default())),
        of(calls::sessions()),
        of(calls::end_session("7")),
        of(calls::end_other_sessions()),
        of(calls::mentions(which)),
        of(calls::blocked()),
        of(calls::block(user, true)),
        of(calls::block(user, false)),
        of(calls::tokens()),
        of(calls::make_token(&token)),
        of(calls::end_token("7")),
        of(calls::people(&whoever)),
        of(calls::promote(user, Promotion { role: Role::Admin })),
        of(calls::invites()),
        of(calls::invite(&NewInvite::default())),
        of(calls::invitation("7")),
        of(calls::redeem("7")),
        of(calls::end_invite("7")),
        of(calls::rooms()),
        of(calls::make_room(&new_room)),
        of(calls::directory(Some(room))),
        of(calls::direct(&Direct { users: Vec::new() })),
        of(calls::room(room)),
        of(calls::change_room(room, &RoomChange::default())),
        of(calls::archive(room)),
        of(calls::events(room, EventsQuery::default())),
        of(calls::read(room, 7)),
        of(calls::members(room, After::default())),
        of(calls::seat(room, user, Seat::default())),
        of(calls::remove(room, user)),
        of(calls::search(&SearchQuery::default())),
        of(calls::post(room, &post)),
        of(calls::edit(room, 7, &edit)),
        of(calls::delete(room, 7)),
        of(calls::react(room, 7, &thumb, true)),
        of(calls::react(room, 7, &thumb, false)),
        of(calls::pin(room, 7, true)),
        of(calls::pin(room, 7, false)),
        of(calls::report(room, 7, &Complaint::default())),
        of(calls::mute(room, user, &how_long)),
        of(calls::unmute(room, user)),
        of(calls::bans(room, After::default())),
        of(calls::ban(room, user, &how_long)),
        of(calls::unban(room, user)),
        of(calls::ban_from_site(user, &how_long)),
        of(calls::unban_from_site(user)),
        of(calls::reports(which)),
        of(calls::settle(7, Outcome::Dismissed)),
        of(calls::audit(which)),
        of(calls::settings()),
        of(calls::change_settings(&SettingsChange::default())),
    ]
    .into()
}

/// Whatever the document allows and whatever it does not, each answer is one that it knows: for one who may little, and for
/// who runs the site.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Schemathesis: make conformance"]
async fn the_server_keeps_to_its_document() {
    let program = std::env::var_os("BANTER_SCHEMATHESIS").expect("make sets it to where Schemathesis is");
    let app = TestApp::start().await;
    for person in [app.person("Ana").await, app.owner("Olga").await] {
        let (document, token, program) = (app.url("/api/openapi.json"), person.token.clone(), program.clone());
        let output = spawn_blocking(move || examine(program, &document, &token)).await.unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        let cases = said.lines().find(|line| line.contains(" generated, ")).expect("it says how many there were");
        println!("OpenAPI, as {}: {}", person.me.name, cases.trim());
        app.call(Some(&person.token), calls::me()).await.expect("it was somebody to the end");
    }
}

fn examine(program: OsString, document: &str, token: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(program);
    command.current_dir(folder.path()).env("NO_COLOR", "1");
    command.arg("--config-file").arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemathesis.toml"));
    command.args(["run", document, "--header", &format!("Authorization: Bearer {token}")]);
    for last in ENDS {
        command.args(["--exclude-operation-id", last]);
    }
    match std::env::var_os("BANTER_EXAMPLES") {
        Some(examples) => command.arg("--max-examples").arg(examples),
        None => command.args(["--max-examples", EXAMPLES, "--generation-deterministic"]),
    };
    command.output().expect("Schemathesis can be run")
}
