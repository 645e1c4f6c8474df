//! The socket that the web face listens on: inherited, or bound anew.
//!
//! It is inherited the way systemd hands sockets over: descriptor 3, announced by `LISTEN_FDS` and meant for the
//! process that `LISTEN_PID` names. A process that replaces itself hands its own socket on in the same way.

use std::io;
use std::net::{SocketAddr, TcpListener};

use listenfd::ListenFd;
use socket2::{Domain, SockRef, Socket, Type};

use super::error::StartError;
use crate::config::ServerConfig;

/// The first of the descriptors that are handed over.
pub const FIRST_DESCRIPTOR: i32 = 3;

/// How many connections may wait while nobody accepts any: those of some seconds, for a replacement refuses nobody.
/// The kernel allows no more than `net.core.somaxconn`.
const BACKLOG: i32 = 4096;

/// A listening socket that this process was started with.
#[derive(Debug)]
pub struct Inherited(TcpListener);

impl Inherited {
    /// Takes the socket that was handed to this process, if one was; a second call finds none.
    ///
    /// To be called first of all: it takes the variables out of the environment, which nobody may be reading then.
    ///
    /// # Errors
    /// When something was handed over that cannot be listened on.
    pub fn take() -> Result<Option<Self>, StartError> {
        let variable = |name| std::env::var(name).unwrap_or_default();
        let handed = variable("LISTEN_FDS");
        if ["", "0"].contains(&handed.as_str()) || variable("LISTEN_PID") != std::process::id().to_string() {
            return Ok(None);
        }
        let refused = |reason: String| StartError::Inherited { descriptors: handed.clone(), reason };
        if handed != "1" {
            return Err(refused("there is use for one listening socket and no more".to_owned()));
        }
        // A name that the crate below obeys, and systemd does not know.
        let first = variable("LISTEN_FDS_FIRST_FD");
        if !first.is_empty() && first != FIRST_DESCRIPTOR.to_string() {
            let reason =
                format!("LISTEN_FDS_FIRST_FD = {first:?}: it is descriptor {FIRST_DESCRIPTOR} that is taken");
            return Err(refused(reason));
        }
        let listener =
            ListenFd::from_env().take_tcp_listener(0).map_err(|error| refused(error.to_string()))?;
        let listener = listener.ok_or_else(|| refused("it has been taken already".to_owned()))?;
        match SockRef::from(&listener).is_listener() {
            Ok(true) => Ok(Some(Self(listener))),
            Ok(false) => Err(refused(format!("descriptor {FIRST_DESCRIPTOR} does not listen"))),
            Err(error) => Err(refused(error.to_string())),
        }
    }
}

/// The socket, and the address that it has.
pub(super) fn listen(
    inherited: Option<Inherited>,
    config: &ServerConfig,
) -> Result<(TcpListener, SocketAddr), StartError> {
    let configured = SocketAddr::new(config.host, config.port);
    let origin = if inherited.is_some() { " (inherited)" } else { "" };
    // An inherited socket keeps the backlog that whoever made it has chosen.
    let listener = inherited.map_or_else(|| bind(configured), |Inherited(listener)| Ok(listener));
    let listening = listener.and_then(|listener| listener.local_addr().map(|address| (listener, address)));
    let (listener, address) =
        listening.map_err(|reason| StartError::Listen { address: configured, reason })?;
    let reachable = !address.ip().is_loopback();
    // Of a socket that was handed over, the configuration could not know.
    if reachable && config.token.is_none() {
        return Err(StartError::Unguarded { address });
    }
    log::info!(event = "listening", address:%; "listening on http://{address}{origin}");
    if address.ip() != configured.ip() || ![0, address.port()].contains(&configured.port()) {
        log::info!(event = "socket-inherited", address:%, configured:%; "{address} is the inherited socket's, and holds instead of {configured}");
    }
    if reachable {
        log::warn!(event = "reachable", address:%; "{address} can be reached from other machines, and whoever reaches it may read everything");
    }
    Ok((listener, address))
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // As the standard library does: a port on which old connections linger is free.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}
