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

/// Seconds that connecting may take with all hosts of a URL together; a name with two addresses counts once and takes
/// twice as long. Less than `supervision.answer_within` by far, whatever the URL says itself.
const CONNECT_WITHIN_S: u32 = 12;

/// The most and the least of them for one host; libpq knows no less.
const CONNECT_TO_ONE_S: (u32, u32) = (2, 5);

/// Milliseconds for a sent packet to be acknowledged, seconds of silence after which
/// a peer is asked whether it lives.
const DEFAULTS: &[(&str, &str)] = &[
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
    let url_with_limits =
        format!("{}&connect_timeout={}", url.with_defaults(DEFAULTS), connect_timeout_s(url));
    let mut connection =
        PgConnection::establish(&url_with_limits).map_err(|error| refused(error.to_string()))?;
    let read_only = match access {
        Access::Write => "off",
        Access::Read => "on",
    };
    // A session whose client has vanished is to let its locks go before somebody waits for them for hours.
    let settings = format!(
        "SET lock_timeout = {}; SET default_transaction_read_only = {read_only}; SET client_min_messages = warning; \
         SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;",
        lock_wait.as_millis()
    );
    connection.batch_execute(&settings).map_err(|error| refused(error.to_string()))?;
    Ok(AnyConnection::Postgres(connection))
}

/// The last word on `connect_timeout`: of two, libpq takes the later one.
fn connect_timeout_s(url: &PostgresUrl) -> u32 {
    let (least, most) = CONNECT_TO_ONE_S;
    let share = (CONNECT_WITHIN_S / url.hosts()).clamp(least, most);
    // 0 means for ever.
    let own = url.parameter("connect_timeout").and_then(|value| value.parse().ok()).filter(|own| *own > 0);
    own.unwrap_or(share).min(CONNECT_WITHIN_S / url.hosts()).max(least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connecting_to_all_hosts_takes_no_longer_than_an_actor_may() {
        let table = [
            ("postgresql://one/db", 5),
            ("postgresql://one,two/db", 5),
            ("postgresql://one,two,three/db", 4),
            ("postgresql:///db?host=a,b,c,d,e,f,g,h", 2),
            ("postgresql://one/db?connect_timeout=3", 3),
            ("postgresql://one/db?connect_timeout=600", 12),
            ("postgresql://one,two/db?connect_timeout=0", 5),
            ("postgresql://one,two/db?connect_timeout=10", 6),
        ];
        for (url, expected) in table {
            assert_eq!(connect_timeout_s(&PostgresUrl::parse(url).unwrap()), expected, "{url}");
        }
    }
}
