//! The crypto market as a whole, as both of its sources see it.
//!
//! The sum of the known coins plus one walk for everything else, so that a share of the market is exactly the
//! coin's capitalisation in the list divided by the total.

use super::coin::{Coin, KNOWN};
use super::floor::Floor;
use super::hours::{DAY_S, Hours};
use super::instrument::Instrument;

/// Capitalisation of everything but the known coins, in USD.
const EVERYTHING_ELSE_USD: f64 = 330e9;
/// Volume of an ordinary day, in USD.
const DAY_USD: f64 = 98e9;

/// The market at one time.
#[derive(Debug)]
pub(crate) struct CryptoTotal {
    pub(crate) market_cap_usd: f64,
    pub(crate) volume_24h_usd: f64,
    /// Symbol and share in per cent of the known coins, largest first at their usual prices.
    pub(crate) shares: Vec<(&'static str, f64)>,
    pub(crate) btc_usd: f64,
    pub(crate) eth_usd: f64,
}

impl CryptoTotal {
    pub(crate) fn at(floor: &Floor, t: i64) -> Self {
        let prices: Vec<(Coin, f64)> = (1..=KNOWN.len() as u32)
            .map(|number| {
                let coin = Coin::numbered(floor, number);
                let price = coin.instrument().exact(t);
                (coin, price)
            })
            .collect();
        let walk = |name: &str, level: f64, volatility: f64| {
            Instrument::new(floor.dice(name), Hours::RoundTheClock, level, volatility, 0.0, 0).exact(t)
        };
        let known: f64 = prices.iter().map(|(coin, price)| coin.supply * price).sum();
        let market_cap_usd = known + walk("everything else", EVERYTHING_ELSE_USD, 0.015);
        let price_of =
            |symbol: &str| prices.iter().find(|(coin, _)| coin.symbol == symbol).map_or(1.0, |(_, p)| *p);
        Self {
            market_cap_usd,
            volume_24h_usd: walk("volume", DAY_USD, 0.06),
            shares: KNOWN
                .iter()
                .zip(&prices)
                .map(|(known, (coin, price))| (known.symbol, coin.supply * price / market_cap_usd * 100.0))
                .collect(),
            btc_usd: price_of("btc"),
            eth_usd: price_of("eth"),
        }
    }

    /// Change of capitalisation and of volume against the day before `t`, in per cent.
    pub(crate) fn change_percent(&self, floor: &Floor, t: i64) -> (f64, f64) {
        let before = Self::at(floor, t - DAY_S);
        (
            (self.market_cap_usd / before.market_cap_usd - 1.0) * 100.0,
            (self.volume_24h_usd / before.volume_24h_usd - 1.0) * 100.0,
        )
    }
}
