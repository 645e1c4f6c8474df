//! A wish of the supervision that only the application can fulfil: that the whole process goes.

use serde::{Deserialize, Serialize};

/// How the process is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Leaving {
    /// Drain everything and run the program anew in the same process: same PID, same sockets.
    Replace,
    /// Drain everything and end, for a service manager that starts the program again.
    End,
}

/// That the process is to go, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departure {
    /// How.
    pub how: Leaving,
    /// Why, as a clause for the log.
    pub reason: String,
}
