//! The pages about oneself, by what is on them.

use leptos::prelude::*;

use super::ban::Banned;
use super::invite::Invited;
use super::log_in::LogIn;
use super::settings::Settings;
use super::settings::tokens::MadeToken;
use super::sheet::Sheet;
use super::sign_up::{CannotSignUp, SetUp, SignUp};
use crate::protocol::api::Me;
use crate::protocol::page::account::{AccountPage, AccountSheet};
use crate::words::door::Door;
use crate::words::live::Live;
use crate::words::say;

/// What a page is called, in its heading and in the browser's tab.
pub fn title(page: &AccountPage) -> &'static str {
    match &page.sheet {
        AccountSheet::LogIn(_) => say(Live::LogIn),
        AccountSheet::SignUp(_) | AccountSheet::NoSignUp(_) => say(Live::SignUp),
        AccountSheet::SetUp(_) => say(Door::MakeSiteYours),
        AccountSheet::Invite(_) => say(Door::YouAreInvited),
        AccountSheet::Settings(_) => say(Live::Settings),
        AccountSheet::MadeToken(_) => say(Door::NewToken),
        AccountSheet::Banned(_) => say(Live::BannedFromSite),
    }
}

/// A page about oneself.
pub fn draw(page: AccountPage) -> AnyView {
    let title = title(&page);
    let AccountPage { me, sheet } = page;
    let at = match &sheet {
        AccountSheet::LogIn(_) => "/login",
        AccountSheet::Settings(_) | AccountSheet::MadeToken(_) => "/settings",
        _ => "",
    };
    let narrow = at != "/settings";
    let shut = matches!(sheet, AccountSheet::Banned(_));
    let content = body(sheet, me.clone());
    view! { <Sheet title me at narrow shut>{content}</Sheet> }.into_any()
}

fn body(sheet: AccountSheet, me: Option<Me>) -> AnyView {
    match sheet {
        AccountSheet::LogIn(sheet) => view! { <LogIn sheet me/> }.into_any(),
        AccountSheet::SignUp(sheet) => view! { <SignUp sheet me/> }.into_any(),
        AccountSheet::NoSignUp(why) => view! { <CannotSignUp why/> }.into_any(),
        AccountSheet::SetUp(sheet) => view! { <SetUp sheet/> }.into_any(),
        AccountSheet::Invite(sheet) => view! { <Invited sheet me/> }.into_any(),
        AccountSheet::Settings(sheet) => view! { <Settings sheet/> }.into_any(),
        AccountSheet::MadeToken(made) => view! { <MadeToken made/> }.into_any(),
        AccountSheet::Banned(ban) => view! { <Banned ban/> }.into_any(),
    }
}
