//! What several scenarios need, written once.

#![allow(dead_code, unreachable_pub, missing_docs)] // every test binary uses a part of it
#![allow(clippy::unwrap_used, clippy::expect_used)] // a helper that fails fails its test

// What is about the program; what is about no daemon stands below.
#[cfg(feature = "cli")]
pub mod client;
#[cfg(feature = "cli")]
pub mod exchange;
#[cfg(feature = "cli")]
pub mod footprint;
#[cfg(feature = "cli")]
pub mod house;
#[cfg(feature = "cli")]
pub mod keeper;
#[cfg(feature = "cli")]
pub mod log_lines;
#[cfg(feature = "cli")]
pub mod page;
#[cfg(feature = "cli")]
pub mod program;
#[cfg(feature = "cli")]
pub mod proving;
#[cfg(feature = "cli")]
pub mod proxy;
#[cfg(feature = "cli")]
pub mod raw;
#[cfg(feature = "cli")]
pub mod redis;

pub mod commands;
pub mod worker;

use std::future::Future;
use std::time::Duration;

/// Ample for anything that takes milliseconds, on a machine that is busy with something else.
pub const SOON: Duration = Duration::from_secs(60);

/// Waits until `condition` gives a value, and fails the test when that takes longer than `within`.
pub async fn eventually<T, F>(within: Duration, what: &str, mut condition: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let polling = async {
        loop {
            if let Some(value) = condition().await {
                return value;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    match tokio::time::timeout(within, polling).await {
        Ok(value) => value,
        Err(_) => panic!("{what}: not within {within:?}"),
    }
}
