//! What a browser, a scraper or a script sees.
//!
//! Everything here reads, except that a report can be asked for, which the builder writes: see `orders`. A page is
//! streamed from its chunks, never whole in memory. Loopback by default, and with a token wherever else.

mod access;
mod authorised;
mod crowd;
mod dashboard;
mod door;
mod face;
mod gate;
mod generate;
mod guest;
mod health;
mod history;
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
mod token;
mod viewer;
mod visit;
mod whence;

pub use access::Access;
pub use dashboard::desk::Dashboard;
pub use door::Closing;
pub use face::{Face, Instruments};
pub use mount::{Mount, configure};
pub use orders::Orders;
pub use server::{Server, serve};
pub use token::Token;
