//! People who are sent out while they speak and listen, by every way there is. What they try, hear and are told they write
//! down, also what they try once more afterwards.

use std::sync::Arc;

use banter::protocol::event::Act;
use banter::protocol::ids::{Cid, Epoch, Seq};
use banter::protocol::wire::{ClientFrame, ServerFrame};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, watch};

use super::clients::{Brought, Line, Setting};
use super::history::{Event, History, Seen, Sent};
use crate::support::new_cid;

/// How many messages of a tab wait for an answer at once.
const WINDOW: usize = 3;

/// What was said behind an act of power, once that was answered: whoever is to hear nothing any more does not hear it.
#[derive(Debug, Clone)]
pub struct Mark {
    pub seq: Seq,
    pub body: String,
}

/// Somebody's way to speak, up to their end.
pub struct Outcast {
    pub setting: Setting,
    pub token: String,
    pub history: History,
    /// Gets a permit once they are at it.
    pub begun: Arc<Semaphore>,
    pub mark: watch::Receiver<Option<Mark>>,
}

/// What somebody does besides speaking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Nothing.
    Steady,
    /// Asks for the room again and again.
    AsksAnew,
    /// Asks for pages of the log.
    Pages,
    /// Goes and comes back.
    Returns,
    /// Reads nothing until it is over.
    ReadsLate,
}

/// How a connection ended.
#[derive(PartialEq, Eq)]
enum Course {
    /// By itself: it comes back.
    Again,
    /// For good.
    Over,
}

impl Outcast {
    /// What was said behind it all was heard, or something got in behind it: there is no more to see.
    fn is_behind_the_mark(&self, seq: Seq) -> bool {
        self.mark.borrow().as_ref().is_some_and(|mark| seq >= mark.seq)
    }

    fn note(&mut self, what: Seen) {
        self.history.note(self.setting.clock.now(), what);
    }

    fn sends(&mut self, number: &mut u64) -> (Cid, String) {
        *number += 1;
        let (cid, body) = (new_cid(), format!("{} says number {number}", self.history.client));
        self.note(Seen::Sent { cid: cid.to_string(), act: Sent::post(&body) });
        (cid, body)
    }

    /// Over the socket `banter.v1`.
    pub async fn keeps_a_tab(self, manner: Manner) -> History {
        let mut tab = Tab { outcast: self, manner, number: 0, frames: 0, waiting: 0, have: None, asked: Vec::new() };
        while tab.talk().await == Course::Again {}
        tab.knocks_again().await;
        tab.outcast.history
    }

    /// Over the plain wire.
    pub async fn speaks_plainly(mut self) -> History {
        let line = Line::open(self.setting.address, "/", Some(&self.token)).await;
        if let Some(mut line) = line {
            self.note(Seen::Connected);
            let mut number = 0;
            while self.says_and_hears(&mut line, &mut number).await == Course::Again {}
        }
        // Whoever comes back is not let in, or hears nothing.
        if let Some(mut line) = Line::open(self.setting.address, "/", Some(&self.token)).await {
            self.note(Seen::Connected);
            while let Brought::Text(text) = line.due().await {
                if text != "Welcome to the chat!" {
                    self.note(Seen::Text(text));
                    break;
                }
            }
        }
        self.history
    }

    async fn says_and_hears(&mut self, line: &mut Line, number: &mut u64) -> Course {
        *number += 1;
        let own = format!("{} says number {number}", self.history.client);
        self.note(Seen::Sent { cid: own.clone(), act: Sent::post(&own) });
        if line.say(own.clone()).await.is_none() {
            return Course::Over;
        }
        loop {
            let Brought::Text(text) = line.due().await else { return Course::Over };
            if text == "Welcome to the chat!" {
                continue;
            }
            let (is_own, refused) = (text == own, text.starts_with("Not sent"));
            let is_mark = self.mark.borrow().as_ref().is_some_and(|mark| mark.body == text);
            if !refused {
                self.note(Seen::Text(text));
            }
            if is_mark {
                self.note(Seen::StillOpen);
                return Course::Over;
            }
            if is_own || refused {
                self.begun.add_permits(1);
                // What it hears by now it may have heard before.
                return if self.mark.borrow().is_some() { Course::Over } else { Course::Again };
            }
        }
    }

