//! The store of a daemon that runs alone: one snapshot in memory, shared by reference.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;
use crate::market::model::Snapshot;

use super::{IndexStore, StoreError};

/// Keeps the snapshot in the process. It survives restarts of every actor and not the end of the process.
#[derive(Debug)]
pub struct InProcessStore {
    clock: Clock,
    kept: Mutex<Option<Kept>>,
}

#[derive(Debug)]
struct Kept {
    snapshot: Arc<Snapshot>,
    until: Timestamp,
}

impl InProcessStore {
    /// An empty store.
    pub fn new(clock: Clock) -> Self {
        Self { clock, kept: Mutex::new(None) }
    }

    /// Keeps `snapshot` in place of whatever is there.
    pub(super) fn replace(&self, snapshot: Arc<Snapshot>, until: Timestamp) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some(Kept { snapshot, until });
    }

    /// Keeps `snapshot` unless what is there is as new.
    #[cfg(feature = "redis")]
    pub(super) fn offer(&self, snapshot: Snapshot, until: Timestamp) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.as_ref().is_none_or(|kept| kept.snapshot.taken_at < snapshot.taken_at) {
            *kept = Some(Kept { snapshot: Arc::new(snapshot), until });
        }
    }

    /// What is served now.
    pub(super) fn current(&self) -> Option<Arc<Snapshot>> {
        let now = self.clock.now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // What nobody may read any more is not kept either.
        if kept.as_ref().is_some_and(|kept| kept.until <= now) {
            *kept = None;
        }
        kept.as_ref().map(|kept| Arc::clone(&kept.snapshot))
    }
}

impl IndexStore for InProcessStore {
    fn put(&self, snapshot: Arc<Snapshot>, ttl: Duration) -> BoxFuture<'_, Result<(), StoreError>> {
        let ttl = SignedDuration::try_from(ttl).unwrap_or(SignedDuration::MAX);
        let until = self.clock.now().saturating_add(ttl).unwrap_or(Timestamp::MAX);
        self.replace(snapshot, until);
        ready(Ok(())).boxed()
    }

    fn latest(&self) -> BoxFuture<'_, Result<Option<Arc<Snapshot>>, StoreError>> {
        ready(Ok(self.current())).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(clock: &Clock) -> Arc<Snapshot> {
        Arc::new(Snapshot {
            taken_at: clock.now(),
            indices: Vec::new(),
            crypto: None,
            fear_greed: None,
            btc_rsi_14: None,
            sources: Vec::new(),
            fetch_duration_ms: 0,
        })
    }

    #[tokio::test(start_paused = true)]
    async fn a_snapshot_is_served_until_its_time_to_live_is_over() {
        let clock = Clock::scaled("2026-03-02T02:00:00Z".parse().unwrap(), 60.0);
        let store = InProcessStore::new(clock.clone());
        assert_eq!(store.latest().await, Ok(None));

        let first = snapshot(&clock);
        store.put(Arc::clone(&first), Duration::from_secs(300)).await.unwrap();
        clock.sleep(Duration::from_secs(299)).await;
        assert_eq!(store.latest().await.unwrap().as_ref(), Some(&first));

        clock.sleep(Duration::from_secs(60)).await;
        assert_eq!(store.latest().await, Ok(None));
        assert_eq!(Arc::strong_count(&first), 1, "the store still holds an expired snapshot");
    }

    #[tokio::test(start_paused = true)]
    async fn the_newest_snapshot_replaces_the_one_before() {
        let clock = Clock::scaled("2026-03-02T02:00:00Z".parse().unwrap(), 1.0);
        let store = InProcessStore::new(clock.clone());
        let (first, second) = (snapshot(&clock), snapshot(&clock));
        store.put(Arc::clone(&first), Duration::from_secs(300)).await.unwrap();
        store.put(Arc::clone(&second), Duration::from_secs(300)).await.unwrap();
        assert_eq!(Arc::strong_count(&first), 1);
        assert!(Arc::ptr_eq(&store.latest().await.unwrap().unwrap(), &second));
    }
}
