//! The composition root: what is shared first, then links, then actors, then the web face; and an ordered end.
//!
//! Nothing is started before everything that can be wrong at start has been looked at: the port, the database, the
//! templates, the configuration's time zone.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use jiff::tz::TimeZone;

use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::market::indices::{MarketIndices, Outlets};
use crate::market::source::{Gates, SourceError, Sources, client_config};
use crate::market::store::{InProcessStore, IndexStore};
use crate::memory::arena::Arenas;
use crate::persistence::actor::Persistence;
use crate::persistence::archive::Archive;
use crate::persistence::connection::Database;
use crate::persistence::{OpenError, PersistenceError};
use crate::report::auto::AutoReport;
use crate::report::builder::{ReportBuilder, Shelf, Workshop};
use crate::report::render::{TemplateError, Templates};
use crate::report::schedule::{Schedule, ScheduleError};
use crate::supervision::child::Child;
use crate::supervision::handle::SupervisorHandle;
use crate::supervision::link::Link;
use crate::supervision::messages::SupervisorError;
use crate::supervision::status::ShutdownReport;
use crate::supervision::supervisor::Supervisor;
use crate::web::{self, Face};

/// Why the daemon did not start. Nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The configured time zone is not known.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// The port cannot be had.
    #[error(
        "cannot listen on {address}: {reason}; is another program using the port? set server.port or PORT"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The operating system's reason.
        reason: std::io::Error,
    },
    /// The data directory cannot be made.
    #[error("cannot create the data directory {path}: {reason}")]
    DataDir {
        /// The directory.
        path: String,
        /// The operating system's reason.
        reason: std::io::Error,
    },
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database cannot be used.
    #[error(transparent)]
    Persistence(#[from] PersistenceError),
    /// The templates that were compiled in are wrong.
    #[error(transparent)]
    Templates(#[from] TemplateError),
    /// The sources cannot be set up.
    #[error(transparent)]
    Sources(#[from] SourceError),
}

/// What of the daemon is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// The actors that make a report, without schedule and web face.
    OneReport,
}

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
    /// Where the web face listens.
    pub address: Option<SocketAddr>,
    server: Option<ServerHandle>,
    config: Config,
}

/// What is shared by actors and survives their restarts.
struct Foundation {
    config: Config,
    clock: Clock,
    zone: TimeZone,
    schedule: Schedule,
    store: Arc<dyn IndexStore>,
    archive: Archive,
    templates: Templates,
    tls: Arc<rustls::ClientConfig>,
    gates: Gates,
    arenas: Option<Arenas>,
}

struct Links {
    market: Link<MarketIndices>,
    builder: Link<ReportBuilder>,
    auto: Link<AutoReport>,
    persistence: Link<Persistence>,
}

impl Daemon {
    /// Starts the daemon in the running actix system.
    ///
    /// # Errors
    /// See [`StartError`]; nothing is left running.
    pub fn start(config: Config, clock: Clock, extent: Extent) -> Result<Self, StartError> {
        let listener = match extent {
            Extent::Whole => Some(listen(&config)?),
            Extent::OneReport => None,
        };
        let foundation = Arc::new(Foundation::lay(config, clock)?);
        let links = Links::new();
        let supervisor = foundation.supervisor(&links, extent).run();
        let mut daemon = Self {
            supervisor,
            market: links.market,
            builder: links.builder,
            persistence: links.persistence,
            store: Arc::clone(&foundation.store),
            archive: foundation.archive.clone(),
            address: None,
            server: None,
            config: foundation.config.clone(),
        };
        if let Some(listener) = listener {
            daemon.open_the_face(listener, &foundation)?;
        }
        Ok(daemon)
    }

    fn open_the_face(&mut self, listener: TcpListener, foundation: &Foundation) -> Result<(), StartError> {
        let fallback = SocketAddr::new(self.config.server.host, self.config.server.port);
        let address = listener.local_addr().unwrap_or(fallback);
        let face = Face {
            supervisor: self.supervisor.clone(),
            store: Arc::clone(&self.store),
            archive: self.archive.clone(),
            templates: foundation.templates.clone(),
            zone: foundation.zone.clone(),
            clock: foundation.clock.clone(),
        };
        let (workers, readers) = (self.config.server.workers, self.config.database.readers);
        let server = web::serve(face, listener, workers, readers)
            .map_err(|reason| StartError::Listen { address, reason })?;
        self.server = Some(server.handle());
        self.address = Some(address);
        actix_rt::spawn(server);
        log::info!(address:%; "listening on http://{address}");
        Ok(())
    }

    /// Ends everything, in order, within the configured limit: first no new requests, then the actors, the last
    /// started first.
    ///
    /// # Errors
    /// When the supervisor is gone already.
    pub async fn shut_down(self) -> Result<ShutdownReport, SupervisorError> {
        if let Some(server) = self.server {
            // A reader of a large report is not worth the deadline.
            actix_rt::spawn(server.stop(false));
        }
        self.supervisor.shut_down(self.config.supervision.drain_within).await
    }
}

