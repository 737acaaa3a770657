//! What the pages of plain forms are put together from: one button that does one thing, how long and why somebody is
//! restrained, points in time, and people.

use leptos::prelude::*;

use crate::protocol::event::Person;
use crate::protocol::ids::Millis;
use crate::protocol::limits;
use crate::protocol::power::Role;
use crate::ui::time;

/// How long somebody may be restrained: words, and seconds.
const TERMS: [(&str, &str); 5] =
    [("10 minutes", "600"), ("an hour", "3600"), ("a day", "86400"), ("a week", "604800"), ("for good", "")];

/// A form of one button.
#[component]
pub fn Press(
    /// Where it goes.
    #[prop(into)]
    action: String,
    /// What stands on the button.
    say: &'static str,
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
    let label = (!about.is_empty()).then(|| format!("{say} {about}"));
    let hidden = with.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    view! {
        <form method="post" action=action>
            {hidden.collect_view()} <button class=class aria-label=label>
                {say}
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
    say: &'static str,
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
                "Also newcomers from the networks that they come from"
            </label>
        }
    });
    view! {
        <form class="form restrain" method="post" action=action>
            <div class="field">
                <label for=time.clone()>{say} " for"</label>
                <select id=time name="seconds">
                    {TERMS.map(|(words, seconds)| view! { <option value=seconds>{words}</option> }).collect_view()}
                </select>
            </div>
            <div class="field">
                <label for=why.clone()>"Why, for all to read"</label>
                <input id=why name="reason" maxlength=limits::REASON_CHARS autocomplete="off"/>
            </div>
            {network}
            <button class="bad">{say}</button>
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
        "for good".into_any()
    } else {
        view! { "until " <Moment at=until/> }.into_any()
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
            <button>"Search"</button>
        </form>
    }
}

/// A role in words.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Reader => "reader",
        Role::Guest => "guest",
        Role::Member => "member",
        Role::Moderator => "moderator",
        Role::Admin => "admin",
        Role::Owner => "owner",
    }
}
