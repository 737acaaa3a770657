//! What a page does, told as what comes and what it answers.

use super::*;
use crate::protocol::api::ErrorCode;
use crate::protocol::event::{Act, Change, ChangeKind, Person, Post, What};
use crate::protocol::ids::Emoji;
use crate::protocol::limits::Limits;
use crate::protocol::outbox::{Pending, Stage};
use crate::protocol::power::Role;

fn ana() -> Me {
    Me { id: "ana".parse().expect("an id"), name: "Ana".into(), role: Role::Guest, colour: None }
}

fn cid(n: u64) -> Cid {
    format!("cid-00000000{n:08}").parse().expect("a cid")
}

/// Message number `seq` of Ana.
fn event(seq: Seq) -> Event {
    let what = What::Posted(Post::new(format!("message {seq}"), None));
    Event { seq, at: seq * 60_000, by: Person::from(&ana()), cid: Some(cid(seq)), what }
}

fn ben() -> Me {
    Me { id: "ben".parse().expect("an id"), name: "Ben".into(), role: Role::Guest, colour: None }
}

fn of_ben(event: Event) -> Event {
    Event { by: Person::from(&ben()), ..event }
}

fn about(seq: Seq, by: &Me, what: What) -> Event {
    Event { seq, at: seq * 60_000, by: Person::from(by), cid: None, what }
}

fn ev(seq: Seq) -> ServerFrame {
    ServerFrame::Ev { room: RoomKey::lobby(), event: event(seq) }
}

fn welcome(me: Option<Me>) -> ServerFrame {
    ServerFrame::Welcome { conn: 1, me, rooms: Vec::new(), ping_ms: 25_000, limits: Limits::current() }
}

fn subbed(recovered: bool, epoch: &str, head: Seq, events: Vec<Event>) -> ServerFrame {
    let epoch = epoch.parse().expect("an epoch");
    ServerFrame::Subbed { room: RoomKey::lobby(), epoch, head, recovered, events }
}

/// A page with messages 1 and 2 on it.
fn page(me: Option<Me>) -> Chat {
    Chat::from_first_paint(&first_paint(me))
}

fn here() -> RoomSummary {
    let json = r#"{"room":"lobby","title":"Lobby","kind":"open","epoch":"e1","head":2,"read":0,"role":"guest",
        "joined":true,"unread":0,"mentions":0,"guests":true}"#;
    serde_json::from_str(json).expect("a room")
}

fn first_paint(me: Option<Me>) -> FirstPaint {
    FirstPaint {
        room: RoomKey::lobby(),
        here: here(),
        rooms: Vec::new(),
        epoch: "e1".parse().expect("an epoch"),
        head: 2,
        events: vec![event(1), event(2)],
        more: false,
        at: None,
        me,
        form_cid: cid(0),
    }
}

/// That page, connected.
fn live(me: Option<Me>) -> Chat {
    let mut chat = page(me.clone());
    assert_eq!(chat.on_connecting(), ClientFrame::Hello { token: None });
    assert!(matches!(on(&mut chat, welcome(me))[..], [ClientFrame::Sub { seq: Some(2), .. }]));
    assert!(on(&mut chat, subbed(true, "e1", 2, Vec::new())).is_empty());
    assert_eq!(chat.link(), Link::Live);
    chat
}

/// Says message number `n`.
fn say(chat: &mut Chat, n: u64) -> Vec<ClientFrame> {
    chat.act(cid(n), Act::Post { body: format!("message {n}"), reply_to: None }, n)
}

fn on(chat: &mut Chat, frame: ServerFrame) -> Vec<ClientFrame> {
    chat.on_frame(frame, || cid(99))
}

fn ack(n: u64, seq: Seq) -> ServerFrame {
    ServerFrame::Ack { cid: cid(n), room: RoomKey::lobby(), seq, dup: false }
}

fn too_fast(n: u64) -> ServerFrame {
    let message = "too fast".to_owned();
    ServerFrame::Nack { cid: cid(n), code: ErrorCode::TooFast, message, after_ms: Some(200) }
}

/// The cids of what goes out.
fn sent(frames: Vec<ClientFrame>) -> Vec<Cid> {
    frames.into_iter().filter_map(|frame| frame.into_act().ok()).map(|(_, cid, _)| cid).collect()
}

/// The connection is lost and comes back, to a room that is at `head` of a life.
fn reconnect(chat: &mut Chat, me: Option<Me>, subbed: ServerFrame) -> Vec<ClientFrame> {
    chat.on_closed(1006);
    chat.on_connecting();
    on(chat, welcome(me));
    on(chat, subbed)
}

fn refusals(chat: &Chat) -> Vec<Option<String>> {
    pending(chat).into_iter().map(|row| row.refused.first().map(|refused| refused.why.clone())).collect()
}

fn page_of(events: Vec<Event>, more: bool) -> ServerFrame {
    ServerFrame::Page { room: RoomKey::lobby(), events, more }
}

fn seqs(chat: &Chat) -> Vec<Seq> {
    chat.rows().iter().filter(|row| row.pending.is_none()).map(|row| row.message.seq).collect()
}

fn pending(chat: &Chat) -> Vec<Row> {
    chat.rows().into_iter().filter(|row| row.pending.is_some()).collect()
}

