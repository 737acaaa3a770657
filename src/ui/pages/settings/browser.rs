//! What a browser is, as far as what it calls itself tells: enough to tell one's own devices apart.

use crate::words::door::Door;
use crate::words::{fill, say};

/// Browsers by a word that only they say; those that also say another's come before it.
const BROWSERS: [(&str, &str); 7] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
/// What they run on: a word of it, how it is said that they do, and its name.
const SYSTEMS: [(&str, Door, &str); 7] = [
    ("Android", Door::BrowserOn, "Android"),
    ("iPhone", Door::BrowserOnDevice, "iPhone"),
    ("iPad", Door::BrowserOnDevice, "iPad"),
    ("CrOS", Door::BrowserOn, "ChromeOS"),
    ("Windows", Door::BrowserOn, "Windows"),
    ("Mac OS X", Door::BrowserOn, "macOS"),
    ("Linux", Door::BrowserOn, "Linux"),
];
/// Most characters of a name that nobody knows.
const UNKNOWN_CHARS: usize = 60;

/// `Firefox on Linux`; of a program that nobody knows what it says itself.
pub fn called(agent: &str) -> String {
    let browser = BROWSERS.into_iter().find(|(word, _)| agent.contains(word));
    let system = SYSTEMS.into_iter().find(|(word, ..)| agent.contains(word));
    match (browser, system) {
        (Some((_, browser)), Some((_, words, system))) => fill(words, &[browser, system]),
        (Some((_, browser)), None) => browser.to_owned(),
        (None, _) if agent.trim().is_empty() => say(Door::NamelessProgram).to_owned(),
        (None, _) => agent.chars().take(UNKNOWN_CHARS).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_called_as_people_call_them() {
        for (agent, name) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 \
                 Safari/537.36 Edg/140.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile \
                 Safari/537.36",
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari on an iPhone",
            ),
            ("curl/8.5.0", "curl/8.5.0"),
            ("", "A program without a name"),
        ] {
            assert_eq!(called(agent), name);
        }
        assert_eq!(called(&"x".repeat(200)).len(), UNKNOWN_CHARS);
    }
}
