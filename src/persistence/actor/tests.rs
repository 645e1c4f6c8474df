//! What the writer does with a database that refuses, seen from inside: what waits, what is lost, what is rolled back.

use std::time::Duration;

use diesel::Connection as _;
use diesel::connection::SimpleConnection;
use sha2::{Digest, Sha256};

use jiff::Timestamp;

use super::*;
use crate::persistence::error::SessionError;
use crate::persistence::messages::{ArtifactDigest, Lease, SessionId};

static CHUNK: [u8; 65_536] = [b'x'; 65_536];

fn begin(persistence: &mut Persistence) -> SessionId {
    let (watched, _) = Lease::new();
    persistence.begin("daily".to_owned(), Timestamp::UNIX_EPOCH, &["html"], watched, None).unwrap()
}

#[test]
fn what_waits_and_cannot_be_written_at_the_end_is_lost() {
    let directory = tempfile::TempDir::new().unwrap();
    let path = directory.path().join("evenkeel.db");
    Database::open(&Location::sqlite(&path, Duration::ZERO)).unwrap().migrate().unwrap();
    let mut persistence =
        Persistence::new(&Location::sqlite(&path, Duration::ZERO), Clock::system()).unwrap();
    let mut other = diesel::SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    let (series, source) = ("vnindex".to_owned(), "vietcap".to_owned());
    let point = Point { series, at: Timestamp::UNIX_EPOCH, value: 1.0, volume: None, source };
    assert_eq!(persistence.record(vec![point]), Err(PersistenceError::Locked));
    let lost = "1 history points are lost: the database is locked by another process";
    assert_eq!(persistence.write_last(), Err(lost.to_owned()));
    other.batch_execute("ROLLBACK").unwrap();
    assert_eq!(persistence.write_last(), Ok(()));
}

#[test]
fn a_full_database_costs_the_open_report_only() {
    let directory = tempfile::TempDir::new().unwrap();
    let path = directory.path().join("evenkeel.db");
    Database::open(&Location::sqlite(&path, Duration::ZERO)).unwrap().migrate().unwrap();
    let mut persistence =
        Persistence::new(&Location::sqlite(&path, Duration::ZERO), Clock::system()).unwrap();

    let connection = persistence.database.connection().unwrap();
    connection.batch_execute("PRAGMA max_page_count = 32").unwrap();
    let session = begin(&mut persistence);
    let full = (0..32).find_map(|seq| persistence.append(session, "html", seq, &CHUNK).err()).unwrap();
    assert!(full.to_string().contains("full"), "{full}");
    let gone = persistence.append(session, "html", 0, &CHUNK).unwrap_err();
    assert_eq!(gone, SessionError::Unknown { session: session.0 }.into());
    assert_eq!((persistence.status().open_session, persistence.status().reports_aborted), (None, 1));

    // The connection after it has no such limit: the disk has room again.
    let session = begin(&mut persistence);
    persistence.append(session, "html", 0, &CHUNK).unwrap();
    let digest =
        ArtifactDigest { artifact: "html", length: CHUNK.len() as u64, sha256: Sha256::digest(CHUNK).into() };
    assert_eq!(persistence.commit(session, &[digest]).unwrap().total_chunks(), 1);
}