#[test]
fn a_send_is_pending_until_its_event_comes() {
    let mut chat = live(Some(ana()));
    assert_eq!(sent(say(&mut chat, 3)), [cid(3)]);
    assert_eq!(pending(&chat).len(), 1);
    on(&mut chat, ack(3, 3));
    assert_eq!(pending(&chat).len(), 1, "it stays in view until its event stands in the list");
    assert_eq!(chat.to_keep().count(), 0, "and need not outlive the page");
    on(&mut chat, ev(3));
    assert!(pending(&chat).is_empty());
    assert_eq!(seqs(&chat), [1, 2, 3]);
}

#[test]
fn while_all_is_well_everything_goes_out_at_once() {
    let mut chat = live(Some(ana()));
    for n in 3..8 {
        assert_eq!(sent(say(&mut chat, n)), [cid(n)]);
    }
}

#[test]
fn a_stranger_becomes_a_guest_by_sending() {
    let mut chat = live(None);
    assert!(!chat.needs_guest(), "not by looking");
    assert!(say(&mut chat, 3).is_empty());
    assert!(chat.needs_guest());
    assert!(!chat.needs_guest(), "once");
    assert!(say(&mut chat, 4).is_empty());
    let hello = chat.on_identity(ana(), "secret".into());
    assert_eq!(hello, [ClientFrame::Hello { token: Some("secret".into()) }]);
    assert!(!chat.needs_guest(), "I am somebody; the connection is being told");
    assert!(on(&mut chat, welcome(None)).is_empty(), "the answer to an earlier hello");
    assert!(!chat.needs_guest());
    assert_eq!(chat.me(), Some(&ana()));
    assert_eq!(sent(on(&mut chat, welcome(Some(ana())))), [cid(3)], "what waited goes out now, ...");
    assert_eq!(sent(on(&mut chat, ack(3, 3))), [cid(4)], "... in order");
}

#[test]
fn who_cannot_become_a_guest_sees_it_at_the_message() {
    let mut chat = live(None);
    say(&mut chat, 3);
    assert!(chat.needs_guest());
    chat.on_identity_refused("too many guests");
    assert_eq!(refusals(&chat), [Some("too many guests".to_owned())]);
    assert!(!chat.needs_guest(), "not again by itself");
    chat.retry(&cid(3), cid(4));
    assert!(chat.needs_guest());
}

#[test]
fn what_was_sent_offline_goes_out_on_return_with_the_same_cid_and_one_after_the_other() {
    let mut chat = live(Some(ana()));
    say(&mut chat, 3);
    assert!(chat.on_closed(1006));
    assert_eq!(chat.link(), Link::Lost);
    assert!(say(&mut chat, 4).is_empty());
    let resent = reconnect(&mut chat, Some(ana()), subbed(true, "e1", 2, Vec::new()));
    assert_eq!(sent(resent), [cid(3)]);
    assert!(say(&mut chat, 5).is_empty(), "what is new waits behind what is old");
    assert_eq!(sent(on(&mut chat, ack(3, 3))), [cid(4)]);
    assert_eq!(sent(on(&mut chat, ack(4, 4))), [cid(5)]);
}

#[test]
fn what_is_in_the_log_already_is_not_sent_again() {
    let mut chat = live(Some(ana()));
    say(&mut chat, 3);
    say(&mut chat, 4);
    let resent = reconnect(&mut chat, Some(ana()), subbed(true, "e1", 3, vec![event(3)]));
    assert_eq!(sent(resent), [cid(4)]);
}

#[test]
fn what_waited_and_comes_too_fast_is_no_failure() {
    let mut chat = live(Some(ana()));
    say(&mut chat, 3);
    say(&mut chat, 4);
    reconnect(&mut chat, Some(ana()), subbed(true, "e1", 2, Vec::new()));
    assert!(on(&mut chat, too_fast(3)).is_empty());
    assert_eq!(refusals(&chat), [None, None]);
    let pause = chat.take_pause().expect("a pause");
    assert_eq!((pause.ms, chat.take_pause()), (200, None));
    assert_eq!(sent(chat.on_pause_over(pause.number)), [cid(99)], "under another cid, as the old one was refused");
    assert_eq!(sent(on(&mut chat, ack(99, 3))), [cid(4)], "in its place");
}

#[test]
fn what_has_an_unknown_fate_is_sent_again_with_the_same_cid_when_the_server_wants_it() {
    let mut chat = live(Some(ana()));
    say(&mut chat, 3);
    say(&mut chat, 4);
    let retry = |n| ServerFrame::Retry { cid: cid(n), after_ms: 500 };
    on(&mut chat, retry(3));
    let first = chat.take_pause().expect("a pause");
    on(&mut chat, retry(4));
    let second = chat.take_pause().expect("another");
    assert!(pending(&chat).iter().all(|row| row.pending.is_some_and(|state| state.contains("server"))));
    assert!(say(&mut chat, 5).is_empty());
    assert!(chat.on_pause_over(first.number).is_empty(), "the last one counts");
    assert_eq!(sent(chat.on_pause_over(second.number)), [cid(3)]);
    assert_eq!(sent(on(&mut chat, ack(3, 3))), [cid(4)]);
    assert_eq!(sent(on(&mut chat, ack(4, 4))), [cid(5)]);
}

