//! History points that wait to be written: for the end of a report, or for a database that refused them.
//!
//! Bounded: beyond [`MOST_POINTS`] or [`MOST_BYTES`] the oldest are dropped, counted and said, because the newest values
//! are the ones that a chart cannot do without. Empty, it holds no memory.

use std::collections::VecDeque;

use super::error::PersistenceError;
use super::messages::Point;

/// A day of 20 indices at a refresh every 3 minutes.
pub(super) const MOST_POINTS: usize = 10_000;

/// What those take with the names of their series and sources; reached earlier when names are long.
pub(super) const MOST_BYTES: usize = 2 << 20;

/// The waiting points, oldest first.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    points: VecDeque<Point>,
    bytes: usize,
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
        let before = self.dropped;
        for point in points {
            self.bytes += bytes(&point);
            self.points.push_back(point);
            // One by one, so that a large message is bounded like many small ones.
            self.drop_surplus();
        }
        self.say_dropped(before);
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.points.len()
    }

    /// How many points were dropped unwritten, in all.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Takes all points, with the memory that they were in.
    pub(super) fn take(&mut self) -> VecDeque<Point> {
        self.bytes = 0;
        std::mem::take(&mut self.points)
    }

    /// Puts back what could not be written; nothing may have been pushed since it was taken.
    pub(super) fn put_back(&mut self, points: VecDeque<Point>) {
        self.bytes = points.iter().map(bytes).sum();
        self.points = points;
    }

    fn drop_surplus(&mut self) {
        while self.points.len() > MOST_POINTS || self.bytes > MOST_BYTES {
            let Some(oldest) = self.points.pop_front() else { return };
            self.bytes -= bytes(&oldest);
            self.dropped += 1;
        }
    }

    fn say_dropped(&self, before: u64) {
        let (points, dropped) = (self.dropped - before, self.dropped);
        if points > 0 {
            let waiting = self.points.len();
            log::warn!(
                event = "points-dropped", points, dropped, waiting;
                "{points} history points dropped, the oldest of those that wait: {waiting} are as many as may; {dropped} dropped in all"
            );
        }
    }
}

/// What a point takes, itself and its texts.
fn bytes(point: &Point) -> usize {
    size_of::<Point>() + point.series.capacity() + point.source.capacity()
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
        assert_eq!((backlog.len(), backlog.dropped), (10_000, 0), "so many fit into the bytes, too");
        backlog.push(vec![point(10_000, 1.0), point(10_001, 1.0)]).unwrap();
        assert_eq!((backlog.len(), backlog.dropped()), (10_000, 2));
        assert_eq!(backlog.take().front().map(|point| point.at.as_second()), Some(2));
    }

    #[test]
    fn long_names_fill_it_earlier() {
        let mut backlog = Backlog::default();
        let long = |second| Point { series: "x".repeat(64 << 10), ..point(second, 1.0) };
        backlog.push((0..100).map(long).collect()).unwrap();
        assert!(backlog.bytes <= MOST_BYTES, "{} bytes", backlog.bytes);
        assert_eq!((backlog.len(), backlog.dropped()), (31, 69));
        let waiting = backlog.take();
        assert_eq!((backlog.bytes, backlog.points.capacity()), (0, 0));
        backlog.put_back(waiting);
        assert_eq!(backlog.len(), 31);
        assert!(backlog.bytes > MOST_BYTES / 2);
    }

    #[test]
    fn a_value_that_is_no_number_is_refused_with_its_series() {
        let mut backlog = Backlog::default();
        let error = backlog.push(vec![point(1, 1.0), point(2, f64::NAN)]).unwrap_err();
        assert_eq!(error.to_string(), "the point of series vnindex is NaN: only finite values are recorded");
        assert_eq!(backlog.len(), 0);
    }
}
