//! Binance spot: the rolling 24 hours of several pairs (`ticker/24hr`), and candles (`klines`); prices and volumes are
//! strings.

use jiff::Timestamp;
use serde::Deserialize;

use super::error::{Demultiplexed, ParseError};
use super::lenient::{Number, Text};
use super::rows::Rows;
use crate::market::model::Quote;

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Ticker {
    symbol: Text<32>,
    last_price: Number,
    open_price: Number,
    high_price: Number,
    low_price: Number,
    volume: Number,
    close_time: Number,
}

/// The quotes of a body, by Binance's symbol, for example `BTCUSDT`. A bad row costs its own symbol only.
pub fn parse_tickers(body: &[u8]) -> Result<Demultiplexed<Quote>, ParseError> {
    let Rows::<Ticker>(tickers) = serde_json::from_slice(body)?;
    let quotes: Demultiplexed<Quote> = tickers
        .into_iter()
        .filter_map(|ticker| Some((ticker.symbol.get()?.to_owned(), ticker.quote())))
        .collect();
    if quotes.is_empty() { Err(ParseError::Empty) } else { Ok(quotes) }
}

/// Places in a candle.
const CLOSE: usize = 4;
const CLOSE_TIME: usize = 6;

/// The closes of the candles that have ended at `now`, in the order of time. One that cannot be read rejects them all:
/// a series with a hole is another series.
pub fn parse_closes(body: &[u8], now: Timestamp) -> Result<Vec<f64>, ParseError> {
    let Rows::<Vec<Number>>(candles) = serde_json::from_slice(body)?;
    let mut closes = Vec::with_capacity(candles.len());
    for candle in candles {
        let place = |place: usize| candle.get(place).copied().unwrap_or_default();
        closes.push((place(CLOSE_TIME).milliseconds("closeTime")?, place(CLOSE).price("close")?));
    }
    closes.retain(|(ended, _)| *ended <= now);
    closes.sort_by_key(|(ended, _)| *ended);
    Ok(closes.into_iter().map(|(_, close)| close).collect())
}

impl Ticker {
    fn quote(&self) -> Result<Quote, ParseError> {
        let open = self.open_price.maybe_price();
        Ok(Quote {
            at: self.close_time.milliseconds("closeTime")?,
            open,
            high: self.high_price.maybe_price(),
            low: self.low_price.maybe_price(),
            close: self.last_price.price("lastPrice")?,
            volume: self.volume.maybe_amount(),
            // The window is 24 hours: what it opened at is the value of 24 hours ago.
            previous_close: open,
            breadth: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candle(ended_ms: i64, close: &str) -> String {
        format!(r#"[1,"2.0","3.0","1.0",{close},"9.0",{ended_ms},"18.0",4,"4.0","9.0","0"]"#)
    }

    #[test]
    fn closes_are_those_of_finished_candles_in_the_order_of_time() {
        let now = Timestamp::from_millisecond(1_772_500_000_000).unwrap();
        let candles = [
            candle(1_772_409_599_999, "\"61.5\""),
            candle(1_772_323_199_999, "60"),
            candle(1_772_500_000_001, "\"99\""),
        ];
        let body = format!("[{}]", candles.join(","));
        assert_eq!(parse_closes(body.as_bytes(), now), Ok(vec![60.0, 61.5]));
        assert_eq!(parse_closes(b"[]", now), Ok(vec![]));
    }

    #[test]
    fn a_candle_that_cannot_be_read_rejects_all() {
        let now = Timestamp::from_millisecond(1_772_500_000_000).unwrap();
        for wrong in ["null", "\"x\"", "\"0\"", "\"-1\"", "\"NaN\""] {
            let body = format!("[{},{}]", candle(1_772_323_199_999, "60"), candle(1_772_409_599_999, wrong));
            assert!(parse_closes(body.as_bytes(), now).is_err(), "{wrong}");
        }
        for body in [&b"[[]]"[..], b"[[1,2,3]]", b"{}", b"<html>"] {
            assert!(parse_closes(body, now).is_err());
        }
    }
}
