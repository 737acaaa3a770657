//! One message, and what one may do with it and about its author: exactly what would not be refused.

use leptos::prelude::*;

use super::deed::{Moment, Named, Press, Restrain};
use super::rooms::name_of;
use super::sheet::Sheet;
use crate::protocol::event::{Event, Person, What};
use crate::protocol::ids::Seq;
use crate::protocol::limits;
use crate::protocol::page::rooms::MessagePage;
use crate::protocol::power::{self, Role};
use crate::words::door::Door;
use crate::words::live::Live;
use crate::words::order::Order;
use crate::words::say;

/// A message in its context.
#[component]
pub fn OneMessage(
    /// What the server knew.
    page: MessagePage,
) -> impl IntoView {
    let back = format!("/r/{}/{}", page.room.room, page.seq);
    let seq = page.seq;
    let context = page.context.iter().map(|event| said(event, seq)).collect_view();
    let parts = view! {
        {report(&page)}
        {with_it(&page)}
        {about_author(&page)}
        {keep_order(&page)}
    };
    view! {
        <Sheet title=say(Door::OneMessage) me=page.me.clone()>
            <section class="part">
                <h2>{say(Order::InRoom)} <bdi>{name_of(&page.room)}</bdi></h2>
                <ol class="context">{context}</ol>
                <p><a href=back>{say(Order::SeeInPlace)}</a></p>
            </section>
            {parts}
        </Sheet>
    }
}

/// A message among others.
pub fn said(event: &Event, this: Seq) -> Option<impl IntoView + use<>> {
    let What::Posted(post) = &event.what else { return None };
    let is_this = event.seq == this;
    let text = if post.deleted.is_some() { say(Live::WasDeleted).to_owned() } else { post.body.clone() };
    Some(view! {
        <li class:this=is_this aria-current=is_this.then_some("true")>
            <p class="hint"><Named person=event.by.clone()/> " " <Moment at=event.at/></p>
            <p class="text" dir="auto">{text}</p>
        </li>
    })
}

fn is_mine(page: &MessagePage) -> bool {
    page.me.as_ref().is_some_and(|me| me.id == page.author.id)
}

fn report(page: &MessagePage) -> Option<AnyView> {
    if is_mine(page) {
        return None;
    }
    if page.me.is_none() {
        let way = view! { <a href="/login">{say(Order::ReportLogIn)}</a> };
        let log_in = view! {
            <section class="part">
                <h2>{say(Order::ReportIt)}</h2>
                <p>{say(Order::ToReport)} {way} {say(Order::OrSaySomething)}</p>
            </section>
        };
        return Some(log_in.into_any());
    }
    let action = format!("/api/v1/rooms/{}/messages/{}/reports", page.room.room, page.seq);
    let form = view! {
        <section class="part">
            <h2>{say(Order::ReportIt)}</h2>
            <p class="hint">{say(Order::AboutReports)}</p>
            <form class="form" method="post" action=action>
                <div class="field">
                    <label for="report-why">{say(Order::WhatIsWrong)}</label>
                    <textarea id="report-why" name="reason" rows="3" maxlength=limits::REASON_CHARS></textarea>
                </div>
                <button class="main">{say(Order::Report)}</button>
            </form>
        </section>
    };
    Some(form.into_any())
}

/// What one may do with the message itself.
fn with_it(page: &MessagePage) -> Option<impl IntoView + use<>> {
    let mine = is_mine(page);
    let address = format!("/api/v1/rooms/{}/messages/{}", page.room.room, page.seq);
    let pin = power::pin(page.standing, page.setting, mine).is_ok();
    let pin = pin.then(|| {
        let (method, words) = if page.pinned { ("DELETE", Live::Unpin) } else { ("PUT", Live::Pin) };
        view! { <Press action=format!("{address}/pin?method={method}") says=say(words)/> }
    });
    let delete = page.me.is_some() && power::delete(page.standing, page.setting, mine, page.whom).is_ok();
    let delete = delete.then(|| {
        view! { <Press action=format!("{address}?method=DELETE") says=say(Live::DeleteForGood) class="bad"/> }
    });
    (pin.is_some() || delete.is_some()).then(|| {
        view! {
            <section class="part">
                <h2>{say(Order::ThisMessage)}</h2>
                <div class="choices">{pin} {delete}</div>
            </section>
        }
    })
}

