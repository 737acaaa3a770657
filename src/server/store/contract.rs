//! What every store must do, told as one story: whoever brings a new store runs it here.

use std::sync::Arc;

use super::{Appended, Draft, Found, NewRoom, Refused, Search, Store, Stretch};
use crate::protocol::api::{Me, PersonKind};
use crate::protocol::event::{Act, Event, Post, Reaction, What};
use crate::protocol::ids::{Emoji, RoomKey, Seq};
use crate::protocol::limits;
use crate::protocol::timeline::Timeline;
use crate::protocol::wire::RoomKind;
use crate::server::error::StoreError;

/// Ana and Ben meet in the lobby.
pub(super) async fn tell(store: &dyn Store) {
    let lobby = open_lobby(store, true).await;

    // People have names of their own, also to the eye.
    let (ana, ben) = (person("ana", "Ana"), person("ben", "Ben"));
    assert!(store.add_person(&ana, "ana").await.expect("adds"));
    assert!(!store.add_person(&person("other", "Ana"), "ana").await.expect("answers"), "the name is taken");
    assert!(store.add_person(&ben, "ben").await.expect("adds"));
    assert_eq!(store.rename(&ben.id, "ANA", "ana").await.expect("answers"), None, "so it is for Ben");

    // A token stands for who got it, and for nobody else.
    store.add_session([1; 32], &ana.id).await.expect("adds");
    assert_eq!(store.person_of(&[1; 32]).await.expect("answers"), Some(ana.clone()));
    assert_eq!(store.person_of(&[2; 32]).await.expect("answers"), None);

    // One batch, answered one by one, numbered in its order.
    let batch = vec![draft(&lobby, &ana, 1, None), draft(&lobby, &ben, 1, Some(1)), draft(&lobby, &ana, 2, Some(9))];
    let answers = store.append(batch).await.expect("appends");
    assert_eq!(seq_of(&answers[0]), 1);
    assert_eq!(seq_of(&answers[1]), 2, "the same cid of another author is another message");
    assert_eq!(answers[2], Err(Refused::NoReplyTarget));

    // A send that is repeated is the same message.
    let again = store.append(vec![draft(&lobby, &ana, 1, None)]).await.expect("answers");
    assert_eq!(again[0], Ok(Appended::Before(1)));
    let repeated = draft(&lobby, &ana, 1, None).cid;
    assert_eq!(store.seq_of(&lobby, &ana.id, &repeated).await.expect("answers"), Some(1));
    let never = draft(&lobby, &ana, 99, None).cid;
    assert_eq!(store.seq_of(&lobby, &ana.id, &never).await.expect("answers"), None);

    // Strangers and strange rooms are refused.
    let cellar: RoomKey = "cellar".parse().expect("a key");
    let strange = vec![draft(&lobby, &person("nobody", "N"), 1, None), draft(&cellar, &ana, 1, None)];
    let refused = store.append(strange).await.expect("answers");
    assert_eq!(refused, [Err(Refused::NoAuthor), Err(Refused::NoRoom)]);
    assert_eq!(store.events(&cellar, Stretch::Newest, 1).await.expect("answers"), None);

    // A name is what it was when the message was written.
    let renamed = store.rename(&ana.id, "Anna", "anna").await.expect("answers").expect("free");
    assert_eq!(renamed.name, "Anna");
    assert_eq!(store.person(&ana.id).await.expect("answers"), Some(renamed.clone()));
    assert_eq!(store.rename(&ana.id, "ANNA", "anna").await.expect("answers").expect("it is hers").name, "ANNA");
    store.rename(&ana.id, "Anna", "anna").await.expect("answers").expect("it is hers");
    assert!(store.add_person(&person("new", "Ana"), "ana").await.expect("adds"), "the old name is free again");
    store.append(vec![draft(&lobby, &ana, 3, None)]).await.expect("appends");
    let all = store.events(&lobby, Stretch::After(0), 10).await.expect("reads").expect("is there");
    assert_eq!(all.events.iter().map(|event| event.by.name.as_str()).collect::<Vec<_>>(), ["Ana", "Ben", "Anna"]);

    pages(store, &lobby).await;
    assert_eq!(store.room(&lobby).await.expect("answers").map(|room| room.head), Some(3));
    assert_eq!(store.rooms().await.expect("answers").len(), 1);
    assert_eq!(open_lobby(store, true).await, lobby, "a room that is there stays as it is");
    assert_eq!(store.room(&lobby).await.expect("answers").map(|room| room.head), Some(3));

    what_becomes_of_messages(store, &lobby, &renamed, &ben).await;
    reactions_have_an_end(store, &lobby, &ben).await;
    store.check().await.expect("it can keep what it is given");
}

