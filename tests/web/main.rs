//! What callers of the web face get.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

#[path = "../common/mod.rs"]
mod common;

mod answers;
mod checker;
mod dashboard;
mod description;
mod history;
mod metrics;
mod operation;
mod orders;
mod ready;
mod schedule;
mod token;

evenkeel::install_allocator!();

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
