//! The configuration as an operator meets it: what wins, what is refused and in which words, what is shown.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod accepted;
mod editions;
mod memory;
mod narrative;
mod redis;
mod reference;
mod refused;
mod setup;
mod shown;
mod token;
