//! A report is stored whole or not at all, history is kept whatever becomes of reports, and readers are never held up.
#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, missing_docs, reason = "a test that cannot go on has failed")]

#[path = "common/draft.rs"]
mod draft;
#[path = "common/store.rs"]
mod store;

use actix::prelude::*;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use draft::Draft;
use evenkeel::persistence::actor::Persistence;
use evenkeel::persistence::archive::Archive;
use evenkeel::persistence::location::Location;
use evenkeel::persistence::messages::{
    AbortReport, AppendChunk, CommitReport, Observe, PersistenceStatus, Point, RecordIndices, StoredReport,
};
use evenkeel::persistence::{PersistenceError, SessionError};
use jiff::{SignedDuration, Timestamp};
use store::{LOCK_WAIT, Store, writer};

fn start() -> Timestamp {
    "2026-03-02T02:00:00Z".parse().unwrap()
}

fn point(minute: i64, value: f64) -> Point {
    let at = start() + SignedDuration::from_mins(minute);
    Point { series: "vnindex".to_owned(), at, value, volume: Some(1e6), source: "vietcap".to_owned() }
}

fn idle() -> PersistenceStatus {
    PersistenceStatus {
        open_session: None,
        reports_committed: 0,
        reports_aborted: 0,
        points_written: 0,
        points_waiting: 0,
        points_dropped: 0,
    }
}

fn archive(store: &Store) -> Archive {
    Archive::open(&Location::sqlite(&store.path(), LOCK_WAIT), 4).unwrap()
}

/// The size in bytes of the file whose name continues the database's with `suffix`.
fn size(store: &Store, suffix: &str) -> u64 {
    let path = format!("{}{suffix}", store.path().display());
    std::fs::metadata(path).map_or(0, |found| found.len())
}

async fn status(address: &Addr<Persistence>) -> PersistenceStatus {
    address.send(Observe).await.unwrap()
}

/// Stores a report with two artifacts, `html` and `css`, of which `html` has two chunks.
async fn store_report(address: &Addr<Persistence>) -> StoredReport {
    let mut draft = Draft::begin(address, &["html", "css"]).await.unwrap();
    draft.append("html", b"<p>Xin ch\xc3".to_vec()).await.unwrap();
    draft.append("css", b"p{}".to_vec()).await.unwrap();
    draft.append("html", b"\xa0o</p>".to_vec()).await.unwrap();
    draft.commit().await.unwrap()
}

#[actix::test]
async fn a_committed_report_reads_back_byte_for_byte() {
    let store = Store::new();
    let address = writer(&store.path()).start();
    let stored = store_report(&address).await;
    let archive = archive(&store);

    assert_eq!(archive.latest().unwrap().as_ref(), Some(&stored));
    assert_eq!(archive.get(stored.id).unwrap().as_ref(), Some(&stored));
    assert_eq!(stored.created_at, "2026-03-02T02:00:00.123456Z".parse().unwrap());
    let names: Vec<_> =
        stored.artifacts.iter().map(|part| (part.name.as_str(), part.bytes, part.chunks)).collect();
    assert_eq!(names, [("html", 16, 2), ("css", 3, 1)]);
    assert_eq!(
        stored.artifacts[1].sha256,
        "806db221261eade44c886da5317adb894822d146f0f69ed009e59cae83afcbd6"
    );

    let html: Vec<u8> =
        (0..).map_while(|seq| archive.chunk(stored.id, "html", seq).unwrap()).flatten().collect();
    assert_eq!(String::from_utf8(html).unwrap(), "<p>Xin chào</p>");
    assert_eq!(archive.chunk(stored.id, "js", 0).unwrap(), None);
    assert_eq!(archive.chunk(stored.id + 1, "html", 0).unwrap(), None);
    assert_eq!(archive.chunk(stored.id, "html", u32::MAX).unwrap(), None);
    assert_eq!(status(&address).await, PersistenceStatus { reports_committed: 1, ..idle() });
}

