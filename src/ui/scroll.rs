//! The list follows its end, unless its reader has scrolled up.

use leptos::html;
use leptos::prelude::*;

/// So near to the end still counts as there, in pixels: a line or two.
const NEAR_PX: i32 = 100;

/// Whether the end is in view.
pub(super) fn is_at_end(list: &web_sys::HtmlElement) -> bool {
    list.scroll_height() - list.scroll_top() - list.client_height() <= NEAR_PX
}

/// Brings the end into view.
pub(super) fn to_end(list: &web_sys::HtmlElement) {
    list.set_scroll_top(list.scroll_height());
}

/// Keeps the end in view when `grows` changes, while `at_end` says so. Only in a browser.
pub(super) fn follow<T: 'static>(
    list: NodeRef<html::Div>,
    at_end: Signal<bool>,
    grows: impl Fn() -> T + Send + Sync + 'static,
) {
    Effect::new(move |_| {
        grows();
        if at_end.get_untracked() {
            // Once the new rows are there.
            request_animation_frame(move || {
                if let Some(list) = list.get_untracked() {
                    to_end(&list);
                }
            });
        }
    });
}
