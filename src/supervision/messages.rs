//! What the supervisor is asked, by its handle.

use std::time::Duration;

use actix::Message;
use tokio::sync::oneshot;

use super::ending::RestartCause;
use super::status::{ShutdownReport, SupervisorStatus};

/// Drains a child and starts its next generation.
#[derive(Debug, Message)]
#[rtype(result = "Result<(), SupervisorError>")]
pub(super) struct Restart {
    pub(super) child: String,
    pub(super) cause: RestartCause,
}

/// Makes a child panic.
#[derive(Debug, Message)]
#[rtype(result = "Result<(), SupervisorError>")]
pub(super) struct Drill {
    pub(super) child: String,
}

/// Drains everything and ends.
#[derive(Debug, Message)]
#[rtype(result = "Result<ShutdownReport, oneshot::error::RecvError>")]
pub(super) struct ShutDown {
    pub(super) within: Duration,
}

/// Asks for the status.
#[derive(Debug, Message)]
#[rtype(result = "SupervisorStatus")]
pub(super) struct Observe;

/// Why a request to the supervisor came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SupervisorError {
    /// There is no such child.
    #[error("there is no child named \"{name}\"; there are {known}")]
    UnknownChild {
        /// The name asked for.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// The child has no living generation that could be restarted.
    #[error("{name} is not running: it is being replaced or has ended")]
    NotRunning {
        /// The child.
        name: String,
    },
    /// Another child is being replaced: two are never restarted because of their memory at the same moment.
    #[error("{name} is not restarted now: {other} is being replaced")]
    OneAtATime {
        /// The child that was to be restarted.
        name: String,
        /// The child that is being replaced.
        other: String,
    },
    /// The supervisor has ended.
    #[error("the supervisor has ended")]
    Ended,
}
