//! Members who make rooms over REST, each as many as one may have joined.

use futures::future::try_join_all;
use rand::Rng;

use super::Result;
use super::target::{Http, Target};
use banter::protocol::api::PostRequest;
use banter::protocol::api::people::SignUp;
use banter::protocol::api::rooms::{History, NewRoom, RoomChange};
use banter::protocol::calls;
use banter::protocol::ids::{RoomKey, Seq};
use banter::protocol::limits;
use banter::protocol::power::RoomKind;

/// Nothing is kept behind it.
const PASSWORD: &str = "said in public, by a load test";

/// What becomes of a room once it is there.
#[derive(Debug, Clone, Copy)]
pub enum Purpose {
    /// Guests read it and speak in it.
    Followed,
    /// Somebody says something, and nobody listens.
    Deserted,
}

/// A room that was made.
#[derive(Debug, Clone)]
pub struct Room {
    /// Its key.
    pub key: RoomKey,
    /// How far it has come.
    pub head: Seq,
}

/// Makes so many rooms, of keys that no room has.
pub async fn make_rooms(target: &Target, count: usize, history: History, purpose: Purpose) -> Result<Vec<Room>> {
    let run: u64 = rand::rng().random();
    let key = |room: usize| Ok(format!("{run:016x}-{room}").parse()?);
    let keys = (0..count).map(key).collect::<Result<Vec<RoomKey>>>()?;
    let mut founders = Vec::new();
    // One after the other: a server hashes few passwords at once.
    for (number, keys) in keys.chunks(limits::JOINED_ROOMS).enumerate() {
        founders.push((Founder::sign_up(target, format!("{run:016x} {number}")).await?, keys));
    }
    let made = founders.into_iter().map(|(founder, keys)| founder.make(keys, history, purpose));
    Ok(try_join_all(made).await?.concat())
}

/// One of those who make rooms.
struct Founder {
    http: Http,
    token: String,
}

impl Founder {
    async fn sign_up(target: &Target, name: String) -> Result<Self> {
        let request = SignUp { name, password: PASSWORD.to_owned(), invite: None, setup: None };
        let mut http = target.connect().await?;
        let token = http.call(calls::sign_up(&request), None).await?.token;
        Ok(Self { http, token })
    }

    async fn make(mut self, keys: &[RoomKey], history: History, purpose: Purpose) -> Result<Vec<Room>> {
        let mut rooms = Vec::new();
        for key in keys {
            self.found(key, history).await?;
            match purpose {
                Purpose::Followed => self.open_to_guests(key).await?,
                Purpose::Deserted => self.say_something(key).await?,
            }
            let head = self.http.head(key, Some(&self.token)).await?;
            rooms.push(Room { key: key.clone(), head });
        }
        Ok(rooms)
    }

    async fn found(&mut self, key: &RoomKey, history: History) -> Result<()> {
        let (room, title) = (key.clone(), key.to_string());
        let new = NewRoom { room, title, kind: RoomKind::Open, topic: None, history };
        let made = self.http.call(calls::make_room(&new), Some(&self.token)).await?;
        if made.history == history { Ok(()) } else { Err(format!("a room's history is not {history:?}").into()) }
    }

    async fn open_to_guests(&mut self, key: &RoomKey) -> Result<()> {
        let change = RoomChange { guests: Some(true), ..RoomChange::default() };
        self.http.call(calls::change_room(key, &change), Some(&self.token)).await
    }

    async fn say_something(&mut self, key: &RoomKey) -> Result<()> {
        let post = PostRequest { cid: key.as_str().parse()?, body: "Is anybody here?".to_owned(), reply_to: None };
        self.http.call(calls::post(key, &post), Some(&self.token)).await.map(drop)
    }
}
