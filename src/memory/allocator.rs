//! The allocator that a program installs to have its memory measured child by child, and its configuration.

#![allow(
    unsafe_code,
    reason = "exporting a symbol is unsafe: any other one of the same name would be replaced"
)]

/// The allocator to install, in the `main.rs` of a binary:
///
/// ```
/// #[global_allocator]
/// static ALLOCATOR: evenkeel::Allocator = evenkeel::Allocator;
///
/// fn main() {
///     let instrument = evenkeel::memory::arena::Arenas::probe().unwrap();
///     assert!(instrument.background_thread().unwrap());
/// }
/// ```
///
/// It is jemalloc, with the configuration that the measurements rely on. `MALLOC_CONF` in the environment of the program
/// goes before it, option by option.
///
/// * `background_thread:true`: an idle arena gives its dirty pages back; without it they stay for ever.
/// * `dirty_decay_ms:1000,muzzy_decay_ms:0`: within a second, and to the kernel at once.
/// * `oversize_threshold:0`: no hidden arena for large allocations, they are charged to whoever made them.
/// * `tcache_max:256`: a thread hoards no freed objects larger than this; buffers go back to their arena at once.
/// * `slab_sizes:1-4096:1`: small objects of one size share one page instead of up to eight. An arena that holds little
///   holds few pages: with these settings a daemon of five actors takes 1.5 MiB less, at the same speed.
/// * `narenas:1`: everything that belongs to no child shares one automatic arena. A program with many busy threads beside
///   its supervised actors may want more: `MALLOC_CONF=narenas:8`.
pub use tikv_jemallocator::Jemalloc as Allocator;

/// jemalloc reads the symbol of this name before `main`.
#[allow(non_upper_case_globals)]
#[unsafe(export_name = "malloc_conf")]
pub static malloc_conf: &[u8; 126] =
    b"background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0,oversize_threshold:0,narenas:1,tcache_max:256,slab_sizes:1-4096:1\0";

/// Installs [`Allocator`](crate::memory::allocator::Allocator) as the global allocator of a program.
///
/// Goes into the `main.rs` of a binary, once, at the top level:
///
/// ```
/// evenkeel::install_allocator!();
///
/// fn main() {
///     assert!(evenkeel::memory::arena::Arenas::probe().is_ok());
/// }
/// ```
#[macro_export]
macro_rules! install_allocator {
    () => {
        #[global_allocator]
        static GLOBAL_ALLOCATOR: $crate::memory::allocator::Allocator = $crate::memory::allocator::Allocator;
    };
}
