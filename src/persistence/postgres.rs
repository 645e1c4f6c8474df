//! Opening a session of a Postgres server: time limits, settings, and what its errors mean.
//!
//! libpq reads the URL; what it does not say about time is added, because a server that has vanished must not hold a
//! thread for the two hours that TCP would wait.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::connection::AnyConnection;
use super::open_error::OpenError;
use crate::config::PostgresUrl;

/// Seconds to connect to one address, milliseconds for a sent packet to be acknowledged, seconds of silence after which
/// a peer is asked whether it lives.
const DEFAULTS: &[(&str, &str)] = &[
    ("connect_timeout", "5"),
    ("tcp_user_timeout", "10000"),
    ("keepalives_idle", "15"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "3"),
    ("fallback_application_name", "evenkeel"),
];

/// What a session is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Write,
    Read,
}

/// Opens a session whose statements wait for a lock no longer than `lock_wait`.
pub(super) fn connect(
    url: &PostgresUrl,
    access: Access,
    lock_wait: Duration,
) -> Result<AnyConnection, OpenError> {
    let refused = |said: String| OpenError::from_postgres(url, &said);
    let mut connection =
        PgConnection::establish(&url.with_defaults(DEFAULTS)).map_err(|error| refused(error.to_string()))?;
    let read_only = match access {
        Access::Write => "off",
        Access::Read => "on",
    };
    let settings = format!(
        "SET lock_timeout = {}; SET default_transaction_read_only = {read_only}; SET client_min_messages = warning;",
        lock_wait.as_millis()
    );
    connection.batch_execute(&settings).map_err(|error| refused(error.to_string()))?;
    Ok(AnyConnection::Postgres(connection))
}
