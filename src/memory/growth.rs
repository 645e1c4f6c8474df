//! The trend leg's measure of a window: how much its floors grew, how surely, and how evenly.
//!
//! Pure functions of a window. What more or less work explains is taken out first.

use super::series::Bucket;
use super::trend::{mann_kendall, median, slope, theil_sen};

/// Least surety: the chance that floors without a trend look like this.
const P: f64 = 0.01;

/// Least slopes of the first and of the second half, as shares of the whole slope. A step rises in one half only, a
/// plateau not in the second, a whole cycle falls in one of both.
const LEAST: [f64; 2] = [0.25, 0.67];

/// Largest slope of a half, as a share of the whole slope. A half that is much steeper than the whole holds a step that
/// a slight drift around it made look like a trend.
const LARGEST: f64 = 2.5;

/// How the floors of a window grew.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Growth {
    /// As they were read.
    pub floors: Rise,
    /// Without what work explains, where work is known.
    pub beyond_work: Option<Rise>,
}

/// How a series of bytes, one for each bucket, rose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rise {
    /// Bytes per bucket along the Theil–Sen line.
    pub per_bucket: f64,
    /// Bytes from the first to the last bucket along that line.
    pub bytes: i64,
    /// Bytes that the last bucket has more than the first.
    pub kept: i64,
    /// One-sided p of the Mann–Kendall test.
    pub p: f64,
    /// Slopes of both halves as shares of the whole slope, where that is above 0.
    pub halves: Option<[f64; 2]>,
}

impl Growth {
    /// Measures a window; nothing below 4 buckets.
    pub fn of<'a>(window: impl IntoIterator<Item = &'a Bucket>) -> Option<Self> {
        let (mut floors, mut work) = (Vec::new(), Some(Vec::new()));
        for bucket in window {
            floors.push(bucket.floor as f64);
            work = work.zip(bucket.work).map(|(mut work, done)| {
                work.push(done as f64);
                work
            });
        }
        Some(Self {
            floors: Rise::of(&floors)?,
            beyond_work: work.and_then(|work| Rise::of(&without_work(&floors, &work))),
        })
    }

    /// The weaker of both: work can excuse growth, but cannot accuse an account whose floors show none.
    ///
    /// `needed` are the bytes that matter.
    pub fn deciding(&self, needed: u64) -> Rise {
        let stands = self.floors.is_proven(needed) && self.floors.is_even();
        self.beyond_work.filter(|_| stands).unwrap_or(self.floors)
    }
}

impl Rise {
    fn of(bytes: &[f64]) -> Option<Self> {
        if bytes.len() < 4 {
            return None;
        }
        let (first, second) = bytes.split_at(bytes.len() / 2);
        let per_bucket = slope(bytes)?;
        let halves = [slope(first)? / per_bucket, slope(second)? / per_bucket];
        Some(Self {
            per_bucket,
            bytes: (per_bucket * (bytes.len() - 1) as f64) as i64,
            kept: (bytes.last()? - bytes.first()?) as i64,
            p: mann_kendall(bytes)?.p_rising,
            halves: (per_bucket > 0.0 && halves.iter().all(|half| half.is_finite())).then_some(halves),
        })
    }

    /// Whether it is large enough to matter, too sure for chance, and not gone again: behind a peak that comes late in
    /// a cycle the line still rises.
    pub fn is_proven(&self, needed: u64) -> bool {
        let matters = |bytes: i64| u64::try_from(bytes).is_ok_and(|bytes| bytes > 0 && bytes >= needed);
        matters(self.bytes) && matters(self.kept) && self.p < P
    }

    /// Whether it went on through the whole window.
    pub fn is_even(&self) -> bool {
        let even = |half: usize, share: f64| (LEAST[half]..=LARGEST).contains(&share);
        self.halves.is_some_and(|[first, second]| even(0, first) && even(1, second))
    }
}

