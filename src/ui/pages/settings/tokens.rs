//! API tokens: what programs come with.

use leptos::prelude::*;

use crate::protocol::api::people::{self, Scope, Token};
use crate::protocol::limits;
use crate::ui::pages::forms::{Act, Field};
use crate::ui::pages::sheet::{OnDay, When};
use crate::words::door::Door;
use crate::words::{count, say};

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
            <h2>{say(Door::Tokens)}</h2>
            <p class="hint">{say(Door::AboutTokens)}</p>
            <ul class="listed">{listed}</ul>
            <details class="folded">
                <summary>{say(Door::MakeToken)}</summary>
                <NewToken/>
            </details>
        </section>
    }
}

#[component]
fn Listed(token: Token) -> impl IntoView {
    let to = format!("/api/v1/tokens/{}?method=DELETE", token.id);
    let may: Vec<_> = token.scopes.iter().copied().map(called).collect();
    view! {
        <li>
            <div>
                <p><bdi>{token.label.clone()}</bdi> " " <span class="badge">{may.join(", ")}</span></p>
                <p class="hint">
                    {say(Door::Made)} <OnDay at=token.created/> {say(Door::LastUsed)} <When at=token.seen/>
                    {say(Door::Ends)} <OnDay at=token.expires/>
                </p>
            </div>
            <Act to label=say(Door::End) what=token.label/>
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
        let words = count(Door::Days, days, &[]);
        view! { <option value=days * DAY_SECONDS selected=days == USUAL_DAYS>{words}</option> }
    });
    view! {
        <form class="form" method="post" action="/api/v1/tokens">
            <Field id="label" label=say(Door::WhatItIsFor) name="label" maxlength=Some(limits::TITLE_CHARS)/>
            <fieldset class="field">
                <legend>{say(Door::WhatItMayDo)}</legend>
                <input type="hidden" name="scopes" value=word(Scope::Read)/>
                <p class="hint">{say(Door::SeeAnd)}</p>
                {scopes.collect_view()}
            </fieldset>
            <div class="field">
                <label for="seconds">{say(Door::HowLong)}</label>
                <select id="seconds" name="seconds">{days.collect_view()}</select>
            </div>
            <button>{say(Door::MakeToken)}</button>
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
                {say(Door::SecretOf)} <strong><bdi>{made.token.label}</bdi></strong> {say(Door::CopyNow)}
            </p>
            <code class="secret">{made.secret}</code>
            <p class="hint">
                {say(Door::SentAs)} <code>"Authorization: Bearer \u{2026}"</code> {say(Door::HoldsUntil)}
                <OnDay at=made.token.expires/> "."
            </p>
            <p><a class="button" href="/settings">{say(Door::BackToSettings)}</a></p>
        </section>
    }
}

/// As forms say it.
fn word(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => "read",
        Scope::Write => "write",
        Scope::Moderate => "moderate",
        Scope::Admin => "admin",
    }
}

/// As people say it.
fn called(scope: Scope) -> &'static str {
    say(match scope {
        Scope::Read => Door::Read,
        Scope::Write => Door::Write,
        Scope::Moderate => Door::Moderate,
        Scope::Admin => Door::Administer,
    })
}

fn meaning(scope: Scope) -> &'static str {
    say(match scope {
        Scope::Read => Door::MaySee,
        Scope::Write => Door::MayWrite,
        Scope::Moderate => Door::MayModerate,
        Scope::Admin => Door::MayAdminister,
    })
}
