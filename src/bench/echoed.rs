//! Posts to a server that acknowledges nothing: one is known to be kept once its sender hears it, from a server that lets
//! nobody hear what is not kept.

use std::collections::VecDeque;
use std::iter::repeat_n;
use std::time::{Duration, Instant};

use super::Result;
use super::crowd::{Crowd, PATIENCE};
use super::dialect::Dialect;
use super::script::Script;

/// Texts of each sender, which are said again and again.
const EACH: usize = 4_096;
/// Behind the last text it is listened for so long, for what should not come.
const AFTERMATH: Duration = Duration::from_millis(200);

/// Connections that post; each hears all of it.
pub struct Senders {
    crowd: Crowd,
    script: Script,
    each: Vec<Sender>,
    /// How many texts have come to whomever.
    heard: usize,
    echoes: Vec<Echo>,
}

#[derive(Default)]
struct Sender {
    posts: usize,
    /// When each was sent that it has not heard yet, oldest first.
    waiting: VecDeque<Instant>,
}

/// A post that its sender has heard.
#[derive(Debug, Clone, Copy)]
pub struct Echo {
    /// When.
    pub at: Instant,
    /// How long after it was sent.
    pub after: Duration,
}

impl Senders {
    /// So many, each greeted.
    pub fn gather(authority: &str, dialect: Dialect, count: usize, bytes: usize) -> Result<Self> {
        let crowd = Crowd::gather(authority, dialect, count)?;
        let script = Script::new(dialect, count, EACH, count, bytes)?;
        let each = (0..count).map(|_| Sender::default()).collect();
        Ok(Self { crowd, script, each, heard: 0, echoes: Vec::new() })
    }

    /// Lets all of them post until then, each with so many under way; returns once everybody has heard everything.
    pub fn post_all(&mut self, window: usize, to: Instant) -> Result<Vec<Echo>> {
        let mut last = Instant::now();
        loop {
            if Instant::now() < to {
                self.fill(window)?;
            }
            let (posts, before) = (self.each.iter().map(|sender| sender.posts).sum::<usize>(), self.heard);
            if self.heard == posts * self.each.len() {
                break;
            }
            self.listen(PATIENCE)?;
            match self.heard > before {
                true => last = Instant::now(),
                false if last.elapsed() > PATIENCE => return Err("a post was not heard by all".into()),
                false => {}
            }
        }
        let end = Instant::now() + AFTERMATH;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            self.listen(left)?;
        }
        Ok(std::mem::take(&mut self.echoes))
    }

    /// Each sends as much as it may.
    fn fill(&mut self, window: usize) -> Result<()> {
        let Self { crowd, script, each, .. } = self;
        for (number, sender) in each.iter_mut().enumerate() {
            while sender.waiting.len() < window {
                let from = sender.posts % EACH;
                let to = EACH.min(from + window - sender.waiting.len());
                sender.waiting.extend(repeat_n(Instant::now(), to - from));
                sender.posts += to - from;
                crowd.send(number, script.frames(number, from, to))?;
            }
        }
        Ok(())
    }

    fn listen(&mut self, wait: Duration) -> Result<()> {
        let Self { crowd, script, each, heard, echoes } = self;
        crowd.turn(wait, |receiver, payload| {
            let (sender, place) = script.hear(receiver, payload)?;
            if place + 1 == EACH {
                script.repeat(receiver, sender);
            }
            *heard += 1;
            if receiver == sender {
                let (sent, at) =
                    (each[sender].waiting.pop_front().ok_or("a sender heard what it did not say")?, Instant::now());
                echoes.push(Echo { at, after: at - sent });
            }
            Ok(())
        })
    }
}
