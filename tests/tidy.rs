//! Conventions, kept by a program: who may name whom, and what no file may hold.

use std::fs;
use std::path::{Path, PathBuf};

/// Which other parts of the crate a part may name. The first entry that a file is under counts.
const ANYBODY: [&str; 1] = ["words"];
const MAY_NAME: [(&str, &[&str]); 16] = [
    ("src/main.rs", &["admin", "bench", "server", "ui"]),
    ("src/admin.rs", &["protocol", "server"]),
    ("src/lib.rs", &["protocol", "server", "ui"]),
    ("src/protocol", &["protocol"]),
    ("src/words", &[]),
    ("src/ui", &["ui", "protocol"]),
    ("src/bench", &["bench", "protocol"]),
    ("src/server/store", &["protocol", "server::store", "server::error", "server::metrics", "server::plant"]),
    ("src/server/fanout", &["protocol", "server::fanout", "server::error", "server::metrics", "server::plant"]),
    (
        "src/server/chat",
        &[
            "protocol",
            "server::access",
            "server::auth",
            "server::chat",
            "server::clock",
            "server::config",
            "server::error",
            "server::fanout",
            "server::filter",
            "server::guard",
            "server::metrics",
            "server::plant",
            "server::state",
            "server::store",
        ],
    ),
    ("src/server/live", &LIVE),
    ("src/server/api", &API),
    ("src/server/pages.rs", &PAGES),
    ("src/server/pages", &PAGES),
    ("src/server", &["protocol", "server"]),
    ("tests", &["protocol", "server", "ui"]),
];

const LIVE: [&str; 10] = [
    "protocol",
    "server::access",
    "server::auth",
    "server::chat",
    "server::error",
    "server::fanout",
    "server::live",
    "server::plant",
    "server::state",
    "server::store",
];
const API: [&str; 10] = [
    "protocol",
    "server::access",
    "server::api",
    "server::auth",
    "server::chat",
    "server::error",
    "server::metrics",
    "server::pages",
    "server::state",
    "server::store",
];
const PAGES: [&str; 13] = [
    "protocol",
    "server::access",
    "server::api",
    "server::assets",
    "server::auth",
    "server::chat",
    "server::clock",
    "server::error",
    "server::language",
    "server::live",
    "server::metrics",
    "server::pages",
    "server::state",
];

/// Files that go to the store only through the rules of the chat.
const NEVER_THE_STORE: [&str; 4] = ["src/server/live", "src/server/api", "src/server/pages.rs", "src/server/pages"];

#[test]
fn nobody_names_whom_they_must_not() {
    for file in sources().into_iter().filter(|file| !file.starts_with("build.rs") && !file.starts_with("bench")) {
        let text = fs::read_to_string(&file).unwrap();
        let (_, allowed) = MAY_NAME.iter().find(|(part, _)| file.starts_with(part)).unwrap();
        for named in named_parts(&file, &text) {
            // Words name nothing themselves, and whoever speaks to people has them.
            let fits =
                ANYBODY.iter().chain(*allowed).any(|part| named == *part || named.starts_with(&format!("{part}::")));
            assert!(fits, "{} names {named}; it may name {allowed:?}", file.display());
        }
        if NEVER_THE_STORE.iter().any(|part| file.starts_with(part)) {
            assert!(!text.contains(".store."), "{} goes to the store by itself", file.display());
        }
    }
}

/// The parts of the crate that a file's imports name, two levels deep, whether they begin with the crate or with `super`.
fn named_parts(file: &Path, text: &str) -> Vec<String> {
    // Inside a file's own test module, `super` is that file.
    let lines =
        text.lines().map(|line| line.strip_prefix("    ").filter(|line| !line.contains("super")).unwrap_or(line));
    let imports = lines.filter_map(|line| line.strip_prefix("pub use ").or_else(|| line.strip_prefix("use ")));
    let paths = imports.flat_map(|import| expand(import.trim_end_matches(';')));
    let absolute = paths.filter_map(|path| {
        let (first, rest) = path.split_once("::").unwrap_or((&path, ""));
        match first {
            // The tests' own parts.
            "crate" | "super" if file.starts_with("tests") => None,
            "crate" | "banter" => Some(rest.to_owned()),
            "super" => Some(from_super(file, &path)),
            _ => None,
        }
    });
    absolute
        .map(|path| {
            let modules = path.split("::").take_while(|part| part.starts_with(|c: char| c.is_ascii_lowercase()));
            modules.take(2).collect::<Vec<_>>().join("::")
        })
        .filter(|path| !path.is_empty())
        .collect()
}

/// `a::{b, c::{d, e}}` as `a::b`, `a::c::d`, `a::c::e`.
fn expand(import: &str) -> Vec<String> {
    let Some((head, group)) = import.split_once('{') else { return vec![import.to_owned()] };
    let group = group.strip_suffix('}').unwrap_or(group);
    let (mut items, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(&group[start..]);
    let items = items.into_iter().map(str::trim).filter(|item| !item.is_empty());
    items.flat_map(|item| expand(item).into_iter().map(move |path| format!("{head}{path}"))).collect()
}

/// A path that begins with `super`, from the crate's root.
fn from_super(file: &Path, path: &str) -> String {
    let mut module: Vec<&str> =
        file.strip_prefix("src").unwrap_or(file).iter().map(|part| part.to_str().unwrap()).collect();
    let name = module.pop().unwrap();
    if name != "mod.rs" {
        module.push(name.trim_end_matches(".rs"));
    }
    let mut parts = path.split("::").peekable();
    while parts.peek() == Some(&"super") {
        parts.next();
        module.pop();
    }
    module.into_iter().chain(parts).collect::<Vec<_>>().join("::")
}

#[test]
fn imports_are_read_as_the_compiler_does() {
    assert_eq!(expand("a::{b, c::{d, e}}"), ["a::b", "a::c::d", "a::c::e"]);
    let live = Path::new("src/server/live/pump.rs");
    assert_eq!(from_super(live, "super::super::store::Draft"), "server::store::Draft");
    assert_eq!(from_super(Path::new("src/server/live/mod.rs"), "super::store"), "server::store");
    let text = "use crate::{server::{store::Draft, chat}, protocol};\nuse super::session::Session;\nuse std::fs;";
    assert_eq!(named_parts(live, text), ["server::store", "server::chat", "protocol", "server::live"]);
}

#[test]
fn no_file_holds_what_none_may() {
    let banned = [
        ("inner_html", "text would become markup"),
        ("todo!(", "unfinished"),
        ("dbg!(", "left over"),
        ("println!(", "there is a log"),
    ];
    for file in sources().into_iter().filter(|file| file.starts_with("src")) {
        let text = fs::read_to_string(&file).unwrap();
        for (word, why) in banned {
            assert!(!text.contains(word), "{} holds {word}: {why}", file.display());
        }
        // Children of a textarea are drawn unescaped.
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
            let is_path =
                ["src/", "tests/", "bench/", "end2end/", "style/", "public/"].iter().any(|root| word.starts_with(root));
            if is_path && !word.contains(['*', '{', '<']) {
                assert!(Path::new(word).exists(), "{document} names {word}");
            }
        }
    }
}

/// Every Rust file of ours.
fn sources() -> Vec<PathBuf> {
    let mut files = vec![PathBuf::from("build.rs")];
    let mut folders = ["src", "tests", "bench"].map(PathBuf::from).to_vec();
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
