//! Times as the sources write them. Times are seconds since 1970.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::hours::VIETNAM_S;

/// `2026-04-24T07:45:59.000Z`.
pub(crate) fn iso(t: i64) -> String {
    written(t, "%Y-%m-%dT%H:%M:%S.000Z")
}

/// `2026-04-24T07:45:59Z`.
pub(crate) fn iso_seconds(t: i64) -> String {
    written(t, "%Y-%m-%dT%H:%M:%SZ")
}

/// `2026-04-24 14:45`, in Vietnam, without a zone.
pub(crate) fn vietnamese(t: i64) -> String {
    written(t.saturating_add(VIETNAM_S), "%Y-%m-%d %H:%M")
}

/// The first second of a day of Vietnam that is written `24-04-2026`.
pub(crate) fn vietnamese_day(text: &str) -> Option<i64> {
    let midnight = Date::strptime("%d-%m-%Y", text).ok()?.at(0, 0, 0, 0);
    Some(Offset::UTC.to_timestamp(midnight).ok()?.as_second() - VIETNAM_S)
}

fn written(t: i64, format: &str) -> String {
    Timestamp::from_second(t).unwrap_or_default().strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_the_sources_do() {
        assert_eq!(iso(1_777_015_259), "2026-04-24T07:20:59.000Z");
        assert_eq!(iso_seconds(1_777_015_259), "2026-04-24T07:20:59Z");
        assert_eq!(vietnamese(1_777_015_259), "2026-04-24 14:20");
        assert_eq!(vietnamese_day("24-04-2026"), Some(1_776_963_600));
        assert_eq!(vietnamese_day("2026-04-24"), None);
    }
}
