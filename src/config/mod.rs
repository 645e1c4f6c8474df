//! The configuration: one struct a concern, read from a file and the environment, validated once, at start.

pub mod database;
mod duration;
pub mod market;
pub mod report;
pub mod server;
pub mod supervision;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use database::DatabaseConfig;
pub use market::{MarketConfig, SourceConfig, SourcesConfig};
pub use report::ReportConfig;
pub use server::ServerConfig;
pub use supervision::SupervisionConfig;

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
    /// Which indices are collected, how often and from where.
    pub market: MarketConfig,
    /// When reports are written and how large they are.
    pub report: ReportConfig,
    /// How children are restarted.
    pub supervision: SupervisionConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("evenkeel-data"),
            server: ServerConfig::default(),
            database: DatabaseConfig::default(),
            market: MarketConfig::default(),
            report: ReportConfig::default(),
            supervision: SupervisionConfig::default(),
        }
    }
}
