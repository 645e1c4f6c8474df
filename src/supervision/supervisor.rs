//! The supervisor: starts every child on a thread and an arena of its own, restarts it from its factory, gives up
//! loudly. It is the only one that restarts anything, and its log is what operators read.
//!
//! Invariants: a child has at most one living generation; two children are never restarted at the same moment; the
//! first fault that leads to giving up is kept.

use std::time::Duration;

use actix::{Actor, Addr, AsyncContext, Context, Handler};
use tokio::sync::{oneshot, watch};

use super::child::{AnyChild, Child};
use super::ending::{Ending, RestartCause};
use super::generation::EndReport;
use super::messages::{Drill, Observe, Restart, SupervisorError};
use super::restart::{RestartPolicy, Verdict};
use super::signals::Signals;
use super::slot::Slot;
use super::status::{ChildState, Fault, ShutdownReport, SupervisorState, SupervisorStatus};
use crate::clock::{Clock, Stopwatch};
use crate::config::SupervisionConfig;
use crate::memory::arena::{Arena, Arenas};

/// The least time between the restarts of two children.
const STAGGER: Duration = Duration::from_millis(50);

/// How long a generation that is halted may take to drop its work, when nothing else presses.
const HALT_GRACE: Duration = Duration::from_secs(1);

/// The least time that a child is given for anything while everything ends.
pub(super) const LEAST_SHARE: Duration = Duration::from_millis(100);

/// Makes a child when the supervisor has an address.
pub(super) type Plan = Box<dyn FnOnce(&Addr<Supervisor>, &Signals) -> Box<dyn AnyChild>>;

/// The supervisor actor. Made and started with [`Supervisor::new`], [`Supervisor::supervise`] and
/// [`Supervisor::run`].
pub struct Supervisor {
    pub(super) config: SupervisionConfig,
    policy: RestartPolicy,
    pub(super) arenas: Option<Arenas>,
    /// Children that are made when the supervisor runs.
    pub(super) plans: Vec<Plan>,
    pub(super) slots: Vec<Slot>,
    pub(super) state: SupervisorState,
    pub(super) shutdown: Option<Shutdown>,
    pub(super) stopwatch: Stopwatch,
    next_start: Duration,
    pub(super) fault: watch::Sender<Option<Fault>>,
}

/// A shutdown under way.
pub(super) struct Shutdown {
    /// When it has to be over, on the supervisor's stopwatch.
    pub(super) deadline: Duration,
    pub(super) waiting: Vec<oneshot::Sender<ShutdownReport>>,
    pub(super) report: ShutdownReport,
}

impl Shutdown {
    /// What is left until the deadline.
    pub(super) fn left(&self, stopwatch: &Stopwatch) -> Duration {
        self.deadline.saturating_sub(stopwatch.elapsed())
    }
}

impl Supervisor {
    /// A supervisor without children.
    ///
    /// `arenas` gives every child an arena of its own; without it, memory is not measured child by child.
    pub fn new(config: SupervisionConfig, arenas: Option<Arenas>, clock: &Clock) -> Self {
        Self {
            policy: RestartPolicy::new(&config),
            config,
            arenas,
            plans: Vec::new(),
            slots: Vec::new(),
            state: SupervisorState::Supervising,
            shutdown: None,
            stopwatch: clock.stopwatch(),
            next_start: Duration::ZERO,
            fault: watch::Sender::new(None),
        }
    }

    /// Adds a child. Children are started in the order in which they are added and drained in the opposite order.
    #[must_use]
    pub fn supervise<A: Actor<Context = Context<A>>>(mut self, child: Child<A>) -> Self {
        self.plans.push(Box::new(|_, _| Box::new(child)));
        self
    }

    /// Makes the children, in the order in which they were added.
    pub(super) fn make_slots(&mut self, addr: &Addr<Self>, signals: &Signals) {
        self.slots = self.plans.drain(..).map(|plan| Slot::new(plan(addr, signals))).collect();
    }

    fn start_generation(&mut self, index: usize, why: &str, ctx: &mut Context<Self>) {
        let recipient = ctx.address().recipient();
        let Some(slot) = self.slots.get_mut(index) else { return };
        let started = slot.start(self.arenas.as_ref(), |number| EndReport::new(recipient, index, number));
        let (name, number) = (slot.name(), slot.number);
        match started {
            Ok(()) => {
                let arena = slot.arena().map(Arena::index);
                log::info!(event = "actor-started", child = name, generation = number, arena:serde; "{name} generation {number} started: {why}");
            }
            Err(reason) => {
                let ending = slot.ended(Ending::FailedToStart { reason }, false);
                self.crashed(index, ending, ctx);
            }
        }
    }

