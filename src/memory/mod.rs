//! Memory, measured: one jemalloc arena for each child, and what the kernel charges the process.
//!
//! Nothing here knows an actor. `arena` is the only file with `unsafe` code in it, besides the allocator's configuration
//! symbol in `allocator`. Both need the feature `jemalloc`: without it [`Arenas::probe`] says so, and the process is measured as
//! a whole.
//!
//! # What was measured
//!
//! The memory monitor's latest reading is a [`MemoryStatus`], with an [`AccountStatus`] for each child, the
//! [`ProcessMemory`] that the kernel charges, and the [`Instrument`] that told them apart:
//!
//! ```
//! use evenkeel::memory::{AccountStatus, HugePages, Instrument, MemoryStatus, ProcessMemory, process_memory, signed, size};
//!
//! fn show(status: &MemoryStatus) {
//!     if !matches!(status.instrument, Instrument { available: true, charged: true, .. }) {
//!         println!("children are not told apart");
//!     }
//!     if status.instrument.huge_pages == HugePages::Always {
//!         println!("pages of 2 MiB: a resident set is larger than what was asked for");
//!     }
//!     for AccountStatus { name, rss, growth_per_day, .. } in &status.children {
//!         let rss = rss.map_or("unknown".to_owned(), size);
//!         let growth = growth_per_day.map_or("unknown".to_owned(), signed);
//!         println!("{name}: {rss}, {growth} a day");
//!     }
//! }
//! # let _ = show;
//!
//! assert_eq!((size(64 << 20), signed(-512)), ("64.0 MiB".to_owned(), "-512 B".to_owned()));
//! let process: ProcessMemory = process_memory()?;
//! assert!(process.rss >= process.anonymous);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # What was decided
//!
//! Each decision is a [`Record`]: which [`Leg`] of the rules it stands on, the [`Evidence`] in numbers, the [`Action`] that was
//! taken, or the [`Wish`] that was not fulfilled and the [`Reason`], and later the [`Outcome`]. A [`Decision`] is the judgement
//! alone, with its [`Verdict`]; [`PROCESS`] is the name of the process among the children.
//!
//! ```
//! use evenkeel::memory::{Action, Decision, Evidence, Leg, Outcome, PROCESS, Reason, Record, Verdict, Wish, size};
//!
//! fn tell(record: &Record) -> String {
//!     let subject = if record.child == PROCESS { "the process" } else { &record.child };
//!     let what = match &record.action {
//!         Action::HeldBack { instead_of: Wish::Restart, reason: Reason::DryRun } => "would be restarted".to_owned(),
//!         Action::HeldBack { instead_of, reason } => format!("{instead_of:?} is held back: {reason:?}"),
//!         action => format!("{action:?}"),
//!     };
//!     let came_back = record.outcome.as_ref().map_or(0, Outcome::returned);
//!     let Evidence { floor, .. } = record.evidence;
//!     let hard = if record.leg == Leg::Hard { " at once" } else { "" };
//!     format!("{subject} at {}: {what}{hard}, {} came back", size(floor), size(came_back))
//! }
//!
//! fn is_due(decision: &Decision) -> bool {
//!     matches!(decision.verdict, Verdict::Case(_))
//! }
//! # let _ = (tell, is_due);
//! ```
//!
//! # An instrument of one's own
//!
//! [`Arenas`] is the instrument: an [`Arena`] is an account, an [`ArenaUsage`] what is on it, an [`ArenaError`] why that is
//! not known.
//!
//! ```
//! use evenkeel::memory::{Arena, ArenaError, ArenaUsage, Arenas};
//!
//! # #[cfg(feature = "jemalloc")]
//! #[global_allocator]
//! static ALLOCATOR: evenkeel::Allocator = evenkeel::Allocator;
//!
//! fn charged(work: impl FnOnce() + Send) -> Result<ArenaUsage, ArenaError> {
//!     let arena: Arena = Arenas::probe()?.create()?;
//!     std::thread::scope(|threads| {
//!         threads.spawn(|| arena.bind_current_thread().map(|()| work())).join().expect("it does not panic")
//!     })?;
//!     arena.usage()
//! }
//!
//! # #[cfg(feature = "jemalloc")] {
//! let kept = std::sync::Mutex::new(Vec::new());
//! let usage = charged(|| *kept.lock().expect("one thread") = vec![1_u8; 1 << 20])?;
//! assert!(usage.allocated >= 1 << 20 && usage.resident >= usage.allocated);
//! # }
//! # Ok::<(), ArenaError>(())
//! ```
//!
//! # Limits
//!
//! What a [`Limit`](crate::Limit) comes to are [`Limits`] with a [`TrendRule`]; a size is anything that is [`IntoSize`], and
//! what cannot be used is a [`LimitError`]:
//!
//! ```
//! use evenkeel::memory::{IntoSize, LimitError, Limits, TrendRule};
//! use evenkeel::{Limit, Trend};
//!
//! fn at_most(size: impl IntoSize) -> Result<Limits, LimitError> {
//!     Limit::derived().hard(size).trend(Trend::off()).check()
//! }
//!
//! let limits = at_most("256 MiB")?;
//! assert_eq!((limits.hard.map(|hard| hard.as_u64()), limits.trend), (Some(256 << 20), TrendRule::Off));
//! assert!(at_most("a lot").is_err());
//! # Ok::<(), LimitError>(())
//! ```
//!
//! # Its course
//!
//! [`Logbook::stretch`](crate::Logbook::stretch) is a [`Stretch`] of the course of the process and its children over a
//! [`Range`]: a [`Point`] for each time, and a [`Mark`] for what [`Happened`] in it, by its [`Cause`].
//!
//! ```
//! use evenkeel::Logbook;
//! use evenkeel::memory::{Cause, Happened, Mark, Point, Range, Stretch, UnknownRange};
//!
//! fn restarts(logbook: &Logbook, range: &str, now: jiff::Timestamp) -> Result<usize, UnknownRange> {
//!     let Stretch { points, marks, .. } = logbook.stretch(range.parse::<Range>()?, now);
//!     let highest = points.iter().filter_map(|point: &Point| point.rss).max();
//!     println!("the process held {highest:?} B at most");
//!     let by_memory = |mark: &&Mark| matches!(mark.what, Happened::Restart { cause: Cause::Memory, .. });
//!     Ok(marks.iter().filter(by_memory).count())
//! }
//! # let _ = restarts;
//! ```

