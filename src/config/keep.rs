//! How long what is stored is kept.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What is kept, and for how long.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeepConfig {
    /// History points (`keep.history`; default `400d`).
    pub history: Age,
    /// Reports; the newest one is kept however old it is (`keep.reports`; default `forever`).
    pub reports: Age,
}

impl Default for KeepConfig {
    fn default() -> Self {
        Self { history: Age::days(400), reports: Age::FOREVER }
    }
}

/// An age in whole days, or no limit. Written as `400d`, `52w`, `1y` (365 days) or `forever`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Age(Option<u32>);

impl Age {
    /// No limit.
    pub const FOREVER: Self = Self(None);

    /// So many days.
    pub const fn days(days: u32) -> Self {
        Self(Some(days))
    }

    /// As a duration; none without a limit.
    pub fn limit(self) -> Option<Duration> {
        self.0.map(|days| Duration::from_secs(u64::from(days) * 24 * 3600))
    }

    /// Parses one, or says what would be right.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let right = || "write forever, or an age of 1d to 100y, for example 400d, 52w or 1y".to_owned();
        let text = text.trim();
        if text == "forever" {
            return Ok(Self::FOREVER);
        }
        let days_of_unit = match text.chars().last() {
            Some('d') => 1,
            Some('w') => 7,
            Some('y') => 365,
            _ => return Err(right()),
        };
        let number = &text[..text.len() - 1];
        let is_plain = number.bytes().all(|digit| digit.is_ascii_digit());
        let number: u32 = number.parse().ok().filter(|_| is_plain).ok_or_else(right)?;
        match number.checked_mul(days_of_unit) {
            Some(days @ 1..=36_500) => Ok(Self(Some(days))),
            _ => Err(right()),
        }
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(days) if days % 365 == 0 => write!(f, "{}y", days / 365),
            Some(days) => write!(f, "{days}d"),
            None => f.write_str("forever"),
        }
    }
}

impl TryFrom<String> for Age {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Age> for String {
    fn from(age: Age) -> Self {
        age.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_a_number_of_days_or_forever() {
        let cases = [
            ("400d", "400d", Some(400)),
            ("52w", "364d", Some(364)),
            ("1y", "1y", Some(365)),
            ("365d", "1y", Some(365)),
            ("100y", "100y", Some(36_500)),
            (" forever ", "forever", None),
        ];
        for (text, written, days) in cases {
            let age = Age::parse(text).unwrap();
            assert_eq!((age.to_string().as_str(), age.0), (written, days));
        }
        for text in ["", "d", "0d", "-1d", "+1d", "1.5y", "400", "400h", "101y", "99999999999y", "1é"] {
            assert!(Age::parse(text).is_err(), "{text}");
        }
    }
}
