//! The handle by which an application talks to its supervisor, from any thread.

use std::time::Duration;

use actix::{Actor, Addr};
use tokio::sync::watch;

use super::ending::RestartCause;
use super::messages::{Drill, Observe, Restart, ShutDown, SupervisorError};
use super::status::{Fault, ShutdownReport, SupervisorStatus};
use super::supervisor::Supervisor;

/// Talks to a running supervisor. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SupervisorHandle {
    // The supervisor is the one actor that is never replaced, so that its address stays good.
    addr: Addr<Supervisor>,
    fault: watch::Receiver<Option<Fault>>,
}

impl Supervisor {
    /// Starts the supervisor on the current thread's arbiter, and with it all its children.
    #[must_use = "the handle is the only way to end the supervisor"]
    pub fn run(self) -> SupervisorHandle {
        let fault = self.fault.subscribe();
        SupervisorHandle { addr: self.start(), fault }
    }
}

impl SupervisorHandle {
    /// Drains a child and replaces it by its next generation. Returns when the drain has begun.
    ///
    /// # Errors
    /// When there is no such child, or it is not running.
    pub async fn restart(&self, child: &str) -> Result<(), SupervisorError> {
        let restart = Restart { child: child.to_owned(), cause: RestartCause::Requested };
        self.addr.send(restart).await.map_err(|_| SupervisorError::Ended)?
    }

    /// Makes a child panic, to see that it is restarted and that nothing else is: a drill for operators and tests.
    ///
    /// # Errors
    /// When there is no such child, or it is not running.
    pub async fn drill(&self, child: &str) -> Result<(), SupervisorError> {
        self.addr.send(Drill { child: child.to_owned() }).await.map_err(|_| SupervisorError::Ended)?
    }

    /// Drains all children, the last started first, and ends them; `within` is real time for all together.
    ///
    /// # Errors
    /// When the supervisor has ended already.
    pub async fn shut_down(&self, within: Duration) -> Result<ShutdownReport, SupervisorError> {
        let report = self.addr.send(ShutDown { within }).await.map_err(|_| SupervisorError::Ended)?;
        report.map_err(|_| SupervisorError::Ended)
    }

    /// The supervisor and all its children now.
    ///
    /// # Errors
    /// When the supervisor has ended.
    pub async fn status(&self) -> Result<SupervisorStatus, SupervisorError> {
        self.addr.send(Observe).await.map_err(|_| SupervisorError::Ended)
    }

    /// Waits until the supervisor gives up, and says why; nothing if it ended without giving up.
    pub async fn gave_up(&self) -> Option<Fault> {
        let mut fault = self.fault.clone();
        loop {
            if let Some(fault) = fault.borrow_and_update().clone() {
                return Some(fault);
            }
            if fault.changed().await.is_err() {
                return None;
            }
        }
    }

    /// The fault for which the supervisor gave up, if it did.
    pub fn fault(&self) -> Option<Fault> {
        self.fault.borrow().clone()
    }
}
