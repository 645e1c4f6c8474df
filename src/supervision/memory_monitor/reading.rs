//! What a measurement says of each account: what is judged, and what is recorded.

use jiff::Timestamp;

use crate::memory::record::PROCESS;
use crate::memory::sample::Sample;
use crate::memory::tape::{ChildTick, Tick};
use crate::supervision::measure::{ChildMemory, Measurement};
use crate::supervision::status::ChildState;

/// One account's reading, before and after the purge of this tick.
pub(super) struct Reading {
    pub(super) account: String,
    pub(super) sample: Sample,
    pub(super) purged: Option<Sample>,
}

impl Reading {
    pub(super) fn latest(&self) -> &Sample {
        self.purged.as_ref().unwrap_or(&self.sample)
    }

    pub(super) fn returned(&self) -> u64 {
        self.purged.map_or(0, |after| self.sample.resident.saturating_sub(after.resident))
    }
}

pub(super) fn tick_of(measurement: &Measurement, now: Timestamp) -> Tick {
    let child = |child: &ChildMemory| ChildTick {
        name: child.name.clone(),
        generation: child.generation,
        allocated: child.memory.map(|memory| memory.allocated),
        resident: child.memory.map(|memory| memory.resident),
        work: child.work,
        mailbox: child.mailbox,
        crashes: child.crashes,
        memory_restarts: child.memory_restarts,
    };
    Tick {
        at_ms: now.as_millisecond(),
        rss: measurement.process.map(|process| process.rss),
        unattributed: measurement.unattributed,
        children: measurement.children.iter().map(child).collect(),
    }
}

/// The samples of all accounts that could be read: children that run, then the process.
pub(super) fn readings(tick: &Tick, measurement: &Measurement) -> Vec<Reading> {
    let reading = |account: &str, sample| Reading { account: account.to_owned(), sample, purged: None };
    let running = measurement.children.iter().zip(&tick.children);
    let running = running.filter(|(child, _)| child.state == ChildState::Running).map(|(_, tick)| tick);
    running
        .filter_map(|child| Some(reading(&child.name, tick.sample(child)?)))
        .chain(tick.process().map(|sample| reading(PROCESS, sample)))
        .collect()
}
