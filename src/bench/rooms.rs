//! Many rooms, each with a few people: how long a text takes to those who are in its room, and whether it costs more where
//! there are more rooms.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Deserialize;

use super::crowd::{Crowd, Step};
use super::dialect::Dialect;
use super::figures::Told;
use super::founders::{Purpose, Room, make_rooms};
use super::paced::{Pace, Talk};
use super::people::{People, following};
use super::script::{MOST_SENDERS, Script};
use super::socket::masked;
use super::subject::Subject;
use super::{Fault, Result};
use banter::protocol::api::rooms::History;
use banter::protocol::ids::{RoomKey, Seq};
use banter::protocol::wire::ClientFrame;

/// `banter bench rooms`
#[derive(Debug, Args)]
pub struct Rooms {
    #[command(flatten)]
    subject: Subject,
    /// Guests, each of whom follows one room and speaks there
    #[arg(long, default_value_t = 500)]
    clients: usize,
    /// Rooms, with as many of them each
    #[arg(long, default_value_t = 50)]
    rooms: usize,
    /// Whether those rooms keep what is said
    #[arg(long, default_value = "on", value_parser = PossibleValuesParser::new(["on", "off"]).map(|text| History::from(text == "on")))]
    history: History,
    /// So many more rooms are there, each of which keeps a message, and nobody listens
    #[arg(long, default_value_t = 0)]
    also: usize,
    /// Length of each text
    #[arg(long, default_value_t = 44)]
    bytes: usize,
    #[command(flatten)]
    pace: Pace,
}

/// The rooms take turns, and in each of them its people do.
struct Rounds {
    circles: Vec<Circle>,
    /// Where each text was put in its room's log, once its sender knows.
    acks: Vec<Option<Seq>>,
    /// Deliveries and acknowledgements that have to come yet.
    left: usize,
}

/// A room and its people.
struct Circle {
    key: RoomKey,
    /// What was there before.
    head: Seq,
    /// What its people say; whoever hears it first is its one receiver.
    script: Script,
    senders: usize,
    /// The texts in the order in which they were heard first, by number.
    log: Vec<usize>,
    /// How far each of them has heard the log.
    heard: Vec<usize>,
}

/// A frame of the server, as far as it is looked at: so many come that reading them as any other would slow down what is
/// measured.
#[derive(Deserialize)]
struct Frame<'a> {
    t: &'a str,
    room: Option<&'a str>,
    seq: Option<Seq>,
    cid: Option<&'a str>,
    dup: Option<bool>,
    kind: Option<&'a str>,
    body: Option<&'a str>,
}

impl Rooms {
    pub(super) async fn measure(self) -> Result<()> {
        let Self { subject, clients, rooms, history, also, bytes, pace } = self;
        if rooms == 0 || rooms > clients {
            return Err("each room has to have somebody in it".into());
        }
        make_rooms(&subject.url, also, History::On, Purpose::Deserted).await?;
        let rooms = make_rooms(&subject.url, rooms, history, Purpose::Followed).await?;
        let people = People::make(&subject.url, clients).await?;
        let mut crowd = Crowd::new(&subject.url.authority, Dialect::V1)?;
        crowd.grow(clients, |at| {
            let mut steps = people.greeting(at, &following(rooms[at % rooms.len()].key.clone(), None));
            steps.push(Step::Hear);
            steps
        })?;
        let mut rounds = Rounds::new(rooms, clients, pace.texts(), bytes)?;
        let found = pace.run(&mut crowd, &mut rounds, subject.process().as_ref())?;
        rounds.check()?;
        found.tell(subject.json)
    }
}

impl Rounds {
    /// So many texts, in turn in each of the rooms; of all the clients, every how manieth is in which.
    fn new(rooms: Vec<Room>, clients: usize, texts: usize, bytes: usize) -> Result<Self> {
        let count = rooms.len();
        let circle = |(at, room): (usize, Room)| {
            let people = (clients - at).div_ceil(count);
            Circle::new(room, people, texts.div_ceil(count), bytes)
        };
        let circles = rooms.into_iter().enumerate().map(circle).collect::<Result<Vec<_>>>()?;
        let deliveries: usize = (0..texts).map(|text| circles[text % count].heard.len()).sum();
        Ok(Self { circles, acks: vec![None; texts], left: deliveries + texts })
    }

