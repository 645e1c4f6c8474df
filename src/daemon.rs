//! The composition root: what is shared first, then links, then actors, then the web face; and an ordered end.
//!
//! Nothing is started before everything that can be wrong at start has been looked at: the port, the database, the
//! templates, the configuration's time zone.
//!
//! A daemon that listens, and one for an application's own server, need the feature `web`; without it there are the actors
//! and what they store. All of it needs `sqlite`. [The guide](crate::guide::daemon) has one within an application; here is one
//! that is made by a [`Builder`], asked and ended, with what may keep it from starting:
//!
//! ```
//! use evenkeel::config::Config;
//! use evenkeel::daemon::{Builder, Daemon, StartError};
//!
//! # actix::System::new().block_on(async {
//! # let directory = tempfile::tempdir()?;
//! # let data_dir = directory.path().to_path_buf();
//! let mut config = Config { data_dir, ..Config::default() };
//! // Nothing is collected: no market is on.
//! (config.market.vietnam, config.market.crypto, config.market.us) = (false, false, true);
//! config.market.sources.yahoo.enabled = false;
//!
//! let builder: Builder = Daemon::builder().config(config.clone());
//! let daemon: Daemon = builder.start()?;
//! assert_eq!(daemon.address, None, "it listens nowhere unless it is told to");
//! assert!(daemon.archive.list(10, None)?.is_empty());
//!
//! // A directory has one daemon.
//! let second = Daemon::builder().config(config).start();
//! assert!(matches!(second, Err(StartError::Occupied { .. })));
//!
//! let ended = daemon.shut_down().await?;
//! assert!(ended.cut_short.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

mod builder;
mod circumstances;
mod day;
mod diary;
mod error;
#[cfg(feature = "web")]
mod exhibits;
mod extent;
#[cfg(feature = "web")]
mod face;
#[cfg(not(feature = "web"))]
#[path = "daemon/no_face.rs"]
mod face;
mod foundation;
mod links;
#[cfg(feature = "web")]
mod listener;
#[cfg(feature = "redis")]
mod shared_store;
#[cfg(not(feature = "redis"))]
#[path = "daemon/no_shared_store.rs"]
mod shared_store;
#[cfg(feature = "web")]
mod socket;

use std::cell::RefCell;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::config::Config;
use crate::market::indices::MarketIndices;
use crate::market::store::IndexStore;
use crate::persistence::actor::Persistence;
use crate::persistence::archive::Archive;
use crate::report::builder::ReportBuilder;
use crate::report::messages::ObserveSchedule;
use crate::supervision::handle::SupervisorHandle;
use crate::supervision::link::Link;
use crate::supervision::memory_monitor::logbook::Logbook;
use crate::supervision::messages::SupervisorError;
use crate::supervision::recipient::Recipient;
use crate::supervision::status::ShutdownReport;

pub use builder::Builder;
#[doc(hidden)]
pub use circumstances::Circumstances;
use day::Tally;
use diary::{Diary, Writer};
pub use error::StartError;
#[doc(hidden)]
pub use extent::Extent;
use face::Faces;
#[cfg(feature = "web")]
#[doc(hidden)]
pub use face::Remains;
use foundation::Foundation;
use links::Links;
#[cfg(feature = "web")]
#[doc(hidden)]
pub use listener::{FIRST_DESCRIPTOR, Inherited};
#[cfg(feature = "web")]
#[doc(hidden)]
pub use socket::{OwnersSocket, SOCKET, too_long};

/// How long a question about the schedule waits for a scheduler that is being replaced.
const STATUS_WITHIN: Duration = Duration::from_secs(3);

