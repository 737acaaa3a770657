//! What the pages of plain forms are put together from: one button that does one thing, how long and why somebody is
//! restrained, points in time, and people.

use leptos::prelude::*;

use crate::protocol::event::Person;
use crate::protocol::ids::Millis;
use crate::protocol::limits;
use crate::protocol::power::Role;
use crate::ui::time;
use crate::words::door::Door;
use crate::words::order::Order;
use crate::words::{fill, say};

/// How long somebody may be restrained: words, and seconds.
const TERMS: [(Order, &str); 5] = [
    (Order::TenMinutes, "600"),
    (Order::AnHour, "3600"),
    (Order::ADay, "86400"),
    (Order::AWeek, "604800"),
    (Order::ForGood, ""),
];

/// A form of one button.
#[component]
pub fn Press(
    /// Where it goes.
    #[prop(into)]
    action: String,
    /// What stands on the button.
    says: &'static str,
    /// To whom or to what, for those who do not see what it stands beside.
    #[prop(optional, into)]
    about: String,
    /// How the button looks.
    #[prop(optional)]
    class: &'static str,
    /// What it says besides.
    #[prop(optional)]
    with: Vec<(&'static str, String)>,
) -> impl IntoView {
    let label = (!about.is_empty()).then(|| fill(Order::PressAbout, &[says, &about]));
    let hidden = with.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    view! {
        <form method="post" action=action>
            {hidden.collect_view()} <button class=class aria-label=label>
                {says}
            </button>
        </form>
    }
}

/// The form that mutes or bans somebody.
#[component]
pub fn Restrain(
    /// Where it goes.
    #[prop(into)]
    action: String,
    /// What stands on the button.
    says: &'static str,
    /// What its fields are called, once on a page.
    #[prop(into)]
    id: String,
    /// Whether one may turn their networks away too.
    #[prop(optional)]
    network: bool,
) -> impl IntoView {
    let (time, why) = (format!("{id}-time"), format!("{id}-why"));
    let network = network.then(|| {
        view! {
            <label class="tick">
                <input type="checkbox" name="address" value="true"/>
                {say(Order::AlsoNetworks)}
            </label>
        }
    });
    view! {
        <form class="form restrain" method="post" action=action>
            <div class="field">
                <label for=time.clone()>{fill(Order::RestrainFor, &[says])}</label>
                <select id=time name="seconds">
                    {TERMS.map(|(words, seconds)| view! { <option value=seconds>{say(words)}</option> }).collect_view()}
                </select>
            </div>
            <div class="field">
                <label for=why.clone()>{say(Order::WhyForAll)}</label>
                <input id=why name="reason" maxlength=limits::REASON_CHARS autocomplete="off"/>
            </div>
            {network}
            <button class="bad">{says}</button>
        </form>
    }
}

/// When something was.
#[component]
pub fn Moment(
    /// Then.
    at: Millis,
) -> impl IntoView {
    let text = format!("{}, {}", time::day(at, None), time::clock(at, None));
    view! { <time datetime=time::machine(at)>{text}</time> }
}

/// When something ends, if it does.
#[component]
pub fn Until(
    /// Then.
    until: Millis,
    /// When this was so.
    now: Millis,
) -> impl IntoView {
    if until.saturating_sub(now) / 1000 > limits::RESTRAINT_SECONDS {
        say(Order::ForGood).into_any()
    } else {
        view! { {say(Door::Until)} <Moment at=until/> }.into_any()
    }
}

/// Somebody's name: whichever way it is written, what stands around it is not.
#[component]
pub fn Named(
    /// Whose.
    person: Person,
) -> impl IntoView {
    view! { <bdi class="name">{person.name}</bdi> }
}

/// A form that looks for something on the page that it stands on.
#[component]
pub fn Seek(
    /// The page.
    #[prop(into)]
    action: String,
    /// What stands above the field.
    label: &'static str,
    /// What was looked for.
    q: String,
    /// What the field is called, once on a page.
    id: &'static str,
) -> impl IntoView {
    view! {
        <form class="form seek" method="get" action=action>
            <div class="field">
                <label for=id>{label}</label>
                <input id=id name="q" type="search" value=q autocomplete="off"/>
            </div>
            <button>{say(Door::DoSearch)}</button>
        </form>
    }
}

/// A role in words.
pub fn role(role: Role) -> &'static str {
    say(match role {
        Role::Reader => Order::Reader,
        Role::Guest => Order::Guest,
        Role::Member => Order::Member,
        Role::Moderator => Order::Moderator,
        Role::Admin => Order::Admin,
        Role::Owner => Order::Owner,
    })
}
