//! The configuration: one struct a concern, read from files, environment and arguments, validated once, at start.
//!
//! Nothing here reads the environment of the process or a file that was not handed in, except
//! [`ConfigInputs::of_process`]. A [`Loaded`] configuration is valid; one that a program put together is valid when
//! [`Config::validate`] says so. Errors name the key, the value and what would be right, and never a secret.
//!
//! # Put together by a program
//!
//! [`Config`] has a struct for each table of the TOML file, and each has defaults. What every key means, with its bounds, is in
//! docs/configuration.md, which is [`reference()`].
//!
//! ```
//! use std::time::Duration;
//!
//! use evenkeel::config::{
//!     Age, Config, DatabaseConfig, KeepConfig, LimitsConfig, MarketConfig, MemoryConfig, NarrativeConfig, OnExhausted, Provider,
//!     RedisConfig, ReplicasConfig, ReportConfig, Secret, ServerConfig, SourceConfig, SourcesConfig, SupervisionConfig,
//! };
//!
//! let binance = SourceConfig { time_limit: Duration::from_secs(5), ..SourcesConfig::default().binance };
//! let cache = LimitsConfig { hard: Some("256 MiB".parse()?), ..LimitsConfig::default() };
//! let config = Config {
//!     data_dir: "market-data".into(),
//!     server: ServerConfig { port: 0, token: Some(Secret::new("a-word-that-nobody-guesses")), ..ServerConfig::default() },
//!     database: DatabaseConfig { readers: 2, ..DatabaseConfig::default() },
//!     redis: RedisConfig { connections: 4, ..RedisConfig::default() },
//!     keep: KeepConfig { reports: Age::days(90), ..KeepConfig::default() },
//!     market: MarketConfig {
//!         refresh_every: Duration::from_secs(60),
//!         sources: SourcesConfig { binance, ..SourcesConfig::default() },
//!         ..MarketConfig::default()
//!     },
//!     report: ReportConfig {
//!         constituents: 100,
//!         narrative: NarrativeConfig { provider: Provider::Off, ..NarrativeConfig::default() },
//!         ..ReportConfig::default()
//!     },
//!     supervision: SupervisionConfig { crash_budget: 5, ..SupervisionConfig::default() },
//!     replicas: ReplicasConfig::default(),
//!     memory: MemoryConfig {
//!         limits: [("report-builder".to_owned(), cache)].into(),
//!         on_exhausted: OnExhausted::Exit,
//!         ..MemoryConfig::default()
//!     },
//! };
//! config.validate()?;
//! assert!(!format!("{config:?}").contains("nobody-guesses"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! An [`EditionConfig`] is what an edition of the report has of its own; the rest is that of the report:
//!
//! ```
//! use evenkeel::config::{EditionConfig, ReportConfig, reference};
//!
//! let crypto = EditionConfig { constituents: Some(500), ..EditionConfig::default() };
//! let report = ReportConfig { editions: [("crypto".to_owned(), crypto)].into(), ..ReportConfig::default() };
//! let names: Vec<String> = report.each_edition().into_iter().map(|edition| edition.edition).collect();
//! assert_eq!(names, ["market", "crypto"]);
//! assert!(reference()?.contains("report.editions"));
//! # Ok::<(), evenkeel::config::ConfigError>(())
//! ```
//!
//! # Read as the program reads it
//!
//! [`ConfigInputs`] are a [`ConfigFile`], variables and [`Argument`]s; what comes of them is [`Loaded`]: the values, the
//! [`Origin`] of each, and [`Notice`]s for the operator. What cannot be used is a [`ConfigError`].
//!
//! ```
//! use evenkeel::config::{Argument, Config, ConfigError, ConfigFile, ConfigInputs, Loaded, Notice, Origin};
//!
//! fn load(file: ConfigFile) -> Result<Loaded, ConfigError> {
//!     let arguments = vec![Argument::new("--port", "server.port", "8080")];
//!     let loaded = Config::load(&ConfigInputs { file, arguments, ..ConfigInputs::default() })?;
//!     loaded.notices.iter().for_each(|notice: &Notice| eprintln!("{notice}"));
//!     Ok(loaded)
//! }
//!
//! let loaded = load(ConfigFile::IfPresent("no such file".into()))?;
//! assert_eq!(loaded.config.server.port, 8080);
//! assert_eq!(loaded.origin("server.host"), Origin::Default);
//! # Ok::<(), ConfigError>(())
//! ```
//!
//! # Addresses
//!
//! A [`DatabaseUrl`] says which [`DatabaseTarget`] is meant: a file, or with the feature `postgres` a server at a
//! [`PostgresUrl`]. A [`RedisUrl`] has a [`RedisPlace`], a port or a Unix socket. None of them is shown with its password.
//!
//! ```
//! use evenkeel::config::{Config, DatabaseConfig, DatabaseTarget, DatabaseUrl, RedisPlace, RedisUrl};
//! # #[cfg(feature = "postgres")] {
//! use evenkeel::config::PostgresUrl;
//!
//! let url = Some(DatabaseUrl::new("postgres://evenkeel:secret@db.example/market"));
//! let config = Config { database: DatabaseConfig { url, ..DatabaseConfig::default() }, ..Config::default() };
//! let DatabaseTarget::Postgres(server): DatabaseTarget = config.database_target()? else { panic!("a server was named") };
//! assert_eq!(PostgresUrl::hosts(&server), 1);
//! assert!(!server.to_string().contains("secret"));
//! # }
//!
//! let redis = RedisUrl::parse("redis://cache.example:6380/2")?;
//! assert_eq!(redis.database(), 2);
//! assert_eq!(*redis.place(), RedisPlace::Tcp { host: "cache.example".to_owned(), port: 6380, tls: false });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "sqlite")]
mod built;
#[cfg(feature = "sqlite")]
#[doc(hidden)]
pub mod database;
#[cfg(feature = "sqlite")]
mod dot_env;
mod duration;
#[cfg(feature = "sqlite")]
#[doc(hidden)]
pub mod edition;
#[cfg(feature = "sqlite")]
#[doc(hidden)]
pub mod error;
#[cfg(feature = "sqlite")]
mod host_names;
#[cfg(feature = "sqlite")]
#[doc(hidden)]
pub mod inputs;
#[cfg(feature = "sqlite")]
#[doc(hidden)]
pub mod keep;
#[cfg(feature = "sqlite")]
mod key;
#[cfg(feature = "sqlite")]
mod kind;
#[cfg(feature = "sqlite")]
#[doc(hidden)]
pub mod load;
#[cfg(feature = "sqlite")]
#[doc(hidden)]
pub mod market;
#[doc(hidden)]
pub mod memory;
#[cfg(feature = "sqlite")]
#[doc(hidden)]
pub mod narrative;
#[cfg(feature = "sqlite")]
#[doc(hidden)]
pub mod notice;
#[cfg(feature = "sqlite")]
#[doc(hidden)]
pub mod origin;
#[cfg(feature = "postgres")]
#[doc(hidden)]
pub mod postgres;
#[cfg(feature = "sqlite")]
#[doc(hidden)]
pub mod redis;
#[cfg(feature = "sqlite")]
mod redis_url;
#[cfg(feature = "sqlite")]
mod reference;
#[cfg(feature = "sqlite")]
#[doc(hidden)]
pub mod replicas;
#[cfg(feature = "sqlite")]
#[doc(hidden)]
pub mod report;
#[cfg(feature = "sqlite")]
#[doc(hidden)]
pub mod secret;
#[cfg(feature = "sqlite")]
#[doc(hidden)]
pub mod server;
#[cfg(feature = "sqlite")]
mod show;
mod size;
#[cfg(feature = "sqlite")]
mod sqlite;
#[doc(hidden)]
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
