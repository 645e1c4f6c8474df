//! Taking turns with other replicas: claiming a due slot, waiting for whoever holds it, keeping it while it is worked on.
//!
//! Whoever is told [`Turn::Mine`] is the only one, as long as the work is committed under the claim. A holder that dies
//! is replaced when its lease has run out, and not before; nobody asks more often than is needed for that.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix::{Actor, Context, Handler};
use jiff::Timestamp;
use tokio::task::JoinHandle;

use super::PersistenceError;
use super::replica::Replica;
use super::slot_messages::{ClaimSlot, Claimed, ExtendLease, FinishSlot, ReleaseSlot, SlotClaim};
use crate::clock::Clock;
use crate::supervision::link::{Link, LinkError};
use crate::supervision::recipient::Recipient;

/// A lease is extended this many times before it would run out, and looked at as often by those who wait.
const BEATS: u32 = 3;

/// The share of a lease by which those who wait are kept apart, and the least that they wait.
const JITTER: f64 = 0.05;

/// The share of a lease for which a claim holds. The rest is for those who wait to notice: so they have taken over when
/// the lease of somebody who died is over.
const HELD: f64 = 0.875;

/// Takes the turns of one replica.
#[derive(Debug, Clone)]
pub struct Turns {
    register: Register,
    replica: Replica,
    /// Of a claim; see [`Turns::held_for`].
    lease: Duration,
    clock: Clock,
}

/// The four things that are said about slots to whoever keeps them.
#[derive(Debug, Clone)]
struct Register {
    claim: Recipient<ClaimSlot>,
    extend: Recipient<ExtendLease>,
    finish: Recipient<FinishSlot>,
    release: Recipient<ReleaseSlot>,
}

/// Whose turn it is.
#[derive(Debug)]
pub enum Turn {
    /// This replica's.
    Mine(Held),
    /// Somebody's who has done it.
    DoneElsewhere {
        /// The replica.
        holder: String,
    },
    /// Somebody's who has still not done it when there was no more time to wait.
    HeldElsewhere {
        /// The replica.
        holder: String,
    },
    /// Not known: there was nobody to ask.
    Unavailable(TurnError),
}

