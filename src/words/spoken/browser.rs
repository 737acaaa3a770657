//! In the browser: the language of the page, whose words came with it where they are not the app's own.

use js_sys::{Array, Reflect, global};
use leptos::prelude::document;
use wasm_bindgen::JsCast;

use crate::words::{Language, Words};

thread_local! {
    static PAGE: Page = Page::new();
}

/// What the page speaks.
struct Page {
    language: Language,
    /// Its words; none where the app has them.
    words: Vec<&'static str>,
}

impl Page {
    fn new() -> Self {
        let tag = document().document_element().and_then(|html| html.get_attribute("lang")).unwrap_or_default();
        let words = Reflect::get(&global(), &"words".into()).ok().and_then(|words| words.dyn_into::<Array>().ok());
        let words = words.iter().flat_map(|words| words.iter()).filter_map(|words| words.as_string());
        // They live as long as the page, as those do that the app has.
        let words = words.map(|words| &*words.leak()).collect();
        Self { language: Language::of_tag(&tag).unwrap_or_default(), words }
    }
}

/// The language that is spoken.
pub fn spoken() -> Language {
    PAGE.with(|page| page.language)
}

/// The words, in the language that is spoken. It is called in a hundred places, and what stands in each of them is downloaded.
#[inline(never)]
pub fn say<W: Words>(words: W) -> &'static str {
    let other = || PAGE.with(|page| page.words.get(words.place()).copied());
    W::OF_THE_APP.then(other).flatten().unwrap_or_else(|| words.english())
}
