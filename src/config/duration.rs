//! Durations in the configuration: always with a unit, for example `3m`, `1h 30m` or `300s`.

use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer, Serializer, de::Error};

pub(super) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&render(*duration))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).map_err(D::Error::custom)
}

/// The same for a duration that may be left out.
#[cfg(feature = "sqlite")]
pub(super) mod optional {
    use super::{Deserializer, Duration, Serializer};

    pub(in crate::config) fn serialize<S: Serializer>(
        duration: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match duration {
            Some(duration) => super::serialize(duration, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(in crate::config) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        super::deserialize(deserializer).map(Some)
    }
}

/// The duration as it is written in the file: `3m`, `1h 30m`, `200ms`.
pub(crate) fn render(duration: Duration) -> String {
    let signed = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
    format!("{signed:#}")
}

/// Parses a duration with a unit.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let signed: SignedDuration = text.parse().map_err(|_| {
        format!("\"{text}\" is not a duration; write a number with a unit, for example 30s, 3m or 1h 30m")
    })?;
    Duration::try_from(signed).map_err(|_| format!("\"{text}\" is negative; a duration is 0s or more"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_come_back_as_they_were_written() {
        for ms in
            [0, 1, 200, 999, 1000, 1500, 30_000, 180_000, 300_000, 5_400_000, 10_800_000, 31_622_400_000]
        {
            let duration = Duration::from_millis(ms);
            assert_eq!(parse(&render(duration)), Ok(duration), "{}", render(duration));
        }
        assert_eq!(render(Duration::from_secs(180)), "3m");
        assert_eq!(render(Duration::from_secs(5400)), "1h 30m");
    }

    #[test]
    fn a_duration_needs_a_unit_and_is_not_negative() {
        for text in ["", "3", "-3m", "3m ago", "1d", "three minutes", "3 parsecs", "99999999999999999999h"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
