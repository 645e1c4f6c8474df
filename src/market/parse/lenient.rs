//! Values as sources really write them: numbers as numbers or strings, nulls, exponents, over-long texts.
//!
//! A value of a wrong type is an absent value and never the end of the whole body. What leaves this file is finite,
//! within stated bounds and no longer than asked for.

use std::fmt;

use jiff::Timestamp;
use jiff::tz::Offset;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::error::ParseError;

/// Above every index and every coin by far.
const HIGHEST_PRICE: f64 = 1e12;
/// Above the world's money in any currency, and above every volume in coins.
const LARGEST_AMOUNT: f64 = 1e21;
/// New coins do rise by a million per cent.
const LARGEST_PERCENT: f64 = 1e9;
/// 2000-01-01 and 2100-01-01: a time outside is a time in a wrong unit.
const SECONDS: std::ops::Range<f64> = 946_684_800.0..4_102_444_800.0;

/// A number written as a number or as a string; nothing for anything else.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Number(Option<f64>);

impl Number {
    fn finite(value: f64) -> Self {
        Self(value.is_finite().then_some(value))
    }

    /// A price: above zero and not absurd.
    pub(super) fn price(self, field: &'static str) -> Result<f64, ParseError> {
        let value = self.0.ok_or(ParseError::Missing(field))?;
        if value > 0.0 && value <= HIGHEST_PRICE {
            Ok(value)
        } else {
            Err(ParseError::OutOfRange { field, value, expected: "a price is above 0 and at most 1e12" })
        }
    }

    /// A price that can be done without.
    pub(super) fn maybe_price(self) -> Option<f64> {
        self.price("").ok()
    }

    /// A volume or a capitalisation: 0 or more.
    pub(super) fn amount(self, field: &'static str) -> Result<f64, ParseError> {
        let value = self.0.ok_or(ParseError::Missing(field))?;
        if (0.0..=LARGEST_AMOUNT).contains(&value) {
            Ok(value)
        } else {
            Err(ParseError::OutOfRange { field, value, expected: "an amount is 0 to 1e21" })
        }
    }

    /// A volume or a capitalisation that can be done without.
    pub(super) fn maybe_amount(self) -> Option<f64> {
        self.amount("").ok()
    }

    /// A capitalisation of a market, which is never 0.
    pub(super) fn positive_amount(self, field: &'static str) -> Result<f64, ParseError> {
        match self.amount(field)? {
            value if value > 0.0 => Ok(value),
            value => Err(ParseError::OutOfRange { field, value, expected: "it is above 0" }),
        }
    }

    /// A change in per cent.
    pub(super) fn maybe_percent(self) -> Option<f64> {
        self.0.filter(|value| value.abs() <= LARGEST_PERCENT)
    }

    /// A share of a whole, in per cent.
    pub(super) fn maybe_share(self) -> Option<f64> {
        self.0.filter(|value| (0.0..=100.0).contains(value))
    }

    /// A whole number of 0 or more.
    pub(super) fn maybe_count(self) -> Option<u32> {
        self.0.filter(|value| value.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(value)).map(
            |value| {
                // In range and whole: nothing is lost.
                value as u32
            },
        )
    }

    /// A distance from UTC in seconds.
    pub(super) fn maybe_offset(self) -> Option<Offset> {
        self.0
            .filter(|seconds| seconds.abs() <= 86_400.0)
            .and_then(|seconds| Offset::from_seconds(seconds as i32).ok())
    }

    /// A time in seconds since 1970.
    pub(super) fn seconds(self, field: &'static str) -> Result<Timestamp, ParseError> {
        self.time(field, 1.0)
    }

    /// A time in milliseconds since 1970.
    pub(super) fn milliseconds(self, field: &'static str) -> Result<Timestamp, ParseError> {
        self.time(field, 1000.0)
    }

    fn time(self, field: &'static str, per_second: f64) -> Result<Timestamp, ParseError> {
        let value = self.0.ok_or(ParseError::Missing(field))?;
        let wrong = || ParseError::OutOfRange { field, value, expected: "a time is between 2000 and 2100" };
        if !SECONDS.contains(&(value / per_second)) {
            return Err(wrong());
        }
        Timestamp::from_millisecond((value * (1000.0 / per_second)) as i64).map_err(|_| wrong())
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

struct NumberVisitor;

impl<'de> Visitor<'de> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, a number in a string, or nothing")
    }

