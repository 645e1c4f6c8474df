//! What a screen shows of the daemon, as one JSON document: `GET /api/v1/status` writes it, the command line reads it.
//!
//! Values only: who shows them says in which language and zone.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::supervision::status::ChildState;

/// The daemon at one moment. Times are those of its clock, sizes are in bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DaemonStatus {
    /// Its version.
    pub version: String,
    /// Its process.
    pub pid: u32,
    /// How it is, and what it does next.
    pub course: Course,
    /// The latest snapshot.
    pub indices: IndicesStatus,
    /// What is stored.
    pub reports: ReportsStatus,
    /// The memory of the process.
    pub process: ProcessStatus,
    /// One entry an actor, in the order in which they are started.
    pub actors: Vec<ActorStatus>,
}

/// What the daemon as a whole does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Course {
    /// What its supervisor does.
    pub state: DaemonState,
    /// Why it gave up; null while it has not.
    #[schema(required = true)]
    pub fault: Option<String>,
    /// Now.
    #[schema(value_type = String, format = DateTime)]
    pub now: Timestamp,
    /// When it was started.
    #[schema(value_type = String, format = DateTime)]
    pub begun: Timestamp,
    /// Seconds since then.
    pub uptime_s: u64,
    /// How many times faster than real time its clock runs; 1 outside a demo.
    pub speed: f64,
    /// The zone of times on its pages, an IANA name.
    pub zone: String,
    /// When the indices are refreshed next.
    #[schema(value_type = String, format = DateTime)]
    pub next_refresh: Timestamp,
    /// When the next report is due; null where none is scheduled.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub next_report: Option<Timestamp>,
}

/// What a daemon does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DaemonState {
    /// It keeps its actors alive.
    Supervising,
    /// An actor used up its crash budget: it ends.
    GaveUp,
    /// It drains its actors.
    ShuttingDown,
    /// Its supervisor has ended.
    Gone,
}

impl DaemonState {
    /// Its name, as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Supervising => "supervising",
            Self::GaveUp => "gave-up",
            Self::ShuttingDown => "shutting-down",
            Self::Gone => "gone",
        }
    }
}

/// The latest snapshot of the indices, in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IndicesStatus {
    /// When it was taken; null when there is none.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub taken_at: Option<Timestamp>,
    /// Seconds since then.
    #[schema(required = true)]
    pub age_s: Option<u64>,
    /// Indices whose value is known.
    pub known: u32,
    /// The others, and why not.
    pub failed: Vec<IndexFailure>,
    /// Why there is no snapshot, if that is known.
    #[schema(required = true)]
    pub trouble: Option<String>,
}

/// An index without a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IndexFailure {
    /// The index.
    pub name: String,
    /// Why.
    pub error: String,
}

/// The reports that are stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportsStatus {
    /// How many.
    pub count: u64,
    /// The newest; null when there is none.
    #[schema(required = true)]
    pub newest: Option<NewestReport>,
}

/// The newest report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewestReport {
    /// Its id.
    pub id: i32,
    /// Its edition.
    pub edition: String,
    /// When it was written.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Its length.
    pub bytes: u64,
}

/// The memory of the process; null what is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProcessStatus {
    /// Its resident set.
    #[schema(required = true)]
    pub rss: Option<u64>,
    /// The lowest of the last 24 hours.
    #[schema(required = true)]
    pub low: Option<u64>,
    /// The highest.
    #[schema(required = true)]
    pub high: Option<u64>,
    /// The part that is charged to no actor.
    #[schema(required = true)]
    pub unattributed: Option<i64>,
    /// What was swapped out of it.
    #[schema(required = true)]
    pub swap: Option<u64>,
    /// Its threads.
    #[schema(required = true)]
    pub threads: Option<u64>,
    /// The least memory limit of its control groups.
    #[schema(required = true)]
    pub limit: Option<u64>,
    /// Decisions about memory are recorded and not carried out.
    pub dry_run: bool,
    /// Why the numbers are not to be believed in full.
    pub warnings: Vec<String>,
}

/// One actor; null what is not known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ActorStatus {
    /// Its name.
    pub name: String,
    /// Its generation, from 1.
    pub generation: u64,
    /// What it does.
    pub state: ChildState,
    /// Physical memory that its arena holds.
    #[schema(required = true)]
    pub rss: Option<u64>,
    /// Living bytes that it allocated.
    #[schema(required = true)]
    pub live: Option<u64>,
    /// The lowest reading of `live` within 24 hours.
    #[schema(required = true)]
    pub floor: Option<u64>,
    /// How fast the hourly floors rise.
    #[schema(required = true)]
    pub growth_per_day: Option<i64>,
    /// Living bytes that its generation before left behind.
    #[schema(required = true)]
    pub leak_out: Option<u64>,
    /// Messages that wait for it.
    pub mailbox: usize,
    /// Messages that its generation has taken.
    #[schema(required = true)]
    pub work: Option<u64>,
    /// Why there were generations before.
    pub restarts: Restarts,
    /// How the one before ended; null for the first.
    #[schema(required = true)]
    pub last_ending: Option<String>,
}

/// Restarts by their cause, since the daemon was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Restarts {
    /// Somebody asked.
    pub requested: u64,
    /// Its memory.
    pub memory: u64,
    /// It panicked, hung or stopped.
    pub crashes: u64,
}
