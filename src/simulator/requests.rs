//! How often each source was asked, by path.
//!
//! Paths are the patterns of the routes (`/iis-server/investment/index/{symbol}/{series}`), never what a client
//! wrote, so that the number of counters is bounded by the number of routes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::source::SourceKind;

/// The counter of one path of one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequestCount {
    /// Which source.
    pub source: SourceKind,
    /// The pattern of its path below the source's prefix; `(unknown)` for a path that the source does not have.
    pub path: String,
    /// Requests since the exchange started, those that met a fault included.
    pub requests: u64,
}

/// The request counters: a cloneable handle on those of one exchange.
#[derive(Debug, Clone, Default)]
pub struct Requests(Arc<Mutex<BTreeMap<(SourceKind, String), u64>>>);

impl Requests {
    /// Requests to all sources.
    pub fn total(&self) -> u64 {
        self.counters().values().sum()
    }

    /// Requests to one source.
    pub fn of(&self, source: SourceKind) -> u64 {
        self.counters().iter().filter(|((of, _), _)| *of == source).map(|(_, requests)| requests).sum()
    }

    /// Requests to one path of one source, for example `/api/v3/coins/markets`.
    pub fn of_path(&self, source: SourceKind, path: &str) -> u64 {
        self.counters().get(&(source, path.to_owned())).copied().unwrap_or(0)
    }

    /// All counters, by source and path.
    pub fn list(&self) -> Vec<RequestCount> {
        self.counters()
            .iter()
            .map(|((source, path), requests)| RequestCount {
                source: *source,
                path: path.clone(),
                requests: *requests,
            })
            .collect()
    }

    pub(crate) fn count(&self, source: SourceKind, path: String) {
        *self.counters().entry((source, path)).or_insert(0) += 1;
    }

    fn counters(&self) -> MutexGuard<'_, BTreeMap<(SourceKind, String), u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
