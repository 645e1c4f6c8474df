//! What the supervisor tells about itself and its children.

use serde::{Deserialize, Serialize};

use super::ending::Ending;
use super::waits::Waited;
use crate::memory::arena::ArenaUsage;

/// The supervisor and all its children at one moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SupervisorStatus {
    /// What it is doing.
    pub state: SupervisorState,
    /// Real time since it was started, in milliseconds.
    pub uptime_ms: u64,
    /// One entry a child, in the order in which they are started.
    pub children: Vec<ChildStatus>,
}

/// What the supervisor is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SupervisorState {
    /// Keeping its children alive.
    Supervising,
    /// A child used up its crash budget: everything has to end.
    GaveUp,
    /// Draining its children, the last started first.
    ShuttingDown,
}

/// One child at one moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChildStatus {
    /// The child's name.
    pub name: String,
    /// The number of its present or latest generation, from 1.
    pub generation: u64,
    /// What it is doing.
    pub state: ChildState,
    /// Endings that counted against the crash budget, since the supervisor was started.
    pub crashes: u64,
    /// Restarts on purpose.
    pub restarts: u64,
    /// Those of them because of its memory.
    pub memory_restarts: u64,
    /// Abandoned generations whose threads still hang.
    pub abandoned: usize,
    /// Messages that wait in the child's link.
    pub mailbox: usize,
    /// How long messages have waited in it, over all generations.
    pub waited: Waited,
    /// The memory of the child's arenas; nothing when the allocator is not installed.
    pub memory: Option<ArenaUsage>,
    /// How the generation before ended.
    pub last_ending: Option<Ending>,
}

/// What a child is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ChildState {
    /// Its generation lives.
    Running,
    /// Its generation finishes what is open.
    Draining,
    /// Its generation has ended and the next one has not begun.
    Restarting,
    /// It has ended for good.
    Ended,
}

/// The first fault that made the supervisor give up; what fell because of it never replaces it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fault {
    /// The child.
    pub child: String,
    /// The first crash of the window; those after it may be its consequences.
    pub root_cause: Ending,
    /// Crashes within the window.
    pub crashes: u32,
}

/// What a shutdown came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShutdownReport {
    /// Children that finished what was open.
    pub drained: Vec<String>,
    /// Children that were halted, or had to be left behind, because their time was up.
    pub cut_short: Vec<String>,
}
