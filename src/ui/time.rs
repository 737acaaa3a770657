//! Points in time, for people.
//!
//! The server knows neither the reader's zone nor their language: it draws UTC, and the page draws the reader's own once
//! it lives.

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use leptos::prelude::window;
use wasm_bindgen::JsValue;

use crate::protocol::ids::Millis;
use crate::words::live::Live;
use crate::words::{say, spoken};

const MINUTE: Millis = 60_000;
const DAY: Millis = 24 * 60 * MINUTE;

/// The reader's days, by which others are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Today {
    today: Day,
    yesterday: Day,
}

/// A day in the reader's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Day {
    year: u32,
    month: u32,
    day: u32,
}

impl Today {
    /// The reader's. Only in a browser.
    pub(super) fn now() -> Self {
        let now = Date::new_0();
        let today = Day::of(&now);
        now.set_date(today.day.wrapping_sub(1));
        Self { today, yesterday: Day::of(&now) }
    }
}

impl Day {
    fn of(date: &Date) -> Self {
        Self { year: date.get_full_year(), month: date.get_month() + 1, day: date.get_date() }
    }
}

/// `2026-11-22T09:05:00Z`, for `<time datetime>`.
pub(super) fn machine(at: Millis) -> String {
    let seconds = at / 1000 % 60;
    format!("{}T{}:{seconds:02}Z", utc_day(at), utc_clock(at))
}

/// The time of day: `09:05 UTC`, or as the reader writes it while `today` is known.
pub(super) fn clock(at: Millis, today: Option<Today>) -> String {
    match today {
        Some(_) => FORMATS.with(|formats| format(&formats.clock, &date(at))),
        None => format!("{} UTC", utc_clock(at)),
    }
}

/// The day: `2026-11-22`, or as the reader calls it while `today` is known.
pub(super) fn day(at: Millis, today: Option<Today>) -> String {
    let Some(today) = today else { return utc_day(at) };
    let date = date(at);
    match Day::of(&date) {
        day if day == today.today => say(Live::Today).to_owned(),
        day if day == today.yesterday => say(Live::Yesterday).to_owned(),
        _ => FORMATS.with(|formats| format(&formats.day, &date)),
    }
}

/// Whether two points in time are of the same day: the reader's, while `today` is known.
pub(super) fn same_day(a: Millis, b: Millis, today: Option<Today>) -> bool {
    match today {
        Some(_) => Day::of(&date(a)) == Day::of(&date(b)),
        None => a / DAY == b / DAY,
    }
}

thread_local! {
    static FORMATS: Formats = Formats::new();
}

/// The reader's ways to write: made once, since each costs more than a hundred uses.
struct Formats {
    clock: Function,
    day: Function,
}

impl Formats {
    fn new() -> Self {
        Self {
            clock: formatter(&[("hour", "numeric"), ("minute", "2-digit")]),
            day: formatter(&[("weekday", "long"), ("year", "numeric"), ("month", "long"), ("day", "numeric")]),
        }
    }
}

fn formatter(options: &[(&str, &str)]) -> Function {
    let object = Object::new();
    for (name, value) in options {
        let _ = Reflect::set(&object, &(*name).into(), &(*value).into());
    }
    Intl::DateTimeFormat::new(&locales(), &object).format()
}

/// The page's language: with its region where that is the browser's own, too.
fn locales() -> Array {
    let tag = spoken().tag();
    let own = window().navigator().language().is_some_and(|own| own.starts_with(tag));
    if own { Array::new() } else { Array::of1(&tag.into()) }
}

fn format(format: &Function, date: &Date) -> String {
    format.call1(&JsValue::UNDEFINED, date).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

fn date(at: Millis) -> Date {
    Date::new(&JsValue::from_f64(at as f64))
}

fn utc_day(at: Millis) -> String {
    let (year, month, day) = civil(at / DAY);
    format!("{year:04}-{month:02}-{day:02}")
}

fn utc_clock(at: Millis) -> String {
    let minutes = at % DAY / MINUTE;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Year, month and day of a day since 1970-01-01, counted from the first of March of the year 0, so that the leap day is a
/// year's last (Howard Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`).
fn civil(days: u64) -> (u64, u64, u64) {
    const DAYS_TO_1970: u64 = 719_468;
    const DAYS_OF_400_YEARS: u64 = 146_097;
    let days = days + DAYS_TO_1970;
    let (era, day) = (days / DAYS_OF_400_YEARS, days % DAYS_OF_400_YEARS);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day_of_month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_in_time_are_written_as_machines_read_them() {
        for (at, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59Z"),
            (1_795_338_300_000, "2026-11-22T09:05:00Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(machine(at), text);
        }
    }

    #[test]
    fn the_server_says_whose_clock_it_shows() {
        assert_eq!(clock(1_795_338_300_000, None), "09:05 UTC");
        assert_eq!(day(1_795_338_300_000, None), "2026-11-22");
        assert!(same_day(1_795_338_300_000, 1_795_391_999_999, None));
        assert!(!same_day(1_795_338_300_000, 1_795_392_000_000, None));
    }
}
