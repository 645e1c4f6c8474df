//! Where market data comes from, over HTTP.
//!
//! Sources are asked side by side and politely: each has a gate that keeps its minimum interval and its cool-downs,
//! a time limit and a longest body. One that fails costs only what it alone could have told. Nothing is kept between
//! two calls but the gates, which belong to the whole daemon.

mod client;
mod constituents;
mod crypto;
mod daily;
mod endpoint;
mod error;
mod failure;
mod gate;
mod gates;
mod http;
mod ledger;
mod narrow;
mod own;
mod sources;
mod us;
mod vietnam;

pub use client::client_config;
pub(crate) use client::client_of;
pub use error::SourceError;
pub use failure::{Failure, Refusal, RefusalKind};
pub use gate::{Cooling, Due, Gate};
pub use gates::Gates;
pub use own::{IndexSource, OwnSources};
pub use sources::Sources;
