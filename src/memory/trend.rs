//! Two tests of a small series for a trend: how steep (Theil–Sen), and how surely (Mann–Kendall).
//!
//! Both look at pairs of points only, so a burst or two in a window moves neither. Pure functions over slices; a series
//! with a number that is not finite has no trend. Meant for a few dozen points: the work and the memory are quadratic.

/// A line through a series: `intercept + slope * x`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Rise per unit of `x`.
    pub slope: f64,
    /// Value at `x = 0`.
    pub intercept: f64,
}

/// What the Mann–Kendall test says of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MannKendall {
    /// Pairs that rise less pairs that fall.
    pub s: i64,
    /// Variance of `s` in a series without a trend, corrected for ties.
    pub variance: f64,
    /// `s` in standard deviations, moved towards 0 by one pair (the correction for continuity); 0 in a constant series.
    pub z: f64,
    /// How likely a series without a trend rises at least as surely, 0 to 1: one-sided, so that falling tends to 1.
    pub p_rising: f64,
}

/// The line whose slope is the median of the slopes of all pairs of points with different `x`, through the medians of
/// both coordinates.
///
/// Sen, "Estimates of the regression coefficient based on Kendall's tau", JASA 63 (1968), 1379–1389; the intercept is
/// Conover's, as in `scipy.stats.theilslopes(method="separate")`.
///
/// Nothing when the slices differ in length, no two points differ in `x`, or a number is not finite.
pub fn theil_sen(x: &[f64], y: &[f64]) -> Option<Line> {
    if x.len() != y.len() || !finite(x) || !finite(y) {
        return None;
    }
    let mut slopes = Vec::with_capacity(x.len() * x.len().saturating_sub(1) / 2);
    for later in 1..x.len() {
        for earlier in 0..later {
            let run = x[later] - x[earlier];
            if run != 0.0 {
                slopes.push((y[later] - y[earlier]) / run);
            }
        }
    }
    let slope = median(&mut slopes)?;
    let intercept = median(&mut y.to_vec())? - slope * median(&mut x.to_vec())?;
    Some(Line { slope, intercept })
}

/// The slope of [`theil_sen`] for points that stand one unit apart.
pub fn slope(y: &[f64]) -> Option<f64> {
    let x: Vec<f64> = (0..y.len()).map(|at| at as f64).collect();
    theil_sen(&x, y).map(|line| line.slope)
}

/// The Mann–Kendall test for a rising series.
///
/// Mann, Econometrica 13 (1945), 245–259; Kendall, "Rank Correlation Methods" (1975), for the variance with ties. The
/// p-value is one-sided: half of the two-sided one that `pymannkendall.original_test` gives for a series that rises.
///
/// Nothing below 2 points or when a number is not finite.
pub fn mann_kendall(y: &[f64]) -> Option<MannKendall> {
    if y.len() < 2 || !finite(y) {
        return None;
    }
    let mut s = 0;
    for later in 1..y.len() {
        for earlier in 0..later {
            s += i64::from(y[later] > y[earlier]) - i64::from(y[later] < y[earlier]);
        }
    }
    let variance = variance(y);
    let z = if variance > 0.0 { (s - s.signum()) as f64 / variance.sqrt() } else { 0.0 };
    Some(MannKendall { s, variance, z, p_rising: upper_tail(z) })
}

/// `(n(n-1)(2n+5) - Σ t(t-1)(2t+5)) / 18`, where the `t` are the sizes of the groups of equal values.
fn variance(y: &[f64]) -> f64 {
    let spread = |n: usize| (n * (n - 1) * (2 * n + 5)) as f64;
    let mut sorted = y.to_vec();
    sorted.sort_by(f64::total_cmp);
    let ties: f64 = sorted.chunk_by(|a, b| a == b).map(|group| spread(group.len())).sum();
    (spread(y.len()) - ties) / 18.0
}

