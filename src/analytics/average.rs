//! Moving averages, and what is made of them: MACD and Bollinger's bands.

use kand::ohlcv;

use super::Line;
use super::runs::of_runs;

/// The difference of two exponential averages, its own average, and the difference of those.
#[derive(Debug, Clone, PartialEq)]
pub struct Macd {
    /// The fast average less the slow one, in the unit of the series.
    pub line: Line,
    /// The exponential average of the line.
    pub signal: Line,
    /// The line less the signal.
    pub histogram: Line,
}

/// A moving average with a band around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Bands {
    /// The average plus so many standard deviations.
    pub upper: Line,
    /// The simple moving average.
    pub middle: Line,
    /// The average less so many standard deviations.
    pub lower: Line,
}

/// The simple moving average: the mean of the last `period` values; the first at place `period - 1`.
///
/// ```
/// use evenkeel::analytics::average::sma;
///
/// assert_eq!(sma(&[1.0, 2.0, 6.0], 2), [None, Some(1.5), Some(4.0)]);
/// ```
pub fn sma(values: &[f64], period: usize) -> Line {
    let [line] = of_runs([values], |[run], [line]| {
        // What is too short for the period is refused, and has no values.
        let _ = ohlcv::sma::sma(run, period, line);
    });
    line
}

/// The exponential moving average with the weight 2 ÷ (`period` + 1), begun with the simple average of the first `period`
/// values at place `period - 1`.
pub fn ema(values: &[f64], period: usize) -> Line {
    let [line] = of_runs([values], |[run], [line]| {
        let _ = ohlcv::ema::ema(run, period, None, line);
    });
    line
}

/// Moving average convergence/divergence (Gerald Appel) of the periods `fast`, `slow` and `signal`, usually 12, 26 and 9.
///
/// Both averages begin with the simple average of their own first values. TA-Lib begins the fast one later, so that the
/// first values differ; after a hundred the difference is below 1e-5 of the price's unit. The line is known from the place
/// where the signal is, `slow + signal - 2`.
pub fn macd(values: &[f64], fast: usize, slow: usize, signal: usize) -> Macd {
    let lines = of_runs([values], |[run], [line, signal_line, histogram]| {
        let (mut fast_line, mut slow_line) = (vec![f64::NAN; run.len()], vec![f64::NAN; run.len()]);
        let lines = (line, signal_line, histogram);
        let _ = ohlcv::macd::macd(
            run,
            fast,
            slow,
            signal,
            lines.0,
            lines.1,
            lines.2,
            &mut fast_line,
            &mut slow_line,
        );
    });
    let [line, signal, histogram] = lines;
    Macd { line, signal, histogram }
}

/// Bollinger's bands: the simple average of `period` values, and `deviations` standard deviations (of the population, as
/// John Bollinger has it) above and below; usually 20 and 2.
pub fn bollinger(values: &[f64], period: usize, deviations: f64) -> Bands {
    let lines = of_runs([values], |[run], [upper, middle, lower]| {
        let Some(base) = run.first().copied() else { return };
        // The variance comes from sums of squares: around the first value they lose no digits, and a flat series is flat.
        let moved: Vec<f64> = run.iter().map(|value| value - base).collect();
        let mut scratch: [Vec<f64>; 4] = std::array::from_fn(|_| vec![f64::NAN; run.len()]);
        let [average, variance, sum, squares] = &mut scratch;
        let done = ohlcv::bbands::bbands(
            &moved, period, deviations, deviations, upper, middle, lower, average, variance, sum, squares,
        );
        if done.is_ok() {
            for value in upper.iter_mut().chain(middle.iter_mut()).chain(lower.iter_mut()) {
                *value += base;
            }
        }
    });
    let [upper, middle, lower] = lines;
    Bands { upper, middle, lower }
}
