//! Many listen: how long a text takes to each of many receivers who are all in one place.

use std::time::Instant;

use clap::Args;

use super::Result;
use super::crowd::{Crowd, PATIENCE};
use super::figures::Told;
use super::paced::{Pace, Talk};
use super::script::Script;
use super::subject::Subject;

/// `banter bench open`
#[derive(Debug, Args)]
pub struct Open {
    #[command(flatten)]
    subject: Subject,
    /// Connections; all of them receive
    #[arg(long, default_value_t = 1000)]
    clients: usize,
    /// How many of them send, in turn
    #[arg(long, default_value_t = 10)]
    senders: usize,
    /// Length of each text
    #[arg(long, default_value_t = 44)]
    bytes: usize,
    #[command(flatten)]
    pace: Pace,
}

/// The senders speak in turn, and all hear all of it.
struct Turns {
    script: Script,
    senders: usize,
    left: usize,
}

impl Open {
    pub(super) fn measure(self) -> Result<()> {
        let Self { subject, clients, senders, bytes, pace } = self;
        let mut crowd = Crowd::gather(&subject.url.authority, subject.dialect, clients)?;
        let each = 1 + pace.texts().div_ceil(senders);
        let mut script = Script::new(subject.dialect, senders, each, clients, bytes)?;
        introduce(&mut crowd, &mut script, senders)?;
        let mut turns = Turns { script, senders, left: pace.texts() * clients };
        pace.run(&mut crowd, &mut turns, subject.process().as_ref())?.tell(subject.json)
    }
}

impl Talk for Turns {
    fn say(&mut self, crowd: &mut Crowd, text: usize) -> Result<()> {
        let (sender, place) = (text % self.senders, 1 + text / self.senders);
        crowd.send(sender, self.script.frames(sender, place, place + 1))
    }

    fn hear(&mut self, receiver: usize, payload: &[u8]) -> Result<Option<usize>> {
        let (sender, place) = self.script.hear(receiver, payload)?;
        self.left = self.left.saturating_sub(1);
        Ok(Some((place - 1) * self.senders + sender))
    }

    fn left(&self) -> usize {
        self.left
    }
}

/// Each sender says its first text, so that the server knows it when it is measured.
fn introduce(crowd: &mut Crowd, script: &mut Script, senders: usize) -> Result<()> {
    for sender in 0..senders {
        crowd.send(sender, script.frames(sender, 0, 1))?;
    }
    let (mut heard, all, begin) = (0, senders * crowd.count(), Instant::now());
    while heard < all {
        crowd.turn(PATIENCE, |receiver, payload| {
            heard += 1;
            script.hear(receiver, payload).map(drop)
        })?;
        if begin.elapsed() > PATIENCE {
            return Err(format!("{} deliveries did not come", all - heard).into());
        }
    }
    Ok(())
}