/// Ana edits, Ben reacts, Ana takes it back. `Anna` wrote 1 and 3, Ben 2.
async fn what_becomes_of_messages(store: &dyn Store, lobby: &RoomKey, ana: &Me, ben: &Me) {
    let (thumb, heart) = (emoji("\u{1F44D}"), emoji("\u{2764}\u{FE0F}"));
    let react = |emoji: &Emoji, on| Act::React { of: 1, emoji: emoji.clone(), on };
    let edit = |of, body: &str| Act::Edit { of, body: body.to_owned() };
    let acts = [
        (ana, edit(1, "first")),
        (ana, edit(1, "second")),
        (ben, react(&thumb, true)),
        (ana, react(&thumb, true)),
        (ana, react(&heart, true)),
        (ana, react(&heart, false)),
        (ana, Act::Pin { of: 1, on: true }),
    ];
    for (number, (author, act)) in (10..).zip(acts) {
        assert!(act_as(store, author, number, act.clone()).await.is_ok(), "{act:?}");
    }
    let by = [ana, ben].map(Into::into).to_vec();
    let stands = Post {
        edited: Some(5),
        pinned: Some(10),
        reactions: vec![Reaction { emoji: thumb.clone(), by }],
        ..Post::new("second", None)
    };
    assert_eq!(post(store, lobby, 1).await, stands);

    // What cannot be done is refused, and what was done is done once.
    assert_eq!(act_as(store, ben, 20, edit(1, "mine now")).await, Err(Refused::NotYours));
    assert_eq!(act_as(store, ben, 21, Act::Delete { of: 1 }).await, Err(Refused::NotYours));
    assert_eq!(act_as(store, ben, 22, Act::Pin { of: 1, on: false }).await, Err(Refused::NotYours));
    assert_eq!(act_as(store, ana, 23, edit(5, "an edit is no message")).await, Err(Refused::NoMessage));
    assert_eq!(act_as(store, ana, 24, Act::Delete { of: 99 }).await, Err(Refused::NoMessage));
    assert_eq!(
        act_as(store, ana, 25, Act::Post { body: "?".into(), reply_to: Some(5) }).await,
        Err(Refused::NoReplyTarget)
    );
    assert_eq!(act_as(store, ana, 10, edit(1, "first")).await, Ok(Appended::Before(4)));

    // In one batch, each is looked at in the light of those before it.
    let batch = vec![
        draft_of(lobby, ana, 30, Act::Pin { of: 1, on: false }),
        draft_of(lobby, ana, 31, Act::Delete { of: 1 }),
        draft_of(lobby, ben, 32, react(&heart, true)),
        draft_of(lobby, ana, 31, Act::Delete { of: 1 }),
        draft_of(lobby, ben, 33, Act::Post { body: "gone?".into(), reply_to: Some(1) }),
    ];
    let answers = store.append(batch).await.expect("appends");
    assert_eq!((seq_of(&answers[0]), seq_of(&answers[1])), (11, 12));
    assert_eq!(answers[2], Err(Refused::NoMessage), "it is gone");
    assert_eq!(answers[3], Ok(Appended::Before(12)), "as it was asked for");
    assert_eq!(seq_of(&answers[4]), 13, "what was deleted can be answered: its place is there");

    // Nothing that it ever said is left, and every place is.
    assert_eq!(post(store, lobby, 1).await, Post { deleted: Some(12), ..Post::default() });
    let all = everything(store).await;
    assert_eq!(all.iter().map(|event| event.seq).collect::<Vec<_>>(), (1..=13).collect::<Vec<_>>());
    assert!(!format!("{all:?}").contains("second") && !format!("{all:?}").contains("message 1 of Ana"), "{all:?}");

    // What was read now is what a fold over the log as it came shows.
    let mut folded = Timeline::new("epoch-1".parse().expect("an epoch"));
    for event in &all {
        folded.apply(Event::clone(event));
    }
    for message in folded.messages() {
        assert_eq!(message.post, post(store, lobby, message.seq).await);
    }
}

