//! As many as anybody may have of something, and one more.

use futures::future::join_all;

use super::{about, add, add_member, do_as, log_in, one, open, person, room};
use crate::protocol::api::Me;
use crate::protocol::event::{Act, Change, ChangeKind};
use crate::protocol::ids::{Millis, PersonId, RoomKey};
use crate::protocol::limits;
use crate::protocol::power::{Role, RoomKind, Setting};
use crate::server::store::contract::{NOW, draft_of, open_lobby};
use crate::server::store::{Caller, NewInvite, NewRoom, NotKept, Refused, Store};

/// Nobody has more than anybody may have, and what there is can be had again once there is place.
pub(in crate::server::store) async fn everything_ends_somewhere(store: &dyn Store) {
    open_lobby(store, true).await;
    let mia = log_in(store, &add_member(store, "mia", "Mia", Role::Member).await, 2).await;
    blocks(store, &mia).await;
    joined_rooms(store, &mia).await;
    listed_invitations(store, &mia).await;
    direct_rooms(store, &mia).await;
}

/// So many others, at once: each wait for the disk is shared.
async fn crowd(store: &dyn Store, name: &str, count: usize) -> Vec<Me> {
    let crowd: Vec<Me> = (0..count).map(|n| person(&format!("{name}-{n}"), &format!("{name} {n}"))).collect();
    let added = join_all(crowd.iter().map(|me| add(store, me, me.id.as_str()))).await;
    assert!(added.into_iter().all(|is_new| is_new));
    crowd
}

async fn blocks(store: &dyn Store, mia: &Caller) {
    let others = crowd(store, "loud", limits::BLOCKS + 1).await;
    let block = async |whom: &PersonId, on| store.people().block(mia, whom, on, NOW).await.expect("answers");
    let (one_more, others) = others.split_last().expect("a crowd");
    let blocked = join_all(others.iter().map(|other| block(&other.id, true))).await;
    assert!(blocked.iter().all(Result::is_ok));
    assert_eq!(block(&one_more.id, true).await, Err(NotKept::TooMany));
    assert_eq!(block(&others[0].id, true).await, Ok(()), "one who is blocked is none more");
    assert_eq!(block(&others[0].id, false).await, Ok(()));
    assert_eq!(block(&one_more.id, true).await, Ok(()));
    assert_eq!(store.people().blocked(&mia.me.id).await.expect("answers").len(), limits::BLOCKS);
}

async fn joined_rooms(store: &dyn Store, mia: &Caller) {
    let key = |n: usize| format!("garden-{n}");
    let make = async |n: usize| store.rooms().create(room(&key(n), true, "epoch-1"), mia).await.expect("answers");
    let made = join_all((0..limits::JOINED_ROOMS).map(make)).await;
    assert!(made.into_iter().all(|made| made.is_ok_and(|is_new| is_new.is_some())));
    assert_eq!(make(limits::JOINED_ROOMS).await, Err(NotKept::TooMany));
    let other = open(store, "other").await;
    let join = Change::of(ChangeKind::Joined);
    assert_eq!(do_as(store, &other, mia, 1, join.clone()).await, Err(Refused::TooManyRooms));
    let first: RoomKey = key(0).parse().expect("a key");
    let second = add_member(store, "mo", "Mo", Role::Member).await;
    let second = Caller { me: second, ..mia.clone() };
    let moderator = Change { role: Some(Role::Moderator), ..about(ChangeKind::Added, &second) };
    assert!(do_as(store, &first, mia, 2, moderator).await.is_ok());
    assert!(do_as(store, &first, mia, 3, Change::of(ChangeKind::Left)).await.is_ok());
    assert!(do_as(store, &other, mia, 4, join).await.is_ok());
}

/// Several invite into a room, each as often as anybody may: the newest are listed.
async fn listed_invitations(store: &dyn Store, mia: &Caller) {
    let garden: RoomKey = "garden-1".parse().expect("a key");
    let mut hosts = vec![mia.clone()];
    for n in 1..=limits::LISTED_INVITES / limits::INVITES {
        let host = add_member(store, &format!("host-{n}"), &format!("Host {n}"), Role::Member).await;
        let host = log_in(store, &host, 100 + n as u8).await;
        let moderator = Change { role: Some(Role::Moderator), ..about(ChangeKind::Added, &host) };
        assert!(do_as(store, &garden, mia, 10 + n as u32, moderator).await.is_ok());
        hosts.push(host);
    }
    let invite = async |n: usize| {
        let [low, high, ..] = n.to_le_bytes();
        let code = std::array::from_fn(|byte| if byte % 2 == 0 { low } else { high });
        let at = NOW + n as Millis;
        let invite = NewInvite { code, room: Some(garden.clone()), at, expires: at + 1_000_000, uses: 1 };
        store.rooms().add_invite(invite, &hosts[n / limits::INVITES]).await.expect("answers").expect("there is place")
    };
    let listed = async || store.rooms().invites(None, Some(&garden)).await.expect("answers");
    let made = join_all((0..limits::LISTED_INVITES).map(invite)).await;
    assert_eq!(listed().await.len(), made.len());
    let newest = invite(made.len()).await;
    let listed = listed().await;
    assert_eq!((listed.len(), &listed[0].id), (limits::LISTED_INVITES, &newest.id));
    assert!(listed.iter().all(|invite| invite.id != made[0].id), "the oldest is not");
}

/// There may be any number of them, since others make them; listed are those where something was said, and the newest.
async fn direct_rooms(store: &dyn Store, mia: &Caller) {
    let others = crowd(store, "friend", limits::LISTED_DIRECT + 1).await;
    let setting = Setting { kind: RoomKind::Direct, ..Setting::default() };
    let open = async |n: usize| {
        let direct = NewRoom { setting, ..room(&format!("direct-{n}"), true, "epoch-direct") };
        store.rooms().direct(direct, mia, std::slice::from_ref(&others[n].id)).await.expect("answers").expect("may").key
    };
    let listed = async || {
        let rooms = store.rooms().of(Some(&mia.me.id), NOW).await.expect("answers").into_iter();
        rooms.filter(|room| room.kind == RoomKind::Direct).map(|room| room.room).collect::<Vec<_>>()
    };
    let mut made = join_all((0..limits::LISTED_DIRECT).map(open)).await;
    assert_eq!(listed().await.len(), limits::LISTED_DIRECT);
    made.push(open(limits::LISTED_DIRECT).await);
    let (oldest, now) = (&made[0], listed().await);
    assert_eq!(now.len(), limits::LISTED_DIRECT);
    assert!(!now.contains(oldest) && now.contains(&made[1]) && now.contains(&made[limits::LISTED_DIRECT]));

    let hello = Act::Post { body: "hello".into(), reply_to: None };
    assert!(one(store, draft_of(oldest, &mia.me, 1, hello)).await.is_ok());
    let now = listed().await;
    assert_eq!(now.len(), limits::LISTED_DIRECT);
    assert!(now.contains(oldest) && !now.contains(&made[1]), "where something was said comes before what is newer");
}
