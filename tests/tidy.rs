//! Conventions, kept by a program: who may name whom, and what no file may hold.

use std::fs;
use std::path::{Path, PathBuf};

/// Which other parts of the crate a part may name. The first entry that a file is under counts.
const MAY_NAME: [(&str, &[&str]); 14] = [
    ("src/main.rs", &["server", "ui"]),
    ("src/lib.rs", &["protocol", "server", "ui"]),
    ("src/protocol", &["protocol"]),
    ("src/ui", &["ui", "protocol"]),
    ("src/server/store", &["protocol", "server::store", "server::error"]),
    ("src/server/fanout", &["protocol", "server::fanout", "server::error"]),
    (
        "src/server/chat",
        &[
            "protocol",
            "server::access",
            "server::auth",
            "server::chat",
            "server::config",
            "server::error",
            "server::fanout",
            "server::state",
            "server::store",
        ],
    ),
    // Its one word about the store is the draft that it hands to the writer.
    ("src/server/live/pump.rs", &["protocol", "server"]),
    (
        "src/server/live",
        &[
            "protocol",
            "server::access",
            "server::auth",
            "server::chat",
            "server::error",
            "server::fanout",
            "server::live",
            "server::state",
        ],
    ),
    (
        "src/server/api",
        &[
            "protocol",
            "server::access",
            "server::api",
            "server::auth",
            "server::chat",
            "server::error",
            "server::pages",
            "server::state",
        ],
    ),
    ("src/server", &["protocol", "server"]),
    ("tests", &["protocol", "server", "ui"]),
    ("src", &[]),
    ("build.rs", &[]),
];

#[test]
fn nobody_names_whom_they_must_not() {
    for file in sources() {
        let text = fs::read_to_string(&file).unwrap();
        let (_, allowed) = MAY_NAME.iter().find(|(part, _)| file.starts_with(part)).unwrap();
        for named in named_parts(&text) {
            let fits = allowed.iter().any(|part| named == *part || named.starts_with(&format!("{part}::")));
            assert!(fits, "{} names {named}; it may name {allowed:?}", file.display());
        }
    }
}

/// What follows `crate::` or `banter::`, two levels deep.
fn named_parts(text: &str) -> Vec<String> {
    let mut named = Vec::new();
    for prefix in ["crate::", "use banter::"] {
        for (at, _) in text.match_indices(prefix) {
            // `$crate::` of a macro and words that end in `crate` are something else.
            if text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '$' || c == '_') {
                continue;
            }
            let path = text[at + prefix.len()..].split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
            let parts: Vec<&str> = path.into_iter().next().unwrap_or("").split("::").take(2).collect();
            let is_module = |part: &&str| part.starts_with(|c: char| c.is_ascii_lowercase());
            let modules: Vec<&str> = parts.into_iter().take_while(is_module).collect();
            if !modules.is_empty() && !text.contains("tests/tidy.rs itself") {
                named.push(modules.join("::"));
            }
        }
    }
    named.retain(|named| !named.starts_with("support") && named != "{");
    named
}

#[test]
fn no_file_holds_what_none_may() {
    let banned = [
        ("inner_html", "text would become markup"),
        ("todo!(", "unfinished"),
        ("dbg!(", "left over"),
        ("println!(", "there is a log"),
        ("</textarea", ""),
    ];
    for file in sources().into_iter().filter(|file| file.starts_with("src")) {
        let text = fs::read_to_string(&file).unwrap();
        for (word, why) in banned.iter().filter(|(_, why)| !why.is_empty()) {
            assert!(!text.contains(word), "{} holds {word}: {why}", file.display());
        }
        for (at, _) in text.match_indices("></textarea") {
            let opening = text[..at].rfind("<textarea").map(|from| &text[from..at]);
            assert!(opening.is_some(), "{}: a textarea has no children, they are drawn unescaped", file.display());
        }
        assert_eq!(text.matches("</textarea").count(), text.matches("></textarea").count(), "{}", file.display());
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for file in sources() {
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("//! "), "{} begins with what it is for", file.display());
    }
}

#[test]
fn there_are_no_drawers() {
    for file in sources() {
        let name = file.file_stem().unwrap().to_str().unwrap();
        assert!(!["utils", "util", "helpers", "common", "misc"].contains(&name), "{}", file.display());
    }
}

#[test]
fn features_are_asked_for_in_few_places() {
    let places: Vec<PathBuf> = sources()
        .into_iter()
        .filter(|file| file.starts_with("src"))
        .flat_map(|file| {
            let count = fs::read_to_string(&file).unwrap().matches("cfg(feature").count();
            std::iter::repeat_n(file, count)
        })
        .collect();
    assert!(places.len() <= 5, "{places:?}");
}

#[test]
fn the_documents_name_only_what_is_there() {
    for document in ["README.md", "ARCHITECTURE.md"] {
        let text = fs::read_to_string(document).unwrap();
        for word in text.split(|c: char| c.is_whitespace() || "`()[],".contains(c)) {
            let word = word.trim_end_matches(['.', ':', ';']);
            let is_path = ["src/", "tests/", "end2end/", "style/", "public/"].iter().any(|root| word.starts_with(root));
            if is_path && !word.contains(['*', '{', '<']) {
                assert!(Path::new(word).exists(), "{document} names {word}");
            }
        }
    }
}

/// Every Rust file of ours.
fn sources() -> Vec<PathBuf> {
    let mut files = vec![PathBuf::from("build.rs")];
    let mut folders = vec![PathBuf::from("src"), PathBuf::from("tests")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
