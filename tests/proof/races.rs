//! People are sent out, muted and logged out in the middle of what they say: by each way that there is to speak, against each
//! way to be ended. Afterwards the log and what everybody heard are held against the promises.

use std::sync::Arc;
use std::time::Duration;

use banter::protocol::api::people::{LogIn, Session, SignUp};
use banter::protocol::api::{Identity, MeChange, PostRequest};
use banter::protocol::event::ChangeKind;
use banter::protocol::ids::RoomKey;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use reqwest::Method;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::checker::Report;
use super::clients::Setting;
use super::dump::Reader;
use super::history::{History, Seen, Sent};
use super::outcasts::{Manner, Mark, Outcast};
use super::scene::Scene;
use super::server::Server;
use super::torture::number;
use crate::support::{new_cid, within};

/// Races in a run of the tests; `make torture` wants more.
const RACES: u64 = 300;
/// Races at the same time.
const LANES: u64 = 6;
/// Of so many, one is in the closed room.
const CLOSED: u64 = 4;

/// What becomes of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    BannedFromRoom,
    Removed,
    Muted,
    BannedFromSite,
    LoggedOut,
    LoggedOutElsewhere,
    NewPassword,
    Closed,
}

use Fate::{BannedFromRoom, BannedFromSite, Closed, LoggedOut, LoggedOutElsewhere, Muted, NewPassword, Removed};

/// As often as they come.
const IN_THE_LOBBY: [Fate; 12] = [
    BannedFromRoom,
    Muted,
    LoggedOut,
    BannedFromRoom,
    BannedFromSite,
    LoggedOutElsewhere,
    BannedFromRoom,
    Muted,
    Closed,
    BannedFromRoom,
    BannedFromSite,
    NewPassword,
];
const IN_THE_DEN: [Fate; 4] = [Removed, BannedFromRoom, Removed, LoggedOut];

const MANNERS: [Manner; 5] = [Manner::Steady, Manner::AsksAnew, Manner::Pages, Manner::Returns, Manner::ReadsLate];

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_sent_out_says_and_hears_nothing_behind_it() {
    let (races, seed) = (number("BANTER_RACES", RACES), number("BANTER_SEED", rand::random::<u32>().into()));
    println!("races: {races}, seed {seed}");
    for (place, report) in [
        ("lobby", in_the_lobby(Server::new(), races - races / CLOSED, seed).await),
        ("closed room", in_the_den(Server::new(), races / CLOSED, seed).await),
    ] {
        println!("races in the {place}:\n{report}");
        assert!(report.is_clean(), "{report}");
        assert!(report.acks as u64 > races / CLOSED, "people spoke");
    }
    println!("races {races}: nothing found behind what sent them out");
}

/// Races in the room that is open to all.
pub async fn in_the_lobby(server: Server, races: u64, seed: u64) -> Report {
    let mut scene = Scene::begin(server, seed).await;
    let owner = scene.server.owner(&scene.http).await;
    scene.observer("stays", 0);
    scene.observer("stays and asks anew", 50);
    scene.writer("bystander", 1, 1).await;
    race(scene, &owner, &IN_THE_LOBBY, races).await
}

/// Races in a room by invitation.
pub async fn in_the_den(server: Server, races: u64, seed: u64) -> Report {
    let mut scene = Scene::begin(server, seed).await;
    let owner = scene.server.owner(&scene.http).await;
    let den = json!({ "room": "den", "title": "The den", "kind": "closed" });
    let made = scene.http.post(scene.server.url("/api/v1/rooms")).bearer_auth(&owner.token).json(&den).send().await;
    assert_eq!(made.unwrap().status(), 201);
    scene.setting.reader = Reader { room: "den".parse().unwrap(), token: Some(owner.token.clone()) };
    scene.observer("stays", 0);
    race(scene, &owner, &IN_THE_DEN, races).await
}

