//! In the server: the language of the request that is answered.

use crate::words::{Language, Words};

tokio::task_local! {
    static SPOKEN: Language;
}

/// Whatever is said on the way is said in this language. No `async fn`: that would have room for the work twice, in every
/// connection.
pub fn speaking<F: Future>(language: Language, work: F) -> impl Future<Output = F::Output> {
    SPOKEN.scope(language, work)
}

/// The language that is spoken; English where nobody is spoken to.
pub fn spoken() -> Language {
    SPOKEN.try_get().unwrap_or_default()
}

/// The words, in the language that is spoken.
pub fn say(words: impl Words) -> &'static str {
    words.within(spoken())
}
