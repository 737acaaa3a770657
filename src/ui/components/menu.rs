//! What one can do with a message: one menu, which comes to the message that it is asked for.

use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};

use super::piece::{element, icon, text};
use crate::protocol::ids::Seq;
use crate::ui::socket::on_window;
use crate::ui::state::Chat;
use crate::words::live::Live;
use crate::words::say;

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
            class=move || Some(class())
            role="dialog"
            aria-label=say(Live::ActionsHere)
            aria-live="off"
            data-seq=move || menu.open.get().map(|seq| seq.to_string())
            node_ref=menu.element
            on:keydown=on_keydown
            on:focusout=move |event| menu.on_focus_out(&event)
        >
            {doings()}
        </div>
    }
}

/// With what one reacts at once.
const QUICK: [(&str, Live); 6] = [
    ("\u{1F44D}", Live::ThumbsUp),
    ("\u{2764}\u{FE0F}", Live::Heart),
    ("\u{1F602}", Live::Laughing),
    ("\u{1F389}", Live::Party),
    ("\u{1F62E}", Live::Astonished),
    ("\u{1F622}", Live::Sad),
];
/// What one can do, what it is called, and by which class it is left out where it does not fit.
const DOINGS: [(&str, Live, &str); 8] = [
    ("answer", Live::Answer, ""),
    ("edit", Live::Edit, "edit"),
    ("pin", Live::Pin, "pin"),
    ("pin", Live::Unpin, "unpin"),
    ("mark-unread", Live::MarkUnread, "mark"),
    ("link", Live::CopyLink, ""),
    ("more", Live::ReportOrMore, ""),
    ("ask-to-delete", Live::Delete, "bad delete"),
];

fn doings() -> Vec<AnyView> {
    let quick = QUICK.map(|(emoji, name)| {
        element("BUTTON", [("type", "button"), ("data-do", "react"), ("aria-label", say(name))], vec![text(emoji)])
    });
    let any = [
        ("type", "button"),
        ("data-open", "emoji"),
        ("aria-haspopup", "dialog"),
        ("aria-label", say(Live::AnotherEmoji)),
    ];
    let any = element("BUTTON", any, vec![icon("smile")]);
    let quick = element("P", [("class", "quick")], quick.into_iter().chain([any]).collect());
    let question = element("P", [], vec![text(say(Live::DeleteQuestion))]);
    let deletes = [("delete", Live::DeleteForGood, "bad"), ("close", Live::KeepIt, "")].map(doing);
    vec![
        element("DIV", [("class", "doings")], std::iter::once(quick).chain(DOINGS.map(doing)).collect()),
        element("DIV", [("class", "doings question")], std::iter::once(question).chain(deletes).collect()),
    ]
}

fn doing((does, words, class): (&str, Live, &str)) -> AnyView {
    element("BUTTON", [("type", "button"), ("data-do", does), ("class", class)], vec![text(say(words))])
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
