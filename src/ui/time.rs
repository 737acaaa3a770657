//! Points in time, for people.
//!
//! The server does not know the reader's zone: it draws UTC, and the page draws the reader's own once it lives.

use js_sys::Date;
use wasm_bindgen::JsValue;

use crate::protocol::ids::Millis;

const MINUTE: Millis = 60_000;
const DAY: Millis = 24 * 60 * MINUTE;

/// `2026-11-22T09:05:00Z`, for `<time datetime>`.
pub(super) fn machine(at: Millis) -> String {
    let (year, month, day) = date(at / DAY);
    let (clock, seconds) = (utc_clock(at), at / 1000 % 60);
    format!("{year:04}-{month:02}-{day:02}T{clock}:{seconds:02}Z")
}

/// `2026-11-22 09:05 UTC`
pub(super) fn utc(at: Millis) -> String {
    let (year, month, day) = date(at / DAY);
    format!("{year:04}-{month:02}-{day:02} {} UTC", utc_clock(at))
}

/// A day in the reader's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    year: u32,
    month: u32,
    day: u32,
}

impl Day {
    /// The reader's. Only in a browser.
    pub(super) fn today() -> Self {
        Self::of(&Date::new_0())
    }

    fn of(date: &Date) -> Self {
        Self { year: date.get_full_year(), month: date.get_month() + 1, day: date.get_date() }
    }
}

/// `10:05` in the reader's zone, with the day before it if that is not today. Only in a browser.
pub(super) fn local(at: Millis, today: Day) -> String {
    let date = Date::new(&JsValue::from_f64(at as f64));
    let clock = format!("{:02}:{:02}", date.get_hours(), date.get_minutes());
    match Day::of(&date) {
        day if day == today => clock,
        Day { year, month, day } => format!("{year:04}-{month:02}-{day:02} {clock}"),
    }
}

fn utc_clock(at: Millis) -> String {
    let minutes = at % DAY / MINUTE;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Year, month and day of a day since 1970-01-01, counted from the first of March of the year 0, so that the leap day is a
/// year's last (Howard Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`).
fn date(days: u64) -> (u64, u64, u64) {
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
        assert_eq!(utc(1_795_338_300_000), "2026-11-22 09:05 UTC");
    }
}
