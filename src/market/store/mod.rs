//! Where the latest snapshot is kept: a trait, a store within the process, and one that shares it through Redis.
//!
//! A store holds one snapshot. It is served until its time to live is over and replaced as a whole; nobody ever sees
//! half of one.

mod in_process;
#[cfg(feature = "redis")]
mod redis;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt, ready};

use super::model::Snapshot;
use crate::persistence::archive::PoolUse;

pub use in_process::InProcessStore;
#[cfg(feature = "redis")]
pub use redis::RedisStore;

/// Keeps the latest snapshot.
pub trait IndexStore: Send + Sync {
    /// Replaces the snapshot; it is served for `ttl` of the daemon's clock.
    ///
    /// A failure means that others cannot read it; from the same store it is served all the same.
    fn put(&self, snapshot: Arc<Snapshot>, ttl: Duration) -> BoxFuture<'_, Result<(), StoreError>>;

    /// The snapshot, unless there never was one or its time is over.
    fn latest(&self) -> BoxFuture<'_, Result<Option<Arc<Snapshot>>, StoreError>>;

    /// Whether other replicas see what is put here; then one of them refreshes for all.
    fn is_shared(&self) -> bool {
        false
    }

    /// Whether others can read what is put here now. A store within the process always can.
    fn check(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        ready(Ok(())).boxed()
    }

    /// Its connections now; nothing where it has none.
    fn pool(&self) -> Option<PoolUse> {
        None
    }

    /// Connections that were opened since the store was made: a steady daemon opens as many as its pool has, once.
    fn connections_opened(&self) -> u64 {
        0
    }
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
    /// Somebody else's data stand where the snapshot belongs. They were left alone; everything else is stored.
    #[error(
        "the index store does not overwrite somebody else's data: {0}; rename or delete it, or set redis.prefix"
    )]
    WrongType(String),
}
