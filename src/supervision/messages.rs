//! What the supervisor is asked, by its handle.

use std::time::Duration;

use actix::Message;
use tokio::sync::oneshot;

use super::account::RestartProof;
use super::child::AnyChild;
use super::ending::RestartCause;
use super::status::{ShutdownReport, SupervisorStatus};
use crate::memory::limit::LimitError;

/// Adds a child and starts it.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Adopt(pub(super) Box<dyn AnyChild>);

/// Measures and judges once; the memory monitor sends it to itself.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "()")]
pub struct Tick;

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

/// Drains a child, ends it for good and forgets it.
#[derive(Debug, Message)]
#[rtype(result = "Result<Option<RestartProof>, SupervisorError>")]
pub(super) struct Dismiss {
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
///
/// ```
/// # use actix::prelude::*;
/// # struct Idle;
/// # impl Actor for Idle {
/// #     type Context = Context<Self>;
/// # }
/// # System::new().block_on(async {
/// use evenkeel::{Child, Supervisor, SupervisorError};
///
/// let supervisor = Supervisor::start();
/// supervisor.supervise(Child::named("idle", || Idle)).unwrap();
/// let error = supervisor.supervise(Child::named("idle", || Idle)).unwrap_err();
/// assert_eq!(error, SupervisorError::Duplicate { name: "idle".to_owned() });
/// # });
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SupervisorError {
    /// A name that a child cannot have.
    #[error("a child cannot be named \"{name}\": {right}")]
    Name {
        /// The name.
        name: String,
        /// What would be right.
        right: String,
    },
    /// There is a child of this name, or was one that was not dismissed.
    #[error("there is a child named \"{name}\" already; write another name")]
    Duplicate {
        /// The name.
        name: String,
    },
    /// The link leads to another child, of this supervisor or of another one.
    #[error("the link \"{name}\" leads to a child already; make one link for each child")]
    LinkTaken {
        /// The link's name.
        name: String,
    },
    /// The child's limits cannot be used.
    #[error("the memory limits of {name}: {error}")]
    Limit {
        /// The child.
        name: String,
        /// What is wrong with them.
        error: LimitError,
    },
    /// The supervisor is shutting down or has given up.
    #[error("{name} is not started: its supervisor is ending")]
    Ending {
        /// The child.
        name: String,
    },
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
    /// The memory monitor is not dismissed.
    #[error(
        "{name} attends to the others and ends with the supervisor; `without_monitor` starts one that has none"
    )]
    Attends {
        /// Its name.
        name: String,
    },
    /// The supervisor was started without a memory monitor.
    #[error("the supervisor has no memory monitor")]
    NotMonitored,
    /// The supervisor has ended.
    #[error("the supervisor has ended")]
    Ended,
}
