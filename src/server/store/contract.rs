//! What every store must do, told as one story: whoever brings a new store runs it here.

pub(super) mod full;

use std::sync::Arc;

use super::{
    Appended, ByPassword, Caller, Deed, Draft, Ended, Found, Ground, Naming, NewInvite, NewPerson, NewReport, NewRoom,
    NewSession, NotKept, Page, Refused, Scopes, Search, SiteBan, Store, Stretch, TokenHash, public_id,
};
use crate::protocol::api::Me;
use crate::protocol::api::order::Outcome;
use crate::protocol::event::{Act, Change, ChangeKind, Event, Post, Reaction, What};
use crate::protocol::ids::{Emoji, Millis, RoomKey, Seq};
use crate::protocol::limits;
use crate::protocol::power::{Denied, Role, RoomKind, Setting};
use crate::protocol::texts::Texts;
use crate::protocol::timeline::Timeline;
use crate::server::error::StoreError;

/// When it all happens.
const NOW: Millis = 1;
/// For ever, as a store keeps it.
const FOR_EVER: Millis = i64::MAX as Millis;

/// Ana and Ben meet in the lobby.
pub(super) async fn tell(store: &dyn Store) {
    let lobby = open_lobby(store, true).await;

    // People have names of their own, also to the eye.
    let (ana, ben) = (person("ana", "Ana"), person("ben", "Ben"));
    assert!(add(store, &ana, "ana").await);
    assert!(!add(store, &person("other", "Ana"), "ana").await, "the name is taken");
    assert!(add(store, &ben, "ben").await);
    let (hers, his) = (log_in(store, &ana, 1).await, log_in(store, &ben, 2).await);
    assert_eq!(rename(store, &his, "ANA", "ana").await, None, "so it is for Ben");

    // A token stands for who got it, and for nobody else.
    assert_eq!(hers.me, ana);
    assert_eq!(store.people().caller(&[3; 32], NOW).await.expect("answers"), None);

    // One batch, answered one by one, numbered in its order.
    let batch = vec![draft(&lobby, &ana, 1, None), draft(&lobby, &ben, 1, Some(1)), draft(&lobby, &ana, 2, Some(9))];
    let answers = store.logs().append(batch).await.expect("appends");
    assert_eq!(seq_of(&answers[0]), 1);
    assert_eq!(seq_of(&answers[1]), 2, "the same cid of another author is another message");
    assert_eq!(answers[2], Err(Refused::NoReplyTarget));

    // A send that is repeated is the same message.
    let again = store.logs().append(vec![draft(&lobby, &ana, 1, None)]).await.expect("answers");
    assert_eq!(again[0], Ok(Appended::Before(1)));
    let repeated = draft(&lobby, &ana, 1, None).cid;
    assert_eq!(store.logs().seq_of(&lobby, &ana.id, &repeated).await.expect("answers"), Some(1));
    let never = draft(&lobby, &ana, 99, None).cid;
    assert_eq!(store.logs().seq_of(&lobby, &ana.id, &never).await.expect("answers"), None);

    // Strangers and strange rooms are refused.
    let cellar: RoomKey = "cellar".parse().expect("a key");
    let strange = vec![draft(&lobby, &person("nobody", "N"), 1, None), draft(&cellar, &ana, 1, None)];
    let refused = store.logs().append(strange).await.expect("answers");
    assert_eq!(refused, [Err(Refused::NoAuthor), Err(Refused::NoRoom)]);
    assert_eq!(store.logs().events(&cellar, Stretch::Newest, 1).await.expect("answers"), None);

    // A name is what it was when the message was written.
    let renamed = rename(store, &hers, "Anna", "anna").await.expect("free");
    assert_eq!(renamed.name, "Anna");
    assert_eq!(store.people().person(&ana.id).await.expect("answers"), Some(renamed.clone()));
    assert_eq!(rename(store, &hers, "ANNA", "anna").await.expect("it is hers").name, "ANNA");
    rename(store, &hers, "Anna", "anna").await.expect("it is hers");
    assert!(add(store, &person("new", "Ana"), "ana").await, "the old name is free again");
    store.logs().append(vec![draft(&lobby, &ana, 3, None)]).await.expect("appends");
    let all = store.logs().events(&lobby, Stretch::After(0), 10).await.expect("reads").expect("is there");
    assert_eq!(all.events.iter().map(|event| event.by.name.as_str()).collect::<Vec<_>>(), ["Ana", "Ben", "Anna"]);

    pages(store, &lobby).await;
    assert_eq!(store.rooms().room(&lobby).await.expect("answers").map(|room| room.head), Some(3));
    assert_eq!(store.rooms().all().await.expect("answers").len(), 1);
    assert_eq!(open_lobby(store, true).await, lobby, "a room that is there stays as it is");
    assert_eq!(store.rooms().room(&lobby).await.expect("answers").map(|room| room.head), Some(3));

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
    assert_eq!(act_as(store, ben, 20, edit(1, "mine now")).await, Err(Refused::Denied(Denied::NotYours)));
    assert_eq!(act_as(store, ben, 21, Act::Delete { of: 1 }).await, Err(Refused::Denied(Denied::NotYours)));
    assert_eq!(act_as(store, ben, 22, Act::Pin { of: 1, on: false }).await, Err(Refused::Denied(Denied::NotYours)));
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
    let answers = store.logs().append(batch).await.expect("appends");
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
    assert!(store.logs().append(drafts).await.expect("appends").iter().all(Result::is_ok));
    let one_more = react(limits::REACTIONS, true);
    assert_eq!(act_as(store, ben, 900, one_more.clone()).await, Err(Refused::TooManyReactions));
    assert!(act_as(store, ben, 901, react(0, true)).await.is_ok(), "one that is there is none more");
    assert!(act_as(store, ben, 902, react(0, false)).await.is_ok());
    assert!(act_as(store, ben, 903, one_more).await.is_ok());
    assert_eq!(post(store, lobby, 2).await.reaction_count(), limits::REACTIONS);
}

