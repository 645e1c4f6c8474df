//! The relative strength index of J. Welles Wilder, as a pure function of closing prices.
//!
//! `btc_rsi_14` is that of BTCUSDT over 14 **days**: the closes of finished daily candles (UTC), at most 300 of them and
//! 250 at least, because the index depends on all that came before and has forgotten its beginning by then. The candle
//! of today is left out: it would make the value of one day differ from refresh to refresh.

/// Days that the averages reach back.
pub const PERIOD: usize = 14;

/// Closes that are asked for.
pub const MOST_CLOSES: usize = 300;

/// With fewer closes the value still depends on where the series begins.
pub const FEWEST_CLOSES: usize = 250;

/// The index after the last of `closes`, which are in the order of time, 0 to 100; nothing with `period` closes or
/// fewer.
///
/// The first averages are the plain means of the first `period` gains and losses; each further one is
/// `(before × (period − 1) + new) ÷ period`; the index is `100 − 100 ÷ (1 + gains ÷ losses)` (Wilder, *New Concepts in
/// Technical Trading Systems*, 1978). Without a loss it is 100, without any change 50.
///
/// ```
/// use evenkeel::market::rsi::wilder;
///
/// assert_eq!(wilder(&[1.0, 2.0, 1.0, 2.0, 1.0], 2), Some(37.5));
/// ```
pub fn wilder(closes: &[f64], period: usize) -> Option<f64> {
    if period == 0 || closes.len() <= period {
        return None;
    }
    let length = period as f64;
    let (mut gains, mut losses) = (0.0, 0.0);
    for (number, pair) in closes.windows(2).enumerate() {
        let change = pair[1] - pair[0];
        let (gain, loss) = (change.max(0.0), (-change).max(0.0));
        if number < period {
            gains += gain / length;
            losses += loss / length;
        } else {
            gains = (gains * (length - 1.0) + gain) / length;
            losses = (losses * (length - 1.0) + loss) / length;
        }
    }
    Some(match (gains, losses) {
        (0.0, 0.0) => 50.0,
        (_, 0.0) => 100.0,
        (gains, losses) => 100.0 - 100.0 / (1.0 + gains / losses),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Prices of our own making: a drift with three waves, rounded to cents.
    fn prices() -> Vec<f64> {
        let price = |day: u32| {
            let day = f64::from(day);
            let price = 500.0
                + 1.5 * day
                + 40.0 * (day / 7.0).sin()
                + 15.0 * (day / 2.3).cos()
                + 6.0 * (day * 1.7).sin();
            (price * 100.0).round() / 100.0
        };
        (0..120).map(price).collect()
    }

    #[test]
    fn known_series_give_known_values() {
        // Closes, period; the index, computed apart from this code in exact fractions.
        let table: [(&[f64], usize, Option<f64>); 9] = [
            (&[], 14, None),
            (&[1.0, 2.0], 2, None),
            (&[1.0, 2.0], 0, None),
            (&[1.0, 2.0, 3.0], 2, Some(100.0)),
            (&[3.0, 2.0, 1.0], 2, Some(0.0)),
            (&[5.0, 5.0, 5.0, 5.0], 2, Some(50.0)),
            (&[1.0, 2.0, 1.0], 2, Some(50.0)),
            (&[1.0, 2.0, 1.0, 2.0], 2, Some(75.0)),
            (&[10.0, 11.0, 10.5, 12.0, 11.0], 3, Some(55.55555555555556)),
        ];
        for (closes, period, expected) in table {
            assert_eq!(wilder(closes, period).map(rounded), expected.map(rounded), "{closes:?} {period}");
        }
    }

    #[test]
    fn a_long_series_gives_the_values_of_another_implementation() {
        // How many of the prices, period, the index.
        let table = [
            (15, 14, 78.25559598632705),
            (16, 14, 79.83814519744242),
            (30, 14, 46.64468440523054),
            (60, 7, 77.15619266012924),
            (120, 14, 44.376369058270285),
            (120, 21, 49.43667741625006),
        ];
        let prices = prices();
        for (count, period, expected) in table {
            let index = wilder(&prices[..count], period).unwrap();
            assert!((index - expected).abs() < 1e-9, "{count} {period}: {index}");
        }
    }

    fn rounded(value: f64) -> f64 {
        (value * 1e9).round()
    }
}