#[actix::test]
async fn an_aborted_report_leaves_no_trace_and_the_next_one_is_stored() {
    let store = Store::new();
    let address = writer(&store.path()).start();
    let mut draft = Draft::begin(&address, &["html"]).await.unwrap();
    draft.append("html", vec![b'a'; 65_536]).await.unwrap();
    let abort = AbortReport { session: draft.session, reason: "a section failed".to_owned() };
    address.send(abort).await.unwrap().unwrap();

    let late = draft.append("html", vec![b'a']).await.unwrap_err();
    assert_eq!(late, PersistenceError::Session(SessionError::Unknown { session: draft.session.0 }));
    assert_eq!(archive(&store).count().unwrap(), 0);
    assert_eq!(status(&address).await, PersistenceStatus { reports_aborted: 1, ..idle() });

    store_report(&address).await;
    assert_eq!(archive(&store).count().unwrap(), 1);
}

#[actix::test]
async fn a_builder_that_goes_away_takes_its_report_with_it() {
    let store = Store::new();
    let address = writer(&store.path()).start();
    let mut draft = Draft::begin(&address, &["html"]).await.unwrap();
    draft.append("html", b"half".to_vec()).await.unwrap();
    let session = draft.session;
    drop(draft);
    // The lease is looked at before the next message is taken or right after it.
    status(&address).await;

    assert_eq!(status(&address).await, PersistenceStatus { reports_aborted: 1, ..idle() });
    let commit = address.send(CommitReport { session, digests: Vec::new() }).await.unwrap();
    assert_eq!(commit.unwrap_err().to_string(), format!("report session {session} is not open"));
    assert_eq!(archive(&store).count().unwrap(), 0);
}

#[actix::test]
async fn a_new_builder_replaces_the_report_of_the_one_before() {
    let store = Store::new();
    let address = writer(&store.path()).start();
    let mut stale = Draft::begin(&address, &["html"]).await.unwrap();
    stale.append("html", b"stale".to_vec()).await.unwrap();
    let stored = store_report(&address).await;

    assert!(stale.append("html", b"more".to_vec()).await.is_err());
    assert!(stale.commit().await.is_err());
    assert_eq!(archive(&store).list(10, None).unwrap(), [stored]);
}

#[actix::test]
async fn a_report_that_differs_from_what_its_builder_counted_is_refused_and_absent() {
    let store = Store::new();
    let address = writer(&store.path()).start();

    let mut draft = Draft::begin(&address, &["html"]).await.unwrap();
    draft.append("html", b"one".to_vec()).await.unwrap();
    let mut digests = draft.digests();
    digests[0].length += 1;
    let refused = address.send(CommitReport { session: draft.session, digests }).await.unwrap().unwrap_err();
    assert!(matches!(refused, PersistenceError::Session(SessionError::DigestMismatch { .. })), "{refused}");

    let mut draft = Draft::begin(&address, &["html_vi", "css", "html_en"]).await.unwrap();
    draft.append("css", b"p{}".to_vec()).await.unwrap();
    let refused = draft.commit().await.unwrap_err().to_string();
    assert!(refused.ends_with("cannot be stored: missing or empty: html_vi, html_en"), "{refused}");

    assert_eq!(archive(&store).count().unwrap(), 0);
    assert_eq!(status(&address).await, PersistenceStatus { reports_aborted: 2, ..idle() });
}

#[actix::test]
async fn a_chunk_out_of_order_is_refused_and_the_report_can_go_on() {
    let store = Store::new();
    let address = writer(&store.path()).start();
    let mut draft = Draft::begin(&address, &["html"]).await.unwrap();
    draft.append("html", b"first".to_vec()).await.unwrap();
    for seq in [0, 2] {
        let chunk = AppendChunk { session: draft.session, artifact: "html", seq, body: b"not now".to_vec() };
        assert!(address.send(chunk).await.unwrap().is_err());
    }
    draft.append("html", b"second".to_vec()).await.unwrap();
    let stored = draft.commit().await.unwrap();
    assert_eq!((stored.total_bytes(), stored.total_chunks()), (11, 2));
}

