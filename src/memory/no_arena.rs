//! In place of jemalloc's arenas in a build without the feature `jemalloc`: there are none, and none can be made.
//!
//! The same face as with it. Nothing here has a value, so that the compiler knows that none of it is ever called.

pub use super::arena_usage::{ArenaError, ArenaUsage};

/// The instrument, which there is only with the feature `jemalloc`.
#[derive(Debug, Clone)]
pub struct Arenas(Never);

/// An arena, which there is only with the feature `jemalloc`.
#[derive(Debug, Clone)]
pub struct Arena(Never);

/// Has no value; hidden in the two, whose users are compiled as if they had any.
#[derive(Debug, Clone)]
enum Never {}

impl Arenas {
    /// Says that there are no arenas.
    ///
    /// # Errors
    /// [`ArenaError::NotBuilt`], always.
    pub fn probe() -> Result<Self, ArenaError> {
        Err(ArenaError::NotBuilt)
    }

    /// An arena that is nobody else's.
    pub fn create(&self) -> Result<Arena, ArenaError> {
        match self.0 {}
    }

    /// Physical memory in arenas of other supervisors' children.
    pub fn elsewhere(&self, _: &[u32]) -> Result<u64, ArenaError> {
        match self.0 {}
    }

    /// Renews the statistics.
    pub fn renew(&self) -> Result<(), ArenaError> {
        match self.0 {}
    }

    /// What all automatic arenas hold together.
    pub fn automatic(&self) -> Result<ArenaUsage, ArenaError> {
        match self.0 {}
    }

    /// Whether the allocator's background thread is on.
    pub fn background_thread(&self) -> Result<bool, ArenaError> {
        match self.0 {}
    }

    /// Gives the calling thread's cache back.
    pub fn flush_current_thread(&self) -> Result<(), ArenaError> {
        match self.0 {}
    }

    /// Gives the unused pages of all arenas back.
    pub fn purge_all(&self) -> Result<(), ArenaError> {
        match self.0 {}
    }

    /// The arena that the calling thread is charged to.
    pub fn bound(&self) -> Result<Arena, ArenaError> {
        match self.0 {}
    }
}

impl Arena {
    /// The arena's number.
    pub fn index(&self) -> u32 {
        match self.0 {}
    }

    /// Charges the calling thread to this arena.
    pub fn bind_current_thread(&self) -> Result<(), ArenaError> {
        match self.0 {}
    }

    /// What the arena holds now.
    pub fn usage(&self) -> Result<ArenaUsage, ArenaError> {
        match self.0 {}
    }

    /// What the arena held when the statistics were renewed last.
    pub fn read(&self) -> Result<ArenaUsage, ArenaError> {
        match self.0 {}
    }

    /// Gives the calling thread's cache back.
    pub fn flush_current_thread(&self) -> Result<(), ArenaError> {
        match self.0 {}
    }

    /// Bytes in unused pages.
    pub fn dirty(&self) -> Result<u64, ArenaError> {
        match self.0 {}
    }

    /// Gives the unused pages back.
    pub fn purge(&self) -> Result<(), ArenaError> {
        match self.0 {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_for_arenas_learns_which_feature_has_them() {
        let refusal = Arenas::probe().unwrap_err();
        assert!(refusal.to_string().ends_with("built without the feature jemalloc"), "{refusal}");
    }
}
