//! The `latest_market_data` document that readers outside know: one flat object about crypto, rendered from a
//! snapshot, no I/O and no clock.
//!
//! Every key is always there. A value that is not known is null, a stale one is not shown, and `partial_failure` says
//! whether there is such a value.
//!
//! | key | value |
//! | --- | --- |
//! | `btc_price_usd`, `btc_change_24h`, the same for `eth`, `sol`, `xrp`, `ada`, `link`, `bnb` | USD, and per cent of the price 24 hours ago |
//! | `market_cap_usd`, `volume_24h_usd` | USD, all coins together |
//! | `market_cap_change_percentage_24h_usd`, `btc_market_cap_percentage`, `eth_market_cap_percentage` | per cent |
//! | `fng_value` | 0 (extreme fear) to 100 (extreme greed) |
//! | `btc_rsi_14` | 0 to 100, of finished days: see [`rsi`](crate::analytics::momentum::rsi) |
//! | `timestamp` | when the refresh began: ISO 8601 in UTC, for example `2026-03-02T02:00:00Z` |
//! | `data_sources` | who gave the values: an object with `prices`, `market`, `fear_greed` and `rsi` |
//! | `partial_failure` | whether a value above is null |
//! | `fetch_duration_ms` | how long the refresh took |

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::model::{Good, Index, Market, Quote, Reading, Snapshot, SourceName};

/// The document of one snapshot, written to wherever it goes without being held as text.
#[derive(Debug, Clone, Copy)]
pub struct MarketData<'a>(&'a Snapshot);

#[derive(serde::Serialize)]
struct DataSources {
    prices: Option<SourceName>,
    market: Option<SourceName>,
    fear_greed: Option<SourceName>,
    rsi: Option<SourceName>,
}

impl<'a> MarketData<'a> {
    /// The document of `snapshot`; none where crypto is not collected.
    pub fn of(snapshot: &'a Snapshot) -> Option<Self> {
        snapshot.crypto.is_some().then_some(Self(snapshot))
    }

    fn quote(&self, coin: &Index) -> Option<&'a Good<Quote>> {
        self.0.index(coin.name).and_then(Reading::known)
    }
}

/// The known value of a reading that is wanted.
fn known<T>(reading: &Option<Reading<T>>) -> Option<&Good<T>> {
    reading.as_ref().and_then(Reading::known)
}

impl Serialize for MarketData<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(snapshot) = self;
        let mut document = serializer.serialize_map(None)?;
        let mut complete = true;
        let mut number = |document: &mut S::SerializeMap, key: &str, value: Option<f64>| {
            complete &= value.is_some();
            document.serialize_entry(key, &value)
        };
        for coin in Index::of(Market::Crypto) {
            let quote = self.quote(coin).map(|good| &good.value);
            number(&mut document, &format!("{}_price_usd", coin.name), quote.map(|quote| quote.close))?;
            let change = quote.and_then(Quote::change_percent);
            number(&mut document, &format!("{}_change_24h", coin.name), change)?;
        }
        let market = known(&snapshot.crypto).map(|good| &good.value);
        number(&mut document, "market_cap_usd", market.map(|market| market.market_cap_usd))?;
        number(&mut document, "volume_24h_usd", market.map(|market| market.volume_24h_usd))?;
        let change = market.and_then(|market| market.market_cap_change_24h_percent);
        number(&mut document, "market_cap_change_percentage_24h_usd", change)?;
        let btc = market.and_then(|market| market.btc_dominance_percent);
        number(&mut document, "btc_market_cap_percentage", btc)?;
        let eth = market.and_then(|market| market.eth_dominance_percent);
        number(&mut document, "eth_market_cap_percentage", eth)?;
        let fear_greed = known(&snapshot.fear_greed);
        document.serialize_entry("fng_value", &fear_greed.map(|good| good.value.value))?;
        let rsi = known(&snapshot.btc_rsi_14);
        number(&mut document, "btc_rsi_14", rsi.map(|good| good.value))?;
        document
            .serialize_entry("timestamp", &snapshot.taken_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())?;
        let sources = DataSources {
            prices: Index::of(Market::Crypto).find_map(|coin| self.quote(coin)).map(|good| good.source),
            market: known(&snapshot.crypto).map(|good| good.source),
            fear_greed: fear_greed.map(|good| good.source),
            rsi: rsi.map(|good| good.source),
        };
        document.serialize_entry("data_sources", &sources)?;
        document.serialize_entry("partial_failure", &!(complete && fear_greed.is_some()))?;
        document.serialize_entry("fetch_duration_ms", &snapshot.fetch_duration_ms)?;
        document.end()
    }
}
