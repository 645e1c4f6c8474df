//! What a browser, a scraper or a script sees.
//!
//! Everything here reads, except that a report can be asked for, which the builder writes (see `orders`), and that an actor
//! can be restarted and the indices refreshed. A page is streamed from its chunks, never whole in memory. Loopback by default,
//! and with a token wherever else; the owner's socket in the data directory serves the same and needs none.

mod access;
mod authorised;
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
mod scheduler;
mod server;
mod sessions;
mod status;
mod survey;
mod token;
mod viewer;
mod visit;
mod whence;

pub use crate::report::instruments::Instruments;
pub use access::Access;
pub use command::Restarting;
pub use dashboard::desk::Dashboard;
pub use door::Closing;
pub use entrance::{Entrance, Way};
pub use face::Face;
pub use journal::LogPage;
pub use mount::{Mount, configure};
pub use orders::Orders;
pub use server::{Server, serve};
pub use status::{
    ActorStatus, Course, DaemonState, DaemonStatus, IndexFailure, IndicesStatus, NewestReport, ProcessStatus,
    ReportsStatus, Restarts,
};
pub use token::Token;
