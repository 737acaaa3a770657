//! Doing what a session wants done.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::Pump;
use crate::protocol::api::EventsQuery;
use crate::protocol::event::{Act, Event, Person};
use crate::protocol::ids::{Cid, Epoch, PersonId, RoomKey, Seq};
use crate::protocol::limits::{self, Limits};
use crate::protocol::texts::Texts;
use crate::protocol::wire::ServerFrame;
use crate::server::access::{self, RoomMember, RoomReader};
use crate::server::auth::{self, Whence};
use crate::server::chat::rooms::CatchUp;
use crate::server::chat::writer::{Reply, Submission};
use crate::server::chat::{accounts, messages, reading, rooms, sessions};
use crate::server::error::Error;
use crate::server::fanout::{Dialect, Notice, Who, encode};
use crate::server::live::{Action, Speech, wrong};
use crate::server::plant::{self, Bug};
use crate::server::store::Caller;

/// One who writes says so no more often.
const TYPING_EVERY: Duration = Duration::from_secs(1);

impl Pump {
    pub(super) async fn perform_all(&mut self, actions: &mut Vec<Action>) {
        while !actions.is_empty() {
            for action in std::mem::take(actions) {
                self.perform(action, actions).await;
            }
        }
    }

    /// Does one thing; what follows from it is added to `actions`.
    async fn perform(&mut self, action: Action, actions: &mut Vec<Action>) {
        match action {
            Action::Send(frame) => encode::frame(&frame, &mut self.out),
            Action::Say(text) => encode::text(&text, &mut self.out),
            Action::Ping => encode::ping(&mut self.out),
            Action::Beat => self.beat(),
            Action::Identify { token } => self.identify(&token, actions).await,
            Action::Welcome => self.welcome(actions).await,
            Action::Follow { room, epoch, seq } => self.follow(room, epoch, seq, actions).await,
            Action::Unfollow { room } => self.state.hub.detach(&room, &self.conn),
            Action::Fetch { room, after, before, limit } => {
                let query = EventsQuery { after, before, limit: Some(limit) };
                self.fetch(&room, query, actions).await;
            }
            Action::Read { room, seq } => self.note_read(&room, seq, actions).await,
            Action::Type { room } => self.type_in(&room).await,
            Action::Attend { away } => self.attend(away),
            Action::Act { room, cid, act } => self.act(room, cid, act, actions).await,
            Action::Talk(texts) => self.talk(texts, actions).await,
            Action::Close { code, reason } => {
                self.put_out();
                self.conn.seal(code, reason);
            }
        }
    }

    /// From here on whatever ends the session ends the connection. What was looked up before is looked up once more
    /// behind this: the session may have ended between the two.
    pub(super) fn be_known(&self) {
        let who = |caller: &Caller| Who { person: Person::from(&caller.me), session: caller.session };
        self.state.hub.registry.identify(&self.conn, self.speech.caller().map(who));
        self.be_seen();
    }

    /// Those who are here hear how it is with this connection now.
    fn be_seen(&self) {
        let Speech::V1(session) = &self.speech else { return };
        session.followed().iter().for_each(|room| self.state.hub.presence_changed(room));
    }

    fn beat(&mut self) {
        let Speech::V1(session) = &self.speech else {
            return;
        };
        let head = |room: &RoomKey| self.state.hub.flushed(room).map(|head| (room.clone(), head));
        let heads: BTreeMap<RoomKey, Seq> = session.followed().iter().filter_map(head).collect();
        encode::frame(&ServerFrame::Ping { heads }, &mut self.out);
    }

    async fn identify(&mut self, token: &str, actions: &mut Vec<Action>) {
        let caller = match auth::caller_of(&self.state, token).await {
            Ok(caller) => caller,
            Err(error) => return actions.push(wrong(error.code(), error.to_string())),
        };
        let (before, now) = (self.speech.caller().map(id), caller.as_ref().map(id));
        let is_another = now.is_some() && now != before;
        if is_another && before.is_some() {
            // While it is still known as the one before: what sends that one out of a room would not find it afterwards.
            self.followed().iter().for_each(|room| self.let_go(room, false));
        }
        let Speech::V1(session) = &mut self.speech else {
            return;
        };
        session.on_identified(caller, actions);
        self.be_known();
        if is_another && before.is_none() {
            self.ask_anew().await;
        }
    }

    /// What nobody in particular was reading is not for everybody who may come.
    async fn ask_anew(&self) {
        for room in self.followed() {
            if let Err(error) = access::room_reader(&self.state, self.speech.caller(), room).await {
                self.let_go(room, error == Error::Banned);
            }
        }
    }

