//! What somebody may try who means harm, and that it does none. Bounded in number and time, and on 127.0.0.1 only.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

#[path = "../common/mod.rs"]
mod common;

mod crowds;
mod pages;
mod requests;
mod tokens;

evenkeel::install_allocator!();

use std::net::SocketAddr;

use common::house::House;
use common::raw;

const TOKEN: &str = "correct-horse-battery";

/// Sends `bytes` as they are and returns whatever comes back until the connection ends.
async fn send(house: &House, bytes: impl Into<Vec<u8>>) -> String {
    let (address, bytes) = (house.daemon.address.unwrap(), bytes.into());
    blocking(move || raw::exchange(address, &bytes)).await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

fn address(house: &House) -> SocketAddr {
    house.daemon.address.unwrap()
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
