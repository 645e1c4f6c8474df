//! What a browser, a scraper or a script sees.
//!
//! Everything here reads: it changes no state, and a page is streamed from its chunks, never whole in memory. Loopback
//! by default.

mod door;
mod face;
mod health;
mod market;
mod memory;
mod problem;
mod reports;
mod server;
mod viewer;

pub use face::Face;
pub use server::{Server, serve};
