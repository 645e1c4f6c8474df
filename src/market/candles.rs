//! Daily candles: how many are asked for, and which have ended.
//!
//! An indicator of today is computed from the candles of days that are over: today's would make it differ from one refresh
//! to the next.

use jiff::civil::{Date, time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::model::{Market, SourceName};
use super::parse::bars::Bar;

/// Candles that are asked for, in days on which the market trades.
pub const MOST_CLOSES: usize = 300;

/// With fewer closes a relative strength index still depends on where the series begins.
pub const FEWEST_CLOSES: usize = 250;

/// Vietnam keeps one offset all year.
pub(super) const ICT: Offset = Offset::constant(7);

/// From the opening bell in New York, which stamps a daily candle, until everything of the day is in it.
const NEW_YORK_DAY: SignedDuration = SignedDuration::from_hours(7);

/// The daily candles of one index.
#[derive(Debug, Clone, PartialEq)]
pub struct Daily {
    /// Who gave them.
    pub source: SourceName,
    /// The date on the exchange (for coins: in UTC) and the candle, oldest first, each date once; only days that are over.
    pub days: Vec<(Date, Bar)>,
}

impl Daily {
    /// The newest [`MOST_CLOSES`] of `bars`, which are in the order of time, without those of days that are not over at
    /// `now`; `offset` is that of the exchange.
    pub(super) fn finished(
        source: SourceName,
        market: Market,
        bars: Vec<Bar>,
        offset: Offset,
        now: Timestamp,
    ) -> Self {
        let mut days: Vec<(Date, Bar)> = bars
            .into_iter()
            .map(|bar| (offset.to_datetime(bar.at).date(), bar))
            .filter(|(date, bar)| ends(market, *date, bar).is_some_and(|end| end <= now))
            .collect();
        // Some sources repeat a day; the later row is the corrected one.
        days.reverse();
        days.dedup_by_key(|(date, _)| *date);
        days.truncate(MOST_CLOSES);
        days.reverse();
        Self { source, days }
    }
}

/// When nothing more can happen to a candle.
fn ends(market: Market, date: Date, bar: &Bar) -> Option<Timestamp> {
    match market {
        Market::Vietnam => ICT.to_timestamp(date.to_datetime(time(15, 0, 0, 0))).ok(),
        Market::Crypto => bar.at.checked_add(SignedDuration::from_hours(24)).ok(),
        Market::Us => bar.at.checked_add(NEW_YORK_DAY).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(at: &str) -> Bar {
        Bar { at: at.parse().unwrap(), open: 1.0, high: 1.0, low: 1.0, close: 1.0, volume: None }
    }

    fn last_day(market: Market, offset: i8, stamps: &[&str], now: &str) -> Option<String> {
        let bars = stamps.iter().map(|stamp| bar(stamp)).collect();
        let offset = Offset::constant(offset);
        let daily = Daily::finished(SourceName::Kbs, market, bars, offset, now.parse().unwrap());
        daily.days.last().map(|(date, _)| date.to_string())
    }

    #[test]
    fn a_day_that_is_not_over_is_not_used() {
        let vietnam = ["2026-05-06T00:00:00Z", "2026-05-07T00:00:00Z"];
        let new_york = ["2026-05-06T13:30:00Z", "2026-05-07T13:30:00Z"];
        for (market, offset, stamps, now, last) in [
            (Market::Vietnam, 7, vietnam, "2026-05-07T07:59:59Z", "2026-05-06"),
            (Market::Vietnam, 7, vietnam, "2026-05-07T08:00:00Z", "2026-05-07"),
            (Market::Crypto, 0, vietnam, "2026-05-07T23:59:59Z", "2026-05-06"),
            (Market::Crypto, 0, vietnam, "2026-05-08T00:00:00Z", "2026-05-07"),
            (Market::Us, -4, new_york, "2026-05-07T20:15:00Z", "2026-05-06"),
            (Market::Us, -4, new_york, "2026-05-07T20:30:00Z", "2026-05-07"),
        ] {
            assert_eq!(last_day(market, offset, &stamps, now).as_deref(), Some(last), "{market:?} at {now}");
        }
        assert_eq!(last_day(Market::Crypto, 0, &[], "2026-05-07T23:59:59Z"), None);
    }

    #[test]
    fn a_repeated_day_counts_once_and_old_days_are_left_out() {
        let twice = ["2026-05-05T17:30:00Z", "2026-05-06T00:00:00Z"].map(bar).to_vec();
        let now = "2026-05-09T00:00:00Z".parse().unwrap();
        let daily = Daily::finished(SourceName::Kbs, Market::Vietnam, twice, ICT, now);
        assert_eq!((daily.days.len(), daily.days[0].1.at), (1, "2026-05-06T00:00:00Z".parse().unwrap()));
        let start: Timestamp = "2020-01-01T00:00:00Z".parse().unwrap();
        let many: Vec<Bar> = (0..400)
            .map(|day| Bar {
                at: start + SignedDuration::from_hours(24 * day),
                ..bar("2020-01-01T00:00:00Z")
            })
            .collect();
        let daily = Daily::finished(SourceName::Binance, Market::Crypto, many, Offset::UTC, now);
        assert_eq!((daily.days.len(), daily.days[0].0.to_string()), (MOST_CLOSES, "2020-04-10".to_owned()));
    }
}
