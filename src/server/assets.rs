//! The page's files: inside the binary, compressed ahead of time, under names that change with their content.
//!
//! Under `cargo leptos watch` they are read from its site folder instead, under plain names, so that an edit shows.

pub mod words;

use std::path::PathBuf;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::error::Error;
use crate::protocol::page::{AppFiles, PageFiles, ToolFiles};
use crate::words::spoken;

/// One file of the page.
struct Asset {
    /// Its name in the source, such as `banter.css`.
    name: &'static str,
    /// Its name in addresses, with a hash of its content.
    hashed: &'static str,
    /// Its media type.
    media_type: &'static str,
    /// As it is.
    plain: &'static [u8],
    /// Compressed, where that is smaller.
    brotli: Option<&'static [u8]>,
    /// Compressed, for those who do not know brotli.
    gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Behind the page while it starts as an app: `--ground` of `style/tokens.css`, as it is by day.
const GROUND: &str = "#fbfaf8";

/// A hashed name never means another content.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// The site folder of `cargo leptos watch`, while it runs this server.
static WATCHED: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
    std::env::var_os("LEPTOS_WATCH")?;
    Some(std::env::var_os("LEPTOS_SITE_ROOT").map_or_else(|| PathBuf::from("target/site"), PathBuf::from))
});

/// `GET /pkg/{name}`
pub async fn file(name: Result<Path<String>, PathRejection>, headers: HeaderMap) -> Result<Response, Error> {
    let Path(name) = name.map_err(|_| Error::NotFound)?;
    match (&*WATCHED, ASSETS.iter().find(|asset| asset.hashed == name)) {
        (_, Some(asset)) => Ok(asset.answer(&headers)),
        (Some(folder), None) => watched_file(folder, &name).await,
        (None, None) => Err(Error::NotFound),
    }
}

/// `GET /sw.js`: the worker is asked for again and again under one name, which says for how much of the site it works.
/// It speaks as whoever asks for it.
pub async fn worker() -> Result<Response, Error> {
    let worker = ASSETS.iter().find(|asset| asset.name == "sw.js").ok_or(Error::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(worker.media_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        // It has nothing to do but to ask this server.
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; connect-src 'self'")),
    ];
    let (words, language) = (json!(words::tool(spoken())), json!(spoken().tag()));
    let head = format!("const [LANGUAGE, WORDS] = [{language}, {words}];\n");
    Ok((headers, [head.as_bytes(), worker.plain].concat()).into_response())
}

/// `GET /manifest.webmanifest`: what the page is where it is installed like an app (W3C Web Application Manifest).
pub async fn manifest() -> Response {
    let icon = |name, sizes, purpose| {
        let media_type = if sizes == "any" { "image/svg+xml" } else { "image/png" };
        json!({ "src": find(name), "sizes": sizes, "type": media_type, "purpose": purpose })
    };
    let manifest = json!({
        "id": "/",
        "name": "Chat App",
        "short_name": "Chat",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": GROUND,
        "icons": [
            icon("icon.svg", "any", "any"),
            icon("icon-192.png", "192x192", "any maskable"),
            icon("icon-512.png", "512x512", "any maskable"),
        ],
    });
    let headers = [(header::CONTENT_TYPE, "application/manifest+json"), (header::CACHE_CONTROL, "no-cache")];
    (headers, manifest.to_string()).into_response()
}

/// The addresses of the page's files.
pub fn page_files() -> PageFiles {
    if WATCHED.is_some() {
        return watched_page_files();
    }
    let app = match (find("banter.js"), find("banter.wasm")) {
        (Some(js), Some(wasm)) => Some(AppFiles { js, wasm }),
        _ => None,
    };
    let found = |name| find(name).unwrap_or_default();
    PageFiles {
        css: found("banter.css"),
        sheet_css: found("sheets.css"),
        icon: found("icon.svg"),
        app,
        wants: found("wants.js"),
        tools: ToolFiles {
            js: found("tools.js"),
            css: found("tools.css"),
            news: found("news.js"),
            code: found("code.js"),
            icon: found("icon.svg"),
            icon_news: found("icon-news.svg"),
            icon_named: found("icon-named.svg"),
            emoji: found("emoji.txt"),
            words: words::address(),
        },
        reload_port: None,
    }
}

fn find(name: &str) -> Option<String> {
    ASSETS.iter().find(|asset| asset.name == name).map(|asset| format!("/pkg/{}", asset.hashed))
}

impl Asset {
    fn answer(&self, headers: &HeaderMap) -> Response {
        let accepts = |coding: &str| accepts(headers, coding);
        let (content, coding) = match (self.brotli, self.gzip) {
            (Some(brotli), _) if accepts("br") => (brotli, Some("br")),
            (_, Some(gzip)) if accepts("gzip") => (gzip, Some("gzip")),
            _ => (self.plain, None),
        };
        let mut response = content.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        headers.insert(header::CACHE_CONTROL, FOR_EVER);
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(coding) = coding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        response
    }
}

/// Whether a coding is in `Accept-Encoding` and not at quality 0.
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let lists = headers.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|item| {
        let (name, quality) = item.split_once(';').unwrap_or((item, "q=1"));
        let refused = quality.trim().trim_start_matches("q=").parse::<f32>().is_ok_and(|q| q == 0.0);
        name.trim().eq_ignore_ascii_case(coding) && !refused
    })
}

