//! Where reports and history are kept.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};

#[cfg(feature = "postgres")]
use super::postgres::PostgresUrl;
use super::sqlite;

/// The database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `sqlite:PATH`, a path, or `postgresql://…` (`database.url`, `DATABASE_URL`; default `evenkeel.db` in the data
    /// directory). As in SQLAlchemy, `sqlite:///PATH` is relative and `sqlite:////PATH` absolute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<DatabaseUrl>,
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

/// A `database.url` as it was written. Debugging and serialising write it without its password.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct DatabaseUrl(String);

/// What a [`DatabaseUrl`] names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseTarget {
    /// A file.
    Sqlite(PathBuf),
    /// A server. Needs the feature `postgres`.
    #[cfg(feature = "postgres")]
    Postgres(PostgresUrl),
}

impl DatabaseUrl {
    /// Wraps a URL, which [`Config::validate`](super::Config::validate) checks.
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// What the URL names, or what would be right.
    pub(super) fn target(&self) -> Result<DatabaseTarget, String> {
        let is_postgres = sqlite::scheme(&self.0).is_some_and(|scheme| scheme.starts_with("postgres"));
        if is_postgres { server(&self.0) } else { sqlite::path(&self.0).map(DatabaseTarget::Sqlite) }
    }

    /// As it may be shown; of one that cannot be read the scheme only, since the rest may hold a password.
    pub(super) fn shown(&self) -> String {
        match self.target() {
            #[cfg(feature = "postgres")]
            Ok(DatabaseTarget::Postgres(url)) => url.to_string(),
            Ok(DatabaseTarget::Sqlite(_)) | Err(_) => sqlite::shown(&self.0),
        }
    }
}

#[cfg(feature = "postgres")]
fn server(url: &str) -> Result<DatabaseTarget, String> {
    PostgresUrl::parse(url).map(DatabaseTarget::Postgres)
}

#[cfg(not(feature = "postgres"))]
fn server(_: &str) -> Result<DatabaseTarget, String> {
    Err(super::built::without("postgres"))
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

impl Serialize for DatabaseUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.shown())
    }
}
