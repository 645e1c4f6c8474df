//! Where reports and history are kept.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `sqlite:PATH`, or a path (`database.url`, `DATABASE_URL`; default `evenkeel.db` in the data directory).
    /// As in SQLAlchemy, `sqlite:///PATH` is relative and `sqlite:////PATH` absolute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Connections of the read side (`database.readers`; default 4).
    pub readers: u32,
    /// How long a statement waits for another process's lock (`database.lock_wait`; default 5 s);
    /// less than `supervision.answer_within`.
    #[serde(with = "super::duration")]
    pub lock_wait: Duration,
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self { url: None, readers: 4, lock_wait: Duration::from_secs(5) }
    }
}
