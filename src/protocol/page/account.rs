//! Pages about oneself: how one comes in, and what one may change.

use crate::protocol::api::Me;
use crate::protocol::api::order::Ban;
use crate::protocol::api::people::{Invitation, MadeToken, Session, Token};
use crate::protocol::event::Person;

/// One of these pages.
#[derive(Debug, Clone)]
pub struct AccountPage {
    /// Who looks at it.
    pub me: Option<Me>,
    /// What is on it.
    pub sheet: AccountSheet,
}

/// What is on a page about oneself.
#[derive(Debug, Clone)]
pub enum AccountSheet {
    /// `/login`
    LogIn(LogInSheet),
    /// `/signup`
    SignUp(SignUpSheet),
    /// `/signup`, for one who cannot.
    NoSignUp(NoSignUp),
    /// `/setup`
    SetUp(SetUpSheet),
    /// `/invite/{code}`
    Invite(InviteSheet),
    /// `/settings`
    Settings(SettingsSheet),
    /// The one time that a token's secret is shown.
    MadeToken(MadeToken),
    /// Any page, for one who is banned.
    Banned(Ban),
}

/// How one logs in.
#[derive(Debug, Clone)]
pub struct LogInSheet {
    /// The name that was typed before.
    pub typed: String,
    /// The code of the invitation that one came by.
    pub invite: Option<String>,
    /// Whether one may sign up instead.
    pub sign_up: bool,
}

/// How one signs up.
#[derive(Debug, Clone)]
pub struct SignUpSheet {
    /// The name that was typed before, or that a guest has.
    pub typed: String,
    /// The code of the invitation, and who invites.
    pub invite: Option<(String, Person)>,
}

/// Why one cannot sign up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoSignUp {
    /// One has an account.
    HasAccount,
    /// It takes an invitation that holds.
    WithoutInvite,
    /// Nobody can.
    Closed,
}

/// How one becomes the owner.
#[derive(Debug, Clone)]
pub struct SetUpSheet {
    /// The name that was typed before.
    pub typed: String,
    /// The code of the first start's link.
    pub code: String,
}

/// What one is invited to.
#[derive(Debug, Clone)]
pub struct InviteSheet {
    /// The code.
    pub code: String,
    /// What it invites to.
    pub invitation: Invitation,
    /// Whether a stranger may come in as a guest.
    pub guests: bool,
    /// Whether one may sign up with it.
    pub sign_up: bool,
}

/// What one may change of oneself.
#[derive(Debug, Clone)]
pub struct SettingsSheet {
    /// Who.
    pub me: Me,
    /// Where one is logged in.
    pub sessions: Vec<Session>,
    /// One's API tokens.
    pub tokens: Vec<Token>,
    /// Whom one does not want to hear from.
    pub blocked: Vec<Person>,
    /// Whether a guest may get an account.
    pub sign_up: bool,
    /// The tag of the language that was chosen in this browser, if one was.
    pub language: Option<&'static str>,
}
