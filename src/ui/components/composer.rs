//! Where one writes.

use leptos::ev::{KeyboardEvent, PointerEvent, SubmitEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::piece::{element, icon, submit, text};
use crate::protocol::ids::{Cid, RoomKey};
use crate::protocol::power::Denied;
use crate::ui::scroll::Scroll;
use crate::ui::socket::Socket;
use crate::ui::state::Chat;
use crate::ui::writing::{About, Writing};
use crate::words::live::Live;
use crate::words::{fill, say};

/// What a key press during composition reports where the browser tells no better (Safari, after `compositionend`).
const KEY_CODE_COMPOSING: u32 = 229;

/// A form: without wasm it goes to the server as it is, and the page comes back with the message.
#[component]
pub fn Composer(
    /// What is being written.
    writing: Writing,
    /// The line to the server.
    socket: Socket,
    /// What one says is seen, wherever the list was.
    scroll: Scroll,
    /// Where it goes.
    room: RoomKey,
    /// The id of what the bare form sends.
    form_cid: Cid,
) -> impl IntoView {
    let problem = RwSignal::new("");
    let send = move || match writing.send() {
        Err(why) => problem.set(why),
        Ok(said) => {
            problem.set("");
            if said {
                socket.change(Chat::want_end);
                scroll.to_end();
            }
        }
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        send();
    };
    let on_keydown = move |event: KeyboardEvent| {
        let composing = event.is_composing() || event.key_code() == KEY_CODE_COMPOSING;
        let key = event.key();
        let taken = match key.as_str() {
            _ if composing => false,
            key if !event.shift_key() && writing.name_by_key(key) => true,
            "Enter" if !event.shift_key() => {
                send();
                true
            }
            "ArrowUp" => writing.edit_last(),
            "Escape" if writing.about.with_untracked(Option::is_some) => {
                writing.cancel();
                true
            }
            _ => false,
        };
        if taken {
            event.prevent_default();
        }
    };
    let barred = Memo::new(move |_| writing.chat.with(Chat::denied));
    view! {
        <p class="typing" aria-live="off">{move || writing.chat.with(Chat::who_writes).unwrap_or_default()}</p>
        <Barred barred room=room.clone()/>
        <form
            class="composer"
            hidden=move || barred.get().is_some()
            action=format!("/api/v1/rooms/{room}/messages")
            method="post"
            aria-label=say(Live::WriteMessage)
            on:submit=on_submit
        >
            <p class="problem" role="alert" hidden=move || problem.get().is_empty()>{move || problem.get().to_owned()}</p>
            <AboutBar writing/>
            <Names writing/>
            <input type="hidden" name="cid" value=form_cid.to_string()/>
            <textarea
                id="messageInput"
                name="body"
                rows="1"
                dir="auto"
                placeholder=say(Live::TypeMessage)
                aria-label=say(Live::Message)
                autocomplete="off"
                required
                aria-autocomplete="list"
                aria-controls=NAMES_ID
                aria-activedescendant=move || chosen_id(writing)
                node_ref=writing.field
                on:keydown=on_keydown
                on:input=move |_| writing.on_input()
                on:blur=move |_| writing.naming.close()
            ></textarea>
            {emoji_button()}
            <button id="sendButton" type="submit">
                {icon("send")}
                <span>{move || say(sends(writing.about.get())).to_owned()}</span>
            </button>
        </form>
    }
}

/// What is done with what is written.
fn sends(about: Option<About>) -> Live {
    if matches!(about, Some(About::Edit(_))) { Live::Save } else { Live::Send }
}

/// What it opens comes when it is wanted.
fn emoji_button() -> AnyView {
    let has = [
        ("type", "button"),
        ("class", "emoji"),
        ("data-open", "emoji"),
        ("aria-haspopup", "dialog"),
        ("aria-label", say(Live::Emoji)),
    ];
    element("BUTTON", has, vec![icon("smile")])
}

/// The id of the list of those who may be meant.
const NAMES_ID: &str = "names";

/// Those who may be meant by what is typed behind an `@`. The keyboard stays in the box.
#[component]
fn Names(writing: Writing) -> impl IntoView {
    let naming = writing.naming;
    let options = move || {
        let chosen = naming.chosen.get();
        let option = |(place, name): (usize, &String)| option(place, name, place == chosen);
        naming.names.with(|names| names.iter().enumerate().map(option).collect::<Vec<_>>())
    };
    let on_press = move |event: PointerEvent| {
        event.prevent_default();
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let pressed = target.and_then(|target| target.closest("[data-place]").ok().flatten());
        let place = pressed.and_then(|pressed| pressed.get_attribute("data-place")?.parse().ok());
        place.into_iter().for_each(|place| writing.name(place));
    };
    view! {
        <ul
            id=NAMES_ID
            class="names"
            role="listbox"
            aria-label=say(Live::People)
            hidden=move || naming.names.with(Vec::is_empty)
            on:pointerdown=on_press
        >
            {options}
        </ul>
    }
}

fn option(place: usize, name: &str, chosen: bool) -> AnyView {
    let (id, place) = (format!("name-{place}"), place.to_string());
    let chosen = if chosen { "true" } else { "false" };
    let has = [("id", &*id), ("role", "option"), ("aria-selected", chosen), ("data-place", &*place)];
    element("LI", has, vec![element("BDI", [], vec![text(name)])])
}

fn chosen_id(writing: Writing) -> Option<String> {
    let nobody = writing.naming.names.with(Vec::is_empty);
    (!nobody).then(|| format!("name-{}", writing.naming.chosen.get()))
}

/// What is so instead, where one may not write, and the ways on. What was not sent is kept, and stands in the list.
#[component]
fn Barred(barred: Memo<Option<Denied>>, room: RoomKey) -> impl IntoView {
    let is = move |denied| barred.get() == Some(denied);
    view! {
        <div class="barred" hidden=move || barred.get().is_none()>
            <p role="status">{move || barred.get().map_or_else(String::new, |denied| say(why(denied)).to_owned())}</p>
            <form
                method="post"
                action=format!("/api/v1/rooms/{room}/members/me?method=PUT")
                hidden=move || !is(Denied::NotMember)
            >
                {submit(Live::Join)}
            </form>
            <a href="/login" hidden=move || !is(Denied::LogIn)>{say(Live::LogIn)}</a>
        </div>
    }
}

fn why(denied: Denied) -> Live {
    match denied {
        Denied::Banned => Live::Banned,
        Denied::LogIn => Live::LoggedOut,
        Denied::NotMember => Live::NotMember,
        Denied::Muted => Live::Muted,
        Denied::Archived => Live::Archived,
        Denied::AnnounceOnly => Live::AnnounceOnly,
        _ => Live::MayNotWrite,
    }
}

/// What the text is about, and the way to let go of that.
#[component]
fn AboutBar(writing: Writing) -> impl IntoView {
    let about = writing.about;
    let words = move || match about.get() {
        Some(About::Edit(_)) => say(Live::Editing).to_owned(),
        Some(About::Answer(seq)) => {
            let name = writing.chat.with(|chat| chat.message(seq)).map_or_else(String::new, |it| it.by.name.clone());
            fill(Live::Answering, &[&name])
        }
        None => String::new(),
    };
    view! {
        <p class="about" hidden=move || about.get().is_none()>
            <span role="status">{words}</span>
            <button type="button" on:click=move |_| writing.cancel()>{say(Live::Cancel)}</button>
        </p>
    }
}