    fn followed(&self) -> &[RoomKey] {
        match &self.speech {
            Speech::V1(session) => session.followed(),
            Speech::Plain(_) => &[],
        }
    }

    /// A room's events come no more, and the client is told so.
    fn let_go(&self, room: &RoomKey, banned: bool) {
        self.state.hub.detach(room, &self.conn);
        self.conn.notify(Notice::Cut { room: room.clone(), banned });
    }

    async fn welcome(&mut self, actions: &mut Vec<Action>) {
        let refreshed = self.refresh().await;
        let Speech::V1(session) = &self.speech else {
            return;
        };
        match refreshed.and_then(|()| access::visitor(&self.state, session.caller())) {
            Err(Error::Banned) => return session.on_banned(actions),
            Err(error @ (Error::GuestsOff | Error::Unauthenticated)) => return session.on_stranger(&error, actions),
            Err(error) => return actions.push(wrong(error.code(), error.to_string())),
            Ok(()) => {}
        }
        let me = session.caller().map(|caller| caller.me.clone());
        if !self.sit() {
            return;
        }
        match rooms::list(&self.state, me.as_ref()).await {
            Ok(rooms) => {
                let (conn, ping_ms, limits) = (self.conn.id(), limits::PING_MS, Limits::current());
                encode::frame(&ServerFrame::Welcome { conn, me, rooms, ping_ms, limits }, &mut self.out);
            }
            Err(error) => actions.push(wrong(error.code(), error.to_string())),
        }
    }

    /// One may have got another name since the last time. Whose session has ended does not go on as nobody: they follow
    /// rooms that are not for everybody.
    async fn refresh(&mut self) -> Result<(), Error> {
        let Some(session) = self.speech.caller().map(|caller| caller.session) else { return Ok(()) };
        let now = sessions::caller(&self.state, &session).await?.ok_or(Error::Unauthenticated)?;
        if let Speech::V1(session) = &mut self.speech {
            session.refresh(now);
        }
        self.be_known();
        Ok(())
    }

    async fn note_read(&mut self, room: &RoomKey, seq: Seq, actions: &mut Vec<Action>) {
        let Some(caller) = self.speech.caller() else { return };
        if let Err(error) = reading::note(&self.state, caller, room, seq).await {
            actions.push(wrong(error.code(), error.to_string()));
        }
    }

    /// Nobody is told why not: it is no act, and may be dropped.
    async fn type_in(&mut self, room: &RoomKey) {
        let now = Instant::now();
        if self.typed.is_some_and(|last| now.duration_since(last) < TYPING_EVERY) {
            return;
        }
        self.typed = Some(now);
        if let (Ok(member), Some(caller)) =
            (access::room_speaker(&self.state, self.speech.caller(), room).await, self.speech.caller())
        {
            let by = Person::from(&caller.me);
            self.state.hub.whisper(member.room(), &ServerFrame::Typing { room: room.clone(), by });
        }
    }

    fn attend(&mut self, away: bool) {
        if self.conn.look_away(away) {
            self.be_seen();
        }
    }

    /// First attach, then read: whatever is said meanwhile waits behind the answer, so that nothing falls between what was
    /// read and what comes by itself.
    async fn follow(&mut self, room: RoomKey, epoch: Option<Epoch>, seq: Option<Seq>, actions: &mut Vec<Action>) {
        self.put_out();
        self.conn.cork();
        let mut first = Vec::new();
        match self.attach_and_read(&room, epoch, seq).await {
            Ok(subbed) => encode::frame(&subbed, &mut first),
            Err(error) => {
                self.state.hub.detach(&room, &self.conn);
                if let Speech::V1(session) = &mut self.speech {
                    session.unfollow(&room);
                }
                actions.push(wrong(error.code(), error.to_string()));
            }
        }
        self.conn.uncork(&first);
    }

    async fn attach_and_read(
        &self,
        room: &RoomKey,
        epoch: Option<Epoch>,
        seq: Option<Seq>,
    ) -> Result<ServerFrame, Error> {
        self.state.guard.rates.ask(self.address.0)?;
        let reader = access::room_reader(&self.state, self.speech.caller(), room).await?;
        let hub = &self.state.hub;
        let attach = || hub.attach(room, &self.conn, Dialect::V1).ok_or(Error::NotFound);
        if plant::is(Bug::ReadThenAttach) {
            let head = hub.head(room).ok_or(Error::NotFound)?;
            let caught_up = self.missed(&reader, epoch, seq, head).await?;
            attach()?;
            return Ok(subbed(room, head, caught_up));
        }
        let (head, tie) = attach()?;
        let missed = self.missed(&reader, epoch, seq, head).await;
        if missed.is_err() {
            // Not even what sent them out: they were told nothing that it would follow.
            tie.go();
        }
        missed.map(|caught_up| subbed(room, head, caught_up))
    }

