//! History points that wait to be written: for the end of a report, or for a database that refused them.
//!
//! Bounded: beyond [`MOST_POINTS`] the oldest are dropped, counted and said, because the newest values are the ones
//! that a chart cannot do without.

use std::collections::VecDeque;

use super::error::PersistenceError;
use super::messages::Point;

/// About 1.5 MB, and more than a day of history.
const MOST_POINTS: usize = 10_000;

/// The waiting points, oldest first.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    points: VecDeque<Point>,
    dropped: u64,
}

impl Backlog {
    /// Adds points; none of them if one is not a number.
    pub(super) fn push(&mut self, points: Vec<Point>) -> Result<(), PersistenceError> {
        for point in &points {
            let numbers = [Some(point.value), point.volume];
            if let Some(value) = numbers.into_iter().flatten().find(|number| !number.is_finite()) {
                return Err(PersistenceError::NotFinite { series: point.series.clone(), value });
            }
        }
        self.points.extend(points);
        self.drop_surplus();
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.points.len()
    }

    /// Takes all points, with the memory that they were in.
    pub(super) fn take(&mut self) -> VecDeque<Point> {
        std::mem::take(&mut self.points)
    }

    /// Puts back what could not be written; nothing may have been pushed since it was taken.
    pub(super) fn put_back(&mut self, points: VecDeque<Point>) {
        self.points = points;
    }

    fn drop_surplus(&mut self) {
        let surplus = self.points.len().saturating_sub(MOST_POINTS);
        if surplus == 0 {
            return;
        }
        self.points.drain(..surplus);
        self.dropped += surplus as u64;
        let dropped = self.dropped;
        log::warn!(
            points = surplus, dropped = dropped;
            "{surplus} history points dropped, the oldest of more than {MOST_POINTS} that waited; {dropped} in all"
        );
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn point(second: i64, value: f64) -> Point {
        let at = Timestamp::from_second(second).unwrap();
        Point { series: "vnindex".to_owned(), at, value, volume: None, source: "vietcap".to_owned() }
    }

    #[test]
    fn a_full_backlog_loses_its_oldest_points() {
        let mut backlog = Backlog::default();
        backlog.push((0..10_000).map(|second| point(second, 1.0)).collect()).unwrap();
        backlog.push(vec![point(10_000, 1.0), point(10_001, 1.0)]).unwrap();
        assert_eq!((backlog.len(), backlog.dropped), (10_000, 2));
        assert_eq!(backlog.take().front().map(|point| point.at.as_second()), Some(2));
    }

    #[test]
    fn a_value_that_is_no_number_is_refused_with_its_series() {
        let mut backlog = Backlog::default();
        let error = backlog.push(vec![point(1, 1.0), point(2, f64::NAN)]).unwrap_err();
        assert_eq!(error.to_string(), "the point of series vnindex is NaN: only finite values are recorded");
        assert_eq!(backlog.len(), 0);
    }
}