#[test]
fn what_another_page_left_is_sent_once_there_is_a_line() {
    let left = |n| Pending {
        cid: cid(n),
        act: Act::Post { body: format!("message {n}"), reply_to: None },
        at: n,
        by: Some(ana().id),
        epoch: "e1".parse().expect("an epoch"),
        stage: Stage::Waiting,
    };
    let mut chat = page(Some(ana()));
    assert!(chat.adopt(vec![left(4), left(3)]).is_empty());
    chat.on_connecting();
    on(&mut chat, welcome(Some(ana())));
    assert_eq!(sent(on(&mut chat, subbed(true, "e1", 2, Vec::new()))), [cid(3)]);
    assert_eq!(sent(chat.on_settled_elsewhere(&cid(3))), [cid(4)], "another page knows that it is in the log");
}

#[test]
fn what_one_person_wrote_is_not_sent_as_another() {
    let mut chat = live(Some(ana()));
    say(&mut chat, 3);
    let resent = reconnect(&mut chat, Some(ben()), subbed(true, "e1", 2, Vec::new()));
    assert_eq!(sent(resent), []);
    assert!(refusals(&chat)[0].as_ref().is_some_and(|why| why.contains("somebody else")));
    assert_eq!(sent(chat.retry(&cid(3), cid(4))), [cid(4)], "unless that is wanted");
}

#[test]
fn a_server_that_forgot_me_makes_me_anew_when_i_speak() {
    let mut chat = live(Some(ana()));
    reconnect(&mut chat, None, subbed(false, "e2", 0, Vec::new()));
    assert_eq!(chat.me(), None);
    assert!(!chat.needs_guest());
    say(&mut chat, 3);
    assert!(chat.needs_guest());
}

#[test]
fn another_life_of_the_room_replaces_the_list() {
    let mut chat = live(Some(ana()));
    let before = chat.rows()[0].key();
    reconnect(&mut chat, Some(ana()), subbed(false, "e2", 1, vec![event(1)]));
    assert_eq!(seqs(&chat), [1]);
    assert_ne!(chat.rows()[0].key(), before, "message 1 of another life is another row");
}

#[test]
fn what_another_life_acknowledged_and_lost_is_sent_again() {
    let mut chat = live(Some(ana()));
    say(&mut chat, 3);
    on(&mut chat, ack(3, 3));
    let resent = reconnect(&mut chat, Some(ana()), subbed(false, "e2", 9, vec![event(9)]));
    assert_eq!(sent(resent), [cid(3)]);
}

#[test]
fn what_names_a_message_of_another_life_is_refused_and_never_sent() {
    let mut chat = live(Some(ana()));
    chat.on_closed(1006);
    chat.act(cid(3), Act::Delete { of: 1 }, 3);
    chat.act(cid(4), Act::Post { body: "yes".into(), reply_to: Some(1) }, 4);
    let resent = reconnect(&mut chat, Some(ana()), subbed(false, "e2", 9, vec![of_ben(event(1))]));
    assert_eq!(sent(resent), []);
    let row = &chat.rows()[0];
    assert!(!row.refused[0].again, "it would be another message that is deleted");
    assert!(pending(&chat)[0].refused[0].again);
    assert!(chat.retry(&cid(3), cid(5)).is_empty());
    chat.drop_refused(&cid(3));
    assert!(chat.rows()[0].refused.is_empty());
}

#[test]
fn a_row_stays_the_same_when_it_turns_out_to_be_mine() {
    let mut chat = live(None);
    let before = chat.rows().swap_remove(0);
    chat.on_renamed(ana());
    let after = chat.rows().swap_remove(0);
    assert_eq!((before.key(), before.mine, after.mine), (after.key(), false, true));
}

#[test]
fn a_hole_is_asked_for_once_and_filled() {
    let mut chat = live(Some(ana()));
    assert!(matches!(on(&mut chat, ev(5))[..], [ClientFrame::Fetch { after: Some(2), .. }]));
    assert!(on(&mut chat, ev(6)).is_empty(), "it is under way");
    assert!(on(&mut chat, page_of(vec![event(3), event(4)], false)).is_empty());
    assert_eq!(seqs(&chat), [1, 2, 3, 4, 5, 6]);
    on(&mut chat, ServerFrame::Ping { heads: [(RoomKey::lobby(), 9)].into() });
    let next = on(&mut chat, page_of(vec![event(7)], true));
    assert!(matches!(next[..], [ClientFrame::Fetch { after: Some(7), .. }]), "page by page");
}

#[test]
fn a_hole_that_cannot_be_filled_starts_the_room_anew() {
    let mut chat = live(Some(ana()));
    on(&mut chat, ev(5));
    assert!(matches!(on(&mut chat, page_of(Vec::new(), false))[..], [ClientFrame::Sub { seq: Some(2), .. }]));
}

#[test]
fn a_heartbeat_shows_a_hole_that_nothing_else_does() {
    let mut chat = live(Some(ana()));
    let ping = |head| ServerFrame::Ping { heads: [(RoomKey::lobby(), head)].into() };
    assert_eq!(on(&mut chat, ping(2)), [ClientFrame::Pong { away: false }]);
    assert!(matches!(on(&mut chat, ping(3))[..], [ClientFrame::Pong { away: false }, ClientFrame::Fetch { .. }]));
    let unknown = on(&mut chat, ServerFrame::Ping { heads: [].into() });
    assert!(
        matches!(unknown[..], [ClientFrame::Pong { away: false }, ClientFrame::Sub { .. }]),
        "a refused sub is tried again"
    );
}

