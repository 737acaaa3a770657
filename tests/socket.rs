//! `banter.v1`: greeting, following, posting, coming back.

use std::collections::BTreeSet;

use banter::protocol::api::{ErrorCode, MeChange};
use banter::protocol::calls;
use banter::protocol::ids::{RoomKey, Seq};
use banter::protocol::limits;
use banter::protocol::wire::{ClientFrame, ServerFrame, close};
use banter::server::config::{Config, Switch};

use crate::support::{TestApp, config, new_cid};

#[tokio::test]
async fn a_message_is_acknowledged_and_comes_to_all_who_follow() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (mut hers, mut other) = (app.in_lobby(Some(&ana)).await, app.in_lobby(None).await);
    let cid = hers.post("hello").await;
    let mut got = [hers.frame().await, hers.frame().await];
    got.sort_by_key(|frame| matches!(frame, ServerFrame::Ev { .. }));
    assert_eq!(got[0], ServerFrame::Ack { cid: cid.clone(), room: RoomKey::lobby(), seq: 1, dup: false });
    let event = other.event().await;
    assert_eq!(got[1], ServerFrame::Ev { room: RoomKey::lobby(), event: event.clone() });
    assert_eq!((event.seq, event.by.name.as_str(), event.cid), (1, "Ana", Some(cid)));
}

#[tokio::test]
async fn the_welcome_says_who_where_and_how_much() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let ServerFrame::Welcome { me, rooms, ping_ms, limits, .. } = app.socket().await.hello(Some(&ana)).await else {
        panic!("no welcome");
    };
    assert_eq!(me, Some(ana.me));
    assert_eq!(rooms.iter().map(|room| room.room.as_str()).collect::<Vec<_>>(), ["lobby"]);
    assert_eq!((ping_ms, limits), (25_000, limits::Limits::current()));
}

#[tokio::test]
async fn the_cookie_and_the_bearer_say_who_it_is_too() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let origin = app.url("");
    let bearer = format!("Bearer {}", ana.token);
    for headers in [vec![("cookie", ana.cookie.as_str()), ("origin", &origin)], vec![("authorization", &bearer)]] {
        let welcome = app.connect("/ws", &headers).await.hello(None).await;
        assert!(matches!(welcome, ServerFrame::Welcome { me: Some(me), .. } if me == ana.me));
    }
}

#[tokio::test]
async fn one_reads_as_nobody_and_signs_in_on_the_same_connection() {
    let app = TestApp::start().await;
    let mut socket = app.in_lobby(None).await;
    let cid = socket.post("who am I").await;
    let refused = socket.frame().await;
    assert!(
        matches!(&refused, ServerFrame::Nack { cid: about, code: ErrorCode::Unauthenticated, .. } if *about == cid),
        "{refused:?}"
    );
    let ana = app.person("Ana").await;
    socket.hello(Some(&ana)).await;
    socket.post("I am Ana").await;
    assert_eq!(socket.heard().await, "I am Ana");
}

#[tokio::test]
async fn a_wrong_token_ends_it() {
    let app = TestApp::start().await;
    let mut socket = app.socket().await;
    socket.tell(&ClientFrame::Hello { token: Some("made up".into()) }).await;
    assert!(matches!(socket.frame().await, ServerFrame::Err { code: ErrorCode::Unauthenticated, .. }));
    assert_eq!(socket.close_code().await.0, close::LOG_IN);
}

#[tokio::test]
async fn with_guests_off_nobody_gets_past_hello() {
    let app = TestApp::with(Config { guests: Switch::Off, ..config() }).await;
    let mut socket = app.socket().await;
    socket.tell(&ClientFrame::Hello { token: None }).await;
    assert!(matches!(socket.frame().await, ServerFrame::Err { code: ErrorCode::GuestsOff, .. }));
    assert_eq!(socket.close_code().await.0, close::LOG_IN);
}

#[tokio::test]
async fn a_send_that_is_repeated_is_one_message() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let mut socket = app.in_lobby(Some(&ana)).await;
    let post = ClientFrame::Post { room: RoomKey::lobby(), cid: new_cid(), body: "once".into(), reply_to: None };
    let mut seqs = Vec::new();
    for _ in 0..3 {
        socket.tell(&post).await;
        seqs.push(loop {
            if let ServerFrame::Ack { seq, dup, .. } = socket.frame().await {
                break (seq, dup);
            }
        });
    }
    assert_eq!(seqs, [(1, false), (1, true), (1, true)]);
    assert_eq!(app.in_lobby(None).await.sub(None, None).await.seqs(), [1]);
}

