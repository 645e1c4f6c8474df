//! The configuration: one struct a concern, read from files, environment and arguments, validated once, at start.
//!
//! Nothing here reads the environment of the process or a file that was not handed in, except
//! [`ConfigInputs::of_process`]. A [`Loaded`] configuration is valid; one that a program put together is valid when
//! [`Config::validate`] says so. Errors name the key, the value and what would be right, and never a secret.

pub mod database;
mod dot_env;
mod duration;
pub mod edition;
pub mod error;
mod host_names;
pub mod inputs;
pub mod keep;
mod key;
mod kind;
pub mod load;
pub mod market;
pub mod memory;
pub mod narrative;
pub mod notice;
pub mod origin;
pub mod postgres;
pub mod redis;
mod redis_url;
mod reference;
pub mod replicas;
pub mod report;
pub mod secret;
pub mod server;
mod show;
mod size;
mod sqlite;
pub mod supervision;
mod times;
mod validate;
mod whole;

pub use database::{DatabaseConfig, DatabaseTarget, DatabaseUrl};
pub(crate) use duration::{parse as parse_duration, render as render_duration};
pub use edition::EditionConfig;
pub use error::ConfigError;
pub use inputs::{Argument, ConfigFile, ConfigInputs};
pub use keep::{Age, KeepConfig};
pub use load::Loaded;
pub use market::{MarketConfig, SourceConfig, SourcesConfig};
pub use memory::{LimitsConfig, MemoryConfig, OnExhausted};
pub use narrative::{NarrativeConfig, Provider};
pub use notice::Notice;
pub use origin::Origin;
pub use postgres::PostgresUrl;
pub use redis::RedisConfig;
pub use redis_url::{RedisPlace, RedisUrl};
pub use reference::reference;
pub use replicas::ReplicasConfig;
pub use report::ReportConfig;
pub use secret::Secret;
pub use server::ServerConfig;
pub(crate) use size::{parse as parse_size, render as render_size};
pub use supervision::SupervisionConfig;
pub use whole::Config;