/// What anybody may do about whoever wrote it.
fn about_author(page: &MessagePage) -> Option<impl IntoView + use<>> {
    let me = page.me.as_ref().filter(|_| is_there(page) && !is_mine(page))?;
    let Person { id, name, .. } = page.author.clone();
    let write = power::open_room(me.role).is_ok() && !page.blocked;
    let write = write.then(|| {
        let (says, with) = (say(Order::WriteTo), vec![("users", id.to_string())]);
        view! { <Press action="/api/v1/direct" says about=name.clone() with/> }
    });
    let (method, words, hint) = if page.blocked {
        ("DELETE", say(Door::Unblock), Order::IsBlocked)
    } else {
        ("PUT", say(Order::Block), Order::AboutBlocking)
    };
    let block = format!("/api/v1/me/blocks/{id}?method={method}");
    Some(view! {
        <section class="part">
            <h2><bdi>{name.clone()}</bdi></h2>
            <div class="choices">{write} <Press action=block says=words about=name/></div>
            <p class="hint">{say(hint)}</p>
        </section>
    })
}

/// One who is gone is nobody any more.
fn is_there(page: &MessagePage) -> bool {
    page.whom.site > Role::Reader
}

/// What those may do about the author who keep order in the room, or everywhere.
fn keep_order(page: &MessagePage) -> Option<impl IntoView + use<>> {
    let me = page.me.as_ref().filter(|_| is_there(page))?;
    let here = power::restrain(page.standing, page.setting, page.whom).is_ok();
    let everywhere = power::govern(me.role, page.whom.site).is_ok();
    let id = &page.author.id;
    let site = everywhere.then(|| {
        let (action, says) = (format!("/api/v1/bans/{id}?method=PUT"), say(Order::BanFromSite));
        view! {
            <details>
                <summary>{say(Order::BanFromWholeSite)}</summary>
                <Restrain action says id="site-ban" network=true/>
            </details>
        }
    });
    (here || everywhere).then(|| {
        view! {
            <section class="part manage">
                <h2>{say(Door::KeepOrder)}</h2>
                {here.then(|| in_the_room(page))}
                {site}
            </section>
        }
    })
}

/// What can be done with one press, and what takes a form.
fn in_the_room(page: &MessagePage) -> impl IntoView + use<> {
    let (room, id, whom) = (&page.room.room, &page.author.id, page.whom);
    let address = |what: &str, method: &str| format!("/api/v1/rooms/{room}/{what}/{id}?method={method}");
    let press = |what: &str, words: Order| view! { <Press action=address(what, "DELETE") says=say(words)/> };
    let unmute = whom.muted.then(|| press("mutes", Order::LetThemSpeak));
    let unban = whom.banned.then(|| press("bans", Order::LetThemIn));
    let remove = whom.seat.map(|_| {
        view! { <Press action=address("members", "DELETE") says=say(Order::SendOutOfRoom) class="bad"/> }
    });
    let mute = (!whom.muted).then(|| {
        view! {
            <details>
                <summary>{say(Order::MuteInRoom)}</summary>
                <Restrain action=address("mutes", "PUT") says=say(Order::Mute) id="mute"/>
            </details>
        }
    });
    let ban = (!whom.banned).then(|| {
        view! {
            <details>
                <summary>{say(Order::BanFromRoom)}</summary>
                <Restrain action=address("bans", "PUT") says=say(Order::Ban) id="ban"/>
            </details>
        }
    });
    view! {
        <div class="choices">{unmute} {unban} {remove}</div>
        {mute}
        {ban}
    }
}
