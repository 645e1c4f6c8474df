//! Measuring: every child's account and the process, at one moment.
//!
//! Before the accounts are read, every child's own thread gives its cache of freed objects back: what another child
//! allocated and this one freed counts as living until then. The sum always holds: children, those of other supervisors,
//! and what is unattributed are what the kernel charges the process.

use std::time::Duration;

use actix::{ActorFutureExt, Context, Handler, Message, ResponseActFuture, WrapFuture};
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use super::account::RestartProof;
use super::generation::Generation;
use super::purge::purge;
use super::slot::Slot;
use super::status::ChildState;
use super::supervisor::Supervisor;
use crate::memory::arena::{Arena, ArenaUsage};
use crate::memory::probe::{ProcessMemory, process_memory};

/// How long a child that is busy may keep a measurement waiting.
const FLUSH_WITHIN: Duration = Duration::from_millis(250);

/// Measures everything; the arenas of the named children are purged first.
#[derive(Debug, Message)]
#[rtype(result = "Measurement")]
pub(super) struct Measure {
    pub(super) purge: Vec<String>,
}

/// All accounts and the process at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// The process as the kernel sees it; nothing where it does not say.
    pub process: Option<ProcessMemory>,
    /// One entry a child, in the order in which they are started.
    pub children: Vec<ChildMemory>,
    /// What threads hold that belong to no child: the automatic arenas. A part of `unattributed`.
    pub automatic: Option<ArenaUsage>,
    /// Physical memory that is charged to children of other supervisors in the same process.
    #[serde(default)]
    pub elsewhere: u64,
    /// The process's resident set without all that is charged to children: automatic arenas, stacks, code. Nothing
    /// when one of the two is not known. Less than nothing when the allocator counts pages that nobody has touched.
    pub unattributed: Option<i64>,
}

/// One child's account at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChildMemory {
    /// The child's name.
    pub name: String,
    /// The number of its present or latest generation, from 1.
    pub generation: u64,
    /// What it is doing.
    pub state: ChildState,
    /// Its account, with those of its generations that hang; nothing when the allocator is not installed or does not
    /// say.
    pub memory: Option<ArenaUsage>,
    /// Its thread gave its cache of freed objects back before; false when it was too busy.
    pub flushed: bool,
    /// Messages that the generation has taken since it began.
    pub work: u64,
    /// Messages that wait in its link.
    pub mailbox: usize,
    /// Endings that counted against the crash budget.
    pub crashes: u64,
    /// Restarts because of its memory.
    pub memory_restarts: u64,
    /// What the end of the generation before did to the account.
    pub last_restart: Option<RestartProof>,
}

impl Supervisor {
    /// Has the thread of every living generation give its cache back; tells which of them did, by the slot's key. A child
    /// without a living generation has nothing to give.
    pub(super) fn flush_all(&self) -> impl Future<Output = Vec<(usize, bool)>> + use<> {
        if let Some(Err(error)) = self.arenas.as_ref().map(|arenas| arenas.flush_current_thread()) {
            log::warn!(event = "cache-not-flushed"; "the supervisor's thread keeps its cache of freed objects: {error}");
        }
        let measured = self.arenas.is_some();
        let asked: Vec<_> = self
            .slots
            .entries()
            .map(|(key, slot)| (key, slot.generation.as_ref().filter(|_| measured).map(Generation::flush)))
            .collect();
        join_all(asked.into_iter().map(|(key, answer)| async move {
            let flushed = match answer {
                Some(answer) => matches!(tokio::time::timeout(FLUSH_WITHIN, answer).await, Ok(Ok(()))),
                None => true,
            };
            (key, flushed)
        }))
    }

    fn read_accounts(&self, flushed: &[(usize, bool)]) -> Measurement {
        let renewed = self.arenas.as_ref().map(|arenas| arenas.renew());
        if let Some(Err(error)) = &renewed {
            // The monitor says once what could not be read.
            log::debug!("memory cannot be measured child by child now: {error}");
        }
        let readable = matches!(renewed, Some(Ok(())));
        // Who was dismissed or added since has no part in it.
        let there = flushed.iter().filter_map(|(key, flushed)| Some((self.slots.get(*key)?, *flushed)));
        let children: Vec<ChildMemory> = there
            .filter(|(slot, _)| !slot.forgotten)
            .map(|(slot, flushed)| child_memory(slot, flushed, readable))
            .collect();
        let process = process_memory()
            .inspect_err(|error| log::debug!("the process's memory cannot be measured now: {error}"))
            .ok();
        let charged: Option<u64> = children.iter().map(|child| Some(child.memory?.resident)).sum();
        let instrument = self.arenas.as_ref().filter(|_| readable);
        let own: Vec<u32> = self.slots.all().flat_map(Slot::arenas).map(Arena::index).collect();
        let elsewhere = instrument.and_then(|arenas| arenas.elsewhere(&own).ok()).unwrap_or_default();
        let unattributed = process.zip(charged).map(|(process, charged)| {
            process.rss.cast_signed() - charged.cast_signed() - elsewhere.cast_signed()
        });
        let automatic = instrument.and_then(|arenas| arenas.automatic().ok());
        Measurement { process, children, automatic, elsewhere, unattributed }
    }
}

fn child_memory(slot: &Slot, flushed: bool, readable: bool) -> ChildMemory {
    ChildMemory {
        name: slot.name().to_owned(),
        generation: slot.number,
        state: slot.state,
        memory: if readable { slot.memory() } else { None },
        flushed,
        work: slot.child.work(),
        mailbox: slot.child.depth(),
        crashes: slot.crashes(),
        memory_restarts: slot.memory_restarts(),
        last_restart: slot.proof,
    }
}

impl Handler<Measure> for Supervisor {
    type Result = ResponseActFuture<Self, Measurement>;

    fn handle(&mut self, measure: Measure, _: &mut Context<Self>) -> Self::Result {
        let wanted = |slot: &&Slot| measure.purge.iter().any(|name| name == slot.name());
        let purged: Vec<_> = self.slots.iter().filter(wanted).flat_map(Slot::arenas).cloned().collect();
        let flushed = self.flush_all();
        let ready = async move {
            let flushed = flushed.await;
            purge(&purged).await;
            flushed
        };
        Box::pin(ready.into_actor(self).map(|flushed, supervisor, _| supervisor.read_accounts(&flushed)))
    }
}
