//! Why a command failed, as one line and an exit code.

use std::fmt;
use std::process::ExitCode;

use crate::config::ConfigError;
use crate::daemon::StartError;
use crate::persistence::{OpenError, PersistenceError};
use crate::supervision::status::Fault;

/// What the exit codes mean, for `--help` and the manual page.
pub(super) const EXIT_CODES: &str = "Exit codes:
  0  done
  1  it failed: port in use, database not usable, no such report, …
  2  the command line or the configuration is wrong; nothing was started
  3  the supervisor gave up: a child used up its crash budget
  4  not everything could be drained within supervision.drain_within
  5  memory could not be had back; start me again";

/// A command's failure.
#[derive(Debug)]
pub(super) enum Failure {
    /// It could not be done; the text is a line for the operator.
    Failed(String),
    /// The configuration cannot be used.
    Config(String),
    /// The supervisor gave up on a child.
    GaveUp(Fault),
    /// These children could not be drained in time.
    CutShort(Vec<String>),
    /// The process had to go and could not replace itself, or was not to: somebody else has to start it again.
    StartAgain(String),
}

impl Failure {
    pub(super) fn failed(reason: impl fmt::Display) -> Self {
        Self::Failed(reason.to_string())
    }

    /// Prints the line and returns the exit code.
    pub(super) fn report(self) -> ExitCode {
        eprintln!("evenkeel: {self}");
        ExitCode::from(match self {
            Self::Failed(_) => 1,
            Self::Config(_) => 2,
            Self::GaveUp(_) => 3,
            Self::CutShort(_) => 4,
            Self::StartAgain(_) => 5,
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(reason) | Self::Config(reason) => f.write_str(reason),
            Self::StartAgain(reason) => write!(f, "{reason}; start me again"),
            Self::GaveUp(Fault { child, root_cause, crashes }) => {
                write!(f, "gave up on {child} after {crashes} crashes; the first: {root_cause}")
            }
            Self::CutShort(children) => {
                write!(f, "not everything could be drained in time: {} cut short", children.join(", "))
            }
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Config(error.to_string())
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Config(_)
            | StartError::Schedule(_)
            | StartError::Unguarded { .. }
            | StartError::Narrative(_)
            | StartError::UnknownIndex { .. }
            | StartError::Name(_) => Self::Config(error.to_string()),
            StartError::Open(error) => error.into(),
            StartError::Persistence(error) => error.into(),
            StartError::Listen { .. }
            | StartError::Inherited { .. }
            | StartError::Occupied { .. }
            | StartError::DataDir { .. }
            | StartError::Supervision(_)
            | StartError::Templates(_)
            | StartError::Sources(_) => Self::failed(error),
        }
    }
}

impl From<PersistenceError> for Failure {
    /// A server that refuses the user, the password or the database is a matter of the configuration.
    fn from(error: PersistenceError) -> Self {
        if error.is_refusal() { Self::Config(error.to_string()) } else { Self::failed(error) }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        PersistenceError::from(error).into()
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::failed(error)
    }
}
