//! The list follows its end, unless its reader has scrolled up.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlElement, ResizeObserver};

/// So near to the end counts as having come back to it, in pixels: a line or two.
const NEAR_PX: i32 = 100;
/// Positions are rounded, so the end may be this far away.
const TOUCHING_PX: i32 = 2;

/// The list's scrolling, shared by what is in it and what is under it.
#[derive(Clone, Copy)]
pub(super) struct Scroll {
    /// The list itself.
    pub(super) list: NodeRef<html::Div>,
    /// Whether the end is to be kept in view.
    at_end: RwSignal<bool>,
    /// Where the list was when it was last looked at.
    last: StoredValue<Place>,
}

/// Where a list is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Place {
    /// What has scrolled away above, in pixels.
    top: i32,
    /// All of it, in pixels.
    height: i32,
}

impl Scroll {
    pub(super) fn new() -> Self {
        Self { list: NodeRef::new(), at_end: RwSignal::new(true), last: StoredValue::new(Place::default()) }
    }

    /// Whether the end is to be kept in view.
    pub(super) fn at_end(self) -> Signal<bool> {
        self.at_end.into()
    }

    /// The list was scrolled, by its reader or by us.
    pub(super) fn on_scroll(self) {
        let Some(list) = self.list.get_untracked() else { return };
        let (was, now) = (self.at_end.get_untracked(), Place::of(&list));
        let stays = stays_at_end(was, self.last.get_value(), now, list.client_height());
        self.last.set_value(now);
        if stays != was {
            self.at_end.set(stays);
        }
    }

    /// Gives the list the keyboard, where what had it is gone.
    pub(super) fn focus(self) {
        if let Some(list) = self.list.get_untracked() {
            let _ = list.focus();
        }
    }

    /// Brings the end into view and stays there.
    pub(super) fn to_end(self) {
        self.at_end.set(true);
        self.settle();
    }

    /// Keeps the end in view whenever `grows` changes or the list gets another size. Only in a browser.
    pub(super) fn follow<T: 'static>(self, grows: impl Fn() -> T + Send + Sync + 'static) {
        Effect::new(move |_| {
            grows();
            // Once the new rows are there.
            request_animation_frame(move || self.settle());
        });
        Effect::new(move |_| {
            let Some(list) = self.list.get() else { return };
            let settle = Closure::<dyn FnMut()>::new(move || self.settle());
            if let Ok(observer) = ResizeObserver::new(settle.as_ref().unchecked_ref()) {
                observer.observe(&list);
                // The list lives as long as the page.
                settle.forget();
            }
        });
    }

    /// Back to the end, if that is where the reader is.
    fn settle(self) {
        if let (Some(list), true) = (self.list.get_untracked(), self.at_end.get_untracked()) {
            list.set_scroll_top(list.scroll_height());
            self.last.set_value(Place::of(&list));
        }
    }
}

impl Place {
    fn of(list: &HtmlElement) -> Self {
        Self { top: list.scroll_top(), height: list.scroll_height() }
    }
}

/// Only a reader moves up in a list that did not get shorter, and whoever does that has left the end, be it by a pixel.
/// That the end has moved away below is no reason to leave it.
fn stays_at_end(was: bool, last: Place, now: Place, view: i32) -> bool {
    let away = now.height - now.top - view;
    let moved_up = now.top < last.top && now.height >= last.height;
    if moved_up { away <= TOUCHING_PX } else { was || away <= NEAR_PX }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: i32 = 500;

    fn at(top: i32, height: i32) -> Place {
        Place { top, height }
    }

    #[test]
    fn a_small_step_up_leaves_the_end() {
        assert!(!stays_at_end(true, at(500, 1000), at(490, 1000), VIEW));
        assert!(!stays_at_end(true, at(500, 1000), at(490, 1040), VIEW), "also while others talk");
    }

    #[test]
    fn that_the_list_grew_is_no_reason_to_leave() {
        assert!(stays_at_end(true, at(500, 1000), at(500, 3000), VIEW));
    }

    #[test]
    fn that_the_list_shrank_is_no_reason_to_leave() {
        assert!(stays_at_end(true, at(500, 1000), at(300, 800), VIEW));
    }

    #[test]
    fn one_comes_back_by_coming_near() {
        assert!(!stays_at_end(false, at(0, 1000), at(399, 1000), VIEW));
        assert!(stays_at_end(false, at(0, 1000), at(400, 1000), VIEW));
        assert!(!stays_at_end(false, at(460, 1000), at(450, 1000), VIEW), "not by moving away");
    }
}