#[cfg(feature = "jemalloc")]
#[doc(hidden)]
pub mod allocator;
#[cfg(not(feature = "jemalloc"))]
#[path = "no_allocator.rs"]
#[doc(hidden)]
pub mod allocator;
#[cfg(feature = "jemalloc")]
#[doc(hidden)]
pub mod arena;
#[cfg(not(feature = "jemalloc"))]
#[path = "no_arena.rs"]
#[doc(hidden)]
pub mod arena;
mod arena_usage;
#[doc(hidden)]
pub mod bytes;
#[doc(hidden)]
pub mod curve;
#[doc(hidden)]
pub mod decision;
#[doc(hidden)]
pub mod growth;
#[doc(hidden)]
pub mod history;
#[doc(hidden)]
pub mod hours;
#[doc(hidden)]
pub mod instrument;
#[doc(hidden)]
pub mod json_lines;
#[doc(hidden)]
pub mod ladder;
#[doc(hidden)]
pub mod ledger;
#[doc(hidden)]
pub mod level;
#[doc(hidden)]
pub mod limit;
#[doc(hidden)]
pub mod listing;
#[doc(hidden)]
pub mod policy;
#[doc(hidden)]
pub mod probe;
#[doc(hidden)]
pub mod record;
#[doc(hidden)]
pub mod replay;
#[doc(hidden)]
pub mod rules;
#[doc(hidden)]
pub mod sample;
#[doc(hidden)]
pub mod sentence;
#[doc(hidden)]
pub mod series;
#[doc(hidden)]
pub mod status;
#[doc(hidden)]
pub mod table;
#[doc(hidden)]
pub mod tape;
#[cfg(feature = "jemalloc")]
mod tenancy;
#[doc(hidden)]
pub mod timeline;
#[doc(hidden)]
pub mod trend;

pub use arena::{Arena, ArenaError, ArenaUsage, Arenas};
pub use bytes::{signed, size};
pub use decision::{Decision, Evidence, Leg, Verdict};
pub use instrument::Instrument;
pub use limit::{IntoSize, LimitError, Limits, TrendRule};
pub use probe::{HugePages, ProcessMemory, process_memory};
pub use record::{Action, Outcome, PROCESS, Reason, Record, Wish};
pub use status::{AccountStatus, MemoryStatus};
pub use timeline::{Cause, Happened, Mark, Point, Range, Stretch, UnknownRange};
