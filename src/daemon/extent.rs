//! How much of the daemon is started.

/// What of the daemon is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Extent {
    /// All of it: it listens. Needs the feature `web`.
    #[cfg(feature = "web")]
    Whole,
    /// All actors, for an application with a server of its own: nothing listens.
    Embedded,
    /// The actors that make a report, without schedule and web face.
    OneReport,
}

impl Extent {
    /// Whether it is a daemon, which goes on until it is told to end.
    pub(super) fn lasts(self) -> bool {
        self != Self::OneReport
    }
}
