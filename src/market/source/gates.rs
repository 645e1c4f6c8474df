//! The gates of all sources, shared by every generation of the actor: a restart must not make a source forget that
//! it asked to be left alone.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::gate::Gate;
use crate::market::model::SourceName;

/// One gate a source, and one for every part of a source that refuses on its own; cloneable. Created once, where the
/// daemon is put together.
#[derive(Debug, Clone, Default)]
pub struct Gates(Arc<Mutex<BTreeMap<String, Gate>>>);

impl Gates {
    /// Looks at or changes one gate.
    pub(super) fn with<T>(&self, name: &str, act: impl FnOnce(&mut Gate) -> T) -> T {
        let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(gates.entry(name.to_owned()).or_default())
    }

    /// A copy of one source's gate.
    pub fn gate(&self, source: SourceName) -> Gate {
        self.with(source.as_str(), |gate| gate.clone())
    }
}
