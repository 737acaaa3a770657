//! Where one writes.

use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::html;
use leptos::prelude::*;

use crate::protocol::ids::{Cid, RoomKey};
use crate::protocol::limits;
use crate::ui::scroll::Scroll;
use crate::ui::socket::Socket;

/// What a key press during composition reports where the browser tells no better (Safari, after `compositionend`).
const KEY_CODE_COMPOSING: u32 = 229;

/// A form: without wasm it goes to the server as it is, and the page comes back with the message.
///
/// The text lives in the element, so what was typed before the page came to life is still there.
#[component]
pub fn Composer(
    /// The line to the server.
    socket: Socket,
    /// What one says is seen, wherever the list was.
    scroll: Scroll,
    /// Where it goes.
    room: RoomKey,
    /// The id of what the bare form sends.
    form_cid: Cid,
) -> impl IntoView {
    let field = NodeRef::<html::Textarea>::new();
    let problem = RwSignal::new("");
    let send = move || {
        let Some(field) = field.get_untracked() else {
            return;
        };
        let text = field.value();
        let body = text.trim_end();
        if body.len() > limits::BODY_BYTES {
            return problem.set("This is too long for one message. Please split it.");
        }
        problem.set("");
        if !body.trim().is_empty() {
            socket.say(body.to_owned());
            scroll.to_end();
            field.set_value("");
        }
        // The phone's keyboard stays open between two messages.
        let _ = field.focus();
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        send();
    };
    let on_keydown = move |event: KeyboardEvent| {
        let composing = event.is_composing() || event.key_code() == KEY_CODE_COMPOSING;
        if event.key() == "Enter" && !event.shift_key() && !composing {
            event.prevent_default();
            send();
        }
    };
    view! {
        <form
            class="composer"
            action=format!("/api/v1/rooms/{room}/messages")
            method="post"
            aria-label="Write a message"
            on:submit=on_submit
        >
            <p class="problem" role="alert" hidden=move || problem.get().is_empty()>{problem}</p>
            <input type="hidden" name="cid" value=form_cid.to_string()/>
            <textarea
                id="messageInput"
                name="body"
                rows="1"
                dir="auto"
                placeholder="Type a message"
                aria-label="Message"
                autocomplete="off"
                required
                node_ref=field
                on:keydown=on_keydown
            ></textarea>
            <button id="sendButton" type="submit">"Send"</button>
        </form>
    }
}
