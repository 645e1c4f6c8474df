//! CoinPaprika: the market as a whole (`/global`). It does not know Ether's share.

use serde::Deserialize;

use super::error::ParseError;
use super::lenient::Number;
use crate::market::model::CryptoOverview;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Global {
    market_cap_usd: Number,
    volume_24h_usd: Number,
    bitcoin_dominance_percentage: Number,
    market_cap_change_24h: Number,
    last_updated: Number,
}

/// The market as a whole.
pub fn parse_global(body: &[u8]) -> Result<CryptoOverview, ParseError> {
    let global: Global = serde_json::from_slice(body)?;
    Ok(CryptoOverview {
        at: global.last_updated.seconds("last_updated")?,
        market_cap_usd: global.market_cap_usd.positive_amount("market_cap_usd")?,
        volume_24h_usd: global.volume_24h_usd.amount("volume_24h_usd")?,
        market_cap_change_24h_percent: global.market_cap_change_24h.maybe_percent(),
        btc_dominance_percent: global.bitcoin_dominance_percentage.maybe_share(),
        eth_dominance_percent: None,
    })
}