/// The lobby's log, from its beginning.
pub(super) async fn everything(store: &dyn Store) -> Vec<Arc<Event>> {
    store.logs().events(&RoomKey::lobby(), Stretch::After(0), 1_000).await.expect("reads").expect("is there").events
}

/// Ben, whom the story knows, says something.
pub(super) async fn say(store: &dyn Store, number: u32) -> Result<(), StoreError> {
    let ben = person("ben", "Ben");
    store.logs().append(vec![draft(&RoomKey::lobby(), &ben, 10_000 + number, None)]).await.map(drop)
}

async fn act_as(store: &dyn Store, author: &Me, number: u32, act: Act) -> Result<Appended, Refused> {
    let answers = store.logs().append(vec![draft_of(&RoomKey::lobby(), author, number, act)]).await.expect("answers");
    answers.into_iter().next().expect("one each")
}

async fn post(store: &dyn Store, lobby: &RoomKey, seq: Seq) -> Post {
    let page = store.logs().events(lobby, Stretch::After(seq - 1), 1).await.expect("reads").expect("is there");
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
        let page = store.logs().events(lobby, stretch, limit).await.expect("reads").expect("is there");
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
        assert!(add(store, person, person.id.as_str()).await);
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
        store.logs().append(vec![Draft { at: u64::from(number) * 10, ..draft }]).await.expect("appends");
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
        let found = store.logs().search(search.clone()).await.expect("no search is an error");
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
    add(store, &ana, "ana").await;
    let answers =
        store.logs().append(vec![draft(&lobby, &ana, 1, None), draft(&lobby, &ana, 2, None)]).await.expect("appends");
    assert_eq!((seq_of(&answers[0]), seq_of(&answers[1])), (1, 2));
    let page = store.logs().events(&lobby, Stretch::Newest, 10).await.expect("reads").expect("is there");
    assert_eq!((page.events.len(), page.head), (0, 2));
    // What changes somebody in it is written, and has its place among what is said.
    let joined = Deed::Change(Box::new(Change::of(ChangeKind::Joined)));
    let join = Draft { deed: joined, ..draft(&lobby, &ana, 4, None) };
    let batch = vec![draft(&lobby, &ana, 3, None), join, draft(&lobby, &ana, 5, None)];
    let answers = store.logs().append(batch).await.expect("appends");
    assert_eq!(answers.iter().map(seq_of).collect::<Vec<_>>(), [3, 4, 5]);
    assert_eq!(store.rooms().members(&lobby, None, 10).await.expect("reads").len(), 1);

    // There is nothing to be read, however far one has read.
    store.rooms().set_read(vec![((ana.id.clone(), lobby.clone()), 2)]).await.expect("notes");
    assert_eq!(how_far(store, &lobby, &ana).await, (5, 5, 0));
    in_their_order(store, &lobby).await;
    several_together(store, &lobby).await;
}

/// The same room after another start: its numbers begin anew, and nobody has read further than there is.
pub(super) async fn begins_anew(store: &dyn Store) {
    let (lobby, ana) = (open_lobby_in(store, false, "epoch-1").await, person("ana", "Ana"));
    let other_life = "epoch-2".parse().expect("an epoch");
    store.rooms().begin_anew(vec![(lobby.clone(), other_life)]).await.expect("begins");
    assert_eq!(how_far(store, &lobby, &ana).await, (0, 0, 0));
    let said = store.logs().append(vec![draft(&lobby, &ana, 1, None)]).await.expect("appends");
    assert_eq!(seq_of(&said[0]), 1);
    let went_back = store.rooms().set_read(vec![((ana.id.clone(), lobby.clone()), 1)]).await.expect("notes");
    assert_eq!(went_back, [], "what was read in the life before is no measure");
    assert_eq!(how_far(store, &lobby, &ana).await, (1, 1, 0));
}

/// A room's head, how far somebody has read, and how much they have not.
async fn how_far(store: &dyn Store, room: &RoomKey, who: &Me) -> (Seq, Seq, u64) {
    let summary = store.rooms().summary(room, Some(&who.id), NOW).await.expect("reads").expect("is there");
    (summary.head, summary.read, summary.unread)
}

/// What is said before a restraint is lifted, in the same batch, is looked at before that.
async fn in_their_order(store: &dyn Store, lobby: &RoomKey) {
    let judge = add_member(store, "judge", "Judy", Role::Admin).await;
    let carl = add_member(store, "carl", "Carl", Role::Member).await;
    let (judge, carl) = (log_in(store, &judge, 11).await, log_in(store, &carl, 12).await);
    assert!(do_as(store, lobby, &judge, 40, about(ChangeKind::Muted, &carl)).await.is_ok());
    let unmute = change_of(lobby, &judge, 41, about(ChangeKind::Unmuted, &carl));
    let batch = vec![message_of(lobby, &carl, 42), unmute, message_of(lobby, &carl, 43)];
    let answers = store.logs().append(batch).await.expect("appends");
    assert_eq!(answers[0], Err(Refused::Denied(Denied::Muted)));
    assert_eq!(seq_of(&answers[2]), seq_of(&answers[1]) + 1);
}

