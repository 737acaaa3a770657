//! What one may change of oneself.

mod browser;
mod sessions;
pub mod tokens;

use leptos::prelude::*;

use self::sessions::Sessions;
use self::tokens::Tokens;
use super::forms::{Act, Field, NewPasswordField, PasswordField};
use crate::protocol::api::Me;
use crate::protocol::event::Person;
use crate::protocol::limits;
use crate::protocol::page::account::SettingsSheet;
use crate::protocol::power::Role;

/// What the colours are called, in their order.
const COLOURS: [&str; limits::COLOURS as usize] =
    ["Red", "Orange", "Amber", "Olive", "Green", "Teal", "Cyan", "Sky", "Blue", "Violet", "Magenta", "Pink"];

/// All of it, one under the other.
#[component]
pub fn Settings(
    /// What the server knows.
    sheet: SettingsSheet,
) -> impl IntoView {
    let SettingsSheet { me, sessions, tokens, blocked, sign_up } = sheet;
    let account = me.role > Role::Guest;
    view! {
        <Appearance me=me.clone()/>
        {if account {
            view! { <Password name=me.name.clone()/> }.into_any()
        } else {
            view! { <BecomeAccount sign_up/> }.into_any()
        }}
        <Sessions sessions/>
        {account.then(|| view! { <Tokens tokens/> })}
        <Blocked people=blocked/>
        <Leave role=me.role/>
    }
}

/// What others see.
#[component]
fn Appearance(me: Me) -> impl IntoView {
    let colour = me.colour.and_then(|colour| usize::try_from(colour).ok());
    let swatches = COLOURS.iter().enumerate().map(|(number, name)| {
        view! {
            <label class=format!("swatch colour-{number}")>
                <input type="radio" name="colour" value=number checked=colour == Some(number)/>
                <span>{*name}</span>
            </label>
        }
    });
    view! {
        <section class="part">
            <h2>"What others see"</h2>
            <form class="form" method="post" action="/api/v1/me?method=PATCH">
                <Field
                    id="name"
                    label="Name"
                    name="name"
                    autocomplete="nickname"
                    value=me.name
                    maxlength=Some(limits::NAME_CHARS)
                />
                <fieldset class="field">
                    <legend>"Colour"</legend>
                    <div class="swatches">{swatches.collect_view()}</div>
                </fieldset>
                <button class="main">"Save"</button>
            </form>
        </section>
    }
}

#[component]
fn Password(name: String) -> impl IntoView {
    view! {
        <section class="part">
            <h2>"Password"</h2>
            <p class="hint">"With another password, all your other sessions and your tokens end."</p>
            <form class="form" method="post" action="/api/v1/me?method=PATCH">
                // So that a password manager knows whose password it is.
                <input type="hidden" autocomplete="username" value=name/>
                <PasswordField id="old-password" label="Password until now"/>
                <NewPasswordField label="New password" name="new_password"/>
                <button>"Change password"</button>
            </form>
        </section>
    }
}

/// A guest has nothing but this browser.
#[component]
fn BecomeAccount(sign_up: bool) -> impl IntoView {
    view! {
        <section class="part">
            <h2>"You are a guest"</h2>
            <p>"Only this browser knows you. With an account you come in from anywhere, under the same name, \
                and keep what you said."</p>
            {if sign_up {
                view! { <p><a class="button main" href="/signup">"Make this an account"</a></p> }.into_any()
            } else {
                view! { <p class="hint">"Signing up takes an invitation."</p> }.into_any()
            }}
        </section>
    }
}

#[component]
fn Blocked(people: Vec<Person>) -> impl IntoView {
    let nobody = people.is_empty();
    let listed = people.into_iter().map(|person| {
        let to = format!("/api/v1/me/blocks/{}?method=DELETE", person.id);
        view! {
            <li>
                <bdi>{person.name.clone()}</bdi>
                <Act to label="Unblock" what=person.name/>
            </li>
        }
    });
    view! {
        <section class="part">
            <h2>"People you block"</h2>
            {if nobody {
                view! { <p class="hint">"Nobody. What somebody whom you block says is hidden from you."</p> }.into_any()
            } else {
                view! { <ul class="listed">{listed.collect_view()}</ul> }.into_any()
            }}
        </section>
    }
}

#[component]
fn Leave(role: Role) -> impl IntoView {
    let account = role > Role::Guest;
    view! {
        <section class="part">
            <h2>"Leave"</h2>
            <Act to="/api/v1/session?method=DELETE" label="Log out"/>
            {(!account).then(|| view! {
                <p class="hint">"A guest who logs out cannot come back under this name."</p>
            })}
            {if role == Role::Owner {
                view! { <p class="hint">"You own this site: your account can be closed once somebody else does."</p> }
                    .into_any()
            } else {
                view! { <Close account/> }.into_any()
            }}
        </section>
    }
}

#[component]
fn Close(account: bool) -> impl IntoView {
    view! {
        <details class="folded">
            <summary>"Close my account"</summary>
            <form class="form" method="post" action="/api/v1/me?method=DELETE">
                <p>"Your name, your password and all your sessions go, for good. What you said stays, under no name."</p>
                {account.then(|| view! { <PasswordField id="closing-password"/> })}
                <label class="tick">
                    <input type="checkbox" required/>
                    <span>"I want that, and know that nobody can undo it."</span>
                </label>
                <button class="bad">"Close my account"</button>
            </form>
        </details>
    }
}
