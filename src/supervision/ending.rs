//! How a generation ends. Every ending has a name and is matched without a wildcard.

use std::fmt;

use serde::Serialize;

/// Why a generation is no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// The actor stopped by itself.
    Stopped,
    /// The actor panicked.
    Panicked {
        /// What the panic said.
        message: String,
    },
    /// There never was an actor: its factory or its thread failed.
    FailedToStart {
        /// Why.
        reason: String,
    },
    /// It was drained and replaced on purpose.
    Restarted(RestartCause),
    /// It did not answer within its limit. Its thread cannot be killed and was abandoned.
    Unresponsive,
    /// It was drained because the child was dismissed.
    Dismissed,
    /// It was drained because everything is ending.
    ShutDown,
}

/// Why a child was restarted on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RestartCause {
    /// Somebody asked for it.
    Requested,
    /// Its memory grew, or may be what holds the memory of another that grew.
    Memory,
}

impl Ending {
    /// Whether this ending counts against the crash budget.
    pub fn is_crash(&self) -> bool {
        match self {
            Self::Stopped | Self::Panicked { .. } | Self::FailedToStart { .. } | Self::Unresponsive => true,
            Self::Restarted(_) | Self::Dismissed | Self::ShutDown => false,
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopped => f.write_str("stopped by itself"),
            Self::Panicked { message } => write!(f, "panicked: {message}"),
            Self::FailedToStart { reason } => write!(f, "could not be started: {reason}"),
            Self::Restarted(RestartCause::Requested) => f.write_str("was restarted on request"),
            Self::Restarted(RestartCause::Memory) => f.write_str("was restarted because of memory"),
            Self::Unresponsive => f.write_str("did not answer within its limit"),
            Self::Dismissed => f.write_str("was dismissed"),
            Self::ShutDown => f.write_str("was shut down"),
        }
    }
}
