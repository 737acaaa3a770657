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
use crate::words::door::Door;
use crate::words::live::Live;
use crate::words::{Language, say};

/// What the colours are called, in their order.
const COLOURS: [Door; limits::COLOURS as usize] = [
    Door::Red,
    Door::Orange,
    Door::Amber,
    Door::Olive,
    Door::Green,
    Door::Teal,
    Door::Cyan,
    Door::Sky,
    Door::Blue,
    Door::Violet,
    Door::Magenta,
    Door::Pink,
];

/// All of it, one under the other.
#[component]
pub fn Settings(
    /// What the server knows.
    sheet: SettingsSheet,
) -> impl IntoView {
    let SettingsSheet { me, sessions, tokens, blocked, sign_up, language } = sheet;
    let account = me.role > Role::Guest;
    view! {
        <Appearance me=me.clone()/>
        <InLanguage chosen=language/>
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
                <span>{say(*name)}</span>
            </label>
        }
    });
    view! {
        <section class="part">
            <h2>{say(Door::WhatOthersSee)}</h2>
            <form class="form" method="post" action="/api/v1/me?method=PATCH">
                <Field
                    id="name"
                    label=say(Door::Name)
                    name="name"
                    autocomplete="nickname"
                    value=me.name
                    maxlength=Some(limits::NAME_CHARS)
                />
                <fieldset class="field">
                    <legend>{say(Door::Colour)}</legend>
                    <div class="swatches">{swatches.collect_view()}</div>
                </fieldset>
                <button class="main">{say(Live::Save)}</button>
            </form>
        </section>
    }
}

/// Of this browser: on another device somebody may want another one.
#[component]
fn InLanguage(chosen: Option<&'static str>) -> impl IntoView {
    let options = Language::ALL.map(|one| {
        let tag = one.tag();
        view! { <option value=tag lang=tag selected=chosen == Some(tag)>{one.name()}</option> }
    });
    view! {
        <section class="part">
            <h2>{say(Door::InLanguage)}</h2>
            <form class="form" method="post" action="/language">
                <div class="field">
                    <label for="language">{say(Door::LanguageHere)}</label>
                    <select id="language" name="language">
                        <option value="">{say(Door::AsBrowserAsks)}</option>
                        {options.collect_view()}
                    </select>
                </div>
                <button>{say(Live::Save)}</button>
            </form>
        </section>
    }
}

#[component]
fn Password(name: String) -> impl IntoView {
    view! {
        <section class="part">
            <h2>{say(Door::Password)}</h2>
            <p class="hint">{say(Door::WithAnother)}</p>
            <form class="form" method="post" action="/api/v1/me?method=PATCH">
                // So that a password manager knows whose password it is.
                <input type="hidden" autocomplete="username" value=name/>
                <PasswordField id="old-password" label=say(Door::OldPassword)/>
                <NewPasswordField label=say(Door::NewPassword) name="new_password"/>
                <button>{say(Door::ChangePassword)}</button>
            </form>
        </section>
    }
}

/// A guest has nothing but this browser.
#[component]
fn BecomeAccount(sign_up: bool) -> impl IntoView {
    view! {
        <section class="part">
            <h2>{say(Door::YouAreGuest)}</h2>
            <p>{say(Door::OnlyThisBrowser)}</p>
            {if sign_up {
                view! { <p><a class="button main" href="/signup">{say(Door::MakeAccount)}</a></p> }.into_any()
            } else {
                view! { <p class="hint">{say(Door::ByInvitation)}</p> }.into_any()
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
                <Act to label=say(Door::Unblock) what=person.name/>
            </li>
        }
    });
    view! {
        <section class="part">
            <h2>{say(Door::WhomYouBlock)}</h2>
            {if nobody {
                view! { <p class="hint">{say(Door::BlockNobody)}</p> }.into_any()
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
            <h2>{say(Door::Leave)}</h2>
            <Act to="/api/v1/session?method=DELETE" label=say(Door::LogOut)/>
            {(!account).then(|| view! {
                <p class="hint">{say(Door::GuestLeaves)}</p>
            })}
            {if role == Role::Owner {
                view! { <p class="hint">{say(Door::OwnerStays)}</p> }.into_any()
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
            <summary>{say(Door::CloseAccount)}</summary>
            <form class="form" method="post" action="/api/v1/me?method=DELETE">
                <p>{say(Door::WhatGoes)}</p>
                {account.then(|| view! { <PasswordField id="closing-password"/> })}
                <label class="tick">
                    <input type="checkbox" required/>
                    <span>{say(Door::WantThat)}</span>
                </label>
                <button class="bad">{say(Door::CloseAccount)}</button>
            </form>
        </details>
    }
}
