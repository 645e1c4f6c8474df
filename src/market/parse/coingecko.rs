//! CoinGecko: the market as a whole (`/global`) and the constituents (`/coins/markets`).
//!
//! The constituents are read as a stream: whatever the length of the body, one coin is held at a time, and what is
//! kept of it is bounded.

use std::fmt;
use std::io::Read;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::error::ParseError;
use super::lenient::{Number, Text};
use super::rows::next_row;
use crate::market::model::{Constituent, CryptoOverview};

/// Hourly prices of 7 days are 168; a body that sends more is cut there.
const LONGEST_SPARKLINE: usize = 336;
const LONGEST_SYMBOL: usize = 24;
const LONGEST_NAME: usize = 80;

#[derive(Deserialize)]
struct Global {
    data: GlobalData,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct GlobalData {
    total_market_cap: InDollars,
    total_volume: InDollars,
    market_cap_percentage: Shares,
    market_cap_change_percentage_24h_usd: Number,
    updated_at: Number,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct InDollars {
    usd: Number,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Shares {
    btc: Number,
    eth: Number,
}

/// The market as a whole.
pub fn parse_global(body: &[u8]) -> Result<CryptoOverview, ParseError> {
    let data = serde_json::from_slice::<Global>(body)?.data;
    Ok(CryptoOverview {
        at: data.updated_at.seconds("updated_at")?,
        market_cap_usd: data.total_market_cap.usd.positive_amount("total_market_cap.usd")?,
        volume_24h_usd: data.total_volume.usd.amount("total_volume.usd")?,
        market_cap_change_24h_percent: data.market_cap_change_percentage_24h_usd.maybe_percent(),
        btc_dominance_percent: data.market_cap_percentage.btc.maybe_share(),
        eth_dominance_percent: data.market_cap_percentage.eth.maybe_share(),
    })
}

/// Reads a page of constituents and hands each to `sink` as soon as it is complete; returns how many there were.
///
/// A coin that cannot be read is left out, and counts as little as one without a name. An empty page is past the end of
/// the table; a page of which no coin can be read is [`ParseError::Empty`]. What was handed out before an error was
/// right; the page is not whole.
pub fn parse_constituents(reader: impl Read, sink: &mut dyn FnMut(Constituent)) -> Result<u32, ParseError> {
    let mut deserializer = serde_json::Deserializer::from_reader(reader);
    let Counts { coins, usable } = deserializer.deserialize_seq(Page { sink })?;
    deserializer.end()?;
    if coins > 0 && usable == 0 { Err(ParseError::Empty) } else { Ok(usable) }
}

/// What a page held.
#[derive(Default)]
struct Counts {
    coins: u32,
    usable: u32,
}

struct Page<'a> {
    sink: &'a mut dyn FnMut(Constituent),
}

impl<'de> Visitor<'de> for Page<'_> {
    type Value = Counts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of coins")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut coins: A) -> Result<Counts, A::Error> {
        let mut counts = Counts::default();
        while let Some(coin) = next_row::<Coin, A>(&mut coins)? {
            counts.coins += 1;
            if let Some(constituent) = coin.and_then(Coin::constituent) {
                (self.sink)(constituent);
                counts.usable += 1;
            }
        }
        Ok(counts)
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Coin {
    symbol: Text<LONGEST_SYMBOL>,
    name: Text<LONGEST_NAME>,
    market_cap_rank: Number,
    current_price: Number,
    market_cap: Number,
    total_volume: Number,
    price_change_percentage_24h: Number,
    price_change_percentage_1h_in_currency: Number,
    price_change_percentage_24h_in_currency: Number,
    price_change_percentage_7d_in_currency: Number,
    price_change_percentage_30d_in_currency: Number,
    sparkline_in_7d: Sparkline,
}

impl Coin {
    /// A coin without a symbol and a name is left out: nobody could tell which it is.
    fn constituent(self) -> Option<Constituent> {
        let symbol = self.symbol.into_string();
        let name = self.name.into_string();
        if symbol.is_empty() && name.is_empty() {
            return None;
        }
        let change_24h = self.price_change_percentage_24h_in_currency.maybe_percent();
        Some(Constituent {
            rank: self.market_cap_rank.maybe_count().filter(|rank| *rank > 0),
            // Some letters become two in capitals.
            symbol: symbol.chars().flat_map(char::to_uppercase).take(LONGEST_SYMBOL).collect(),
            name,
            price: self.current_price.maybe_price(),
            market_cap: self.market_cap.maybe_amount(),
            volume: self.total_volume.maybe_amount(),
            change_1h: self.price_change_percentage_1h_in_currency.maybe_percent(),
            change_24h: change_24h.or(self.price_change_percentage_24h.maybe_percent()),
            change_7d: self.price_change_percentage_7d_in_currency.maybe_percent(),
            change_30d: self.price_change_percentage_30d_in_currency.maybe_percent(),
            sparkline: self.sparkline_in_7d.0,
        })
    }
}

/// `{"price":[…]}` or null.
#[derive(Default)]
struct Sparkline(Vec<f32>);

impl<'de> Deserialize<'de> for Sparkline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wrapped: Option<Wrapped> = Option::deserialize(deserializer)?;
        Ok(Self(wrapped.unwrap_or_default().price.0))
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Wrapped {
    price: Prices,
}

#[derive(Default)]
struct Prices(Vec<f32>);

impl<'de> Deserialize<'de> for Prices {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PricesVisitor)
    }
}

struct PricesVisitor;

impl<'de> Visitor<'de> for PricesVisitor {
    type Value = Prices;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of prices or nothing")
    }

    fn visit_unit<E>(self) -> Result<Prices, E> {
        Ok(Prices::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Prices, A::Error> {
        let mut prices = Vec::with_capacity(168);
        while let Some(number) = rows.next_element::<Number>()? {
            if let Some(price) = number.maybe_price()
                && prices.len() < LONGEST_SPARKLINE
            {
                // At most 1e12: far inside the range of an f32.
                prices.push(price as f32);
            }
        }
        prices.shrink_to_fit();
        Ok(Prices(prices))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Prices, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Prices::default())
    }
}
