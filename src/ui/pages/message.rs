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
        <Sheet title="One message" me=page.me.clone()>
            <section class="part">
                <h2>"In " <bdi>{name_of(&page.room)}</bdi></h2>
                <ol class="context">{context}</ol>
                <p><a href=back>"See it in its place"</a></p>
            </section>
            {parts}
        </Sheet>
    }
}

/// A message among others.
pub fn said(event: &Event, this: Seq) -> Option<impl IntoView + use<>> {
    let What::Posted(post) = &event.what else { return None };
    let is_this = event.seq == this;
    let text = if post.deleted.is_some() { "This message was deleted.".to_owned() } else { post.body.clone() };
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
        let log_in = view! {
            <section class="part">
                <h2>"Report it"</h2>
                <p>"To report a message, " <a href="/login">"log in"</a> " or say something first."</p>
            </section>
        };
        return Some(log_in.into_any());
    }
    let action = format!("/api/v1/rooms/{}/messages/{}/reports", page.room.room, page.seq);
    let form = view! {
        <section class="part">
            <h2>"Report it"</h2>
            <p class="hint">"Those who keep order here will look at it. Others do not learn that you did."</p>
            <form class="form" method="post" action=action>
                <div class="field">
                    <label for="report-why">"What is wrong with it"</label>
                    <textarea id="report-why" name="reason" rows="3" maxlength=limits::REASON_CHARS></textarea>
                </div>
                <button class="main">"Report"</button>
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
        let (method, say) = if page.pinned { ("DELETE", "Unpin") } else { ("PUT", "Pin") };
        view! { <Press action=format!("{address}/pin?method={method}") say/> }
    });
    let delete = page.me.is_some() && power::delete(page.standing, page.setting, mine, page.whom).is_ok();
    let delete =
        delete.then(|| view! { <Press action=format!("{address}?method=DELETE") say="Delete for good" class="bad"/> });
    (pin.is_some() || delete.is_some()).then(|| {
        view! {
            <section class="part">
                <h2>"This message"</h2>
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
        view! { <Press action="/api/v1/direct" say="Write to" about=name.clone() with=vec![("users", id.to_string())]/> }
    });
    let (method, say, hint) = if page.blocked {
        ("DELETE", "Unblock", "You do not hear from them.")
    } else {
        ("PUT", "Block", "You will not hear from them any more. They do not learn of it.")
    };
    let block = format!("/api/v1/me/blocks/{id}?method={method}");
    Some(view! {
        <section class="part">
            <h2><bdi>{name.clone()}</bdi></h2>
            <div class="choices">{write} <Press action=block say about=name/></div>
            <p class="hint">{hint}</p>
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
        view! {
            <details>
                <summary>"Ban from the whole site"</summary>
                <Restrain action=format!("/api/v1/bans/{id}?method=PUT") say="Ban from the site" id="site-ban" network=true/>
            </details>
        }
    });
    (here || everywhere).then(|| {
        view! {
            <section class="part manage">
                <h2>"Keep order"</h2>
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
    let unmute = whom.muted.then(|| view! { <Press action=address("mutes", "DELETE") say="Let them speak again"/> });
    let unban = whom.banned.then(|| view! { <Press action=address("bans", "DELETE") say="Let them in again"/> });
    let remove = whom
        .seat
        .map(|_| view! { <Press action=address("members", "DELETE") say="Send out of this room" class="bad"/> });
    let mute = (!whom.muted).then(|| {
        view! {
            <details>
                <summary>"Mute in this room"</summary>
                <Restrain action=address("mutes", "PUT") say="Mute" id="mute"/>
            </details>
        }
    });
    let ban = (!whom.banned).then(|| {
        view! {
            <details>
                <summary>"Ban from this room"</summary>
                <Restrain action=address("bans", "PUT") say="Ban" id="ban"/>
            </details>
        }
    });
    view! {
        <div class="choices">{unmute} {unban} {remove}</div>
        {mute}
        {ban}
    }
}
