//! A disk that is full in the middle of a report: the report is refused and leaves nothing, the daemon lives, what waits
//! is written when there is room again, without a restart.
//!
//! The program may write no further than a limit into any file, which it meets as it would meet the end of the disk, and
//! which can be lifted from outside while it runs.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, clippy::expect_used)] // a helper that fails fails its test

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use tempfile::{TempDir, tempdir};

mod common;
use common::house::reqwest_client;
use common::program::Running;
use common::{SOON, eventually};

/// Less than the demo's report of 5 MB, and more than everything else.
const ROOM: u64 = 2 << 20;
/// Not even a page more.
const NO_ROOM: u64 = 4096;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Verdict {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

struct Scene {
    directory: TempDir,
    demo: Running,
    base: String,
}

impl Scene {
    async fn open() -> Self {
        let directory = tempdir().unwrap();
        let limit = format!("--fsize={ROOM}:unlimited");
        let mut command = Command::new("prlimit");
        // A write beyond the limit fails like any other; it is no reason to die.
        command.args([
            &limit,
            "sh",
            "-c",
            "trap '' XFSZ; exec \"$0\" \"$@\"",
            env!("CARGO_BIN_EXE_evenkeel"),
        ]);
        command.args(["demo", "--port", "0", "--log-format", "text"]).current_dir(directory.path());
        let mut demo = Running::start(&mut command);
        let base = format!("http://{}", demo.address().await);
        Self { directory, demo, base }
    }

    fn may_write(&self, limit: &str) {
        let limit = format!("--fsize={limit}:unlimited");
        let prlimit = Command::new("prlimit").args(["--pid", &self.demo.pid().to_string(), &limit]).status();
        assert!(prlimit.unwrap().success());
    }

    /// What becomes of a report that is asked for when the scheduler's is not in the way.
    async fn ask_for_a_report(&self) -> (u16, String) {
        let url = format!("{}/api/v1/manual-generate", self.base);
        eventually(SOON, "the builder is free", async || {
            let answer = reqwest_client().post(&url).send().await.unwrap();
            let answer = (answer.status().as_u16(), answer.text().await.unwrap());
            (!answer.1.contains("another report is being built")).then_some(answer)
        })
        .await
    }

    async fn get(&self, path: &str) -> u16 {
        reqwest_client().get(format!("{}{path}", self.base)).send().await.unwrap().status().as_u16()
    }

    fn file(&self) -> SqliteConnection {
        let path: PathBuf = self.directory.path().join("evenkeel-demo/evenkeel.db");
        SqliteConnection::establish(path.to_str().unwrap()).unwrap()
    }

    fn count(&self, table: &str) -> i64 {
        let query = format!("SELECT count(*) AS number FROM {table}");
        diesel::sql_query(query).get_result::<Number>(&mut self.file()).unwrap().number
    }

    fn is_sound(&self) {
        let verdict: Verdict =
            diesel::sql_query("PRAGMA integrity_check").get_result(&mut self.file()).unwrap();
        assert_eq!(verdict.integrity_check, "ok");
    }

    async fn more_points_than(&self, before: i64) {
        eventually(SOON, "points are written", async || (self.count("index_points") > before).then_some(()))
            .await;
    }
}

#[actix_rt::test]
async fn a_full_disk_costs_the_report_that_met_it_and_nothing_else() {
    let mut scene = Scene::open().await;
    let (code, answer) = scene.ask_for_a_report().await;
    assert_eq!(code, 500, "{answer}");
    assert!(answer.contains("the disk of the database fails"), "{answer}");
    for table in ["reports", "artifacts", "artifact_chunks"] {
        assert_eq!(scene.count(table), 0, "{table}");
    }
    scene.is_sound();
    assert_eq!((scene.get("/health").await, scene.get("/api/v1/market/indices").await), (200, 200));
    scene.more_points_than(scene.count("index_points")).await;

    scene.may_write(&NO_ROOM.to_string());
    scene.demo.says(SOON, "wait to be written").await;
    let before = scene.count("index_points");
    assert_eq!((scene.get("/health").await, scene.get("/api/v1/market/indices").await), (200, 200));
    assert_ne!(scene.ask_for_a_report().await.0, 200);

    scene.may_write("unlimited");
    scene.demo.says(SOON, "the database answers again").await;
    scene.more_points_than(before).await;
    let (code, answer) = scene.ask_for_a_report().await;
    assert_eq!(code, 200, "{answer}");
    scene.is_sound();
    assert!(scene.count("reports") >= 1);
    scene.demo.signal("TERM");
    assert_eq!(scene.demo.ended(Duration::from_secs(60)).await.code(), Some(0), "{}", scene.demo.log());
    let log = scene.demo.log();
    assert!(!log.contains("panicked") && !log.contains("generation 2"), "{log}");
}
