//! What a page says of the form that was sent from it. The form is answered with the way back to the page, and the way says
//! what came of it: by an error's code and no words of anybody, since anybody can write a link.

use axum::http::{HeaderMap, Uri};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::protocol::api::ErrorCode;
use crate::protocol::limits;
use crate::protocol::page::Told;
use crate::server::error::Error;
use crate::server::state::AppState;

/// Pages that say what went wrong with their forms: these, what is under them, and those about a room or a message.
const TELLING: [&str; 8] = ["login", "signup", "setup", "invite", "settings", "rooms", "admin", "reports"];
/// How long a name that was typed is kept, in seconds.
const TYPED_SECONDS: i64 = 60;

/// The way back to a page that says what went wrong; none for a page that does not, or for words that are nowhere but in
/// the error itself.
pub fn with_problem(page: &str, error: &Error) -> Option<String> {
    let problem = Problem { error: error.code(), after_ms: error.after_ms() };
    if Error::told(problem.error, problem.after_ms) != *error {
        return None;
    }
    let problem = serde_html_form::to_string(problem).ok()?;
    tells(page).then(|| format!("{}#told", with(page, &problem)))
}

/// The way back to a page that says that it is done, if it is one that says such things.
pub fn with_done(page: String) -> String {
    if tells(&page) { format!("{}#told", with(&page, DONE)) } else { page }
}

/// The address of a page without what it says of a form that was sent from it before.
pub fn untold(page: &Uri) -> String {
    let said = |part: &str| part == DONE || SAYING.contains(&part.split('=').next().unwrap_or_default());
    let asked: Vec<&str> = page.query().unwrap_or_default().split('&').filter(|part| !said(part)).collect();
    let asked = asked.join("&");
    if asked.is_empty() { page.path().to_owned() } else { format!("{}?{asked}", page.path()) }
}

/// The cookie that keeps a name that was typed: in an address it would be in every log, and some type their password there.
pub fn typed_cookie(state: &AppState, name: &str) -> Cookie<'static> {
    let name: String = name.chars().take(limits::NAME_CHARS).collect();
    let mut cookie = Cookie::new(typed_cookie_name(state), URL_SAFE_NO_PAD.encode(name));
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(state.config.is_https());
    cookie.set_max_age(time::Duration::seconds(TYPED_SECONDS));
    cookie
}

/// The name that was typed before.
pub fn typed(state: &AppState, headers: &HeaderMap) -> Option<String> {
    let jar = CookieJar::from_headers(headers);
    let name = URL_SAFE_NO_PAD.decode(jar.get(typed_cookie_name(state))?.value()).ok()?;
    String::from_utf8(name).ok()
}

/// What the address of a page says of the form that was sent from it.
pub fn told(page: &Uri) -> Option<Told> {
    let query = page.query()?;
    if query.split('&').any(|part| part == DONE) {
        return Some(Told::Done);
    }
    let problem: Problem = serde_html_form::from_str(query).ok()?;
    Some(Told::Problem(Error::told(problem.error, problem.after_ms).to_string()))
}

#[derive(Serialize, Deserialize)]
struct Problem {
    error: ErrorCode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after_ms: Option<u64>,
}

const DONE: &str = "done";
/// What a [`Problem`] consists of.
const SAYING: [&str; 2] = ["error", "after_ms"];

fn tells(page: &str) -> bool {
    let path = page.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').collect();
    let of_room = matches!(parts[..], ["", "r", _, "about"] | ["", "r", _, _, "act"]);
    of_room || TELLING.contains(&parts.get(1).copied().unwrap_or_default())
}

fn with(page: &str, what: &str) -> String {
    let separator = if page.contains('?') { '&' } else { '?' };
    format!("{page}{separator}{what}")
}

fn typed_cookie_name(state: &AppState) -> &'static str {
    if state.config.is_https() { "__Host-banter-typed" } else { "banter-typed" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::fault::Fault;

    #[test]
    fn only_pages_that_say_so_are_told() {
        let error = Error::TooFast { after_ms: 2_000 };
        let told = |page| with_problem(page, &error);
        assert_eq!(told("/login").expect("a way"), "/login?error=too_fast&after_ms=2000#told");
        assert_eq!(told("/invite/abc").expect("a way"), "/invite/abc?error=too_fast&after_ms=2000#told");
        assert_eq!(told("/setup?code=a").expect("a way"), "/setup?code=a&error=too_fast&after_ms=2000#told");
        for page in ["/admin/settings", "/r/lobby/about", "/r/lobby/7/act"] {
            assert!(told(page).is_some_and(|way| way.starts_with(page)), "{page}");
        }
        for page in ["/", "/r/lobby", "/r/lobby/7", "/r/about", "/about", "/loginx", "/r/login", ""] {
            assert_eq!(told(page), None, "{page}");
            assert_eq!(with_done(page.to_owned()), page);
        }
        for words in [Error::BadRequest("words".to_owned()), Error::OutOfRange { what: Fault::TheTime, most: 7 }] {
            assert_eq!(with_problem("/login", &words), None, "these are no code's");
        }
        assert_eq!(with_done("/settings".to_owned()), "/settings?done#told");
    }

    #[test]
    fn what_was_said_before_is_not_said_again() {
        let untold = |page: &str| untold(&page.parse().expect("an address"));
        for told in ["?done", "?error=forbidden", "?error=too_fast&after_ms=2000", "?", ""] {
            assert_eq!(untold(&format!("/admin{told}")), "/admin");
        }
        assert_eq!(untold("/admin?q=done&error=forbidden&after=a"), "/admin?q=done&after=a");
        let again = with_problem(&untold("/admin?q=a&error=too_fast&after_ms=7"), &Error::Forbidden);
        assert_eq!(again.expect("a way"), "/admin?q=a&error=forbidden#told");
    }

    #[test]
    fn an_address_brings_codes_and_no_words() {
        let told = |query: &str| told(&format!("/login?{query}").parse().expect("an address"));
        let problem = |error: Error| Some(Told::Problem(error.to_string()));
        assert_eq!(told("error=wrong_password"), problem(Error::WrongPassword));
        assert_eq!(told("code=a&error=too_fast&after_ms=2000"), problem(Error::TooFast { after_ms: 2_000 }));
        assert_eq!(told("done"), Some(Told::Done));
        for query in ["", "error=", "error=Your+account+is+in+danger", "after_ms=1", "error=too_fast&after_ms=soon"] {
            assert_eq!(told(query), None, "{query}");
        }
    }
}
