//! Guests, and how they come to a room.

use futures::future::try_join_all;

use super::Result;
use super::crowd::Step;
use super::target::Target;
use banter::protocol::ids::{Epoch, RoomKey, Seq};
use banter::protocol::wire::ClientFrame;

/// How many are made at the same time.
const MAKERS: usize = 32;

/// So many guests, each known by a token.
pub struct People(Vec<String>);

impl People {
    /// Makes them.
    pub async fn make(target: &Target, count: usize) -> Result<Self> {
        let share = |maker: usize| count / MAKERS + usize::from(maker < count % MAKERS);
        let some = |count: usize| async move {
            let (mut http, mut tokens) = (target.connect().await?, Vec::with_capacity(count));
            for _ in 0..count {
                tokens.push(http.guest().await?.token);
            }
            Result::Ok(tokens)
        };
        Ok(Self(try_join_all((0..MAKERS).map(share).map(some)).await?.concat()))
    }

    /// What one of them says at first, and behind the welcome.
    pub fn greeting(&self, at: usize, then: &str) -> Vec<Step> {
        let hello = ClientFrame::Hello { token: self.0.get(at).cloned() };
        vec![Step::Say(text(&hello)), Step::Hear, Step::Say(then.to_owned())]
    }
}

/// The frame that follows a room, from what one has.
pub fn following(room: RoomKey, from: Option<(Epoch, Seq)>) -> String {
    let (epoch, seq) = from.unzip();
    text(&ClientFrame::Sub { room, epoch, seq })
}

fn text(frame: &ClientFrame) -> String {
    // Plain data without maps of odd keys always serialises.
    serde_json::to_string(frame).unwrap_or_default()
}
