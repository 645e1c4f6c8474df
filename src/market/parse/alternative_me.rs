//! alternative.me: the Fear & Greed index. Every number is a string; the newest day comes first.

use serde::Deserialize;

use super::error::ParseError;
use super::lenient::{Number, Text};
use crate::market::model::FearGreed;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Answer {
    data: Option<Vec<Day>>,
    metadata: Option<Metadata>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Day {
    value: Number,
    value_classification: Text<40>,
    timestamp: Number,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Metadata {
    error: Text<160>,
}

/// The newest day.
pub fn parse_fear_greed(body: &[u8]) -> Result<FearGreed, ParseError> {
    let answer: Answer = serde_json::from_slice(body)?;
    if let Some(reported) = answer.metadata.as_ref().and_then(|metadata| metadata.error.get()) {
        return Err(ParseError::Reported(reported.to_owned()));
    }
    let day = answer.data.unwrap_or_default().into_iter().next().ok_or(ParseError::Empty)?;
    let at = day.timestamp.seconds("timestamp")?;
    let value = day.value.maybe_count().and_then(|value| u8::try_from(value).ok());
    let value = value
        .filter(|value| *value <= 100)
        .ok_or(ParseError::Missing("value, a whole number from 0 to 100,"))?;
    Ok(FearGreed { at, value, label: day.value_classification.into_string() })
}
