//! Why a soak came to no end.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::daemon::StartError;

/// Why a soak came to no end.
#[derive(Debug, thiserror::Error)]
pub enum SoakError {
    /// The simulated exchange did not start, or does not answer.
    #[error("the simulated exchange: {0}")]
    Exchange(String),
    /// The daemon did not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// Somebody works on and on, or has ended.
    #[error(
        "nothing has come to rest for {waited_s} s at {at}; the daemon hangs, or the machine is too slow"
    )]
    Restless {
        /// The time on the daemon's clock.
        at: Timestamp,
        /// How long was waited, in real seconds.
        waited_s: u64,
    },
    /// A child was restarted although nobody asked for it, or the supervisor gave up.
    #[error("the daemon has ended: {0}")]
    Ended(String),
    /// The hours could not be written down.
    #[error("{path}: {reason}")]
    Record {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: std::io::Error,
    },
}
