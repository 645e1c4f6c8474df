//! The web face.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::secret::Secret;

/// Characters of the shortest token. A random one of this length cannot be guessed over a network.
pub(super) const SHORTEST_TOKEN: usize = 16;

/// Where the daemon listens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerConfig {
    /// The address (`server.host`, `HOST`; default `127.0.0.1`). Anything but loopback needs a `token`.
    pub host: IpAddr,
    /// The port (`server.port`, `PORT`; default 8888; 0 takes a free one).
    pub port: u16,
    /// Threads that answer requests (`server.workers`; default 1).
    pub workers: usize,
    /// Whoever asks for a report has to bring it: `Authorization: Bearer …`. At least 16 visible ASCII characters; never
    /// shown (`server.token`, `EVENKEEL_TOKEN`; default none).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret>,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self { host: IpAddr::from([127, 0, 0, 1]), port: 8888, workers: 1, token: None }
    }
}
