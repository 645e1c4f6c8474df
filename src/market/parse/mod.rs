//! What sources send, turned into the model: pure functions from bytes, one file a source.
//!
//! Nothing here opens a connection, reads a clock or panics. Whatever the bytes are, the answer is a value that holds
//! only finite numbers within stated bounds, or an error that says what was wrong with which field.

pub mod alternative_me;
pub mod bars;
pub mod binance;
pub mod coingecko;
pub mod coinpaprika;
pub mod entrade;
mod error;
pub mod kbs;
mod lenient;
mod rows;
pub mod vietcap;
pub mod yahoo;

pub use error::{Demultiplexed, ParseError};
