//! Memory, measured: one jemalloc arena for each child, and what the kernel charges the process.
//!
//! Nothing here knows an actor. [`arena`] is the only file with `unsafe` code in it, besides the allocator's
//! configuration symbol in [`allocator`]. Both need the feature `jemalloc`: without it [`arena::Arenas::probe`] says so, and the
//! process is measured as a whole. An embedding application meets [`limit`], [`record`] and [`status`].

#[cfg(feature = "jemalloc")]
pub mod allocator;
#[cfg(not(feature = "jemalloc"))]
#[path = "no_allocator.rs"]
pub mod allocator;
#[cfg(feature = "jemalloc")]
pub mod arena;
#[cfg(not(feature = "jemalloc"))]
#[path = "no_arena.rs"]
pub mod arena;
mod arena_usage;
pub mod bytes;
pub mod curve;
pub mod decision;
pub mod growth;
pub mod history;
pub mod hours;
pub mod instrument;
pub mod json_lines;
pub mod ladder;
pub mod ledger;
pub mod level;
pub mod limit;
pub mod listing;
pub mod policy;
pub mod probe;
pub mod record;
pub mod replay;
pub mod rules;
pub mod sample;
pub mod sentence;
pub mod series;
pub mod status;
pub mod table;
pub mod tape;
#[cfg(feature = "jemalloc")]
mod tenancy;
pub mod timeline;
pub mod trend;
