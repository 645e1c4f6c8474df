//! How strongly prices move: the relative strength index.

use kand::ohlcv;

use super::Line;
use super::runs::of_runs;

/// The relative strength index of J. Welles Wilder, 0 to 100; the first value at place `period`.
///
/// The first averages are the plain means of the first `period` gains and losses; each further one is
/// `(before × (period − 1) + new) ÷ period`; the index is `100 − 100 ÷ (1 + gains ÷ losses)` (*New Concepts in Technical
/// Trading Systems*, 1978). Without a loss it is 100, without any change 50: neither side is stronger. It depends on all
/// that came before; after some 250 values it has forgotten where the series began.
///
/// ```
/// use evenkeel::analytics::momentum::rsi;
///
/// assert_eq!(rsi(&[1.0, 2.0, 1.0, 2.0, 1.0], 2), [None, None, Some(50.0), Some(75.0), Some(37.5)]);
/// ```
pub fn rsi(closes: &[f64], period: usize) -> Line {
    let [line] = of_runs([closes], |[run], [line]| {
        let (mut gains, mut losses) = (vec![f64::NAN; run.len()], vec![f64::NAN; run.len()]);
        let _ = ohlcv::rsi::rsi(run, period, line, &mut gains, &mut losses);
        for (value, (gain, loss)) in line.iter_mut().zip(gains.iter().zip(&losses)) {
            if *gain == 0.0 && *loss == 0.0 {
                *value = 50.0;
            }
        }
    });
    line
}
