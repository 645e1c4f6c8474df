//! Durations in the configuration: always with a unit, for example `3m`, `1h 30m` or `300s`.

use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer, Serializer, de::Error};

pub(super) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    let signed = SignedDuration::try_from(*duration).unwrap_or(SignedDuration::MAX);
    serializer.serialize_str(&format!("{signed:#}"))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).map_err(D::Error::custom)
}

/// Parses a duration with a unit.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let signed: SignedDuration = text.parse().map_err(|_| {
        format!("\"{text}\" is not a duration; write a number with a unit, for example 30s, 3m or 1h 30m")
    })?;
    Duration::try_from(signed).map_err(|_| format!("\"{text}\" is negative; a duration is 0s or more"))
}
