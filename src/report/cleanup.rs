//! The line with the broom: what a report left behind in its builder's arena, and what went back to the kernel.

use crate::memory::arena::{Arena, ArenaError, ArenaUsage, Arenas};
use crate::memory::probe::process_rss;
use crate::supervision::BLOCKING_KEEP_ALIVE;

/// The account of one report.
pub(super) struct Cleanup(Option<Account>);

struct Account {
    arenas: Arenas,
    arena: Arena,
    before: ArenaUsage,
}

impl Cleanup {
    /// Notes the floor. Called on the actor's own thread, which tells whose arena it is.
    pub(super) fn before_report(arenas: Option<&Arenas>) -> Self {
        let account = arenas.and_then(|arenas| {
            let arena = arenas.bound().ok()?;
            let before = arena.usage().ok()?;
            Some(Account { arenas: arenas.clone(), arena, before })
        });
        Self(account)
    }

    /// Gives unused pages back and says what is held. Begun when everything of the report has been dropped.
    pub(super) async fn after_report(self) {
        let Some(account) = self.0 else {
            return log::info!(event = "cleanup-not-measured"; "🧹 memory is not measured child by child: the allocator is not installed");
        };
        // The blocking threads take their caches of freed objects with them.
        tokio::time::sleep(BLOCKING_KEEP_ALIVE * 2).await;
        match account.sweep() {
            Ok((freed_bytes, after)) => {
                let held_bytes = after.resident;
                // Unknown where there is no /proc.
                let process_bytes = process_rss().ok();
                let process =
                    process_bytes.map_or_else(String::new, |bytes| format!("; the process holds {bytes}"));
                let (floor_before_bytes, floor_after_bytes) = (account.before.allocated, after.allocated);
                log::info!(event = "cleanup", freed_bytes, held_bytes, floor_before_bytes, floor_after_bytes, process_bytes:serde;
                    "🧹 memory cleanup completed: report-builder freed {freed_bytes} bytes and holds {held_bytes}; \
                     floor {floor_before_bytes} bytes before the report, {floor_after_bytes} after it{process}");
            }
            Err(error) => {
                log::warn!(event = "cleanup-not-proven"; "🧹 memory cleanup is not proven: {error}")
            }
        }
    }
}

impl Account {
    /// The bytes that went back to the kernel, and what the arena holds after that.
    fn sweep(&self) -> Result<(u64, ArenaUsage), ArenaError> {
        self.arenas.flush_current_thread()?;
        let dirty = self.arena.usage()?;
        self.arena.purge()?;
        let after = self.arena.usage()?;
        Ok((dirty.resident.saturating_sub(after.resident), after))
    }
}
