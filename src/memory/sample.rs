//! One reading of one account. What the policy judges, what is recorded, and what a replay reads.

use serde::{Deserialize, Serialize};

/// One account (a child's arena, or the whole process) at one tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// When it was taken, in milliseconds of the daemon's clock since 1970.
    pub at_ms: i64,
    /// The child's generation; a series starts anew with every one. 1 for the process.
    pub generation: u64,
    /// Living bytes that were allocated in the account; for the process its resident set.
    pub allocated: u64,
    /// Bytes of physical memory that the account holds.
    pub resident: u64,
    /// Messages that the generation has taken since it began, where that is known: the work done.
    pub work: Option<u64>,
}
