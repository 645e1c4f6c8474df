//! The lowest reading of each of the last 24 hours, and how fast they rise.

use std::collections::VecDeque;

use super::trend::theil_sen;

const HOUR_MS: i64 = 3_600_000;
const HOURS: usize = 24;
/// Fewer hours than this have no trend.
const LEAST: usize = 3;

/// A bounded ring of hourly floors; 24 at most.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hours(VecDeque<Floor>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Floor {
    hour: i64,
    bytes: u64,
}

impl Hours {
    /// Takes a reading into account. One that is older than the last begins anew: the clock was set back.
    pub fn push(&mut self, at_ms: i64, bytes: u64) {
        let hour = at_ms.div_euclid(HOUR_MS);
        if self.0.back().is_some_and(|last| last.hour > hour) {
            self.0.clear();
        }
        self.0.retain(|floor| hour - floor.hour < HOURS as i64);
        match self.0.back_mut() {
            Some(last) if last.hour == hour => last.bytes = last.bytes.min(bytes),
            Some(_) | None => self.0.push_back(Floor { hour, bytes }),
        }
    }

    /// The lowest reading of all.
    pub fn lowest(&self) -> Option<u64> {
        self.0.iter().map(|floor| floor.bytes).min()
    }

    /// The floors, oldest first, in bytes.
    pub fn floors(&self) -> Vec<u64> {
        self.0.iter().map(|floor| floor.bytes).collect()
    }

    /// How fast the floors rise, in bytes a day, along the Theil–Sen line; nothing before the third hour.
    pub fn growth_per_day(&self) -> Option<i64> {
        if self.0.len() < LEAST {
            return None;
        }
        let first = self.0.front()?.hour;
        let (x, y): (Vec<f64>, Vec<f64>) =
            self.0.iter().map(|floor| ((floor.hour - first) as f64, floor.bytes as f64)).unzip();
        Some((theil_sen(&x, &y)?.slope * HOURS as f64).round() as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_counts_by_its_lowest_reading_and_a_day_is_kept() {
        let mut hours = Hours::default();
        for minute in 0..30 * 60 {
            let wave = if minute % 10 == 0 { 0 } else { 5000 };
            hours.push(minute * 60_000, 1000 + 10 * (minute as u64 / 60) + wave);
        }
        assert_eq!(hours.floors().len(), 24);
        assert_eq!(hours.lowest(), Some(1060));
        assert_eq!(hours.growth_per_day(), Some(240));
    }

    #[test]
    fn little_is_no_trend_and_a_clock_that_is_set_back_begins_anew() {
        let mut hours = Hours::default();
        assert_eq!((hours.lowest(), hours.growth_per_day()), (None, None));
        hours.push(10 * HOUR_MS, 5);
        hours.push(11 * HOUR_MS, 6);
        assert_eq!(hours.growth_per_day(), None);
        hours.push(2 * HOUR_MS, 7);
        assert_eq!(hours.floors(), [7]);
    }
}
