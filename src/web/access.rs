//! What a daemon asks of requests, besides the token itself.

use std::net::SocketAddr;
use std::sync::Arc;

use super::limits::Limits;
use super::whence::Hosts;
use crate::config::ServerConfig;

/// What a daemon asks of requests. Cheap to clone; all clones count together.
#[derive(Debug, Clone)]
pub struct Access(Arc<Rules>);

#[derive(Debug)]
struct Rules {
    /// For which hosts requests have to be meant; nothing where that does not matter.
    hosts: Option<Hosts>,
    guard_reading: bool,
    limits: Limits,
}

impl Access {
    /// The rules of a daemon that listens at `address`.
    pub fn new(config: &ServerConfig, address: SocketAddr) -> Self {
        let trusts_anybody = address.ip().is_loopback() && config.token.is_none();
        Self(Arc::new(Rules {
            hosts: trusts_anybody.then(|| Hosts::with(config.host, &config.names)),
            guard_reading: config.guard_reading,
            limits: Limits::new(config.requests_per_second),
        }))
    }

    /// None: the application in which the face stands has rules of its own.
    pub fn of_an_application() -> Self {
        let limits = Limits::new(ServerConfig::default().requests_per_second);
        Self(Arc::new(Rules { hosts: None, guard_reading: false, limits }))
    }

    pub(super) fn hosts(&self) -> Option<&Hosts> {
        self.0.hosts.as_ref()
    }

    pub(super) fn guards_reading(&self) -> bool {
        self.0.guard_reading
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.0.limits
    }
}
