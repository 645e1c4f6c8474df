//! The supervisor: starts every child on a thread and an arena of its own, restarts it from its factory, gives up
//! loudly. It is the only one that restarts anything, and its log is what operators read.
//!
//! Invariants: a child has at most one living generation; two children are never restarted at the same moment; the
//! first fault that leads to giving up is kept.

use std::time::Duration;

use actix::{Actor, ActorFutureExt, AsyncContext, Context, Handler, SpawnHandle, WrapFuture};
use tokio::sync::{oneshot, watch};

use super::child::AnyChild;
use super::ending::{Ending, RestartCause};
use super::event::{Event, Voice};
use super::generation::EndReport;
use super::messages::{Adopt, Drill, Observe, Restart, SupervisorError};
use super::restart::{RestartPolicy, Verdict};
use super::roll::Roll;
use super::slot::Slot;
use super::slots::Slots;
use super::status::{ChildState, Fault, ShutdownReport, SupervisorState, SupervisorStatus};
use crate::clock::{Clock, Stopwatch};
use crate::config::SupervisionConfig;
use crate::memory::arena::{Arena, Arenas};

/// The least time between the restarts of two children.
const STAGGER: Duration = Duration::from_millis(50);

/// How long a generation that is halted may take to drop its work, when nothing else presses.
pub(super) const HALT_GRACE: Duration = Duration::from_secs(1);

/// The least time that a child is given for anything while everything ends.
pub(super) const LEAST_SHARE: Duration = Duration::from_millis(100);

/// The supervisor actor. [`Supervisor::start`] or [`Supervisor::builder`] starts one; an application talks to it through
/// the [`SupervisorHandle`](super::handle::SupervisorHandle) that it gets. [The guide](crate::guide::supervision) has a whole
/// program with one.
pub struct Supervisor {
    pub(super) config: SupervisionConfig,
    policy: RestartPolicy,
    pub(super) arenas: Option<Arenas>,
    /// A child that begins after those that were added before anything ran, and ends before all others.
    pub(super) attendant: Option<Box<dyn AnyChild>>,
    pub(super) roll: Roll,
    pub(super) voice: Voice,
    pub(super) slots: Slots,
    pub(super) state: SupervisorState,
    pub(super) shutdown: Option<Shutdown>,
    pub(super) stopwatch: Stopwatch,
    next_start: Duration,
    /// The probes, one round after the other.
    pub(super) probing: SpawnHandle,
    pub(super) fault: watch::Sender<Option<Fault>>,
}

/// A shutdown under way.
pub(super) struct Shutdown {
    /// When it has to be over, on the supervisor's stopwatch.
    pub(super) deadline: Duration,
    pub(super) waiting: Vec<oneshot::Sender<ShutdownReport>>,
    pub(super) report: ShutdownReport,
    /// The end was said.
    pub(super) told: bool,
}

impl Shutdown {
    /// What is left until the deadline.
    pub(super) fn left(&self, stopwatch: &Stopwatch) -> Duration {
        self.deadline.saturating_sub(stopwatch.elapsed())
    }
}

impl Supervisor {
    /// A supervisor without children; `arenas` gives every child an arena of its own; without it, memory is not measured child by child.
    pub(super) fn new(config: SupervisionConfig, arenas: Option<Arenas>, clock: &Clock) -> Self {
        Self {
            policy: RestartPolicy::new(&config),
            config,
            arenas,
            attendant: None,
            roll: Roll::default(),
            voice: Voice::new(),
            slots: Slots::default(),
            state: SupervisorState::Supervising,
            shutdown: None,
            stopwatch: clock.stopwatch(),
            next_start: Duration::ZERO,
            probing: SpawnHandle::default(),
            fault: watch::Sender::new(None),
        }
    }

