//! Scenes: a room in some state, somebody of some role, and the people whom it is all about. Each is made through the
//! store, so that it costs little and rests on nothing that is looked at here.

use std::sync::atomic::{AtomicU64, Ordering};

use banter::protocol::api::Me;
use banter::protocol::api::people::Scope;
use banter::protocol::event::{Act, Change, ChangeKind};
use banter::protocol::ids::{PersonId, RoomKey, Seq};
use banter::protocol::power::{self, RoomKind, Setting};
use banter::protocol::wire::{ClientFrame, ServerFrame};
use banter::server::auth::{self, Token};
use banter::server::chat::accounts;
use banter::server::chat::members::about;
use banter::server::chat::messages;
use banter::server::chat::writer::{Outcome, Reply, Submission};
use banter::server::clock;
use banter::server::state::Shared;
use banter::server::store::{
    Caller, Deed, Draft, Ground, Naming, NewInvite, NewReport, NewRoom, NewSession, Page, Scopes, SiteBan,
};
use futures::future::join_all;
use tokio::sync::oneshot;

use super::table::{Place, Role, Wish};
use crate::support::client::Socket;
use crate::support::{PASSWORD, Person, TestApp};

/// A server, and who keeps order on it.
pub struct World {
    pub app: TestApp,
    pub warden: Person,
    caller: Caller,
    /// Of everybody's password: one is enough, since it costs time.
    password: String,
    number: AtomicU64,
}

/// Everybody, and the room that they are in or not.
pub struct Scene {
    pub place: Place,
    pub room: RoomKey,
    /// Whoever came last before them all.
    pub earlier: Option<PersonId>,
    /// Whose cell it is. Nobody has no id, and nobody no token.
    pub actor: Actor,
    /// A plain member, who hears everything.
    pub witness: Witness,
    pub member: Person,
    pub moderator: Person,
    pub admin: Person,
    /// Has never been there.
    pub newcomer: Person,
    pub muted: Person,
    pub banned: Person,
    /// Who runs the site, perhaps the actor.
    pub owner: PersonId,
    /// A word that only the member's message holds.
    pub word: String,
    pub own: Seq,
    pub members: Seq,
    pub moderators: Seq,
    pub admins: Seq,
    /// The code of an invitation into the room.
    pub code: String,
    /// The number of a report.
    pub report: Option<u64>,
    /// A second session of the actor, by its token.
    pub other_session: String,
}

/// Whose cell it is.
pub struct Actor {
    pub id: Option<PersonId>,
    pub token: Option<String>,
    role: Role,
}

impl Actor {
    /// Becomes a guest by speaking, where that is possible.
    pub fn is_nobody(&self) -> bool {
        matches!(self.role, Role::Nobody | Role::Ended)
    }
}

/// Somebody who hears everything.
pub struct Witness {
    pub person: Person,
    pub socket: Socket,
}

/// What a session of that role may be used for.
pub fn scopes(role: Role) -> &'static [Scope] {
    match role {
        Role::ReadToken => &[Scope::Read],
        Role::WriteToken => &[Scope::Read, Scope::Write],
        Role::ModerateToken => &[Scope::Read, Scope::Write, Scope::Moderate],
        _ => &[Scope::Read, Scope::Write, Scope::Moderate, Scope::Admin],
    }
}

/// What somebody of that role is on the site.
fn on_site(role: Role) -> power::Role {
    match role {
        Role::Nobody => power::Role::Reader,
        Role::Guest | Role::GuestIn => power::Role::Guest,
        Role::AdminOut | Role::Admin | Role::ReadToken | Role::WriteToken | Role::ModerateToken => power::Role::Admin,
        Role::OwnerOut | Role::Owner => power::Role::Owner,
        _ => power::Role::Member,
    }
}

/// Whether they are in the room.
fn is_in(role: Role) -> bool {
    !matches!(role, Role::Nobody | Role::Guest | Role::Outsider | Role::Banned | Role::AdminOut | Role::OwnerOut)
}

