//! What the monitor knows at its latest tick: what `GET /api/v1/memory` answers and the table shows.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::arena::ArenaUsage;
use super::instrument::Instrument;
use super::policy::Decision;
use super::probe::ProcessMemory;

/// All accounts at the latest tick. Sizes are in bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
pub struct MemoryStatus {
    /// When they were measured, by the daemon's clock.
    #[cfg_attr(feature = "web", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// Whether the numbers can be believed.
    pub instrument: Instrument,
    /// Decisions are recorded and not carried out.
    pub dry_run: bool,
    /// One entry a child, in the order in which they are started.
    pub children: Vec<AccountStatus>,
    /// Physical memory that is charged to children of other supervisors in the same process; 0 in a program with one.
    #[serde(default)]
    pub elsewhere: u64,
    /// The part of the process's resident set that is charged to no child: the sum of the children's `rss`, `elsewhere`
    /// and this is the process's.
    pub unattributed: Option<i64>,
    /// What threads of no child hold; a part of `unattributed`.
    pub automatic: Option<ArenaUsage>,
    /// The process as the kernel sees it; nothing where it could not be read.
    pub process: Option<ProcessMemory>,
    /// What the policy says of the process.
    pub decision: Option<Decision>,
    /// The least memory limit of the control groups that the process is in.
    pub cgroup_limit: Option<u64>,
    /// Ticks since the monitor was started.
    pub ticks: u64,
    /// Ticks that could not be read in full, and decided nothing about what they could not read.
    pub unread: u64,
    /// Real time that the latest tick took, waiting for busy children included, in microseconds.
    pub tick_us: u64,
}

/// One child's account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
pub struct AccountStatus {
    /// The child's name.
    pub name: String,
    /// Its generation.
    pub generation: u64,
    /// Physical memory that its arena holds; nothing without the allocator.
    pub rss: Option<u64>,
    /// Living bytes that it allocated.
    pub live: Option<u64>,
    /// The lowest reading of `live` in each of the last 24 hours, oldest first.
    pub floors: Vec<u64>,
    /// How fast those rise; nothing before the third hour.
    pub growth_per_day: Option<i64>,
    /// Living bytes that its generation before left behind; nothing before its first restart.
    pub leak_out: Option<u64>,
    /// Messages that wait for it.
    pub mailbox: usize,
    /// Messages that its generation has taken.
    pub work: u64,
    /// Restarts because of its memory.
    pub memory_restarts: u64,
    /// Crashes.
    pub crashes: u64,
    /// What the policy says of it; nothing where it could not be read.
    pub decision: Option<Decision>,
}