#[tokio::test]
async fn who_comes_back_gets_exactly_what_was_missed() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    for number in 1..=limits::NEWEST_EVENTS + 10 {
        app.post(&ana, &format!("{number}")).await;
    }
    let head = (limits::NEWEST_EVENTS + 10) as Seq;
    let mut socket = app.socket().await;
    socket.hello(None).await;

    let newcomer = socket.sub(None, None).await;
    assert!(!newcomer.recovered);
    assert_eq!(newcomer.seqs(), (11..=head).collect::<Vec<_>>(), "the newest {}", limits::NEWEST_EVENTS);

    let back = socket.sub(Some(newcomer.epoch.clone()), Some(3)).await;
    assert!(back.recovered);
    assert_eq!(back.seqs(), (4..=head).collect::<Vec<_>>());

    let nothing_missed = socket.sub(Some(newcomer.epoch.clone()), Some(head)).await;
    assert!(nothing_missed.recovered && nothing_missed.events.is_empty());

    let other_life = socket.sub(Some("another".parse().unwrap()), Some(3)).await;
    assert!(!other_life.recovered);
    assert_eq!(other_life.events.len(), limits::NEWEST_EVENTS);

    let from_the_future = socket.sub(Some(newcomer.epoch), Some(head + 1)).await;
    assert!(!from_the_future.recovered);
}

#[tokio::test]
async fn a_gap_of_500_is_closed_and_one_of_501_is_owned_up_to() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let mut socket = app.in_lobby(Some(&ana)).await;
    let head = limits::RESUME_EVENTS as Seq + 1;
    for number in 1..=head {
        socket.post(&format!("{number}")).await;
    }
    while socket.event().await.seq < head {}
    let epoch = socket.sub(None, None).await.epoch;
    assert_eq!(socket.sub(Some(epoch.clone()), Some(1)).await.events.len(), limits::RESUME_EVENTS);
    let too_long = socket.sub(Some(epoch), Some(0)).await;
    assert!(!too_long.recovered);
    assert_eq!(too_long.events.len(), limits::NEWEST_EVENTS);
}

#[tokio::test]
async fn the_log_can_be_read_page_by_page() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    for number in 1..=5 {
        app.post(&ana, &format!("{number}")).await;
    }
    let mut socket = app.in_lobby(None).await;
    for (after, before, limit, expected, there_is_more) in
        [(Some(1), None, 2, vec![2, 3], true), (None, Some(3), 9, vec![1, 2], false), (None, None, 1, vec![5], true)]
    {
        socket.tell(&ClientFrame::Fetch { room: RoomKey::lobby(), after, before, limit }).await;
        let ServerFrame::Page { events, more, .. } = socket.frame().await else { panic!("no page") };
        assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), expected);
        assert_eq!(more, there_is_more);
    }
}

/// The race that loses messages elsewhere: some are said between reading the log and following it.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_falls_between_what_was_and_what_comes() {
    const MESSAGES: u64 = 400;
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let mut speaker = app.in_lobby(Some(&ana)).await;
    let speaking = tokio::spawn(async move {
        for number in 1..=MESSAGES {
            speaker.post(&format!("{number}")).await;
            if number % 16 == 0 {
                while speaker.event().await.seq < number {}
            }
        }
        speaker
    });
    let mut listeners = Vec::new();
    while !speaking.is_finished() {
        let mut socket = app.socket().await;
        socket.hello(None).await;
        let subbed = socket.sub(None, None).await;
        listeners.push((socket, subbed));
    }
    let _speaker = speaking.await.unwrap();
    assert!(listeners.len() > 1, "some came while there was talk");
    for (mut socket, subbed) in listeners {
        let mut seqs = subbed.seqs();
        while seqs.last().copied().unwrap_or(subbed.head) < MESSAGES {
            seqs.push(socket.event().await.seq);
        }
        let first = seqs.first().copied().unwrap_or(MESSAGES + 1);
        assert!(seqs.iter().copied().eq(first..=MESSAGES), "from {first} on each one once, in order: {seqs:?}");
    }
}

