//! What I am called, and the way to change it in place.

use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::piece::{element, submit, text};
use crate::protocol::limits;
use crate::ui::socket::Socket;
use crate::ui::state::Chat;
use crate::words::live::Live;
use crate::words::say;

/// The name, and behind it a form. Without wasm the form goes to the server as it is.
#[component]
pub fn WhoAmI(
    /// What the page knows.
    chat: RwSignal<Chat>,
    /// The line to the server.
    socket: Socket,
) -> impl IntoView {
    let shown = move || chat.with(|chat| chat.me().map_or_else(|| say(Live::Guest).to_owned(), |me| me.name.clone()));
    let problem = RwSignal::new(String::new());
    let (folder, handle) = (NodeRef::<html::Details>::new(), NodeRef::<html::Summary>::new());
    let field = NodeRef::<html::Input>::new();
    let close = move || {
        if let (Some(folder), Some(handle)) = (folder.get_untracked(), handle.get_untracked()) {
            folder.set_open(false);
            // What had the keyboard is hidden now.
            let _ = handle.focus();
        }
    };
    let rename = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(wish) = field.get_untracked().map(|field| field.value()) else {
            return;
        };
        spawn_local(async move {
            match socket.rename(wish).await {
                Ok(()) => {
                    problem.set(String::new());
                    field.get_untracked().iter().for_each(|field| field.set_value(""));
                    close();
                }
                Err(why) => problem.set(why),
            }
        });
    };
    let on_keydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            close();
        }
    };
    view! {
        <details class="who" node_ref=folder on:keydown=on_keydown>
            <summary title=say(Live::ChangeYourName) node_ref=handle><bdi id="myName">{shown}</bdi></summary>
            <form action="/api/v1/guest" method="post" on:submit=rename>
                {element("LABEL", [("for", "nameInput")], vec![text(say(Live::YourName))])}
                <input
                    id="nameInput"
                    name="name"
                    node_ref=field
                    placeholder=move || Some(shown())
                    dir="auto"
                    maxlength=limits::NAME_CHARS
                    autocomplete="nickname"
                    required
                />
                {submit(Live::Save)}
                <p class="problem" role="alert" hidden=move || problem.with(String::is_empty)>{move || problem.get()}</p>
            </form>
        </details>
    }
}
