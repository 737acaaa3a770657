//! The messages that name me.

use leptos::prelude::*;

use super::search::found_message;
use super::sheet::Sheet;
use crate::protocol::page::finding::MentionsPage;

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
        .then(|| view! { <p role="status">"Nobody has named you with @" <bdi>{name}</bdi> " yet."</p> });
    let next = next.map(|before| view! { <p><a href=format!("/mentions?before={before}")>"Older ones"</a></p> });
    view! {
        <Sheet title="Mentions" me=Some(me)>
            <section class="part">
                <h2>"Where you are named"</h2>
                {nothing}
                <ol class="found-list">{messages.into_iter().map(found_message).collect_view()}</ol>
                {next}
            </section>
        </Sheet>
    }
}
