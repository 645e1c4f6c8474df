//! A language together with the time zone of the report: all that is needed to write a value down.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use fluent_templates::fluent_bundle::FluentValue;

use super::calendar;
use super::language::Language;
use super::text::{self, Arguments, Key, TextError};

/// How one edition in one language writes words and times.
#[derive(Debug, Clone)]
pub(crate) struct Locale {
    /// The language.
    pub(crate) language: Language,
    /// The zone of every time in the report.
    pub(crate) zone: TimeZone,
}

impl Locale {
    /// A message without arguments.
    pub(super) fn text(&self, key: Key) -> Result<String, TextError> {
        text::text(self.language, key, &Arguments::new())
    }

    /// A message with text arguments. Numbers come already written.
    pub(super) fn text_with(
        &self,
        key: Key,
        arguments: &[(&'static str, &str)],
    ) -> Result<String, TextError> {
        let arguments =
            arguments.iter().map(|(name, value)| ((*name).into(), FluentValue::from(*value))).collect();
        text::text(self.language, key, &arguments)
    }

    /// A message about a number of things: `$count` chooses the form, `$n` is the number as it is written.
    pub(super) fn text_counted(
        &self,
        key: Key,
        count: u64,
        others: &[(&'static str, &str)],
    ) -> Result<String, TextError> {
        let mut arguments: Arguments<'_> =
            others.iter().map(|(name, value)| ((*name).into(), FluentValue::from(*value))).collect();
        arguments.insert("count".into(), FluentValue::from(count));
        arguments.insert("n".into(), FluentValue::from(self.language.count(count)));
        text::text(self.language, key, &arguments)
    }

    /// The items one after the other, as a sentence lists them.
    pub(super) fn list(&self, items: &[String]) -> Result<String, TextError> {
        Ok(items.join(&self.text(Key::LIST_SEPARATOR)?))
    }

    /// `24 Apr 2026 07:45`.
    pub(crate) fn date_time(&self, at: Timestamp) -> String {
        self.language.date_time(at, &self.zone)
    }

    /// How long ago `then` was at `now`, in the largest unit that is not zero; the future counts as now.
    pub(crate) fn age(&self, then: Timestamp, now: Timestamp) -> Result<String, TextError> {
        let seconds = now.duration_since(then).max(SignedDuration::ZERO).as_secs().unsigned_abs();
        let (key, count) = match seconds {
            0..60 => (Key::AGE_SECONDS, seconds),
            60..3_600 => (Key::AGE_MINUTES, seconds / 60),
            3_600..172_800 => (Key::AGE_HOURS, seconds / 3_600),
            _ => (Key::AGE_DAYS, seconds / 86_400),
        };
        self.text_counted(key, count, &[])
    }

    /// `UTC+7` on the day of `at`.
    pub(crate) fn offset(&self, at: Timestamp) -> String {
        calendar::offset(at, &self.zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_told_in_its_largest_unit() {
        let now: Timestamp = "2026-04-24T00:45:00Z".parse().unwrap();
        let [vi, en] = Language::ALL.map(|language| Locale { language, zone: TimeZone::UTC });
        for (seconds, in_vi, in_en) in [
            (-5, "0 giây", "0 seconds"),
            (1, "1 giây", "1 second"),
            (61, "1 phút", "1 minute"),
            (12 * 60, "12 phút", "12 minutes"),
            (3_600, "1 giờ", "1 hour"),
            (47 * 3_600, "47 giờ", "47 hours"),
            (49 * 3_600, "2 ngày", "2 days"),
            (2_000 * 86_400, "2.000 ngày", "2,000 days"),
        ] {
            let then = now - SignedDuration::from_secs(seconds);
            assert_eq!(
                (vi.age(then, now).unwrap().as_str(), en.age(then, now).unwrap().as_str()),
                (in_vi, in_en)
            );
        }
    }
}