/// The floors, less the bytes that go with more than the usual work.
///
/// The bytes that go with a unit of work are the Theil–Sen slope of the floors over the work per bucket. While both rise
/// together, all of the rise is put down to work; what is left when work falls again is not.
fn without_work(floors: &[f64], work: &[f64]) -> Vec<f64> {
    let bytes_per_work = theil_sen(work, floors).map_or(0.0, |line| line.slope.max(0.0));
    let usual = median(&mut work.to_vec()).unwrap_or(0.0);
    floors.iter().zip(work).map(|(floor, done)| floor - bytes_per_work * (done - usual)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;

    fn window(floors: impl IntoIterator<Item = u64>, work: impl Fn(u64) -> Option<u64>) -> Vec<Bucket> {
        let bucket = |(at, floor)| Bucket { floor, resident: floor, work: work(at) };
        (0..).zip(floors).map(bucket).collect()
    }

    fn makes_a_case(window: &[Bucket]) -> bool {
        let rise = Growth::of(window).unwrap().deciding(MIB);
        rise.is_proven(MIB) && rise.is_even()
    }

    #[test]
    fn a_line_is_measured_exactly() {
        let growth = Growth::of(&window((0..18).map(|at| 8 * MIB + at * MIB), |_| None)).unwrap();
        let rise = growth.deciding(MIB);
        assert_eq!((rise.bytes, rise.kept), (17 * MIB as i64, 17 * MIB as i64));
        assert_eq!(rise.halves, Some([1.0, 1.0]));
        assert_eq!(growth.beyond_work, None);
        assert!(rise.is_proven(17 * MIB) && !rise.is_proven(17 * MIB + 1) && rise.is_even());
    }

    #[test]
    fn only_growth_that_goes_on_makes_a_case() {
        // A little drift everywhere, so that no series is constant.
        let drift = |at: u64| 100 * MIB + at * MIB / 8;
        type Shape = fn(u64) -> u64;
        let shapes: [(&str, Shape, bool); 6] = [
            ("line", |at| at * MIB, true),
            ("stairs", |at| at / 3 * 3 * MIB, true),
            ("step", |at| if at < 5 { 0 } else { 30 * MIB }, false),
            ("late step", |at| if at < 13 { 0 } else { 30 * MIB }, false),
            ("plateau", |at| at.min(6) * 5 * MIB, false),
            ("cycle that ends where it began", |at| if at < 15 { at * MIB } else { (17 - at) * MIB }, false),
        ];
        for (name, shape, case) in shapes {
            let floors = (0..18).map(|at| drift(at) + shape(at));
            assert_eq!(makes_a_case(&window(floors, |_| None)), case, "{name}");
        }
    }

    #[test]
    fn work_excuses_growth_that_follows_it() {
        let load = |at: u64| 1000 + at * 100;
        let floors = || (0..18).map(|at| 8 * MIB + load(at) * 10_000);
        assert!(makes_a_case(&window(floors(), |_| None)));
        assert!(!makes_a_case(&window(floors(), |at| Some(load(at)))));
        assert!(makes_a_case(&window(floors(), |_| Some(1000))), "the same work, more memory");
    }

    #[test]
    fn work_does_not_accuse() {
        // Floors that stay while work falls: bytes per unit of work rise, memory does not.
        let floors = (0..18).map(|at| 20 * MIB + at % 3);
        assert!(!makes_a_case(&window(floors, |at| Some(2000 - at * 100))));
    }

    #[test]
    fn windows_without_a_measure_have_none() {
        assert_eq!(Growth::of(&window(0..3, |_| None)), None);
        let constant = Growth::of(&window([0; 18], |_| Some(0))).unwrap().deciding(0);
        assert_eq!((constant.bytes, constant.halves), (0, None));
        assert!(!constant.is_proven(0));
        let extreme = (0..18).map(|at| if at % 2 == 0 { 0 } else { u64::MAX });
        assert!(!makes_a_case(&window(extreme, |at| Some(u64::MAX - at))));
    }
}
