//! A day of refreshes against a real Redis: no more connections than the pool has, and memory that does not grow.
//!
//! One test, so that the process is its own; the exchange runs in a process of its own.

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
/// After so many everything is in use that a refresh uses.
const SETTLED: usize = 60;
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
    let clock = Clock::scaled("2026-03-02T02:00:00Z".parse().unwrap(), 3600.0);
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
    let mut accounts = Vec::new();
    let mut most_clients = 0;
    for refresh in 1..=REFRESHES {
        let outcome = daemon.market.send(Refresh).await.unwrap();
        assert!(outcome.stored, "refresh {refresh}: {outcome:?}");
        daemon.store.latest().await.unwrap().unwrap();
        most_clients = most_clients.max(number("connected_clients") - clients_before);
        if refresh >= SETTLED && refresh % SETTLED == 0 {
            accounts.push(account(&daemon).await);
        }
    }
    let connections = number("total_connections_received") - connections_before;
    println!(
        "{REFRESHES} refreshes: {connections} connections received, {most_clients} clients at most, a pool of {pool}; \
         account of market-indices in KiB (allocated, resident): {:?}",
        accounts.iter().map(|(allocated, resident)| (allocated / KIB, resident / KIB)).collect::<Vec<_>>()
    );
    assert!((1..=pool).contains(&connections), "{connections} connections");
    assert!(most_clients <= pool, "{most_clients} clients");
    // The daemon refreshes once by itself, as soon as it starts.
    let entries: u64 = server.ask("XLEN market_data_stream");
    assert_eq!(entries, REFRESHES as u64 + 1);
    let (first, last) = (accounts[0], accounts[accounts.len() - 1]);
    let highest = accounts.iter().map(|(allocated, _)| *allocated).max().unwrap();
    // The snapshot itself varies by its texts; one that were kept a refresh would make 420 times 10 KiB.
    assert!(highest <= first.0 + 64 * KIB, "{accounts:?}");
    assert!(last.1 <= first.1 + 512 * KIB, "{accounts:?}");
    daemon.shut_down().await.unwrap();
}
