//! The indicators against TA-Lib's values (talipp's for MACD, empyrical's for risk), and what is decided where there are
//! none: a series that is flat, short, or has gaps.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

use evenkeel::analytics::Line;
use evenkeel::analytics::average::{bollinger, ema, macd, sma};
use evenkeel::analytics::momentum::rsi;
use evenkeel::analytics::participation::{advance_decline_ratio, advancing_percent, ahead_of_bitcoin};
use evenkeel::analytics::relation::{common_returns, correlation};
use evenkeel::analytics::risk::{
    COIN_DAYS, STOCK_DAYS, atr, drawdown, log_returns, max_drawdown, volatility,
};

const TOLERANCE: f64 = 1e-6;

/// A hundred made-up bars with the values that other implementations give, one column each.
struct Oracle {
    names: Vec<&'static str>,
    rows: Vec<Vec<Option<f64>>>,
}

impl Oracle {
    fn read() -> Self {
        let mut lines = include_str!("fixtures/indicators/indicators_reference.csv").lines();
        let names = lines.next().unwrap().split(',').collect();
        let rows = lines.map(|line| line.split(',').map(|cell| cell.parse().ok()).collect()).collect();
        Self { names, rows }
    }

    fn line(&self, name: &str) -> Line {
        let column = self.names.iter().position(|known| *known == name).unwrap();
        self.rows.iter().map(|row| row[column]).collect()
    }

    fn prices(&self, name: &str) -> Vec<f64> {
        self.line(name).into_iter().map(Option::unwrap).collect()
    }

    /// Every value of the column is there and none besides.
    fn agrees(&self, name: &str, found: &Line) {
        let expected = self.line(name);
        assert_eq!(expected.len(), found.len(), "{name}");
        for (row, (expected, found)) in expected.iter().zip(found).enumerate() {
            let same = match (expected, found) {
                (Some(expected), Some(found)) => (expected - found).abs() <= TOLERANCE,
                (None, None) => true,
                _ => false,
            };
            assert!(same, "{name}, row {row}: {expected:?} expected, {found:?} found");
        }
    }
}

fn scalar(name: &str) -> f64 {
    let lines = include_str!("fixtures/indicators/indicators_reference_scalars.csv").lines();
    let line = lines.filter_map(|line| line.split_once(',')).find(|(found, _)| *found == name).unwrap().1;
    line.split(',').next().unwrap().parse().unwrap()
}

#[test]
fn every_indicator_has_the_oracles_values_at_every_row() {
    let oracle = Oracle::read();
    let [high, low, close] = ["high", "low", "close"].map(|name| oracle.prices(name));
    for period in [7, 14, 21] {
        oracle.agrees(&format!("rsi_{period}"), &rsi(&close, period));
    }
    for period in [7, 20, 50] {
        oracle.agrees(&format!("sma_{period}"), &sma(&close, period));
    }
    for period in [12, 20, 26] {
        oracle.agrees(&format!("ema_{period}"), &ema(&close, period));
    }
    let bands = bollinger(&close, 20, 2.0);
    oracle.agrees("bb_20_2_upper", &bands.upper);
    oracle.agrees("bb_20_2_middle", &bands.middle);
    oracle.agrees("bb_20_2_lower", &bands.lower);
    oracle.agrees("atr_14_talib", &atr(&high, &low, &close, 14));
    oracle.agrees("drawdown", &drawdown(&close));
    let found = macd(&close, 12, 26, 9);
    oracle.agrees("macd_signal_talipp", &found.signal);
    oracle.agrees("macd_hist_talipp", &found.histogram);
    // The line is shown from where there is a signal beside it.
    let mut line = oracle.line("macd_talipp");
    line.iter_mut().take(33).for_each(|value| *value = None);
    assert!(line.iter().zip(&found.line).all(|pair| match pair {
        (Some(expected), Some(found)) => (expected - found).abs() <= TOLERANCE,
        (None, None) => true,
        _ => false,
    }));
}

#[test]
fn risk_has_the_oracles_values() {
    let close = Oracle::read().prices("close");
    for (found, name) in [
        (max_drawdown(&close), "max_drawdown"),
        (volatility(&close, STOCK_DAYS), "annual_vol_log_252"),
        (volatility(&close, COIN_DAYS), "annual_vol_log_365"),
    ] {
        assert!((found.unwrap() - scalar(name)).abs() <= TOLERANCE, "{name}: {found:?}");
    }
}

#[test]
fn a_flat_series_moves_neither_way() {
    for price in [5.0, 1e-12, 1e15] {
        let flat = [price; 60];
        assert_eq!(rsi(&flat, 14)[59], Some(50.0));
        let bands = bollinger(&flat, 20, 2.0);
        assert_eq!((bands.upper[59], bands.lower[59]), (Some(price), Some(price)));
        assert_eq!(atr(&flat, &flat, &flat, 14)[59], Some(0.0));
        assert_eq!((max_drawdown(&flat), volatility(&flat, COIN_DAYS)), (Some(0.0), Some(0.0)));
        assert!(macd(&flat, 12, 26, 9).histogram[59].unwrap().abs() <= price * 1e-12);
    }
    let against_a_flat_one: Vec<(f64, f64)> = (0..30).map(|n| (f64::from(n), 0.0)).collect();
    assert_eq!(correlation(&against_a_flat_one), None);
}

