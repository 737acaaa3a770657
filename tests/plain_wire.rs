//! The plain wire: bare text in, bare text out.

use std::collections::BTreeSet;

use banter::protocol::api::order::Restraint;
use banter::protocol::calls;
use banter::protocol::event::What;
use banter::protocol::ids::RoomKey;
use banter::protocol::limits;
use banter::server::config::{Config, Switch};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{TestApp, config};

#[tokio::test]
async fn everybody_hears_everything_the_sender_too() {
    let app = TestApp::start().await;
    let (mut ana, mut ben) = (app.plain().await, app.plain().await);
    ana.say("hello").await;
    assert_eq!(ana.text().await, "hello");
    assert_eq!(ben.text().await, "hello");
    ben.say("  as it stands\n").await;
    assert_eq!(ana.text().await, "  as it stands\n");
}

#[tokio::test]
async fn plain_clients_and_pages_hear_each_other() {
    let app = TestApp::start().await;
    let cleo = app.person("Cleo").await;
    let (mut plain, mut page) = (app.plain().await, app.in_lobby(Some(&cleo)).await);
    plain.say("from the plain wire").await;
    assert_eq!(page.heard().await, "from the plain wire");
    assert_eq!(plain.text().await, "from the plain wire");
    page.post("from a page").await;
    assert_eq!(plain.text().await, "from a page");
    app.post(&cleo, "over REST").await;
    assert_eq!(plain.text().await, "over REST");
}

#[tokio::test]
async fn a_stranger_becomes_one_guest_by_speaking_and_none_by_listening() {
    let app = TestApp::start().await;
    let (mut listener, mut speaker, mut page) = (app.plain().await, app.plain().await, app.in_lobby(None).await);
    speaker.say("one").await;
    speaker.say("two").await;
    let (one, two) = (page.event().await, page.event().await);
    assert_eq!(one.by, two.by);
    assert!(one.by.name.contains(' '), "a friendly name: {}", one.by.name);
    listener.say("three").await;
    assert_ne!(page.event().await.by, one.by);
}

#[tokio::test]
async fn what_comes_together_where_nothing_is_kept_is_said_one_by_one() {
    let app = TestApp::with(Config { lobby_history: Switch::Off, ..config() }).await;
    let cleo = app.person("Cleo").await;
    let (mut ana, mut ben) = (app.plain().await, app.plain().await);
    ana.say_together(&["one", "two", "", "@Cleo three", "one"]).await;
    for text in ["one", "two", "@Cleo three", "one"] {
        assert_eq!(ben.text().await, text);
    }
    let own = [ana.text().await, ana.text().await, ana.text().await, ana.text().await, ana.text().await];
    assert_eq!(own.iter().filter(|text| text.starts_with("Not sent")).count(), 1, "{own:?}");
    // One who hears of numbers and names too.
    let mut page = app.in_lobby(Some(&cleo)).await;
    ana.say_together(&["four", "@Cleo five", "six", "seven"]).await;
    let events = [page.event().await, page.event().await, page.event().await, page.event().await];
    assert_eq!(events.each_ref().map(|event| event.seq), [5, 6, 7, 8]);
    let cids: BTreeSet<_> = events.iter().filter_map(|event| event.cid.clone()).collect();
    assert_eq!(cids.len(), 4, "each is a message of its own");
    let named = events.each_ref().map(|event| match &event.what {
        What::Posted(post) => post.mentions.iter().any(|who| who.id == cleo.me.id),
        other => panic!("{other:?}"),
    });
    assert_eq!(named, [false, true, false, false]);
}

#[tokio::test]
async fn who_is_muted_where_nothing_is_kept_is_told_so_for_each_text() {
    let app = TestApp::with(Config { lobby_history: Switch::Off, ..config() }).await;
    let (olga, cleo) = (app.owner("Olga").await, app.person("Cleo").await);
    let origin = app.url("");
    let mut plain = app.connect("/", &[("cookie", &cleo.cookie), ("origin", &origin)]).await;
    assert_eq!(plain.text().await, "Welcome to the chat!");
    plain.say_together(&["one", "two"]).await;
    assert_eq!((plain.text().await, plain.text().await), ("one".to_owned(), "two".to_owned()));
    let until = Restraint::default();
    app.call(Some(&olga.token), calls::mute(&RoomKey::lobby(), &cleo.me.id, &until)).await.unwrap();
    plain.say_together(&["three", "four"]).await;
    for _ in 0..2 {
        let told = plain.text().await;
        assert!(told.starts_with("Not sent"), "{told}");
    }
}