    /// Over REST, as a program.
    pub async fn posts(mut self, http: reqwest::Client) -> History {
        let (url, token) = (self.setting.messages_url(), self.token.clone());
        let mut number = 0;
        loop {
            let (cid, body) = self.sends(&mut number);
            let request = http.post(&url).bearer_auth(&token).json(&json!({ "cid": cid, "body": body }));
            let Ok(response) = request.send().await else { continue };
            let status = response.status();
            if status.is_success() {
                let seq = response.json::<Value>().await.unwrap()["seq"].as_u64().unwrap();
                self.note(Seen::Acked { cid: cid.to_string(), seq, dup: status == StatusCode::OK });
                self.begun.add_permits(1);
                if self.is_behind_the_mark(seq) {
                    break;
                }
                continue;
            }
            self.refused(&cid, status);
            break;
        }
        let events = url.replace("/messages", "/events?limit=200");
        let asked = self.setting.clock.now();
        if let Ok(response) = http.get(events).bearer_auth(&token).send().await
            && response.status().is_success()
        {
            let page: Value = response.json().await.unwrap();
            self.note(Seen::Page { asked, events: serde_json::from_value(page["events"].clone()).unwrap() });
        }
        self.history
    }

    /// With forms, as a page without any script. What is in the log they only see on the page.
    pub async fn fills_in_forms(mut self, http: reqwest::Client) -> History {
        let (url, cookie) = (self.setting.messages_url(), format!("banter={}", self.token));
        let mut number = 0;
        loop {
            let (cid, body) = self.sends(&mut number);
            let form = [("cid", cid.to_string()), ("body", body)];
            let request = http.post(&url).header("cookie", &cookie).header("sec-fetch-site", "same-origin").form(&form);
            let Ok(response) = request.send().await else { continue };
            if response.status() != StatusCode::SEE_OTHER {
                self.refused(&cid, response.status());
                return self.history;
            }
            self.begun.add_permits(1);
            if self.mark.borrow().is_some() {
                return self.history;
            }
        }
    }

    fn refused(&mut self, cid: &Cid, status: StatusCode) {
        assert!(status.is_client_error(), "{}: {status}", self.history.client);
        self.note(Seen::Refused { cid: cid.to_string() });
        self.begun.add_permits(1);
    }
}

/// A tab that follows the room.
struct Tab {
    outcast: Outcast,
    manner: Manner,
    number: u64,
    /// That came on this connection.
    frames: usize,
    /// Messages that wait for an answer.
    waiting: usize,
    have: Option<(Epoch, Seq)>,
    /// What was asked and has no answer yet, in order: when, and what there was by then.
    asked: Vec<(u64, Option<(Epoch, Seq)>)>,
}

impl Tab {
    async fn talk(&mut self) -> Course {
        let late = self.manner == Manner::ReadsLate && self.number == 0;
        let address = self.outcast.setting.address;
        let line = if late { Line::open_narrow(address).await } else { Line::open(address, "/ws", None).await };
        let Some(mut line) = line else { return Course::Over };
        self.outcast.note(Seen::Connected);
        (self.frames, self.waiting) = (0, 0);
        self.asked.clear();
        let talked = self.talk_over(&mut line, late).await;
        self.outcast.note(Seen::Closed(None));
        talked.unwrap_or(Course::Over)
    }

    async fn talk_over(&mut self, line: &mut Line, late: bool) -> Option<Course> {
        line.tell(&ClientFrame::Hello { token: Some(self.outcast.token.clone()) }).await?;
        self.follow(line).await?;
        self.speak(line).await?;
        if late {
            self.outcast.begun.add_permits(1);
            let _ = self.outcast.mark.wait_for(Option::is_some).await;
        }
        loop {
            let Brought::Text(text) = line.due().await else { return Some(Course::Over) };
            self.frames += 1;
            if let Some(course) = self.hear(&text) {
                return Some(course);
            }
            self.do_as_usual(line).await?;
            if self.manner == Manner::Returns && self.frames > 12 {
                return Some(Course::Again);
            }
        }
    }

