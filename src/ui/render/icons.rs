//! The signs of the page, drawn for it: one line each, on a field of 24 by 24, as thick as the style says.

use leptos::prelude::*;

/// By their names.
const ICONS: [(&str, &str); 16] = [
    ("hash", "M9.5 4 7.5 20M16.5 4l-2 16M4.5 9h15.5M4 15h15.5"),
    ("lock", "M7 11V8a5 5 0 0 1 10 0v3M6 11h12a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1z"),
    ("horn", "M4 10v4h3l8 4.5v-13L7 10zM18.5 9a4 4 0 0 1 0 6"),
    (
        "people",
        "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 19.5c.6-3.4 3-5 6.5-5s5.9 1.6 6.5 5M16 5a3.2 3.2 0 0 1 0 6M18 14.8c2 .6 3.2 2.2 3.5 4.7",
    ),
    ("person", "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20c.8-3.8 3.5-5.5 7.5-5.5s6.7 1.7 7.5 5.5"),
    ("rooms", "M4 5h6v6H4zM14 5h6v6h-6zM4 14.5h6v5H4zM14 14.5h6v5h-6z"),
    ("at", "M15.5 12a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0zm0 0v1.5a2.3 2.3 0 0 0 4.5 0V12a8 8 0 1 0-3.2 6.4"),
    ("search", "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 20 20"),
    ("settings", "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5"),
    ("shield", "M12 3.5 19 6v6c0 4.5-3 7.3-7 8.5-4-1.2-7-4-7-8.5V6z"),
    ("enter", "M14 4h5v16h-5M4 12h10M10.5 8l4 4-4 4"),
    ("join", "M10 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM3 20c.7-3.8 3.2-5.5 7-5.5 1.6 0 3 .3 4 .9M18 14v6M15 17h6"),
    (
        "smile",
        "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM8.5 14c.8 1.3 2 2 3.5 2s2.7-.7 3.5-2M9 9.5v.5M15 9.5v.5",
    ),
    ("send", "M4 11.5 20 4l-6.5 16-2.5-6.5zM11 13.5 20 4"),
    ("bell", "M12 4a5 5 0 0 0-5 5c0 5-2 6-2 7.5h14C19 15 17 14 17 9a5 5 0 0 0-5-5zM10 19.5a2 2 0 0 0 4 0"),
    ("menu", "M4 7h16M4 12h16M4 17h16"),
];

/// All of them, once for a page: whatever shows one refers to it.
pub fn symbols() -> impl IntoView {
    let symbol = |(name, line): &(&'static str, &'static str)| {
        view! { <symbol id=format!("icon-{name}") viewBox="0 0 24 24"><path d=*line/></symbol> }
    };
    view! { <svg hidden aria-hidden="true">{ICONS.iter().map(symbol).collect_view()}</svg> }
}