    /// Who says a text: the room, the sender and the place in what that one says.
    fn turn(&self, text: usize) -> (usize, usize, usize) {
        let (room, turn) = (text % self.circles.len(), text / self.circles.len());
        let senders = self.circles[room].senders;
        (room, turn % senders, turn / senders)
    }

    fn acknowledge(&mut self, client: usize, text: usize, seq: Seq) -> Result<()> {
        let (room, sender, _) = self.turn(text);
        match self.acks.get_mut(text) {
            Some(ack @ None) if client == sender * self.circles.len() + room => *ack = Some(seq),
            _ => return Err(format!("client {client} got an ack of what it did not wait for").into()),
        }
        self.left -= 1;
        Ok(())
    }

    fn deliver(&mut self, client: usize, text: usize, seq: Seq, frame: &Frame<'_>) -> Result<Option<usize>> {
        let (room, member) = (client % self.circles.len(), client / self.circles.len());
        let (of, sender, place) = self.turn(text);
        let circle = &mut self.circles[room];
        if of != room || frame.room != Some(circle.key.as_str()) {
            return Err(format!("client {client} heard what was said in another room").into());
        }
        circle.hear(member, seq, text, (sender, place), frame.body.unwrap_or_default())?;
        self.left = self.left.saturating_sub(1);
        Ok(Some(text))
    }

    /// Each text is where its sender was told that it is.
    fn check(&self) -> Result<()> {
        for circle in &self.circles {
            for (text, seq) in circle.log.iter().zip(circle.head + 1..) {
                if self.acks[*text] != Some(seq) {
                    return Err(format!("a text was acknowledged as {:?} and heard as {seq}", self.acks[*text]).into());
                }
            }
        }
        Ok(())
    }
}

impl Talk for Rounds {
    fn say(&mut self, crowd: &mut Crowd, text: usize) -> Result<()> {
        let (room, sender, place) = self.turn(text);
        let circle = &self.circles[room];
        let body = std::str::from_utf8(circle.script.payload(sender, place))?.to_owned();
        // A guest is new, and so is each number as a cid.
        let cid = format!("{text:016}").parse()?;
        let frame = ClientFrame::Post { room: circle.key.clone(), cid, body, reply_to: None };
        crowd.send(sender * self.circles.len() + room, &masked(&serde_json::to_string(&frame)?))
    }

    fn hear(&mut self, receiver: usize, payload: &[u8]) -> Result<Option<usize>> {
        let strange = || -> Fault { format!("client {receiver} got {}", String::from_utf8_lossy(payload)).into() };
        let frame: Frame<'_> = serde_json::from_slice(payload).map_err(|_| strange())?;
        let text = frame.cid.and_then(|cid| cid.parse().ok()).filter(|text| *text < self.acks.len());
        match (frame.t, frame.kind, text, frame.seq) {
            ("ev", Some("posted"), Some(text), Some(seq)) => self.deliver(receiver, text, seq, &frame),
            ("ack", _, Some(text), Some(seq)) if frame.dup == Some(false) => {
                self.acknowledge(receiver, text, seq).map(|()| None)
            }
            ("presence", ..) => Ok(None),
            _ => Err(strange()),
        }
    }

    fn left(&self) -> usize {
        self.left
    }
}

impl Circle {
    fn new(Room { key, head }: Room, people: usize, texts: usize, bytes: usize) -> Result<Self> {
        let senders = people.min(MOST_SENDERS);
        let script = Script::new(Dialect::V1, senders, texts.div_ceil(senders).max(1), 1, bytes)?;
        Ok(Self { key, head, script, senders, log: Vec::new(), heard: vec![0; people] })
    }

