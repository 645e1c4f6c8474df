//! How each language writes dates and times of day.
//!
//! The zone is always a parameter: a report says which zone its times are in.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::language::Language;

impl Language {
    /// `24/04/2026 07:45` or `24 Apr 2026 07:45`.
    pub fn date_time(self, at: Timestamp, zone: &TimeZone) -> String {
        let format = match self {
            Self::Vi => "%d/%m/%Y %H:%M",
            Self::En => "%-d %b %Y %H:%M",
        };
        at.to_zoned_datetime(zone.clone()).strftime(format).to_string()
    }

    /// `24/04/2026` or `24 Apr 2026`.
    pub fn date(self, date: Date) -> String {
        let format = match self {
            Self::Vi => "%d/%m/%Y",
            Self::En => "%-d %b %Y",
        };
        date.strftime(format).to_string()
    }

    /// `24/04` or `24 Apr`.
    pub fn day_month(self, date: Date) -> String {
        let format = match self {
            Self::Vi => "%d/%m",
            Self::En => "%-d %b",
        };
        date.strftime(format).to_string()
    }

    /// `Thứ Sáu, 24/04/2026` or `Friday, 24 April 2026`.
    pub fn day(self, at: Timestamp, zone: &TimeZone) -> String {
        let local = at.to_zoned_datetime(zone.clone());
        match self {
            Self::En => local.strftime("%A, %-d %B %Y").to_string(),
            Self::Vi => {
                const DAYS: [&str; 7] =
                    ["Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật"];
                let day = usize::try_from(local.weekday().to_monday_zero_offset()).unwrap_or(0);
                format!("{}, {}", DAYS[day % DAYS.len()], local.strftime("%d/%m/%Y"))
            }
        }
    }
}

/// `07:45`.
pub(super) fn time_of_day(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%H:%M").to_string()
}

/// `UTC+7`, `UTC+5:30`, `UTC−4`: understood in both languages, unlike the abbreviations of zones.
pub(super) fn offset(at: Timestamp, zone: &TimeZone) -> String {
    let seconds = zone.to_offset(at).seconds();
    let sign = if seconds < 0 { '\u{2212}' } else { '+' };
    let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() % 3600 / 60);
    match (hours, minutes) {
        (0, 0) => "UTC".to_owned(),
        (_, 0) => format!("UTC{sign}{hours}"),
        _ => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn times_are_local_and_written_as_each_language_does_it() {
        let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let morning = at("2026-04-24T00:45:00Z");
        assert_eq!(Language::Vi.date_time(morning, &zone), "24/04/2026 07:45");
        assert_eq!(Language::En.date_time(morning, &zone), "24 Apr 2026 07:45");
        assert_eq!(Language::Vi.day(morning, &zone), "Thứ Sáu, 24/04/2026");
        assert_eq!(Language::En.day(morning, &zone), "Friday, 24 April 2026");
        assert_eq!(Language::Vi.day(at("2026-04-25T23:00:00Z"), &zone), "Chủ nhật, 26/04/2026");
        assert_eq!(time_of_day(morning, &zone), "07:45");
    }

    #[test]
    fn a_zone_is_named_by_its_offset_of_that_day() {
        let new_york = TimeZone::get("America/New_York").unwrap();
        for (zone, time, expected) in [
            (&TimeZone::UTC, "2026-04-24T00:00:00Z", "UTC"),
            (&TimeZone::get("Asia/Ho_Chi_Minh").unwrap(), "2026-04-24T00:00:00Z", "UTC+7"),
            (&TimeZone::get("Asia/Kolkata").unwrap(), "2026-04-24T00:00:00Z", "UTC+5:30"),
            (&new_york, "2026-01-24T00:00:00Z", "UTC\u{2212}5"),
            (&new_york, "2026-07-24T00:00:00Z", "UTC\u{2212}4"),
        ] {
            assert_eq!(offset(at(time), zone), expected);
        }
    }
}
