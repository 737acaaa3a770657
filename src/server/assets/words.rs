//! What the browser says itself, a file for each language: the words of a room's page, a line each, for an app that has them in
//! English only, and those of the scripts by their names.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, json};
use sha2::{Digest, Sha256};

use super::FOR_EVER;
use crate::server::error::Error;
use crate::words::live::Live;
use crate::words::tool::Tool;
use crate::words::{Language, Words, spoken};

static FILES: LazyLock<[File; Language::ALL.len()]> = LazyLock::new(|| Language::ALL.map(File::new));

struct File {
    language: Language,
    /// With a hash of its content.
    name: String,
    content: String,
}

impl File {
    fn new(language: Language) -> Self {
        let live: Vec<&str> = Live::ALL.iter().map(|words| words.within(language)).collect();
        let content = json!({ "live": live.join("\n"), "tool": tool(language) }).to_string();
        let hash = Sha256::digest(&content);
        let hash = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>();
        Self { language, name: format!("{}.{hash}.json", language.tag()), content }
    }
}

/// The words of the scripts, by their names.
pub fn tool(language: Language) -> Map<String, serde_json::Value> {
    Tool::ALL.iter().map(|words| (format!("{words:?}"), words.within(language).into())).collect()
}

/// The address of the words in the language that is spoken.
pub fn address() -> String {
    let file = FILES.iter().find(|file| file.language == spoken());
    file.map(|file| format!("/words/{}", file.name)).unwrap_or_default()
}

/// `GET /words/{name}`
pub async fn file(name: Result<Path<String>, PathRejection>) -> Result<Response, Error> {
    let Path(name) = name.map_err(|_| Error::NotFound)?;
    let file = FILES.iter().find(|file| file.name == name).ok_or(Error::NotFound)?;
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static("application/json")), (header::CACHE_CONTROL, FOR_EVER)];
    Ok((headers, file.content.as_str()).into_response())
}