impl World {
    pub async fn new() -> Self {
        let app = TestApp::start().await;
        let password = app.state.guard.passwords.hash(PASSWORD).await.unwrap().reveal().to_owned();
        let nobody = Person { me: me("nobody", power::Role::Guest), token: String::new(), cookie: String::new() };
        let caller =
            Caller { me: nobody.me.clone(), session: [0; 32], scopes: Scopes::ALL, banned: None, seen: 0, since: 0 };
        let mut world = Self { app, warden: nobody, caller, password, number: AtomicU64::new(0) };
        world.warden = world.arrive(power::Role::Admin).await;
        world.caller = world.caller(&world.warden).await;
        world
    }

    pub fn state(&self) -> &Shared {
        &self.app.state
    }

    fn next(&self) -> u64 {
        self.number.fetch_add(1, Ordering::Relaxed)
    }

    /// Somebody new, logged in.
    async fn arrive(&self, role: power::Role) -> Person {
        let person = self.enlist(role).await;
        let token = self.log_in(&person.me.id, Scopes::ALL).await;
        Person { cookie: format!("banter={token}"), token, ..person }
    }

    /// Somebody new, who is nowhere logged in.
    async fn enlist(&self, role: power::Role) -> Person {
        // There is one owner, who takes it over from whoever was.
        let owner = role == power::Role::Owner;
        let me = me(&name(self.next()), if owner { power::Role::Admin } else { role });
        let password = (role > power::Role::Guest).then(|| self.password.clone());
        assert!(self.state().store.people().add(accounts::new_person(&me, password)).await.unwrap());
        if owner {
            self.state().store.people().set_role(None, &me.id, role, clock::now()).await.unwrap().unwrap();
        }
        Person { me, token: String::new(), cookie: String::new() }
    }

    async fn log_in(&self, person: &PersonId, scopes: Scopes) -> String {
        let token = Token::random();
        let session = NewSession {
            token: token.hash(),
            person: person.clone(),
            scopes,
            label: (scopes != Scopes::ALL).then(|| "a program".to_owned()),
            agent: String::new(),
            network: String::new(),
            at: clock::now(),
            expires: clock::in_seconds(Some(3_600)),
            ground: Ground::New,
        };
        self.state().store.people().add_session(session).await.unwrap().unwrap();
        token.reveal().to_owned()
    }

    async fn caller(&self, person: &Person) -> Caller {
        auth::caller_of(self.state(), &person.token).await.unwrap().unwrap()
    }

    /// Puts it all at the end of the log in one go; answers with the places.
    async fn does(&self, room: &RoomKey, deeds: Vec<(&PersonId, Deed)>) -> Vec<Seq> {
        let (submissions, outcomes): (Vec<_>, Vec<_>) = deeds.into_iter().map(|deed| submission(room, deed)).unzip();
        self.state().writer.submit(submissions).await;
        let places = join_all(outcomes).await.into_iter().map(|outcome| match outcome.unwrap() {
            Outcome::Committed { seq, .. } => seq,
            Outcome::AlreadySo => 0,
            other => panic!("the scene cannot be set: {other:?}"),
        });
        places.collect()
    }

    /// The member says one more thing, and the witness hears it.
    pub async fn speak(&self, scene: &mut Scene, body: &str) {
        self.does(&scene.room, vec![(&scene.member.me.id, post(body))]).await;
        while scene.witness.socket.heard().await != body {}
    }

    /// Something happens in the room that the witness hears, whatever its state.
    pub async fn happens(&self, scene: &Scene) {
        let deed = match scene.place {
            // Taking back what they said is left even to those who do not want to hear from each other.
            Place::Direct | Place::Direct3 => (&scene.member.me.id, Deed::Act(Act::Delete { of: scene.members })),
            _ => {
                let text = Some(format!("Topic {}", self.next()));
                (&self.warden.me.id, Deed::Change(Box::new(Change { text, ..Change::of(ChangeKind::Topic) })))
            }
        };
        self.does(&scene.room, vec![deed]).await;
    }

