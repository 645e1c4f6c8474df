//! Which indices are collected, how often and from where.

use std::time::Duration;

use bytesize::ByteSize;
use serde::{Deserialize, Serialize};

use super::secret::Secret;

/// Collection of market indices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MarketConfig {
    /// Time from one refresh to the next, aligned to the clock (`market.refresh_every`; default 3 min).
    #[serde(with = "super::duration")]
    pub refresh_every: Duration,
    /// How long a snapshot is served (`market.snapshot_ttl`; default 300 s).
    #[serde(with = "super::duration")]
    pub snapshot_ttl: Duration,
    /// Collect Vietnam's five indices (`market.vietnam`; default true).
    pub vietnam: bool,
    /// Collect crypto (`market.crypto`; default true).
    pub crypto: bool,
    /// Collect the US indices (`market.us`; default false).
    pub us: bool,
    /// The sources.
    pub sources: SourcesConfig,
}

impl Default for MarketConfig {
    fn default() -> Self {
        Self {
            refresh_every: Duration::from_secs(180),
            snapshot_ttl: Duration::from_secs(300),
            vietnam: true,
            crypto: true,
            us: false,
            sources: SourcesConfig::default(),
        }
    }
}

/// One entry a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SourcesConfig {
    /// Vietcap (`market.sources.vietcap`).
    pub vietcap: SourceConfig,
    /// Entrade (`market.sources.entrade`).
    pub entrade: SourceConfig,
    /// KB Securities (`market.sources.kbs`).
    pub kbs: SourceConfig,
    /// Binance (`market.sources.binance`).
    pub binance: SourceConfig,
    /// CoinGecko (`market.sources.coingecko`).
    pub coingecko: SourceConfig,
    /// CoinPaprika (`market.sources.coinpaprika`).
    pub coinpaprika: SourceConfig,
    /// alternative.me (`market.sources.alternative_me`).
    pub alternative_me: SourceConfig,
    /// Yahoo (`market.sources.yahoo`).
    pub yahoo: SourceConfig,
}

/// How one source is reached and how gently.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceConfig {
    /// Whether it is asked at all (`enabled`; default true).
    pub enabled: bool,
    /// Scheme and host, without the paths that belong to the source's interface and without a slash at the end
    /// (`base_url`).
    pub base_url: String,
    /// The source is asked no more often than this, in the daemon's clock (`min_interval`).
    #[serde(with = "super::duration")]
    pub min_interval: Duration,
    /// From the request to the last byte, in real time (`time_limit`).
    #[serde(with = "super::duration")]
    pub time_limit: Duration,
    /// A longer response is an error (`max_body`; always with a unit, at most 64 MiB).
    #[serde(with = "super::size")]
    pub max_body: ByteSize,
    /// Pause after a refusal that names none itself, in the daemon's clock (`cool_down`).
    #[serde(with = "super::duration")]
    pub cool_down: Duration,
    /// A key for the source. Never shown, and settable for CoinGecko only, the one source that takes one
    /// (`market.sources.coingecko.api_key`, `COINGECKO_API_KEY`; default none).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key: Option<Secret>,
}

impl SourcesConfig {
    /// Every source, in the order of the fields.
    pub fn each_mut(&mut self) -> [&mut SourceConfig; 8] {
        [
            &mut self.vietcap,
            &mut self.entrade,
            &mut self.kbs,
            &mut self.binance,
            &mut self.coingecko,
            &mut self.coinpaprika,
            &mut self.alternative_me,
            &mut self.yahoo,
        ]
    }
}

impl SourceConfig {
    fn at(base_url: &str, min_interval_s: u64, max_body: ByteSize) -> Self {
        Self {
            enabled: true,
            base_url: base_url.to_owned(),
            min_interval: Duration::from_secs(min_interval_s),
            time_limit: Duration::from_secs(20),
            max_body,
            cool_down: Duration::from_secs(60),
            api_key: None,
        }
    }
}

impl Default for SourcesConfig {
    fn default() -> Self {
        Self {
            vietcap: SourceConfig::at("https://trading.vietcap.com.vn", 0, ByteSize::mib(1)),
            entrade: SourceConfig::at("https://services.entrade.com.vn", 0, ByteSize::mib(1)),
            kbs: SourceConfig::at("https://kbbuddywts.kbsec.com.vn", 0, ByteSize::mib(1)),
            binance: SourceConfig::at("https://data-api.binance.vision", 0, ByteSize::mib(1)),
            // A page of 250 coins with sparklines is about 1.2 MB.
            coingecko: SourceConfig::at("https://api.coingecko.com", 600, ByteSize::mib(4)),
            coinpaprika: SourceConfig::at("https://api.coinpaprika.com", 600, ByteSize::mib(1)),
            alternative_me: SourceConfig::at("https://api.alternative.me", 3600, ByteSize::kib(256)),
            yahoo: SourceConfig::at("https://query1.finance.yahoo.com", 0, ByteSize::mib(1)),
        }
    }
}