    /// The next of the room's texts, for one of them.
    fn hear(&mut self, member: usize, seq: Seq, text: usize, by: (usize, usize), body: &str) -> Result<()> {
        let next = self.heard[member];
        if next == self.log.len() {
            if self.script.hear(0, body.as_bytes())? != by {
                return Err(format!("a text came under another's cid: {body}").into());
            }
            self.log.push(text);
        }
        let (sender, place) = by;
        let is_next = self.log[next] == text && seq == self.head + 1 + next as Seq;
        if !is_next || self.script.payload(sender, place) != body.as_bytes() {
            return Err(format!("{} heard something else than the others, as {seq}: {body}", self.key).into());
        }
        self.heard[member] += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds() -> Rounds {
        let room = |key: &str| Room { key: key.parse().expect("a key"), head: 7 };
        Rounds::new(vec![room("one"), room("other")], 5, 8, 44).expect("rounds")
    }

    fn event(rounds: &Rounds, room: &str, seq: Seq, text: usize) -> String {
        let (of, sender, place) = rounds.turn(text);
        let body = String::from_utf8_lossy(rounds.circles[of].script.payload(sender, place)).into_owned();
        format!(r#"{{"t":"ev","room":"{room}","seq":{seq},"cid":"{text:016}","kind":"posted","body":"{body}"}}"#)
    }

    fn ack(seq: Seq, text: usize) -> String {
        format!(r#"{{"t":"ack","room":"one","seq":{seq},"cid":"{text:016}","dup":false}}"#)
    }

    #[test]
    fn all_of_a_room_hear_the_same_in_the_same_order() {
        let mut rounds = rounds();
        // The clients 0, 2 and 4 are in the first room; the texts 0, 2, 4 and 6 are said there.
        for (seq, text) in [(8, 2), (9, 0), (10, 4), (11, 6)] {
            for client in [0, 2, 4] {
                let event = event(&rounds, "one", seq, text);
                assert_eq!(rounds.hear(client, event.as_bytes()).expect("as it was said"), Some(text));
            }
        }
        assert_eq!(rounds.left(), 4 * 3 + 4 * 2 + 8 - 12);
    }

    #[test]
    fn what_is_lost_doubled_misplaced_or_strange_is_noticed() {
        let heard = |before: &[(usize, Seq, usize)], (client, room, seq, text): (usize, &str, Seq, usize)| {
            let mut rounds = rounds();
            for (client, seq, text) in before {
                let event = event(&rounds, "one", *seq, *text);
                rounds.hear(*client, event.as_bytes()).expect("as it was said");
            }
            let event = event(&rounds, room, seq, text);
            rounds.hear(client, event.as_bytes()).is_ok()
        };
        assert!(heard(&[], (0, "one", 8, 0)));
        assert!(!heard(&[], (0, "one", 9, 0)), "there is none before it");
        assert!(!heard(&[], (0, "one", 8, 6)), "the first of that sender was lost");
        assert!(!heard(&[(0, 8, 0)], (0, "one", 8, 0)), "twice");
        assert!(!heard(&[(0, 8, 0)], (0, "one", 9, 0)), "twice, at another place");
        assert!(!heard(&[(0, 8, 0), (0, 9, 2)], (2, "one", 8, 2)), "in another order than the one before");
        assert!(!heard(&[], (0, "other", 8, 0)) && !heard(&[], (1, "one", 8, 0)), "in another room");
        for strange in ["", "{}", r#"{"t":"nack","cid":"0000000000000000"}"#] {
            assert!(rounds().hear(0, strange.as_bytes()).is_err());
        }
    }

    #[test]
    fn an_ack_is_the_senders_and_names_the_place_that_all_heard() {
        let mut rounds = rounds();
        let event = event(&rounds, "one", 8, 2);
        rounds.hear(0, event.as_bytes()).expect("as it was said");
        assert!(rounds.hear(0, ack(8, 2).as_bytes()).is_err(), "the client 2 has said it");
        assert!(rounds.check().is_err());
        assert_eq!(rounds.hear(2, ack(8, 2).as_bytes()).expect("its own"), None);
        assert!(rounds.check().is_ok());
        assert!(rounds.hear(2, ack(8, 2).as_bytes()).is_err(), "twice");
        rounds.acks[2] = Some(9);
        assert!(rounds.check().is_err());
    }
}
