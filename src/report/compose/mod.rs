//! From market data to what the templates show: every value already written in the language of the report.
//!
//! Pure functions: no clock, no I/O, nothing kept. A value that is absent or absurd becomes a dash; only a missing
//! text is an error.

pub(super) mod correlations;
pub(super) mod crypto;
pub(super) mod indices;
pub(super) mod masthead;
pub(super) mod method;
pub(super) mod movers;
pub(super) mod script;
pub(super) mod since;
pub(super) mod summary;
pub(super) mod table;
pub(super) mod technicals;

mod course;
mod entry;
mod freshness;
mod movement;
mod outlook;
mod quantity;
