//! The document of the REST API: that it is whole, and that the server does what it says.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Output};

use banter::protocol::calls;
use serde_json::Value;
use tokio::task::spawn_blocking;

use crate::support::TestApp;

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
