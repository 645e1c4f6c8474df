//! How far prices swing and fall.

use kand::ohlcv;

use super::Line;
use super::runs::of_runs;

/// Days of a year on which stocks are traded.
pub const STOCK_DAYS: f64 = 252.0;

/// Days of a year on which coins are traded.
pub const COIN_DAYS: f64 = 365.0;

/// Wilder's average true range, in the unit of the prices; the first value at place `period`.
///
/// The true range of a bar is the largest of high − low, |high − close before| and |low − close before|; the first average
/// is the mean of the ranges 1 to `period` (that of the first bar has no close before it), each further one
/// `(before × (period − 1) + new) ÷ period`.
pub fn atr(highs: &[f64], lows: &[f64], closes: &[f64], period: usize) -> Line {
    let [line] = of_runs([highs, lows, closes], |[highs, lows, closes], [line]| {
        let _ = ohlcv::atr::atr(highs, lows, closes, period, line);
    });
    line
}

/// How far each close lies below the highest before it, as a fraction: 0 at a new high, −0.2 when a fifth is lost. Gaps are
/// passed over: the highest close stays the highest.
pub fn drawdown(closes: &[f64]) -> Line {
    let mut peak = f64::NEG_INFINITY;
    let of_close = |close: &f64| {
        let close = Some(*close).filter(|close| close.is_finite() && *close > 0.0)?;
        peak = peak.max(close);
        Some(close / peak - 1.0)
    };
    closes.iter().map(of_close).collect()
}

/// The deepest [`drawdown`], a fraction from −1 to 0; nothing without a close.
pub fn max_drawdown(closes: &[f64]) -> Option<f64> {
    drawdown(closes).into_iter().flatten().min_by(f64::total_cmp)
}

/// The annualised volatility as a fraction: the sample standard deviation (ddof 1) of the logarithmic returns from one close
/// to the next, times √`days_of_year`. Nothing with fewer than two returns. A return across a gap counts to neither side.
pub fn volatility(closes: &[f64], days_of_year: f64) -> Option<f64> {
    let returns: Vec<f64> = log_returns(closes).into_iter().flatten().collect();
    if returns.len() < 2 {
        return None;
    }
    let mean = returns.iter().sum::<f64>() / returns.len() as f64;
    let squares: f64 = returns.iter().map(|value| (value - mean).powi(2)).sum();
    let deviation = (squares / (returns.len() - 1) as f64).sqrt();
    Some(deviation * days_of_year.sqrt()).filter(|volatility| volatility.is_finite())
}

/// The logarithm of each close over the one before it; nothing at the first place and next to a gap.
pub fn log_returns(closes: &[f64]) -> Line {
    let is_price = |close: f64| close.is_finite() && close > 0.0;
    let of_pair = |pair: &[f64]| {
        let both = is_price(pair[0]) && is_price(pair[1]);
        both.then(|| (pair[1] / pair[0]).ln())
    };
    closes.first().map(|_| None).into_iter().chain(closes.windows(2).map(of_pair)).collect()
}
