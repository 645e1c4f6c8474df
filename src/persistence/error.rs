//! Why something could not be stored or read. Imports nothing of this folder, so that everything in it can fail with it.

use std::path::PathBuf;

use diesel::result::Error as DieselError;

/// What SQLite says when another connection holds the lock that a statement needs.
const LOCKED: &str = "database is locked";

/// Why something could not be stored or read.
#[derive(Debug, Clone, thiserror::Error, PartialEq)]
pub enum PersistenceError {
    /// The database could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The open report and what was said about it do not agree.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Another process held the write lock for longer than `database.lock_wait`.
    #[error("the database is locked by another process")]
    Locked,
    /// The database refused: disk full, damaged file, lost volume.
    #[error("the database failed: {0}")]
    Database(String),
    /// A point that is not a number cannot be recorded.
    #[error("the point of series {series} is {value}: only finite values are recorded")]
    NotFinite {
        /// The series.
        series: String,
        /// The value or volume.
        value: f64,
    },
    /// No reader connection was to be had in time.
    #[error("none of the {readers} reader connections became free within {waited_ms} ms: {reason}")]
    ReadersBusy {
        /// How many there are (`database.readers`).
        readers: u32,
        /// How long was waited, in milliseconds.
        waited_ms: u64,
        /// What the pool said.
        reason: String,
    },
}

/// Why a database file could not be opened. Nothing was written to it.
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
        "{path} holds tables of another program ({tables}): set database.url or DATABASE_URL to another path"
    )]
    Foreign {
        /// The database file.
        path: PathBuf,
        /// Those of its tables that bear our names, separated by commas.
        tables: String,
    },
    /// A newer program has changed the schema.
    #[error("database {path} is newer than this program: it has the unknown migrations {unknown}")]
    Newer {
        /// The database file.
        path: PathBuf,
        /// The versions that this program does not know, separated by commas.
        unknown: String,
    },
    /// The schema is older than the program.
    #[error("database {path} lacks the migrations {pending}: run `evenkeel migrate`")]
    NotMigrated {
        /// The database file.
        path: PathBuf,
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
    /// Anything else.
    #[error("database {path} could not be opened: {reason}")]
    Failed {
        /// The database file.
        path: PathBuf,
        /// What SQLite or the system said.
        reason: String,
    },
}

/// Why a message about an open report was refused. The sessions are numbered as in [`super::messages::SessionId`].
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum SessionError {
    /// The session was committed, rolled back, or belongs to an earlier generation.
    #[error("report session {session} is not open")]
    Unknown {
        /// The session.
        session: u64,
    },
    /// A report without artifacts would be empty.
    #[error("a report needs at least one artifact")]
    NoArtifacts,
    /// An artifact was named twice.
    #[error("artifact {artifact} is named twice")]
    Repeated {
        /// The artifact.
        artifact: String,
    },
    /// The artifact was not named when the report was opened.
    #[error("report session {session} has no artifact {artifact}")]
    UnknownArtifact {
        /// The session.
        session: u64,
        /// The artifact.
        artifact: String,
    },
    /// A chunk has no bytes.
    #[error("chunk {seq} of {artifact} in report session {session} is empty")]
    EmptyChunk {
        /// The session.
        session: u64,
        /// The artifact.
        artifact: String,
        /// The chunk's position.
        seq: u32,
    },
    /// A chunk before this one is missing.
    #[error("chunk {seq} of {artifact} in report session {session} came before chunk {expected}")]
    Gap {
        /// The session.
        session: u64,
        /// The artifact.
        artifact: String,
        /// The position that came.
        seq: u32,
        /// The position that was due.
        expected: u32,
    },
    /// The chunk was received before.
    #[error("chunk {seq} of {artifact} in report session {session} came again: chunk {expected} was due")]
    Duplicate {
        /// The session.
        session: u64,
        /// The artifact.
        artifact: String,
        /// The position that came.
        seq: u32,
        /// The position that was due.
        expected: u32,
    },
    /// Not everything that was promised has come.
    #[error("report session {session} cannot be stored: missing or empty: {}", artifacts.join(", "))]
    Incomplete {
        /// The session.
        session: u64,
        /// Every artifact without content, in the order in which they were opened.
        artifacts: Vec<String>,
    },
    /// The builder confirmed only some of the artifacts.
    #[error("report session {session} cannot be stored: no digest came for {}", artifacts.join(", "))]
    Unconfirmed {
        /// The session.
        session: u64,
        /// Every artifact without a digest, in the order in which they were opened.
        artifacts: Vec<String>,
    },
    /// What was received is not what the builder sent.
    #[error(
        "report session {session} cannot be stored: {artifact} was sent as {sent} and received as {received}"
    )]
    DigestMismatch {
        /// The session.
        session: u64,
        /// The artifact.
        artifact: String,
        /// Length and SHA-256 as the builder counted them.
        sent: String,
        /// Length and SHA-256 as received.
        received: String,
    },
}

impl From<DieselError> for PersistenceError {
    fn from(error: DieselError) -> Self {
        let said = error.to_string();
        if said.contains(LOCKED) { Self::Locked } else { Self::Database(said) }
    }
}

impl OpenError {
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