    /// What somebody missed up to there, if they may still read it.
    async fn missed(
        &self,
        reader: &RoomReader,
        epoch: Option<Epoch>,
        seq: Option<Seq>,
        upto: Seq,
    ) -> Result<CatchUp, Error> {
        let caught_up = rooms::catch_up(&self.state, reader, epoch.as_ref(), seq, upto).await?;
        rooms::still(&self.state, self.speech.caller(), reader, caught_up).await
    }

    /// What is said after the page was read comes behind it: then whoever gets both knows that the page has all that they
    /// were told before.
    async fn fetch(&mut self, room: &RoomKey, query: EventsQuery, actions: &mut Vec<Action>) {
        self.put_out();
        self.conn.cork();
        let mut first = Vec::new();
        match self.page(room, query).await {
            Ok(page) => encode::frame(&page, &mut first),
            Err(error) => actions.push(wrong(error.code(), error.to_string())),
        }
        self.conn.uncork(&first);
    }

    async fn page(&self, room: &RoomKey, query: EventsQuery) -> Result<ServerFrame, Error> {
        self.state.guard.rates.ask(self.address.0)?;
        let reader = access::room_reader(&self.state, self.speech.caller(), room).await?;
        let page = rooms::page(&self.state, &reader, query).await?;
        let page = rooms::still(&self.state, self.speech.caller(), &reader, page).await?;
        let events = page.events.iter().map(|event| Event::clone(event)).collect();
        Ok(ServerFrame::Page { room: room.clone(), events, more: page.more })
    }

    async fn act(&mut self, room: RoomKey, cid: Cid, act: Act, actions: &mut Vec<Action>) {
        let submission = self.submission(&room, cid.clone(), act).await;
        let Speech::V1(session) = &mut self.speech else { return };
        match submission {
            Ok(submission) => self.posts.push(submission),
            Err(error) => session.on_refused(cid, &error, actions),
        }
    }

    /// What was said over the plain wire. Refusals are told in words, one for each text.
    async fn talk(&mut self, mut texts: Texts, actions: &mut Vec<Action>) {
        let Speech::Plain(plain) = &self.speech else { return };
        let refusal = |text: &str| messages::check_body(text).err();
        texts.iter().filter_map(refusal).for_each(|error| plain.on_refused(&error, actions));
        // Nobody becomes a guest by saying nothing.
        texts.retain(|text| refusal(text).is_none());
        if texts.is_empty() {
            return;
        }
        let count = texts.len();
        let submissions = match self.speaker().await {
            Ok(member) => messages::submissions(&self.state, &member, self.address.0, texts, &self.conn).await,
            Err(error) => (0..count).map(|_| Err(error.clone())).collect(),
        };
        let Speech::Plain(plain) = &self.speech else { return };
        for submission in submissions {
            match submission {
                Ok(submission) => self.posts.push(submission),
                Err(error) => plain.on_refused(&error, actions),
            }
        }
    }

    async fn speaker(&mut self) -> Result<RoomMember, Error> {
        self.become_somebody().await?;
        access::room_member(&self.state, self.speech.caller(), &RoomKey::lobby()).await
    }

    async fn submission(&mut self, room: &RoomKey, cid: Cid, act: Act) -> Result<Submission, Error> {
        // Whoever says nothing is told that, whoever they are.
        messages::check(&act)?;
        let member = access::room_member(&self.state, self.speech.caller(), room).await?;
        let reply = Reply::Conn(self.conn.clone());
        messages::submission(&self.state, &member, self.address.0, cid, act, reply).await
    }

    /// A stranger on the plain wire becomes a guest by speaking.
    async fn become_somebody(&mut self) -> Result<(), Error> {
        let Speech::Plain(plain) = &mut self.speech else { return Ok(()) };
        if plain.caller().is_some() {
            return Ok(());
        }
        let (_, token) = accounts::become_guest(&self.state, &Whence::over(self.address), None).await?;
        let caller = auth::caller_of(&self.state, token.reveal()).await?.ok_or(Error::Unauthenticated)?;
        plain.on_identified(caller);
        self.be_known();
        if self.listens_on().await { Ok(()) } else { Err(Error::Unauthenticated) }
    }
}

fn subbed(room: &RoomKey, head: Seq, caught_up: CatchUp) -> ServerFrame {
    let events = caught_up.events.iter().map(|event| Event::clone(event)).collect();
    let (room, epoch, recovered) = (room.clone(), caught_up.epoch, caught_up.recovered);
    ServerFrame::Subbed { room, epoch, head, recovered, events }
}

fn id(caller: &Caller) -> PersonId {
    caller.me.id.clone()
}
