//! How far back the timeline can be looked at.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// How far back somebody looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Range {
    /// The last hour, in steps of ten seconds.
    #[serde(rename = "1h")]
    Hour,
    /// The last 24 hours, in steps of four minutes.
    #[serde(rename = "24h")]
    Day,
    /// The last seven days, in steps of half an hour.
    #[serde(rename = "7d")]
    Week,
}

/// A range was asked for that there is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no range {given:?}; use 1h, 24h or 7d")]
pub struct UnknownRange {
    given: String,
}

impl Range {
    /// Every range, the shortest first.
    pub const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Week];

    /// `1h`, `24h` or `7d`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Day => "24h",
            Self::Week => "7d",
        }
    }

    /// How long it is, in milliseconds.
    pub fn length_ms(self) -> i64 {
        match self {
            Self::Hour => 3_600_000,
            Self::Day => 24 * 3_600_000,
            Self::Week => 7 * 24 * 3_600_000,
        }
    }

    pub(super) fn step_ms(self) -> i64 {
        match self {
            Self::Hour => 10_000,
            Self::Day => 240_000,
            Self::Week => 1_800_000,
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Range {
    type Err = UnknownRange;

    fn from_str(text: &str) -> Result<Self, UnknownRange> {
        let known = Self::ALL.into_iter().find(|range| range.as_str() == text);
        known.ok_or_else(|| UnknownRange { given: text.chars().take(40).collect() })
    }
}