async fn watched_file(folder: &std::path::Path, name: &str) -> Result<Response, Error> {
    let media_type = match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js") => "text/javascript",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        _ => return Err(Error::NotFound),
    };
    if name.contains(['/', '\\']) || name.contains("..") {
        return Err(Error::NotFound);
    }
    // What is in the folder `public` is copied as it is.
    let public = media_type == "image/svg+xml" || ["tools.js", "news.js", "wants.js"].contains(&name);
    let inside = if public { folder.join(name) } else { folder.join("pkg").join(name) };
    let content = tokio::task::spawn_blocking(move || std::fs::read(inside)).await;
    let content = content.ok().and_then(Result::ok).ok_or(Error::NotFound)?;
    let headers = [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "no-cache")];
    Ok((StatusCode::OK, headers, content).into_response())
}

fn watched_page_files() -> PageFiles {
    let port = std::env::var("LEPTOS_RELOAD_PORT").ok().and_then(|port| port.parse().ok());
    PageFiles {
        // There is one sheet of all then.
        css: "/pkg/banter.css".to_owned(),
        sheet_css: "/pkg/banter.css".to_owned(),
        icon: "/pkg/icon.svg".to_owned(),
        app: Some(AppFiles { js: "/pkg/banter.js".to_owned(), wasm: "/pkg/banter.wasm".to_owned() }),
        wants: "/pkg/wants.js".to_owned(),
        tools: ToolFiles {
            js: "/pkg/tools.js".to_owned(),
            css: "/pkg/banter.css".to_owned(),
            news: "/pkg/news.js".to_owned(),
            // `make build` makes it.
            code: String::new(),
            icon: "/pkg/icon.svg".to_owned(),
            icon_news: "/pkg/icon-news.svg".to_owned(),
            icon_named: "/pkg/icon-named.svg".to_owned(),
            // It is made when the server is built.
            emoji: find("emoji.txt").unwrap_or_default(),
            words: words::address(),
        },
        reload_port: Some(port.unwrap_or(3001)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codings_are_taken_as_asked_for() {
        let ask =
            |value: &'static str| HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))]);
        assert!(accepts(&ask("gzip, deflate, br, zstd"), "br"));
        assert!(accepts(&ask("BR;q=0.5"), "br"));
        assert!(!accepts(&ask("gzip, br;q=0"), "br"));
        assert!(!accepts(&ask("brotli"), "br"));
        assert!(!accepts(&HeaderMap::new(), "gzip"));
    }

    #[test]
    fn the_styles_are_always_inside() {
        let css = find("banter.css").expect("built from the style folder");
        assert!(css.starts_with("/pkg/banter.") && css.len() > "/pkg/banter.css".len(), "{css}");
        assert!(find("icon.svg").is_some());
    }
}
