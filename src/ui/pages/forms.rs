//! What the forms of pages are made of.

use leptos::prelude::*;

use crate::protocol::limits;
use crate::words::door::Door;
use crate::words::{fill, say};

/// A line to be filled in, under what it asks for and above what is to be known of it.
#[component]
pub fn Field(
    /// Unlike that of every other field of the page.
    id: &'static str,
    /// What it asks for.
    label: &'static str,
    /// What the server calls it.
    name: &'static str,
    /// What kind of line.
    #[prop(default = "text")]
    kind: &'static str,
    /// What browsers and password managers may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// What stands in it.
    #[prop(optional, into)]
    value: String,
    /// What is to be known of it.
    #[prop(optional, into)]
    hint: String,
    /// Most characters; what is pasted is cut, so a password has none.
    #[prop(default = None)]
    maxlength: Option<usize>,
    /// Fewest characters.
    #[prop(default = None)]
    minlength: Option<usize>,
) -> impl IntoView {
    let hint_id = (!hint.is_empty()).then(|| format!("{id}-hint"));
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                id=id
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                maxlength=maxlength
                minlength=minlength
                dir="auto"
                aria-describedby=hint_id.clone()
                required
            />
            {hint_id.map(|id| view! { <p class="hint" id=id>{hint}</p> })}
        </div>
    }
}

/// What somebody is called.
#[component]
pub fn NameField(
    /// What stands in it.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    view! {
        <Field
            id="name"
            label=say(Door::Name)
            name="name"
            autocomplete="username"
            value
            maxlength=Some(limits::NAME_CHARS)
        />
    }
}

/// The password that somebody has.
#[component]
pub fn PasswordField(
    /// Unlike that of every other field of the page.
    id: &'static str,
    /// What it asks for.
    #[prop(default = say(Door::Password))]
    label: &'static str,
) -> impl IntoView {
    view! { <Field id label name="password" kind="password" autocomplete="current-password"/> }
}

/// A password that somebody is to have.
#[component]
pub fn NewPasswordField(
    /// What it asks for.
    #[prop(default = say(Door::Password))]
    label: &'static str,
    /// What the server calls it.
    #[prop(default = "password")]
    name: &'static str,
) -> impl IntoView {
    let hint = fill(Door::PasswordHint, &[&limits::PASSWORD_MIN_CHARS.to_string()]);
    view! {
        <Field
            id="new-password"
            label
            name
            kind="password"
            autocomplete="new-password"
            minlength=Some(limits::PASSWORD_MIN_CHARS)
            hint
        />
    }
}

/// A button that does one thing, at once.
#[component]
pub fn Act(
    /// Where that is done.
    #[prop(into)]
    to: String,
    /// What it says.
    label: &'static str,
    /// To what, for those who do not see what it stands beside.
    #[prop(optional, into)]
    what: String,
    /// How it looks.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let spoken = (!what.is_empty()).then(|| fill(Door::ActOn, &[label, &what]));
    view! {
        <form method="post" action=to>
            <button class=class aria-label=spoken>{label}</button>
        </form>
    }
}
