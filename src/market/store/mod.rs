//! Where the latest snapshot is kept: a trait, and a store within the process.
//!
//! A store holds one snapshot. It is served until its time to live is over and replaced as a whole; nobody ever sees
//! half of one.

mod in_process;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::model::Snapshot;

pub use in_process::InProcessStore;

/// Keeps the latest snapshot.
pub trait IndexStore: Send + Sync {
    /// Replaces the snapshot; it is served for `ttl` of the daemon's clock.
    ///
    /// A failure leaves whatever the store held before.
    fn put(&self, snapshot: Arc<Snapshot>, ttl: Duration) -> BoxFuture<'_, Result<(), StoreError>>;

    /// The snapshot, unless there never was one or its time is over.
    fn latest(&self) -> BoxFuture<'_, Result<Option<Arc<Snapshot>>, StoreError>>;
}

/// Why the store could not be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StoreError {
    /// The store could not be reached or refused; worth trying again with the next refresh.
    #[error("the index store is not available: {0}")]
    Unavailable(String),
    /// What the store holds is not a snapshot.
    #[error("the index store holds something that is not a snapshot: {0}")]
    Corrupt(String),
}