/// As many as a message can have, and one more.
async fn reactions_have_an_end(store: &dyn Store, lobby: &RoomKey, ben: &Me) {
    let react = |n: usize, on| {
        let symbol = char::from_u32(0x1F300 + n as u32).expect("a character");
        Act::React { of: 2, emoji: emoji(&symbol.to_string()), on }
    };
    let drafts = (0..limits::REACTIONS).map(|n| draft_of(lobby, ben, 100 + n as u32, react(n, true))).collect();
    assert!(store.append(drafts).await.expect("appends").iter().all(Result::is_ok));
    let one_more = react(limits::REACTIONS, true);
    assert_eq!(act_as(store, ben, 900, one_more.clone()).await, Err(Refused::TooManyReactions));
    assert!(act_as(store, ben, 901, react(0, true)).await.is_ok(), "one that is there is none more");
    assert!(act_as(store, ben, 902, react(0, false)).await.is_ok());
    assert!(act_as(store, ben, 903, one_more).await.is_ok());
    assert_eq!(post(store, lobby, 2).await.reaction_count(), limits::REACTIONS);
}

/// The lobby's log, from its beginning.
pub(super) async fn everything(store: &dyn Store) -> Vec<Arc<Event>> {
    store.events(&RoomKey::lobby(), Stretch::After(0), 1_000).await.expect("reads").expect("is there").events
}

/// Ben, whom the story knows, says something.
pub(super) async fn say(store: &dyn Store, number: u32) -> Result<(), StoreError> {
    let ben = person("ben", "Ben");
    store.append(vec![draft(&RoomKey::lobby(), &ben, 10_000 + number, None)]).await.map(drop)
}

async fn act_as(store: &dyn Store, author: &Me, number: u32, act: Act) -> Result<Appended, Refused> {
    let answers = store.append(vec![draft_of(&RoomKey::lobby(), author, number, act)]).await.expect("answers");
    answers.into_iter().next().expect("one each")
}

async fn post(store: &dyn Store, lobby: &RoomKey, seq: Seq) -> Post {
    let page = store.events(lobby, Stretch::After(seq - 1), 1).await.expect("reads").expect("is there");
    match &page.events[0].what {
        What::Posted(post) => post.clone(),
        other => panic!("expected a message, got {other:?}"),
    }
}

/// The log can be read from any place in any direction.
async fn pages(store: &dyn Store, lobby: &RoomKey) {
    let cases: [(Stretch, usize, &[Seq], bool); 8] = [
        (Stretch::Newest, 2, &[2, 3], true),
        (Stretch::Newest, 3, &[1, 2, 3], false),
        (Stretch::After(0), 2, &[1, 2], true),
        (Stretch::After(1), 2, &[2, 3], false),
        (Stretch::After(99), 2, &[], false),
        (Stretch::Before(3), 1, &[2], true),
        (Stretch::Before(3), 2, &[1, 2], false),
        (Stretch::Before(1), 2, &[], false),
    ];
    for (stretch, limit, expected, more) in cases {
        let page = store.events(lobby, stretch, limit).await.expect("reads").expect("is there");
        assert_eq!(page.events.iter().map(|event| event.seq).collect::<Vec<_>>(), expected, "{stretch:?}");
        assert_eq!((page.more, page.head), (more, 3), "{stretch:?}");
    }
}

