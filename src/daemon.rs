//! The composition root: what is shared first, then links, then actors, then the web face; and an ordered end.
//!
//! Nothing is started before everything that can be wrong at start has been looked at: the port, the database, the
//! templates, the configuration's time zone.

mod error;
mod extent;
mod foundation;
mod links;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::ServerHandle;

use crate::clock::Clock;
use crate::config::Config;
use crate::market::indices::MarketIndices;
use crate::market::store::IndexStore;
use crate::persistence::actor::Persistence;
use crate::persistence::archive::Archive;
use crate::report::builder::ReportBuilder;
use crate::supervision::handle::SupervisorHandle;
use crate::supervision::link::Link;
use crate::supervision::messages::SupervisorError;
use crate::supervision::status::ShutdownReport;
use crate::web::{self, Face};

pub use error::StartError;
pub use extent::Extent;
use foundation::Foundation;
use links::Links;

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

fn listen(config: &Config) -> Result<TcpListener, StartError> {
    let address = SocketAddr::new(config.server.host, config.server.port);
    TcpListener::bind(address).map_err(|reason| StartError::Listen { address, reason })
}
