//! Where one is logged in.

use leptos::prelude::*;

use super::browser;
use crate::protocol::api::people::Session;
use crate::ui::pages::forms::Act;
use crate::ui::pages::sheet::{OnDay, When};

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
            <h2>"Where you are logged in"</h2>
            <ul class="listed">{listed}</ul>
            {others.then(|| view! { <Act to="/api/v1/me/sessions?method=DELETE" label="End all others"/> })}
        </section>
    }
}

#[component]
fn Listed(session: Session) -> impl IntoView {
    let browser = browser::called(&session.agent);
    let end = (!session.current).then(|| {
        let to = format!("/api/v1/me/sessions/{}?method=DELETE", session.id);
        view! { <Act to label="End" what=browser.clone()/> }
    });
    view! {
        <li>
            <div>
                <p>
                    {browser} {session.current.then(|| view! { " " <span class="badge">"this one"</span> })}
                </p>
                <p class="hint">"Since " <OnDay at=session.created/> ", last used " <When at=session.seen/></p>
            </div>
            {end}
        </li>
    }
}
