//! Draining: one child for a restart, or all of them, in order, within a deadline.
//!
//! A drained child takes no more messages and finishes what is open. When its time is up it is halted: its open work
//! is dropped, which is the same to others as a crash. When its thread does not even look up, it is abandoned.

use std::time::Duration;

use actix::{AsyncContext, Context, Handler, ResponseFuture};
use tokio::sync::oneshot;

use super::ending::Ending;
use super::messages::ShutDown;
use super::slot::Slot;
use super::status::{ChildState, ShutdownReport, SupervisorState};
use super::supervisor::{Shutdown, Supervisor};

/// How long a halted generation may take to drop its work.
const HALT_GRACE: Duration = Duration::from_secs(1);

impl Supervisor {
    /// Drains a running child within `within`; its ending arrives as every other.
    pub(super) fn drain(&mut self, index: usize, within: Duration, ctx: &mut Context<Self>) {
        let Some(slot) = self.slots.get_mut(index) else { return };
        let Some(generation) = &slot.generation else { return };
        generation.drain();
        slot.state = ChildState::Draining;
        let number = slot.number;
        ctx.run_later(within, move |supervisor, ctx| {
            let Some(slot) = supervisor.still_draining(index, number) else { return };
            log::warn!(child = slot.name(), generation = number, limit_ms:? = within.as_millis();
                "{} generation {number} was not drained within {within:?}; what it still did is dropped", slot.name());
            slot.halt();
            ctx.run_later(HALT_GRACE, move |supervisor, ctx| {
                if supervisor.still_draining(index, number).is_some() {
                    supervisor.unresponsive(index, ctx);
                }
            });
        });
    }

    fn still_draining(&mut self, index: usize, number: u64) -> Option<&mut Slot> {
        let slot = self.slots.get_mut(index)?;
        (slot.number == number && slot.state == ChildState::Draining).then_some(slot)
    }

    fn shut_down(&mut self, within: Duration, ctx: &mut Context<Self>) -> oneshot::Receiver<ShutdownReport> {
        let (done, report) = oneshot::channel();
        if let Some(shutdown) = &mut self.shutdown {
            shutdown.waiting.push(done);
            return report;
        }
        log::info!(children = self.slots.len(), limit_ms:? = within.as_millis(); "shutting down, within {within:?}");
        if self.state == SupervisorState::Supervising {
            self.state = SupervisorState::ShuttingDown;
        }
        self.shutdown = Some(Shutdown {
            deadline: self.stopwatch.elapsed() + within,
            waiting: vec![done],
            report: ShutdownReport { drained: Vec::new(), cut_short: Vec::new() },
        });
        self.drain_next(ctx);
        report
    }

    /// Drains the last of the children that still live, so that nobody loses someone it depends on.
    fn drain_next(&mut self, ctx: &mut Context<Self>) {
        let Some(shutdown) = &self.shutdown else { return };
        let left = shutdown.deadline.saturating_sub(self.stopwatch.elapsed());
        match self.slots.iter().rposition(|slot| slot.generation.is_some()) {
            // Half of what is left: whoever is slow leaves something for those that come after it.
            Some(index) if self.slots[index].state == ChildState::Running => self.drain(index, left / 2, ctx),
            Some(_) => {}
            None => self.shut_down_done(),
        }
    }

    /// A child has ended, drained or not, and its thread is gone.
    pub(super) fn child_drained(&mut self, index: usize, ending: &Ending, ctx: &mut Context<Self>) {
        let (Some(slot), Some(shutdown)) = (self.slots.get_mut(index), &mut self.shutdown) else { return };
        slot.state = ChildState::Ended;
        let (name, number) = (slot.name().to_owned(), slot.number);
        log::info!(child = name.as_str(), generation = number; "{name} generation {number} {ending}");
        if *ending == Ending::ShutDown && !slot.halted {
            shutdown.report.drained.push(name);
        } else {
            shutdown.report.cut_short.push(name);
        }
        self.drain_next(ctx);
    }

    fn shut_down_done(&mut self) {
        let Some(shutdown) = &mut self.shutdown else { return };
        for slot in &mut self.slots {
            slot.state = ChildState::Ended;
            slot.child.close();
        }
        for waiting in shutdown.waiting.drain(..) {
            // Whoever asked may be gone.
            let _ = waiting.send(shutdown.report.clone());
        }
    }
}

impl Handler<ShutDown> for Supervisor {
    type Result = ResponseFuture<Result<ShutdownReport, oneshot::error::RecvError>>;

    fn handle(&mut self, message: ShutDown, ctx: &mut Self::Context) -> Self::Result {
        let report = self.shut_down(message.within, ctx);
        Box::pin(report)
    }
}
