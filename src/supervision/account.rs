//! A child's account: an arena, and what the generations before have left in it.

use serde::{Deserialize, Serialize};

use crate::memory::arena::{Arena, ArenaError, ArenaUsage};

/// What a generation's end did to the memory that is charged to its child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestartProof {
    /// The generation that ended.
    pub generation: u64,
    /// The account when the generation was told to end, or when its end was noticed.
    pub before: ArenaUsage,
    /// The account after the generation's threads had ended, all caches were given back and the arena was purged.
    pub after: ArenaUsage,
    /// Living bytes that the generation left behind: what it handed to others, or leaked. Exact as long as all
    /// children gave their threads' caches back in time (`settled`).
    pub leak_out: u64,
    /// All children gave their threads' caches of freed objects back before the account was read.
    pub settled: bool,
}

impl RestartProof {
    /// Living bytes that came back.
    pub fn returned(&self) -> u64 {
        self.before.allocated.saturating_sub(self.after.allocated)
    }
}

/// An arena that belongs to one child, from generation to generation.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) arena: Arena,
    /// Living bytes in the arena before the present generation began.
    inherited: u64,
}

impl Account {
    pub(super) fn new(arena: Arena) -> Result<Self, ArenaError> {
        let inherited = arena.usage()?.allocated;
        Ok(Self { arena, inherited })
    }

    /// Reads what is left in the arena of a generation whose threads have ended, after it was purged.
    pub(super) fn settle(
        &mut self,
        generation: u64,
        before: Option<ArenaUsage>,
        settled: bool,
    ) -> Result<RestartProof, ArenaError> {
        let after = self.arena.usage()?;
        let leak_out = after.allocated.saturating_sub(self.inherited);
        self.inherited = after.allocated;
        Ok(RestartProof { generation, before: before.unwrap_or(after), after, leak_out, settled })
    }
}
