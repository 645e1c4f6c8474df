//! What the market looks like to the rest of the program: indices, quotes, readings, the snapshot.
//!
//! Pure data: no I/O and no clock. A [`Snapshot`] always names every index that was asked for; one that could not be
//! had carries its error and, where there is one, the last good value with the time it was fetched.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use super::source_name::SourceName;

/// A market whose indices are collected together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Market {
    /// Ho Chi Minh City and Hanoi; values in index points.
    Vietnam,
    /// Coins against the US dollar; values in USD.
    Crypto,
    /// New York; values in index points.
    Us,
}

/// One index that can be collected.
#[derive(Debug, PartialEq, Eq)]
pub struct Index {
    /// The name in documents, history and configuration, for example `vnindex`.
    pub name: &'static str,
    /// The symbol that people know, for example `VNINDEX`.
    pub code: &'static str,
    /// What it is called in a report.
    pub title: &'static str,
    /// Where it belongs.
    pub market: Market,
}

const fn index(name: &'static str, code: &'static str, title: &'static str, market: Market) -> Index {
    Index { name, code, title, market }
}

/// Every index, in the order in which documents and reports list them.
pub static CATALOGUE: [Index; 16] = [
    index("vnindex", "VNINDEX", "VN-Index", Market::Vietnam),
    index("vn30", "VN30", "VN30", Market::Vietnam),
    index("hnxindex", "HNXINDEX", "HNX-Index", Market::Vietnam),
    index("hnx30", "HNX30", "HNX30", Market::Vietnam),
    index("upcomindex", "UPCOMINDEX", "UPCoM-Index", Market::Vietnam),
    index("btc", "BTC", "Bitcoin", Market::Crypto),
    index("eth", "ETH", "Ethereum", Market::Crypto),
    index("sol", "SOL", "Solana", Market::Crypto),
    index("xrp", "XRP", "XRP", Market::Crypto),
    index("ada", "ADA", "Cardano", Market::Crypto),
    index("link", "LINK", "Chainlink", Market::Crypto),
    index("bnb", "BNB", "BNB", Market::Crypto),
    index("gspc", "^GSPC", "S&P 500", Market::Us),
    index("ixic", "^IXIC", "Nasdaq Composite", Market::Us),
    index("dji", "^DJI", "Dow Jones Industrial Average", Market::Us),
    index("vix", "^VIX", "CBOE Volatility Index", Market::Us),
];

impl Index {
    /// The index of that name, if there is one.
    pub fn named(name: &str) -> Option<&'static Index> {
        CATALOGUE.iter().find(|index| index.name == name)
    }

    /// The indices of one market, in the order of the catalogue.
    pub fn of(market: Market) -> impl Iterator<Item = &'static Index> {
        CATALOGUE.iter().filter(move |index| index.market == market)
    }
}

/// The names of the [`CATALOGUE`], for a message.
pub fn names() -> String {
    let names: Vec<&str> = CATALOGUE.iter().map(|index| index.name).collect();
    names.join(", ")
}

/// The state of one index at one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    /// When the source says that `close` held.
    pub at: Timestamp,
    /// First value of the session (crypto: 24 hours ago), in the unit of the market.
    pub open: Option<f64>,
    /// Highest value of the session.
    pub high: Option<f64>,
    /// Lowest value of the session.
    pub low: Option<f64>,
    /// The value now. Always finite and above zero.
    pub close: f64,
    /// Traded volume of the session: shares (Vietnam, US) or coins.
    pub volume: Option<f64>,
    /// The close of the session before (crypto: the value 24 hours ago).
    pub previous_close: Option<f64>,
    /// How many members rose and fell, where the source tells.
    pub breadth: Option<Breadth>,
}

impl Quote {
    /// Change against the previous close, in per cent of it.
    pub fn change_percent(&self) -> Option<f64> {
        self.previous_close
            .filter(|previous| *previous > 0.0)
            .map(|previous| (self.close / previous - 1.0) * 100.0)
    }
}

/// How many members of an index rose, fell or stood still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breadth {
    /// Members above their previous close.
    pub advances: u32,
    /// Members below their previous close.
    pub declines: u32,
    /// Members at their previous close.
    pub unchanged: u32,
    /// Members at the exchange's upper price limit.
    pub ceiling: u32,
    /// Members at the exchange's lower price limit.
    pub floor: u32,
}

/// The crypto market as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CryptoOverview {
    /// When the source computed it.
    pub at: Timestamp,
    /// Capitalisation of all coins, in USD.
    pub market_cap_usd: f64,
    /// Volume of the last 24 hours, in USD.
    pub volume_24h_usd: f64,
    /// Change of the capitalisation over 24 hours, in per cent.
    pub market_cap_change_24h_percent: Option<f64>,
    /// Bitcoin's share of the capitalisation, in per cent.
    pub btc_dominance_percent: Option<f64>,
    /// Ether's share of the capitalisation, in per cent; CoinPaprika does not give it.
    pub eth_dominance_percent: Option<f64>,
}

