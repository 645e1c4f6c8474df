//! Evenkeel collects market indices every three minutes and writes a bilingual market report every few hours, on
//! supervised actors whose memory is measured one by one.
//!
//! The second half of that stands by itself: [the guide](guide) shows how any actix application supervises its own actors,
//! with [`Supervisor`], [`Child`], [`Link`] and [`Limit`], and how one has the whole daemon within it.
//!
//! The house, from the roof down; a room uses what stands below it and nothing above:
//!
//! | room | what lives there | feature |
//! | --- | --- | --- |
//! | [`guide`] | how an application supervises its own actors, and embeds the daemon | |
//! | `cli` | the command line of the `evenkeel` program | `cli` |
//! | `soak` | simulated days through the whole daemon, measured; only the waiting is left out | `cli` |
//! | [`daemon`] | the composition root: links, then actors, then the web face; an ordered end | `sqlite` |
//! | [`web`] | what browsers and scripts see | `web` |
//! | [`report`] | composing, rendering, streaming; the `ReportBuilder` and `AutoReport` actors | `sqlite` |
//! | [`market`] | indices, sources, the latest snapshot; the `MarketIndices` actor | `sqlite` |
//! | `analytics` | indicators: pure functions of prices | `sqlite` |
//! | `laboratory` | actors that leak on purpose, for trials of the memory monitor | `sqlite` |
//! | [`persistence`] | reports and history in a database; the `Persistence` actor and the read side | `sqlite` |
//! | [`simulator`] | a simulated exchange that answers over real HTTP | `simulator` |
//! | [`supervision`] | links, generations, restart policy; the `Supervisor` and `MemoryMonitor` actors | |
//! | [`memory`] | jemalloc arenas as accounts, what the kernel charges; the policy and the ladder, as pure functions | |
//! | [`journal`] | the last lines of the log, for whoever looks at the running daemon | `web` |
//! | [`config`] | every setting, validated once, at start | `sqlite`, but for limits and supervision |
//! | [`clock`] | the only source of wall-clock time | |
//!
//! What is shown here is what is promised: docs/public-items.md lists it, and a change of it is a change of the version. Modules
//! below those rooms, and the rooms without a link, can be reached for the sake of this package's own tests and programs; they change
//! without notice.
//!
//! All features are on by default, and each only adds. Without any, the crate is supervision, and measures the process as a
//! whole; `jemalloc` measures child by child and brings [`Allocator`] and [`install_allocator!`]; `postgres` and `redis` bring
//! those servers to the daemon.
//!
//! What holds, and is tested:
//!
//! 1. A panic in one actor restarts that actor and nothing else.
//! 2. A message that is sent while its actor is restarted is handled by the next generation; no message is handled
//!    twice.
//! 3. A child's generations share nothing but an arena: each has a thread and a value of its own.
//! 4. A report is stored whole or not at all, whatever ends its build.
//! 5. A build holds one page of constituents and a few chunks of 64 KiB, whatever the size of the report.
//! 6. A source that fails costs its own indices only, and the snapshot is stored all the same.
//! 7. Between two refreshes, or two reports, an actor holds none of their data.
//! 8. Nothing is started before everything that can be wrong at start has been looked at.
//! 9. What a child allocates is charged to it, and what is charged to the children and what is unattributed are
//!    together what the kernel charges the process.
//! 10. A child is restarted because of its memory on proof only; what came of it is measured, and what did not help is
//!     not repeated.
//! 11. Several supervisors in one process do not meet: each judges its own children, and the process if it is told to.
//! 12. A process that replaces itself keeps its PID and its socket, and refuses nobody meanwhile.
//! 13. A data directory has one daemon, and its socket there lets nobody in but the daemon's own user.

#[cfg(feature = "sqlite")]
#[doc(hidden)]
pub mod analytics;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
pub mod clock;
pub mod config;
#[cfg(feature = "sqlite")]
pub mod daemon;
pub mod guide;
#[cfg(feature = "web")]
pub mod journal;
#[cfg(feature = "sqlite")]
#[doc(hidden)]
pub mod laboratory;
#[cfg(feature = "sqlite")]
pub mod market;
pub mod memory;
#[cfg(feature = "sqlite")]
pub mod persistence;
#[cfg(feature = "sqlite")]
pub mod report;
#[cfg(feature = "simulator")]
pub mod simulator;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod soak;
pub mod supervision;
#[cfg(feature = "web")]
pub mod web;

#[cfg(feature = "jemalloc")]
pub use memory::allocator::Allocator;
pub use memory::limit::{Limit, Trend};
pub use supervision::builder::SupervisorBuilder;
pub use supervision::child::Child;
pub use supervision::event::{Event, Events};
pub use supervision::handle::SupervisorHandle;
pub use supervision::link::{Link, LinkError};
pub use supervision::memory_monitor::logbook::Logbook;
pub use supervision::memory_monitor::whole_process::WholeProcess;
pub use supervision::messages::SupervisorError;
pub use supervision::recipient::Recipient;
pub use supervision::restart::RestartPolicy;
pub use supervision::supervisor::Supervisor;
