//! The journal: the last lines of the daemon's log, kept in the process for whoever looks at it while it runs; how lines
//! are folded, and how they are written.
//!
//! Bounded in lines and in bytes, whatever is logged. Nothing here writes anywhere: the command line's logger fills the
//! journal, the web face and the terminal read it. A reader asks for what came after the last line that he has seen; who
//! reads too slowly misses lines and can tell by their numbers.
//!
//! An application that wants its log on the dashboard gives a [`Journal`] to the daemon's builder, and adds an [`Entry`] of some
//! [`Severity`] for each line:
//!
//! ```
//! use evenkeel::journal::{Entry, Journal, Severity};
//!
//! struct Logger {
//!     journal: Journal,
//! }
//!
//! impl log::Log for Logger {
//!     fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
//!         metadata.level() <= log::Level::Info
//!     }
//!
//!     fn log(&self, record: &log::Record<'_>) {
//!         self.journal.add(Entry::of(record, jiff::Timestamp::now()));
//!     }
//!
//!     fn flush(&self) {}
//! }
//!
//! let journal = Journal::default();
//! let logger = Logger { journal: journal.clone() };
//! log::Log::log(&logger, &log::Record::builder().level(log::Level::Warn).args(format_args!("the tide is low")).build());
//! let newest = journal.after(0, 10, |entry| entry.level >= Severity::Warn);
//! assert_eq!(newest[0].message, "the tide is low");
//! ```

mod entry;
mod fold;
mod keeper;
#[doc(hidden)]
pub mod line;
mod plain;

pub use entry::{Entry, Severity};
#[doc(hidden)]
pub use fold::Fold;
pub use keeper::Journal;
