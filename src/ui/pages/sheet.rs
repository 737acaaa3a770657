//! What all pages of plain forms share: where one is, who one is, and the way elsewhere. They need no script.

use leptos::prelude::*;

use crate::protocol::api::Me;
use crate::protocol::ids::Millis;
use crate::protocol::page::Told;
use crate::protocol::power::Role;
use crate::ui::time;
use crate::words::door::Door;
use crate::words::live::Live;
use crate::words::say;

/// A page of forms.
#[component]
pub fn Sheet(
    /// What it is.
    #[prop(into)]
    title: String,
    /// Who looks at it.
    me: Option<Me>,
    /// Its address, where that is one of those at the top.
    #[prop(default = "")]
    at: &'static str,
    /// There is so little on it that it stands in the middle.
    #[prop(default = false)]
    narrow: bool,
    /// There is no way elsewhere.
    #[prop(default = false)]
    shut: bool,
    /// What is on it.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="sheet">
            <header class="sheet-top">
                <a class="sheet-home" href="/">{say(Live::Heading)}</a>
                {(!shut).then(|| view! { <Elsewhere me at/> })}
            </header>
            <main class="sheet-main" class:narrow=narrow>
                <h1>{title}</h1>
                {use_context().map(outcome)}
                {children()}
            </main>
        </div>
    }
}

#[component]
fn Elsewhere(me: Option<Me>, at: &'static str) -> impl IntoView {
    let role = me.as_ref().map_or(Role::Reader, |me| me.role);
    let ways = [
        ("/rooms", Live::Rooms, true),
        ("/search", Live::Search, true),
        ("/mentions", Live::Mentions, role >= Role::Guest),
        ("/settings", Live::Settings, role >= Role::Guest),
        ("/admin", Live::Admin, role >= Role::Admin),
        ("/login", Live::LogIn, role <= Role::Guest),
    ];
    let links = ways.into_iter().filter(|(_, _, open)| *open).map(|(to, label, _)| {
        view! { <a href=to aria-current=(to == at).then_some("page")>{say(label)}</a> }
    });
    view! {
        <nav aria-label=say(Door::Elsewhere)>{links.collect_view()}</nav>
        {me.map(|me| view! { <bdi class="sheet-me" title=say(Door::ThisIsYou)>{me.name}</bdi> })}
    }
}

/// What came of the form that was sent from here.
fn outcome(told: Told) -> AnyView {
    match told {
        Told::Problem(why) => view! { <p class="told" id="told" role="alert">{why}</p> }.into_any(),
        Told::Done => view! { <p class="told" id="told" role="status">{say(Door::Saved)}</p> }.into_any(),
    }
}

/// A point in time, in UTC: without a script nobody knows the reader's zone.
#[component]
pub fn When(
    /// When.
    at: Millis,
) -> impl IntoView {
    view! { <time datetime=time::machine(at)>{time::day(at, None)} " " {time::clock(at, None)}</time> }
}

/// The day of a point in time, where the hour says nothing.
#[component]
pub fn OnDay(
    /// When.
    at: Millis,
) -> impl IntoView {
    view! { <time datetime=time::machine(at)>{time::day(at, None)}</time> }
}