#[test]
fn a_refused_send_stays_with_its_reason_and_can_be_tried_again() {
    let mut chat = live(Some(ana()));
    say(&mut chat, 3);
    on(&mut chat, too_fast(3));
    assert_eq!(refusals(&chat), [Some("too fast".to_owned())]);
    assert_eq!(chat.to_keep().count(), 1, "over a reload too");
    assert_eq!(sent(chat.retry(&cid(3), cid(4))), [cid(4)]);
}

#[test]
fn a_final_close_is_final() {
    let mut chat = live(Some(ana()));
    say(&mut chat, 3);
    assert!(!chat.on_closed(close::BAD_FRAME));
    say(&mut chat, 4);
    assert!(refusals(&chat).iter().all(Option::is_some), "nothing is shown as being sent for ever");
    assert_eq!(chat.link(), Link::Ended);
    assert!(live(None).on_closed(close::SLOW));
}

#[test]
fn who_is_sent_out_is_told_and_sends_nothing_more() {
    let unsubbed = |code| ServerFrame::Unsubbed { room: RoomKey::lobby(), code, message: "out".into() };
    let mut banned = live(Some(ana()));
    say(&mut banned, 3);
    assert!(on(&mut banned, unsubbed(ErrorCode::Banned)).is_empty());
    assert_eq!(banned.link(), Link::Banned);
    assert!(refusals(&banned).iter().all(Option::is_some), "what was under way is not shown as that for ever");

    // Whoever is not banned may still be one who may read it: they ask once.
    let mut out = live(Some(ana()));
    assert!(matches!(on(&mut out, unsubbed(ErrorCode::NotMember))[..], [ClientFrame::Sub { .. }]));
    assert_eq!(out.link(), Link::Out);
    let ping = ServerFrame::Ping { heads: [].into() };
    assert_eq!(on(&mut out, ping), [ClientFrame::Pong { away: false }]);
    on(&mut out, subbed(true, "e1", 2, Vec::new()));
    assert_eq!(out.link(), Link::Live, "and they may");

    assert!(!live(Some(ana())).on_closed(close::BANNED));
}

#[test]
fn the_server_is_told_once_how_far_it_was_read() {
    let mut chat = live(Some(ana()));
    on(&mut chat, ServerFrame::Ev { room: RoomKey::lobby(), event: of_ben(event(3)) });
    assert!(!chat.has_news_of_reading());
    chat.on_in_view(1, 3, true);
    assert!(chat.has_news_of_reading());
    assert_eq!(chat.tell_read(), [ClientFrame::Read { room: RoomKey::lobby(), seq: 3 }]);
    assert!(chat.tell_read().is_empty());
    let mut stranger = live(None);
    stranger.on_in_view(1, 2, true);
    assert!(stranger.tell_read().is_empty(), "of a stranger nothing is kept");
}

#[test]
fn messages_in_a_row_stand_under_one_name() {
    let mut chat = live(None);
    let mut late = event(3);
    late.at += 5 * 60_000;
    on(&mut chat, ServerFrame::Ev { room: RoomKey::lobby(), event: late });
    assert_eq!(chat.rows().iter().map(|row| row.continued).collect::<Vec<_>>(), [false, true, false]);
}

#[test]
fn what_i_do_to_a_message_shows_at_once() {
    let mut chat = live(Some(ana()));
    let thumb: Emoji = "\u{1F44D}".parse().expect("an emoji");
    chat.act(cid(3), Act::Edit { of: 1, body: "better".into() }, 3);
    chat.toggle_reaction(cid(4), 1, thumb.clone(), 4);
    let row = chat.rows().swap_remove(0);
    assert_eq!((row.message.post.body.as_str(), row.doing), ("better", Some("saving\u{2026}")));
    assert_eq!(row.my_reactions, std::slice::from_ref(&thumb));
    chat.toggle_reaction(cid(5), 1, thumb, 5);
    assert!(chat.rows()[0].my_reactions.is_empty(), "and is taken back by the same");
    on(&mut chat, ServerFrame::Nack { cid: cid(3), code: ErrorCode::NotYours, message: "no".into(), after_ms: None });
    let row = chat.rows().swap_remove(0);
    assert_eq!((row.message.post.body.as_str(), row.doing), ("message 1", None));
    assert_eq!(row.refused[0].what, "Not saved: ");
}

#[test]
fn an_act_on_a_message_that_is_not_loaded_is_shown_all_the_same() {
    let mut chat = live(Some(ana()));
    chat.act(cid(3), Act::Edit { of: 77, body: "better".into() }, 3);
    assert_eq!(pending(&chat)[0].message.post.body, "better");
}

#[test]
fn the_last_message_of_mine_that_is_still_there_can_be_changed() {
    let mut chat = live(Some(ana()));
    on(&mut chat, ServerFrame::Ev { room: RoomKey::lobby(), event: of_ben(event(3)) });
    let deleted = about(4, &ana(), What::Deleted { of: 2 });
    on(&mut chat, ServerFrame::Ev { room: RoomKey::lobby(), event: deleted });
    assert_eq!(chat.my_last_message(), Some(1));
}