/// Why nothing is known of a slot.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TurnError {
    /// The database did not answer, or refused.
    #[error(transparent)]
    Database(#[from] PersistenceError),
    /// Its writer did not answer.
    #[error(transparent)]
    Writer(#[from] LinkError),
}

/// A slot that this replica holds. Its lease is extended in the background until the value is dropped.
///
/// Dropped without having been finished, released or handed over, it is given back if there is still time for that.
#[derive(Debug)]
pub struct Held {
    claim: SlotClaim,
    attempt: u32,
    register: Register,
    lost: Arc<AtomicBool>,
    heartbeat: JoinHandle<()>,
    /// Somebody else answers for the slot: whoever works on it, or nobody because it is done.
    given_away: bool,
}

impl Turns {
    /// The turns of `replica`, agreed upon with others through `keeper`; what it holds others may take over when it has
    /// not been heard of for `lease`, in real time.
    pub fn new<A>(keeper: &Link<A>, replica: Replica, lease: Duration, clock: Clock) -> Self
    where
        A: Actor<Context = Context<A>>
            + Handler<ClaimSlot>
            + Handler<ExtendLease>
            + Handler<FinishSlot>
            + Handler<ReleaseSlot>,
    {
        let register = Register {
            claim: keeper.recipient(),
            extend: keeper.recipient(),
            finish: keeper.recipient(),
            release: keeper.recipient(),
        };
        Self { register, replica, lease: Self::held_for(lease), clock }
    }

    /// How long a claim holds unless it is extended, in real time: a little less than the lease.
    pub fn held_for(lease: Duration) -> Duration {
        lease.mul_f64(HELD)
    }

    /// The name of this replica.
    pub fn replica(&self) -> &Replica {
        &self.replica
    }

    /// Claims what is due at `due`. While somebody else holds it this waits for it to be done, given back or left by
    /// one who died, but not longer than until `give_up_at` of the daemon's clock.
    pub async fn take(&self, job: &str, due: Timestamp, give_up_at: Timestamp) -> Turn {
        loop {
            let (job, replica) = (job.to_owned(), self.replica.clone());
            let claimed = self.register.claim.send(ClaimSlot { job, due, replica, lease: self.lease }).await;
            let (holder, remaining) = match answered(claimed) {
                Ok(Claimed::Won { claim, attempt }) => return Turn::Mine(self.hold(claim, attempt)),
                Ok(Claimed::Done { holder }) => return Turn::DoneElsewhere { holder },
                Ok(Claimed::Held { holder, remaining }) => (holder, remaining),
                Err(error) => return Turn::Unavailable(error),
            };
            let pause = pause(remaining, self.lease, rand::random());
            let left = Duration::try_from(give_up_at.duration_since(self.clock.now())).unwrap_or_default();
            if self.clock.real(left) < pause {
                return Turn::HeldElsewhere { holder };
            }
            tokio::time::sleep(pause).await;
        }
    }

    fn hold(&self, claim: SlotClaim, attempt: u32) -> Held {
        let lost = Arc::new(AtomicBool::new(false));
        let register = self.register.clone();
        let heartbeat =
            tokio::spawn(extend_for_ever(register.extend.clone(), claim.clone(), Arc::clone(&lost)));
        Held { claim, attempt, register, lost, heartbeat, given_away: false }
    }
}

/// How long somebody waits who has found a lease with `remaining` of `lease` left: until it may have run out, and not
/// so long that he would learn late of what was done meanwhile. `chance`, from 0 to 1, keeps those who wait apart.
fn pause(remaining: Duration, lease: Duration, chance: f64) -> Duration {
    remaining.min(lease / BEATS) + lease.mul_f64(JITTER * (1.0 + chance.clamp(0.0, 1.0)))
}

async fn extend_for_ever(extend: Recipient<ExtendLease>, claim: SlotClaim, lost: Arc<AtomicBool>) {
    loop {
        tokio::time::sleep(claim.lease / BEATS).await;
        match answered(extend.send(ExtendLease(claim.clone())).await) {
            Ok(true) => {}
            Ok(false) => {
                log::debug!("{claim} is not held any more");
                lost.store(true, Ordering::Release);
                return;
            }
            // Others cannot take it either while the database is away; when it is back it is asked who came first.
            Err(error) => log::debug!("the lease of {claim} was not extended: {error}"),
        }
    }
}

fn answered<T>(answer: Result<Result<T, PersistenceError>, LinkError>) -> Result<T, TurnError> {
    Ok(answer??)
}

impl Held {
    /// What the slot's work is to be committed under.
    pub fn claim(&self) -> &SlotClaim {
        &self.claim
    }

    /// How many times the slot was claimed, by whomever, with this one.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Whether it is known that somebody else has the slot, or that it is done.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Acquire)
    }

    /// Hands the slot over to work that outlives this value: dropping it gives nothing back any more, and if the work
    /// dies too, the lease runs out.
    pub fn hand_over(&mut self) -> SlotClaim {
        self.given_away = true;
        self.claim.clone()
    }

    /// Marks the slot as done; false if it was done, or somebody else's, already.
    ///
    /// # Errors
    /// When there was nobody to ask; then the lease runs out.
    pub async fn finish(mut self) -> Result<bool, TurnError> {
        self.given_away = true;
        self.heartbeat.abort();
        answered(self.register.finish.send(FinishSlot(self.claim.clone())).await)
    }

    /// Gives the slot back at once, not done. Whoever cannot be told now finds it when the lease has run out.
    pub async fn release(mut self) {
        self.given_away = true;
        self.heartbeat.abort();
        give_back(self.register.release.clone(), self.claim.clone()).await;
    }

    /// The same, but it stays in hand when there was nobody to ask.
    ///
    /// # Errors
    /// Why there was nobody; to be tried again, or left to [`Held::release`].
    pub async fn try_release(&mut self) -> Result<(), TurnError> {
        answered(self.register.release.send(ReleaseSlot(self.claim.clone())).await)?;
        self.given_away = true;
        self.heartbeat.abort();
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.heartbeat.abort();
        if self.given_away {
            return;
        }
        // Queued at once and not by a task: this thread may be ending, and whoever ends a daemon ends the keeper of slots
        // next.
        if let Err(error) = self.register.release.try_send(ReleaseSlot(self.claim.clone())) {
            log::debug!("{} is not given back, its lease runs out: {error}", self.claim);
        }
    }
}

async fn give_back(release: Recipient<ReleaseSlot>, claim: SlotClaim) {
    if let Err(error) = answered(release.send(ReleaseSlot(claim.clone())).await) {
        log::debug!("{claim} is not given back, its lease runs out: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_looks_again_when_the_lease_may_have_run_out_and_three_times_a_lease_at_most() {
        let lease = Duration::from_secs(30);
        let table = [
            // Left of the lease, chance, pause: milliseconds.
            (30_000, 0.0, 11_500),
            (30_000, 1.0, 13_000),
            (4_000, 0.5, 6_250),
            (0, 0.0, 1_500),
            (0, 1.0, 3_000),
        ];
        for (remaining, chance, expected) in table {
            let got = pause(Duration::from_millis(remaining), lease, chance);
            assert_eq!(got.as_millis(), expected, "{remaining} {chance}");
        }
    }
}
