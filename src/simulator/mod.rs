//! A simulated exchange: every market data source of the daemon, answered over real HTTP on a loopback port.
//!
//! The demo, the soak, the tests and the examples point the base URLs of the sources at it; no code path of the
//! daemon knows that it is simulated. Each source has a path prefix of its own (`/vietcap`, `/coingecko`, …) below
//! which its real paths, shapes and refusals are found. What may not live here: anything that the daemon needs to
//! work with live sources.
//!
//! An application tries its own embedding out with it:
//!
//! ```
//! use evenkeel::clock::Clock;
//! use evenkeel::config::Config;
//! use evenkeel::daemon::Daemon;
//! use evenkeel::market::Refresh;
//! use evenkeel::simulator::{
//!     Exchange, ExchangeConfig, Fault, Faults, RequestCount, Requests, SourceKind, ThrottleBody, UnknownSource,
//! };
//!
//! # actix::System::new().block_on(async {
//! # let directory = tempfile::tempdir()?;
//! # let data_dir = directory.path().to_path_buf();
//! let exchange = Exchange::start(ExchangeConfig { coins: 50, ..ExchangeConfig::new(Clock::system()) })?;
//! let mut config = Config { data_dir, ..Config::default() };
//! config.market.sources = exchange.sources(&config.market.sources);
//!
//! // What one source does wrong costs nobody else anything.
//! let faults: Faults = exchange.faults();
//! faults.set(SourceKind::Coingecko, Fault::CloudflareThrottle { body: ThrottleBody::Code1015 });
//! let daemon = Daemon::builder().config(config).start()?;
//! let outcome = daemon.market.send(Refresh).await?;
//! assert!(outcome.indices_ok >= 12 && outcome.sources_failed == 1, "{outcome:?}");
//!
//! let requests: Requests = exchange.requests();
//! assert!(requests.of(SourceKind::Coingecko) >= 1);
//! for RequestCount { source, path, requests } in requests.list() {
//!     println!("{requests} for {path} of {source}");
//! }
//! assert!(matches!("nasdaq".parse::<SourceKind>(), Err(UnknownSource(name)) if name == "nasdaq"));
//! daemon.shut_down().await?;
//! exchange.stop().await;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! Invariants that a reader can rely on:
//!
//! 1. Every value is a pure function of the seed, the instrument and the time of the clock, in whole seconds. Two
//!    requests for the same time agree, whatever was asked before; snapshot, chart and fallback of one index agree;
//!    nothing is stored but the faults and the request counters.
//! 2. The market is open round the clock, so that values move whenever somebody watches. Vietnam's minute bars keep
//!    their two gaps (11:30–13:00 and 14:30–14:45 local time), in which the indices stand still. A session is a
//!    calendar day of the market's own zone; its previous close is its first value.
//! 3. A listing of coins is written coin by coin; a chart symbol by symbol, of at most
//!    1500 bars each. No response is held whole beyond that.
//!
//! Known simplification: coins are listed by capitalisation, largest first, whatever order was asked for.

#[doc(hidden)]
pub mod exchange;
#[doc(hidden)]
pub mod fault;
#[doc(hidden)]
pub mod requests;
#[doc(hidden)]
pub mod source;

mod control;
mod gate;

mod alternative_me;
mod binance;
mod coingecko;
mod coinpaprika;
mod entrade;
mod kbs;
mod vietcap;
mod yahoo;

mod broken_body;
mod calendar;
mod coin;
mod coin_row;
mod connection;
mod crypto_total;
mod dice;
mod floor;
mod hours;
mod instrument;
mod ranking;
mod refusal;
mod vietnam;
mod walk;

pub use exchange::{Exchange, ExchangeConfig};
pub use fault::{Fault, Faults, ThrottleBody};
pub use requests::{RequestCount, Requests};
pub use source::{SourceKind, UnknownSource};