/// What was kept before a room kept nothing stays as it is: nobody is told that it went.
pub(super) async fn what_was_kept_before(store: &dyn Store) {
    let lobby = open_lobby_in(store, true, "epoch-1").await;
    let ana = person("ana", "Ana");
    assert!(add(store, &ana, "ana").await);
    let said = store.logs().append(vec![draft(&lobby, &ana, 1, None)]).await.expect("appends");
    assert_eq!(seq_of(&said[0]), 1);
    open_lobby_in(store, false, "epoch-2").await;
    let emoji = emoji("\u{1F44D}");
    for (number, act) in [
        Act::Delete { of: 1 },
        Act::Edit { of: 1, body: "x".into() },
        Act::React { of: 1, emoji, on: true },
        Act::Pin { of: 1, on: true },
    ]
    .into_iter()
    .enumerate()
    {
        let draft = draft_of(&lobby, &ana, 100 + number as u32, act);
        assert_eq!(one(store, draft).await, Err(Refused::NoMessage));
    }
    assert_eq!(one(store, draft(&lobby, &ana, 200, Some(1))).await, Err(Refused::NoReplyTarget));
    open_lobby_in(store, true, "epoch-3").await;
    let page = store.logs().events(&lobby, Stretch::Newest, 10).await.expect("reads").expect("is there");
    assert!(matches!(&page.events[0].what, What::Posted(post) if !post.body.is_empty() && post.reactions.is_empty()));
}

/// What comes together has numbers that follow each other, while whoever says it may speak.
async fn several_together(store: &dyn Store, lobby: &RoomKey) {
    let owner = add_member(store, "owner", "Olga", Role::Owner).await;
    let max = add_member(store, "max", "Max", Role::Member).await;
    let (olga, max) = (log_in(store, &owner, 1).await, log_in(store, &max, 2).await);
    assert_eq!(one(store, texts_of(lobby, &max, 1)).await.map(place), Ok((9, 10)));
    // Twice: the second time it is known that he may.
    assert_eq!(one(store, texts_of(lobby, &max, 2)).await.map(place), Ok((11, 12)));
    assert_eq!(say_as(store, lobby, &max, 3).await.map(place), Ok((13, 13)));
    let stolen = Draft { author: owner.id.clone(), ..texts_of(lobby, &max, 4) };
    assert_eq!(one(store, stolen).await, Err(Refused::NoAuthor), "a session is one person's");
    assert!(do_as(store, lobby, &olga, 5, about(ChangeKind::Muted, &max)).await.is_ok());
    assert_eq!(one(store, texts_of(lobby, &max, 6)).await, Err(Refused::Denied(Denied::Muted)), "from then on");
    assert!(do_as(store, lobby, &olga, 7, about(ChangeKind::Unmuted, &max)).await.is_ok());
    assert_eq!(one(store, texts_of(lobby, &max, 8)).await.map(place), Ok((16, 17)));
    store.people().end_session(&max.session).await.expect("answers");
    assert_eq!(one(store, texts_of(lobby, &max, 9)).await, Err(Refused::NoAuthor), "not once it has ended");
    let hall = open(store, "hall").await;
    assert_eq!(one(store, texts_of(&hall, &olga, 10)).await, Err(Refused::Together), "it keeps what is said");
}

fn texts_of(room: &RoomKey, author: &Caller, number: u32) -> Draft {
    let mut texts = Texts::default();
    ["one", "two"].iter().for_each(|text| texts.push(text));
    Draft { deed: Deed::Texts(texts), ..message_of(room, author, number) }
}

/// The first and the last place of what was taken.
fn place(appended: Appended) -> (Seq, Seq) {
    match appended {
        Appended::New(event) => (event.seq, event.seq),
        Appended::Said(said) => (said.first, said.last()),
        Appended::Before(seq) => (seq, seq),
    }
}

async fn open_lobby(store: &dyn Store, history: bool) -> RoomKey {
    open_lobby_in(store, history, "epoch-1").await
}

/// For a life of that name, if it begins one.
pub(super) async fn open_lobby_in(store: &dyn Store, history: bool, epoch: &str) -> RoomKey {
    let room = room("lobby", history, epoch);
    store.rooms().open(room).await.expect("opens").key
}

/// One more room, which keeps everything.
pub(super) async fn open(store: &dyn Store, key: &str) -> RoomKey {
    store.rooms().open(room(key, true, "epoch-1")).await.expect("opens").key
}

fn room(key: &str, history: bool, epoch: &str) -> NewRoom {
    NewRoom {
        key: key.parse().expect("a key"),
        title: key.into(),
        topic: String::new(),
        setting: Setting { kind: RoomKind::Open, guests: true, ..Setting::default() },
        at: NOW,
        epoch: epoch.parse().expect("an epoch"),
        history,
    }
}

pub(super) fn person(id: &str, name: &str) -> Me {
    Me { id: id.parse().expect("an id"), name: name.into(), role: Role::Guest, colour: None }
}

/// `false` if the name is somebody's.
pub(super) async fn add(store: &dyn Store, me: &Me, likeness: &str) -> bool {
    let person = NewPerson { me: me.clone(), likeness: likeness.to_owned(), password: None, at: NOW };
    store.people().add(person).await.expect("answers")
}

