//! The page's beginning in the browser.

use leptos::prelude::*;

use super::pages::room::RoomPage;
use crate::protocol::page::{FIRST_PAINT_ID, FirstPaint};

/// Takes over the page that the server drew. One without a room on it has nothing to bring to life.
pub fn hydrate() {
    if let Some(first_paint) = first_paint() {
        leptos::mount::hydrate_body(move || view! { <RoomPage first_paint/> });
    }
}

fn first_paint() -> Option<FirstPaint> {
    let element = document().get_element_by_id(FIRST_PAINT_ID)?;
    serde_json::from_str(&element.text_content()?).ok()
}
