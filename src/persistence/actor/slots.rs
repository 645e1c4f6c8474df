//! How `Persistence` deals with due slots.
//!
//! On a server they have a connection of their own: what is said inside the transaction of an open report would be seen
//! by nobody before it ends, and who asked for the same slot would wait for it. A file has one writer and no other
//! replica; there everything goes over the one connection, and a report that is rolled back takes claims with it, which
//! their holder notices when it extends them.

use actix::prelude::*;
use diesel::prelude::*;
use jiff::SignedDuration;

use super::Persistence;
use super::open_report::SlotInWork;
use crate::persistence::PersistenceError;
use crate::persistence::connection::AnyConnection;
use crate::persistence::slot_messages::{
    ClaimSlot, Claimed, ExtendLease, FinishSlot, ReleaseSlot, SlotClaim,
};
use crate::persistence::slots;

/// How long a slot is remembered after its due time: longer than anybody might be late for it.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The most slots that are forgotten at once; each new one forgets the old ones of its job.
const FORGOTTEN_AT_ONCE: u32 = 100;

impl Persistence {
    fn claim_slot(&mut self, request: &ClaimSlot) -> Result<Claimed, PersistenceError> {
        let claimed = self.on_slots(|connection| slots::claim(connection, request))?;
        if let Claimed::Won { claim, attempt: 1 } = &claimed {
            self.forget_old_slots(claim);
        }
        Ok(claimed)
    }

    fn forget_old_slots(&mut self, newer: &SlotClaim) {
        let Ok(before) = newer.due.checked_sub(REMEMBERED) else { return };
        let prune =
            |connection: &mut AnyConnection| slots::prune(connection, &newer.job, before, FORGOTTEN_AT_ONCE);
        if let Err(error) = self.on_slots(prune) {
            log::debug!("the old slots of {} are still there: {error}", newer.job);
        }
    }

    /// Refuses work for a slot that is not its holder's any more, before anything is done.
    pub(super) fn enter_slot(
        &mut self,
        claim: Option<SlotClaim>,
    ) -> Result<Option<SlotInWork>, PersistenceError> {
        let Some(claim) = claim else { return Ok(None) };
        self.extend_or_refuse(&claim)?;
        Ok(Some(SlotInWork { claim, extended: self.clock.stopwatch() }))
    }

    /// Extends the lease of the open report's slot from time to time: who has asked for the report may be gone, and
    /// the report is still worth finishing.
    pub(super) fn keep_slot(&mut self) -> Result<(), PersistenceError> {
        let Some(slot) = self.open.as_mut().and_then(|report| report.slot.as_mut()) else { return Ok(()) };
        if slot.extended.elapsed() < slot.claim.lease / 3 {
            return Ok(());
        }
        slot.extended = self.clock.stopwatch();
        let claim = slot.claim.clone();
        match self.extend_or_refuse(&claim) {
            Err(fenced @ PersistenceError::Fenced { .. }) => {
                self.end_by_rollback(&fenced.to_string());
                Err(fenced)
            }
            // A lease that runs out is no loss yet: the commit asks once more.
            Ok(()) | Err(_) => Ok(()),
        }
    }

    pub(super) fn extend_or_refuse(&mut self, claim: &SlotClaim) -> Result<(), PersistenceError> {
        let lost = self.on_slots(|connection| {
            let extended = slots::extend(connection, claim)?;
            if extended { Ok(None) } else { slots::fenced(connection, claim).map(Some) }
        })?;
        lost.map_or(Ok(()), Err)
    }

    /// Runs `work` where slots are kept; after a failure that connection is replaced.
    fn on_slots<T>(
        &mut self,
        work: impl FnOnce(&mut AnyConnection) -> QueryResult<T>,
    ) -> Result<T, PersistenceError> {
        let Some(database) = &mut self.slots else {
            return self.on_database(|database| Ok(work(database.connection()?)?));
        };
        let outcome = database.connection().and_then(|connection| Ok(work(connection)?));
        if outcome.is_err() {
            database.give_up_connection();
        }
        outcome
    }
}

impl Handler<ClaimSlot> for Persistence {
    type Result = Result<Claimed, PersistenceError>;

    fn handle(&mut self, message: ClaimSlot, _: &mut Self::Context) -> Self::Result {
        self.claim_slot(&message)
    }
}

impl Handler<ExtendLease> for Persistence {
    type Result = Result<bool, PersistenceError>;

    fn handle(&mut self, ExtendLease(claim): ExtendLease, _: &mut Self::Context) -> Self::Result {
        self.on_slots(|connection| slots::extend(connection, &claim))
    }
}

impl Handler<FinishSlot> for Persistence {
    type Result = Result<bool, PersistenceError>;

    fn handle(&mut self, FinishSlot(claim): FinishSlot, _: &mut Self::Context) -> Self::Result {
        self.on_slots(|connection| slots::finish(connection, &claim))
    }
}

impl Handler<ReleaseSlot> for Persistence {
    type Result = Result<bool, PersistenceError>;

    fn handle(&mut self, ReleaseSlot(claim): ReleaseSlot, _: &mut Self::Context) -> Self::Result {
        self.on_slots(|connection| slots::release(connection, &claim))
    }
}
