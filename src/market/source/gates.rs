//! The gates of all sources, shared by every generation of the actor: a restart must not make a source forget that
//! it asked to be left alone.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::gate::Gate;
use crate::market::model::SourceName;

/// One gate a source, cloneable. Created once, where the daemon is put together.
#[derive(Debug, Clone, Default)]
pub struct Gates(Arc<Mutex<BTreeMap<SourceName, Gate>>>);

impl Gates {
    /// Looks at or changes the gate of one source.
    pub(super) fn with<T>(&self, source: SourceName, act: impl FnOnce(&mut Gate) -> T) -> T {
        let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(gates.entry(source).or_default())
    }

    /// A copy of one source's gate.
    pub fn gate(&self, source: SourceName) -> Gate {
        self.with(source, |gate| gate.clone())
    }
}
