//! Why a database could not be opened, and what the databases' texts mean: their codes do not reach us.

use std::path::PathBuf;

#[cfg(feature = "postgres")]
use crate::config::PostgresUrl;

/// What SQLite says when another connection holds the lock that a statement needs.
pub(super) const LOCKED: &str = "database is locked";

/// Why a database could not be opened. Nothing was written to it.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum OpenError {
    /// The directory of the file does not exist.
    #[error("the directory of database {path} does not exist: create it or configure another path")]
    DirectoryMissing {
        /// The database file.
        path: PathBuf,
    },
    /// The path leads to something that is not a file.
    #[error("database {path} is not a file: configure the path of a file")]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// There is no file, and the caller only reads.
    #[error("there is no database at {path}: `evenkeel migrate` or `evenkeel run` creates it")]
    Absent {
        /// The database file.
        path: PathBuf,
    },
    /// The file, or its directory, must not be written.
    #[error("database {path} is not writable: {reason}")]
    NotWritable {
        /// The database file.
        path: PathBuf,
        /// What stands in the way.
        reason: String,
    },
    /// The file is something else.
    #[error("{path} is not an SQLite database: configure another path, or move the file away")]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The file belongs to another program that uses our names.
    #[error(
        "{database} holds tables of another program ({tables}): set database.url or DATABASE_URL to another one"
    )]
    Foreign {
        /// The database, without a password.
        database: String,
        /// Those of its tables that bear our names, separated by commas.
        tables: String,
    },
    /// A newer program has changed the schema.
    #[error(
        "database {database} is newer than this program: it has the unknown migrations {unknown}; \
         run the newer program, or restore the backup from before it"
    )]
    Newer {
        /// The database, without a password.
        database: String,
        /// The versions that this program does not know, separated by commas.
        unknown: String,
    },
    /// The schema is older than the program.
    #[error("database {database} lacks the migrations {pending}: run `evenkeel migrate`")]
    NotMigrated {
        /// The database, without a password.
        database: String,
        /// The versions that are missing, separated by commas.
        pending: String,
    },
    /// Another process, or another generation in this one, is the file's writer.
    #[error("database {path} is in use by process {holder}: one process at a time can write it")]
    InUse {
        /// The database file.
        path: PathBuf,
        /// The holder's process id, or `unknown`.
        holder: String,
    },
    /// Another program holds an SQLite lock on the file.
    #[error("database {path} is locked by another process: waited {waited_ms} ms (database.lock_wait)")]
    Locked {
        /// The database file.
        path: PathBuf,
        /// How long was waited, in milliseconds.
        waited_ms: u64,
    },
    /// The server does not answer, or not for now. Trying again may help.
    #[error("database {database} cannot be reached: {reason}")]
    Unreachable {
        /// The database, without a password.
        database: String,
        /// What libpq said.
        reason: String,
    },
    /// The server answers and refuses: the user, the password, the database's name, encryption.
    #[error("database {database} refuses: {reason}; see database.url or DATABASE_URL")]
    Refused {
        /// The database, without a password.
        database: String,
        /// What the server said.
        reason: String,
    },
    /// Anything else.
    #[error("database {path} could not be opened: {reason}")]
    Failed {
        /// The database file.
        path: PathBuf,
        /// What SQLite or the system said.
        reason: String,
    },
}

impl OpenError {
    /// Names what libpq said while it opened `url`. What only the server can have said is a refusal.
    #[cfg(feature = "postgres")]
    pub(super) fn from_postgres(url: &PostgresUrl, said: &str) -> Self {
        let (database, reason) = (url.to_string(), url.hide(said));
        // A server that starts, stops or is full says so as FATAL, too.
        const PASSING: [&str; 6] = [
            "starting up",
            "shutting down",
            "recovery",
            "too many clients",
            "remaining connection slots",
            "terminating connection",
        ];
        let is_passing = PASSING.iter().any(|words| reason.contains(words));
        const REFUSALS: [&str; 6] = [
            "FATAL:",
            "does not support SSL",
            "certificate",
            "no password supplied",
            "authentication method requirement",
            "invalid ",
        ];
        let is_refusal = REFUSALS.iter().any(|words| reason.contains(words));
        if is_refusal && !is_passing {
            Self::Refused { database, reason }
        } else {
            Self::Unreachable { database, reason }
        }
    }

    /// Names what SQLite said while it opened `path`. SQLite's result codes do not reach us, its texts do.
    pub(super) fn from_sqlite(path: &std::path::Path, lock_wait: std::time::Duration, said: &str) -> Self {
        let path = path.to_path_buf();
        if said.contains("file is not a database") {
            return Self::NotADatabase { path };
        }
        if said.contains(LOCKED) {
            let waited_ms = u64::try_from(lock_wait.as_millis()).unwrap_or(u64::MAX);
            return Self::Locked { path, waited_ms };
        }
        if said.contains("readonly database") || said.contains("unable to open database file") {
            return Self::NotWritable { path, reason: said.to_owned() };
        }
        Self::Failed { path, reason: said.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::*;

    #[cfg(feature = "postgres")]
    #[test]
    fn what_only_another_configuration_helps_against_is_a_refusal() {
        let url = PostgresUrl::parse("postgresql://user:hunter2@host/db").unwrap();
        let table = [
            ("FATAL:  password authentication failed for user \"user\"", true),
            ("FATAL:  database \"db\" does not exist", true),
            ("server does not support SSL, but SSL was required", true),
            ("SSL error: certificate verify failed", true),
            ("fe_sendauth: no password supplied", true),
            ("connection to server failed: Connection refused", false),
            ("FATAL:  the database system is starting up", false),
            ("FATAL:  sorry, too many clients already", false),
            ("session is read-only", false),
            ("timeout expired", false),
        ];
        for (said, refused) in table {
            let error = OpenError::from_postgres(&url, said);
            assert_eq!(matches!(error, OpenError::Refused { .. }), refused, "{error}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn what_sqlite_says_becomes_an_error_that_names_the_file() {
        let path = Path::new("data/reports.db");
        let table = [
            ("file is not a database", "data/reports.db is not an SQLite database"),
            ("database is locked", "is locked by another process: waited 5000 ms"),
            ("attempt to write a readonly database", "data/reports.db is not writable"),
            ("unable to open database file", "data/reports.db is not writable"),
            ("disk I/O error", "data/reports.db could not be opened: disk I/O error"),
        ];
        for (said, expected) in table {
            let error = OpenError::from_sqlite(path, Duration::from_secs(5), said).to_string();
            assert!(error.contains(expected), "{said}: {error}");
            assert!(!error.contains('\n'), "{error}");
        }
    }
}
