//! API tokens: what programs come with.

use leptos::prelude::*;

use crate::protocol::api::people::{self, Scope, Token};
use crate::protocol::limits;
use crate::ui::pages::forms::{Act, Field};
use crate::ui::pages::sheet::{OnDay, When};

/// How long a token may last, in days.
const DAYS: [u64; 4] = [7, 30, 90, 365];
const DAY_SECONDS: u64 = 24 * 60 * 60;
/// How long one lasts of which nothing else is said here.
const USUAL_DAYS: u64 = 90;

/// Each with the way to end it, and the way to make one.
#[component]
pub fn Tokens(
    /// All of them.
    tokens: Vec<Token>,
) -> impl IntoView {
    let listed = tokens.into_iter().map(|token| view! { <Listed token/> }).collect_view();
    view! {
        <section class="part">
            <h2>"API tokens"</h2>
            <p class="hint">"With a token a program does in your name what you let it."</p>
            <ul class="listed">{listed}</ul>
            <details class="folded">
                <summary>"Make a token"</summary>
                <NewToken/>
            </details>
        </section>
    }
}

#[component]
fn Listed(token: Token) -> impl IntoView {
    let to = format!("/api/v1/tokens/{}?method=DELETE", token.id);
    let may: Vec<_> = token.scopes.iter().copied().map(word).collect();
    view! {
        <li>
            <div>
                <p><bdi>{token.label.clone()}</bdi> " " <span class="badge">{may.join(", ")}</span></p>
                <p class="hint">
                    "Made " <OnDay at=token.created/> ", last used " <When at=token.seen/> ", ends " <OnDay at=token.expires/>
                </p>
            </div>
            <Act to label="End" what=token.label/>
        </li>
    }
}

/// Every token may read: without that it would be of no use.
#[component]
fn NewToken() -> impl IntoView {
    let scopes = [Scope::Write, Scope::Moderate, Scope::Admin].map(|scope| {
        view! {
            <label class="tick">
                <input type="checkbox" name="scopes" value=word(scope)/>
                <span>{meaning(scope)}</span>
            </label>
        }
    });
    let days = DAYS.map(|days| {
        view! { <option value=days * DAY_SECONDS selected=days == USUAL_DAYS>{days} " days"</option> }
    });
    view! {
        <form class="form" method="post" action="/api/v1/tokens">
            <Field id="label" label="What it is for" name="label" maxlength=Some(limits::TITLE_CHARS)/>
            <fieldset class="field">
                <legend>"What it may do"</legend>
                <input type="hidden" name="scopes" value=word(Scope::Read)/>
                <p class="hint">"See what you see, and"</p>
                {scopes.collect_view()}
            </fieldset>
            <div class="field">
                <label for="seconds">"How long it holds"</label>
                <select id="seconds" name="seconds">{days.collect_view()}</select>
            </div>
            <button>"Make a token"</button>
        </form>
    }
}

/// The one time that the secret is shown.
#[component]
pub fn MadeToken(
    /// The token, with its secret.
    made: people::MadeToken,
) -> impl IntoView {
    view! {
        <section class="part">
            <p>
                "This is the secret of " <strong><bdi>{made.token.label}</bdi></strong>
                ". Copy it now: it is shown this once."
            </p>
            <code class="secret">{made.secret}</code>
            <p class="hint">
                "A program sends it along as " <code>"Authorization: Bearer \u{2026}"</code> ". It holds until "
                <OnDay at=made.token.expires/> "."
            </p>
            <p><a class="button" href="/settings">"Back to the settings"</a></p>
        </section>
    }
}

/// As forms and people say it.
fn word(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => "read",
        Scope::Write => "write",
        Scope::Moderate => "moderate",
        Scope::Admin => "admin",
    }
}

fn meaning(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => "see what you see",
        Scope::Write => "write, react and join rooms",
        Scope::Moderate => "keep order where you do, and invite",
        Scope::Admin => "change your account, and govern the site if you do",
    }
}