#[test]
fn the_list_stays_short() {
    let mut chat = live(None);
    for seq in 3..=limits::PAGE_ROWS as Seq + 10 {
        on(&mut chat, ev(seq));
        assert!(chat.rows().len() <= limits::PAGE_ROWS);
        assert_eq!(seqs(&chat).last(), Some(&seq));
    }
    assert!(chat.rows().len() < limits::PAGE_ROWS, "at the end some screens are enough");
    chat.set_at_end(false);
    let over = limits::PAGE_ROWS as Seq * 2;
    (limits::PAGE_ROWS as Seq + 11..=over).for_each(|seq| drop(on(&mut chat, ev(seq))));
    assert_eq!(chat.rows().len(), limits::PAGE_ROWS);
    assert_ne!(seqs(&chat).last(), Some(&over), "who reads further up keeps what they read");
}

/// A page on messages 401 to 450 of 450.
fn long() -> Chat {
    let mut chat = live(Some(ben()));
    let newest = (401..=450).map(event).collect();
    reconnect(&mut chat, Some(ben()), subbed(false, "e2", 450, newest));
    chat.on_aimed();
    chat
}

#[test]
fn the_log_is_read_back_to_its_beginning_page_by_page() {
    let mut chat = long();
    chat.set_at_end(false);
    let mut start = 401;
    while chat.has_older() {
        let asked = chat.want_older();
        assert!(matches!(asked[..], [ClientFrame::Fetch { before: Some(before), .. }] if before == start), "{asked:?}");
        assert!(chat.want_older().is_empty(), "one at a time");
        let first = start.saturating_sub(100).max(1);
        on(&mut chat, page_of((first..start).map(event).collect(), first > 1));
        start = first;
        assert_eq!(seqs(&chat).first(), Some(&start));
        assert!(seqs(&chat).is_sorted() && chat.rows().len() <= limits::PAGE_ROWS);
    }
    assert!(!chat.reaches_end());
    while !chat.reaches_end() {
        let (_, end) = chat.stretch();
        assert!(matches!(chat.want_newer()[..], [ClientFrame::Fetch { after: Some(after), .. }] if after == end));
        let last = (end + 100).min(450);
        on(&mut chat, page_of((end + 1..=last).map(event).collect(), last < 450));
    }
    assert_eq!(seqs(&chat).last(), Some(&450));
    assert!(chat.rows().iter().all(|row| row.quiet), "none of it is told aloud");
}

#[test]
fn a_room_without_history_is_not_asked_for_it_for_ever() {
    let mut chat = long();
    assert_eq!(chat.want_older().len(), 1);
    on(&mut chat, page_of(Vec::new(), false));
    assert!(!chat.has_older());
}

#[test]
fn a_page_that_was_scrolled_for_is_not_one_that_was_missed() {
    let mut chat = long();
    chat.want_older();
    assert!(on(&mut chat, ev(452)).is_empty(), "one page at a time");
    let next = on(&mut chat, page_of((301..=400).map(event).collect(), true));
    assert!(matches!(next[..], [ClientFrame::Fetch { after: Some(450), .. }]), "{next:?}");
    on(&mut chat, page_of(vec![event(451)], false));
    assert_eq!((seqs(&chat)[0], seqs(&chat).last()), (301, Some(&452)));
}

#[test]
fn one_jumps_to_a_message_and_back_to_the_end() {
    let mut chat = long();
    assert!(matches!(chat.want_message(100)[..], [ClientFrame::Fetch { after: Some(74), .. }]));
    on(&mut chat, page_of((75..=124).map(event).collect(), true));
    assert_eq!((chat.aim(), seqs(&chat).len()), (Some(Aim::Row(100)), 50));
    assert!(chat.rows().iter().any(|row| row.found && row.message.seq == 100));
    chat.on_aimed();
    on(&mut chat, ev(451));
    assert_eq!(seqs(&chat).last(), Some(&124), "what comes is followed and not shown");
    assert!(matches!(chat.want_end()[..], [ClientFrame::Fetch { after: None, before: None, .. }]));
    let next = on(&mut chat, page_of((401..=450).map(event).collect(), true));
    assert!(matches!(next[..], [ClientFrame::Fetch { after: Some(450), .. }]), "the room went on meanwhile");
    assert_eq!(chat.aim(), None, "the end is not there yet");
    on(&mut chat, page_of(vec![event(451)], false));
    assert_eq!((chat.aim(), seqs(&chat).last()), (Some(Aim::End), Some(&451)));
}

#[test]
fn one_may_jump_while_offline() {
    let mut chat = long();
    chat.on_closed(1006);
    assert!(chat.want_message(100).is_empty());
    let asked = reconnect(&mut chat, Some(ben()), subbed(true, "e2", 450, Vec::new()));
    assert!(matches!(asked[..], [ClientFrame::Fetch { after: Some(74), .. }]), "{asked:?}");
}

#[test]
fn an_address_of_a_message_opens_around_it() {
    let first =
        FirstPaint { at: Some(12), events: (8..=16).map(event).collect(), head: 40, more: true, ..first_paint(None) };
    let mut chat = Chat::from_first_paint(&first);
    assert_eq!((chat.aim(), chat.reaches_end(), chat.has_older()), (Some(Aim::Row(12)), false, true));
    chat.on_connecting();
    let sub = on(&mut chat, welcome(None));
    assert!(matches!(sub[..], [ClientFrame::Sub { seq: Some(40), .. }]), "nothing is missed between");
}

