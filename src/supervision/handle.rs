//! The handle by which an application talks to its supervisor, from any thread.

use std::time::Duration;

use super::child::Child;
use super::departure::Departure;
use super::ending::RestartCause;
use super::measure::{Measure, Measurement};
use super::messages::{Drill, Observe, Restart, ShutDown, SupervisorError};
use super::signals::Signals;
use super::status::{Fault, ShutdownReport, SupervisorStatus};
use super::supervisor::Supervisor;
use actix::{Actor, Addr, AsyncContext, Context};

/// Talks to a running supervisor. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SupervisorHandle {
    // The supervisor is the one actor that is never replaced, so that its address stays good.
    addr: Addr<Supervisor>,
    signals: Signals,
}

impl Supervisor {
    /// Starts the supervisor on the current thread's arbiter, and with it all its children.
    #[must_use = "the handle is the only way to end the supervisor"]
    pub fn run(mut self) -> SupervisorHandle {
        let ctx = Context::new();
        let (addr, signals) = (ctx.address(), Signals::new(self.fault.subscribe()));
        self.make_slots(&addr, &signals);
        ctx.run(self);
        SupervisorHandle { addr, signals }
    }

    /// Adds a child that is given the supervisor's handle, for what asks the supervisor to do something.
    #[must_use]
    pub fn supervise_with<A: Actor<Context = Context<A>>>(
        mut self,
        plan: impl FnOnce(&SupervisorHandle) -> Child<A> + 'static,
    ) -> Self {
        self.plans.push(Box::new(|addr, signals| {
            Box::new(plan(&SupervisorHandle { addr: addr.clone(), signals: signals.clone() }))
        }));
        self
    }
}

impl SupervisorHandle {
    /// Drains a child and replaces it by its next generation. Returns when the drain has begun.
    ///
    /// # Errors
    /// When there is no such child, or it is not running.
    pub async fn restart(&self, child: &str) -> Result<(), SupervisorError> {
        self.restart_because(child, RestartCause::Requested).await
    }

    /// The same for a cause of the caller's. Because of memory, no child is restarted while another one is being
    /// replaced.
    ///
    /// # Errors
    /// When there is no such child, it is not running, or it is not its turn.
    pub async fn restart_because(&self, child: &str, cause: RestartCause) -> Result<(), SupervisorError> {
        let restart = Restart { child: child.to_owned(), cause };
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

    /// Measures every child's account and the process. The arenas of the children in `purge` give their unused pages
    /// back first; a name that no child has is ignored.
    ///
    /// # Errors
    /// When the supervisor has ended.
    pub async fn measure(&self, purge: Vec<String>) -> Result<Measurement, SupervisorError> {
        self.addr.send(Measure { purge }).await.map_err(|_| SupervisorError::Ended)
    }

    /// Asks the application to let the whole process go. The first wish counts.
    pub fn leave(&self, departure: Departure) {
        self.signals.leave(departure);
    }

    /// Waits until the process is to go. What is to be done then is the application's: see [`Departure`].
    pub async fn departure(&self) -> Departure {
        self.signals.departure().await
    }

    /// Waits until the supervisor gives up, and says why; nothing if it ended without giving up.
    pub async fn gave_up(&self) -> Option<Fault> {
        let mut fault = self.signals.fault.clone();
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
        self.signals.fault.borrow().clone()
    }
}