#[test]
fn before_the_warm_up_is_over_there_is_no_value() {
    for length in 0..3 {
        let short = &[1.0, 2.0, 3.0][..length];
        assert_eq!(rsi(short, 14), vec![None; length]);
        assert_eq!(sma(short, 7), vec![None; length]);
        assert_eq!(ema(short, 12), vec![None; length]);
        assert_eq!(atr(short, short, short, 14), vec![None; length]);
        assert_eq!(bollinger(short, 20, 2.0).upper, vec![None; length]);
        assert_eq!(macd(short, 12, 26, 9).line, vec![None; length]);
    }
    assert_eq!((max_drawdown(&[]), volatility(&[1.0, 2.0], STOCK_DAYS)), (None, None));
    assert_eq!(log_returns(&[]), Vec::<Option<f64>>::new());
    for period in [0, 1] {
        // What makes no sense has no value, and nothing panics.
        let _ = (rsi(&[1.0, 2.0, 3.0], period), sma(&[1.0, 2.0], period), ema(&[1.0], period));
    }
}

#[test]
fn after_a_gap_the_warm_up_begins_anew() {
    let close = Oracle::read().prices("close");
    for hole in [f64::NAN, f64::INFINITY] {
        let mut holed = close.clone();
        holed[50] = hole;
        let whole = rsi(&close, 14);
        let found = rsi(&holed, 14);
        assert_eq!(found[..50], whole[..50], "what came before the gap is not touched");
        assert_eq!(found[50..65], [None; 15]);
        assert_eq!(found[65..], rsi(&close[51..], 14)[14..], "what comes after knows nothing from before");
        assert_eq!(sma(&holed, 7)[50..57], [None; 7]);
        assert_eq!(log_returns(&holed)[50..52], [None, None]);
        assert_eq!(drawdown(&holed)[50], None);
        assert!(max_drawdown(&holed).unwrap() <= 0.0);
    }
    let nothing = [f64::NAN; 30];
    assert_eq!((sma(&nothing, 7), max_drawdown(&nothing)), (vec![None; 30], None));
}

#[test]
fn extreme_prices_give_numbers_or_nothing() {
    for scale in [1e-12, 1e15, 1e300] {
        let close: Vec<f64> = Oracle::read().prices("close").iter().map(|price| price * scale).collect();
        let lines = [
            rsi(&close, 14),
            sma(&close, 20),
            bollinger(&close, 20, 2.0).upper,
            atr(&close, &close, &close, 14),
        ];
        assert!(lines.iter().flatten().flatten().all(|value| value.is_finite()));
        assert!((rsi(&close, 14)[99].unwrap() - scalar("rsi_14_last")).abs() <= 1e-6, "{scale}");
    }
}

#[test]
fn series_are_compared_on_the_days_that_both_have() {
    // The one rests on days 3 and 4; its return over them is compared with the other's over the same days.
    let stocks = [(1, 100.0), (2, 110.0), (5, 121.0), (6, 108.9)];
    let coins = [(1, 10.0), (2, 11.0), (3, 50.0), (4, 12.0), (5, 12.1), (6, 10.89), (7, 3.0)];
    let pairs = common_returns(&stocks, &coins);
    assert_eq!(pairs.len(), 3);
    assert!(pairs.iter().all(|(x, y)| (x - y).abs() < 1e-12), "{pairs:?}");
    assert!((correlation(&pairs).unwrap() - 1.0).abs() < 1e-12);
    let opposite: Vec<(f64, f64)> = pairs.iter().map(|(x, _)| (*x, -x)).collect();
    assert!((correlation(&opposite).unwrap() + 1.0).abs() < 1e-12);
    assert_eq!((common_returns(&stocks, &[]), correlation(&[])), (Vec::new(), None));
    // By hand: deviations (-1, 0, 1) and (-1, 1, 0).
    assert!((correlation(&[(1.0, 1.0), (2.0, 3.0), (3.0, 2.0)]).unwrap() - 0.5).abs() < 1e-12);
}

#[test]
fn participation_counts_what_is_known() {
    assert!((advance_decline_ratio(130, 187).unwrap() - 0.695_187_165_8).abs() < 1e-9);
    assert!((advancing_percent(130, 187, 55).unwrap() - 34.946_236_559).abs() < 1e-9);
    assert_eq!((advance_decline_ratio(3, 0), advancing_percent(0, 0, 0)), (None, None));
    let others = [5.0, 2.0, f64::NAN, 3.0, -1.0];
    assert_eq!(ahead_of_bitcoin(2.0, others), Some((50.0, 4)), "as good as Bitcoin is not ahead");
    assert_eq!((ahead_of_bitcoin(2.0, []), ahead_of_bitcoin(f64::NAN, others)), (None, None));
}
