//! How the site is set.

use std::sync::Arc;

use crate::protocol::api::order::{Settings, SettingsChange, SignUpPolicy};
use crate::protocol::limits;
use crate::server::access::Admin;
use crate::server::clock;
use crate::server::error::{Error, StoreError};
use crate::server::guard::{Guard, Site};
use crate::server::state::AppState;
use crate::server::store::Store;
use crate::words::fault::Fault;

/// Takes up what was set before.
pub async fn load(store: &dyn Store, guard: &Guard) -> Result<(), StoreError> {
    guard.set(store.order().settings().await?);
    Ok(())
}

/// How the site is set. Where that is not known the store is asked, and nothing is done by what was true before.
pub async fn site(state: &AppState) -> Result<Arc<Site>, Error> {
    if let Some(site) = state.guard.site() {
        return Ok(site);
    }
    let _one_at_a_time = state.guard.changing.lock().await;
    found_out(state).await
}

/// The same for whoever keeps others from changing it.
async fn found_out(state: &AppState) -> Result<Arc<Site>, Error> {
    match state.guard.site() {
        Some(site) => Ok(site),
        None => Ok(state.guard.set(state.store.order().settings().await?)),
    }
}

/// Who may sign up.
pub async fn sign_up(state: &AppState) -> Result<SignUpPolicy, Error> {
    Ok(site(state).await?.settings().sign_up)
}

/// Sets it another way.
pub async fn change(state: &AppState, admin: &Admin, change: SettingsChange) -> Result<Settings, Error> {
    // From here to its end nobody else: what they set would be lost.
    let _one_at_a_time = state.guard.changing.lock().await;
    let before = found_out(state).await?.settings().clone();
    if let Some(minutes) = change.guest_minutes.filter(|minutes| *minutes > 0) {
        Error::in_range(Fault::TheTime, minutes, limits::GUEST_MINUTES)?;
    }
    let settings = Settings {
        sign_up: change.sign_up.unwrap_or(before.sign_up),
        guest_minutes: change.guest_minutes.unwrap_or(before.guest_minutes),
        refused_words: words(change.refused_words.unwrap_or(before.refused_words))?,
        held_words: words(change.held_words.unwrap_or(before.held_words))?,
    };
    // Not known from here on: the store may fail, or whoever asked may go in the middle of it.
    state.guard.forget_site();
    state.store.order().set_settings(settings.clone(), admin.caller(), clock::now()).await??;
    state.guard.set(settings.clone());
    Ok(settings)
}

/// One a line, if there are several in one.
fn words(words: Vec<String>) -> Result<Vec<String>, Error> {
    let words = words.iter().flat_map(|words| words.lines()).map(|word| word.trim().to_owned());
    let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
    if words.len() > limits::WORDS || words.iter().any(|word| word.chars().count() > limits::WORD_CHARS) {
        return Err(Error::TooMany);
    }
    Ok(words)
}
