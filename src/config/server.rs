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
    /// Whether reading needs the token as well, except for whether the daemon is well (`server.guard_reading`; default
    /// false). A browser asks for it as the password, with any user name.
    pub guard_reading: bool,
    /// Host names by which a proxy asks, besides those of loopback and `host`. Where anybody may order a report, a
    /// request for any other name is refused (`server.names`; default none).
    pub names: Vec<String>,
    /// Requests a second that one address may make on average, ten times as many at once; 0 for as many as it likes
    /// (`server.requests_per_second`; default 200).
    pub requests_per_second: u32,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            host: IpAddr::from([127, 0, 0, 1]),
            port: 8888,
            workers: 1,
            token: None,
            guard_reading: false,
            names: Vec::new(),
            requests_per_second: 200,
        }
    }
}
