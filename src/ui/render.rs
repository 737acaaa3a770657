//! The document around a page, and its way into a response.

mod icons;

use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use futures::future::BoxFuture;
use leptos::nonce::Nonce;
use leptos::prelude::*;

use self::icons::symbols;
use super::pages::about::{AboutRoom, MadeInvite};
use super::pages::account;
use super::pages::admin::Admin;
use super::pages::mentions::Mentions;
use super::pages::message::OneMessage;
use super::pages::notice::NoticePage;
use super::pages::room::RoomPage;
use super::pages::rooms::{DirectoryPage, TurnedAway};
use super::pages::search::Searching;
use crate::protocol::page::{AppFiles, Content, FIRST_PAINT_ID, FirstPaint, Page, PageFiles, ToolFiles};
use crate::words::door::Door;
use crate::words::live::Live;
use crate::words::{Language, fill, say, spoken};

/// What the page does until its app has come: `render/early.js`.
const EARLY: &str = include_str!(concat!(env!("OUT_DIR"), "/early.js"));

/// Draws a page.
pub fn page(page: Page, request: Request<Body>) -> BoxFuture<'static, Response> {
    // Says who runs the reactive system; an error says that somebody has said it.
    let _ = any_spawner::Executor::init_tokio();
    let (nonce, told) = (page.nonce.clone(), page.told.clone());
    let provide = move || {
        provide_context(Nonce::from_value(nonce.as_str()));
        // Whatever page it is, this stands on top of it.
        if let Some(told) = told.clone() {
            provide_context(told);
        }
    };
    let draw = leptos_axum::render_app_async_with_context(provide, move || document(page.clone()));
    Box::pin(draw(request))
}

fn document(page: Page) -> impl IntoView {
    let Page { content, files, nonce, .. } = page;
    let (title, first_paint) = match &content {
        Content::Room(first_paint) => (say(Live::AppTitle).to_owned(), Some(embedded(first_paint))),
        other => (title(other), None),
    };
    let live = first_paint.is_some();
    let reload = files.reload_port.map(|port| reload_script(port, &nonce));
    let PageFiles { css, sheet_css, icon, app, wants, tools, .. } = files;
    let css = if live { css } else { sheet_css };
    let app = app.filter(|_| live);
    // In front of the styles, as no script runs before those that stand above it have come.
    let early = app.is_some().then(|| view! { <script nonce=nonce.clone()>{EARLY}</script> });
    view! {
        <!DOCTYPE html>
        <html lang=spoken().tag()>
            <head>
                <meta charset="utf-8"/>
                <title>{title}</title>
                <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content"/>
                <meta name="color-scheme" content="light dark"/>
                {early}
                <link rel="stylesheet" href=css/>
                <link rel="icon" type="image/svg+xml" href=icon/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                // As `--ground` in `style/tokens.css`.
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#fbfaf8"/>
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#17181c"/>
                {live.then(|| later_scripts(&wants, &tools, app, nonce))}
                {reload}
                {first_paint.map(|json| view! { <script type="application/json" id=FIRST_PAINT_ID>{json}</script> })}
            </head>
            <body>{body(content)} {live.then(symbols)}</body>
        </html>
    }
}

/// What the browser calls a page that is no room.
fn title(content: &Content) -> String {
    let what = match content {
        Content::Account(page) => account::title(page),
        Content::Rooms(_) => say(Live::Rooms),
        Content::About(_) => say(Door::AboutRoom),
        Content::Message(_) => say(Door::OneMessage),
        Content::MadeInvite(_) => say(Door::MadeInvitation),
        Content::Admin(_) => say(Door::KeepOrder),
        Content::Search(_) => say(Live::Search),
        Content::Mentions(_) => say(Live::Mentions),
        Content::Room(..) | Content::NoRoom(_) | Content::Notice(_) => say(Door::NotHere),
    };
    fill(Door::PageTitle, &[what])
}