    /// Adds a child and starts it. One that attends to the others is the first to be drained.
    fn adopt(&mut self, mut child: Box<dyn AnyChild>, attends: bool, ctx: &mut Context<Self>) {
        if self.shutdown.is_some() {
            return child.close();
        }
        let key = self.slots.push(Slot::new(child, attends));
        self.start_generation(key, "first start", ctx);
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
                self.voice.say(|| Event::Started { child: name.to_owned(), generation: number });
                if let Some(event) = slot.restarted() {
                    self.voice.say(|| event);
                }
            }
            Err(reason) => {
                if let Some(ending) = self.ended(index, Ending::FailedToStart { reason }) {
                    self.crashed(index, ending, ctx);
                }
            }
        }
    }

    /// Notes how the present generation of a child ended, and says so.
    pub(super) fn ended(&mut self, index: usize, ending: Ending) -> Option<Ending> {
        let slot = self.slots.get_mut(index)?;
        let ending = slot.ended(ending, self.shutdown.is_some());
        let (child, generation) = (slot.name(), slot.number);
        self.voice.say(|| Event::Ended { child: child.to_owned(), generation, ending: ending.clone() });
        Some(ending)
    }

    pub(super) fn crashed(&mut self, index: usize, ending: Ending, ctx: &mut Context<Self>) {
        let now = self.stopwatch.elapsed();
        let Some(slot) = self.slots.get_mut(index) else { return };
        let policy = slot.child.policy().unwrap_or(&self.policy).clone();
        policy.forget(&mut slot.crash_times, now);
        if slot.crash_times.is_empty() {
            slot.root_cause = Some(ending.clone());
        }
        slot.crash_times.push(now);
        slot.state = ChildState::Restarting;
        let (name, number) = (slot.name().to_owned(), slot.number);
        match policy.decide(&slot.crash_times, rand::random()) {
            Verdict::RestartAfter(pause) => {
                let crashes = slot.crash_times.len();
                let (pause_ms, budget) = (pause.as_millis(), policy.budget);
                log::error!(event = "actor-crashed", child = name.as_str(), generation = number, crashes, pause_ms:?;
                    "{name} generation {number} {ending}; crash {crashes} of {budget} allowed, restart in {pause_ms} ms");
                self.voice.say(|| Event::Crashed {
                    child: name.clone(),
                    generation: number,
                    ending: ending.clone(),
                    crashes,
                    pause,
                });
                self.start_later(index, pause, format!("generation {number} {ending}"), ctx);
            }
            Verdict::GiveUp { crashes } => {
                log::error!(event = "supervisor-gave-up", child = name.as_str(), generation = number, crashes;
                    "{name} generation {number} {ending}; that is {crashes} crashes in {:?}, giving up", policy.window);
                slot.state = ChildState::Ended;
                slot.child.close();
                let root_cause = slot.root_cause.take().unwrap_or(ending);
                self.give_up(Fault { child: name, root_cause, crashes });
            }
        }
    }

    fn give_up(&mut self, fault: Fault) {
        self.state = SupervisorState::GaveUp;
        self.roll.close();
        self.voice.say(|| Event::GaveUp(fault.clone()));
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
        if let Some(slot) = self.slots.get_mut(index) {
            slot.due = true;
        }
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
        if self.shutdown.is_some() {
            // It is drained in its turn, and has no further generation.
            return Err(SupervisorError::NotRunning { name: name.to_owned() });
        }
        let others = self.slots.iter().filter(|slot| slot.name() != name);
        let replaced = others.into_iter().find(|slot| slot.is_between());
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

    /// The key of a child.
    pub(super) fn known(&self, name: &str) -> Result<usize, SupervisorError> {
        self.slots.find(|slot| slot.name() == name).ok_or_else(|| {
            let known = self.slots.iter().map(Slot::name).collect::<Vec<_>>().join(", ");
            SupervisorError::UnknownChild { name: name.to_owned(), known }
        })
    }

    /// The key of a child that runs.
    fn running(&self, name: &str) -> Result<usize, SupervisorError> {
        let index = self.known(name)?;
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
        // Messages that have arrived, those that add children among them, come before what is spawned.
        ctx.spawn(async {}.into_actor(self).map(|(), supervisor, ctx| {
            if let Some(attendant) = supervisor.attendant.take() {
                supervisor.adopt(attendant, true, ctx);
            }
        }));
        self.probing = ctx.run_interval(self.config.answer_within / 4, Self::probe_all);
    }
}

impl Handler<Adopt> for Supervisor {
    type Result = ();

    fn handle(&mut self, Adopt(child): Adopt, ctx: &mut Self::Context) {
        self.adopt(child, false, ctx);
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
