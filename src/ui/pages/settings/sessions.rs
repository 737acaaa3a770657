//! Where one is logged in.

use leptos::prelude::*;

use super::browser;
use crate::protocol::api::people::Session;
use crate::ui::pages::forms::Act;
use crate::ui::pages::sheet::{OnDay, When};
use crate::words::door::Door;
use crate::words::say;

/// Each with the way to end it, but the one that looks at it: that is what logging out is for.
#[component]
pub fn Sessions(
    /// All of them.
    sessions: Vec<Session>,
) -> impl IntoView {
    let others = sessions.iter().any(|session| !session.current);
    let listed = sessions.into_iter().map(|session| view! { <Listed session/> }).collect_view();
    view! {
        <section class="part">
            <h2>{say(Door::WhereLoggedIn)}</h2>
            <ul class="listed">{listed}</ul>
            {others.then(|| view! { <Act to="/api/v1/me/sessions?method=DELETE" label=say(Door::EndOthers)/> })}
        </section>
    }
}

#[component]
fn Listed(session: Session) -> impl IntoView {
    let browser = browser::called(&session.agent);
    let end = (!session.current).then(|| {
        let to = format!("/api/v1/me/sessions/{}?method=DELETE", session.id);
        view! { <Act to label=say(Door::End) what=browser.clone()/> }
    });
    view! {
        <li>
            <div>
                <p>
                    {browser} {session.current.then(|| view! { " " <span class="badge">{say(Door::ThisOne)}</span> })}
                </p>
                <p class="hint">
                    {say(Door::Since)} <OnDay at=session.created/> {say(Door::LastUsed)} <When at=session.seen/>
                </p>
            </div>
            {end}
        </li>
    }
}
