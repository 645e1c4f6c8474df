//! Market indices: what they are, how they are fetched, where the latest snapshot is kept.
//!
//! [The guide](crate::guide::sources) has sources and stores of an application's own: [`IndexSource`] and [`IndexStore`].
//!
//! # What is known
//!
//! A [`Snapshot`] is all that one refresh found out: an [`IndexReading`] for each index, which is a [`Reading`] of a [`Quote`],
//! a [`CryptoOverview`], [`FearGreed`], and a [`SourceOutcome`] for each source that was asked. A value that is known is
//! [`Good`]: it has a [`SourceName`] and a time.
//!
//! ```
//! use evenkeel::market::{
//!     Breadth, CATALOGUE, CryptoOverview, FearGreed, Good, Index, IndexReading, Market, OwnName, Quote, Reading, Snapshot,
//!     SourceName, SourceOutcome,
//! };
//!
//! fn show(snapshot: &Snapshot) {
//!     for IndexReading { name, reading, .. } in &snapshot.indices {
//!         match reading {
//!             Reading::Known(Good { value, source, .. }) => println!("{name}: {} ({source})", value.close),
//!             Reading::Failed { error, last_good } => println!("{name}: {error}; last {last_good:?}"),
//!         }
//!     }
//!     if let Some(Reading::Known(Good { value: CryptoOverview { market_cap_usd, .. }, .. })) = &snapshot.crypto {
//!         println!("all coins: {market_cap_usd} USD");
//!     }
//!     if let Some(FearGreed { value, label, .. }) = snapshot.fear_greed.as_ref().and_then(|read| Some(&read.latest()?.value)) {
//!         println!("{label}, {value} of 100");
//!     }
//!     for SourceOutcome { source, duration_ms, .. } in snapshot.sources.iter().filter(|source| source.error.is_none()) {
//!         println!("{source} took {duration_ms} ms");
//!     }
//! }
//! # let _ = show;
//!
//! let quote = Quote {
//!     at: "2026-03-02T08:00:00Z".parse()?,
//!     open: None,
//!     high: None,
//!     low: None,
//!     close: 1_260.0,
//!     volume: None,
//!     previous_close: Some(1_200.0),
//!     breadth: Some(Breadth { advances: 200, declines: 120, unchanged: 60, ceiling: 4, floor: 1 }),
//! };
//! assert!((quote.change_percent().unwrap_or_default() - 5.0).abs() < 1e-9);
//!
//! let vietnam: Vec<&Index> = Index::of(Market::Vietnam).collect();
//! assert_eq!((vietnam.len(), vietnam[0].code, CATALOGUE.len()), (5, "VNINDEX", 16));
//! assert_eq!(SourceName::AlternativeMe.as_str(), "alternative-me");
//! assert!(OwnName::new("bullion-desk").is_ok() && OwnName::new("binance").is_err());
//! # Ok::<(), jiff::Error>(())
//! ```
//!
//! # Asking
//!
//! [`MarketIndices`] answers [`Refresh`] with a [`RefreshOutcome`] and [`Observe`] with a [`MarketStatus`]; the snapshot is in the
//! store, and a [`Document`] is what readers outside know of it.
//!
//! ```
//! use evenkeel::Link;
//! use evenkeel::daemon::Daemon;
//! use evenkeel::market::{Document, MarketIndices, MarketStatus, Observe, Refresh, RefreshOutcome};
//!
//! async fn refresh(daemon: &Daemon) -> Result<String, Box<dyn std::error::Error>> {
//!     let market: &Link<MarketIndices> = &daemon.market;
//!     let RefreshOutcome { indices_ok, stored, .. } = market.send(Refresh).await?;
//!     let MarketStatus { refreshes, .. } = market.send(Observe).await?;
//!     println!("{indices_ok} indices, stored: {stored}, after {refreshes} refreshes");
//!     let snapshot = daemon.store.latest().await?.ok_or("its time is over")?;
//!     Ok(Document::new(&snapshot, daemon.clock.now()).to_json()?)
//! }
//! # let _ = refresh;
//! ```
//!
//! # Sources and stores
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use evenkeel::clock::Clock;
//! use evenkeel::market::{
//!     BoxFuture, IndexSource, IndexStore, InProcessStore, NameError, OwnIndex, OwnSources, Quote, Snapshot, StoreError,
//! };
//!
//! struct Desk(&'static str);
//! impl IndexSource for Desk {
//!     fn name(&self) -> &str {
//!         self.0
//!     }
//!     fn indices(&self) -> Vec<OwnIndex> {
//!         vec![OwnIndex::new("gold", "XAU", "Gold, USD an ounce")]
//!     }
//!     fn fetch(&self) -> BoxFuture<'_, Result<Vec<(String, Quote)>, String>> {
//!         Box::pin(async { Err("is closed".to_owned()) })
//!     }
//! }
//!
//! assert!(OwnSources::new(vec![Box::new(Desk("bullion-desk"))]).is_ok());
//! let refused: NameError = OwnSources::new(vec![Box::new(Desk("Bullion Desk"))]).err().expect("spaces are refused");
//! assert!(refused.to_string().starts_with("\"Bullion Desk\" cannot be the name of a source"));
//!
//! async fn keep(store: &dyn IndexStore, snapshot: Snapshot) -> Result<(), StoreError> {
//!     store.put(Arc::new(snapshot), Duration::from_secs(300)).await
//! }
//! let in_process = InProcessStore::new(Clock::system());
//! # drop(in_process);
//! # let _ = keep;
//! ```
//!
//! The store of a daemon with a `redis.url` is a [`RedisStore`]. It is made without asking the server; that is the first use's.
//!
//! ```
//! use evenkeel::clock::Clock;
//! use evenkeel::config::{RedisConfig, RedisUrl};
//! # #[cfg(feature = "redis")]
//! use evenkeel::market::RedisStore;
//!
//! # #[cfg(feature = "redis")] {
//! let url = RedisUrl::parse("redis://cache.example:6379")?;
//! let store = RedisStore::new(&RedisConfig::default(), &url, Clock::system())?;
//! # drop(store);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A source that cannot be set up is a [`SourceError`]: the start of a daemon says it. So is one that was asked in vain, with the
//! [`Failure`] that says what happened, a [`Refusal`] of some [`RefusalKind`] among others.
//!
//! ```
//! use evenkeel::market::{Failure, ParseError, Refusal, RefusalKind, SourceError};
//!
//! fn is_my_fault(error: &SourceError) -> bool {
//!     match error {
//!         SourceError::Failed { failure: Failure::Refused { refusal: Refusal { kind, .. }, .. }, .. } => {
//!             matches!(kind, RefusalKind::RateLimited | RefusalKind::Banned)
//!         }
//!         SourceError::Failed { failure: Failure::Unusable(reason), .. } => {
//!             let reason: &ParseError = reason;
//!             println!("its form has changed: {reason}");
//!             false
//!         }
//!         _ => false,
//!     }
//! }
//! # let _ = is_my_fault;
//! ```
//!
//! ```
//! use evenkeel::daemon::{Builder, Daemon, StartError};
//! use evenkeel::market::SourceError;
//!
//! fn start(builder: Builder) -> Result<Daemon, StartError> {
//!     builder.start().inspect_err(|error| {
//!         if let StartError::Sources(SourceError::Tls(reason)) = error {
//!             eprintln!("no certificates? {reason}");
//!         }
//!     })
//! }
//! # let _ = start;
//! ```