/// One with an account.
async fn add_member(store: &dyn Store, id: &str, name: &str, role: Role) -> Me {
    let me = Me { role, ..person(id, name) };
    assert!(add(store, &me, id).await, "{name} is new");
    me
}

/// `None` if the name is somebody else's.
async fn rename(store: &dyn Store, by: &Caller, name: &str, likeness: &str) -> Option<Me> {
    store.people().rename(by, name, likeness, NOW).await.expect("answers").expect("the session stands")
}

async fn log_in(store: &dyn Store, me: &Me, token: u8) -> Caller {
    let token: TokenHash = [token; 32];
    assert!(store.people().add_session(new_session(me, token)).await.expect("adds").is_ok());
    store.people().caller(&token, NOW).await.expect("answers").expect("is there")
}

fn new_session(me: &Me, token: TokenHash) -> NewSession {
    NewSession {
        token,
        person: me.id.clone(),
        scopes: Scopes::ALL,
        label: None,
        agent: "a browser".to_owned(),
        network: "192.0.2.1".to_owned(),
        at: NOW,
        expires: FOR_EVER,
        ground: Ground::New,
    }
}

/// Those who keep order, and those who do not.
pub(super) async fn keeping_order(store: &dyn Store) {
    let lobby = open_lobby(store, true).await;
    let owner = add_member(store, "owner", "Olga", Role::Owner).await;
    let mia = add_member(store, "mia", "Mia", Role::Member).await;
    let max = add_member(store, "max", "Max", Role::Member).await;
    let (olga, mia, max) = (log_in(store, &owner, 1).await, log_in(store, &mia, 2).await, log_in(store, &max, 3).await);
    closed_rooms(store, &mia, &max, &olga).await;
    mutes_and_bans(store, &lobby, &olga, &max).await;
    who_may_not_is_listed_in_pages(store, &lobby, &olga).await;
    among_themselves(store, &mia, &max).await;
    reports(store, &lobby, &olga, &mia, &max).await;
    accounts_end(store, &lobby, &olga, &mia, &max).await;
}

/// Mia makes a closed room, and lets Max in.
async fn closed_rooms(store: &dyn Store, mia: &Caller, max: &Caller, olga: &Caller) {
    let setting = Setting { kind: RoomKind::Closed, ..Setting::default() };
    let den = NewRoom { setting, ..room("den", true, "epoch-den") };
    let made = store.rooms().create(den.clone(), mia).await.expect("answers").expect("a member may");
    let den_key = made.expect("is new").key;
    assert_eq!(store.rooms().create(den, max).await.expect("answers"), Ok(None), "it is there");
    let standing = async |who: &Caller| store.rooms().standing(&den_key, &who.me.id, NOW).await.expect("answers");
    assert_eq!(standing(mia).await.seat, Some(Role::Moderator), "who makes a room keeps order in it");

    assert_eq!(say_as(store, &den_key, max, 1).await, Err(Refused::Denied(Denied::NotThere)));
    let join = Change::of(ChangeKind::Joined);
    assert_eq!(do_as(store, &den_key, max, 2, join.clone()).await, Err(Refused::Denied(Denied::NotThere)));
    assert!(do_as(store, &den_key, olga, 3, join.clone()).await.is_ok(), "who runs the site comes in, and is seen to");
    assert_eq!(do_as(store, &den_key, olga, 4, join).await, Err(Refused::AlreadySo));

    // An invitation lets in as many as it says, and uses nothing up for one who is in.
    let invite = NewInvite { code: [9; 32], room: Some(den_key.clone()), at: NOW, expires: FOR_EVER, uses: 1 };
    assert_eq!(store.rooms().add_invite(invite.clone(), max).await.expect("answers"), Err(Denied::NotThere.into()));
    let made = store.rooms().add_invite(invite, mia).await.expect("answers").expect("a moderator may");
    assert_eq!(made.left, 1);
    invitations_end_somewhere(store, &den_key, mia).await;
    let redeem = async |who: &Caller, number| {
        let draft =
            Draft { deed: Deed::Redeem([9; 32]), ..change_of(&den_key, who, number, Change::of(ChangeKind::Left)) };
        one(store, draft).await
    };
    assert_eq!(redeem(mia, 5).await, Err(Refused::AlreadySo));
    assert!(redeem(max, 6).await.is_ok());
    assert!(store.rooms().invited(&[9; 32], NOW).await.expect("answers").is_none(), "it is used up");
    assert!(say_as(store, &den_key, max, 7).await.is_ok());
    let members = store.rooms().members(&den_key, None, 10).await.expect("answers");
    let names: Vec<&str> = members.iter().map(|member| member.person.name.as_str()).collect();
    assert_eq!(names, ["Max", "Mia", "Olga"]);

    // What was said before one came is not unread; what others say afterwards is.
    let unread = async |who: &Caller| {
        let found = store.rooms().summary(&den_key, Some(&who.me.id), NOW).await.expect("answers").expect("is there");
        (found.unread, found.mentions)
    };
    assert_eq!(unread(max).await, (0, 0), "his own never counts");
    let naming = Naming { people: vec![vec!["max of many words".into(), "max".into()]], all: false };
    let hello = Draft { naming, ..message_of(&den_key, mia, 8) };
    assert!(one(store, hello).await.is_ok());
    assert_eq!(unread(max).await, (1, 1));
    let mentions = store.rooms().mentions(&max.me.id, None, NOW, 10).await.expect("answers");
    assert_eq!(mentions.iter().map(|hit| &hit.room).collect::<Vec<_>>(), [&den_key]);
    let naming = Naming { people: vec![vec!["max".into()]], all: false };
    assert!(one(store, Draft { naming, ..message_of(&den_key, mia, 9) }).await.is_ok());
    let page = store.rooms().mentions(&max.me.id, None, NOW, 1).await.expect("answers");
    assert_eq!(page.len(), 2, "those of one millisecond stay together");
    assert!(store.rooms().mentions(&max.me.id, Some(NOW), NOW, 1).await.expect("answers").is_empty());
    let head = store.rooms().room(&den_key).await.expect("answers").expect("is there").head;
    let read = async |seq| {
        let positions = vec![((max.me.id.clone(), den_key.clone()), seq)];
        store.rooms().set_read(positions).await.expect("keeps")
    };
    assert_eq!(read(head).await, []);
    assert_eq!(unread(max).await, (0, 0));
    assert_eq!(read(head - 1).await, [(max.me.id.clone(), den_key.clone())]);
    assert_eq!(read(head).await, []);

    // Who is sent out is out, and a moderator cannot do that to who runs the site.
    let out = |who: &Caller| about(ChangeKind::Removed, who);
    assert_eq!(do_as(store, &den_key, mia, 9, out(olga)).await, Err(Refused::Denied(Denied::Outranked)));
    assert!(do_as(store, &den_key, mia, 10, out(max)).await.is_ok());
    assert_eq!(say_as(store, &den_key, max, 11).await, Err(Refused::Denied(Denied::NotThere)));
    assert!(
        store.rooms().mentions(&max.me.id, None, NOW, 10).await.expect("answers").is_empty(),
        "he reads it no more"
    );
    assert_eq!(store.rooms().readable(Some(&max.me.id), Some("den"), NOW).await.expect("answers"), []);
}