#[test]
fn who_was_away_too_long_keeps_what_they_read() {
    let mut chat = long();
    chat.want_message(100);
    on(&mut chat, page_of((75..=124).map(event).collect(), true));
    chat.set_at_end(false);
    chat.on_in_view(95, 105, true);
    let newest = (1_951..=2_000).map(event).collect();
    let asked = reconnect(&mut chat, Some(ben()), subbed(false, "e2", 2_000, newest));
    assert_eq!((seqs(&chat)[0], chat.reaches_end()), (75, false));
    assert!(matches!(asked[..], [ClientFrame::Fetch { after: Some(0), .. }]), "as it stands by now: {asked:?}");
    let mut page: Vec<_> = (1..=200).map(event).collect();
    page[99].what = What::Posted(Post { deleted: Some(900), ..Post::default() });
    on(&mut chat, page_of(page, true));
    assert!(chat.message(100).is_some_and(|message| message.post.deleted.is_some()));
}

#[test]
fn what_others_say_meanwhile_is_counted() {
    let mut chat = live(Some(ben()));
    on(&mut chat, ev(3));
    chat.set_at_end(false);
    let thumb: Emoji = "\u{1F44D}".parse().expect("an emoji");
    for event in [
        event(4),
        of_ben(event(5)),
        about(6, &ana(), What::Reacted { of: 4, emoji: thumb, on: true }),
        about(7, &ana(), What::Edited { of: 4, body: "better".into() }),
        event(8),
        event(8),
    ] {
        on(&mut chat, ServerFrame::Ev { room: RoomKey::lobby(), event });
    }
    assert_eq!(chat.unseen(), 2, "messages of others, each once");
    let deleted = about(9, &ana(), What::Deleted { of: 8 });
    on(&mut chat, ServerFrame::Ev { room: RoomKey::lobby(), event: deleted });
    assert_eq!(chat.unseen(), 1);
    chat.set_at_end(true);
    assert_eq!(chat.unseen(), 0);
}

#[test]
fn what_is_new_since_one_was_here_has_a_line_and_a_count() {
    let mut chat = long();
    let epoch = "e2".parse().expect("an epoch");
    chat.on_read_before(&epoch, 440);
    assert_eq!(chat.unread(), Some(Unread { count: 10, more: false, since: Some(441 * 60_000) }));
    let line = |chat: &Chat| chat.rows().iter().find(|row| row.first_unread).map(|row| row.message.seq);
    assert_eq!(line(&chat), Some(441));
    assert!(chat.on_in_view(445, 450, true), "one opens at the end ...");
    assert_eq!(chat.unread().map(|unread| unread.count), Some(10), "... and has not seen the first one");
    assert!(chat.want_unread().is_empty());
    assert_eq!((chat.aim(), chat.unread()), (Some(Aim::Row(441)), None));
    assert_eq!(chat.read(), Some((epoch, 450)));
    assert_eq!(line(&chat), Some(441), "the line stays while one is here");
    chat.on_away();
    on(&mut chat, ev(451));
    assert_eq!(line(&chat), Some(451));
    assert!(!chat.on_in_view(445, 451, false), "that nobody looked at");
    assert_eq!(chat.unread().map(|unread| unread.count), Some(1));
    assert!(chat.on_in_view(445, 451, true));
    assert_eq!(chat.unread(), None);
}

#[test]
fn what_is_new_may_begin_before_what_is_loaded() {
    let mut chat = long();
    chat.on_read_before(&"e1".parse().expect("an epoch"), 440);
    assert_eq!(chat.unread(), None, "a position of another life says nothing");
    chat.on_read_before(&"e2".parse().expect("an epoch"), 200);
    assert_eq!(chat.unread().map(|unread| (unread.count, unread.more)), Some((50, true)));
    assert!(matches!(chat.want_unread()[..], [ClientFrame::Fetch { after: Some(175), .. }]));
    on(&mut chat, page_of((176..=225).map(event).collect(), true));
    assert_eq!(chat.aim(), Some(Aim::Row(201)));
}

#[test]
fn who_writes_is_told_until_they_have_said_it_or_stop() {
    let mut chat = live(Some(ana()));
    let typing = |by: &Me| ServerFrame::Typing { room: RoomKey::lobby(), by: Person::from(by) };
    on(&mut chat, typing(&ana()));
    assert_eq!(chat.who_writes(), None, "that I write I know");
    on(&mut chat, typing(&ben()));
    let first = chat.take_typing().expect("a time");
    on(&mut chat, typing(&Me { id: "cleo".parse().expect("an id"), name: "Cleo".into(), ..ben() }));
    assert_eq!(chat.who_writes().as_deref(), Some("Ben and Cleo are writing\u{2026}"));
    on(&mut chat, typing(&ben()));
    chat.forget_typing(first);
    assert!(chat.who_writes().is_some_and(|words| words.contains("Ben")), "he goes on");
    on(&mut chat, ServerFrame::Ev { room: RoomKey::lobby(), event: of_ben(event(3)) });
    assert_eq!(chat.who_writes().as_deref(), Some("Cleo is writing\u{2026}"));
    chat.on_closed(1006);
    assert_eq!(chat.who_writes(), None);
}

#[test]
fn that_nobody_looks_is_told_at_once_and_with_every_heartbeat() {
    let mut chat = live(Some(ana()));
    assert!(chat.look_away(false).is_empty());
    assert_eq!(chat.look_away(true), [ClientFrame::Pong { away: true }]);
    let ping = ServerFrame::Ping { heads: [(RoomKey::lobby(), 2)].into() };
    assert_eq!(on(&mut chat, ping), [ClientFrame::Pong { away: true }]);
}

