//! Figures, and how they are told.

use std::io::{self, Write as _};
use std::time::Duration;

use serde::Serialize;

use super::Result;

/// What was found, for people and for programs.
pub trait Told: Serialize {
    /// Each figure with its name.
    fn lines(&self) -> Vec<(&'static str, String)>;

    /// Prints it.
    fn tell(&self, json: bool) -> Result<()> {
        let mut out = io::stdout();
        if json {
            return Ok(writeln!(out, "{}", serde_json::to_string(self)?)?);
        }
        for (name, value) in self.lines() {
            writeln!(out, "{name:<28}{value:>14}")?;
        }
        Ok(())
    }
}

/// The time that a share of all times does not exceed; sorts them.
pub fn quantile(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    let last = times.len().saturating_sub(1);
    times.get((last as f64 * share).round() as usize).copied().unwrap_or_default()
}

/// In microseconds.
pub fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// In milliseconds.
pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// A whole number with its thousands apart.
pub fn whole(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_times_that_were_measured() {
        let mut times: Vec<Duration> = (1..=101).rev().map(Duration::from_millis).collect();
        assert_eq!([0.0, 0.5, 0.99, 1.0].map(|share| ms(quantile(&mut times, share))), [1.0, 51.0, 100.0, 101.0]);
        assert_eq!(quantile(&mut [], 0.5), Duration::ZERO);
    }

    #[test]
    fn thousands_are_apart() {
        assert_eq!([0.4, 999.0, 1000.0, 1_234_567.8].map(whole), ["0", "999", "1,000", "1,234,568"]);
    }
}
