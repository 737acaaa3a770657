//! Naming somebody while one writes: behind an `@`, those who may be meant are shown, and one is chosen by keys or by hand.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::HtmlTextAreaElement;

use super::socket;
use super::state::Chat;
use crate::protocol::api::people::PeopleQuery;
use crate::protocol::calls::{self, List};
use crate::protocol::limits;

/// Most who are shown.
const SHOWN: usize = 8;
/// So long one writes on before the server is asked.
const PAUSE: Duration = Duration::from_millis(150);

/// Those who may be meant.
#[derive(Clone, Copy)]
pub(super) struct Naming {
    chat: RwSignal<Chat>,
    /// Their names; nobody while nothing is asked.
    pub(super) names: RwSignal<Vec<String>>,
    /// The one that Enter takes.
    pub(super) chosen: RwSignal<usize>,
    /// What was typed of the name.
    typed: StoredValue<Option<String>>,
}

impl Naming {
    pub(super) fn new(chat: RwSignal<Chat>) -> Self {
        Self { chat, names: RwSignal::new(Vec::new()), chosen: RwSignal::new(0), typed: StoredValue::default() }
    }

    /// The text has changed.
    pub(super) fn on_input(self, field: &HtmlTextAreaElement) {
        let typed = before_caret(field).and_then(|text| begun(&text).map(str::to_owned));
        self.typed.set_value(typed.clone());
        self.chosen.set(0);
        let Some(typed) = typed else { return self.close() };
        self.names.set(self.chat.with_untracked(|chat| chat.spoke_lately(&typed, SHOWN)));
        set_timeout(move || self.ask(typed), PAUSE);
    }

    /// What a key does; `false` if it is none of this.
    pub(super) fn on_key(self, key: &str, field: &HtmlTextAreaElement) -> bool {
        let count = self.names.with_untracked(Vec::len);
        match key {
            _ if count == 0 => return false,
            "ArrowDown" => self.chosen.update(|chosen| *chosen = (*chosen + 1) % count),
            "ArrowUp" => self.chosen.update(|chosen| *chosen = (*chosen + count - 1) % count),
            "Enter" | "Tab" => self.take(self.chosen.get_untracked(), field),
            "Escape" => self.close(),
            _ => return false,
        }
        true
    }

    /// Puts a name in the place of what was typed of it.
    pub(super) fn take(self, place: usize, field: &HtmlTextAreaElement) {
        let name = self.names.with_untracked(|names| names.get(place).cloned());
        let before = before_caret(field).unwrap_or_default();
        let until = self.typed.with_value(|typed| before.strip_suffix(typed.as_deref()?));
        if let (Some(name), Some(until)) = (name, until) {
            let after: String = field.value().chars().skip(before.chars().count()).collect();
            let named = format!("{until}{name} ");
            field.set_value(&(named.clone() + &after));
            let caret = named.encode_utf16().count() as u32;
            let _ = field.set_selection_range(caret, caret);
        }
        self.close();
    }

    /// Nobody is meant.
    pub(super) fn close(self) {
        self.typed.set_value(None);
        self.names.update(Vec::clear);
    }

    /// Whom the server knows besides, if what was typed is still what it was.
    fn ask(self, typed: String) {
        let stands = move |typed: &String| self.typed.with_value(|now| now.as_ref() == Some(typed));
        if typed.is_empty() || !stands(&typed) || self.chat.with_untracked(|chat| chat.me().is_none()) {
            return;
        }
        let room = self.chat.with_untracked(Chat::room_of_members);
        let query = PeopleQuery { q: Some(typed.clone()), room, limit: Some(SHOWN), ..Default::default() };
        spawn_local(async move {
            if let Ok(List(people)) = socket::run(calls::people(&query)).await
                && stands(&typed)
            {
                self.names.update(|names| {
                    for name in people.into_iter().map(|profile| profile.person.name) {
                        if names.len() < SHOWN && !names.contains(&name) {
                            names.push(name);
                        }
                    }
                });
            }
        });
    }
}

/// What stands before the caret, which counts in UTF-16.
fn before_caret(field: &HtmlTextAreaElement) -> Option<String> {
    let caret = field.selection_end().ok().flatten()? as usize;
    let mut units = 0;
    let before = |c: &char| {
        units += c.len_utf16();
        units <= caret
    };
    Some(field.value().chars().take_while(before).collect())
}

/// What is typed so far of a name, if one is begun at the end of a text.
fn begun(text: &str) -> Option<&str> {
    let (before, typed) = text.rsplit_once('@')?;
    let begins = !before.ends_with(char::is_alphanumeric);
    let goes_on = typed.len() <= limits::WISH_BYTES && !typed.contains(char::is_whitespace);
    (begins && goes_on).then_some(typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_begun_behind_an_at_that_begins_a_word() {
        for (text, typed) in
            [("@", Some("")), ("hi @An", Some("An")), ("(@Zo\u{EB}", Some("Zo\u{EB}")), ("@Ana @B", Some("B"))]
        {
            assert_eq!(begun(text), typed, "{text}");
        }
        for text in ["", "hi", "ana@example", "@Ana ", "@Ana\nhi"] {
            assert_eq!(begun(text), None, "{text}");
        }
    }
}
