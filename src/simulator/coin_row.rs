//! One row of CoinGecko's list of coins, with every null that its documentation allows.

use bytes::Bytes;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

use super::calendar;
use super::coin::{Coin, Standing};
use super::hours::DAY_S;

const HOUR_S: i64 = 3600;
/// Points of a sparkline: one an hour for seven days.
const SPARKLINE_POINTS: i64 = 168;
/// Points of the sparkline of a coin that has just been listed.
const FRESH_POINTS: i64 = 10;

/// What a client asked for beyond the columns that are always there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extras {
    pub(crate) sparkline: bool,
    /// Names and lengths in seconds of the windows of change.
    pub(crate) windows: Vec<(&'static str, i64)>,
}

/// The windows that CoinGecko knows; there is none of 90 days.
pub(crate) const WINDOWS: [(&str, i64); 7] = [
    ("1h", HOUR_S),
    ("24h", DAY_S),
    ("7d", 7 * DAY_S),
    ("14d", 14 * DAY_S),
    ("30d", 30 * DAY_S),
    ("200d", 200 * DAY_S),
    ("1y", 365 * DAY_S),
];

#[derive(Debug, Serialize)]
struct Row<'a> {
    id: &'a str,
    symbol: &'a str,
    name: &'a str,
    image: String,
    current_price: Option<Number>,
    market_cap: Option<Number>,
    market_cap_rank: Option<u32>,
    fully_diluted_valuation: Option<Number>,
    total_volume: Option<Number>,
    high_24h: Option<Number>,
    low_24h: Option<Number>,
    price_change_24h: Option<f64>,
    price_change_percentage_24h: Option<f64>,
    market_cap_change_24h: Option<f64>,
    market_cap_change_percentage_24h: Option<f64>,
    circulating_supply: Option<f64>,
    total_supply: Option<f64>,
    max_supply: Option<f64>,
    ath: Option<Number>,
    ath_change_percentage: Option<f64>,
    ath_date: Option<String>,
    atl: Option<Number>,
    atl_change_percentage: Option<f64>,
    atl_date: Option<String>,
    roi: Option<Roi>,
    last_updated: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sparkline_in_7d: Option<Sparkline>,
    #[serde(flatten)]
    changes: BTreeMap<String, Option<f64>>,
}

#[derive(Debug, Serialize)]
struct Sparkline {
    price: Vec<f64>,
}

#[derive(Debug, Serialize)]
struct Roi {
    times: f64,
    currency: &'static str,
    percentage: f64,
}

/// An amount in USD as CoinGecko writes it: six significant digits below ten thousand, a whole number above.
#[derive(Debug, Clone, Copy)]
struct Number(f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 == 0.0 || self.0 >= 10_000.0 {
            return serializer.serialize_i64(self.0.round() as i64);
        }
        let scale = 10_f64.powi(5 - self.0.log10().floor() as i32);
        serializer.serialize_f64((self.0 * scale).round() / scale)
    }
}

/// The row of `coin`, now at `rank`, as JSON, a few kilobytes.
pub(crate) fn row(rank: u32, coin: &Coin, extras: &Extras, now: i64) -> Bytes {
    let instrument = coin.instrument();
    let price_ago = |seconds: i64| instrument.exact(now - seconds);
    let price = price_ago(0);
    let hours_of_a_day = (0..=24).map(|hour| price_ago(hour * HOUR_S));
    let (low, high) =
        hours_of_a_day.fold((price, price), |(low, high), value| (low.min(value), high.max(value)));
    let day_ago = price_ago(DAY_S);

    let standing = coin.standing;
    let trading = standing != Standing::Halted;
    let lively = trading && standing != Standing::Quiet;
    let day_old = lively && standing != Standing::Fresh;
    let supply = if standing == Standing::Unverified { 0.0 } else { coin.supply };
    let dice = coin.dice.fork(2);
    let total_supply =
        (trading && standing != Standing::Fresh).then(|| coin.supply * dice.between(0, 1.0, 1.4));
    let ath = high.max(coin.usd * dice.between(1, 2.0, 8.0));
    let atl = low.min(coin.usd * dice.between(2, 0.001, 0.4));

    let row = Row {
        id: &coin.id,
        symbol: &coin.symbol,
        name: &coin.name,
        image: format!(
            "https://coin-images.coingecko.com/coins/images/{}/large/{}.png",
            coin.number, coin.id
        ),
        current_price: trading.then_some(Number(price)),
        market_cap: trading.then_some(Number(price * supply)),
        market_cap_rank: (trading && standing != Standing::Fresh && standing != Standing::Unverified)
            .then_some(rank),
        fully_diluted_valuation: total_supply.map(|total| Number(price * total)),
        total_volume: lively.then(|| Number(coin.day_usd * dice.between(now / DAY_S, 0.6, 1.5))),
        high_24h: lively.then_some(Number(high)),
        low_24h: lively.then_some(Number(low)),
        price_change_24h: day_old.then_some(price - day_ago),
        price_change_percentage_24h: day_old.then(|| five_decimals(percent(price, day_ago))),
        market_cap_change_24h: day_old.then_some((price - day_ago) * supply),
        market_cap_change_percentage_24h: day_old.then(|| five_decimals(percent(price, day_ago))),
        circulating_supply: trading.then_some(supply),
        total_supply,
        max_supply: coin.max_supply.filter(|_| trading && standing != Standing::Fresh),
        ath: trading.then_some(Number(ath)),
        ath_change_percentage: trading.then(|| five_decimals(percent(price, ath))),
        ath_date: trading.then(|| calendar::iso(now - (dice.roll(3) % 900 + 30) as i64 * DAY_S)),
        atl: trading.then_some(Number(atl)),
        atl_change_percentage: trading.then(|| five_decimals(percent(price, atl))),
        atl_date: trading.then(|| calendar::iso(now - (dice.roll(4) % 2000 + 900) as i64 * DAY_S)),
        roi: (trading && dice.one_in(5, 12)).then(|| {
            let times = (dice.between(6, -1.0, 40.0) * 1000.0).round() / 1000.0;
            Roi { times, currency: "btc", percentage: times * 100.0 }
        }),
        last_updated: calendar::iso(now),
        sparkline_in_7d: extras.sparkline.then(|| Sparkline { price: sparkline(coin, now) }),
        changes: extras
            .windows
            .iter()
            .map(|(name, seconds)| {
                let known = lively && (standing != Standing::Fresh || *seconds < DAY_S);
                let change = known.then(|| percent(price, price_ago(*seconds)));
                (format!("price_change_percentage_{name}_in_currency"), change)
            })
            .collect(),
    };
    let mut json = Vec::with_capacity(1024);
    // Cannot fail: a vector takes everything and every key is text.
    let _ = serde_json::to_writer(&mut json, &row);
    Bytes::from(json)
}

/// Hourly prices, the last one at the last full hour.
fn sparkline(coin: &Coin, now: i64) -> Vec<f64> {
    let points = match coin.standing {
        Standing::Halted => 0,
        Standing::Fresh => FRESH_POINTS,
        Standing::Ordinary | Standing::Unverified | Standing::Quiet => SPARKLINE_POINTS,
    };
    let instrument = coin.instrument();
    let last = now - now.rem_euclid(HOUR_S);
    (0..points).rev().map(|hour| instrument.exact(last - hour * HOUR_S)).collect()
}

fn percent(value: f64, base: f64) -> f64 {
    (value / base - 1.0) * 100.0
}

fn five_decimals(value: f64) -> f64 {
    (value * 1e5).round() / 1e5
}
