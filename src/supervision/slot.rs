//! The supervisor's book on one child: which generation lives, what it is doing, how the earlier ones ended.

use std::time::Duration;

use super::child::AnyChild;
use super::ending::{Ending, RestartCause};
use super::generation::{EndReport, Generation};
use super::status::{ChildState, ChildStatus};
use crate::memory::arena::{Arena, Arenas};

pub(super) struct Slot {
    pub(super) child: Box<dyn AnyChild>,
    /// Nothing between two generations.
    pub(super) generation: Option<Generation>,
    /// The number of the present or latest generation.
    pub(super) number: u64,
    pub(super) state: ChildState,
    /// Why the present generation is being drained, if it is.
    pub(super) planned: Option<RestartCause>,
    /// The present generation was halted because its drain took too long.
    pub(super) halted: bool,
    /// A probe is on its way.
    pub(super) probed: bool,
    /// Times of the crashes within the policy's window.
    pub(super) crash_times: Vec<Duration>,
    /// The first of those crashes: the ones after it may be its consequences.
    pub(super) root_cause: Option<Ending>,
    /// Drains begun, so that the time limit of an earlier one is ignored.
    pub(super) drains: u64,
    /// Drained because everything ends, and not for a restart.
    pub(super) drained_for_good: bool,
    crashes: u64,
    restarts: u64,
    last_ending: Option<Ending>,
    /// The child's arenas that no generation has; more than one after a hung generation has come to.
    arenas: Vec<Arena>,
    /// Generations that hang and were left behind, with the arenas that their threads are bound to.
    abandoned: Vec<(u64, Generation)>,
}

impl Slot {
    pub(super) fn new(child: Box<dyn AnyChild>) -> Self {
        Self {
            child,
            generation: None,
            number: 0,
            state: ChildState::Restarting,
            planned: None,
            halted: false,
            probed: false,
            crash_times: Vec::new(),
            root_cause: None,
            drains: 0,
            drained_for_good: false,
            crashes: 0,
            restarts: 0,
            last_ending: None,
            arenas: Vec::new(),
            abandoned: Vec::new(),
        }
    }

    pub(super) fn name(&self) -> &str {
        self.child.name()
    }

    /// Starts the next generation, on the child's arena if arenas are to be had.
    pub(super) fn start(
        &mut self,
        arenas: Option<&Arenas>,
        report: impl FnOnce(u64) -> EndReport,
    ) -> Result<(), String> {
        self.number += 1;
        self.planned = None;
        self.halted = false;
        self.probed = false;
        let arena = match (self.arenas.pop(), arenas) {
            (Some(arena), _) => Some(arena),
            (None, Some(arenas)) => Some(arenas.create().map_err(|error| error.to_string())?),
            (None, None) => None,
        };
        match self.child.start(self.number, arena.clone(), report(self.number)) {
            Ok(generation) => {
                self.generation = Some(generation);
                self.state = ChildState::Running;
                Ok(())
            }
            Err(error) => {
                self.arenas.extend(arena);
                Err(format!("its thread could not be started: {error}"))
            }
        }
    }

    /// Notes how the present generation ended; `ending` is what its thread saw.
    pub(super) fn ended(&mut self, ending: Ending, shutting_down: bool) -> Ending {
        self.child.orphan();
        let asked = matches!(ending, Ending::Stopped);
        let ending = match (asked, shutting_down, self.planned.take()) {
            (true, true, _) => Ending::ShutDown,
            (true, false, Some(cause)) => Ending::Restarted(cause),
            _ => ending,
        };
        if ending.is_crash() {
            self.crashes += 1;
        } else if matches!(ending, Ending::Restarted(_)) {
            self.restarts += 1;
        }
        self.state = ChildState::Restarting;
        self.last_ending = Some(ending.clone());
        ending
    }

    /// Drops everything that the present generation still does.
    pub(super) fn halt(&mut self) {
        self.halted = true;
        if let Some(generation) = &self.generation {
            generation.halt();
        }
    }

    /// Leaves the present generation behind: its thread cannot be killed. It gets no more messages and ends when it
    /// comes to. Its arena stays with it, so that the next generation's account is its own.
    pub(super) fn abandon(&mut self) {
        self.child.abandon(self.number);
        if let Some(generation) = self.generation.take() {
            generation.halt();
            self.abandoned.push((self.number, generation));
        }
    }

    /// An abandoned generation came to and ended after all.
    pub(super) fn reclaim(&mut self, number: u64) -> Option<Generation> {
        let position = self.abandoned.iter().position(|(abandoned, _)| *abandoned == number)?;
        Some(self.abandoned.swap_remove(position).1)
    }

    /// Takes an arena that no thread is bound to any more back for the child's next generation.
    pub(super) fn keep_arena(&mut self, arena: Option<Arena>) {
        self.arenas.extend(arena);
    }

    pub(super) fn abandoned(&self) -> usize {
        self.abandoned.len()
    }

    pub(super) fn status(&self) -> ChildStatus {
        let arena =
            self.generation.as_ref().and_then(|generation| generation.arena.as_ref()).or(self.arenas.last());
        ChildStatus {
            name: self.name().to_owned(),
            generation: self.number,
            state: self.state,
            crashes: self.crashes,
            restarts: self.restarts,
            abandoned: self.abandoned.len(),
            mailbox: self.child.depth(),
            memory: arena.and_then(|arena| arena.usage().ok()),
            last_ending: self.last_ending.clone(),
        }
    }
}
