//! What is being written: a message, an answer to one, or another text for one.

use leptos::html;
use leptos::prelude::*;

use super::keeping::Keeping;
use super::naming::Naming;
use super::socket::Socket;
use super::state::Chat;
use crate::protocol::event::Act;
use crate::protocol::ids::Seq;
use crate::protocol::limits;
use crate::words::live::Live;
use crate::words::say;

/// That one writes is told so often.
const TYPING_EVERY_MS: f64 = 3_000.0;

/// The box that one writes in, and what becomes of the text in it.
#[derive(Clone, Copy)]
pub(super) struct Writing {
    /// The text lives in the element, so what was typed before the page came to life is still there.
    pub(super) field: NodeRef<html::Textarea>,
    /// The message that it is about.
    pub(super) about: RwSignal<Option<About>>,
    /// What the page knows.
    pub(super) chat: RwSignal<Chat>,
    /// Who is named in it.
    pub(super) naming: Naming,
    socket: Socket,
    keeping: Keeping,
    /// What was being written when one began to edit.
    aside: StoredValue<String>,
    /// When others were last told that one writes.
    told_at: StoredValue<f64>,
}

/// What a text is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// It answers this message.
    Answer(Seq),
    /// It takes the place of this one's text.
    Edit(Seq),
}

impl About {
    /// The message.
    pub(super) fn seq(self) -> Seq {
        match self {
            Self::Answer(seq) | Self::Edit(seq) => seq,
        }
    }
}

impl Writing {
    pub(super) fn new(chat: RwSignal<Chat>, socket: Socket, keeping: Keeping) -> Self {
        let (field, about) = (NodeRef::new(), RwSignal::new(None));
        let (aside, told_at) = (StoredValue::default(), StoredValue::default());
        Self { field, about, chat, naming: Naming::new(chat), socket, keeping, aside, told_at }
    }

    /// Takes up what was half written, unless something was typed already. Only in a browser.
    pub(super) fn take_up_draft(self) {
        let Some(field) = self.field.get_untracked() else { return };
        let draft = self.chat.with_untracked(|chat| self.keeping.draft(chat.my_id()));
        match draft.filter(|_| field.value().is_empty()) {
            Some(draft) => field.set_value(&draft),
            None => self.keep_draft(),
        }
    }

    /// What a key does for the name that is being written; `false` if nothing.
    pub(super) fn name_by_key(self, key: &str) -> bool {
        let taken = self.field.get_untracked().is_some_and(|field| self.naming.on_key(key, &field));
        if taken {
            self.keep_draft();
        }
        taken
    }

    /// Takes one of those who may be meant.
    pub(super) fn name(self, place: usize) {
        self.field.get_untracked().iter().for_each(|field| self.naming.take(place, field));
        self.keep_draft();
        self.focus();
    }

    /// Another letter.
    pub(super) fn on_input(self) {
        self.keep_draft();
        self.tell_typing();
        self.field.get_untracked().iter().for_each(|field| self.naming.on_input(field));
    }

    fn tell_typing(self) {
        let now = js_sys::Date::now();
        let new = !matches!(self.about.get_untracked(), Some(About::Edit(_))) && !self.text().trim().is_empty();
        if new && now - self.told_at.get_value() > TYPING_EVERY_MS {
            self.told_at.set_value(now);
            self.socket.send(self.chat.with_untracked(Chat::tell_typing));
        }
    }

    /// What is half written outlives the page.
    pub(super) fn keep_draft(self) {
        if !matches!(self.about.get_untracked(), Some(About::Edit(_))) {
            self.chat.with_untracked(|chat| self.keeping.keep_draft(chat.my_id(), &self.text()));
        }
    }

    /// What is written answers a message.
    pub(super) fn answer(self, seq: Seq) {
        self.stop_editing();
        self.about.set(Some(About::Answer(seq)));
        self.focus();
    }

    /// A message's text comes into the box; what was there comes back afterwards.
    pub(super) fn edit(self, seq: Seq) {
        let Some(message) = self.chat.with_untracked(|chat| chat.message(seq)) else { return };
        self.stop_editing();
        self.aside.set_value(self.text());
        self.set_text(&message.post.body);
        self.about.set(Some(About::Edit(seq)));
        self.focus();
    }

    /// The last message of one's own comes into the box, if nothing else is there.
    pub(super) fn edit_last(self) -> bool {
        let last = self.chat.with_untracked(Chat::my_last_message);
        let free = self.text().is_empty() && self.about.get_untracked().is_none();
        if let (Some(seq), true) = (last, free) {
            self.edit(seq);
        }
        free && last.is_some()
    }

    /// What is written is about nothing any more.
    pub(super) fn cancel(self) {
        self.stop_editing();
        self.about.set(None);
        self.focus();
    }

    /// Sends what is written. Answers with what is wrong with it; `true` if something new was said.
    pub(super) fn send(self) -> Result<bool, &'static str> {
        let text = self.text();
        let body = text.trim_end();
        if body.len() > limits::BODY_BYTES {
            return Err(say(Live::SplitIt));
        }
        let said = !body.trim().is_empty();
        match self.about.get_untracked() {
            _ if !said => {}
            Some(About::Edit(of)) => {
                self.save(of, body);
                return Ok(false);
            }
            about => {
                self.socket.act(Act::Post { body: body.to_owned(), reply_to: about.map(About::seq) });
                self.set_text("");
                self.about.set(None);
                self.naming.close();
                self.keep_draft();
                self.told_at.set_value(0.0);
            }
        }
        // The phone's keyboard stays open between two messages.
        self.focus();
        Ok(said)
    }

    fn save(self, of: Seq, body: &str) {
        let same = self.chat.with_untracked(|chat| chat.message(of).is_some_and(|message| message.post.body == body));
        if !same {
            self.socket.act(Act::Edit { of, body: body.to_owned() });
        }
        self.cancel();
    }

    fn stop_editing(self) {
        if matches!(self.about.get_untracked(), Some(About::Edit(_))) {
            self.set_text(&self.aside.with_value(String::clone));
        }
    }

    fn text(self) -> String {
        self.field.get_untracked().map_or_else(String::new, |field| field.value())
    }

    fn set_text(self, text: &str) {
        if let Some(field) = self.field.get_untracked() {
            field.set_value(text);
        }
    }

    fn focus(self) {
        if let Some(field) = self.field.get_untracked() {
            let _ = field.focus();
        }
    }
}
