//! How much of the daemon is started.

/// What of the daemon is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// All actors, for an application with a server of its own: nothing listens.
    Embedded,
    /// The actors that make a report, without schedule and web face.
    OneReport,
}