    /// A room in that state with somebody of that role, and everything that this wish is about.
    pub async fn set(&self, role: Role, place: Place, wish: Wish) -> Scene {
        use power::Role::{Admin, Member, Owner, Reader};
        let (site, earlier) = (on_site(role), self.earlier(place).await);
        let actor = async { if site == Reader { None } else { Some(self.arrive(site).await) } };
        let others = join_all([Member, Member, Admin, Member, Member, Member].map(|role| self.come(role, place)));
        let (person, witness, others) = tokio::join!(actor, self.arrive(Member), others);
        let Ok([member, moderator, admin, newcomer, muted, banned]) = <[Person; 6]>::try_from(others) else {
            unreachable!("six were asked for");
        };
        let owner = match &person {
            Some(person) if site == Owner => person.me.id.clone(),
            _ if place == Place::Site => self.enlist(Owner).await.me.id,
            _ => self.warden.me.id.clone(),
        };
        let number = self.next();
        let room = if matches!(place, Place::Lobby | Place::Site) {
            RoomKey::lobby()
        } else {
            // The newest comes first where rooms are listed.
            format!("room-{}", 999_999 - number).parse().unwrap()
        };
        let token = match &person {
            Some(person) if scopes(role).len() < 4 => Some(self.log_in(&person.me.id, Scopes::of(scopes(role))).await),
            person => person.as_ref().map(|person| person.token.clone()),
        };
        let word = format!("word{number}");
        let alone = place == Place::Direct && is_in(role);
        let member = if alone { witness.clone() } else { member };
        let socket = self.app.socket().await;
        let mut scene = Scene {
            place,
            room,
            earlier,
            actor: Actor { id: person.map(|person| person.me.id), token, role },
            witness: Witness { person: witness, socket },
            member,
            moderator,
            admin,
            newcomer,
            muted,
            banned,
            owner,
            word,
            own: 0,
            members: 0,
            moderators: 0,
            admins: 0,
            code: String::new(),
            report: None,
            other_session: String::new(),
        };
        match place {
            Place::Direct | Place::Direct3 => self.gather(&mut scene, role).await,
            _ => self.furnish(&mut scene, role, wish).await,
        }
        self.add_report(&mut scene, wish).await;
        if place == Place::Site {
            self.prepare_site(&mut scene).await;
        }
        self.change_actor(&scene, role).await;
        self.listen(&mut scene).await;
        scene
    }

    /// Whoever comes before all others, where there are so many others that this matters.
    async fn earlier(&self, place: Place) -> Option<PersonId> {
        let many = matches!(place, Place::Lobby | Place::Site);
        if many { Some(self.enlist(power::Role::Member).await.me.id) } else { None }
    }

    /// Somebody new; logged in, where one might look whether they still are.
    async fn come(&self, role: power::Role, place: Place) -> Person {
        if place == Place::Site { self.arrive(role).await } else { self.enlist(role).await }
    }

    /// A room of people among themselves.
    async fn gather(&self, scene: &mut Scene, role: Role) {
        let by = self.caller(&scene.witness.person).await;
        let actor = scene.actor.id.as_ref().filter(|_| is_in(role));
        let people = [actor, Some(&scene.member.me.id), Some(&scene.moderator.me.id)].into_iter().flatten();
        let count = if scene.place == Place::Direct { 1 } else { 2 };
        let others: Vec<PersonId> = people.take(count).cloned().collect();
        let room = new_room(scene, Setting { kind: RoomKind::Direct, ..Setting::default() });
        self.state().store.rooms().direct(room, &by, &others).await.unwrap().unwrap();
        self.state().hub.open(scene.room.clone(), 0);
        let mut deeds = vec![(&scene.member.me.id, post(&format!("hello {}", scene.word)))];
        deeds.extend(actor.map(|actor| (actor, post("mine"))));
        let places = self.does(&scene.room, deeds).await;
        scene.members = places[0];
        scene.own = places.get(1).copied().unwrap_or(places[0]);
        (scene.moderators, scene.admins) = (scene.members, scene.members);
    }

    /// A room for many.
    async fn furnish(&self, scene: &mut Scene, role: Role, wish: Wish) {
        let kind = match scene.place {
            Place::Closed | Place::ClosedArchived => RoomKind::Closed,
            _ => RoomKind::Open,
        };
        if scene.room != RoomKey::lobby() {
            self.state().store.rooms().open(new_room(scene, Setting { kind, ..Setting::default() })).await.unwrap();
            self.state().hub.open(scene.room.clone(), 0);
        }
        let places = self.does(&scene.room, self.people_come(scene)).await;
        let said = &places[places.len() - 4..];
        (scene.members, scene.moderators, scene.admins) = (said[0], said[1], said[2]);
        scene.own = if said[3] == 0 { said[0] } else { said[3] };
        if wish == Wish::Redeem {
            self.add_invite(scene).await;
        }
        self.does(&scene.room, self.actor_becomes(scene, role)).await;
    }

