//! Binance spot: the rolling 24 hours of several pairs (`ticker/24hr`); prices and volumes are strings.

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
