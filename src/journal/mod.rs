//! The journal: the last lines of the daemon's log, kept in the process for whoever looks at it while it runs; how lines
//! are folded, and how they are written.
//!
//! Bounded in lines and in bytes, whatever is logged. Nothing here writes anywhere: the command line's logger fills the
//! journal, the web face and the terminal read it. A reader asks for what came after the last line that he has seen; who
//! reads too slowly misses lines and can tell by their numbers.

mod entry;
mod fold;
mod keeper;
pub mod line;

pub use entry::{Entry, Severity};
pub use fold::Fold;
pub use keeper::Journal;
