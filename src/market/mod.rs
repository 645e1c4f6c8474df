//! Market indices: what they are, how they are fetched, where the latest snapshot is kept.

pub mod messages;
pub mod model;
