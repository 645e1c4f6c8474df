//! Giving unused pages back to the kernel, for certain.

use std::time::Duration;

use crate::memory::arena::{Arena, ArenaError};

/// A purge that the allocator's background thread was in the way of is tried again so often, after this pause.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(5);

/// Unused pages that an arena may keep: what a living child's next messages leave.
const LEFT: u64 = 64 * 1024;

/// Purges the arenas until they have next to no unused pages, or a tenth of a second is over.
pub(super) async fn purge(arenas: &[Arena]) {
    for _ in 0..TRIES {
        match purge_once(arenas) {
            Ok(true) => return,
            Ok(false) => tokio::time::sleep(PAUSE).await,
            Err(error) => {
                return log::warn!(event = "purge-failed"; "an arena keeps its unused pages: {error}");
            }
        }
    }
}

/// Whether that was enough.
fn purge_once(arenas: &[Arena]) -> Result<bool, ArenaError> {
    for arena in arenas {
        arena.purge()?;
    }
    if let Some(any) = arenas.first() {
        // Renews the statistics of all.
        any.usage()?;
    }
    let mut dirty = arenas.iter().map(Arena::dirty);
    dirty.try_fold(true, |enough, dirty| Ok(enough && dirty? <= LEFT))
}
