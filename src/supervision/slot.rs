//! The supervisor's book on one child: which generation lives, what it is doing, how the earlier ones ended.

use std::time::Duration;

use super::account::{Account, RestartProof};
use super::child::AnyChild;
use super::ending::{Ending, RestartCause};
use super::event::Event;
use super::generation::{EndReport, Generation};
use super::status::{ChildState, ChildStatus};
use crate::memory::arena::{Arena, ArenaUsage, Arenas};

/// Told when the child has gone: what its end did to its account, if it had one.
type Gone = tokio::sync::oneshot::Sender<Option<RestartProof>>;

pub(super) struct Slot {
    pub(super) child: Box<dyn AnyChild>,
    /// It attends to the other children, and is drained before them.
    pub(super) attends: bool,
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
    /// Who waits for the child to be gone: it has no further generation.
    pub(super) dismissed: Vec<Gone>,
    /// It was dismissed and has gone, but for threads that have not ended.
    pub(super) forgotten: bool,
    /// The next generation begins after a pause.
    pub(super) due: bool,
    /// What the end of the generation before did to the child's account.
    pub(super) proof: Option<RestartProof>,
    /// The account when the present generation was told to end, or when its end was noticed.
    pub(super) before: Option<ArenaUsage>,
    crashes: u64,
    restarts: u64,
    memory_restarts: u64,
    last_ending: Option<Ending>,
    /// The child's accounts that no generation has; more than one after a hung generation has come to.
    accounts: Vec<Account>,
    /// Accounts of generations that have ended and whose threads are waited for.
    buried: Vec<(u64, Account)>,
    /// Generations that hang and were left behind, with the arenas that their threads are bound to.
    abandoned: Vec<(u64, Generation)>,
}

