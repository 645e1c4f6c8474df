//! A daemon within a larger application: what it is made of, said piece by piece.
//!
//! It installs no logger, no signal handler and no allocator, and listens nowhere unless it is told to. Several daemons of one
//! process share nothing, as long as their data directories differ.

use std::sync::Arc;

use super::Daemon;
use super::circumstances::Circumstances;
use super::error::StartError;
use super::extent::Extent;
use crate::clock::Clock;
use crate::config::Config;
#[cfg(feature = "web")]
use crate::journal::Journal;
use crate::market::source::{IndexSource, OwnSources};
use crate::market::store::IndexStore;

/// Makes a [`Daemon`]; see [`Daemon::builder`].
#[must_use = "nothing runs before start"]
pub struct Builder {
    config: Config,
    clock: Clock,
    sources: Vec<Box<dyn IndexSource>>,
    store: Option<Arc<dyn IndexStore>>,
    #[cfg(feature = "web")]
    journal: Journal,
    extent: Extent,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            config: Config::default(),
            clock: Clock::system(),
            sources: Vec::new(),
            store: None,
            #[cfg(feature = "web")]
            journal: Journal::default(),
            extent: Extent::Embedded,
        }
    }
}

impl Builder {
    /// The settings; the defaults without it. Checked at the start, like those of the program.
    pub fn config(self, config: Config) -> Self {
        Self { config, ..self }
    }

    /// The time; the machine's without it.
    pub fn clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// Sources of the application's own, the most trusted first, beside those of the configuration.
    pub fn sources(mut self, sources: impl IntoIterator<Item = Box<dyn IndexSource>>) -> Self {
        self.sources.extend(sources);
        self
    }

    /// One more of them.
    pub fn source(mut self, source: impl IndexSource) -> Self {
        self.sources.push(Box::new(source));
        self
    }

    /// Where the latest snapshot is kept, instead of Redis or the process.
    pub fn store(self, store: impl IndexStore + 'static) -> Self {
        Self { store: Some(Arc::new(store)), ..self }
    }

    /// The journal that the application's logger fills: the dashboard shows its last lines. Needs the feature `web`.
    #[cfg(feature = "web")]
    pub fn journal(self, journal: Journal) -> Self {
        Self { journal, ..self }
    }

    /// Has the daemon listen where the configuration says, like the program. Without it, nothing listens, and
    /// `Daemon::mount` is for the application's own server. Needs the feature `web`.
    #[cfg(feature = "web")]
    pub fn listen(self) -> Self {
        Self { extent: Extent::Whole, ..self }
    }

    /// Starts the daemon in the running actix system. It lives on this thread, and its actors on threads of their own.
    ///
    /// # Errors
    /// See [`StartError`]; nothing is left running.
    pub fn start(self) -> Result<Daemon, StartError> {
        self.config.validate()?;
        let circumstances = Circumstances {
            #[cfg(feature = "web")]
            journal: self.journal,
            sources: OwnSources::new(self.sources)?,
            store: self.store,
            ..Circumstances::default()
        };
        Daemon::start_under(circumstances, self.config, self.clock, self.extent)
    }
}
