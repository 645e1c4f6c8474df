//! The sources that the exchange simulates, by name.
//!
//! The names are those of the configuration and of the logs; they are also the path prefixes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One simulated source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// Vietcap's index snapshot and chart.
    Vietcap,
    /// Entrade's (DNSE's) index chart.
    Entrade,
    /// KB Securities' index chart.
    Kbs,
    /// Binance spot: 24-hour tickers and candles.
    Binance,
    /// CoinGecko: the whole market and the list of coins.
    Coingecko,
    /// CoinPaprika: the whole market.
    Coinpaprika,
    /// The Fear & Greed index of alternative.me.
    AlternativeMe,
    /// Yahoo's chart service.
    Yahoo,
}

/// A source name that nobody has; the message lists those that exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("source `{0}` is unknown; use one of {list}", list = SourceKind::ALL.map(SourceKind::as_str).join(", "))]
pub struct UnknownSource(pub String);

impl SourceKind {
    /// Every source.
    pub const ALL: [Self; 8] = [
        Self::Vietcap,
        Self::Entrade,
        Self::Kbs,
        Self::Binance,
        Self::Coingecko,
        Self::Coinpaprika,
        Self::AlternativeMe,
        Self::Yahoo,
    ];

    /// The name in configuration and logs, and the path prefix without its slash.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vietcap => "vietcap",
            Self::Entrade => "entrade",
            Self::Kbs => "kbs",
            Self::Binance => "binance",
            Self::Coingecko => "coingecko",
            Self::Coinpaprika => "coinpaprika",
            Self::AlternativeMe => "alternative-me",
            Self::Yahoo => "yahoo",
        }
    }
}

impl fmt::Display for SourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SourceKind {
    type Err = UnknownSource;

    fn from_str(name: &str) -> Result<Self, UnknownSource> {
        Self::ALL.into_iter().find(|source| source.as_str() == name).ok_or(UnknownSource(name.to_owned()))
    }
}
