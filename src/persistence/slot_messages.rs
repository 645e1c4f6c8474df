//! What is said to `Persistence` about due slots: claiming one, keeping it, finishing it, giving it back.
//!
//! A slot is one due time of one job. Of all replicas that share a database one holds it at a time, until it is done or
//! its lease runs out. Leases are real time, counted by the database.

use std::fmt;
use std::time::Duration;

use actix::Message;
use jiff::Timestamp;

use super::PersistenceError;
use super::replica::Replica;

/// Claims a slot that nobody holds and nobody has done.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<Claimed, PersistenceError>")]
pub struct ClaimSlot {
    /// For example `refresh`.
    pub job: String,
    /// When it is due, on the daemon's clock.
    pub due: Timestamp,
    /// Who claims it.
    pub replica: Replica,
    /// How long the claim holds unless it is extended, in real time.
    pub lease: Duration,
}

/// What became of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// The slot is the claimer's.
    Won {
        /// The proof.
        claim: SlotClaim,
        /// How many claims of this slot were won, with this one.
        attempt: u32,
    },
    /// Somebody holds it.
    Held {
        /// Who.
        holder: String,
        /// How long the lease still runs unless it is extended; zero if it ran out just now.
        remaining: Duration,
    },
    /// It was done before.
    Done {
        /// By whom.
        holder: String,
    },
}

/// A slot that was won, and the proof of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotClaim {
    /// The job.
    pub job: String,
    /// When it is due, on the daemon's clock.
    pub due: Timestamp,
    /// Who has won it.
    pub replica: Replica,
    /// Rises with every claim of the slot: whoever holds an older one has lost it.
    pub fence: i64,
    /// How long it holds from each extension on, in real time.
    pub lease: Duration,
}

impl fmt::Display for SlotClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the slot of {} due at {}", self.job, self.due)
    }
}

/// Extends the lease of a claim. False: the slot is done, or it has passed to another replica.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<bool, PersistenceError>")]
pub struct ExtendLease(pub SlotClaim);

/// Marks a slot as done. False: it was done before, or it has passed to another replica.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<bool, PersistenceError>")]
pub struct FinishSlot(pub SlotClaim);

/// Gives a slot back that is not done, so that another replica may try at once. False: there was nothing to give back.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<bool, PersistenceError>")]
pub struct ReleaseSlot(pub SlotClaim);
