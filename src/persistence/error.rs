//! Why something could not be stored or read. Imports errors only, so that everything in this folder can fail with it.

use diesel::result::{DatabaseErrorKind as Kind, Error as DieselError};

use super::adoption::AdoptionError;
use super::open_error::{LOCKED, OpenError};

/// Why something could not be stored or read.
#[derive(Debug, Clone, thiserror::Error, PartialEq)]
pub enum PersistenceError {
    /// The database could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The old service's table is in the way, or cannot be taken over.
    #[error(transparent)]
    Adoption(#[from] AdoptionError),
    /// The open report and what was said about it do not agree.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The database cannot be reached, or takes nothing now; trying again may help.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The connection ended while a report was being committed, and nobody could be asked whether it is stored.
    #[error("whether report {report} was stored is not known: {reason}")]
    InDoubt {
        /// The id that it has, if it is there.
        report: i32,
        /// How its commit failed, and why the database could not be asked.
        reason: String,
    },
    /// A file could not be written or read: its disk is full, a quota is used up, or the disk is broken.
    #[error("the disk of the database fails ({0}): see that it has room and is sound")]
    Disk(String),
    /// Another process held the write lock for longer than `database.lock_wait`.
    #[error("the database is locked by another process")]
    Locked,
    /// The database refused: disk full, damaged file, lost volume.
    #[error("the database failed: {0}")]
    Database(String),
    /// The due slot for which this was done has passed to another replica; nothing of it was stored.
    #[error("{slot} has passed to {holder}: nothing that was done for it is stored")]
    Fenced {
        /// The job and its due time.
        slot: String,
        /// The replica that has it now.
        holder: String,
    },
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

impl PersistenceError {
    /// Whether the database is away or held by somebody else, so that the same may succeed later.
    pub fn is_unavailable(&self) -> bool {
        matches!(
            self,
            Self::Unavailable(_) | Self::Disk(_) | Self::Locked | Self::Open(OpenError::Unreachable { .. })
        )
    }

    /// Whether only another configuration helps: the server does not know the user, the database or the password.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Open(OpenError::Refused { .. }))
    }
}

/// What a server says when it ends a transaction or a session that was not at fault; most of its codes do not reach us.
const PASSING: [&str; 4] =
    ["deadlock detected", "terminating connection", "shutting down", "SSL error: unexpected eof"];

/// What either database says when a file of its own cannot be written or read.
const DISK: [&str; 3] = ["database or disk is full", "disk I/O error", "No space left on device"];

impl From<DieselError> for PersistenceError {
    fn from(error: DieselError) -> Self {
        let said = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        match error {
            DieselError::DatabaseError(
                Kind::ClosedConnection
                | Kind::ReadOnlyTransaction
                | Kind::SerializationFailure
                | Kind::UnableToSendCommand,
                _,
            )
            | DieselError::BrokenTransactionManager => Self::Unavailable(said),
            _ if DISK.iter().any(|words| said.contains(words)) => Self::Disk(said),
            _ if PASSING.iter().any(|words| said.contains(words)) => Self::Unavailable(said),
            _ if said.contains(LOCKED) => Self::Locked,
            _ => Self::Database(said),
        }
    }
}