impl Slot {
    pub(super) fn new(child: Box<dyn AnyChild>, attends: bool) -> Self {
        Self {
            child,
            attends,
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
            dismissed: Vec::new(),
            forgotten: false,
            due: false,
            proof: None,
            before: None,
            crashes: 0,
            restarts: 0,
            memory_restarts: 0,
            last_ending: None,
            accounts: Vec::new(),
            buried: Vec::new(),
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
        self.due = false;
        self.planned = None;
        self.halted = false;
        self.probed = false;
        self.before = None;
        let account = match (self.accounts.pop(), arenas) {
            (Some(account), _) => Some(account),
            (None, Some(arenas)) => {
                let account = arenas.create().and_then(Account::new);
                Some(account.map_err(|error| error.to_string())?)
            }
            (None, None) => None,
        };
        match self.child.start(self.number, account, report(self.number)) {
            Ok(generation) => {
                self.generation = Some(generation);
                self.state = ChildState::Running;
                Ok(())
            }
            Err((error, account)) => {
                self.accounts.extend(account);
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
            (true, false, _) if self.is_dismissed() => Ending::Dismissed,
            (true, false, Some(cause)) => Ending::Restarted(cause),
            _ => ending,
        };
        if ending.is_crash() {
            self.crashes += 1;
        } else if let Ending::Restarted(cause) = &ending {
            self.restarts += 1;
            self.memory_restarts += u64::from(*cause == RestartCause::Memory);
        }
        self.state = ChildState::Restarting;
        self.last_ending = Some(ending.clone());
        ending
    }

    /// Whether the child is to have no further generation.
    pub(super) fn is_dismissed(&self) -> bool {
        !self.dismissed.is_empty()
    }

    /// Whether a thread of it has not ended, as far as that is known.
    pub(super) fn has_threads(&self) -> bool {
        self.generation.is_some() || !self.abandoned.is_empty() || !self.buried.is_empty()
    }

    /// Whether a generation of it is being replaced or waited for.
    pub(super) fn is_between(&self) -> bool {
        match self.state {
            ChildState::Draining | ChildState::Restarting => true,
            ChildState::Running | ChildState::Ended => false,
        }
    }

    /// That the present generation follows one that was replaced on purpose, if it does.
    pub(super) fn restarted(&self) -> Option<Event> {
        let Some(Ending::Restarted(cause)) = &self.last_ending else { return None };
        Some(Event::Restarted {
            child: self.name().to_owned(),
            generation: self.number,
            cause: cause.clone(),
            proof: self.proof.filter(|proof| proof.generation + 1 == self.number),
        })
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

    /// Keeps the account of a generation that has ended while its threads are waited for.
    pub(super) fn bury(&mut self, number: u64, account: Option<Account>) {
        self.buried.extend(account.map(|account| (number, account)));
    }

    /// The arena of a generation whose threads are waited for.
    pub(super) fn buried(&self, number: u64) -> Option<&Arena> {
        let (_, account) = self.buried.iter().find(|(buried, _)| *buried == number)?;
        Some(&account.arena)
    }

    /// Reads the purged account of a generation whose threads have gone and takes it back for the next one. `settled`
    /// tells whether the other children have given back what they freed of it.
    pub(super) fn settle(&mut self, number: u64, settled: bool) {
        let Some(position) = self.buried.iter().position(|(buried, _)| *buried == number) else { return };
        let (_, mut account) = self.buried.swap_remove(position);
        let before = if number == self.number { self.before.take() } else { None };
        match account.settle(number, before, settled) {
            Ok(proof) => {
                // An older generation may come to its end after a younger one.
                self.proof = self.proof.filter(|latest| latest.generation > number).or(Some(proof));
            }
            Err(error) => {
                log::warn!(event = "account-unreadable", child = self.name(); "the account of {} cannot be read: {error}", self.name());
            }
        }
        if !self.forgotten {
            self.accounts.push(account);
        }
    }

    /// Gives the child's arenas to whoever needs one next: it has no further generation.
    pub(super) fn release(&mut self) {
        self.accounts.clear();
    }

    /// Notes what the account holds now, for the comparison after the generation's end.
    pub(super) fn note_before(&mut self) {
        let account = self.generation.as_ref().and_then(|generation| generation.account.as_ref());
        self.before = self.before.or(account.and_then(|account| account.arena.usage().ok()));
    }

    pub(super) fn crashes(&self) -> u64 {
        self.crashes
    }

    pub(super) fn memory_restarts(&self) -> u64 {
        self.memory_restarts
    }

    /// The account that the present or the next generation is charged to.
    pub(super) fn arena(&self) -> Option<&Arena> {
        self.generation
            .as_ref()
            .and_then(|generation| generation.account.as_ref())
            .or(self.accounts.last())
            .map(|account| &account.arena)
    }

    /// All arenas of the child, those of generations that hang or have only just ended included.
    pub(super) fn arenas(&self) -> impl Iterator<Item = &Arena> {
        let abandoned = self.abandoned.iter().map(|(_, generation)| generation);
        let generations =
            self.generation.iter().chain(abandoned).filter_map(|generation| generation.account.as_ref());
        let buried = self.buried.iter().map(|(_, account)| account);
        generations.chain(buried).chain(&self.accounts).map(|account| &account.arena)
    }

    /// What the child's arenas held when the statistics were renewed last.
    pub(super) fn memory(&self) -> Option<ArenaUsage> {
        let mut sum: Option<ArenaUsage> = None;
        for arena in self.arenas() {
            let usage = arena.read().ok()?;
            let so_far = sum.get_or_insert(ArenaUsage { allocated: 0, resident: 0 });
            so_far.allocated += usage.allocated;
            so_far.resident += usage.resident;
        }
        sum
    }

    pub(super) fn abandoned(&self) -> usize {
        self.abandoned.len()
    }

    pub(super) fn status(&self) -> ChildStatus {
        ChildStatus {
            name: self.name().to_owned(),
            generation: self.number,
            state: self.state,
            crashes: self.crashes,
            restarts: self.restarts,
            memory_restarts: self.memory_restarts,
            abandoned: self.abandoned.len(),
            mailbox: self.child.depth(),
            waited: self.child.waited(),
            memory: self.memory(),
            last_ending: self.last_ending.clone(),
        }
    }
}