    async fn do_as_usual(&mut self, line: &mut Line) -> Option<()> {
        self.speak(line).await?;
        match self.manner {
            Manner::AsksAnew if self.frames.is_multiple_of(4) => self.follow(line).await,
            Manner::Pages if self.frames.is_multiple_of(3) => self.turn_pages(line).await,
            _ => Some(()),
        }
    }

    async fn speak(&mut self, line: &mut Line) -> Option<()> {
        while self.waiting < WINDOW {
            let (cid, body) = self.outcast.sends(&mut self.number);
            let act = Act::Post { body, reply_to: None };
            self.waiting += 1;
            line.tell(&ClientFrame::of_act(self.outcast.setting.room(), cid, act)).await?;
        }
        Some(())
    }

    async fn follow(&mut self, line: &mut Line) -> Option<()> {
        self.asked.push((self.outcast.setting.clock.now(), self.have.clone()));
        let (epoch, seq) = self.have.clone().unzip();
        line.tell(&ClientFrame::Sub { room: self.outcast.setting.room(), epoch, seq }).await
    }

    async fn turn_pages(&mut self, line: &mut Line) -> Option<()> {
        self.asked.push((self.outcast.setting.clock.now(), None));
        line.tell(&ClientFrame::Fetch { room: self.outcast.setting.room(), after: None, before: None, limit: 20 }).await
    }

    /// Writes down what came; answers if that was the end.
    fn hear(&mut self, text: &str) -> Option<Course> {
        let value: Value = serde_json::from_str(text).unwrap();
        let events = || serde_json::from_value::<Vec<Event>>(value["events"].clone()).unwrap();
        match serde_json::from_str(text).unwrap() {
            ServerFrame::Subbed { epoch, head, recovered, .. } => {
                let (asked, have) = self.asked.remove(0);
                let have = have.map(|(epoch, have)| (epoch.to_string(), have));
                self.have = Some((epoch.clone(), head));
                let epoch = epoch.to_string();
                self.outcast.note(Seen::Subbed { asked, have, epoch, head, recovered, events: events() });
                self.outcast.begun.add_permits(1);
            }
            ServerFrame::Page { .. } => {
                let (asked, _) = self.asked.remove(0);
                self.outcast.note(Seen::Page { asked, events: events() });
            }
            ServerFrame::Err { .. } => {
                self.asked.drain(..1.min(self.asked.len()));
                self.outcast.note(Seen::NotSubbed);
                return Some(Course::Over);
            }
            ServerFrame::Ev { event, .. } => return self.hears_of(serde_json::from_value(value).unwrap(), event.seq),
            ServerFrame::Ack { cid, seq, dup, .. } => {
                self.waiting -= 1;
                self.outcast.note(Seen::Acked { cid: cid.to_string(), seq, dup });
                if self.outcast.is_behind_the_mark(seq) {
                    self.outcast.note(Seen::StillOpen);
                    return Some(Course::Over);
                }
            }
            // Its place stays taken: who may not speak tries some more and no longer.
            ServerFrame::Nack { cid, .. } => {
                self.outcast.note(Seen::Refused { cid: cid.to_string() });
            }
            ServerFrame::Unsubbed { .. } => {
                self.outcast.note(Seen::Unsubbed);
                return Some(Course::Over);
            }
            _ => {}
        }
        None
    }

    fn hears_of(&mut self, event: Event, seq: Seq) -> Option<Course> {
        self.outcast.note(Seen::Live(event));
        if let Some((_, have)) = &mut self.have {
            *have = seq;
        }
        let over = self.outcast.is_behind_the_mark(seq);
        if over {
            self.outcast.note(Seen::StillOpen);
        }
        over.then_some(Course::Over)
    }

    /// Tries everything once more, and writes down whatever comes of it.
    async fn knocks_again(&mut self) -> Option<()> {
        let mut line = Line::open(self.outcast.setting.address, "/ws", None).await?;
        self.outcast.note(Seen::Connected);
        self.asked.clear();
        line.tell(&ClientFrame::Hello { token: Some(self.outcast.token.clone()) }).await?;
        self.follow(&mut line).await?;
        self.turn_pages(&mut line).await?;
        while !self.asked.is_empty() {
            let Brought::Text(text) = line.due().await else { break };
            let _ = self.hear(&text);
        }
        self.outcast.note(Seen::Closed(None));
        Some(())
    }
}
