//! A copy of everything from a running server, and the way back to it.

use std::path::Path;
use std::process::{Command, Output};

use banter::protocol::wire::ServerFrame;
use banter::server::store::SqliteStore;
use std::sync::Arc;

use crate::support::{TestApp, config};

fn banter(command: &str, file: &Path, data: &Path) -> Output {
    let mut banter = Command::new(env!("CARGO_BIN_EXE_banter"));
    banter.arg(command).arg(file).env_clear().env("BANTER_DATA", data).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

async fn serve(data: &Path) -> TestApp {
    TestApp::with_store(config(), Arc::new(SqliteStore::open(data).await.unwrap())).await
}

async fn stop(mut app: TestApp) {
    app.begin_to_stop();
    app.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_comes_back_to_a_copy_that_was_taken_while_people_talked() {
    let folder = tempfile::tempdir().unwrap();
    let (data, copy) = (folder.path().join("data"), folder.path().join("copy.db"));
    let app = serve(&data).await;
    let ana = app.person("Ana").await;
    app.post(&ana, "before the copy").await;
    let mut speaker = app.in_lobby(Some(&ana)).await;
    let talking = tokio::spawn(async move {
        loop {
            speaker.post("while it is copied").await;
            if speaker.event().await.seq > 200 {
                return;
            }
        }
    });
    let output = banter("backup", &copy, &data);
    assert!(output.status.success(), "{}", said(&output));
    talking.await.unwrap();
    app.post(&ana, "after the copy").await;
    let mut follower = app.in_lobby(None).await;
    let before = follower.sub(None, None).await;

    let again = banter("backup", &copy, &data);
    assert!(!again.status.success() && said(&again).contains("there already"), "{}", said(&again));
    let meanwhile = banter("restore", &copy, &data);
    assert!(!meanwhile.status.success() && said(&meanwhile).contains("another Banter"), "{}", said(&meanwhile));
    stop(app).await;

    let output = banter("restore", &copy, &data);
    assert!(output.status.success(), "{}", said(&output));
    assert!(data.join("banter.db.before-restore-1").exists(), "what it replaced is kept");
    let app = serve(&data).await;
    let page = app.page("/api/v1/rooms/lobby/events?after=0&limit=1").await;
    assert!(page.contains("before the copy"), "{page}");
    assert!(!app.page("/").await.contains("after the copy"));
    // Whoever saw what is not so any more is told, and is not given the new events under the old numbers.
    let mut back = app.socket().await;
    assert!(
        matches!(back.hello(Some(&ana)).await, ServerFrame::Welcome { me: Some(_), .. }),
        "people are as they were"
    );
    let now = back.sub(Some(before.epoch.clone()), Some(before.head)).await;
    assert!(!now.recovered && now.epoch != before.epoch && now.head < before.head, "{now:?}");
    let early = back.sub(Some(before.epoch), Some(1)).await;
    assert!(!early.recovered, "nor is one who had seen little");
    stop(app).await;
}

#[test]
fn what_is_no_copy_is_refused_and_everything_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (folder.path().join("data"), folder.path().join("file"));
    for (content, why) in [("not a database".repeat(100), "not a database"), (String::new(), "empty")] {
        std::fs::write(&file, content).unwrap();
        let output = banter("restore", &file, &data);
        assert!(!output.status.success() && said(&output).contains(why), "{}", said(&output));
    }
    let output = banter("backup", &folder.path().join("copy.db"), &data);
    assert!(!output.status.success() && said(&output).contains("no database"), "{}", said(&output));
    assert!(!data.join("banter.db").exists());
}
