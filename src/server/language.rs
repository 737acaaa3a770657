//! In which language whoever asks is answered: the one that they chose in this browser, else the first that the browser asks
//! for and Banter speaks.

use axum::extract::{Form, Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use serde::Deserialize;

use super::pages::told;
use super::state::{AppState, Shared};
use crate::words::{self, Language};

/// The cookie of the choice.
const CHOSEN: &str = "banter-language";
/// How long the choice is kept: a year, in seconds.
const CHOSEN_SECONDS: i64 = 365 * 24 * 60 * 60;

/// Answers in the language of who asks.
pub async fn speak(request: Request, next: Next) -> Response {
    words::speaking(of(request.headers()), next.run(request)).await
}

/// What was chosen in this browser, if anything was.
pub fn chosen(headers: &HeaderMap) -> Option<Language> {
    Language::of_tag(CookieJar::from_headers(headers).get(CHOSEN)?.value())
}

/// What is sent by the form in the settings.
#[derive(Deserialize)]
pub struct Choice {
    /// The tag of a language; of none: whatever the browser asks for.
    #[serde(default)]
    language: String,
}

/// `POST /language`: from now on this browser is answered so.
pub async fn choose(
    State(state): State<Shared>,
    jar: CookieJar,
    Form(choice): Form<Choice>,
) -> impl IntoResponse + use<> {
    let back = Redirect::to(&told::with_done("/settings".to_owned()));
    let Some(language) = Language::of_tag(&choice.language) else {
        return (jar.remove(cookie(&state, "")), back);
    };
    let mut cookie = cookie(&state, language.tag());
    cookie.set_max_age(time::Duration::seconds(CHOSEN_SECONDS));
    (jar.add(cookie), back)
}

fn cookie(state: &AppState, tag: &'static str) -> Cookie<'static> {
    let secure = state.config.is_https();
    Cookie::build((CHOSEN, tag)).path("/").http_only(true).same_site(SameSite::Lax).secure(secure).build()
}

fn of(headers: &HeaderMap) -> Language {
    chosen(headers).or_else(|| asked(headers)).unwrap_or_default()
}

/// The one of ours that is asked for most (RFC 9110, 12.5.4); of two that are asked for alike, the first.
fn asked(headers: &HeaderMap) -> Option<Language> {
    let lists = headers.get_all(header::ACCEPT_LANGUAGE).into_iter().filter_map(|list| list.to_str().ok());
    let asked = lists.flat_map(|list| list.split(',')).filter_map(|item| {
        let (tag, quality) = item.split_once(';').unwrap_or((item, "q=1"));
        let quality = quality.trim().trim_start_matches("q=").parse::<f32>().ok()?;
        Some((Language::of_tag(tag.trim())?, quality)).filter(|(_, quality)| *quality > 0.0)
    });
    let best = asked.reduce(|best, other| if other.1 > best.1 { other } else { best });
    best.map(|(language, _)| language)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn answered(asked: &'static str, cookie: &'static str) -> Language {
        let asked = (header::ACCEPT_LANGUAGE, HeaderValue::from_static(asked));
        of(&HeaderMap::from_iter([asked, (header::COOKIE, HeaderValue::from_static(cookie))]))
    }

    #[test]
    fn a_browser_is_answered_as_it_asks() {
        for (asked, language) in [
            ("", Language::English),
            ("de", Language::German),
            ("de-CH,de;q=0.9,en;q=0.8", Language::German),
            ("fr-FR,fr;q=0.9,de;q=0.5,en;q=0.4", Language::German),
            ("en-GB,en;q=0.9,de;q=0.8", Language::English),
            ("en;q=0.3, de;q=0.7", Language::German),
            ("de;q=0, en;q=0.1", Language::English),
            ("fr, *;q=0.5", Language::English),
            ("de;q=much", Language::English),
        ] {
            assert_eq!(answered(asked, ""), language, "{asked}");
        }
    }

    #[test]
    fn what_was_chosen_comes_first() {
        assert_eq!(answered("en", "a=b; banter-language=de"), Language::German);
        assert_eq!(answered("de", "banter-language=en"), Language::English);
        assert_eq!(answered("de", "banter-language=klingon"), Language::German, "nothing that anybody could choose");
    }
}
