//! A Redis server that dies, hangs, dawdles or was never there: refreshes go on, the snapshot is served from the
//! process, each failed refresh is one line in the log, and the first refresh after recovery writes again.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::time::Duration;

use evenkeel::config::{RedisConfig, RedisUrl};

mod common;
use common::house::House;
use common::proxy::{Manner, Proxy};
use common::redis::RedisServer;
use common::{SOON, eventually, log_lines};

evenkeel::install_allocator!();

async fn open(port: u16, change: impl FnOnce(&mut RedisConfig)) -> House {
    log_lines::keep();
    let url = RedisUrl::parse(&format!("redis://127.0.0.1:{port}")).unwrap();
    House::open(move |config| {
        config.redis.url = Some(url);
        change(&mut config.redis);
    })
    .await
}

/// The lines about the server on this port.
fn said(port: u16) -> Vec<String> {
    log_lines::with(&format!("redis://127.0.0.1:{port}/"))
}

/// A refresh that the server does not take: it is said in one line, and served all the same.
async fn refresh_in_vain(house: &House, port: u16) -> String {
    let lines = said(port).len();
    let outcome = house.refresh().await;
    assert!(!outcome.stored && outcome.indices_ok == 16, "{outcome:?}");
    let snapshot = house.daemon.store.latest().await.unwrap().unwrap();
    assert_eq!(snapshot.fetch_duration_ms, snapshot.fetch_duration_ms.min(outcome.duration_ms));
    for _ in 0..3 {
        assert_eq!(house.get("/api/v1/market/indices").await.0, 200);
    }
    let new = said(port).split_off(lines);
    assert_eq!(new.len(), 1, "{new:?}");
    assert!(
        new[0].starts_with("WARN others cannot read the snapshot of this refresh, this process serves it: ")
    );
    new[0].clone()
}

async fn refresh_well(house: &House, server: &RedisServer) {
    assert!(house.refresh().await.stored);
    let newest = house.daemon.store.latest().await.unwrap().unwrap();
    let written: String = server.ask("GET evenkeel_snapshot");
    assert!(written.contains(&format!("\"taken_at\":\"{}\"", newest.taken_at)), "{written}");
}

#[actix_rt::test]
async fn killed_and_restarted_between_refreshes() {
    let mut server = RedisServer::start().await;
    let port = server.port();
    let house = open(port, |_| {}).await;
    refresh_well(&house, &server).await;

    server.kill();
    for _ in 0..2 {
        let line = refresh_in_vain(&house, port).await;
        assert!(line.contains("cannot be reached: Connection refused"), "{line}");
    }
    server.start_again().await;
    refresh_well(&house, &server).await;

    // Nobody notices that the connection is dead before it is needed.
    server.kill();
    server.start_again().await;
    refresh_well(&house, &server).await;
    assert_eq!(said(port).len(), 2);
    assert_eq!(house.child("market-indices").await.crashes, 0);
}

#[actix_rt::test]
async fn killed_in_the_middle_of_a_refresh() {
    let mut server = RedisServer::start().await;
    let proxy = Proxy::to(server.port()).await;
    let port = proxy.address.port();
    // A port is given out again: what was said of it may be another test's.
    let earlier = said(port).len();
    let house = open(port, |redis| redis.answer_within = SOON).await;
    refresh_well(&house, &server).await;

    proxy.set(Manner::Keep("MULTI"));
    let killing = async {
        eventually(SOON, "the snapshot is on its way", async || (proxy.kept() > 0).then_some(())).await;
        server.kill();
    };
    let (line, ()) = tokio::join!(refresh_in_vain(&house, port), killing);
    assert!(line.contains("broke off"), "{line}");

    server.start_again().await;
    proxy.set(Manner::Pass);
    refresh_well(&house, &server).await;
    assert_eq!(said(port).len(), earlier + 1);
}

#[actix_rt::test]
async fn a_server_that_hangs_costs_its_time_limits_and_no_more() {
    let server = RedisServer::start().await;
    let proxy = Proxy::to(server.port()).await;
    let port = proxy.address.port();
    let earlier = said(port).len();
    let limit = Duration::from_millis(200);
    let house = open(port, |redis| (redis.connect_within, redis.answer_within) = (limit, limit)).await;
    refresh_well(&house, &server).await;

    proxy.set(Manner::Keep(""));
    let stopwatch = house.clock.stopwatch();
    let outcome = house.refresh().await;
    assert!(!outcome.stored, "{outcome:?}");
    // A dead connection and a new one for the look at the snapshot before, a new one for the write.
    let waited = Duration::from_millis(outcome.duration_ms);
    assert!(waited < Duration::from_secs(5), "{outcome:?}");
    // Who only reads is not kept waiting while the server is known to hang.
    let before = stopwatch.elapsed();
    for _ in 0..20 {
        assert_eq!(house.get("/api/v1/market/indices").await.0, 200);
    }
    let requests = stopwatch.elapsed() - before;
    println!("hung: a refresh took {waited:?}, 20 requests {requests:?}");
    let lines = said(port).split_off(earlier);
    assert!(lines.len() == 1 && lines[0].contains("did not answer within 200 ms"), "{lines:?}");

    proxy.set(Manner::Pass);
    refresh_well(&house, &server).await;

    // Slow is not dead.
    proxy.set(Manner::Late(Duration::from_millis(20)));
    refresh_well(&house, &server).await;
    proxy.set(Manner::Late(Duration::from_secs(1)));
    assert!(!house.refresh().await.stored);
    assert_eq!(said(port).len(), 2);
    proxy.set(Manner::Pass);
    refresh_well(&house, &server).await;
}

#[actix_rt::test]
async fn unreachable_at_start() {
    let mut server = RedisServer::start().await;
    let port = server.port();
    server.kill();
    let house = open(port, |_| {}).await;
    assert_eq!(said(port).len(), 1, "{:?}", said(port));
    refresh_in_vain(&house, port).await;
    assert_eq!(house.report().await.unwrap().artifacts.len(), 5);
    server.start_again().await;
    refresh_well(&house, &server).await;
}

#[actix_rt::test]
async fn a_server_that_refuses_to_write_is_said_with_its_reason() {
    let server = RedisServer::start().await;
    let port = server.port();
    let house = open(port, |_| {}).await;
    let _: String = server.ask("CONFIG SET maxmemory 1");
    let line = refresh_in_vain(&house, port).await;
    assert!(
        line.contains("refuses to write: OOM command not allowed when used memory > 'maxmemory'"),
        "{line}"
    );
    let _: String = server.ask("CONFIG SET maxmemory 0");
    refresh_well(&house, &server).await;
}

#[actix_rt::test]
async fn a_daemon_whose_server_is_away_is_not_ready() {
    let mut server = RedisServer::start().await;
    let house = open(server.port(), |_| {}).await;
    let ready = async |status: u16| {
        eventually(SOON, &format!("/ready answers {status}"), async || {
            let (answered, body) = house.get("/ready").await;
            (answered == status).then_some(body)
        })
        .await
    };
    ready(200).await;
    server.kill();
    let body = ready(503).await;
    let reason = "redis: the index store is not available: ";
    assert!(body.contains(reason) && body.contains("{\"name\":\"snapshot\",\"ok\":true}"), "{body}");
    server.start_again().await;
    ready(200).await;
}
