//! Price bars, and one trading session put together from them.
//!
//! Bars come out in the order of time, whichever way the source sent them, and only whole ones: each has four prices
//! above zero. Columns of different lengths are rejected as a whole.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::error::ParseError;
use super::lenient::Number;
use crate::market::model::Quote;

/// One bar of an index, in its points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// When the bar begins; a daily bar is stamped somewhere on its day.
    pub at: Timestamp,
    /// First value.
    pub open: f64,
    /// Highest value.
    pub high: f64,
    /// Lowest value.
    pub low: f64,
    /// Last value.
    pub close: f64,
    /// Volume traded during the bar, where the source has one.
    pub volume: Option<f64>,
}

/// The last trading session within a run of bars.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// The exchange's date.
    pub date: Date,
    /// When the last bar begins.
    pub at: Timestamp,
    /// First value.
    pub open: f64,
    /// Highest value.
    pub high: f64,
    /// Lowest value.
    pub low: f64,
    /// Last value.
    pub close: f64,
    /// Volume of all bars together; nothing when no bar has one.
    pub volume: Option<f64>,
    /// Last value of the session before, when the run reaches back that far.
    pub previous_close: Option<f64>,
}

impl Session {
    /// The session of the last bar; `bars` are in the order of time, `zone` is the exchange's.
    pub fn last(bars: &[Bar], zone: Offset) -> Result<Self, ParseError> {
        let last = bars.last().ok_or(ParseError::Empty)?;
        let date_of = |bar: &Bar| zone.to_datetime(bar.at).date();
        let date = date_of(last);
        let start = bars.iter().rposition(|bar| date_of(bar) != date).map_or(0, |before| before + 1);
        let (earlier, session) = bars.split_at(start);
        let mut volumes = session.iter().filter_map(|bar| bar.volume).peekable();
        Ok(Self {
            date,
            at: last.at,
            open: session.first().map_or(last.open, |first| first.open),
            high: session.iter().map(|bar| bar.high).fold(last.high, f64::max),
            low: session.iter().map(|bar| bar.low).fold(last.low, f64::min),
            close: last.close,
            volume: volumes.peek().is_some().then(|| volumes.sum()),
            previous_close: earlier.last().map(|bar| bar.close),
        })
    }

    /// The session as a quote whose last value held at `at`.
    pub fn quote(&self, at: Timestamp) -> Quote {
        Quote {
            at,
            open: Some(self.open),
            high: Some(self.high),
            low: Some(self.low),
            close: self.close,
            volume: self.volume,
            previous_close: self.previous_close,
            breadth: None,
        }
    }
}

/// A table sent column by column.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) time: Vec<Number>,
    pub(super) open: Vec<Number>,
    pub(super) high: Vec<Number>,
    pub(super) low: Vec<Number>,
    pub(super) close: Vec<Number>,
    pub(super) volume: Vec<Number>,
}

impl Columns {
    /// The whole rows, in the order of time. A row with a null or an impossible price is left out.
    pub(super) fn bars(&self) -> Result<Vec<Bar>, ParseError> {
        let expected = self.time.len();
        let columns = [
            ("open", &self.open),
            ("high", &self.high),
            ("low", &self.low),
            ("close", &self.close),
            ("volume", &self.volume),
        ];
        if let Some((column, values)) = columns.into_iter().find(|(_, values)| values.len() != expected) {
            return Err(ParseError::Ragged { column, length: values.len(), expected });
        }
        let row = |i: usize| {
            let at = self.time[i].seconds("time").ok()?;
            Bar::checked(at, self.open[i], self.high[i], self.low[i], self.close[i], self.volume[i])
        };
        in_order((0..expected).filter_map(row).collect())
    }
}

impl Bar {
    /// The bar, if it is whole and does not contradict itself.
    pub(super) fn checked(
        at: Timestamp,
        open: Number,
        high: Number,
        low: Number,
        close: Number,
        volume: Number,
    ) -> Option<Self> {
        let bar = Self {
            at,
            open: open.maybe_price()?,
            high: high.maybe_price()?,
            low: low.maybe_price()?,
            close: close.maybe_price()?,
            volume: volume.maybe_amount(),
        };
        (bar.low <= bar.high).then_some(bar)
    }
}

/// Sorts bars by time; of two for the same time the later one in the body counts.
pub(super) fn in_order(mut bars: Vec<Bar>) -> Result<Vec<Bar>, ParseError> {
    if bars.is_empty() {
        return Err(ParseError::Empty);
    }
    bars.sort_by_key(|bar| bar.at);
    bars.reverse();
    bars.dedup_by_key(|bar| bar.at);
    bars.reverse();
    Ok(bars)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ICT: Offset = Offset::constant(7);

    fn bar(at: &str, close: f64) -> Bar {
        let at = at.parse().unwrap();
        Bar { at, open: close - 1.0, high: close + 2.0, low: close - 2.0, close, volume: Some(10.0) }
    }

    #[test]
    fn a_session_is_the_bars_of_the_exchanges_last_date() {
        // 16:30Z and 17:30Z of the same UTC day lie on two days in Vietnam.
        let bars = [
            bar("2026-05-06T16:30:00Z", 90.0),
            bar("2026-05-06T17:30:00Z", 100.0),
            bar("2026-05-07T03:00:00Z", 97.0),
        ];
        let session = Session::last(&bars, ICT).unwrap();
        assert_eq!(session.date, jiff::civil::date(2026, 5, 7));
        assert_eq!((session.open, session.high, session.low, session.close), (99.0, 102.0, 95.0, 97.0));
        assert_eq!((session.volume, session.previous_close), (Some(20.0), Some(90.0)));
    }

    #[test]
    fn without_bars_there_is_no_session() {
        assert_eq!(Session::last(&[], ICT), Err(ParseError::Empty));
    }

    #[test]
    fn bars_are_ordered_and_the_later_of_two_duplicates_counts() {
        let bars = vec![
            bar("2026-05-07T03:01:00Z", 3.0),
            bar("2026-05-07T03:00:00Z", 5.0),
            bar("2026-05-07T03:01:00Z", 4.0),
        ];
        let closes: Vec<f64> = in_order(bars).unwrap().iter().map(|bar| bar.close).collect();
        assert_eq!(closes, [5.0, 4.0]);
    }
}
