//! A database of its own for each test.

use std::path::{Path, PathBuf};
use std::time::Duration;

use evenkeel::clock::Clock;
use evenkeel::persistence::actor::Persistence;
use evenkeel::persistence::database::Database;
use evenkeel::persistence::location::Location;
use tempfile::TempDir;

pub(crate) const LOCK_WAIT: Duration = Duration::from_millis(100);

/// A migrated database in a directory that is removed with the value.
pub(crate) struct Store {
    directory: TempDir,
}

impl Store {
    pub(crate) fn new() -> Self {
        let store = Self { directory: TempDir::new().unwrap() };
        Database::open(&Location::sqlite(&store.path(), LOCK_WAIT)).unwrap().migrate().unwrap();
        store
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("evenkeel.db")
    }
}

pub(crate) fn writer(path: &Path) -> Persistence {
    Persistence::new(&Location::sqlite(path, LOCK_WAIT), Clock::system()).unwrap()
}
