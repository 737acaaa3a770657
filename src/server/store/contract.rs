//! What every store must do, told as one story: whoever brings a new store runs it here.

use super::{Appended, Draft, NewRoom, Refused, Store, Stretch};
use crate::protocol::api::{Me, PersonKind};
use crate::protocol::event::Act;
use crate::protocol::ids::{RoomKey, Seq};
use crate::protocol::wire::RoomKind;

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
    let room = NewRoom {
        key: RoomKey::lobby(),
        title: "Lobby".into(),
        kind: RoomKind::Open,
        epoch: "epoch-1".parse().expect("an epoch"),
        history,
    };
    store.open_room(room).await.expect("opens").key
}

fn person(id: &str, name: &str) -> Me {
    Me { id: id.parse().expect("an id"), name: name.into(), kind: PersonKind::Guest }
}

fn draft(room: &RoomKey, author: &Me, number: u32, reply_to: Option<Seq>) -> Draft {
    Draft {
        room: room.clone(),
        author: author.id.clone(),
        cid: format!("cid-of-send-{number:08}").parse().expect("a cid"),
        at: 1,
        act: Act::Post { body: format!("message {number} of {}", author.name), reply_to },
    }
}

fn seq_of(answer: &Result<Appended, Refused>) -> Seq {
    match answer {
        Ok(Appended::New(event)) => event.seq,
        other => panic!("expected a new event, got {other:?}"),
    }
}
