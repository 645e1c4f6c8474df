//! Binance spot: the rolling 24 hours of several pairs (`ticker/24hr`), and candles (`klines`); prices and volumes are
//! strings.

use jiff::Timestamp;
use serde::Deserialize;

use super::bars::Bar;
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
const OPEN_TIME: usize = 0;
const OPEN: usize = 1;
const HIGH: usize = 2;
const LOW: usize = 3;
const CLOSE: usize = 4;
const VOLUME: usize = 5;
const CLOSE_TIME: usize = 6;

/// The candles that have ended at `now`, in the order of time. One that cannot be read rejects them all: a series with a
/// hole is another series.
pub fn parse_candles(body: &[u8], now: Timestamp) -> Result<Vec<Bar>, ParseError> {
    let Rows::<Vec<Number>>(rows) = serde_json::from_slice(body)?;
    let mut candles = Vec::with_capacity(rows.len());
    for row in rows {
        let place = |place: usize| row.get(place).copied().unwrap_or_default();
        let ended = place(CLOSE_TIME).milliseconds("closeTime")?;
        let candle = Bar {
            at: place(OPEN_TIME).milliseconds("openTime")?,
            open: place(OPEN).price("open")?,
            high: place(HIGH).price("high")?,
            low: place(LOW).price("low")?,
            close: place(CLOSE).price("close")?,
            volume: place(VOLUME).maybe_amount(),
        };
        if ended <= now {
            candles.push(candle);
        }
    }
    candles.sort_by_key(|candle| candle.at);
    Ok(candles)
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

    const DAY_MS: i64 = 86_400_000;

    fn candle(ended_ms: i64, close: &str) -> String {
        let opened_ms = ended_ms + 1 - DAY_MS;
        format!(r#"[{opened_ms},"2.0","3.0","1.0",{close},"9.0",{ended_ms},"18.0",4,"4.0","9.0","0"]"#)
    }

    #[test]
    fn candles_are_those_that_have_ended_in_the_order_of_time() {
        let now = Timestamp::from_millisecond(1_772_500_000_000).unwrap();
        let candles = [
            candle(1_772_409_599_999, "\"61.5\""),
            candle(1_772_323_199_999, "60"),
            candle(1_772_500_000_001, "\"99\""),
        ];
        let body = format!("[{}]", candles.join(","));
        let found = parse_candles(body.as_bytes(), now).unwrap();
        assert_eq!(found.iter().map(|candle| candle.close).collect::<Vec<_>>(), [60.0, 61.5]);
        let first = Timestamp::from_millisecond(1_772_323_200_000 - DAY_MS).unwrap();
        assert_eq!(
            found[0],
            Bar { at: first, open: 2.0, high: 3.0, low: 1.0, close: 60.0, volume: Some(9.0) }
        );
        assert_eq!(parse_candles(b"[]", now), Ok(vec![]));
    }

    #[test]
    fn a_candle_that_cannot_be_read_rejects_all() {
        let now = Timestamp::from_millisecond(1_772_500_000_000).unwrap();
        for wrong in ["null", "\"x\"", "\"0\"", "\"-1\"", "\"NaN\""] {
            let body = format!("[{},{}]", candle(1_772_323_199_999, "60"), candle(1_772_409_599_999, wrong));
            assert!(parse_candles(body.as_bytes(), now).is_err(), "{wrong}");
        }
        for body in [&b"[[]]"[..], b"[[1,2,3]]", b"{}", b"<html>"] {
            assert!(parse_candles(body, now).is_err());
        }
    }
}
