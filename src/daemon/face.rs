//! The web face of a daemon: of one that listens, and of one within an application that has a server of its own.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::circumstances::Circumstances;
use super::error::StartError;
use super::extent::Extent;
use super::foundation::Foundation;
use super::links::Links;
use super::socket::{self, OwnersSocket};
use super::{Daemon, listener};
use crate::config::Config;
use crate::report::messages::ObserveSchedule;
use crate::supervision::handle::SupervisorHandle;
use crate::supervision::messages::SupervisorError;
use crate::supervision::recipient::Recipient;
use crate::supervision::status::ShutdownReport;
use crate::web::{self, Access, Face, Mount, Orders, Server, Token};

/// How long the requests that are being answered may take when the process is replaced; one who downloads slower than
/// that is cut. Everybody else waits meanwhile.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// What is had before anything else is done.
pub(super) struct Reserved {
    /// The socket, and the owner's; nothing where nobody listens.
    listening: Option<((TcpListener, SocketAddr), Option<OwnersSocket>)>,
    /// Keeps others out of the data directory; the owner's socket does where there is one.
    lock: Option<File>,
}

/// The faces of one daemon: its own server's, and the one for an application.
pub(super) struct Faces {
    open: Option<OpenFace>,
    address: Option<SocketAddr>,
    mounted: Mounted,
    lock: Option<File>,
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

/// What goes when the daemon has ended: others are kept out of the directory until then.
pub(super) struct Closed {
    _lock: Option<File>,
    _mounted: Mounted,
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

/// Takes what the daemon needs to listen.
pub(super) fn reserve(
    circumstances: &mut Circumstances,
    config: &Config,
    extent: Extent,
) -> Result<Reserved, StartError> {
    match extent {
        Extent::Whole => {
            // First: who starts a daemon twice is told that, and not that a port is taken.
            let reserved = socket::reserve(&config.data_dir)?;
            let listening = listener::listen(circumstances.inherited.take(), &config.server)?;
            let owners = OwnersSocket::open(&config.data_dir, reserved)?;
            Ok(Reserved { listening: Some((listening, owners)), lock: None })
        }
        Extent::Embedded => Ok(Reserved { listening: None, lock: socket::occupy(&config.data_dir)? }),
        Extent::OneReport => Ok(Reserved { listening: None, lock: None }),
    }
}

/// Shows the daemon: at the reserved socket, if there is one, and to an application's own server.
pub(super) fn open(
    reserved: Reserved,
    foundation: &Foundation,
    links: &Links,
    supervisor: &SupervisorHandle,
    schedule: Option<&Recipient<ObserveSchedule>>,
) -> Result<Faces, StartError> {
    let face = web_face(foundation, links, supervisor, schedule);
    let (closing, closed) = watch::channel(None);
    let mounted = Mounted { mount: Mount::new(face.clone(), closed), closing };
    let mut faces = Faces { open: None, address: None, mounted, lock: reserved.lock };
    if let Some(((listener, address), socket)) = reserved.listening {
        faces.open = Some(listen(&foundation.config, face, listener, address, socket)?);
        faces.address = Some(address);
    }
    Ok(faces)
}

fn listen(
    config: &Config,
    face: Face,
    listener: TcpListener,
    address: SocketAddr,
    socket: Option<OwnersSocket>,
) -> Result<OpenFace, StartError> {
    let access = Access::new(&config.server, address);
    let face = Face { access, token: config.server.token.as_ref().map(Token::new), ..face };
    let (workers, readers) = (config.server.workers, config.database.readers);
    let refused = |reason| StartError::Listen { address, reason };
    let server = web::serve(&face, &listener, workers, readers).map_err(refused)?;
    // On a thread of its own: whatever the network does, the owner gets in.
    let owners = socket.map(|socket| {
        let served = web::serve(&face, socket.listener(), 1, readers);
        served.map(|server| (server, socket))
    });
    Ok(OpenFace { server, listener, owners: owners.transpose().map_err(refused)? })
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
        journal: foundation.exhibits.journal.clone(),
        dashboard: foundation.exhibits.dashboard.clone(),
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

impl Faces {
    /// Where the daemon's own server listens.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// Closes what is open: nobody is answered from here on.
    pub(super) fn close(self) -> Closed {
        self.mounted.closing.send_replace(Some(Duration::ZERO));
        let owners = self.open.and_then(|face| face.owners);
        let lock = self.lock.or_else(|| owners.and_then(|(_, socket)| socket.close()));
        Closed { _lock: lock, _mounted: self.mounted }
    }
}

impl Daemon {
    /// The dashboard, the reports and the interface for the application's own server; see [`web::configure`]. They ask for no
    /// token, wherever the daemon itself listens: who may come in is the application's to say. Needs the feature `web`.
    pub fn mount(&self) -> Mount {
        self.faces.mounted.mount.clone()
    }

    /// Ends everything in the same order, but answers the requests that have been accepted, and keeps the socket open
    /// for whoever comes meanwhile. Needs the feature `web`.
    ///
    /// # Errors
    /// When the supervisor is gone already.
    #[doc(hidden)]
    pub async fn step_aside(mut self) -> Result<Remains, SupervisorError> {
        let (mut listener, mut socket) = (None, None);
        if let Some(face) = self.faces.open.take() {
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
