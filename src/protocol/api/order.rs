//! REST: keeping order.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::protocol::event::{Event, Person};
use crate::protocol::ids::{Millis, Number, PersonId, RoomKey, Seq};

/// `PUT .../mutes/{user}` and `.../bans/{user}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Restraint {
    /// For how long; without it, for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    /// Why, for all to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// From the whole site: also the networks that they come from, for newcomers.
    #[serde(default)]
    pub address: bool,
}

/// Somebody who is banned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ban {
    /// Who.
    pub who: Person,
    /// Until then; for ever where that is far away.
    pub until: Millis,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Somebody who is muted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mute {
    /// Who.
    pub who: Person,
    /// Until then; for ever where that is far away.
    pub until: Millis,
}

/// `POST .../reports`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Complaint {
    /// What is wrong with the message.
    pub reason: String,
}

/// A message that somebody reported, or that the word filter held back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// Its number.
    pub id: u64,
    /// Where.
    pub room: RoomKey,
    /// What the room is called.
    pub title: String,
    /// When.
    pub at: Millis,
    /// Who reported it; nobody if the word filter held it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Person>,
    /// What is wrong with it; the word that held it back.
    pub reason: String,
    /// The message, and some before and after it, as they stand now. Of one that was held back there is only the draft.
    pub context: Vec<Event>,
    /// Its place; none while it is held back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<Seq>,
    /// Who wrote it.
    pub author: Person,
    /// The text that was held back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// What comes of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing is wrong. What was held back is said now.
    Dismissed,
    /// The message goes. What was held back is never said.
    Removed,
}

/// `PUT /reports/{id}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Settle {
    /// What comes of it.
    pub outcome: Outcome,
}

/// An act of power.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Deed {
    /// Its number.
    pub id: u64,
    /// When.
    pub at: Millis,
    /// Who did it; nobody if it was done at the machine itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Person>,
    /// What.
    pub act: String,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomKey>,
    /// To whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<Person>,
    /// What more there is to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// `GET /audit?before=&limit=`, `GET /reports?...`, newest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Before {
    /// Those with a lower number.
    pub before: Option<Number>,
    /// At most so many, and at most [`crate::protocol::limits::LIST`].
    pub limit: Option<usize>,
}

/// `GET /rooms/{room}/bans?after=&limit=`, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// Those behind this one.
    pub after: Option<PersonId>,
    /// At most so many, and at most [`crate::protocol::limits::LIST`].
    pub limit: Option<usize>,
}

/// How this site is set: `GET` and `PATCH /settings`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Settings {
    /// Who may sign up.
    pub sign_up: SignUpPolicy,
    /// Minutes in which a new guest may not post links; 0 is none.
    pub guest_minutes: u64,
    /// Words that no message holds.
    pub refused_words: Vec<String>,
    /// Words that hold a message back until somebody has looked at it.
    pub held_words: Vec<String>,
}

/// What of it is to be another way; what is not said stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SettingsChange {
    /// Who may sign up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_up: Option<SignUpPolicy>,
    /// Minutes in which a new guest may not post links.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guest_minutes: Option<u64>,
    /// Words that no message holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_words: Option<Vec<String>>,
    /// Words that hold a message back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_words: Option<Vec<String>>,
}

/// Who may sign up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignUpPolicy {
    /// Anybody.
    #[default]
    Open,
    /// Whoever has an invitation.
    Invite,
    /// Nobody; whoever keeps order makes people.
    Closed,
}

impl Default for Settings {
    fn default() -> Self {
        Self { sign_up: SignUpPolicy::Open, guest_minutes: 0, refused_words: Vec::new(), held_words: Vec::new() }
    }
}