/// What was said is found as it stands, and only where the searcher may read.
pub(super) async fn what_is_found(store: &dyn Store) {
    let (ana, ben) = (person("ana", "Ana"), person("ben", "Ben"));
    let lobby = open_lobby(store, true).await;
    let cellar = open(store, "cellar").await;
    for person in [&ana, &ben] {
        assert!(store.add_person(person, person.id.as_str()).await.expect("adds"));
    }
    let said = [
        (&lobby, &ana, "Tea at the CAFÉ"),
        (&lobby, &ben, "more tea?"),
        (&cellar, &ana, "the tea is in the cellar"),
        (&lobby, &ana, "東京でお茶 (tea)"),
        (&lobby, &ben, "100% \"quoted\" tea*"),
    ];
    for (number, (room, author, body)) in (1..).zip(said) {
        let draft = draft_of(room, author, number, Act::Post { body: body.into(), reply_to: None });
        store.append(vec![Draft { at: u64::from(number) * 10, ..draft }]).await.expect("appends");
    }

    // Words, parts of words and phrases, without case and accents, all of them at once.
    let all = Search { rooms: vec![lobby.clone(), cellar.clone()], limit: 10, ..Search::default() };
    let of = |terms: &[&str]| Search { terms: terms.iter().map(|&term| term.into()).collect(), ..all.clone() };
    let [tea, more, stored, tokyo, quoted] = said.map(|(_, _, body)| body);
    assert_eq!(found(store, of(&["TEA"])).await, [quoted, tokyo, stored, more, tea]);
    assert_eq!(found(store, of(&["cafe"])).await, [tea]);
    assert_eq!(found(store, of(&["ell", "tea"])).await, [stored]);
    assert_eq!(found(store, of(&["in the cellar"])).await, [stored]);
    assert_eq!(found(store, of(&["the in cellar"])).await, [""; 0]);
    for (part, body) in
        [("東京", tokyo), ("お茶", tokyo), ("東京で", tokyo), ("茶", tokyo), ("0%", quoted), ("a*", quoted)]
    {
        assert_eq!(found(store, of(&[part])).await, [body], "{part}");
    }

    // Who, where and when, with and without a word.
    assert_eq!(found(store, Search { from: Some(ben.id.clone()), ..all.clone() }).await, [quoted, more]);
    assert_eq!(found(store, Search { from: Some(ana.id.clone()), ..of(&["café"]) }).await, [tea]);
    assert_eq!(found(store, Search { from: Some(person("nobody", "N").id), ..all.clone() }).await, [""; 0]);
    assert_eq!(found(store, Search { before: Some(30), ..all.clone() }).await, [more, tea]);
    assert_eq!(found(store, Search { after: Some(30), before: Some(50), ..of(&["tea"]) }).await, [tokyo, stored]);

    // Nothing of a room that one may not read, and no word of how much there is.
    let one_room = |room: &RoomKey| Search { rooms: vec![room.clone()], ..of(&["tea"]) };
    assert_eq!(found(store, one_room(&cellar)).await, [stored]);
    assert_eq!(found(store, one_room(&"attic".parse().expect("a key"))).await, [""; 0]);
    assert_eq!(found(store, Search { rooms: Vec::new(), ..all.clone() }).await, [""; 0]);
    let first = find(store, Search { limit: 1, ..one_room(&cellar) }).await;
    assert_eq!((first.hits.len(), first.more), (1, None));

    // Page by page, each hit once.
    let mut page = find(store, Search { limit: 2, ..of(&["tea"]) }).await;
    let mut paged = bodies(&page);
    while page.more.is_some() {
        page = find(store, Search { limit: 2, older_than: page.more, ..of(&["tea"]) }).await;
        paged.extend(bodies(&page));
    }
    assert_eq!(paged, [quoted, tokyo, stored, more, tea]);

    // As it stands: the new text and not the old, and of what is deleted none.
    let edit = Act::Edit { of: 1, body: "Coffee".into() };
    assert!(act_as(store, &ana, 20, edit).await.is_ok());
    assert_eq!(found(store, of(&["cafe"])).await, [""; 0]);
    assert_eq!(found(store, of(&["coffee"])).await, ["Coffee"]);
    assert!(act_as(store, &ana, 21, Act::Delete { of: 1 }).await.is_ok());
    for term in ["coffee", "cafe"] {
        assert_eq!(found(store, of(&[term])).await, [""; 0]);
    }
    let hit = find(store, of(&["more tea"])).await.hits.pop().expect("a hit");
    assert_eq!((hit.room, hit.event.seq), (lobby, 2), "it says where it is");
}

