//! What the `market_indices` document looks like, for the interface's description.
//!
//! The document itself writes its maps by hand, in an order that a derived form does not have; a test holds the two
//! together.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

/// The latest snapshot.
#[derive(Serialize, ToSchema)]
pub(super) struct MarketIndices {
    /// Always true.
    success: bool,
    /// By name: `vnindex`, `vn30`, `hnxindex`, `hnx30` and `upcomindex` always, the others as they are collected.
    indices: BTreeMap<String, IndexEntry>,
}

/// What is known of one index.
#[derive(Serialize, ToSchema)]
struct IndexEntry {
    /// Its value; null where there is an error.
    #[schema(required = true)]
    value: Option<IndexValue>,
    /// Why there is no value; null where there is one.
    #[schema(required = true)]
    error: Option<String>,
    /// Who gave the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    source: Option<String>,
    /// The last value that was known, beside an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    stale: Option<StaleValue>,
}

/// One value of an index, in the unit of its market.
#[derive(Serialize, ToSchema)]
struct IndexValue {
    /// The symbol.
    code: String,
    /// In Vietnam's time, without an offset.
    #[schema(example = "2026-03-02T14:45:00")]
    date: String,
    /// First value of the session.
    #[schema(required = true)]
    open: Option<f64>,
    /// Highest value of the session.
    #[schema(required = true)]
    high: Option<f64>,
    /// Lowest value of the session.
    #[schema(required = true)]
    low: Option<f64>,
    /// The value now.
    close: f64,
    /// Volume of the session.
    #[schema(required = true)]
    volume: Option<u64>,
}

/// A value that is not of the latest refresh.
#[derive(Serialize, ToSchema)]
struct StaleValue {
    /// The value.
    value: IndexValue,
    /// How long ago it was fetched, in seconds.
    age_seconds: i64,
    /// Who gave it.
    source: String,
}
