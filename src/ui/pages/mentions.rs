//! The messages that name me.

use leptos::prelude::*;

use super::search::found_message;
use super::sheet::Sheet;
use crate::protocol::page::finding::MentionsPage;
use crate::words::door::Door;
use crate::words::live::Live;
use crate::words::say;

/// The newest first.
#[component]
pub fn Mentions(
    /// What the server knew.
    page: MentionsPage,
) -> impl IntoView {
    let MentionsPage { me, messages, next } = page;
    let name = me.name.clone();
    let nothing = messages
        .is_empty()
        .then(|| view! { <p role="status">{say(Door::NobodyNamed)} <bdi>{name}</bdi> {say(Door::Yet)}</p> });
    let next =
        next.map(|before| view! { <p><a href=format!("/mentions?before={before}")>{say(Door::OlderOnes)}</a></p> });
    view! {
        <Sheet title=say(Live::Mentions) me=Some(me)>
            <section class="part">
                <h2>{say(Door::WhereNamed)}</h2>
                {nothing}
                <ol class="found-list">{messages.into_iter().map(found_message).collect_view()}</ol>
                {next}
            </section>
        </Sheet>
    }
}
