//! Market indices: what they are, how they are fetched, where the latest snapshot is kept.

pub mod candles;
pub mod document;
mod duty;
pub mod indices;
pub mod instruments;
pub mod market_data;
pub mod messages;
pub mod model;
pub mod parse;
pub mod participation;
pub mod points;
pub mod source;
pub mod source_name;
pub mod store;
pub mod technicals;
