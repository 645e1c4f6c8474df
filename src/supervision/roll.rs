//! The roll of a supervisor: the names of all its children, and what each said of its memory.
//!
//! Shared by the supervisor, its handles and its memory monitor. A name stands in it once: a child that has ended keeps it, until
//! it is dismissed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::messages::SupervisorError;
use crate::memory::limit::Limits;
use crate::memory::record::PROCESS;

/// Cheap to clone; all clones are the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Roll(Arc<Mutex<Names>>);

#[derive(Debug, Default)]
struct Names {
    children: Vec<(String, Limits)>,
    closed: bool,
}

impl Roll {
    /// Enters a child.
    pub(super) fn enter(&self, name: &str, limits: Limits) -> Result<(), SupervisorError> {
        let mut names = self.names();
        let refused =
            |right: &str| Err(SupervisorError::Name { name: name.to_owned(), right: right.to_owned() });
        if names.closed {
            return Err(SupervisorError::Ending { name: name.to_owned() });
        }
        if name.trim().is_empty() {
            return refused("write one, for example image-cache");
        }
        if name == PROCESS {
            return refused("it is the name of the whole process's account; write another one");
        }
        if names.children.iter().any(|(known, _)| known == name) {
            return Err(SupervisorError::Duplicate { name: name.to_owned() });
        }
        names.children.push((name.to_owned(), limits));
        Ok(())
    }

    /// Takes back the entry of this name.
    pub(super) fn strike(&self, name: &str) {
        self.names().children.retain(|(known, _)| known != name);
    }

    /// No further child is entered.
    pub(super) fn close(&self) {
        self.names().closed = true;
    }

    /// What a child said of its memory.
    pub(super) fn limits(&self, name: &str) -> Limits {
        let names = self.names();
        let entry = names.children.iter().find(|(known, _)| known == name);
        entry.map(|(_, limits)| *limits).unwrap_or_default()
    }

    fn names(&self) -> MutexGuard<'_, Names> {
        // Every change is complete in itself: what a panicking thread left behind can be used.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
