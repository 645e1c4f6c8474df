//! The indicators of one index, from its daily candles.

use jiff::civil::Date;

use super::candles::Daily;
use super::model::{Index, Market, SourceName};
use crate::analytics::average::{bollinger, ema, macd, sma};
use crate::analytics::momentum::rsi;
use crate::analytics::risk::{self, COIN_DAYS, STOCK_DAYS};
use crate::analytics::{Line, relation};

/// Closes that are kept for charts and correlations.
pub const KEPT_DAYS: usize = 90;

/// What is known of one index after its last finished day. Every value is of daily candles; nothing stands where there are
/// too few of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Technicals {
    /// A name of the catalogue.
    pub name: &'static str,
    /// Who gave the candles.
    pub source: SourceName,
    /// The last finished day.
    pub last_day: Date,
    /// Finished days that the values are computed from.
    pub days: usize,
    /// The newest closes, at most [`KEPT_DAYS`], oldest first, in the unit of the index.
    pub closes: Vec<(Date, f64)>,
    /// The bands of 20 days and 2 standard deviations on the days of `closes`: upper, middle, lower.
    pub bands: [Line; 3],
    /// Relative strength over 7 days, 0 to 100.
    pub rsi_7: Option<f64>,
    /// Relative strength over 14 days.
    pub rsi_14: Option<f64>,
    /// Relative strength over 21 days.
    pub rsi_21: Option<f64>,
    /// The simple average of 20 closes.
    pub sma_20: Option<f64>,
    /// The simple average of 50 closes.
    pub sma_50: Option<f64>,
    /// The exponential average of 20 closes.
    pub ema_20: Option<f64>,
    /// The exponential averages of 12 less 26 closes.
    pub macd: Option<f64>,
    /// The average of 9 values of it.
    pub macd_signal: Option<f64>,
    /// Wilder's true range of 14 days, in the unit of the index.
    pub atr_14: Option<f64>,
    /// The deepest fall below a close before it, over all days, a fraction from −1 to 0.
    pub max_drawdown: Option<f64>,
    /// The annualised volatility of the days of `closes`, as a fraction.
    pub volatility: Option<f64>,
}

impl Technicals {
    /// The indicators of `index`; nothing when no day is finished.
    pub fn of(index: &'static Index, daily: &Daily) -> Option<Self> {
        let (last_day, _) = *daily.days.last()?;
        let column = |value: fn(&super::parse::bars::Bar) -> f64| -> Vec<f64> {
            daily.days.iter().map(|(_, bar)| value(bar)).collect()
        };
        let [high, low, close] = [column(|bar| bar.high), column(|bar| bar.low), column(|bar| bar.close)];
        let kept = close.len().saturating_sub(KEPT_DAYS);
        let days_of_year = match index.market {
            Market::Crypto => COIN_DAYS,
            Market::Vietnam | Market::Us => STOCK_DAYS,
        };
        let bands = bollinger(&close, 20, 2.0);
        let convergence = macd(&close, 12, 26, 9);
        Some(Self {
            name: index.name,
            source: daily.source,
            last_day,
            days: close.len(),
            closes: daily.days[kept..].iter().map(|(date, bar)| (*date, bar.close)).collect(),
            bands: [bands.upper, bands.middle, bands.lower].map(|line| line[kept..].to_vec()),
            rsi_7: last(&rsi(&close, 7)),
            rsi_14: last(&rsi(&close, 14)),
            rsi_21: last(&rsi(&close, 21)),
            sma_20: last(&sma(&close, 20)),
            sma_50: last(&sma(&close, 50)),
            ema_20: last(&ema(&close, 20)),
            macd: last(&convergence.line),
            macd_signal: last(&convergence.signal),
            atr_14: last(&risk::atr(&high, &low, &close, 14)),
            max_drawdown: risk::max_drawdown(&close),
            volatility: risk::volatility(&close[kept..], days_of_year),
        })
    }

    /// The last close.
    pub fn close(&self) -> Option<f64> {
        self.closes.last().map(|(_, close)| *close)
    }

    /// Pearson's correlation of the daily returns of two indices over the days that both have, at most [`KEPT_DAYS`]; and
    /// over how many returns. Nothing with fewer than [`relation::FEWEST_RETURNS`].
    pub fn correlation(&self, other: &Self) -> Option<(f64, usize)> {
        let pairs = relation::common_returns(&self.closes, &other.closes);
        let enough = pairs.len() >= relation::FEWEST_RETURNS;
        enough.then(|| Some((relation::correlation(&pairs)?, pairs.len())))?
    }
}

fn last(line: &Line) -> Option<f64> {
    line.last().copied().flatten()
}
