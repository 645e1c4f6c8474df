//! The composition root: what is shared first, then links, then actors, then the web face; and an ordered end.
//!
//! Nothing is started before everything that can be wrong at start has been looked at: the port, the database, the
//! templates, the configuration's time zone.

mod builder;
mod circumstances;
mod day;
mod diary;
mod error;
mod extent;
mod foundation;
mod links;
mod listener;
mod socket;

use std::cell::RefCell;
use std::fs::File;
use std::net::{SocketAddr, TcpListener};
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
use crate::supervision::link::{Link, Recipient};
use crate::supervision::memory_monitor::logbook::Logbook;
use crate::supervision::messages::SupervisorError;
use crate::supervision::status::ShutdownReport;
use crate::web::{self, Access, Face, Mount, Orders, Server, Token};
use tokio::sync::watch;

pub use builder::Builder;
pub use circumstances::Circumstances;
use day::Tally;
use diary::{Diary, Writer};
pub use error::StartError;
pub use extent::Extent;
use foundation::Foundation;
use links::Links;
pub use listener::{FIRST_DESCRIPTOR, Inherited};
pub use socket::{OwnersSocket, SOCKET, too_long};

/// How long the requests that are being answered may take when the process is replaced; one who downloads slower than
/// that is cut. Everybody else waits meanwhile.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

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
    face: Option<OpenFace>,
    mounted: Mounted,
    /// Keeps others out of the data directory; the owner's socket does where there is one.
    lock: Option<File>,
    /// Nothing for a single report.
    diary: Option<Diary>,
    config: Config,
}

/// The web face while it is open.
struct OpenFace {
    server: Server,
    /// Holds the socket, and with it those who wait, when the server has closed.
    listener: TcpListener,
    /// The same for its owner; nothing where that cannot be. The server goes first.
    owners: Option<(Server, OwnersSocket)>,
}

/// The face for an application's own server, which learns of the daemon's end.
struct Mounted {
    mount: Mount,
    closing: watch::Sender<Option<Duration>>,
}

/// What is left of a daemon that has ended for another to take its place.
#[derive(Debug)]
pub struct Remains {
    /// What became of its actors.
    pub report: ShutdownReport,
    /// The socket, still listening: who connects waits for the next daemon.
    pub listener: Option<TcpListener>,
    /// The owner's socket, to which nobody listens now.
    pub socket: Option<OwnersSocket>,
}

impl Daemon {
    /// The names of all its actors, in the order in which they are started.
    pub const ACTORS: &[&str] = &links::ACTORS;

    /// Starts the daemon in the running actix system.
    ///
    /// # Errors
    /// See [`StartError`]; nothing is left running.
    pub fn start(config: Config, clock: Clock, extent: Extent) -> Result<Self, StartError> {
        Self::start_under(Circumstances::default(), config, clock, extent)
    }

