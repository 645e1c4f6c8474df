//! How the Redis server is reached, if there is one.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::redis_url::RedisUrl;

/// The Redis server that keeps the latest snapshot for others to read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RedisConfig {
    /// `redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]`, `rediss://…` for TLS, or `unix:///PATH[?db=DATABASE]`
    /// (`redis.url`, `REDIS_URL`; default none: the snapshot is kept in the process only). Shown without its password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<RedisUrl>,
    /// Connections at most (`redis.connections`; default 2).
    pub connections: u32,
    /// How long opening a connection may take, in real time (`redis.connect_within`; default 2 s).
    #[serde(with = "super::duration")]
    pub connect_within: Duration,
    /// How long the server may take to answer, in real time (`redis.answer_within`; default 2 s).
    #[serde(with = "super::duration")]
    pub answer_within: Duration,
    /// Stands before the name of every key (`redis.prefix`; default nothing).
    pub prefix: String,
    /// Certificates in PEM form that the server's certificate is checked with in place of the machine's
    /// (`redis.ca_file`; default none); for `rediss://` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
}

impl Default for RedisConfig {
    fn default() -> Self {
        Self {
            url: None,
            connections: 2,
            connect_within: Duration::from_secs(2),
            answer_within: Duration::from_secs(2),
            prefix: String::new(),
            ca_file: None,
        }
    }
}