    /// They come in, and each says something.
    fn people_come<'s>(&'s self, scene: &'s Scene) -> Vec<(&'s PersonId, Deed)> {
        let warden = &self.warden.me.id;
        let add = |who: &PersonId| (warden, Deed::Change(Box::new(about(ChangeKind::Added, who))));
        let mut deeds = match scene.place {
            Place::Lobby | Place::Site => self.tidy_lobby(),
            _ => Vec::new(),
        };
        let people = [&scene.witness.person, &scene.member, &scene.moderator, &scene.admin, &scene.muted];
        deeds.extend(people.map(|person| add(&person.me.id)));
        deeds.extend(scene.actor.id.as_ref().map(add));
        deeds.push((warden, seat(&scene.moderator.me.id, power::Role::Moderator)));
        deeds.push((warden, Deed::Change(Box::new(about(ChangeKind::Muted, &scene.muted.me.id)))));
        deeds.push((warden, Deed::Change(Box::new(about(ChangeKind::Banned, &scene.banned.me.id)))));
        deeds.push((&scene.member.me.id, post(&format!("hello {}", scene.word))));
        deeds.push((&scene.moderator.me.id, post("of the moderator")));
        deeds.push((&scene.admin.me.id, post("of the admin")));
        // Nobody says nothing; the last place is that of something which is so already.
        let own = scene.actor.id.as_ref().map(|actor| (actor, post("mine")));
        deeds.push(own.unwrap_or_else(|| (warden, seat(&scene.moderator.me.id, power::Role::Moderator))));
        deeds
    }

    /// The lobby is there once: what was done to it is undone.
    fn tidy_lobby(&self) -> Vec<(&PersonId, Deed)> {
        let warden = &self.warden.me.id;
        let flag = |kind, on| (warden, Deed::Change(Box::new(Change { on: Some(on), ..Change::of(kind) })));
        let slow = Change { seconds: Some(0), ..Change::of(ChangeKind::Slow) };
        vec![
            flag(ChangeKind::Guests, true),
            flag(ChangeKind::Announce, false),
            flag(ChangeKind::Archived, false),
            (warden, Deed::Change(Box::new(slow))),
        ]
    }

    /// The actor becomes what the role says, and the room what it is to be.
    fn actor_becomes<'s>(&'s self, scene: &'s Scene, role: Role) -> Vec<(&'s PersonId, Deed)> {
        let warden = &self.warden.me.id;
        let mut deeds = Vec::new();
        if let Some(actor) = &scene.actor.id {
            match role {
                Role::Moderator => deeds.push((warden, seat(actor, power::Role::Moderator))),
                Role::Muted => deeds.push((warden, Deed::Change(Box::new(about(ChangeKind::Muted, actor))))),
                Role::Banned => deeds.push((warden, Deed::Change(Box::new(about(ChangeKind::Banned, actor))))),
                role if !is_in(role) => deeds.push((actor, Deed::Change(Box::new(Change::of(ChangeKind::Left))))),
                _ => {}
            }
        }
        let flag = |kind| (warden, Deed::Change(Box::new(Change { on: Some(true), ..Change::of(kind) })));
        let slow = Change { seconds: Some(3_600), ..Change::of(ChangeKind::Slow) };
        match scene.place {
            Place::Announce => deeds.push(flag(ChangeKind::Announce)),
            Place::Slow => deeds.push((warden, Deed::Change(Box::new(slow)))),
            Place::Archived | Place::ClosedArchived => deeds.push(flag(ChangeKind::Archived)),
            _ => {}
        }
        deeds
    }

    async fn add_invite(&self, scene: &mut Scene) {
        let code = Token::random();
        let invite = NewInvite {
            code: code.hash(),
            room: Some(scene.room.clone()),
            at: clock::now(),
            expires: clock::in_seconds(Some(3_600)),
            uses: 10,
        };
        self.state().store.rooms().add_invite(invite, &self.caller).await.unwrap().unwrap();
        scene.code = code.reveal().to_owned();
    }

    /// The witness has reported what the member, or the admin, said.
    async fn add_report(&self, scene: &mut Scene, wish: Wish) {
        let seq = match wish {
            Wish::Queue | Wish::Settle | Wish::TakeAway => scene.members,
            Wish::TakeAwayAdmins => scene.admins,
            _ => return,
        };
        let by = self.caller(&scene.witness.person).await;
        let report = NewReport { room: scene.room.clone(), seq, reason: "rude".to_owned(), at: clock::now() };
        assert_eq!(self.state().store.order().add_report(report, &by).await.unwrap(), Ok(true));
        scene.report = self.newest_report(&scene.room).await;
    }

    /// The number of the newest report, if it is from that room and open.
    pub async fn newest_report(&self, room: &RoomKey) -> Option<u64> {
        let page = Page { before: None, limit: 1 };
        let all = self.state().store.order().reports(&self.caller, page, clock::now()).await.unwrap();
        all.first().filter(|report| report.room == *room).map(|report| report.id)
    }

    /// What is there besides of what the wishes without a room are about.
    async fn prepare_site(&self, scene: &mut Scene) {
        let people = self.state().store.people();
        let ban = SiteBan { until: clock::in_seconds(None), reason: None, network: false };
        people.set_ban(None, &scene.banned.me.id, Some(ban), clock::now()).await.unwrap().unwrap();
        if let Some(actor) = scene.actor.id.clone() {
            let by = self.caller(&scene.muted).await;
            people.block(&by, &actor, true, clock::now()).await.unwrap().unwrap();
            scene.other_session = self.log_in(&actor, Scopes::ALL).await;
        }
    }

    /// What becomes of the actor last.
    async fn change_actor(&self, scene: &Scene, role: Role) {
        let people = self.state().store.people();
        match (role, &scene.actor.id, &scene.actor.token) {
            (Role::Blocked, Some(actor), _) => {
                let by = self.caller(&scene.witness.person).await;
                people.block(&by, actor, true, clock::now()).await.unwrap().unwrap();
            }
            (Role::SiteBanned, Some(actor), _) => {
                let ban = SiteBan { until: clock::in_seconds(None), reason: None, network: false };
                people.set_ban(None, actor, Some(ban), clock::now()).await.unwrap().unwrap();
            }
            (Role::Ended, _, Some(token)) => drop(people.end_session(&auth::hash(token)).await.unwrap()),
            _ => {}
        }
    }

    /// From here on the witness hears everything.
    async fn listen(&self, scene: &mut Scene) {
        let Witness { person, socket } = &mut scene.witness;
        socket.hello(Some(person)).await;
        socket.tell(&ClientFrame::Sub { room: scene.room.clone(), epoch: None, seq: None }).await;
        let subbed = socket.frame().await;
        assert!(matches!(subbed, ServerFrame::Subbed { .. }), "{subbed:?}");
    }
}

