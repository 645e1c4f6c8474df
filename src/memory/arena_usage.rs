//! What is known of an arena, and why it is not: the same with the feature `jemalloc` and without it.

/// Why an arena could not be made, bound or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArenaError {
    /// The program did not install the allocator.
    #[error(
        "memory cannot be measured for each child: the program does not use evenkeel's allocator; see install_allocator!"
    )]
    Unavailable,
    /// The program was built without arenas.
    #[error("memory cannot be measured for each child: evenkeel was built without the feature jemalloc")]
    NotBuilt,
    /// jemalloc refused an operation.
    #[error("the allocator refused to {operation}: {reason}")]
    Refused {
        /// What was asked for.
        operation: &'static str,
        /// The allocator's own words.
        reason: String,
    },
    /// The thread is charged to another arena than the one it was bound to.
    #[error("the thread was bound to arena {wanted} but is charged to arena {found}")]
    NotBound {
        /// The arena asked for.
        wanted: u32,
        /// The arena that the thread is bound to.
        found: u32,
    },
}

/// How much of an arena is in use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
pub struct ArenaUsage {
    /// Bytes of living objects that were allocated in the arena, whoever holds them now.
    pub allocated: u64,
    /// Bytes of physical memory that the arena holds: living objects, fragmentation, dirty pages and metadata.
    pub resident: u64,
}
