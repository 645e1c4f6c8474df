//! Why the daemon did not start.

use std::net::SocketAddr;

use crate::config::ConfigError;
use crate::market::source::SourceError;
use crate::market::source_name::NameError;
use crate::persistence::{OpenError, PersistenceError};
use crate::report::narrative::NarrativeError;
use crate::report::render::TemplateError;
use crate::report::schedule::ScheduleError;
use crate::supervision::messages::SupervisorError;

/// Why the daemon did not start. Nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// An actor was not taken on.
    #[error(transparent)]
    Supervision(#[from] SupervisorError),
    /// The configured time zone is not known.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// An edition wants an index that there is not.
    #[error("edition {edition}: there is no index `{name}`; the names are {}", crate::market::model::names())]
    UnknownIndex {
        /// The edition.
        edition: String,
        /// What it wants.
        name: String,
    },
    /// A source that the application brings, or one of its indices, has a name that it cannot have.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The language model of the narrative cannot be asked.
    #[error("report.narrative: {0}")]
    Narrative(#[from] NarrativeError),
    /// The port cannot be had.
    #[error(
        "cannot listen on {address}: {reason}; is another program using the port? set server.port or PORT"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The operating system's reason.
        reason: std::io::Error,
    },
    /// The socket that the process was started with is of no use.
    #[error(
        "LISTEN_FDS = {descriptors:?}: {reason}; hand over one listening TCP socket, or start without LISTEN_FDS"
    )]
    Inherited {
        /// How many descriptors were announced, as text.
        descriptors: String,
        /// What is wrong with them.
        reason: String,
    },
    /// The socket that the process was started with can be reached from other machines, and there is no token.
    #[error(
        "the inherited socket {address} can be reached from other machines: set server.token or EVENKEEL_TOKEN, or \
         hand over one on a loopback address"
    )]
    Unguarded {
        /// Its address.
        address: SocketAddr,
    },
    /// Another daemon works in the same directory.
    #[error(
        "another daemon works in the data directory {path}: `evenkeel status --data-dir {path}` shows it; end it, or give this \
         one a directory of its own (--data-dir, data_dir, EVENKEEL_DATA_DIR)"
    )]
    Occupied {
        /// The directory.
        path: String,
    },
    /// The data directory cannot be made.
    #[error("cannot create the data directory {path}: {reason}")]
    DataDir {
        /// The directory.
        path: String,
        /// The operating system's reason.
        reason: std::io::Error,
    },
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database cannot be used.
    #[error(transparent)]
    Persistence(#[from] PersistenceError),
    /// The templates that were compiled in are wrong.
    #[error(transparent)]
    Templates(#[from] TemplateError),
    /// The sources cannot be set up.
    #[error(transparent)]
    Sources(#[from] SourceError),
}
