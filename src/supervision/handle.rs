//! The handle by which an application talks to its supervisor, from any thread.

use std::time::Duration;

use super::account::RestartProof;
use super::child::Child;
use super::departure::Departure;
use super::ending::RestartCause;
use super::event::{Event, Events};
use super::link::Link;
use super::measure::{Measure, Measurement};
use super::memory_monitor::logbook::Logbook;
use super::messages::{Adopt, Dismiss, Drill, Observe, Restart, ShutDown, SupervisorError, Tick};
use super::recipient::Recipient;
use super::signals::Signals;
use super::status::{Fault, ShutdownReport, SupervisorStatus};
use super::supervisor::Supervisor;
use crate::memory::limit::Limits;
use crate::memory::record::Record;
use crate::memory::status::MemoryStatus;
use actix::{Actor, Addr, Context};

/// Talks to a running supervisor, from any thread. Cheap to clone.
///
/// ```
/// # use actix::prelude::*;
/// # struct Idle;
/// # impl Actor for Idle {
/// #     type Context = Context<Self>;
/// # }
/// # System::new().block_on(async {
/// use evenkeel::{Child, Supervisor, SupervisorHandle};
///
/// let supervisor: SupervisorHandle = Supervisor::start();
/// supervisor.supervise(Child::named("idle", || Idle))?;
/// supervisor.restart("idle").await?;
/// let names: Vec<String> = supervisor.status().await?.children.into_iter().map(|child| child.name).collect();
/// assert_eq!(names, ["idle", "memory-monitor"]);
/// # Ok::<(), evenkeel::SupervisorError>(())
/// # }).unwrap();
/// ```
#[derive(Debug, Clone)]
pub struct SupervisorHandle {
    // The supervisor is the one actor that is never replaced, so that its address stays good.
    addr: Addr<Supervisor>,
    signals: Signals,
    logbook: Logbook,
    tick: Option<Recipient<Tick>>,
}

impl SupervisorHandle {
    pub(super) fn new(
        addr: Addr<Supervisor>,
        signals: Signals,
        logbook: Logbook,
        tick: Option<Recipient<Tick>>,
    ) -> Self {
        Self { addr, signals, logbook, tick }
    }

    /// Adds a child, whatever else the supervisor is doing, and returns the link to it: what is sent waits until the
    /// child has begun. Children begin in the order in which they are added, and are drained in the opposite order.
    ///
    /// # Errors
    /// When the child's name is none or taken, its link leads elsewhere, its limits cannot be used, or the supervisor is
    /// ending. Nothing is started then.
    pub fn supervise<A: Actor<Context = Context<A>>>(
        &self,
        child: Child<A>,
    ) -> Result<Link<A>, SupervisorError> {
        let (link, name) = (child.link().clone(), child.name().to_owned());
        if !self.addr.connected() {
            return Err(SupervisorError::Ended);
        }
        let limits = child.limits().map_err(|error| SupervisorError::Limit { name: name.clone(), error })?;
        self.signals.roll.enter(&name, limits)?;
        if !link.shared().lead() {
            self.signals.roll.strike(&name);
            return Err(SupervisorError::LinkTaken { name });
        }
        self.addr.do_send(Adopt(Box::new(child)));
        Ok(link)
    }

    /// What happens from now on; see [`Event`].
    ///
    /// ```
    /// use actix::prelude::*;
    /// use evenkeel::{Child, Event, Supervisor};
    ///
    /// # struct Idle;
    /// # impl Actor for Idle {
    /// #     type Context = Context<Self>;
    /// # }
    /// # System::new().block_on(async {
    /// let supervisor = Supervisor::builder().without_monitor().start();
    /// let mut events = supervisor.events();
    /// supervisor.supervise(Child::named("idle", || Idle)).unwrap();
    /// match events.next().await {
    ///     Some(Event::Started { child, generation }) => assert_eq!((child.as_str(), generation), ("idle", 1)),
    ///     Some(Event::Missed { events }) => println!("{events} events were missed"),
    ///     other => panic!("{other:?}"),
    /// }
    /// # });
    /// ```
    pub fn events(&self) -> Events {
        self.signals.voice.listen()
    }

    /// What was decided about memory, oldest first, with the numbers that led to it and what came of it. Bounded by
    /// `memory.records`.
    pub fn decisions(&self) -> Vec<Record> {
        self.logbook.ledger().records()
    }

    /// All accounts at the memory monitor's latest look; nothing before the first.
    pub fn memory(&self) -> Option<MemoryStatus> {
        self.logbook.status()
    }

    /// Has the memory monitor look now, and judge what it sees as at its next turn. Returns when it has.
    ///
    /// # Errors
    /// When there is no memory monitor, or it has ended.
    pub async fn look(&self) -> Result<(), SupervisorError> {
        let tick = self.tick.as_ref().ok_or(SupervisorError::NotMonitored)?;
        tick.send(Tick).await.map_err(|_| SupervisorError::Ended)
    }

    /// What a child said of its memory when it was added.
    pub(super) fn limits(&self, child: &str) -> Limits {
        self.signals.roll.limits(child)
    }

    pub(super) fn say(&self, event: impl FnOnce() -> Event) {
        self.signals.voice.say(event);
    }

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

    /// Drains a child as for a restart and ends it for good. It is forgotten: its link is closed, and its name can be given to
    /// another one. Returns when it has gone, with what its end did to its account; nothing without the allocator, and when
    /// a thread of it did not end.
    ///
    /// ```
    /// # use actix::prelude::*;
    /// # struct Tenant;
    /// # impl Actor for Tenant {
    /// #     type Context = Context<Self>;
    /// # }
    /// # System::new().block_on(async {
    /// use evenkeel::{Child, Supervisor};
    ///
    /// let supervisor = Supervisor::start();
    /// supervisor.supervise(Child::named("tenant-7", || Tenant))?;
    /// if let Some(proof) = supervisor.dismiss("tenant-7").await? {
    ///     println!("{} bytes came back, {} were left", proof.returned(), proof.leak_out);
    /// }
    /// supervisor.supervise(Child::named("tenant-7", || Tenant))?;
    /// # Ok::<(), evenkeel::SupervisorError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// When there is no such child, it is the memory monitor, or everything is ending.
    pub async fn dismiss(&self, child: &str) -> Result<Option<RestartProof>, SupervisorError> {
        self.addr.send(Dismiss { child: child.to_owned() }).await.map_err(|_| SupervisorError::Ended)?
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

    /// Asks the application to let the whole process go. The first wish counts. Tells whether anything in the
    /// application waits for [`departure`](Self::departure): if nothing does, the process goes on.
    pub fn leave(&self, departure: Departure) -> bool {
        self.signals.leave(departure)
    }

    /// Waits until the process is to go. What is to be done then is the application's, and nobody else's: nothing here
    /// ends or replaces a process. See [`Departure`].
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