    /// The same under other circumstances than the usual ones.
    ///
    /// # Errors
    /// See [`StartError`]; nothing is left running.
    pub fn start_under(
        circumstances: Circumstances,
        config: Config,
        clock: Clock,
        extent: Extent,
    ) -> Result<Self, StartError> {
        let mut circumstances = circumstances;
        let (listening, lock) = match extent {
            Extent::Whole => {
                // First: who starts a daemon twice is told that, and not that a port is taken.
                let reserved = socket::reserve(&config.data_dir)?;
                let listening = listener::listen(circumstances.inherited.take(), &config.server)?;
                (Some((listening, OwnersSocket::open(&config.data_dir, reserved)?)), None)
            }
            Extent::Embedded => (None, socket::occupy(&config.data_dir)?),
            Extent::OneReport => (None, None),
        };
        let foundation = Arc::new(Foundation::lay(config, clock, circumstances)?);
        let links = Links::new();
        let supervisor = foundation.start(&links, extent)?;
        // Whoever asks how the schedule stands does not wait for a new scheduler as long as work would.
        let scheduled = extent != Extent::OneReport && foundation.config.report.scheduled;
        let schedule = scheduled.then(|| links.auto.with_patience(STATUS_WITHIN).recipient());
        let face = web_face(&foundation, &links, &supervisor, schedule.as_ref());
        let (closing, closed) = watch::channel(None);
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
            address: None,
            face: None,
            mounted: Mounted { mount: Mount::new(face.clone(), closed), closing },
            lock,
            diary: None,
            config: foundation.config.clone(),
        };
        if let Some((listening, socket)) = listening {
            daemon.open_the_face(listening, socket, face)?;
        }
        if extent != Extent::OneReport {
            daemon.begin_the_diary(&foundation);
        }
        Ok(daemon)
    }

    fn open_the_face(
        &mut self,
        (listener, address): (TcpListener, SocketAddr),
        socket: Option<OwnersSocket>,
        face: Face,
    ) -> Result<(), StartError> {
        let access = Access::new(&self.config.server, address);
        let token = self.config.server.token.as_ref().map(Token::new);
        let face = Face { access, token, ..face };
        let (workers, readers) = (self.config.server.workers, self.config.database.readers);
        let server = web::serve(&face, &listener, workers, readers)
            .map_err(|reason| StartError::Listen { address, reason })?;
        // On a thread of its own: whatever the network does, the owner gets in.
        let owners = socket.map(|socket| {
            let served = web::serve(&face, socket.listener(), 1, readers);
            served.map(|server| (server, socket))
        });
        let owners = owners.transpose().map_err(|reason| StartError::Listen { address, reason })?;
        self.face = Some(OpenFace { server, listener, owners });
        self.address = Some(address);
        Ok(())
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

    /// The dashboard, the reports and the interface for the application's own server; see [`web::configure`]. They ask for no
    /// token, wherever the daemon itself listens: who may come in is the application's to say.
    pub fn mount(&self) -> Mount {
        self.mounted.mount.clone()
    }

    /// What it was started with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Ends everything, in order, within the configured limit: first no new requests, and the streams of whoever watches
    /// through a [`mount`](Self::mount), then the actors, the last started first. A mount says from then on that there is no
    /// daemon any more.
    ///
    /// # Errors
    /// When the supervisor is gone already.
    pub async fn shut_down(self) -> Result<ShutdownReport, SupervisorError> {
        self.mounted.closing.send_replace(Some(Duration::ZERO));
        // A reader of a large report is not worth the deadline. Who asks by the socket learns that there is none any more;
        // the directory is free when the actors have written what they had to.
        let owners = self.face.and_then(|face| face.owners);
        let _lock = self.lock.or_else(|| owners.and_then(|(_, socket)| socket.close()));
        let report = self.supervisor.shut_down(self.config.supervision.drain_within).await;
        // After the actors: what they did at the end belongs to the day.
        if let Some(diary) = self.diary {
            diary.close().await;
        }
        report
    }

    /// Ends everything in the same order, but answers the requests that have been accepted, and keeps the socket open
    /// for whoever comes meanwhile.
    ///
    /// # Errors
    /// When the supervisor is gone already.
    pub async fn step_aside(mut self) -> Result<Remains, SupervisorError> {
        let (mut listener, mut socket) = (None, None);
        if let Some(face) = self.face.take() {
            let finish = async |server: Server| server.finish(ANSWER_WITHIN).await;
            let (owners, kept) = face.owners.unzip();
            let owners =
                async { futures_util::future::OptionFuture::from(owners.map(finish)).await.unwrap_or(0) };
            let (cut, of_owners) = futures_util::future::join(finish(face.server), owners).await;
            let cut = cut + of_owners;
            socket = kept;
            if cut > 0 {
                log::warn!(event = "connections-cut", cut; "{cut} connections were cut: their answers took longer than {ANSWER_WITHIN:?}");
            }
            listener = Some(face.listener);
        }
        let report = self.shut_down().await?;
        Ok(Remains { report, listener, socket })
    }
}

/// What the daemon shows, to be asked by an application's own server: with no rules of its own.
fn web_face(
    foundation: &Foundation,
    links: &Links,
    supervisor: &SupervisorHandle,
    schedule: Option<&Recipient<ObserveSchedule>>,
) -> Face {
    let (edition, clock) = (foundation.config.report.edition.clone(), foundation.clock.clone());
    Face {
        supervisor: supervisor.clone(),
        store: Arc::clone(&foundation.store),
        added: foundation.sources.added(),
        archive: foundation.archive.clone(),
        memory: foundation.logbook.clone(),
        instruments: foundation.instruments.clone(),
        journal: foundation.journal.clone(),
        dashboard: foundation.dashboard.clone(),
        refresh_every: foundation.config.market.refresh_every,
        templates: foundation.templates.clone(),
        zone: foundation.zone.clone(),
        clock: foundation.clock.clone(),
        orders: Orders::new(links.builder.recipient(), edition, clock),
        schedule: schedule.cloned(),
        market: links.market.recipient(),
        report: foundation.config.report.clone(),
        token: None,
        access: Access::of_an_application(),
        opened: foundation.clock.stopwatch(),
    }
}