/// Olga mutes Max for a while, then bans him.
async fn mutes_and_bans(store: &dyn Store, lobby: &RoomKey, olga: &Caller, max: &Caller) {
    let muted = Change { until: Some(NOW + 10), ..about(ChangeKind::Muted, max) };
    assert_eq!(
        do_as(store, lobby, max, 20, about(ChangeKind::Muted, olga)).await,
        Err(Refused::Denied(Denied::Forbidden))
    );
    assert!(do_as(store, lobby, olga, 21, muted).await.is_ok());
    assert_eq!(say_as(store, lobby, max, 22).await, Err(Refused::Denied(Denied::Muted)));
    let later = Draft { at: NOW + 10, ..message_of(lobby, max, 22) };
    assert!(one(store, later).await.is_ok(), "it ends by itself");
    assert!(do_as(store, lobby, olga, 28, about(ChangeKind::Unmuted, max)).await.is_ok(), "or sooner");

    // In one batch: what came before the ban is said, what comes behind it is not.
    let ban = Change { text: Some("spam".into()), ..about(ChangeKind::Banned, max) };
    let batch = vec![
        message_of(lobby, max, 23),
        change_of(lobby, olga, 24, ban),
        message_of(lobby, max, 25),
        message_of(lobby, max, 23),
    ];
    let answers = store.logs().append(batch).await.expect("appends");
    let (said, banned) = (seq_of(&answers[0]), seq_of(&answers[1]));
    assert_eq!((banned, answers[2].clone()), (said + 1, Err(Refused::Denied(Denied::Banned))));
    assert_eq!(answers[3], Ok(Appended::Before(said)), "what was said is acknowledged for ever");
    let event =
        store.logs().events(lobby, Stretch::After(said), 1).await.expect("reads").expect("is there").events.remove(0);
    let What::Changed(change) = &event.what else { panic!("{event:?}") };
    assert_eq!((change.kind, change.text.as_deref()), (ChangeKind::Banned, Some("spam")));
    assert_eq!(change.who.as_ref().map(|who| who.name.as_str()), Some("Max"), "the log knows what he was called");
    let his = store.rooms().bans(lobby, NOW, None, 10).await.expect("answers");
    assert_eq!(his.iter().map(|ban| ban.who.name.as_str()).collect::<Vec<_>>(), ["Max"]);
    assert_eq!(store.rooms().ban_of(lobby, &max.me.id, NOW).await.expect("answers").as_ref(), his.first());
    assert_eq!(store.rooms().ban_of(lobby, &olga.me.id, NOW).await.expect("answers"), None);
    assert!(do_as(store, lobby, olga, 26, about(ChangeKind::Unbanned, max)).await.is_ok());
    assert!(say_as(store, lobby, max, 27).await.is_ok());
    let deeds = store.order().deeds(Page { before: None, limit: 3 }).await.expect("answers");
    assert_eq!(deeds.iter().map(|deed| deed.act.as_str()).collect::<Vec<_>>(), ["unbanned", "banned", "unmuted"]);
}

