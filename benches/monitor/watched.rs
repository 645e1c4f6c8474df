//! A memory monitor that ticks only when it is asked to.

use std::path::Path;
use std::time::Duration;

use actix::prelude::*;
use evenkeel::clock::Clock;
use evenkeel::config::{MemoryConfig, SupervisionConfig};
use evenkeel::memory::arena::Arenas;
use evenkeel::supervision::child::Child;
use evenkeel::supervision::handle::SupervisorHandle;
use evenkeel::supervision::link::Link;
use evenkeel::supervision::memory_monitor::logbook::Logbook;
use evenkeel::supervision::memory_monitor::{Equipment, MemoryMonitor};
use evenkeel::supervision::supervisor::Supervisor;

pub(crate) struct Idle;

impl Actor for Idle {
    type Context = Context<Self>;
}

/// The monitor, under a supervisor with `arenas - 1` idle children beside it.
pub(crate) fn watched(arenas: usize, data_dir: &Path) -> (SupervisorHandle, Link<MemoryMonitor>) {
    let (me, instrument, clock) = (Link::new("memory-monitor"), Arenas::probe().unwrap(), Clock::system());
    let config = MemoryConfig { sample_every: Duration::from_secs(24 * 3600), ..MemoryConfig::default() };
    let (logbook, arenas_of, clock_of) =
        (Logbook::open(data_dir, &config), instrument.clone(), clock.clone());
    let supervisor = Supervisor::new(SupervisionConfig::default(), Some(instrument), &clock);
    let supervisor = (1..arenas).fold(supervisor, |supervisor, number| {
        supervisor.supervise(Child::new(&Link::new(&format!("idle-{number}")), || Idle))
    });
    let link = me.clone();
    let monitor = move |handle: &SupervisorHandle| {
        let equipment = Equipment {
            me: link.clone(),
            supervisor: handle.clone(),
            config,
            clock: clock_of,
            arenas: Some(arenas_of),
            logbook,
        };
        Child::new(&link, move || MemoryMonitor::new(equipment.clone()))
    };
    (supervisor.supervise_with(monitor).run(), me)
}
