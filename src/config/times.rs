//! Times of day in the configuration: `HH:MM`, seconds only where somebody wrote them.

use jiff::civil::Time;
use serde::{Deserialize, Deserializer, Serializer, de::Error};

pub(super) fn serialize<S: Serializer>(times: &[Time], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(times.iter().map(|time| render(*time)))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Time>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let time =
        |text: &String| parse(text).ok_or_else(|| D::Error::custom(format!("\"{text}\" is not a time")));
    texts.iter().map(time).collect()
}

/// The same for times that may be left out.
pub(super) mod optional {
    use super::{Deserializer, Serializer, Time};

    pub(in crate::config) fn serialize<S: Serializer>(
        times: &Option<Vec<Time>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match times {
            Some(times) => super::serialize(times, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(in crate::config) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Vec<Time>>, D::Error> {
        super::deserialize(deserializer).map(Some)
    }
}

/// `07:30`, or `07:30:15` where there are seconds.
pub(super) fn render(time: Time) -> String {
    let minutes = format!("{:02}:{:02}", time.hour(), time.minute());
    if time.second() == 0 { minutes } else { format!("{minutes}:{:02}", time.second()) }
}

/// Parses `H:MM`, `HH:MM` or `HH:MM:SS`.
pub(super) fn parse(text: &str) -> Option<Time> {
    let mut parts = text.split(':');
    let hour = number(parts.next()?, 1)?;
    let minute = number(parts.next()?, 2)?;
    let second = parts.next().map_or(Some(0), |part| number(part, 2))?;
    if parts.next().is_some() {
        return None;
    }
    Time::new(hour, minute, second, 0).ok()
}

fn number(part: &str, at_least: usize) -> Option<i8> {
    let right = (at_least..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if right { part.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_come_back_as_they_were_written() {
        for (text, rendered) in
            [("07:30", "07:30"), ("7:30", "07:30"), ("00:00:00", "00:00"), ("23:59:59", "23:59:59")]
        {
            assert_eq!(render(parse(text).unwrap()), rendered);
        }
    }

    #[test]
    fn anything_else_is_no_time() {
        for text in
            ["", "7", "7:3", "24:00", "12:60", "+7:30", "07:30:15:00", "0730", "07:30 ", "7h30", "०७:३०"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