impl Links {
    fn new() -> Self {
        Self {
            market: Link::new("market-indices"),
            builder: Link::new("report-builder"),
            auto: Link::new("auto-report"),
            persistence: Link::new("persistence"),
        }
    }
}

impl Foundation {
    fn lay(config: Config, clock: Clock) -> Result<Self, StartError> {
        let schedule = Schedule::from_config(&config.report)?;
        let zone = TimeZone::get(&config.report.zone)
            .map_err(|_| ScheduleError::UnknownZone(config.report.zone.clone()))?;
        let templates = Templates::load()?;
        let tls = client_config()?;
        let path = config.database_path()?;
        let directory = &config.data_dir;
        std::fs::create_dir_all(directory)
            .map_err(|reason| StartError::DataDir { path: directory.display().to_string(), reason })?;
        let mut database = Database::open(&path, config.database.lock_wait)?;
        for migration in database.migrate()? {
            log::info!(migration = migration.as_str(); "the database has been migrated: {migration}");
        }
        drop(database);
        let archive = Archive::open(&path, config.database.readers, config.database.lock_wait)?;
        let arenas = Arenas::probe().map_err(|error| log::warn!("{error}")).ok();
        let store = Arc::new(InProcessStore::new(clock.clone()));
        let gates = Gates::default();
        Ok(Self { config, clock, zone, schedule, store, archive, templates, tls, gates, arenas })
    }

    /// Children in the order in which they need each other: `Persistence` first, who gives orders last.
    fn supervisor(self: &Arc<Self>, links: &Links, extent: Extent) -> Supervisor {
        let supervisor = Supervisor::new(self.config.supervision.clone(), self.arenas.clone(), &self.clock)
            .supervise(self.persistence(links))
            .supervise(self.market(links))
            .supervise(self.builder(links));
        match extent {
            Extent::Whole if self.config.report.scheduled => supervisor.supervise(self.auto(links)),
            Extent::Whole => {
                log::info!("no schedule: report.scheduled is false");
                supervisor
            }
            Extent::OneReport => supervisor,
        }
    }

    fn persistence(self: &Arc<Self>, links: &Links) -> Child<Persistence> {
        let shared = Arc::clone(self);
        Child::fallible(&links.persistence, move || {
            let path = shared.config.database_path()?;
            let lock_wait = shared.config.database.lock_wait;
            Ok::<_, StartError>(Persistence::new(&path, lock_wait, shared.clock.clone())?)
        })
    }

    fn market(self: &Arc<Self>, links: &Links) -> Child<MarketIndices> {
        let shared = Arc::clone(self);
        let (me, history) = (links.market.clone(), links.persistence.recipient());
        Child::fallible(&links.market, move || {
            let outlets =
                Outlets { me: me.clone(), store: Arc::clone(&shared.store), history: history.clone() };
            let market = &shared.config.market;
            let (every, ttl) = (market.refresh_every, market.snapshot_ttl);
            Ok::<_, SourceError>(MarketIndices::new(
                shared.sources()?,
                outlets,
                shared.clock.clone(),
                every,
                ttl,
            ))
        })
    }

    fn builder(self: &Arc<Self>, links: &Links) -> Child<ReportBuilder> {
        let shared = Arc::clone(self);
        let shelf = Shelf {
            begin: links.persistence.recipient(),
            append: links.persistence.recipient(),
            commit: links.persistence.recipient(),
            abort: links.persistence.recipient(),
        };
        Child::fallible(&links.builder, move || {
            Ok::<_, SourceError>(ReportBuilder::new(Workshop {
                store: Arc::clone(&shared.store),
                sources: shared.sources()?,
                archive: shared.archive.clone(),
                shelf: shelf.clone(),
                templates: shared.templates.clone(),
                constituents: shared.config.report.constituents,
                zone: shared.zone.clone(),
                clock: shared.clock.clone(),
                arenas: shared.arenas.clone(),
            }))
        })
        // One renders, one parses the next page of constituents.
        .blocking_threads(2)
    }

    fn auto(self: &Arc<Self>, links: &Links) -> Child<AutoReport> {
        let shared = Arc::clone(self);
        let builder = links.builder.recipient();
        Child::new(&links.auto, move || {
            let (schedule, archive) = (shared.schedule.clone(), shared.archive.clone());
            AutoReport::new(
                schedule,
                builder.clone(),
                archive,
                shared.config.report.clone(),
                shared.clock.clone(),
            )
        })
    }

    fn sources(&self) -> Result<Sources, SourceError> {
        Sources::new(&self.config.market, Arc::clone(&self.tls), self.gates.clone(), self.clock.clone())
    }
}

fn listen(config: &Config) -> Result<TcpListener, StartError> {
    let address = SocketAddr::new(config.server.host, config.server.port);
    TcpListener::bind(address).map_err(|reason| StartError::Listen { address, reason })
}