#[doc(hidden)]
pub mod candles;
#[doc(hidden)]
pub mod document;
mod duty;
#[doc(hidden)]
pub mod indices;
#[doc(hidden)]
pub mod instruments;
#[doc(hidden)]
pub mod market_data;
#[doc(hidden)]
pub mod messages;
#[doc(hidden)]
pub mod model;
#[doc(hidden)]
pub mod parse;
#[doc(hidden)]
pub mod participation;
#[doc(hidden)]
pub mod points;
#[doc(hidden)]
pub mod source;
#[doc(hidden)]
pub mod source_name;
#[doc(hidden)]
pub mod store;
#[doc(hidden)]
pub mod technicals;

pub use document::Document;
/// What the methods of [`IndexSource`] and [`IndexStore`] return.
#[doc(no_inline)]
pub use futures_util::future::BoxFuture;
pub use indices::MarketIndices;
pub use messages::{MarketStatus, Observe, Refresh, RefreshOutcome};
pub use model::{
    Breadth, CATALOGUE, CryptoOverview, FearGreed, Good, Index, IndexReading, Market, OwnIndex, Quote,
    Reading, Snapshot, SourceOutcome,
};
pub use parse::ParseError;
pub use source::{Failure, IndexSource, OwnSources, Refusal, RefusalKind, SourceError};
pub use source_name::{NameError, OwnName, SourceName};
#[cfg(feature = "redis")]
pub use store::RedisStore;
pub use store::{InProcessStore, IndexStore, StoreError};