#[test]
fn what_is_to_be_unread_stays_so_until_one_comes_anew() {
    let mut chat = live(Some(ben()));
    chat.on_in_view(1, 2, true);
    assert_eq!(chat.mark_unread(2), [ClientFrame::Read { room: RoomKey::lobby(), seq: 1 }]);
    chat.on_in_view(1, 2, true);
    assert!(!chat.has_news_of_reading());
    let line = chat.rows().iter().find(|row| row.first_unread).map(|row| row.message.seq);
    assert_eq!(line, Some(2));
    chat.on_away();
    chat.on_in_view(1, 2, true);
    assert_eq!(chat.tell_read(), [ClientFrame::Read { room: RoomKey::lobby(), seq: 2 }]);
}

#[test]
fn what_was_read_on_another_device_is_read_here() {
    let mut chat = live(Some(ben()));
    on(&mut chat, ServerFrame::Seen { room: RoomKey::lobby(), seq: 2 });
    assert_eq!(chat.read().map(|(_, seq)| seq), Some(2));
    assert!(!chat.has_news_of_reading(), "the server knows");
}

#[test]
fn what_was_read_before_the_server_greeted_is_not_unread_after_it() {
    let mut chat = page(Some(ben()));
    chat.on_connecting();
    chat.on_in_view(1, 2, true);
    let rooms = vec![RoomSummary { unread: 2, ..here() }];
    on(&mut chat, ServerFrame::Welcome { conn: 1, me: Some(ben()), rooms, ping_ms: 25_000, limits: Limits::current() });
    assert_eq!(chat.places().unread(), 0);
}

#[test]
fn what_becomes_of_the_room_stands_in_the_list_and_decides_who_writes() {
    let mut chat = live(Some(ana()));
    let announce = Change { on: Some(true), ..Change::of(ChangeKind::Announce) };
    let event = about(3, &ben(), What::Changed(Box::new(announce)));
    on(&mut chat, ServerFrame::Ev { room: RoomKey::lobby(), event });
    let rows = chat.rows();
    assert!(rows[2].message.change.is_some() && rows[2].quiet && !rows[2].mine);
    assert_eq!(chat.denied(), Some(Denied::AnnounceOnly));
    let muted = Change { who: Some(Person::from(&ana())), ..Change::of(ChangeKind::Muted) };
    let event = about(4, &ben(), What::Changed(Box::new(muted)));
    on(&mut chat, ServerFrame::Ev { room: RoomKey::lobby(), event });
    assert!(!chat.rows()[3].quiet, "what becomes of me I am told");
}

#[test]
fn who_is_muted_writes_nothing_until_the_clock_says_so() {
    let mut chat = live(Some(ana()));
    let room = |muted| ServerFrame::Room { room: Box::new(RoomSummary { muted, ..here() }) };
    on(&mut chat, room(Some(2_000)));
    assert_eq!(chat.denied(), Some(Denied::Muted));
    assert_eq!((chat.take_mute(), chat.take_mute()), (Some(2_000), None));
    chat.look_at_clock(1_999);
    assert_eq!((chat.denied(), chat.take_mute()), (Some(Denied::Muted), Some(2_000)));
    chat.look_at_clock(2_000);
    assert_eq!((chat.denied(), chat.take_mute()), (None, None));
    on(&mut chat, room(Some(9_000)));
    on(&mut chat, room(None));
    assert_eq!(chat.denied(), None, "or sooner");
}

#[test]
fn who_keeps_order_may_take_away_what_others_said() {
    let mut chat = live(Some(Me { role: Role::Admin, ..ben() }));
    let message = chat.message(1).expect("a message");
    assert_eq!(chat.powers(&message), Powers { edit: false, delete: true, pin: true });
    chat.on_renamed(ben());
    assert_eq!(chat.powers(&message), Powers::default());
    chat.on_renamed(ana());
    assert_eq!(chat.powers(&message), Powers { edit: true, delete: true, pin: true });
}

#[test]
fn whoever_is_named_is_told_apart() {
    let mut chat = live(Some(ana()));
    let post = Post { mentions: vec![Person::from(&ana())], ..Post::new("hi @Ana", None) };
    let event = about(3, &ben(), What::Posted(post));
    on(&mut chat, ServerFrame::Ev { room: RoomKey::lobby(), event });
    assert_eq!(chat.rows()[2].names_me.as_deref(), Some("Ana"));
}

#[test]
fn a_session_that_has_ended_keeps_what_was_not_sent() {
    let mut chat = live(Some(ana()));
    say(&mut chat, 3);
    assert!(!chat.on_closed(close::LOG_IN));
    assert_eq!((chat.link(), chat.denied()), (Link::LoggedOut, Some(Denied::LogIn)));
    assert_eq!((pending(&chat).len(), chat.to_keep().count()), (1, 1));
}

/// The server greets Ben, who has read so far.
fn greeted(chat: &mut Chat, read: Seq) -> Vec<ClientFrame> {
    let rooms = vec![RoomSummary { read, ..here() }];
    on(chat, ServerFrame::Welcome { conn: 1, me: Some(ben()), rooms, ping_ms: 25_000, limits: Limits::current() })
}