async fn race(mut scene: Scene, owner: &Identity, fates: &'static [Fate], races: u64) -> Report {
    let mut lanes = JoinSet::new();
    for number in 0..LANES {
        let lane = Lane {
            number,
            setting: scene.setting.clone(),
            http: scene.http.clone(),
            owner: owner.clone(),
            keeper: History::new(format!("keeper {number}"), owner.me.id.as_str()),
            histories: Vec::new(),
            random: StdRng::seed_from_u64(scene.random.random()),
        };
        let turns = (number..races).step_by(LANES as usize);
        lanes.spawn(lane.run(turns.map(|turn| (turn, fates[turn as usize % fates.len()])).collect()));
    }
    while let Some(histories) = lanes.join_next().await {
        scene.histories.extend(histories.unwrap());
    }
    scene.end().await.report
}

/// One race after the other.
struct Lane {
    number: u64,
    setting: Setting,
    http: reqwest::Client,
    /// Who keeps order.
    owner: Identity,
    /// What they wrote down.
    keeper: History,
    histories: Vec<History>,
    random: StdRng,
}

/// Somebody, and the session that is to end where it is one.
struct Victim {
    id: String,
    /// By which they speak.
    token: String,
    /// By which they end the other.
    other: String,
    name: String,
}

const PASSWORD: &str = "a password for all of them";

impl Lane {
    async fn run(mut self, races: Vec<(u64, Fate)>) -> Vec<History> {
        for (turn, fate) in races {
            self.race(turn, fate).await;
        }
        self.histories.push(self.keeper);
        self.histories
    }

    async fn race(&mut self, turn: u64, fate: Fate) {
        let victim = self.victim(turn, fate).await;
        let (begun, mark) = (Arc::new(Semaphore::new(0)), watch::Sender::new(None));
        let (names, mut speaking) = self.let_speak(turn, fate, &victim, &begun, &mark);
        let ways = u32::try_from(names.len()).unwrap();
        drop(within(begun.acquire_many(ways)).await.unwrap());
        tokio::time::sleep(Duration::from_micros(self.random.random_range(0..4_000))).await;
        self.end(fate, &victim).await;
        let answered = self.setting.clock.now();
        let behind = self.say(&format!("behind {turn} {fate:?}")).await;
        if !matches!(fate, BannedFromRoom | Removed | Muted) {
            let ended = Seen::Ended { clients: names, behind: behind.seq };
            self.keeper.note(answered, ended);
        }
        mark.send_replace(Some(behind));
        while let Some(history) = within(speaking.join_next()).await {
            self.histories.push(history.unwrap());
        }
    }

    /// Somebody new, who may speak.
    async fn victim(&mut self, turn: u64, fate: Fate) -> Victim {
        let name = format!("Racer {turn}");
        let me = if fate == NewPassword {
            let request = SignUp { name: name.clone(), password: PASSWORD.into(), invite: None, setup: None };
            self.identity("/accounts", None, &request).await
        } else {
            self.identity("/guest", None, &json!({ "name": name })).await
        };
        let id = me.me.id.to_string();
        let other = match fate {
            NewPassword => {
                self.identity("/session", None, &LogIn { name: name.clone(), password: PASSWORD.into() }).await
            }
            LoggedOutElsewhere => self.identity("/guest", Some(&me.token), &json!({})).await,
            _ => me.clone(),
        };
        if self.setting.room() != RoomKey::lobby() {
            self.order(ChangeKind::Added, Method::PUT, "members", &id).await;
        }
        Victim { id, token: me.token, other: other.token, name }
    }

    /// Lets them speak by several ways at once; answers with what these are called.
    fn let_speak(
        &mut self,
        turn: u64,
        fate: Fate,
        victim: &Victim,
        begun: &Arc<Semaphore>,
        mark: &watch::Sender<Option<Mark>>,
    ) -> (Vec<String>, JoinSet<History>) {
        let (mut names, mut speaking) = (Vec::new(), JoinSet::new());
        let mut outcast = |way: &str| {
            let name = format!("{} {way}", victim.name);
            names.push(name.clone());
            Outcast {
                setting: self.setting.clone(),
                token: victim.token.clone(),
                history: History::new(name, victim.id.as_str()),
                begun: begun.clone(),
                mark: mark.subscribe(),
            }
        };
        let manner = MANNERS[self.random.random_range(0..MANNERS.len())];
        speaking.spawn(outcast("tab").keeps_a_tab(Manner::Steady));
        speaking.spawn(outcast("other tab").keeps_a_tab(manner));
        if turn.is_multiple_of(2) {
            speaking.spawn(outcast("program").posts(self.http.clone()));
        }
        if self.setting.room() == RoomKey::lobby() {
            speaking.spawn(outcast("plain").speaks_plainly());
        }
        // With a cookie that has ended one is somebody else, new.
        if matches!(fate, BannedFromRoom | Removed | Muted | BannedFromSite) {
            let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
            speaking.spawn(outcast("form").fills_in_forms(http));
        }
        (names, speaking)
    }

