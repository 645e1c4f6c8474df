//! Reports: composed from market data, rendered in two languages, streamed to persistence.
//!
//! Everything from `number` to `writer` is synchronous and free of clocks: values go in, bytes come out.

pub mod artifact;
pub mod chunk;
pub mod language;
pub mod messages;
pub mod model;
pub mod page;
pub mod render;
pub mod schedule;
pub mod section;
pub mod text;
pub mod writer;

mod calendar;
mod compose;
mod foreign;
mod locale;
mod number;
mod sparkline;
mod specimen;
