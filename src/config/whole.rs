//! All of the configuration in one value.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::database::{DatabaseConfig, DatabaseTarget};
use super::error::ConfigError;
use super::keep::KeepConfig;
use super::market::MarketConfig;
use super::memory::MemoryConfig;
use super::redis::RedisConfig;
use super::replicas::ReplicasConfig;
use super::report::ReportConfig;
use super::server::ServerConfig;
use super::supervision::SupervisionConfig;

/// Everything that can be configured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the daemon keeps its files (`data_dir`, `EVENKEEL_DATA_DIR`; default `evenkeel-data`).
    pub data_dir: PathBuf,
    /// The web face.
    pub server: ServerConfig,
    /// Where reports and history are kept.
    pub database: DatabaseConfig,
    /// Where the latest snapshot is kept for others to read.
    pub redis: RedisConfig,
    /// How long it is kept.
    pub keep: KeepConfig,
    /// Which indices are collected, how often and from where.
    pub market: MarketConfig,
    /// When reports are written and how large they are.
    pub report: ReportConfig,
    /// How children are restarted.
    pub supervision: SupervisionConfig,
    /// How several daemons share one database.
    pub replicas: ReplicasConfig,
    /// How memory is measured and judged, and what is done about growth.
    pub memory: MemoryConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("evenkeel-data"),
            server: ServerConfig::default(),
            database: DatabaseConfig::default(),
            redis: RedisConfig::default(),
            keep: KeepConfig::default(),
            market: MarketConfig::default(),
            report: ReportConfig::default(),
            supervision: SupervisionConfig::default(),
            replicas: ReplicasConfig::default(),
            memory: MemoryConfig::default(),
        }
    }
}

impl Config {
    /// The database: the one of `database.url`, or else the file `evenkeel.db` in the data directory. A valid
    /// configuration has one.
    pub fn database_target(&self) -> Result<DatabaseTarget, ConfigError> {
        let Some(url) = &self.database.url else {
            return Ok(DatabaseTarget::Sqlite(self.data_dir.join("evenkeel.db")));
        };
        url.target().map_err(|right| ConfigError::Value {
            subject: "database.url".to_owned(),
            value: format!("\"{}\"", url.shown()),
            right,
        })
    }
}
