//! The decision record: what was done about memory, or nearly done, on which grounds, and what came of it.
//!
//! Values only, one JSON line each. A record is written when the decision is made; when its outcome is known it is
//! written again with the same number, and the last one counts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::policy::{Evidence, Leg};

/// The name under which the whole process is an account.
pub const PROCESS: &str = "process";

/// One decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
pub struct Record {
    /// Its number, from 1, over all runs of the daemon.
    pub number: u64,
    /// When it was made, by the daemon's clock.
    #[cfg_attr(feature = "web", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// Whom it is about: a child, or [`PROCESS`].
    pub child: String,
    /// The child's generation; 1 for the process.
    pub generation: u64,
    /// The rule that spoke.
    pub leg: Leg,
    /// What was done.
    pub action: Action,
    /// The numbers that led to it. They are those of the account that grew, which is another child's than `child` when
    /// a suspect is restarted.
    pub evidence: Evidence,
    /// Bytes of physical memory that a purge gave back before the decision was made.
    pub purged: u64,
    /// The floors of the window, oldest first, in bytes.
    pub floors: Vec<u64>,
    /// What came of it, once that is known.
    pub outcome: Option<Outcome>,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Nothing: it was close.
    NearMiss,
    /// Unused pages were given back, and that was enough.
    Purge,
    /// The child was restarted.
    Restart,
    /// The child was restarted because it may hold what another one allocated.
    RestartSuspect {
        /// The child whose account grew.
        of: String,
    },
    /// The process was asked to replace itself.
    ReplaceProcess,
    /// The process was asked to end.
    EndProcess,
    /// There were grounds for an action, and a reason not to act.
    HeldBack {
        /// What would have been done.
        instead_of: Wish,
        /// Why it was not.
        reason: Reason,
    },
}

/// What would be done if nothing spoke against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Wish {
    /// Restart the child.
    Restart,
    /// Restart another child, which may hold what this one allocated.
    RestartSuspect {
        /// That child.
        suspect: String,
    },
    /// Replace the process.
    ReplaceProcess,
    /// End the process.
    EndProcess,
}

/// Why nothing is done although there are grounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The configuration says so (`memory.dry_run`).
    DryRun,
    /// The program does not use the allocator: what its children hold is not known.
    ObserveOnly,
    /// The child was restarted this often within the budget's window.
    Budget {
        /// Restarts.
        restarts: u32,
    },
    /// The process was replaced or ended this often within 24 hours.
    Replacements {
        /// How often.
        count: u32,
    },
    /// The process went because of this account before, and it was of no use.
    InVain,
    /// Another child is being replaced.
    Busy {
        /// That child.
        other: String,
    },
    /// The supervisor refused.
    Refused {
        /// Its words.
        error: String,
    },
}

/// What came of an action. Sizes are in bytes; before and after are read in the same way, after caches were given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
pub struct Outcome {
    /// Living bytes of the account before.
    pub floor_before: u64,
    /// Living bytes after.
    pub floor_after: u64,
    /// Physical memory of the account before.
    pub resident_before: u64,
    /// Physical memory after.
    pub resident_after: u64,
    /// Living bytes that the ended generation left behind; nothing where no generation ended.
    pub leak_out: Option<u64>,
    /// It was worth it: at least half of the growth came back.
    pub helped: bool,
}

impl Outcome {
    /// Living bytes that came back.
    pub fn returned(&self) -> u64 {
        self.floor_before.saturating_sub(self.floor_after)
    }
}

impl Record {
    /// The account whose growth it is about.
    pub fn account(&self) -> &str {
        match &self.action {
            Action::RestartSuspect { of } => of,
            Action::NearMiss
            | Action::Purge
            | Action::Restart
            | Action::ReplaceProcess
            | Action::EndProcess
            | Action::HeldBack { .. } => &self.child,
        }
    }

    /// Whether a child was restarted.
    pub fn is_restart(&self) -> bool {
        matches!(self.action, Action::Restart | Action::RestartSuspect { .. })
    }

    /// Whether the process was asked to go.
    pub fn is_departure(&self) -> bool {
        matches!(self.action, Action::ReplaceProcess | Action::EndProcess)
    }
}
