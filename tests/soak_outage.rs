//! A whole simulated day on which the database refuses every report and Redis every write: nothing is kept of what could
//! not be stored, and the day after everything is stored again.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use evenkeel::soak::{Hour, Plan, read, run};
use tempfile::TempDir;

mod common;
use common::redis::RedisServer;

evenkeel::install_allocator!();

const DAY: u32 = 24;

/// More than any reading of an idle daemon differs from the next one.
const NOISE: u64 = 512 << 10;

fn on_the_database(path: &Path, sql: &str) {
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    connection.batch_execute(&format!("PRAGMA busy_timeout = 10000; {sql}")).unwrap();
}

fn highest(hours: &[Hour]) -> u64 {
    hours.iter().map(|hour| hour.rss_high).max().unwrap()
}

#[actix_rt::test]
async fn a_day_of_refusals_leaves_nothing_behind() {
    let directory = TempDir::new().unwrap();
    let redis = RedisServer::start().await;
    let mut plan = Plan::new(3, directory.path(), env!("CARGO_BIN_EXE_evenkeel").into());
    plan.config.report.constituents = 250;
    plan.config.redis.url = Some(redis.url());
    let (record, database) = (plan.record.clone(), directory.path().join("evenkeel.db"));
    run(plan, &mut |hour| match hour.number {
        DAY => {
            on_the_database(
                &database,
                "CREATE TRIGGER refuse_reports BEFORE INSERT ON reports BEGIN SELECT RAISE(ABORT, 'refused'); END",
            );
            redis.ask::<String>("CONFIG SET maxmemory 1");
        }
        number if number == 2 * DAY => {
            on_the_database(&database, "DROP TRIGGER refuse_reports");
            redis.ask::<String>("CONFIG SET maxmemory 0");
        }
        _ => {}
    })
    .await
    .unwrap();
    let hours = read(&record).unwrap();
    let (before, rest) = hours.split_at(DAY as usize);
    let (refused, after) = rest.split_at(DAY as usize);
    let end = |hours: &[Hour]| hours.last().unwrap().clone();
    println!(
        "RSS at most: {} KiB before, {} KiB while refused, {} KiB after; reports {} {} {}; not stored {} {} {}; connections {}",
        highest(before) / 1024,
        highest(refused) / 1024,
        highest(after) / 1024,
        end(before).reports,
        end(refused).reports,
        end(after).reports,
        end(before).refreshes_not_stored,
        end(refused).refreshes_not_stored,
        end(after).refreshes_not_stored,
        end(after).connections,
    );
    assert_eq!(
        end(before).reports + 1,
        end(after).reports - 8,
        "a report was stored that was refused, or none after"
    );
    assert!(end(refused).reports <= end(before).reports + 1);
    assert!(end(refused).refreshes_not_stored >= 470, "{:?}", end(refused));
    assert!(end(after).refreshes_not_stored <= end(refused).refreshes_not_stored + 1);
    assert_eq!(end(after).refreshes, 1441);
    assert_eq!(end(after).restarts, 0);
    let growth = highest(refused).saturating_sub(highest(before));
    assert!(growth <= NOISE, "a day of refusals took {growth} bytes");
    let growth = highest(after).saturating_sub(highest(before));
    assert!(growth <= NOISE, "the day after took {growth} bytes");
}