/// Those who are muted or banned are listed by name, page by page, and each once.
async fn who_may_not_is_listed_in_pages(store: &dyn Store, lobby: &RoomKey, olga: &Caller) {
    let names = ["carl", "anton", "berta"];
    for (number, name) in (70..).step_by(2).zip(names) {
        let guest = person(name, name);
        assert!(add(store, &guest, name).await);
        let whom = Caller { me: guest, ..olga.clone() };
        for (number, kind) in [(number, ChangeKind::Muted), (number + 1, ChangeKind::Banned)] {
            assert!(do_as(store, lobby, olga, number, about(kind, &whom)).await.is_ok());
        }
    }
    let behind = |name: &str| Some(person(name, name).id);
    for (after, limit, listed) in [
        (None, 2, &["anton", "berta"][..]),
        (behind("berta"), 2, &["carl"]),
        (behind("carl"), 2, &[]),
        (None, 3, &["anton", "berta", "carl"]),
    ] {
        let mutes = store.rooms().mutes(lobby, NOW, after.as_ref(), limit).await.expect("answers");
        let bans = store.rooms().bans(lobby, NOW, after.as_ref(), limit).await.expect("answers");
        assert_eq!(mutes.iter().map(|mute| mute.who.name.as_str()).collect::<Vec<_>>(), listed);
        assert_eq!(bans.iter().map(|ban| ban.who.name.as_str()).collect::<Vec<_>>(), listed);
    }
}

/// Mia and Max write to each other, until one does not want to.
async fn among_themselves(store: &dyn Store, mia: &Caller, max: &Caller) {
    let setting = Setting { kind: RoomKind::Direct, ..Setting::default() };
    let direct = NewRoom { setting, ..room("direct-1", true, "epoch-direct") };
    let others = [max.me.id.clone()];
    let made = store.rooms().direct(direct.clone(), mia, &others).await.expect("answers").expect("both are there");
    let again = store
        .rooms()
        .direct(direct.clone(), max, std::slice::from_ref(&mia.me.id))
        .await
        .expect("answers")
        .expect("is there");
    assert_eq!(made.key, again.key);
    assert!(say_as(store, &made.key, max, 30).await.is_ok());
    let block = async |on| store.people().block(mia, &max.me.id, on, NOW).await.expect("answers");
    assert_eq!(block(true).await, Ok(()));
    assert_eq!(say_as(store, &made.key, max, 31).await, Err(Refused::Denied(Denied::Blocked)));
    assert_eq!(
        store.rooms().direct(direct, max, std::slice::from_ref(&mia.me.id)).await.expect("answers"),
        Err(Denied::Blocked)
    );
    assert_eq!(block(false).await, Ok(()));
    assert!(say_as(store, &made.key, max, 32).await.is_ok());
}

/// Mia reports what Max said, and Olga settles it.
async fn reports(store: &dyn Store, lobby: &RoomKey, olga: &Caller, mia: &Caller, max: &Caller) {
    let seq = seq_of(&say_as(store, lobby, max, 40).await);
    let report = NewReport { room: lobby.clone(), seq, reason: "rude".into(), at: NOW };
    let add = async |report| store.order().add_report(report, mia).await.expect("answers");
    assert_eq!(add(report.clone()).await, Ok(true));
    assert_eq!(add(report.clone()).await, Ok(true), "twice is once");
    assert_eq!(add(NewReport { seq: 9_999, ..report.clone() }).await, Ok(false));
    let den = NewReport { room: "den".parse().expect("a key"), seq: 1, ..report };
    let his = store.order().add_report(den, max).await.expect("answers");
    assert_eq!(his, Err(Denied::NotThere), "he reads it no more");
    let page = Page { before: None, limit: 10 };
    assert!(store.order().reports(max, page, NOW).await.expect("answers").is_empty(), "not for him to see");
    let open = store.order().reports(olga, page, NOW).await.expect("answers");
    assert_eq!((open.len(), open[0].author.id.clone(), open[0].reason.as_str()), (1, max.me.id.clone(), "rude"));
    assert!(open[0].context.iter().any(|event| event.seq == seq));
    let id = open[0].id;
    assert_eq!(store.order().settle(id, Outcome::Removed, max, NOW).await.expect("answers"), Ok(None));
    let settled = store.order().settle(id, Outcome::Removed, olga, NOW).await.expect("answers").expect("she may");
    assert_eq!(settled.and_then(|settled| settled.seq), Some(seq));
    assert_eq!(store.order().settle(id, Outcome::Removed, olga, NOW).await.expect("answers"), Ok(None), "once");
}

/// Nothing that somebody does by a session that has ended, whatever it is, though they are still who they were.
async fn nothing_more_comes_of(store: &dyn Store, lobby: &RoomKey, ended: &Caller, other: &Caller) {
    let (people, order) = (store.people(), store.order());
    let log_in = Denied::LogIn;
    assert_eq!(people.rename(ended, "Eve", "eve", NOW).await.expect("answers"), Err(log_in));
    assert_eq!(people.recolour(ended, 3, NOW).await.expect("answers"), Err(log_in));
    assert_eq!(people.block(ended, &other.me.id, true, NOW).await.expect("answers"), Err(log_in.into()));
    assert_eq!(people.end(&ended.session, &public_id(&other.session), false).await.expect("answers"), Ended::default());
    let report = NewReport { room: lobby.clone(), seq: 1, reason: "rude".into(), at: NOW };
    assert_eq!(order.add_report(report, ended).await.expect("answers"), Err(log_in));
    let draft = message_of(lobby, ended, 60);
    assert_eq!(order.hold(draft, ended, "word").await.expect("answers"), Err(log_in.into()));
    let account = NewPerson { me: ended.me.clone(), likeness: "eve".into(), password: Some("hash".into()), at: NOW };
    assert_eq!(people.claim(ended, account).await.expect("answers"), Err(log_in));
    assert_eq!(people.person(&ended.me.id).await.expect("answers").as_ref(), Some(&ended.me), "as they were");
    assert!(people.blocked(&ended.me.id).await.expect("answers").is_empty());
}

