//! The configuration: one struct a concern, read from files, environment and arguments, validated once, at start.
//!
//! Nothing here reads the environment of the process or a file that was not handed in, except
//! [`ConfigInputs::of_process`]. A [`Loaded`] configuration is valid; one that a program put together is valid when
//! [`Config::validate`] says so. Errors name the key, the value and what would be right, and never a secret.

#[cfg(feature = "sqlite")]
mod built;
#[cfg(feature = "sqlite")]
pub mod database;
#[cfg(feature = "sqlite")]
mod dot_env;
mod duration;
#[cfg(feature = "sqlite")]
pub mod edition;
#[cfg(feature = "sqlite")]
pub mod error;
#[cfg(feature = "sqlite")]
mod host_names;
#[cfg(feature = "sqlite")]
pub mod inputs;
#[cfg(feature = "sqlite")]
pub mod keep;
#[cfg(feature = "sqlite")]
mod key;
#[cfg(feature = "sqlite")]
mod kind;
#[cfg(feature = "sqlite")]
pub mod load;
#[cfg(feature = "sqlite")]
pub mod market;
pub mod memory;
#[cfg(feature = "sqlite")]
pub mod narrative;
#[cfg(feature = "sqlite")]
pub mod notice;
#[cfg(feature = "sqlite")]
pub mod origin;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "sqlite")]
pub mod redis;
#[cfg(feature = "sqlite")]
mod redis_url;
#[cfg(feature = "sqlite")]
mod reference;
#[cfg(feature = "sqlite")]
pub mod replicas;
#[cfg(feature = "sqlite")]
pub mod report;
#[cfg(feature = "sqlite")]
pub mod secret;
#[cfg(feature = "sqlite")]
pub mod server;
#[cfg(feature = "sqlite")]
mod show;
mod size;
#[cfg(feature = "sqlite")]
mod sqlite;
pub mod supervision;
#[cfg(feature = "sqlite")]
mod times;
#[cfg(feature = "sqlite")]
mod validate;
#[cfg(feature = "sqlite")]
mod whole;

#[cfg(feature = "sqlite")]
pub use database::{DatabaseConfig, DatabaseTarget, DatabaseUrl};
#[cfg(feature = "web")]
pub(crate) use duration::parse as parse_duration;
pub(crate) use duration::render as render_duration;
#[cfg(feature = "sqlite")]
pub use edition::EditionConfig;
#[cfg(feature = "sqlite")]
pub use error::ConfigError;
#[cfg(feature = "sqlite")]
pub use inputs::{Argument, ConfigFile, ConfigInputs};
#[cfg(feature = "sqlite")]
pub use keep::{Age, KeepConfig};
#[cfg(feature = "sqlite")]
pub use load::Loaded;
#[cfg(feature = "sqlite")]
pub use market::{MarketConfig, SourceConfig, SourcesConfig};
pub use memory::{LimitsConfig, MemoryConfig, OnExhausted};
#[cfg(feature = "sqlite")]
pub use narrative::{NarrativeConfig, Provider};
#[cfg(feature = "sqlite")]
pub use notice::Notice;
#[cfg(feature = "sqlite")]
pub use origin::Origin;
#[cfg(feature = "postgres")]
pub use postgres::PostgresUrl;
#[cfg(feature = "sqlite")]
pub use redis::RedisConfig;
#[cfg(feature = "sqlite")]
pub use redis_url::{RedisPlace, RedisUrl};
#[cfg(feature = "sqlite")]
pub use reference::reference;
#[cfg(feature = "sqlite")]
pub use replicas::ReplicasConfig;
#[cfg(feature = "sqlite")]
pub use report::ReportConfig;
#[cfg(feature = "sqlite")]
pub use secret::Secret;
#[cfg(feature = "sqlite")]
pub use server::ServerConfig;
pub(crate) use size::{parse as parse_size, render as render_size};
pub use supervision::SupervisionConfig;
#[cfg(feature = "sqlite")]
pub use whole::Config;
