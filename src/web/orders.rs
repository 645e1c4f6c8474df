//! Orders: reports that are asked for over HTTP, and whose build outlives the request.
//!
//! The work runs where [`Orders`] were made, on the daemon's own thread, and not on the thread that took the request: it
//! goes on when the client hangs up and when that thread ends. Every order ends, whatever becomes of the builder: as a
//! report, or with the reason why there is none.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{Timestamp, Unit};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::sessions::{Full, SessionProgress, Sessions};
use crate::clock::Clock;
use crate::persistence::messages::StoredReport;
use crate::report::messages::{BuildError, BuildReport, Progress};
use crate::supervision::link::LinkError;
use crate::supervision::recipient::Recipient;

/// Takes orders for reports. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Orders(Arc<Office>);

#[derive(Debug)]
struct Office {
    builder: Recipient<BuildReport>,
    edition: String,
    clock: Clock,
    workplace: Handle,
    sessions: Mutex<Sessions>,
}

impl Orders {
    /// Has reports of `edition` built by `builder`, on the runtime in which this is called.
    pub fn new(builder: Recipient<BuildReport>, edition: String, clock: Clock) -> Self {
        let workplace = Handle::current();
        Self(Arc::new(Office { builder, edition, clock, workplace, sessions: Mutex::default() }))
    }

    /// Has a report built in the background, and returns the id under which it can be followed.
    pub(super) fn begin(&self) -> Result<Uuid, Full> {
        let (id, progress) = (Uuid::new_v4(), Progress::default());
        self.sessions().begin(id, progress.clone(), self.now())?;
        let end = End { orders: self.clone(), id };
        self.0.workplace.spawn(async move {
            let outcome = end.orders.build(id, progress).await;
            end.orders.end(id, outcome);
        });
        Ok(id)
    }

    /// Has a report built, and waits for it.
    pub(super) async fn finish(&self) -> Result<i32, String> {
        let (tell, told) = oneshot::channel();
        let orders = self.clone();
        self.0.workplace.spawn(async move {
            let outcome = outcome(orders.send(Progress::default()).await);
            // Whoever asked may have gone; the report is there all the same.
            let _ = tell.send(outcome);
        });
        told.await.unwrap_or_else(|_| Err(BuildError::Cancelled.to_string()))
    }

    /// How far an order has come; nothing if there is none of this id, or not any more.
    pub(super) fn progress(&self, id: Uuid) -> Option<SessionProgress> {
        self.sessions().progress(id, self.now())
    }

    async fn build(&self, id: Uuid, progress: Progress) -> Result<i32, String> {
        let mut stages = progress.watch();
        let building = self.send(progress);
        tokio::pin!(building);
        loop {
            tokio::select! {
                biased;
                built = &mut building => return outcome(built),
                Ok(()) = stages.changed() => self.sessions().touch(id, self.now()),
            }
        }
    }

    async fn send(&self, progress: Progress) -> Result<Result<StoredReport, BuildError>, LinkError> {
        self.0.builder.send(BuildReport { edition: self.0.edition.clone(), progress, slot: None }).await
    }

    fn end(&self, id: Uuid, outcome: Result<i32, String>) {
        self.sessions().end(id, outcome, self.now());
    }

    /// To the millisecond: not every reader of ISO 8601 takes nine digits.
    fn now(&self) -> Timestamp {
        let now = self.0.clock.now();
        now.round(Unit::Millisecond).unwrap_or(now)
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn outcome(built: Result<Result<StoredReport, BuildError>, LinkError>) -> Result<i32, String> {
    match built {
        Ok(Ok(report)) => Ok(report.id),
        Ok(Err(error)) => Err(error.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// Ends a session whose work ends without having said how: it panicked, or the daemon ends.
struct End {
    orders: Orders,
    id: Uuid,
}

impl Drop for End {
    fn drop(&mut self) {
        self.orders.end(self.id, Err(BuildError::Cancelled.to_string()));
    }
}
