//! The page's beginning in the browser.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::pages::room::RoomPage;
use crate::protocol::page::{APP_ID, FIRST_PAINT_ID, FirstPaint};

/// Takes over the page that the server drew. One without a room on it has nothing to bring to life.
pub fn hydrate() {
    let app = document().get_element_by_id(APP_ID).and_then(|app| app.dyn_into::<HtmlElement>().ok());
    if let (Some(app), Some(first_paint)) = (app, first_paint()) {
        leptos::mount::hydrate_from(app, move || view! { <RoomPage first_paint/> }).forget();
    }
}

fn first_paint() -> Option<FirstPaint> {
    let element = document().get_element_by_id(FIRST_PAINT_ID)?;
    serde_json::from_str(&element.text_content()?).ok()
}
