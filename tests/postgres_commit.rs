//! A connection that ends during COMMIT: what is said of the report is what has become of it.
#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test that cannot go on has failed"
)]

#[path = "common/deaf.rs"]
mod deaf;
#[path = "common/draft.rs"]
mod draft;
#[path = "common/postgres.rs"]
mod postgres;

use std::time::Duration;

use actix::prelude::*;
use deaf::{Deaf, Loss};
use draft::Draft;
use evenkeel::clock::Clock;
use evenkeel::config::PostgresUrl;
use evenkeel::persistence::PersistenceError;
use evenkeel::persistence::actor::Persistence;
use evenkeel::persistence::archive::Archive;
use evenkeel::persistence::database::Database;
use evenkeel::persistence::location::Location;
use evenkeel::persistence::messages::{Observe, StoredReport};
use postgres::Schema;

fn location(url: &str) -> Location {
    Location::Postgres { url: PostgresUrl::parse(url).unwrap(), lock_wait: Duration::from_secs(5) }
}

struct Scene {
    // Dropped before the schema that its session uses.
    writer: Addr<Persistence>,
    proxy: Deaf,
    archive: Archive,
    schema: Schema,
}

impl Scene {
    fn new() -> Self {
        let schema = Schema::new();
        let url = schema.url();
        let direct = location(&url);
        Database::open(&direct).unwrap().migrate().unwrap();
        let port: u16 = url.rsplit_once(':').unwrap().1.split('/').next().unwrap().parse().unwrap();
        let proxy = Deaf::before(port);
        let by_proxy = location(&url.replace(&format!("127.0.0.1:{port}"), &proxy.address.to_string()));
        let writer = Persistence::new(&by_proxy, Clock::system()).unwrap().start();
        Self { writer, proxy, archive: Archive::open(&direct, 1).unwrap(), schema }
    }

    async fn report(&self) -> Result<StoredReport, PersistenceError> {
        let mut report = Draft::begin(&self.writer, &["html"]).await?;
        report.append("html", vec![b'x'; 100_000]).await?;
        report.commit().await
    }

    fn stored(&self) -> String {
        self.schema.run_sql("SELECT count(*) FROM reports").trim().to_owned()
    }

    async fn counts(&self) -> (u64, u64) {
        let status = self.writer.send(Observe).await.unwrap();
        (status.reports_committed, status.reports_aborted)
    }
}

#[actix::test]
async fn a_commit_that_was_carried_out_is_a_success() {
    let scene = Scene::new();
    scene.proxy.lose(Loss::Answer);
    let stored = scene.report().await.unwrap();
    assert_eq!(scene.archive.latest(), Ok(Some(stored)));
    assert_eq!((scene.counts().await, scene.stored().as_str()), ((1, 0), "1"));
    scene.report().await.unwrap();
    assert_eq!(scene.stored(), "2");
}

#[actix::test]
async fn a_commit_that_never_arrived_is_a_failure() {
    let scene = Scene::new();
    scene.proxy.lose(Loss::Request);
    let error = scene.report().await.unwrap_err();
    assert!(matches!(error, PersistenceError::Unavailable(_)), "{error}");
    assert_eq!((scene.counts().await, scene.stored().as_str()), ((0, 1), "0"));
    scene.report().await.unwrap();
    assert_eq!(scene.stored(), "1");
}

#[actix::test]
async fn when_nobody_can_be_asked_that_is_what_is_said() {
    let scene = Scene::new();
    scene.proxy.lose(Loss::AnswerAndServer);
    let error = scene.report().await.unwrap_err();
    assert!(matches!(error, PersistenceError::InDoubt { .. }), "{error}");
    let said = error.to_string();
    assert!(said.starts_with("whether report 1 was stored is not known: "), "{said}");
    scene.proxy.is_open_again();
    while scene.report().await.is_err() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(scene.stored(), "2", "the one in doubt was stored");
}