#[tokio::test]
async fn who_is_banned_where_nothing_is_kept_says_nothing_behind_that() {
    let app = TestApp::with(Config { lobby_history: Switch::Off, ..config() }).await;
    let (olga, cleo) = (app.owner("Olga").await, app.person("Cleo").await);
    let (origin, lobby) = (app.url(""), RoomKey::lobby());
    let mut page = app.in_lobby(Some(&olga)).await;
    let mut plain = app.connect("/", &[("cookie", &cleo.cookie), ("origin", &origin)]).await;
    // One who does not stop, and is closed in the middle of it.
    let speaking = tokio::spawn(async move {
        while plain.try_say_together(&["one", "two", "three", "four"]).await.is_ok() {
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(page.event().await.by.id, cleo.me.id);
    app.call(Some(&olga.token), calls::ban(&lobby, &cleo.me.id, &Restraint::default())).await.unwrap();
    app.post(&olga, "the end").await;
    let mut heard = Vec::new();
    loop {
        let event = page.event().await;
        if matches!(&event.what, What::Posted(post) if post.body == "the end") {
            break;
        }
        heard.push(event);
    }
    let ban = heard.iter().position(|event| matches!(event.what, What::Changed(_))).expect("the ban is told");
    assert!(heard[ban + 1..].iter().all(|event| event.by.id != cleo.me.id), "nothing stands behind it");
    let seqs: Vec<_> = heard.iter().map(|event| event.seq).collect();
    assert!(seqs.windows(2).all(|pair| pair[1] == pair[0] + 1), "without holes: {seqs:?}");
    speaking.await.unwrap();
}

#[tokio::test]
async fn the_cookie_says_who_speaks() {
    let app = TestApp::start().await;
    let cleo = app.person("Cleo").await;
    let origin = app.url("");
    let mut plain = app.connect("/", &[("cookie", &cleo.cookie), ("origin", &origin)]).await;
    let mut page = app.in_lobby(None).await;
    plain.say("it is me").await;
    assert_eq!(page.event().await.by.id, cleo.me.id);
}

#[tokio::test]
async fn a_binary_frame_with_text_counts_as_text() {
    let app = TestApp::start().await;
    let mut ana = app.plain().await;
    ana.send(Message::binary("grüß dich".as_bytes().to_vec())).await;
    assert_eq!(ana.text().await, "grüß dich");
}

#[tokio::test]
async fn a_body_has_16_kib_and_no_more() {
    let app = TestApp::start().await;
    let mut ana = app.plain().await;
    let fits = "a".repeat(limits::BODY_BYTES);
    ana.say(&fits).await;
    assert_eq!(ana.text().await, fits);
    ana.say(&"a".repeat(limits::BODY_BYTES + 1)).await;
    assert_eq!(ana.text().await, "Not sent: A message has at most 16 KiB.");
    ana.say(" \n").await;
    assert_eq!(ana.text().await, "Not sent: There is nothing to send.");
    ana.say("still here").await;
    assert_eq!(ana.text().await, "still here");
}

/// A client need not wait for the answer to its handshake: what comes in one piece with it counts.
#[tokio::test]
async fn what_comes_with_the_handshake_is_not_lost() {
    let app = TestApp::start().await;
    let mut other = app.plain().await;
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    let handshake = format!(
        "GET / HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        app.address
    );
    let unmasked_by_a_mask_of_noughts = b"\x81\x85\0\0\0\0early";
    stream.write_all(&[handshake.as_bytes(), unmasked_by_a_mask_of_noughts].concat()).await.unwrap();
    assert_eq!(other.text().await, "early");
}

#[tokio::test]
async fn a_ping_is_answered() {
    let app = TestApp::start().await;
    let mut ana = app.plain().await;
    ana.send(Message::Ping("are you there".into())).await;
    let answer = loop {
        match ana.message().await {
            // The server's own heartbeat.
            Message::Ping(_) => {}
            answer => break answer,
        }
    };
    assert_eq!(answer, Message::Pong("are you there".into()));
}

#[tokio::test]
async fn with_guests_off_a_stranger_is_refused_at_the_handshake() {
    let app = TestApp::with(banter::server::config::Config { guests: Switch::Off, ..config() }).await;
    let (status, body) = app.refused("/", &[]).await;
    assert_eq!(status, 401);
    assert!(body.contains("guests_off"), "{body}");
}

#[tokio::test]
async fn who_is_too_fast_is_told_and_hears_on() {
    let app = TestApp::with(banter::server::config::Config { post_rate: 1, ..config() }).await;
    let (mut ana, mut ben) = (app.plain().await, app.plain().await);
    for _ in 0..5 {
        ana.say("quick").await;
    }
    let mut heard = Vec::new();
    for _ in 0..5 {
        heard.push(ana.text().await);
    }
    assert_eq!(heard.iter().filter(|text| *text == "quick").count(), 4, "four seconds' worth at once: {heard:?}");
    assert_eq!(heard.iter().filter(|text| text.starts_with("Not sent: That was too fast.")).count(), 1);
    ben.say("slowly").await;
    assert_eq!(ana.text().await, "slowly");
}

#[tokio::test]
async fn a_crowd_hears_the_same_in_the_same_order() {
    const CROWD: usize = 20;
    const EACH: usize = 50;
    let app = TestApp::start().await;
    let mut crowd = Vec::new();
    for _ in 0..CROWD {
        crowd.push(app.plain().await);
    }
    for (number, one) in crowd.iter_mut().enumerate() {
        for message in 0..EACH {
            one.say(&format!("{number}:{message}")).await;
        }
    }
    let mut heard = Vec::new();
    for one in &mut crowd {
        let mut texts = Vec::new();
        for _ in 0..CROWD * EACH {
            texts.push(one.text().await);
        }
        heard.push(texts);
    }
    assert!(heard.iter().all(|texts| *texts == heard[0]), "one order for all");
    for number in 0..CROWD {
        let prefix = format!("{number}:");
        let own: Vec<&String> = heard[0].iter().filter(|text| text.starts_with(&prefix)).collect();
        let expected: Vec<String> = (0..EACH).map(|message| format!("{number}:{message}")).collect();
        assert!(own.into_iter().eq(expected.iter()), "and each sender's own order kept");
    }
}