/// Searches until everything that was said can be found.
pub(super) async fn find(store: &dyn Store, search: Search) -> Found {
    for _ in 0..100 {
        let found = store.search(search.clone()).await.expect("no search is an error");
        if !found.behind {
            return found;
        }
    }
    panic!("the search lags behind for good");
}

/// The texts of what was found.
pub(super) async fn found(store: &dyn Store, search: Search) -> Vec<String> {
    bodies(&find(store, search).await)
}

fn bodies(found: &Found) -> Vec<String> {
    let body = |event: &Arc<Event>| match &event.what {
        What::Posted(post) => post.body.clone(),
        other => panic!("found {other:?}"),
    };
    found.hits.iter().map(|hit| body(&hit.event)).collect()
}

/// A room that keeps nothing still numbers what passes through.
pub(super) async fn without_history(store: &dyn Store) {
    let lobby = open_lobby(store, false).await;
    let ana = person("ana", "Ana");
    store.add_person(&ana, "ana").await.expect("adds");
    let answers =
        store.append(vec![draft(&lobby, &ana, 1, None), draft(&lobby, &ana, 2, None)]).await.expect("appends");
    assert_eq!((seq_of(&answers[0]), seq_of(&answers[1])), (1, 2));
    let page = store.events(&lobby, Stretch::Newest, 10).await.expect("reads").expect("is there");
    assert_eq!((page.events.len(), page.head), (0, 2));
}

async fn open_lobby(store: &dyn Store, history: bool) -> RoomKey {
    open_lobby_in(store, history, "epoch-1").await
}

/// For a life of that name, if it begins one.
pub(super) async fn open_lobby_in(store: &dyn Store, history: bool, epoch: &str) -> RoomKey {
    let room = room("lobby", history, epoch);
    store.open_room(room).await.expect("opens").key
}

/// One more room, which keeps everything.
pub(super) async fn open(store: &dyn Store, key: &str) -> RoomKey {
    store.open_room(room(key, true, "epoch-1")).await.expect("opens").key
}

fn room(key: &str, history: bool, epoch: &str) -> NewRoom {
    NewRoom {
        key: key.parse().expect("a key"),
        title: key.into(),
        kind: RoomKind::Open,
        epoch: epoch.parse().expect("an epoch"),
        history,
    }
}

pub(super) fn person(id: &str, name: &str) -> Me {
    Me { id: id.parse().expect("an id"), name: name.into(), kind: PersonKind::Guest }
}

fn emoji(symbol: &str) -> Emoji {
    symbol.parse().expect("an emoji")
}

fn draft(room: &RoomKey, author: &Me, number: u32, reply_to: Option<Seq>) -> Draft {
    draft_of(room, author, number, Act::Post { body: format!("message {number} of {}", author.name), reply_to })
}

pub(super) fn draft_of(room: &RoomKey, author: &Me, number: u32, act: Act) -> Draft {
    let cid = format!("cid-of-send-{number:08}").parse().expect("a cid");
    Draft { room: room.clone(), author: author.id.clone(), cid, at: 1, act }
}

fn seq_of(answer: &Result<Appended, Refused>) -> Seq {
    match answer {
        Ok(Appended::New(event)) => event.seq,
        other => panic!("expected a new event, got {other:?}"),
    }
}
