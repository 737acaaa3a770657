//! One page at a time: names that only one page of this browser holds.

use futures::channel::oneshot;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Function, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::keeping;

/// After this time a page that took a name in the storage and did not give it back is given up, in milliseconds.
const LEASE_MS: u64 = 10_000;
/// How often one looks, in milliseconds.
const LOOK_MS: u32 = 50;

/// A name that is held; given back when dropped.
pub(super) enum Held {
    /// The browser keeps it.
    Lock(Function),
    /// The storage keeps it.
    Lease(String),
    /// Nobody can.
    Nothing,
}

impl Drop for Held {
    fn drop(&mut self) {
        match self {
            Self::Lock(release) => drop(release.call0(&JsValue::UNDEFINED)),
            Self::Lease(key) => keeping::remove(key),
            Self::Nothing => {}
        }
    }
}

/// Waits until no other page holds the name, as well as this browser can tell.
pub(super) async fn alone(name: &str) -> Held {
    match lock(name).await {
        Some(held) => held,
        None => lease(name).await,
    }
}

/// Waits until no other page holds the name; a page that goes away gives it back. `None` where the browser has no locks,
/// as on a page without TLS.
pub(super) async fn lock(name: &str) -> Option<Held> {
    let manager = Reflect::get(&window().navigator(), &"locks".into()).ok().filter(JsValue::is_object)?;
    let request: Function = Reflect::get(&manager, &"request".into()).ok()?.dyn_into().ok()?;
    let (tell, granted) = oneshot::channel();
    let mut release = None;
    // The browser keeps the name for this page until the promise is fulfilled.
    let held = Promise::new(&mut |fulfil, _| release = Some(fulfil));
    let on_granted = Closure::once_into_js(move |_lock: JsValue| {
        let _ = tell.send(());
        held
    });
    request.call2(&manager, &name.into(), &on_granted).ok()?;
    granted.await.ok()?;
    release.map(Held::Lock)
}

/// Two pages that look at the very same moment may both get it: the best that a storage can do.
async fn lease(name: &str) -> Held {
    let now = || js_sys::Date::now() as u64;
    let (began, page) = (now(), (js_sys::Math::random() * f64::from(u32::MAX)) as u32);
    let mine = format!("{began} {page}");
    while now() - began < LEASE_MS {
        let since = keeping::get(name).and_then(|taken| taken.split(' ').next()?.parse::<u64>().ok());
        if since.is_none_or(|since| now().saturating_sub(since) > LEASE_MS) {
            keeping::put(name, &mine);
        }
        TimeoutFuture::new(LOOK_MS).await;
        if keeping::get(name).as_ref() == Some(&mine) {
            return Held::Lease(name.to_owned());
        }
    }
    Held::Nothing
}
