//! What keeps the door: how fast one may go, passwords, how the site is set, and the one-time link for its owner.

use std::io;
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};

use super::auth::Token;
use super::auth::password::Passwords;
use super::config::Config;
use super::filter::WordFilter;
use super::limits::Rates;
pub use super::limits::Turn;
use crate::protocol::api::order::Settings;

/// One for the process.
pub struct Guard {
    /// How fast one may go.
    pub rates: Rates,
    /// The threads that hash.
    pub passwords: Passwords,
    /// None while that is not known.
    site: RwLock<Option<Arc<Site>>>,
    /// Held by whoever sets it another way, and by whoever finds out how it is set.
    pub changing: tokio::sync::Mutex<()>,
    /// What makes the owner, until there is one.
    setup: Mutex<Option<Token>>,
}

/// How the site is set, ready to be used.
pub struct Site {
    settings: Settings,
    words: WordFilter,
}

impl Guard {
    /// As configured.
    pub fn new(config: &Config) -> io::Result<Self> {
        Ok(Self {
            rates: Rates::new(config),
            passwords: Passwords::start()?,
            site: RwLock::default(),
            changing: tokio::sync::Mutex::default(),
            setup: Mutex::default(),
        })
    }

    /// From now on it is set so.
    pub fn set(&self, settings: Settings) -> Arc<Site> {
        let words = WordFilter::new(&settings.refused_words, &settings.held_words);
        self.site.write().insert(Arc::new(Site { settings, words })).clone()
    }

    /// It is not known any more how it is set.
    pub fn forget_site(&self) {
        self.site.write().take();
    }

    /// How the site is set, where that is known.
    pub fn site(&self) -> Option<Arc<Site>> {
        self.site.read().clone()
    }

    /// Makes the code of the one-time link; the one before it is void.
    pub fn open_setup(&self) -> String {
        let token = Token::random();
        let code = token.reveal().to_owned();
        *self.setup.lock() = Some(token);
        code
    }

    /// Whether this is the code. Hashes are compared, so that the time it takes tells nothing.
    pub fn is_setup(&self, code: &str) -> bool {
        self.setup.lock().as_ref().is_some_and(|token| token.hash() == super::auth::hash(code))
    }

    /// There is an owner.
    pub fn close_setup(&self) {
        self.setup.lock().take();
    }
}

impl Site {
    /// How it is set.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// No word is looked for, and guests may say links at once.
    pub fn lets_everything_pass(&self) -> bool {
        self.settings.guest_minutes == 0 && self.words.is_empty()
    }

    /// Which words are not said.
    pub fn words(&self) -> &WordFilter {
        &self.words
    }
}