/// A running daemon. Lives on the thread of the actix system that it was started in.
pub struct Daemon {
    /// Restarts its actors.
    pub supervisor: SupervisorHandle,
    /// Refreshes the indices.
    pub market: Link<MarketIndices>,
    /// Builds reports.
    pub builder: Link<ReportBuilder>,
    /// Writes them.
    pub persistence: Link<Persistence>,
    /// Where the latest snapshot is.
    pub store: Arc<dyn IndexStore>,
    /// Where the committed reports are.
    pub archive: Archive,
    /// What is known of its memory, and what was decided about it.
    pub memory: Logbook,
    /// Knows when the next report is due; nothing where no report is scheduled.
    pub schedule: Option<Recipient<ObserveSchedule>>,
    /// Its time.
    pub clock: Clock,
    /// Where the web face listens.
    pub address: Option<SocketAddr>,
    faces: Faces,
    /// Nothing for a single report.
    diary: Option<Diary>,
    config: Config,
}

impl Daemon {
    /// The names of all its actors, in the order in which they are started.
    pub const ACTORS: &[&str] = &links::ACTORS;

    /// Starts the daemon in the running actix system.
    ///
    /// # Errors
    /// See [`StartError`]; nothing is left running.
    #[doc(hidden)]
    pub fn start(config: Config, clock: Clock, extent: Extent) -> Result<Self, StartError> {
        Self::start_under(Circumstances::default(), config, clock, extent)
    }

    /// The same under other circumstances than the usual ones.
    ///
    /// # Errors
    /// See [`StartError`]; nothing is left running.
    #[doc(hidden)]
    pub fn start_under(
        circumstances: Circumstances,
        config: Config,
        clock: Clock,
        extent: Extent,
    ) -> Result<Self, StartError> {
        let mut circumstances = circumstances;
        let reserved = face::reserve(&mut circumstances, &config, extent)?;
        let foundation = Arc::new(Foundation::lay(config, clock, circumstances)?);
        let links = Links::new();
        let supervisor = foundation.start(&links, extent)?;
        // Whoever asks how the schedule stands does not wait for a new scheduler as long as work would.
        let scheduled = extent.lasts() && foundation.config.report.scheduled;
        let schedule = scheduled.then(|| links.auto.with_patience(STATUS_WITHIN).recipient());
        let faces = face::open(reserved, &foundation, &links, &supervisor, schedule.as_ref())?;
        let mut daemon = Self {
            supervisor,
            market: links.market,
            builder: links.builder,
            persistence: links.persistence,
            store: Arc::clone(&foundation.store),
            archive: foundation.archive.clone(),
            memory: foundation.logbook.clone(),
            schedule,
            clock: foundation.clock.clone(),
            address: faces.address(),
            faces,
            diary: None,
            config: foundation.config.clone(),
        };
        if extent.lasts() {
            daemon.begin_the_diary(&foundation);
        }
        Ok(daemon)
    }

    fn begin_the_diary(&mut self, foundation: &Foundation) {
        let writer = Writer {
            supervisor: self.supervisor.clone(),
            memory: self.memory.clone(),
            instruments: foundation.instruments.clone(),
            editions: self.config.report.each_edition().into_iter().map(|edition| edition.edition).collect(),
            clock: foundation.clock.clone(),
            zone: foundation.zone.clone(),
            before: RefCell::new(Tally::begun(foundation.clock.now())),
        };
        self.diary = Some(Diary::begin(writer));
    }

    /// A daemon for a running actix system: what is not said is as it is by default.
    ///
    /// ```no_run
    /// # async fn start() -> Result<(), evenkeel::daemon::StartError> {
    /// let daemon = evenkeel::daemon::Daemon::builder().start()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// What it was started with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Ends everything, in order, within the configured limit: first no new requests, and the streams of whoever watches
    /// through a mount, then the actors, the last started first. A mount says from then on that there is no daemon any more.
    ///
    /// # Errors
    /// When the supervisor is gone already.
    pub async fn shut_down(self) -> Result<ShutdownReport, SupervisorError> {
        // A reader of a large report is not worth the deadline. Who asks by the socket learns that there is none any more;
        // the directory is free when the actors have written what they had to.
        let _closed = self.faces.close();
        let report = self.supervisor.shut_down(self.config.supervision.drain_within).await;
        // After the actors: what they did at the end belongs to the day.
        if let Some(diary) = self.diary {
            diary.close().await;
        }
        report
    }
}
