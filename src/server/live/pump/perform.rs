//! Doing what a session wants done.

use std::collections::BTreeMap;

use super::Pump;
use crate::protocol::api::EventsQuery;
use crate::protocol::event::{Act, Event};
use crate::protocol::ids::{Cid, Epoch, RoomKey, Seq};
use crate::protocol::limits::{self, Limits};
use crate::protocol::wire::ServerFrame;
use crate::server::access;
use crate::server::auth;
use crate::server::chat::writer::{Reply, Submission};
use crate::server::chat::{accounts, messages, rooms};
use crate::server::error::Error;
use crate::server::fanout::{Dialect, encode};
use crate::server::live::{Action, Speech, wrong};
use crate::server::plant::{self, Bug};

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
            Action::Act { room, cid, act } => self.act(room, cid, act, actions).await,
            Action::Close { code, reason } => {
                self.put_out();
                self.conn.seal(code, reason);
            }
        }
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
        self.member = None;
        let found = auth::person_of(&self.state, token).await;
        let Speech::V1(session) = &mut self.speech else {
            return;
        };
        match found {
            Ok(me) => session.on_identified(me, actions),
            Err(error) => actions.push(wrong(error.code(), error.to_string())),
        }
    }

    async fn welcome(&mut self, actions: &mut Vec<Action>) {
        if let Err(error) = self.refresh().await {
            return actions.push(wrong(error.code(), error.to_string()));
        }
        let Speech::V1(session) = &self.speech else {
            return;
        };
        let me = session.me().cloned();
        if me.is_none() && !self.state.config.guests.is_on() {
            return session.on_guests_off(actions);
        }
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

    /// One may have got another name since the last time.
    async fn refresh(&mut self) -> Result<(), Error> {
        let Some(id) = self.speech.me().map(|me| me.id.clone()) else { return Ok(()) };
        let now = accounts::as_now(&self.state, &id).await?;
        if let Speech::V1(session) = &mut self.speech {
            session.refresh(now);
        }
        Ok(())
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
        self.state.rates.ask(self.address.0)?;
        let reader = access::room_reader(&self.state, self.speech.me(), room).await?;
        let hub = &self.state.hub;
        let attach = || hub.attach(room, &self.conn, Dialect::V1).ok_or(Error::NotFound);
        let late = plant::is(Bug::ReadThenAttach);
        let head = if late { hub.head(room).ok_or(Error::NotFound)? } else { attach()? };
        let caught_up = rooms::catch_up(&self.state, &reader, epoch.as_ref(), seq, head).await?;
        if late {
            attach()?;
        }
        let events = caught_up.events.iter().map(|event| Event::clone(event)).collect();
        let (room, epoch, recovered) = (room.clone(), caught_up.epoch, caught_up.recovered);
        Ok(ServerFrame::Subbed { room, epoch, head, recovered, events })
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
        self.state.rates.ask(self.address.0)?;
        let reader = access::room_reader(&self.state, self.speech.me(), room).await?;
        let page = rooms::page(&self.state, &reader, query).await?;
        let events = page.events.iter().map(|event| Event::clone(event)).collect();
        Ok(ServerFrame::Page { room: room.clone(), events, more: page.more })
    }

    async fn act(&mut self, room: RoomKey, cid: Cid, act: Act, actions: &mut Vec<Action>) {
        let submission = self.submission(&room, cid.clone(), act).await;
        match (submission, &mut self.speech) {
            (Ok(submission), _) => self.posts.push(submission),
            (Err(error), Speech::V1(session)) => session.on_refused(cid, &error, actions),
            (Err(error), Speech::Plain(plain)) => plain.on_refused(&error, actions),
        }
    }

    async fn submission(&mut self, room: &RoomKey, cid: Cid, act: Act) -> Result<Submission, Error> {
        // First, so that nobody becomes a guest by saying nothing.
        messages::check(&act)?;
        self.prove_member(room).await?;
        let member = self.member.as_ref().ok_or(Error::Internal)?;
        let reply = match self.speech {
            Speech::V1(_) => Reply::Conn(self.conn.clone()),
            Speech::Plain(_) => Reply::IfNotCommitted(self.conn.clone()),
        };
        messages::submission(&self.state, member, self.address.0, cid, act, reply)
    }

    /// The right to speak in a room, proved once a turn. A stranger on the plain wire becomes a guest by speaking.
    async fn prove_member(&mut self, room: &RoomKey) -> Result<(), Error> {
        if let Speech::Plain(plain) = &mut self.speech
            && plain.me().is_none()
        {
            let (me, _) = accounts::become_guest(&self.state, self.address.0, None).await?;
            plain.on_identified(me);
        }
        let member = match self.member.take() {
            Some(member) if member.room() == room => member,
            _ => access::room_member(&self.state, self.speech.me(), room).await?,
        };
        self.member = Some(member);
        Ok(())
    }
}