    pub(super) fn crashed(&mut self, index: usize, ending: Ending, ctx: &mut Context<Self>) {
        let now = self.stopwatch.elapsed();
        let Some(slot) = self.slots.get_mut(index) else { return };
        self.policy.forget(&mut slot.crash_times, now);
        if slot.crash_times.is_empty() {
            slot.root_cause = Some(ending.clone());
        }
        slot.crash_times.push(now);
        slot.state = ChildState::Restarting;
        let (name, number) = (slot.name().to_owned(), slot.number);
        match self.policy.decide(&slot.crash_times, rand::random()) {
            Verdict::RestartAfter(pause) => {
                let crashes = slot.crash_times.len();
                let (pause_ms, budget) = (pause.as_millis(), self.policy.budget);
                log::error!(event = "actor-crashed", child = name.as_str(), generation = number, crashes, pause_ms:?;
                    "{name} generation {number} {ending}; crash {crashes} of {budget} allowed, restart in {pause_ms} ms");
                self.start_later(index, pause, format!("generation {number} {ending}"), ctx);
            }
            Verdict::GiveUp { crashes } => {
                log::error!(event = "supervisor-gave-up", child = name.as_str(), generation = number, crashes;
                    "{name} generation {number} {ending}; that is {crashes} crashes in {:?}, giving up", self.policy.window);
                slot.state = ChildState::Ended;
                slot.child.close();
                let root_cause = slot.root_cause.take().unwrap_or(ending);
                self.give_up(Fault { child: name, root_cause, crashes });
            }
        }
    }

    fn give_up(&mut self, fault: Fault) {
        self.state = SupervisorState::GaveUp;
        self.fault.send_if_modified(|first| {
            let is_first = first.is_none();
            first.get_or_insert(fault);
            is_first
        });
    }

    pub(super) fn start_later(
        &mut self,
        index: usize,
        pause: Duration,
        why: String,
        ctx: &mut Context<Self>,
    ) {
        ctx.run_later(pause, move |supervisor, ctx| {
            if supervisor.shutdown.is_some() {
                return;
            }
            let now = supervisor.stopwatch.elapsed();
            if now < supervisor.next_start {
                let rest = supervisor.next_start - now;
                return supervisor.start_later(index, rest, why, ctx);
            }
            supervisor.next_start = now + STAGGER;
            supervisor.start_generation(index, &why, ctx);
        });
    }

    fn restart(
        &mut self,
        name: &str,
        cause: RestartCause,
        ctx: &mut Context<Self>,
    ) -> Result<(), SupervisorError> {
        let index = self.running(name)?;
        let others = self.slots.iter().filter(|slot| slot.name() != name);
        let replaced = others.into_iter().find(|slot| slot.state != ChildState::Running);
        if let (RestartCause::Memory, Some(other)) = (&cause, replaced) {
            let (name, other) = (name.to_owned(), other.name().to_owned());
            return Err(SupervisorError::OneAtATime { name, other });
        }
        let slot = &mut self.slots[index];
        slot.note_before();
        let why = match &cause {
            RestartCause::Requested => "on request",
            RestartCause::Memory => "because of memory",
        };
        slot.planned = Some(cause);
        let number = slot.number;
        log::info!(event = "actor-draining", child = name, generation = number; "{name} generation {number} is drained for a restart {why}");
        self.drain(index, self.config.drain_within, HALT_GRACE, ctx);
        Ok(())
    }

    fn running(&self, name: &str) -> Result<usize, SupervisorError> {
        let Some(index) = self.slots.iter().position(|slot| slot.name() == name) else {
            let known = self.slots.iter().map(Slot::name).collect::<Vec<_>>().join(", ");
            return Err(SupervisorError::UnknownChild { name: name.to_owned(), known });
        };
        match self.slots[index].state {
            ChildState::Running => Ok(index),
            ChildState::Draining | ChildState::Restarting | ChildState::Ended => {
                Err(SupervisorError::NotRunning { name: name.to_owned() })
            }
        }
    }

    fn status(&self) -> SupervisorStatus {
        if let Some(Err(error)) = self.arenas.as_ref().map(Arenas::renew) {
            log::warn!(event = "memory-unmeasurable"; "memory cannot be measured child by child now: {error}");
        }
        SupervisorStatus {
            state: self.state,
            uptime_ms: self.stopwatch.elapsed_ms(),
            children: self.slots.iter().map(Slot::status).collect(),
        }
    }
}

impl Actor for Supervisor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        for index in 0..self.slots.len() {
            self.start_generation(index, "first start", ctx);
        }
        ctx.run_interval(self.config.answer_within / 4, Self::probe_all);
    }
}

impl Handler<Restart> for Supervisor {
    type Result = Result<(), SupervisorError>;

    fn handle(&mut self, restart: Restart, ctx: &mut Self::Context) -> Self::Result {
        self.restart(&restart.child, restart.cause, ctx)
    }
}

impl Handler<Drill> for Supervisor {
    type Result = Result<(), SupervisorError>;

    fn handle(&mut self, drill: Drill, _: &mut Self::Context) -> Self::Result {
        let slot = &self.slots[self.running(&drill.child)?];
        log::info!(event = "actor-drill", child = slot.name(), generation = slot.number; "{} is told to panic, as a drill", slot.name());
        if let Some(generation) = &slot.generation {
            generation.panic();
        }
        Ok(())
    }
}

impl Handler<Observe> for Supervisor {
    type Result = actix::MessageResult<Observe>;

    fn handle(&mut self, _: Observe, _: &mut Self::Context) -> Self::Result {
        actix::MessageResult(self.status())
    }
}