    /// What is to become of them becomes of them.
    async fn end(&mut self, fate: Fate, victim: &Victim) {
        let id = &victim.id;
        match fate {
            BannedFromRoom => self.order(ChangeKind::Banned, Method::PUT, "bans", id).await,
            Removed => self.order(ChangeKind::Removed, Method::DELETE, "members", id).await,
            Muted => self.order(ChangeKind::Muted, Method::PUT, "mutes", id).await,
            BannedFromSite => {
                let owner = self.owner.token.clone();
                self.ask(Method::PUT, &format!("/bans/{id}"), &owner, &json!({})).await;
            }
            LoggedOut => drop(self.ask(Method::DELETE, "/session", &victim.token, &json!({})).await),
            LoggedOutElsewhere => {
                let sessions = self.ask(Method::GET, "/me/sessions", &victim.other, &json!({})).await;
                let sessions: Vec<Session> = serde_json::from_value(sessions).unwrap();
                let other = sessions.into_iter().find(|session| !session.current).unwrap();
                self.ask(Method::DELETE, &format!("/me/sessions/{}", other.id), &victim.other, &json!({})).await;
            }
            NewPassword => {
                let (password, new_password) = (Some(PASSWORD.into()), Some("another password".into()));
                let change = MeChange { password, new_password, ..MeChange::default() };
                self.ask(Method::PATCH, "/me", &victim.other, &change).await;
            }
            Closed => drop(self.ask(Method::DELETE, "/me", &victim.token, &json!({})).await),
        }
    }

    async fn order(&mut self, kind: ChangeKind, method: Method, what: &str, whom: &str) {
        let kind = serde_json::to_value(kind).unwrap().as_str().unwrap().to_owned();
        self.keeper.note(self.setting.clock.now(), Seen::Ordered { kind, whom: whom.to_owned() });
        let (path, owner) = (format!("/rooms/{}/{what}/{whom}", self.setting.room()), self.owner.token.clone());
        self.ask(method, &path, &owner, &json!({})).await;
    }

    /// Says something in the room, and knows where it is.
    async fn say(&mut self, body: &str) -> Mark {
        let (cid, body) = (new_cid(), body.to_owned());
        self.keeper.note(self.setting.clock.now(), Seen::Connected);
        let sent = Seen::Sent { cid: cid.to_string(), act: Sent::post(&body) };
        self.keeper.note(self.setting.clock.now(), sent);
        let request = PostRequest { cid: cid.clone(), body: body.clone(), reply_to: None };
        let (path, owner) = (format!("/rooms/{}/messages", self.setting.room()), self.owner.token.clone());
        let seq = self.ask(Method::POST, &path, &owner, &request).await["seq"].as_u64().unwrap();
        self.keeper.note(self.setting.clock.now(), Seen::Acked { cid: cid.to_string(), seq, dup: false });
        Mark { seq, body }
    }

    async fn identity(&self, path: &str, token: Option<&str>, body: &impl Serialize) -> Identity {
        let token = token.unwrap_or_default();
        serde_json::from_value(self.ask(Method::POST, path, token, body).await).unwrap()
    }

    /// Asks for something that is done.
    async fn ask(&self, method: Method, path: &str, token: &str, body: &impl Serialize) -> Value {
        let url = format!("http://{}/api/v1{path}", self.setting.address);
        let mut request = self.http.request(method, url).json(body);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        let response = within(request.send()).await.unwrap();
        let (status, text) = (response.status(), response.text().await.unwrap());
        assert!(status.is_success(), "lane {}: {path}: {status} {text}", self.number);
        serde_json::from_str(&text).unwrap_or_default()
    }
}
