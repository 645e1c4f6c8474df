//! Reports: composed from market data, rendered in two languages, streamed to persistence.

pub mod messages;
pub mod schedule;
