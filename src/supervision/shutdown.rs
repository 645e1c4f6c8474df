//! Draining: one child for a restart, or all of them, in order, within a deadline.
//!
//! A drained child takes no more messages and finishes what is open. When its time is up it is halted: its open work
//! is dropped, which is the same to others as a crash. When its thread does not even look up, it is abandoned.

use std::time::Duration;

use actix::{AsyncContext, Context, Handler, ResponseFuture};
use tokio::sync::oneshot;

use super::ending::Ending;
use super::event::Event;
use super::messages::ShutDown;
use super::slot::Slot;
use super::status::{ChildState, ShutdownReport, SupervisorState};
use super::supervisor::{LEAST_SHARE, Shutdown, Supervisor};

impl Supervisor {
    /// Drains a running child within `within`, then halts it for `grace`, then abandons it; its ending arrives as every
    /// other. A drain that is under way is replaced.
    pub(super) fn drain(&mut self, index: usize, within: Duration, grace: Duration, ctx: &mut Context<Self>) {
        let Some(slot) = self.slots.get_mut(index) else { return };
        let Some(generation) = &slot.generation else { return };
        generation.drain(self.shutdown.is_some());
        slot.state = ChildState::Draining;
        let (child, cause) = (slot.name(), slot.planned.as_ref().filter(|_| self.shutdown.is_none()));
        self.voice.say(|| Event::Draining {
            child: child.to_owned(),
            generation: slot.number,
            cause: cause.cloned(),
        });
        slot.drains += 1;
        let (number, drain) = (slot.number, slot.drains);
        ctx.run_later(within, move |supervisor, ctx| {
            let Some(slot) = supervisor.still_draining(index, number, drain) else { return };
            log::warn!(event = "actor-not-drained", child = slot.name(), generation = number, limit_ms = millis(within);
                "{} generation {number} was not drained within {within:?}; what it still did is dropped", slot.name());
            slot.halt();
            ctx.run_later(grace, move |supervisor, ctx| {
                if supervisor.still_draining(index, number, drain).is_some() {
                    supervisor.unresponsive(index, within + grace, ctx);
                }
            });
        });
    }

    fn still_draining(&mut self, index: usize, number: u64, drain: u64) -> Option<&mut Slot> {
        let slot = self.slots.get_mut(index)?;
        let same = slot.number == number && slot.drains == drain;
        (same && slot.state == ChildState::Draining).then_some(slot)
    }

    fn shut_down(&mut self, within: Duration, ctx: &mut Context<Self>) -> oneshot::Receiver<ShutdownReport> {
        let (done, report) = oneshot::channel();
        if let Some(shutdown) = &mut self.shutdown {
            shutdown.waiting.push(done);
            if self.slots.all().all(|slot| slot.state == ChildState::Ended) {
                self.shut_down_done(ctx);
            }
            return report;
        }
        self.roll.close();
        log::info!(event = "shutting-down", children = self.slots.iter().count(), limit_ms = millis(within); "shutting down, within {within:?}");
        if self.state == SupervisorState::Supervising {
            self.state = SupervisorState::ShuttingDown;
        }
        self.shutdown = Some(Shutdown {
            deadline: self.stopwatch.elapsed() + within,
            waiting: vec![done],
            told: false,
            report: ShutdownReport { drained: Vec::new(), cut_short: Vec::new() },
        });
        for slot in self.slots.all_mut().filter(|slot| slot.generation.is_none()) {
            // It will have no further generation: nobody shall wait for one.
            slot.child.close();
        }
        self.drain_next(ctx);
        report
    }

    /// Drains the last of the children that still live, so that nobody loses someone it depends on.
    fn drain_next(&mut self, ctx: &mut Context<Self>) {
        let Some(shutdown) = &self.shutdown else { return };
        // Half of what is left: whoever is slow leaves something for those that come after it.
        let share = (shutdown.left(&self.stopwatch) / 2).max(LEAST_SHARE);
        let lives = |slot: &Slot| slot.generation.is_some();
        let attendant = self.slots.find(|slot| slot.attends && lives(slot));
        let Some(index) = attendant.or_else(|| self.slots.find_last(lives)) else {
            return self.shut_down_done(ctx);
        };
        let slot = &mut self.slots[index];
        if !std::mem::replace(&mut slot.drained_for_good, true) {
            self.drain(index, share / 4 * 3, share / 4, ctx);
        }
    }

    /// A child has ended, drained or not. `gone` tells whether its thread is.
    pub(super) fn child_drained(
        &mut self,
        index: usize,
        ending: &Ending,
        gone: bool,
        ctx: &mut Context<Self>,
    ) {
        let (Some(slot), Some(shutdown)) = (self.slots.get_mut(index), &mut self.shutdown) else { return };
        slot.state = ChildState::Ended;
        slot.child.close();
        let (name, number) = (slot.name().to_owned(), slot.number);
        log::info!(event = "actor-ended", child = name.as_str(), generation = number; "{name} generation {number} {ending}");
        if *ending == Ending::ShutDown && !slot.halted && gone {
            shutdown.report.drained.push(name);
        } else {
            shutdown.report.cut_short.push(name);
        }
        self.drain_next(ctx);
    }

    fn shut_down_done(&mut self, ctx: &mut Context<Self>) {
        let Some(shutdown) = &mut self.shutdown else { return };
        // Nothing is left to be probed: the supervisor ends when its last handle is dropped.
        ctx.cancel_future(self.probing);
        for slot in self.slots.all_mut() {
            slot.state = ChildState::Ended;
            slot.child.close();
            slot.release();
            // Whoever waits for a dismissal learns that everything has ended.
            slot.dismissed.clear();
        }
        if !shutdown.told {
            shutdown.told = true;
            self.voice.say(|| Event::ShutDown(shutdown.report.clone()));
        }
        for waiting in shutdown.waiting.drain(..) {
            // Whoever asked may be gone.
            let _ = waiting.send(shutdown.report.clone());
        }
    }
}

/// A limit in the unit of the logs.
fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl Handler<ShutDown> for Supervisor {
    type Result = ResponseFuture<Result<ShutdownReport, oneshot::error::RecvError>>;

    fn handle(&mut self, message: ShutDown, ctx: &mut Self::Context) -> Self::Result {
        let report = self.shut_down(message.within, ctx);
        Box::pin(report)
    }
}
