//! A day of refreshes against a real Redis: no more connections than the pool has, and memory that does not grow.
//!
//! One test, so that the process is its own; the exchange runs in a process of its own.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use evenkeel::clock::Clock;
use evenkeel::daemon::{Daemon, Extent};
use evenkeel::market::messages::Refresh;
use tempfile::TempDir;

mod common;
use common::exchange::Apart;
use common::house::quiet;
use common::redis::RedisServer;

evenkeel::install_allocator!();

/// A day of them, every three minutes.
const REFRESHES: usize = 480;
/// Of so many the lowest account counts: what connections hold that are about to be closed comes and goes.
const BUCKET: usize = 60;
const KIB: u64 = 1024;

/// What the actor's account holds: live bytes, and pages after they were given back.
async fn account(daemon: &Daemon) -> (u64, u64) {
    let measurement = daemon.supervisor.measure(vec!["market-indices".to_owned()]).await.unwrap();
    let child = measurement.children.into_iter().find(|child| child.name == "market-indices").unwrap();
    let memory = child.memory.unwrap();
    (memory.allocated, memory.resident)
}

#[actix_rt::test]
async fn a_day_of_refreshes_opens_no_more_connections_than_the_pool_has_and_keeps_nothing() {
    let server = RedisServer::start().await;
    let directory = TempDir::new().unwrap();
    let mut config = quiet(&directory);
    config.redis.url = Some(server.url());
    let pool = u64::from(config.redis.connections);
    let _exchange = Apart::start(&directory, 60, &mut config);
    // Three minutes pass from one refresh to the next, and the exchange's day is the daemon's.
    let clock = Clock::scaled(Clock::system().now(), 1200.0);
    // A client of the test's own that stays: what it asks opens no further connection.
    let mut client = server.client();
    let mut number = |name: &str| -> u64 {
        let info: String = redis::cmd("INFO").query(&mut client).unwrap();
        let value = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        value.unwrap().parse().unwrap()
    };
    let connections_before = number("total_connections_received");
    let clients_before = number("connected_clients");

    let daemon = Daemon::start(config, clock, Extent::Whole).unwrap();
    let mut floors = Vec::new();
    let mut lowest = (u64::MAX, u64::MAX);
    let mut most_clients = 0;
    for refresh in 1..=REFRESHES {
        let outcome = daemon.market.send(Refresh).await.unwrap();
        assert!(outcome.stored && outcome.sources_failed == 0, "refresh {refresh}: {outcome:?}");
        daemon.store.latest().await.unwrap().unwrap();
        most_clients = most_clients.max(number("connected_clients") - clients_before);
        if refresh % 5 == 0 {
            let (allocated, resident) = account(&daemon).await;
            lowest = (lowest.0.min(allocated), lowest.1.min(resident));
        }
        if refresh % BUCKET == 0 {
            floors.push(std::mem::replace(&mut lowest, (u64::MAX, u64::MAX)));
        }
    }
    let connections = number("total_connections_received") - connections_before;
    println!(
        "{REFRESHES} refreshes: {connections} connections received, {most_clients} clients at most, a pool of {pool}; \
         floors of market-indices in bytes (allocated, resident): {floors:?}"
    );
    assert!((1..=pool).contains(&connections), "{connections} connections");
    assert!(most_clients <= pool, "{most_clients} clients");
    // The daemon refreshes once by itself, as soon as it starts.
    let entries: u64 = server.ask("XLEN market_data_stream");
    assert_eq!(entries, REFRESHES as u64 + 1);
    // Caches fill during the first hours. One snapshot kept of every refresh would make 3.6 MiB of the rest.
    let settled = floors[1];
    for floor in &floors[2..] {
        assert!(floor.0 <= settled.0 + 32 * KIB && floor.1 <= settled.1 + 128 * KIB, "{floors:?}");
    }
    daemon.shut_down().await.unwrap();
}
