//! What writing a report's bytes costs at least: the same chunks into the same tables with the same settings of SQLite,
//! by a program that does nothing else. Turn by turn with whole reports, so that both meet the same disk.

use std::path::Path;
use std::time::Duration;

use actix::System;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Integer};
use evenkeel::clock::Clock;
use evenkeel::persistence::database::Database;
use evenkeel::persistence::location::Location;
use evenkeel::persistence::messages::StoredReport;

use crate::reports::Bench;
use crate::table::{head, row};

/// What the writer of the daemon sets, in the same words.
const SETTINGS: &str = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -256; \
    PRAGMA cache_spill = ON; PRAGMA wal_autocheckpoint = 256; PRAGMA journal_size_limit = 2097152; \
    PRAGMA mmap_size = 0; PRAGMA temp_store = FILE;";

/// Reports of so many rows, and as many raw copies of them.
pub(crate) fn limit(rows: u32, rounds: usize) {
    System::new().block_on(async {
        let bench = Bench::of(rows).await;
        let (report, _) = bench.report("market").await;
        let chunks = chunks(&bench, &report);
        let path = bench.directory.path().join("raw.db");
        let mut raw = open(&path);
        write(&mut raw, 1, &chunks);
        let (mut whole, mut least) = (Vec::new(), Vec::new());
        for round in 0..rounds {
            whole.push(bench.report("market").await.1);
            least.push(write(&mut raw, round as i32 + 2, &chunks));
        }
        let bytes: usize = chunks.iter().flatten().map(Vec::len).sum();
        let title =
            format!("A report of {:.1} MB and its bytes alone, medians of {rounds}", bytes as f64 / 1e6);
        head(&title, &["report, end to end", "its bytes alone", "share of the limit"]);
        let (whole, least) = (median(whole), median(least));
        let share = least.as_secs_f64() / whole.as_secs_f64() * 100.0;
        row(&[
            format!("{} ms", whole.as_millis()),
            format!("{} ms", least.as_millis()),
            format!("{share:.0} %"),
        ]);
        bench.daemon.shut_down().await.unwrap();
    });
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// The chunks of every artifact.
fn chunks(bench: &Bench, report: &StoredReport) -> Vec<Vec<Vec<u8>>> {
    let archive = &bench.daemon.archive;
    let of = |name: &str, count: u32| {
        (0..count).map(|seq| archive.chunk(report.id, name, seq).unwrap().unwrap()).collect()
    };
    report.artifacts.iter().map(|artifact| of(&artifact.name, artifact.chunks)).collect()
}

fn open(path: &Path) -> SqliteConnection {
    let location = Location::sqlite(path, Duration::ZERO);
    // It makes the tables and the size of their pages.
    Database::open(&location).unwrap().migrate().unwrap();
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    connection.batch_execute(SETTINGS).unwrap();
    connection
}

fn write(connection: &mut SqliteConnection, id: i32, artifacts: &[Vec<Vec<u8>>]) -> Duration {
    let stopwatch = Clock::system().stopwatch();
    connection
        .immediate_transaction(|connection| {
            diesel::sql_query("INSERT INTO reports (id, edition, created_at) VALUES (?, 'raw', 0)")
                .bind::<Integer, _>(id)
                .execute(connection)?;
            for (place, chunks) in artifacts.iter().enumerate() {
                let artifact = id * 10 + place as i32;
                diesel::sql_query(
                    "INSERT INTO artifacts (id, report_id, name, bytes, chunks, sha256) VALUES (?, ?, ?, ?, ?, x'')",
                )
                .bind::<Integer, _>(artifact)
                .bind::<Integer, _>(id)
                .bind::<diesel::sql_types::Text, _>(place.to_string())
                .bind::<BigInt, _>(chunks.iter().map(|chunk| chunk.len() as i64).sum::<i64>())
                .bind::<Integer, _>(chunks.len() as i32)
                .execute(connection)?;
                for (seq, body) in chunks.iter().enumerate() {
                    diesel::sql_query("INSERT INTO artifact_chunks (artifact_id, seq, body) VALUES (?, ?, ?)")
                        .bind::<Integer, _>(artifact)
                        .bind::<Integer, _>(seq as i32)
                        .bind::<Binary, _>(body)
                        .execute(connection)?;
                }
            }
            QueryResult::Ok(())
        })
        .unwrap();
    stopwatch.elapsed()
}