/// All but the one that asks; what programs come with stays.
async fn other_sessions_end(store: &dyn Store, mia: &Caller) {
    let (phone, token) = (log_in(store, &mia.me, 12).await, [13; 32]);
    let robot = NewSession { label: Some("robot".to_owned()), ..new_session(&mia.me, token) };
    assert!(store.people().add_session(robot).await.expect("adds").is_ok());
    assert_eq!(store.people().end_others(&mia.session).await.expect("ends"), Ended(vec![phone.session]));
    assert_eq!(store.people().end_others(&mia.session).await.expect("ends"), Ended::default());
    assert_eq!(store.people().end_session(&token).await.expect("ends"), Ended(vec![token]));
}

/// However many come at once, nobody makes more than anybody may have. One was made before.
async fn invitations_end_somewhere(store: &dyn Store, room: &RoomKey, mia: &Caller) {
    let invite = async |n: usize| {
        let code = [u8::try_from(n).expect("few"); 32];
        let invite = NewInvite { code, room: Some(room.clone()), at: NOW, expires: FOR_EVER, uses: 1 };
        store.rooms().add_invite(invite, mia).await.expect("answers")
    };
    let mut made = Vec::new();
    for n in 1..limits::INVITES {
        made.push(invite(100 + n).await.expect("there is place").id);
    }
    assert_eq!(invite(100).await, Err(NotKept::TooMany));
    for id in made {
        assert_eq!(store.rooms().end_invite(&id, mia, NOW).await.expect("answers"), Ok(true));
    }
}

/// However many come at once, nobody has more than anybody may have.
async fn tokens_end_somewhere(store: &dyn Store, mia: &Caller) {
    let robot = |n: usize| {
        let token = [u8::try_from(n).expect("few"); 32];
        NewSession { label: Some("robot".to_owned()), ..new_session(&mia.me, token) }
    };
    let tokens = 100..100 + limits::TOKENS;
    for n in tokens.clone() {
        assert!(store.people().add_session(robot(n)).await.expect("answers").is_ok());
    }
    assert_eq!(store.people().add_session(robot(tokens.end)).await.expect("answers"), Err(NotKept::TooMany));
    assert!(store.people().add_session(new_session(&mia.me, [99; 32])).await.expect("answers").is_ok(), "no token");
    for n in tokens.chain([99]) {
        assert_eq!(store.people().end_session(&[u8::try_from(n).expect("few"); 32]).await.expect("ends").0.len(), 1);
    }
}

/// Whoever logs in once more than anybody may be logged in is logged out where they were longest not seen.
async fn sessions_end_somewhere(store: &dyn Store) {
    let sam = person("sam", "Sam");
    assert!(add(store, &sam, "sam").await);
    let log_in = async |n: usize| {
        let token = [u8::try_from(n).expect("few"); 32];
        let session = NewSession { at: NOW + n as Millis, ..new_session(&sam, token) };
        store.people().add_session(session).await.expect("answers").expect("there is place").0
    };
    let first = 100;
    for n in first..first + limits::SESSIONS {
        assert!(log_in(n).await.is_empty());
    }
    assert_eq!(log_in(first + limits::SESSIONS).await, [[100; 32]]);
}

/// With a password all that rests on it goes, also what is under way.
async fn passwords_change(store: &dyn Store, mia: &Caller) {
    log_in(store, &mia.me, 13).await;
    let set = async |new: &str, by| store.people().set_password(&mia.me.id, new, by).await.expect("answers");
    let by = |old: &str, session| Some(ByPassword { old: old.to_owned(), session });
    assert_eq!(set("one", None).await.map(|ended| ended.0.len()), Some(2), "at the machine itself: everywhere");
    let (mia, phone) = (log_in(store, &mia.me, 2).await, log_in(store, &mia.me, 13).await);
    assert_eq!(set("two", by("none", mia.session)).await, None, "somebody else was faster");
    assert_eq!(set("two", by("one", [99; 32])).await, None, "the session is gone");
    assert_eq!(set("two", by("one", mia.session)).await, Some(Ended(vec![phone.session])));
    for (ground, holds) in [
        (Ground::Password("one".to_owned()), false),
        (Ground::Password("two".to_owned()), true),
        (Ground::Session(phone.session), false),
        (Ground::Session(mia.session), true),
    ] {
        let token = [if holds { 14 } else { 15 }; 32];
        let session = NewSession { ground: ground.clone(), ..new_session(&mia.me, token) };
        assert_eq!(store.people().add_session(session).await.expect("answers").is_ok(), holds, "{ground:?}");
        assert_eq!(store.people().end_session(&token).await.expect("ends").0.len(), usize::from(holds));
    }
    assert!(!store.people().rehash(&mia.me.id, "one", "old").await.expect("answers"));
    assert_eq!(
        set("three", by("two", mia.session)).await,
        Some(Ended::default()),
        "what is not the password is not kept"
    );
}

