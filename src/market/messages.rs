//! What other actors say to `MarketIndices`.

use actix::Message;
use serde::{Deserialize, Serialize};

/// Fetches every index and stores one snapshot.
#[derive(Debug, Message)]
#[rtype(result = "RefreshOutcome")]
pub struct Refresh;

/// What one refresh came to. The snapshot itself is in the index store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, actix::MessageResponse)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
pub struct RefreshOutcome {
    /// Sources that answered.
    pub sources_ok: u32,
    /// Sources that failed.
    pub sources_failed: u32,
    /// Indices whose value is known.
    pub indices_ok: u32,
    /// Indices that carry an error.
    pub indices_failed: u32,
    /// Points handed to the history.
    pub points: u32,
    /// Whether the snapshot reached the index store.
    pub stored: bool,
    /// Real time from the first request to the stored snapshot, in milliseconds.
    pub duration_ms: u64,
}

/// Asks `MarketIndices` for its status.
#[derive(Debug, Message)]
#[rtype(result = "MarketStatus")]
pub struct Observe;

/// What `MarketIndices` has done since its generation began.
#[derive(Debug, Clone, PartialEq, Serialize, actix::MessageResponse)]
pub struct MarketStatus {
    /// Refreshes that ended with a stored snapshot.
    pub refreshes: u64,
    /// Refreshes whose snapshot could not be stored.
    pub refreshes_not_stored: u64,
    /// The last outcome.
    pub last: Option<RefreshOutcome>,
}