#[actix::test]
async fn a_reader_sees_whole_reports_only_while_another_is_written() {
    let store = Store::new();
    let address = writer(&store.path()).start();
    let first = store_report(&address).await;
    let archive = archive(&store);

    let mut draft = Draft::begin(&address, &["html"]).await.unwrap();
    // More than the writer's page cache: part of it is in the write-ahead log already.
    for _ in 0..32 {
        draft.append("html", vec![b'x'; 65_536]).await.unwrap();
    }
    assert!(size(&store, "-wal") > 1_000_000);
    assert_eq!(archive.latest().unwrap().as_ref(), Some(&first));
    assert_eq!(archive.chunk(first.id, "css", 0).unwrap().as_deref(), Some(b"p{}".as_slice()));
    assert_eq!(archive.chunk(first.id + 1, "html", 0).unwrap(), None);

    let second = draft.commit().await.unwrap();
    assert!(second.id > first.id);
    assert_eq!(archive.list(10, None).unwrap(), [second.clone(), first.clone()]);
    assert_eq!(archive.list(10, Some(second.id)).unwrap(), [first]);
    assert_eq!(archive.list(1, None).unwrap(), [second]);
}

#[actix::test]
async fn history_that_arrives_during_a_report_outlives_its_abort() {
    let store = Store::new();
    let address = writer(&store.path()).start();
    let draft = Draft::begin(&address, &["html"]).await.unwrap();
    address.send(RecordIndices { points: vec![point(0, 1.0), point(3, 2.0)] }).await.unwrap().unwrap();
    assert_eq!(status(&address).await.points_waiting, 2);
    let abort = AbortReport { session: draft.session, reason: "cancelled".to_owned() };
    address.send(abort).await.unwrap().unwrap();

    // A source that repeats itself is recorded once.
    address.send(RecordIndices { points: vec![point(3, 9.0), point(6, 3.0)] }).await.unwrap().unwrap();
    let expected = PersistenceStatus { reports_aborted: 1, points_written: 3, ..idle() };
    assert_eq!(status(&address).await, expected);
    let values: Vec<f64> =
        archive(&store).series("vnindex", start(), 10).unwrap().into_iter().map(|(_, value)| value).collect();
    assert_eq!(values, [1.0, 2.0, 3.0]);
}

#[actix::test]
async fn history_that_the_database_refused_is_written_with_the_next_points() {
    let store = Store::new();
    let address = writer(&store.path()).start();
    let mut other = SqliteConnection::establish(store.path().to_str().unwrap()).unwrap();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    let refused = address.send(RecordIndices { points: vec![point(0, 1.0)] }).await.unwrap();
    assert_eq!(refused, Err(PersistenceError::Locked));
    assert!(matches!(Draft::begin(&address, &["html"]).await, Err(PersistenceError::Locked)));
    other.batch_execute("ROLLBACK").unwrap();

    address.send(RecordIndices { points: vec![point(3, 2.0)] }).await.unwrap().unwrap();
    assert_eq!(status(&address).await, PersistenceStatus { points_written: 2, ..idle() });
}

#[actix::test]
async fn a_long_history_becomes_as_many_points_as_were_asked_for() {
    let store = Store::new();
    let address = writer(&store.path()).start();
    let points = (0..5_000).map(|step| point(step * 3, f64::from(i32::try_from(step).unwrap()))).collect();
    address.send(RecordIndices { points }).await.unwrap().unwrap();
    let archive = archive(&store);

    let all = archive.series("vnindex", start(), 5_000).unwrap();
    assert_eq!(all.len(), 5_000);
    for asked in [1_u32, 2, 7, 100, 4_999] {
        let thinned = archive.series("vnindex", start(), asked).unwrap();
        let got = u32::try_from(thinned.len()).unwrap();
        assert!(got <= asked && got >= asked / 2, "{got} of {asked}");
        assert_eq!(thinned.last(), all.last(), "the newest point of {asked}");
        assert!(thinned.is_sorted_by(|a, b| a.0 < b.0));
        assert!(thinned.iter().all(|point| all.contains(point)));
    }
    let since = start() + SignedDuration::from_mins(14_991);
    assert_eq!(archive.series("vnindex", since, 10).unwrap().len(), 3);
    assert_eq!(archive.series("hnxindex", start(), 10).unwrap(), []);
}

