//! A memory monitor that ticks only when it is asked to.

use std::path::Path;
use std::time::Duration;

use actix::prelude::*;
use evenkeel::config::MemoryConfig;
use evenkeel::memory::arena::Arenas;
use evenkeel::supervision::child::Child;
use evenkeel::supervision::handle::SupervisorHandle;
use evenkeel::supervision::memory_monitor::logbook::Logbook;
use evenkeel::supervision::supervisor::Supervisor;

pub(crate) struct Idle;

impl Actor for Idle {
    type Context = Context<Self>;
}

/// A supervisor whose monitor looks when it is told to, with `arenas - 1` idle children beside it.
pub(crate) fn watched(arenas: usize, data_dir: &Path) -> SupervisorHandle {
    let config = MemoryConfig { sample_every: Duration::from_secs(24 * 3600), ..MemoryConfig::default() };
    let supervisor = Supervisor::builder()
        .logbook(Logbook::open(data_dir, &config))
        .memory(config)
        .arenas(Some(Arenas::probe().unwrap()))
        .start();
    for number in 1..arenas {
        supervisor.supervise(Child::named(&format!("idle-{number}"), || Idle)).unwrap();
    }
    supervisor
}
