//! How two series move together.

use std::cmp::Ordering;

/// Fewer common returns say nothing about two series.
pub const FEWEST_RETURNS: usize = 20;

/// Pearson's correlation of the pairs that are finite on both sides, −1 to 1. Nothing with fewer than two pairs, and nothing
/// when one side does not move.
///
/// ```
/// use evenkeel::analytics::relation::correlation;
///
/// assert_eq!(correlation(&[(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)]), Some(1.0));
/// assert_eq!(correlation(&[(1.0, 2.0), (2.0, 2.0)]), None);
/// ```
pub fn correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    let pairs: Vec<(f64, f64)> = pairs.iter().copied().filter(|(x, y)| (x + y).is_finite()).collect();
    if pairs.len() < 2 {
        return None;
    }
    let count = pairs.len() as f64;
    let (sum_x, sum_y) = pairs.iter().fold((0.0, 0.0), |(x, y), pair| (x + pair.0, y + pair.1));
    let (mean_x, mean_y) = (sum_x / count, sum_y / count);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in pairs {
        let (from_x, from_y) = (x - mean_x, y - mean_y);
        xx += from_x * from_x;
        yy += from_y * from_y;
        xy += from_x * from_y;
    }
    let value = xy / (xx * yy).sqrt();
    value.is_finite().then(|| value.clamp(-1.0, 1.0))
}

/// The logarithmic returns of both series over the days on which both have a close, in the order of days: from one common day
/// to the next, however many days of only one lie between. Both are in the order of their days, each day once.
///
/// Markets close on different days: a return over a weekend of the one is compared with that over the same weekend of the
/// other, and no close is made up.
pub fn common_returns<D: Ord + Copy>(left: &[(D, f64)], right: &[(D, f64)]) -> Vec<(f64, f64)> {
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    let mut common = Vec::new();
    while let (Some((left_day, left_close)), Some((right_day, right_close))) = (left.peek(), right.peek()) {
        match left_day.cmp(right_day) {
            Ordering::Less => drop(left.next()),
            Ordering::Greater => drop(right.next()),
            Ordering::Equal => {
                common.push((*left_close, *right_close));
                left.next();
                right.next();
            }
        }
    }
    common
        .windows(2)
        .map(|days| ((days[1].0 / days[0].0).ln(), (days[1].1 / days[0].1).ln()))
        .filter(|(x, y)| x.is_finite() && y.is_finite())
        .collect()
}