#[actix::test]
async fn a_series_is_of_one_source_the_one_of_its_newest_point() {
    let store = Store::new();
    let address = writer(&store.path()).start();
    let value = |minute: i64| f64::from(i32::try_from(minute).unwrap());
    // Two sources in turn; the last point is of the second one.
    let by_turns = |minute| {
        let source = if minute % 2 == 0 { "vietcap" } else { "kbs" };
        Point { source: source.to_owned(), ..point(minute, value(minute)) }
    };
    address.send(RecordIndices { points: (0..1_000).map(by_turns).collect() }).await.unwrap().unwrap();
    let archive = archive(&store);
    for (asked, least) in [(1_000, 500), (500, 500), (499, 250), (100, 100), (7, 7), (1, 1)] {
        let found = archive.series("vnindex", start(), asked).unwrap();
        assert!(found.len() >= least && found.len() <= asked as usize, "{} of {asked}", found.len());
        assert_eq!(found.last().unwrap().1, 999.0);
        assert!(found.iter().all(|(_, value)| value % 2.0 == 1.0), "{asked}");
    }
    address.send(RecordIndices { points: vec![point(1_000, 1_000.0)] }).await.unwrap().unwrap();
    let found = archive.series("vnindex", start(), 1_000).unwrap();
    assert_eq!((found.len(), found[0].1), (501, 0.0));
}

#[actix::test]
async fn a_stopped_actor_leaves_no_half_report_and_no_point_behind() {
    let store = Store::new();
    let arbiter = Arbiter::new();
    let path = store.path();
    let address = Persistence::start_in_arbiter(&arbiter.handle(), move |_| writer(&path));
    let mut draft = Draft::begin(&address, &["html"]).await.unwrap();
    draft.append("html", vec![b'a'; 65_536]).await.unwrap();
    address.send(RecordIndices { points: vec![point(0, 1.0)] }).await.unwrap().unwrap();
    arbiter.stop();
    arbiter.join().unwrap();

    // The next generation: a new value on the same file.
    let address = writer(&store.path()).start();
    let archive = archive(&store);
    assert_eq!(archive.count().unwrap(), 0);
    assert_eq!(archive.series("vnindex", start(), 10).unwrap().len(), 1);
    store_report(&address).await;
    assert_eq!(archive.count().unwrap(), 1);
}

/// Ends this process in the middle of a report; run by the test below in a process of its own.
#[actix::test]
async fn child_that_dies_in_the_middle_of_a_report() {
    let Ok(path) = std::env::var("EVENKEEL_TEST_DIES_AT") else { return };
    let address = writer(path.as_ref()).start();
    store_report(&address).await;
    let mut draft = Draft::begin(&address, &["html"]).await.unwrap();
    for _ in 0..32 {
        draft.append("html", vec![b'x'; 65_536]).await.unwrap();
    }
    std::process::abort();
}

#[actix::test]
async fn a_killed_process_leaves_whole_reports_only() {
    let store = Store::new();
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_that_dies_in_the_middle_of_a_report"])
        .env("EVENKEEL_TEST_DIES_AT", store.path())
        .output()
        .unwrap();
    assert!(!child.status.success());
    assert!(size(&store, "-wal") > 1_000_000, "the child was to die with a log of its own left");

    // A reader comes first: it can recover the log without writing to the database.
    let archive = archive(&store);
    assert_eq!(archive.count().unwrap(), 1);
    let address = writer(&store.path()).start();
    let next: StoredReport = store_report(&address).await;
    assert_eq!(archive.list(10, None).unwrap().len(), 2);
    assert_eq!(archive.latest().unwrap(), Some(next));
}

#[actix::test]
async fn a_hundred_reports_take_the_room_of_their_content() {
    let store = Store::new();
    let address = writer(&store.path()).start();
    let artifacts = ["html_vi", "js_vi", "html_en", "js_en", "css"];
    let mut content = 0;
    for _ in 0..100 {
        let mut draft = Draft::begin(&address, &artifacts).await.unwrap();
        for artifact in artifacts {
            draft.append(artifact, vec![b'h'; 65_536]).await.unwrap();
            draft.append(artifact, vec![b't'; 20_000]).await.unwrap();
        }
        content += draft.commit().await.unwrap().total_bytes();
    }
    address.send(RecordIndices { points: vec![point(0, 1.0)] }).await.unwrap().unwrap();
    let (file, log) = (size(&store, ""), size(&store, "-wal"));
    println!("100 reports: {content} bytes of content, {file} bytes of file, {log} bytes of log");
    assert!(file < content + content / 4, "{file} bytes for {content}");
    assert!(log < 8 << 20, "the write-ahead log has {log} bytes");
}