/// The middle value, or the mean of the two in the middle; nothing of nothing. Leaves the values in another order.
pub fn median(values: &mut [f64]) -> Option<f64> {
    let half = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    let even = values.len().is_multiple_of(2);
    let (below, middle, _) = values.select_nth_unstable_by(half, f64::total_cmp);
    let upper = *middle;
    if !even {
        return Some(upper);
    }
    let lower = below.iter().copied().max_by(f64::total_cmp).unwrap_or(upper);
    Some(lower + (upper - lower) / 2.0)
}

/// How likely a standard normal variable exceeds `z`.
///
/// The series of Marsaglia, "Evaluating the Normal Distribution", Journal of Statistical Software 11 (2004): right to
/// about 1e-15, absolutely; beyond 8 standard deviations it is 0 or 1.
fn upper_tail(z: f64) -> f64 {
    if z.abs() > 8.0 {
        return if z > 0.0 { 0.0 } else { 1.0 };
    }
    let (mut sum, mut term, mut odd) = (z, z, 1.0);
    loop {
        odd += 2.0;
        term *= z * z / odd;
        let next = sum + term;
        if next == sum {
            break;
        }
        sum = next;
    }
    let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
    (0.5 - sum * density).clamp(0.0, 1.0)
}

fn finite(values: &[f64]) -> bool {
    values.iter().all(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Fixture {
        cases: Vec<Case>,
    }

    #[derive(serde::Deserialize)]
    struct Case {
        name: String,
        x: Vec<f64>,
        y: Vec<f64>,
        slope: f64,
        intercept: f64,
        unit_slope: f64,
        s: i64,
        variance: f64,
        z: f64,
        p_two_sided: f64,
    }

    fn close(found: f64, wanted: f64, name: &str) {
        let bound = 1e-9_f64.max(wanted.abs() * 1e-12);
        assert!((found - wanted).abs() <= bound, "{name}: {found} instead of {wanted}");
    }

    #[test]
    fn the_numbers_are_those_of_scipy_and_pymannkendall() {
        let fixture: Fixture =
            serde_json::from_str(include_str!("../../tests/fixtures/trend/scipy_pymannkendall.json"))
                .unwrap();
        assert!(fixture.cases.len() >= 10);
        for case in &fixture.cases {
            let line = theil_sen(&case.x, &case.y).unwrap();
            close(line.slope, case.slope, &case.name);
            close(line.intercept, case.intercept, &case.name);
            close(slope(&case.y).unwrap(), case.unit_slope, &case.name);
            let test = mann_kendall(&case.y).unwrap();
            assert_eq!(test.s, case.s, "{}", case.name);
            close(test.variance, case.variance, &case.name);
            close(test.z, case.z, &case.name);
            // Two-sided is twice the smaller tail.
            close(2.0 * test.p_rising.min(1.0 - test.p_rising), case.p_two_sided, &case.name);
            assert_eq!(test.p_rising < 0.5, case.z > 0.0, "{}", case.name);
        }
    }

    #[test]
    fn too_few_points_have_no_trend() {
        assert_eq!(slope(&[]), None);
        assert_eq!(slope(&[1.0]), None);
        assert_eq!(mann_kendall(&[]), None);
        assert_eq!(mann_kendall(&[1.0]), None);
        assert_eq!(slope(&[1.0, 3.0]), Some(2.0));
    }

    #[test]
    fn points_without_a_line_have_none() {
        assert_eq!(theil_sen(&[1.0, 1.0], &[1.0, 2.0]), None);
        assert_eq!(theil_sen(&[1.0, 2.0], &[1.0]), None);
        assert_eq!(slope(&[1.0, f64::NAN, 2.0]), None);
        assert_eq!(mann_kendall(&[1.0, f64::INFINITY]), None);
    }

    #[test]
    fn a_constant_series_rises_by_nothing_and_surely_not() {
        let test = mann_kendall(&[7.0; 18]).unwrap();
        assert_eq!((test.s, test.variance, test.z, test.p_rising), (0, 0.0, 0.0, 0.5));
        assert_eq!(slope(&[7.0; 18]), Some(0.0));
    }
}