#[tokio::test]
async fn who_follows_no_more_hears_no_more() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let mut socket = app.in_lobby(None).await;
    socket.tell(&ClientFrame::Unsub { room: RoomKey::lobby() }).await;
    // An answer to what came after it proves that it was done.
    socket.tell(&ClientFrame::Hello { token: None }).await;
    socket.frame().await;
    app.post(&ana, "behind your back").await;
    let subbed = socket.sub(None, None).await;
    assert_eq!(subbed.seqs(), [1], "no event came before the answer");
}

#[tokio::test]
async fn a_new_name_is_on_the_next_message() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let mut socket = app.in_lobby(Some(&ana)).await;
    socket.post("one").await;
    assert_eq!(socket.event().await.by.name, "Ana");
    app.call(Some(&ana.token), calls::change_me(&MeChange { name: Some("Anna".into()), ..MeChange::default() }))
        .await
        .unwrap();
    socket.post("two").await;
    assert_eq!(socket.event().await.by.name, "Anna");
}

#[tokio::test]
async fn a_second_hello_knows_the_new_name() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let mut socket = app.in_lobby(Some(&ana)).await;
    app.call(Some(&ana.token), calls::change_me(&MeChange { name: Some("Anna".into()), ..MeChange::default() }))
        .await
        .unwrap();
    let welcome = socket.hello(None).await;
    assert!(matches!(&welcome, ServerFrame::Welcome { me: Some(me), .. } if me.name == "Anna"), "{welcome:?}");
}

#[tokio::test]
async fn who_becomes_somebody_else_speaks_as_them_at_once() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.person("Ana").await, app.person("Ben").await);
    let mut socket = app.in_lobby(Some(&ana)).await;
    let mut other = app.in_lobby(None).await;
    socket.post("as Ana").await;
    socket.tell(&ClientFrame::Hello { token: Some(ben.token.clone()) }).await;
    socket.post("as Ben").await;
    assert_eq!((other.event().await.by.id, other.event().await.by.id), (ana.me.id, ben.me.id));
}

#[tokio::test]
async fn heavy_messages_come_in_pages_that_fit() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    // A quote takes two bytes on the wire.
    let heavy = "\"".repeat(limits::BODY_BYTES);
    for _ in 0..20 {
        app.post(&ana, &heavy).await;
    }
    let mut socket = app.socket().await;
    socket.hello(None).await;
    let newest = socket.sub(None, None).await;
    assert_eq!(newest.seqs(), (6..=20).collect::<Vec<_>>(), "the newest that fit");
    let back = socket.sub(Some(newest.epoch), Some(0)).await;
    assert!(!back.recovered, "a gap that does not fit is owned up to");
}

#[tokio::test]
async fn a_lobby_without_history_passes_everything_on_and_keeps_nothing() {
    let app = TestApp::with(Config { lobby_history: Switch::Off, ..config() }).await;
    let ana = app.person("Ana").await;
    let mut socket = app.in_lobby(Some(&ana)).await;
    socket.post("here and gone").await;
    assert_eq!(socket.heard().await, "here and gone");
    let late = app.in_lobby(None).await.sub(None, None).await;
    assert_eq!((late.head, late.events.len(), late.recovered), (1, 0, false));
}

#[tokio::test]
async fn on_leaving_the_server_says_when_to_come_back() {
    let mut app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (mut socket, mut plain) = (app.in_lobby(Some(&ana)).await, app.plain().await);
    let sent: BTreeSet<_> = [socket.post("one").await, socket.post("two").await].into();
    let mut acked = BTreeSet::new();
    while acked.len() < 2 {
        if let ServerFrame::Ack { cid, .. } = socket.frame().await {
            acked.insert(cid);
        }
    }
    assert_eq!(acked, sent);
    // One who does not answer the close keeps the server waiting for a moment, in which it can be asked.
    let _silent = app.socket().await;
    app.begin_to_stop();
    while app.http.get(app.url("/readyz")).send().await.unwrap().status() != 503 {}
    assert_eq!(app.refused("/ws", &[]).await.0, 503);
    loop {
        match socket.frame().await {
            ServerFrame::Moved { .. } => break,
            ServerFrame::Ev { .. } => {}
            other => panic!("expected moved, got {other:?}"),
        }
    }
    assert_eq!(socket.close_code().await.0, close::RESTARTING);
    assert_eq!(plain.close_code().await.0, close::RESTARTING);
    app.stopped().await;
}
