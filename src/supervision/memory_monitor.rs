//! The `MemoryMonitor` actor: measures every child at every tick, judges, records, and asks the supervisor to act.
//!
//! It restarts nothing by itself. What has to survive its own restarts (records, the latest status, an action whose
//! outcome is not known yet) lies in a [`Logbook`]; what it learnt of the trends begins anew with a generation of it.
//! Invariants: one action at a time, and none while a child is being replaced; a number that could not be read decides
//! nothing; a tick waits for nothing longer than a measurement takes, so that a drain is not held up by it.

mod action;

mod gate;
mod lines;
pub mod logbook;
mod reading;
mod round;
pub mod whole_process;

use std::rc::Rc;

use actix::{Actor, AsyncContext, Context, Handler, Message, MessageResult, ResponseFuture, WrapFuture};
use jiff::Timestamp;

use super::handle::SupervisorHandle;
use super::link::Link;
use crate::clock::Clock;
use crate::config::MemoryConfig;
use crate::memory::arena::Arenas;
use crate::memory::instrument::Instrument;
use crate::memory::status::MemoryStatus;
use logbook::Logbook;
use round::Round;
use whole_process::WholeProcess;

pub use super::messages::Tick;

/// Asks for the status; nothing before the first tick.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Option<MemoryStatus>")]
pub struct Observe;

/// What a [`MemoryMonitor`] works with.
#[derive(Clone)]
pub struct Equipment {
    /// The actor's own link.
    pub me: Link<MemoryMonitor>,
    /// Whom it asks to measure and to act.
    pub supervisor: SupervisorHandle,
    /// How it measures and judges.
    pub config: MemoryConfig,
    /// Its clock.
    pub clock: Clock,
    /// The instrument, if the program has one.
    pub arenas: Option<Arenas>,
    /// What survives its restarts.
    pub logbook: Logbook,
    /// Whether it judges the process as a whole.
    pub process: WholeProcess,
}

/// The actor. See the module's documentation.
pub struct MemoryMonitor {
    equipment: Equipment,
    /// Held by the tick that is under way: two never overlap, whoever asked for them.
    round: Rc<tokio::sync::Mutex<Option<Round>>>,
}

impl MemoryMonitor {
    /// A monitor that measures at once and then at every interval.
    pub fn new(equipment: Equipment) -> Self {
        Self { equipment, round: Rc::default() }
    }

    /// Tries the instrument out, on the actor's own thread, and says once in the life of the process what was found.
    fn check_the_instrument(&self) -> Instrument {
        let instrument = Instrument::check(self.equipment.arenas.as_ref());
        if self.equipment.logbook.is_first_check() {
            let every_ms = u64::try_from(self.equipment.config.sample_every.as_millis()).unwrap_or(u64::MAX);
            let dry_run = self.equipment.config.dry_run;
            log::info!(event = "monitor-begun", every_ms, dry_run; "memory is measured every {every_ms} ms; {instrument}");
            for warning in instrument.warnings() {
                log::warn!(event = "monitor-warning"; "{warning}");
            }
        }
        instrument
    }
}

impl Actor for MemoryMonitor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        let round = Round::new(self.equipment.clone(), self.check_the_instrument());
        self.round = Rc::new(tokio::sync::Mutex::new(Some(round)));
        let Equipment { me, clock, config, .. } = self.equipment.clone();
        let ticks = async move {
            loop {
                let next = clock.now().saturating_add(config.sample_every).unwrap_or(Timestamp::MAX);
                if let Err(error) = me.send(Tick).await {
                    log::warn!(event = "monitor-tick-failed"; "a tick of the memory monitor was not done: {error}");
                }
                // What the tick took is part of the interval.
                clock.sleep_until(next).await;
            }
        };
        ctx.spawn(ticks.into_actor(self));
    }
}

impl Handler<Tick> for MemoryMonitor {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, _: Tick, _: &mut Self::Context) -> Self::Result {
        let round = Rc::clone(&self.round);
        Box::pin(async move {
            if let Some(round) = round.lock().await.as_mut() {
                round.tick().await;
            }
        })
    }
}

impl Handler<Observe> for MemoryMonitor {
    type Result = MessageResult<Observe>;

    fn handle(&mut self, _: Observe, _: &mut Self::Context) -> Self::Result {
        MessageResult(self.equipment.logbook.status())
    }
}
