//! In the browser: the language of the page, whose words came with it where they are not the app's own.

use js_sys::{Reflect, global};
use leptos::prelude::document;

use crate::words::live::Live;
use crate::words::{Language, Words};

thread_local! {
    static PAGE: Page = Page::new();
}

/// What the page speaks.
struct Page {
    language: Language,
    /// Its words, where they stand among all.
    words: Vec<&'static str>,
}

impl Page {
    fn new() -> Self {
        let tag = document().document_element().and_then(|html| html.get_attribute("lang"));
        let is_spoken = |language: &Language| tag.as_deref() == Some(language.tag());
        // They live as long as the page, as those do that the app has.
        let words = Reflect::get(&global(), &"words".into()).ok().and_then(|words| words.as_string());
        let words = words.map_or(Live::LINES, |words| words.leak());
        let words = words.split('\n').collect();
        Self { language: Language::ALL.into_iter().find(is_spoken).unwrap_or_default(), words }
    }
}

/// The language that is spoken.
pub fn spoken() -> Language {
    PAGE.with(|page| page.language)
}

/// The words, in the language that is spoken; the page of a room has no others than its own. It is called in a hundred places, and
/// what stands in each of them is downloaded.
#[inline(never)]
pub fn say(words: impl Words) -> &'static str {
    PAGE.with(|page| page.words.get(words.place()).copied()).unwrap_or_default()
}