    fn visit_f64<E>(self, value: f64) -> Result<Number, E> {
        Ok(Number::finite(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Number, E> {
        Ok(Number::finite(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Number, E> {
        Ok(Number::finite(value as f64))
    }

    fn visit_str<E>(self, text: &str) -> Result<Number, E> {
        Ok(text.trim().parse().map_or(Number(None), Number::finite))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Number, E> {
        Ok(Number(None))
    }

    fn visit_unit<E>(self) -> Result<Number, E> {
        Ok(Number(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Number, A::Error> {
        while rows.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Number(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Number, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Number(None))
    }
}

/// A text of at most `MAX` characters; what goes beyond is cut off, and anything but a string is nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Text<const MAX: usize>(Option<String>);

impl<const MAX: usize> Text<MAX> {
    /// The text, unless it was absent or blank.
    pub(super) fn get(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// The text, or nothing in its place.
    pub(super) fn into_string(self) -> String {
        self.0.unwrap_or_default()
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Text<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor::<MAX>)
    }
}

struct TextVisitor<const MAX: usize>;

impl<'de, const MAX: usize> Visitor<'de> for TextVisitor<MAX> {
    type Value = Text<MAX>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or nothing")
    }

    fn visit_str<E>(self, text: &str) -> Result<Text<MAX>, E> {
        let kept: &str = first_characters(text.trim(), MAX);
        Ok(Text(if kept.is_empty() { None } else { Some(kept.to_owned()) }))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Text<MAX>, E> {
        Ok(Text(None))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Text<MAX>, E> {
        Ok(Text(None))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Text<MAX>, E> {
        Ok(Text(None))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Text<MAX>, E> {
        Ok(Text(None))
    }

    fn visit_unit<E>(self) -> Result<Text<MAX>, E> {
        Ok(Text(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Text<MAX>, A::Error> {
        while rows.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Text(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Text<MAX>, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Text(None))
    }
}

/// The first `max` characters of a text.
fn first_characters(text: &str, max: usize) -> &str {
    text.char_indices().nth(max).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(json: &str) -> Number {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_number_is_a_number_whether_it_is_quoted_or_not() {
        for json in ["1853.29", "\"1853.29\"", "\" 1853.29 \"", "1.85329e3", "\"1.85329E+3\""] {
            assert_eq!(number(json).maybe_price(), Some(1853.29), "{json}");
        }
    }

    #[test]
    fn what_is_no_number_is_absent_and_costs_nothing_else() {
        for json in
            ["null", "\"\"", "\"N/D\"", "true", "{\"a\":[1,2]}", "[1,[2]]", "\"NaN\"", "\"inf\"", "\"-inf\""]
        {
            let row: (Number, u8) = serde_json::from_str(&format!("[{json},7]")).unwrap();
            assert_eq!(row, (Number(None), 7), "{json}");
        }
    }

    #[test]
    fn a_price_is_above_zero_and_not_absurd() {
        for json in ["0", "0.0", "-1", "\"-0.5\"", "1e13", "1e300"] {
            assert!(number(json).price("price").is_err(), "{json}");
        }
        assert_eq!(number("8.547e-05").maybe_price(), Some(0.000_085_47));
    }

    #[test]
    fn a_time_in_a_wrong_unit_is_rejected() {
        let expected: Timestamp = "2026-04-24T07:20:00Z".parse().unwrap();
        assert_eq!(number("\"1777015200\"").seconds("t"), Ok(expected));
        assert_eq!(number("1777015200000").milliseconds("t"), Ok(expected));
        assert!(number("1777015200000").seconds("t").is_err());
        assert!(number("1777015200").milliseconds("t").is_err());
        assert!(number("-5").seconds("t").is_err());
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        let text: Text<3> = serde_json::from_str("\"  đồng Việt Nam\"").unwrap();
        assert_eq!(text.get(), Some("đồn"));
        let blank: Text<3> = serde_json::from_str("\"   \"").unwrap();
        assert_eq!(blank.get(), None);
    }
}