/// Names in the order in which their people came, without anything that looks like something else.
fn name(number: u64) -> String {
    let letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'k', 'x'];
    format!("{number:06}").chars().filter_map(|digit| digit.to_digit(10)).map(|digit| letters[digit as usize]).collect()
}

fn me(name: &str, role: power::Role) -> Me {
    Me { id: name.parse().unwrap(), name: name.to_owned(), role, colour: None }
}

fn new_room(scene: &Scene, setting: Setting) -> NewRoom {
    NewRoom {
        key: scene.room.clone(),
        title: scene.room.to_string(),
        topic: String::new(),
        setting,
        epoch: "epoch".parse().unwrap(),
        history: true,
        at: clock::now(),
    }
}

fn post(body: &str) -> Deed {
    Deed::Act(Act::Post { body: body.to_owned(), reply_to: None })
}

fn seat(whom: &PersonId, role: power::Role) -> Deed {
    Deed::Change(Box::new(Change { role: Some(role), ..about(ChangeKind::Role, whom) }))
}

fn submission(room: &RoomKey, (by, deed): (&PersonId, Deed)) -> (Submission, oneshot::Receiver<Outcome>) {
    let (reply, outcome) = oneshot::channel();
    let draft = Draft {
        room: room.clone(),
        author: by.clone(),
        session: None,
        cid: messages::new_cid(),
        at: clock::now(),
        deed,
        naming: Naming::default(),
    };
    (Submission { draft, too_fast: None, turn: None, reply: Reply::Once(reply) }, outcome)
}
