//! What one can do with a message: one menu, which comes to the message that it is asked for.

use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};

use crate::protocol::ids::Seq;
use crate::ui::socket::on_window;
use crate::ui::state::Chat;

/// The menu's place and state.
#[derive(Clone, Copy)]
pub struct Menu {
    element: NodeRef<html::Div>,
    open: RwSignal<Option<Seq>>,
    /// Deleting is asked about once more.
    deleting: RwSignal<bool>,
    /// What opened it, and gets the keyboard back.
    opener: StoredValue<Option<HtmlElement>, LocalStorage>,
}

impl Menu {
    /// Closed.
    pub fn new() -> Self {
        let (open, deleting) = (RwSignal::new(None), RwSignal::new(false));
        Self { element: NodeRef::new(), open, deleting, opener: StoredValue::new_local(None) }
    }

    /// The message that it is about.
    pub fn message(self) -> Option<Seq> {
        self.open.get_untracked()
    }

    /// Looks out for what is pressed beside it. Only in a browser.
    pub fn listen(self) {
        on_window("pointerdown", move |event| {
            if let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) {
                self.on_press(&target);
            }
        });
    }

    /// Opens at a button in a message, or closes if it is open there.
    pub fn toggle(self, seq: Seq, opener: &Element, list: &HtmlElement) {
        if self.open.get_untracked() == Some(seq) {
            return self.close();
        }
        self.deleting.set(false);
        self.open.set(Some(seq));
        self.opener.set_value(opener.dyn_ref::<HtmlElement>().cloned());
        let (opener, list) = (opener.clone(), list.clone());
        // Once it is there and has its size.
        request_animation_frame(move || {
            if let Some(menu) = self.element.get_untracked() {
                place(&menu, &opener, &list);
                focus_first(&menu);
            }
        });
    }

    /// Asks once more.
    pub fn ask_to_delete(self) {
        self.deleting.set(true);
        request_animation_frame(move || self.element.get_untracked().iter().for_each(|menu| focus_first(menu)));
    }

    /// Closes; the keyboard goes back to where it was.
    pub fn close(self) {
        self.open.set(None);
        if let Some(opener) = self.opener.try_update_value(Option::take).flatten() {
            let _ = opener.focus();
        }
    }

    /// The keyboard went elsewhere.
    fn on_focus_out(self, event: &FocusEvent) {
        let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
        let outside = |menu: &HtmlElement| to.is_some() && !menu.contains(to.as_ref());
        if self.element.get_untracked().is_some_and(|menu| outside(&menu)) {
            self.opener.set_value(None);
            self.open.set(None);
        }
    }

    /// Something was pressed that is neither in it nor what opened it.
    fn on_press(self, target: &Element) {
        let inside = target.closest(".menu, .more").is_ok_and(|inside| inside.is_some());
        if !inside && self.open.get_untracked().is_some() {
            self.opener.set_value(None);
            self.open.set(None);
        }
    }
}

/// The menu itself, inside the list, so that it scrolls along with its message. What of it fits the message is a matter of
/// style.
#[component]
pub fn MessageMenu(
    /// Its place and state.
    menu: Menu,
    /// What the page knows.
    chat: RwSignal<Chat>,
) -> impl IntoView {
    let class = move || {
        let message = menu.open.get().and_then(|seq| chat.with(|chat| chat.message(seq)));
        let Some(message) = message else { return "menu closed".to_owned() };
        let (may, known) = chat.with(|chat| (chat.powers(&message), chat.me().is_some()));
        let pinned = message.post.pinned.is_some();
        [
            ("menu", true),
            (" no-edit", !may.edit),
            (" no-delete", !may.delete),
            (" no-pin", !may.pin || pinned),
            (" no-unpin", !may.pin || !pinned),
            (" no-unread", !known),
            (" deleting", menu.deleting.get()),
        ]
        .map(|(class, holds)| if holds { class } else { "" })
        .concat()
    };
    let on_keydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            menu.close();
        }
    };
    view! {
        <div
            class=class
            role="dialog"
            aria-label="Actions for this message"
            aria-live="off"
            node_ref=menu.element
            on:keydown=on_keydown
            on:focusout=move |event| menu.on_focus_out(&event)
        >
            <div class="doings">
                <p class="quick">
                    <button type="button" data-do="react" aria-label="Thumbs up">"\u{1F44D}"</button>
                    <button type="button" data-do="react" aria-label="Heart">"\u{2764}\u{FE0F}"</button>
                    <button type="button" data-do="react" aria-label="Laughing">"\u{1F602}"</button>
                    <button type="button" data-do="react" aria-label="Party">"\u{1F389}"</button>
                    <button type="button" data-do="react" aria-label="Astonished">"\u{1F62E}"</button>
                    <button type="button" data-do="react" aria-label="Sad">"\u{1F622}"</button>
                </p>
                <button type="button" data-do="answer">"Answer"</button>
                <button type="button" class="edit" data-do="edit">"Edit"</button>
                <button type="button" class="pin" data-do="pin">"Pin"</button>
                <button type="button" class="unpin" data-do="pin">"Unpin"</button>
                <button type="button" class="mark" data-do="mark-unread">"Mark unread from here"</button>
                <button type="button" data-do="link">"Copy link"</button>
                <button type="button" data-do="more">"Report or more\u{2026}"</button>
                <button type="button" class="bad delete" data-do="ask-to-delete">"Delete"</button>
            </div>
            <div class="doings question">
                <p>"Delete this message for good?"</p>
                <button type="button" class="bad" data-do="delete">"Delete for good"</button>
                <button type="button" data-do="close">"Keep it"</button>
            </div>
        </div>
    }
}

/// Under its button, or above it where the list ends before; from the button inwards.
fn place(menu: &HtmlElement, opener: &Element, list: &HtmlElement) {
    let (button, view) = (opener.get_bounding_client_rect(), list.get_bounding_client_rect());
    let (height, width) = (f64::from(menu.offset_height()), f64::from(menu.offset_width()));
    let below = button.bottom() + height <= view.bottom();
    let top = if below { button.bottom() } else { (button.top() - height).max(view.top()) };
    let on_the_left = button.left() - view.left() < view.right() - button.right();
    let left = if on_the_left { button.left() } else { (button.right() - width).max(view.left()) };
    let pixels = |at: f64| format!("{}px", at as i32);
    let style = menu.style();
    let _ = style.set_property("top", &pixels(top - view.top() + f64::from(list.scroll_top())));
    let _ = style.set_property("left", &pixels(left - view.left()));
}

fn focus_first(menu: &HtmlElement) {
    let first = if menu.class_list().contains("deleting") { ".question button" } else { "button" };
    if let Ok(Some(first)) = menu.query_selector(first)
        && let Some(first) = first.dyn_ref::<HtmlElement>()
    {
        let _ = first.focus();
    }
}
