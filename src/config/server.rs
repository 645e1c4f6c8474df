//! The web face.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// Where the daemon listens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerConfig {
    /// The address (`server.host`, `HOST`; default `127.0.0.1`).
    pub host: IpAddr,
    /// The port (`server.port`, `PORT`; default 8888; 0 takes a free one).
    pub port: u16,
    /// Threads that answer requests (`server.workers`; default 1).
    pub workers: usize,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self { host: IpAddr::from([127, 0, 0, 1]), port: 8888, workers: 1 }
    }
}