#[test]
fn what_was_read_elsewhere_while_nobody_was_connected_stays_read() {
    let mut chat = live(Some(ben()));
    chat.on_in_view(1, 1, true);
    assert_eq!(chat.tell_read().len(), 1);
    chat.on_closed(1006);
    chat.on_connecting();
    greeted(&mut chat, 2);
    assert!(!chat.on_in_view(1, 2, true) && !chat.has_news_of_reading(), "the server knows");
}

#[test]
fn what_was_marked_unread_on_a_lost_line_is_told_again() {
    let mut chat = live(Some(ben()));
    chat.on_in_view(1, 2, true);
    chat.tell_read();
    chat.on_closed(1006);
    chat.mark_unread(2);
    chat.on_read_elsewhere(&"e1".parse().expect("an epoch"), 2);
    chat.on_connecting();
    let unread = ClientFrame::Read { room: RoomKey::lobby(), seq: 1 };
    assert!(greeted(&mut chat, 2).contains(&unread));
    assert!(!chat.has_news_of_reading());
}

#[test]
fn what_is_no_message_is_read_with_what_is_before_it() {
    let mut chat = live(Some(ben()));
    on(
        &mut chat,
        ServerFrame::Ev { room: RoomKey::lobby(), event: about(3, &ana(), What::Pinned { of: 1, on: true }) },
    );
    chat.on_in_view(1, 2, true);
    assert_eq!(chat.read().map(|(_, seq)| seq), Some(3));
}

#[test]
fn who_was_sent_out_meanwhile_is_told_so() {
    let mut chat = live(Some(ben()));
    chat.on_closed(1006);
    chat.on_connecting();
    let rooms = Vec::new();
    on(&mut chat, ServerFrame::Welcome { conn: 2, me: Some(ben()), rooms, ping_ms: 25_000, limits: Limits::current() });
    assert!(!chat.here.joined);
}

/// A page on which Ana sees the lobby and her room with Ben.
fn with_rooms() -> Chat {
    let direct = RoomSummary {
        room: "direct-1".parse().expect("a room key"),
        kind: RoomKind::Direct,
        with: vec![Person::from(&ben())],
        ..here()
    };
    let mut chat = live(Some(ana()));
    let ServerFrame::Welcome { conn, me, ping_ms, limits, .. } = welcome(Some(ana())) else { unreachable!() };
    on(&mut chat, ServerFrame::Welcome { conn, me, rooms: vec![here(), direct], ping_ms, limits });
    chat.take_news();
    chat
}

fn news(chat: &mut Chat) -> Vec<String> {
    chat.take_news().iter().map(News::to_text).collect()
}

#[test]
fn what_others_say_is_news_once_and_what_is_to_me_says_so() {
    let mut chat = with_rooms();
    let lobby = |event| ServerFrame::Ev { room: RoomKey::lobby(), event };
    on(&mut chat, lobby(of_ben(event(3))));
    on(&mut chat, lobby(of_ben(event(3))));
    on(&mut chat, lobby(event(4)));
    assert_eq!(news(&mut chat), ["said\nlobby\n3\nLobby\nBen\nmessage 3"], "once, and nothing of my own");
    let to_me = Post { mentions: vec![Person::from(&ana())], ..Post::new("@Ana\nhello", None) };
    on(&mut chat, lobby(about(5, &ben(), What::Posted(to_me))));
    assert_eq!(news(&mut chat), ["named\nlobby\n5\nLobby\nBen\n@Ana\nhello"]);
    on(&mut chat, ServerFrame::Ev { room: "direct-1".parse().expect("a room key"), event: of_ben(event(3)) });
    assert_eq!(news(&mut chat), ["named\ndirect-1\n3\n\nBen\nmessage 3"], "among ourselves everything is");
    assert_eq!(news(&mut chat), [""; 0]);
}

#[test]
fn what_is_gone_or_was_read_is_news_and_what_was_missed_is_not() {
    let mut chat = with_rooms();
    on(&mut chat, ServerFrame::Ev { room: RoomKey::lobby(), event: about(3, &ben(), What::Deleted { of: 2 }) });
    on(&mut chat, ServerFrame::Seen { room: RoomKey::lobby(), seq: 3 });
    assert_eq!(news(&mut chat), ["gone\nlobby\n2", "read\nlobby\n3"]);
    let missed = (4..=9).map(|seq| of_ben(event(seq))).collect();
    reconnect(&mut chat, Some(ana()), subbed(true, "e1", 9, missed));
    assert_eq!(news(&mut chat), [""; 0]);
}

#[test]
fn one_comes_back_to_where_one_was_and_nothing_is_pointed_at() {
    let mut chat = long();
    assert!(chat.return_to(420).is_empty());
    assert_eq!(chat.aim(), Some(Aim::Row(420)));
    assert!(chat.rows().iter().all(|row| !row.found));
    chat.on_aimed();
    assert!(matches!(chat.return_to(100)[..], [ClientFrame::Fetch { after: Some(74), .. }]));
    on(&mut chat, page_of((75..=174).map(event).collect(), true));
    assert_eq!(chat.aim(), Some(Aim::Row(100)));
    assert!(chat.rows().iter().all(|row| !row.found));
    chat.on_aimed();
    chat.want_message(110);
    assert!(chat.rows().iter().any(|row| row.found), "but where one jumps to");
    chat.return_to(120);
    chat.want_message(110);
    assert!(!chat.is_returning() && chat.rows().iter().any(|row| row.found), "also on the way back");
}