/// The Fear & Greed index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FearGreed {
    /// The day that it was computed for.
    pub at: Timestamp,
    /// 0 (extreme fear) to 100 (extreme greed).
    pub value: u8,
    /// The source's own label, for example `Extreme Fear`.
    pub label: String,
}

/// A value with its origin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Good<T> {
    /// The value.
    pub value: T,
    /// Who gave it.
    pub source: SourceName,
    /// When it was fetched. Older than the snapshot when the source is asked less often than that.
    pub fetched_at: Timestamp,
}

/// One thing that a refresh wanted to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading<T> {
    /// Known: fetched by this refresh, or by an earlier one within the source's minimum interval.
    Known(Good<T>),
    /// Not known; every source that could have told failed.
    Failed {
        /// Why, one clause a source.
        error: String,
        /// The last value that was known, to be shown as stale.
        last_good: Option<Good<T>>,
    },
}

impl<T> Reading<T> {
    /// The value if it is known, without falling back to a stale one.
    pub fn known(&self) -> Option<&Good<T>> {
        match self {
            Self::Known(good) => Some(good),
            Self::Failed { .. } => None,
        }
    }

    /// The known value, or the last one that was.
    pub fn latest(&self) -> Option<&Good<T>> {
        match self {
            Self::Known(good) => Some(good),
            Self::Failed { last_good, .. } => last_good.as_ref(),
        }
    }

    /// Why the value is not known.
    pub fn error(&self) -> Option<&str> {
        match self {
            Self::Known(_) => None,
            Self::Failed { error, .. } => Some(error),
        }
    }
}

/// An index of a source that an application brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnIndex {
    /// The name in documents and history: 1 to 23 characters of `a` to `z`, `0` to `9`, `-` and `_`.
    pub name: String,
    /// The symbol that people know.
    pub code: String,
    /// What it is called on the dashboard, its unit included.
    pub title: String,
}

impl OwnIndex {
    /// An index of these names.
    pub fn new(name: &str, code: &str, title: &str) -> Self {
        Self { name: name.to_owned(), code: code.to_owned(), title: title.to_owned() }
    }
}

/// One index in a snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IndexReading {
    /// A name of the [`CATALOGUE`], or of an index that a source of the application's own added.
    pub name: String,
    /// What such an index is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnIndex>,
    /// What is known of it.
    pub reading: Reading<Quote>,
}

/// How one source fared in one refresh.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceOutcome {
    /// Which source.
    pub source: SourceName,
    /// Nothing if it answered, otherwise why not.
    pub error: Option<String>,
    /// How long it took, in milliseconds of real time.
    pub duration_ms: u64,
}

/// Everything that one refresh found out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// When the refresh began.
    pub taken_at: Timestamp,
    /// Every index of every enabled market, in the order of the [`CATALOGUE`], then those of the application's own.
    pub indices: Vec<IndexReading>,
    /// The crypto market; nothing when crypto is not enabled.
    pub crypto: Option<Reading<CryptoOverview>>,
    /// The Fear & Greed index; nothing when crypto is not enabled.
    pub fear_greed: Option<Reading<FearGreed>>,
    /// Bitcoin's relative strength over 14 days, 0 to 100 (see [`rsi`](crate::analytics::momentum::rsi)); nothing when crypto is not enabled,
    /// or in a snapshot of a version that did not know it.
    #[serde(default)]
    pub btc_rsi_14: Option<Reading<f64>>,
    /// The sources that were asked, and those that asked to be left alone, with until when; a source that was not
    /// needed or whose minimum interval is not over is absent.
    pub sources: Vec<SourceOutcome>,
    /// How long the refresh took, in milliseconds of real time.
    pub fetch_duration_ms: u64,
}

impl Snapshot {
    /// True if no index has a value, not even a stale one.
    pub fn is_empty(&self) -> bool {
        self.indices.iter().all(|index| index.reading.latest().is_none())
    }

    /// The reading of one index, if the snapshot has it.
    pub fn index(&self, name: &str) -> Option<&Reading<Quote>> {
        self.indices.iter().find(|index| index.name == name).map(|index| &index.reading)
    }
}

/// One coin of the constituents table. Compact on purpose: a page of 250 is all that a build holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Constituent {
    /// Rank by capitalisation, from 1; a new coin has none.
    pub rank: Option<u32>,
    /// In capitals, at most 24 characters.
    pub symbol: String,
    /// At most 80 characters; may hold any character, markup included.
    pub name: String,
    /// In USD.
    pub price: Option<f64>,
    /// In USD; 0 for an unverified supply.
    pub market_cap: Option<f64>,
    /// Volume of 24 hours, in USD.
    pub volume: Option<f64>,
    /// Change over 1 hour, in per cent.
    pub change_1h: Option<f64>,
    /// Change over 24 hours, in per cent.
    pub change_24h: Option<f64>,
    /// Change over 7 days, in per cent.
    pub change_7d: Option<f64>,
    /// Change over 30 days, in per cent.
    pub change_30d: Option<f64>,
    /// Hourly prices of 7 days, oldest first, in USD; about 168, possibly none.
    pub sparkline: Vec<f32>,
}
