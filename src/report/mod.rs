//! Reports: composed from market data, rendered in two languages, streamed to persistence.
//!
//! Everything from `number` to `writer` is synchronous and free of clocks: values go in, bytes come out. The actors
//! `builder` and `auto` decide nothing: what they do when stands in `schedule` and in the order of the sections.

pub mod artifact;
pub mod auto;
pub mod builder;
pub mod chunk;
pub mod edition;
pub mod instruments;
pub mod language;
pub mod listing;
pub mod messages;
pub mod model;
pub mod narrative;
pub mod page;
pub mod page_reader;
pub mod phases;
pub mod render;
pub mod schedule;
pub mod section;
pub mod text;
pub mod workshop;
pub mod writer;

mod calendar;
mod cleanup;
mod compose;
mod courier;
mod foreign;
pub(crate) mod locale;
mod number;
mod plot;
mod press;
mod research;
pub(crate) mod sparkline;
mod specimen;