fn body(content: Content) -> AnyView {
    match content {
        Content::Room(first_paint) => view! { <RoomPage first_paint=*first_paint/> }.into_any(),
        Content::Account(page) => account::draw(*page),
        Content::Rooms(page) => view! { <DirectoryPage page=*page/> }.into_any(),
        Content::About(page) => view! { <AboutRoom page=*page/> }.into_any(),
        Content::Message(page) => view! { <OneMessage page=*page/> }.into_any(),
        Content::MadeInvite(page) => view! { <MadeInvite page=*page/> }.into_any(),
        Content::NoRoom(page) => view! { <TurnedAway page=*page/> }.into_any(),
        Content::Admin(page) => view! { <Admin page=*page/> }.into_any(),
        Content::Search(page) => view! { <Searching page=*page/> }.into_any(),
        Content::Mentions(page) => view! { <Mentions page=*page/> }.into_any(),
        Content::Notice(text) => view! { <NoticePage text/> }.into_any(),
    }
}

/// What waits until the page was drawn once, so that it is drawn sooner: what wants the tools, and the app. Only the app's
/// largest file is on its way before. A page that nobody looks at is not drawn, and does not wait for that for long.
fn later_scripts(wants: &str, tools: &ToolFiles, app: Option<AppFiles>, nonce: String) -> impl IntoView + use<> {
    let files = serde_json::to_string(tools).unwrap_or_default();
    let start = app.as_ref().map(|app| start(app, &tools.words)).unwrap_or_default();
    let script = format!(
        "await new Promise((go)=>{{requestAnimationFrame(()=>setTimeout(go));setTimeout(go,500)}});\
         const wants=import({wants:?}).catch(()=>{{}});{start}"
    );
    let wasm = app.map(|AppFiles { wasm, .. }| {
        view! { <link rel="preload" href=wasm r#as="fetch" crossorigin=""/> }
    });
    view! {
        {wasm}
        <script type="module" nonce=nonce data-files=files>{script}</script>
    }
}

/// The page comes to life when the app's files are there; what was done until then it takes over. The app has its words in
/// English; those of another language come beside it.
fn start(AppFiles { js, wasm }: &AppFiles, words: &str) -> String {
    let (ask, take) = match spoken() {
        Language::English => (String::new(), ""),
        _ => (format!("const words=fetch({words:?}).then((it)=>it.json());"), "globalThis.words=(await words).live;"),
    };
    format!(
        "{ask}import({js:?}).then(async(app)=>{{await app.default({{module_or_path:{wasm:?}}});await early.calm();\
         await wants;{take}early.makeWay();app.hydrate()}})\
         .catch((error)=>{{early.giveUp();throw error}})"
    )
}

/// For the developer: the page follows what `cargo leptos watch` builds.
fn reload_script(port: u32, nonce: &str) -> impl IntoView + use<> {
    let script = format!(
        "const follow=(again)=>{{const s=new WebSocket(`ws://${{location.hostname}}:{port}/live_reload`);\
         s.onopen=()=>{{if(again)location.reload()}};s.onclose=()=>setTimeout(()=>follow(true),500);\
         s.onmessage=(m)=>{{const d=JSON.parse(m.data);if(d.all)location.reload();\
         if(d.css)document.querySelector('link[rel=stylesheet]').href=`/${{d.css}}?${{Date.now()}}`}}}};follow(false)"
    );
    view! { <script nonce=nonce.to_owned()>{script}</script> }
}

/// The data as text that cannot end its own element, whatever people wrote.
fn embedded(first_paint: &FirstPaint) -> String {
    let json = serde_json::to_string(first_paint).unwrap_or_default();
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ids::RoomKey;
    use crate::protocol::wire::RoomSummary;

    fn here() -> RoomSummary {
        let json = r#"{"room":"lobby","title":"Lobby","kind":"open","epoch":"e","head":0,"read":0,"role":"reader",
            "joined":false,"unread":0,"mentions":0}"#;
        serde_json::from_str(json).expect("a room")
    }

    #[test]
    fn what_people_wrote_cannot_end_the_element_that_carries_it() {
        let first_paint = FirstPaint {
            room: RoomKey::lobby(),
            here: RoomSummary { title: "</script><script>alert(1)</script><!--".into(), ..here() },
            rooms: Vec::new(),
            epoch: "e".parse().expect("an epoch"),
            head: 0,
            events: Vec::new(),
            more: false,
            at: None,
            me: None,
            form_cid: "0123456789abcdef".parse().expect("a cid"),
        };
        let text = embedded(&first_paint);
        assert!(!text.contains('<'));
        assert_eq!(serde_json::from_str::<FirstPaint>(&text).expect("reads what it wrote"), first_paint);
    }
}
