//! What a browser, a scraper or a script sees.
//!
//! Everything here reads, except that a report can be asked for, which the builder writes (see `orders`), and that an actor
//! can be restarted and the indices refreshed. A page is streamed from its chunks, never whole in memory. Loopback by default,
//! and with a token wherever else; the owner's socket in the data directory serves the same and needs none.
//!
//! An application has all of it under its own server: [`configure`] puts a daemon's [`Mount`] below any scope.

mod access;
mod audience;
mod authorised;
mod body;
mod command;
mod crowd;
mod dashboard;
mod door;
mod entrance;
mod face;
mod gate;
mod generate;
mod guest;
mod health;
mod history;
mod journal;
mod limits;
mod market;
mod market_schema;
mod memory;
mod metrics;
mod mount;
mod openapi;
mod orders;
mod peer;
mod problem;
mod ready;
mod reports;
mod root;
mod scheduler;
mod server;
mod sessions;
mod status;
mod survey;
mod token;
mod viewer;
mod visit;
mod whence;

#[doc(hidden)]
pub use crate::report::instruments::Instruments;
#[doc(hidden)]
pub use access::Access;
#[doc(hidden)]
pub use command::Restarting;
#[doc(hidden)]
pub use dashboard::desk::Dashboard;
#[doc(hidden)]
pub use door::Closing;
#[doc(hidden)]
pub use entrance::{Entrance, Way};
#[doc(hidden)]
pub use face::Face;
#[doc(hidden)]
pub use journal::LogPage;
pub use mount::{Mount, configure};
#[doc(hidden)]
pub use orders::Orders;
#[doc(hidden)]
pub use server::{Server, serve};
#[doc(hidden)]
pub use status::{
    ActorStatus, Course, DaemonState, DaemonStatus, IndexFailure, IndicesStatus, NewestReport, ProcessStatus,
    ReportsStatus, Restarts,
};
#[doc(hidden)]
pub use token::Token;