/// Sessions end, one by one and all at once; nothing comes by them any more.
async fn accounts_end(store: &dyn Store, lobby: &RoomKey, olga: &Caller, mia: &Caller, max: &Caller) {
    let phone = log_in(store, &mia.me, 12).await;
    assert_eq!(store.people().sessions(&mia.me.id, &mia.session).await.expect("answers").len(), 2);
    assert_eq!(store.people().end_session(&phone.session).await.expect("ends"), Ended(vec![phone.session]));
    assert_eq!(say_as(store, lobby, &phone, 50).await, Err(Refused::NoAuthor));
    nothing_more_comes_of(store, lobby, &phone, max).await;
    assert!(say_as(store, lobby, mia, 50).await.is_ok());
    other_sessions_end(store, mia).await;
    tokens_end_somewhere(store, mia).await;
    sessions_end_somewhere(store).await;
    passwords_change(store, mia).await;

    let ban = SiteBan { until: FOR_EVER, reason: Some("adverts".to_owned()), network: true };
    let govern = async |by: &Caller, whom: &Caller, ban| {
        store.people().set_ban(Some(by), &whom.me.id, ban, NOW).await.expect("answers")
    };
    assert_eq!(govern(mia, max, Some(ban.clone())).await, Err(Denied::Forbidden));
    let banned = async || store.people().site_ban(&max.me.id, NOW).await.expect("answers");
    assert_eq!(banned().await, None);
    assert_eq!(govern(olga, max, Some(ban)).await, Ok(Ended(vec![max.session])));
    let told = banned().await.map(|ban| (ban.who.id, ban.until, ban.reason));
    assert_eq!(told, Some((max.me.id.clone(), FOR_EVER, Some("adverts".to_owned()))));
    assert_eq!(say_as(store, lobby, max, 51).await, Err(Refused::Denied(Denied::Banned)));
    assert!(store.people().is_network_banned("192.0.2.1", NOW).await.expect("answers"));
    assert!(govern(olga, max, None).await.is_ok());
    assert_eq!(banned().await, None);
    assert!(say_as(store, lobby, max, 52).await.is_ok());
    assert!(!store.people().is_network_banned("192.0.2.1", NOW).await.expect("answers"));

    // There is one owner.
    let promote = async |by: &Caller, whom: &Caller, role| {
        store.people().set_role(Some(by), &whom.me.id, role, NOW).await.expect("answers")
    };
    assert_eq!(promote(mia, max, Role::Admin).await, Err(Denied::Forbidden));
    assert_eq!(promote(olga, mia, Role::Owner).await, Ok(()));
    let now = async |who: &Caller| store.people().person(&who.me.id).await.expect("answers").expect("is there").role;
    assert_eq!((now(olga).await, now(mia).await), (Role::Admin, Role::Owner));
    assert_eq!(
        store.people().close_account(mia, None).await.expect("answers"),
        Err(Denied::Forbidden),
        "not the owner"
    );
    let gone = Caller { session: [98; 32], ..max.clone() };
    assert_eq!(store.people().close_account(&gone, None).await.expect("answers"), Err(Denied::LogIn));
    assert_eq!(store.people().close_account(max, Some("another")).await.expect("answers"), Err(Denied::LogIn));
    assert!(store.people().close_account(max, None).await.expect("answers").is_ok());
    assert_eq!(say_as(store, lobby, max, 53).await, Err(Refused::NoAuthor));
    let all = everything(store).await;
    assert!(all.iter().all(|event| event.by.name != "Max"), "his name is gone");
    assert!(add(store, &person("new", "Max"), "max").await, "and free");
}

fn message_of(room: &RoomKey, author: &Caller, number: u32) -> Draft {
    let draft = draft(room, &author.me, 1_000 + number, None);
    Draft { session: Some(author.session), ..draft }
}

fn change_of(room: &RoomKey, author: &Caller, number: u32, change: Change) -> Draft {
    Draft { deed: Deed::Change(Box::new(change)), ..message_of(room, author, 500 + number) }
}

fn about(kind: ChangeKind, who: &Caller) -> Change {
    Change { who: Some((&who.me).into()), ..Change::of(kind) }
}

async fn say_as(store: &dyn Store, room: &RoomKey, author: &Caller, number: u32) -> Result<Appended, Refused> {
    one(store, message_of(room, author, number)).await
}

async fn do_as(
    store: &dyn Store,
    room: &RoomKey,
    author: &Caller,
    number: u32,
    change: Change,
) -> Result<Appended, Refused> {
    one(store, change_of(room, author, number, change)).await
}

async fn one(store: &dyn Store, draft: Draft) -> Result<Appended, Refused> {
    store.logs().append(vec![draft]).await.expect("answers").remove(0)
}

fn emoji(symbol: &str) -> Emoji {
    symbol.parse().expect("an emoji")
}

fn draft(room: &RoomKey, author: &Me, number: u32, reply_to: Option<Seq>) -> Draft {
    draft_of(room, author, number, Act::Post { body: format!("message {number} of {}", author.name), reply_to })
}

pub(super) fn draft_of(room: &RoomKey, author: &Me, number: u32, act: Act) -> Draft {
    let cid = format!("cid-of-send-{number:08}").parse().expect("a cid");
    let (room, author) = (room.clone(), author.id.clone());
    Draft { room, author, session: None, cid, at: NOW, deed: Deed::Act(act), naming: Naming::default() }
}

fn seq_of(answer: &Result<Appended, Refused>) -> Seq {
    match answer {
        Ok(Appended::New(event)) => event.seq,
        other => panic!("expected a new event, got {other:?}"),
    }
}
