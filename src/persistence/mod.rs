//! Reports and history in a database. SQL stands here and nowhere else.
//!
//! Two sides that never share a connection. [`Persistence`] owns the one write connection and makes a report visible whole or not
//! at all. [`Archive`] reads, one chunk at a time, also while a report is being written. Nothing here knows what a report is about.
//!
//! # Reading
//!
//! [`Archive`] blocks: within a future, each call belongs on a blocking thread. What it returns is a [`StoredReport`] with a
//! [`StoredArtifact`] for each [`ArtifactName`], never their content, and [`Point`]s of the history; a question that cannot be
//! answered is a [`PersistenceError`].
//!
//! ```
//! use evenkeel::persistence::{Archive, ArtifactName, LONGEST_LIST, PersistenceError, Point, PoolUse, StoredArtifact, StoredReport};
//!
//! fn largest(archive: &Archive) -> Result<Option<(i32, u64)>, PersistenceError> {
//!     const STYLE: ArtifactName = "css";
//!     let newest: Vec<StoredReport> = archive.list(LONGEST_LIST, None)?;
//!     for report in &newest {
//!         for StoredArtifact { name, bytes, sha256, .. } in report.artifacts.iter().filter(|artifact| artifact.name != STYLE) {
//!             println!("report {}: {name}, {bytes} B, {sha256}", report.id);
//!         }
//!     }
//!     let PoolUse { open, .. } = archive.pool();
//!     println!("{open} connections");
//!     Ok(newest.iter().map(|report| (report.id, report.total_bytes())).max_by_key(|(_, bytes)| *bytes))
//! }
//!
//! fn last_value(points: &[Point]) -> Option<f64> {
//!     points.last().map(|point| point.value)
//! }
//! # let _ = (largest, last_value);
//! ```
//!
//! # Writing
//!
//! Only the [`Persistence`] actor does. [`Observe`] asks what it has done:
//!
//! ```
//! use evenkeel::daemon::Daemon;
//! use evenkeel::persistence::{Observe, Persistence, PersistenceStatus, SessionId};
//! use evenkeel::{Link, LinkError};
//!
//! async fn committed(daemon: &Daemon) -> Result<u64, LinkError> {
//!     let writer: &Link<Persistence> = &daemon.persistence;
//!     let PersistenceStatus { open_session, reports_committed, points_waiting, .. } = writer.send(Observe).await?;
//!     if let Some(SessionId(number)) = open_session {
//!         println!("{points_waiting} points wait for report session {number} to end");
//!     }
//!     Ok(reports_committed)
//! }
//! # let _ = committed;
//! ```
//!
//! Replicas that share a database agree on who builds the report that is due: the winner, a [`Replica`], has a [`SlotClaim`].
//!
//! ```
//! use evenkeel::persistence::{Replica, SlotClaim};
//!
//! fn tell(claim: &SlotClaim) -> String {
//!     let winner: &Replica = &claim.replica;
//!     format!("{} builds what is due at {}", winner.as_str(), claim.due)
//! }
//! # let _ = tell;
//! ```
//!
//! # What keeps a daemon from starting
//!
//! An [`OpenError`]: the database cannot be opened, is held by another program, or is of a newer version. An [`AdoptionError`]: a
//! table of the service before is in the way. A [`SessionError`] comes later: what was said of an open report does not agree with it.
//!
//! ```
//! use evenkeel::daemon::StartError;
//! use evenkeel::persistence::{AdoptionError, OpenError, PersistenceError, SessionError};
//!
//! fn what_to_do(error: &StartError) -> &'static str {
//!     match error {
//!         StartError::Open(OpenError::Locked { .. }) => "end the other program",
//!         StartError::Persistence(PersistenceError::Adoption(AdoptionError::InTheWay { .. })) => "evenkeel migrate --adopt",
//!         StartError::Persistence(PersistenceError::Session(SessionError::NoArtifacts)) => "name an artifact",
//!         _ => "read the message",
//!     }
//! }
//! # let _ = what_to_do;
//! ```

#[doc(hidden)]
pub mod actor;
#[doc(hidden)]
pub mod adoption;
#[doc(hidden)]
pub mod archive;
#[cfg(feature = "postgres")]
mod backends;
#[cfg(not(feature = "postgres"))]
#[path = "no_backends.rs"]
mod backends;
mod backlog;
mod commit;
mod connection;
#[doc(hidden)]
pub mod database;
mod error;
mod history;
mod lapse;
#[doc(hidden)]
pub mod location;
#[doc(hidden)]
pub mod messages;
mod migrations;
mod open_error;
mod outage;
#[cfg(feature = "postgres")]
mod postgres;
#[doc(hidden)]
pub mod replica;
mod reports;
mod retention;
mod schema;
#[doc(hidden)]
pub mod scratch;
mod session;
#[doc(hidden)]
pub mod slot_messages;
mod slots;
mod sqlite;
mod transaction;
#[doc(hidden)]
pub mod turn;
mod writer_lock;

pub use actor::Persistence;
pub use adoption::AdoptionError;
pub use archive::{Archive, LONGEST_LIST, PoolUse};
pub use error::{PersistenceError, SessionError};
pub use messages::{
    ArtifactName, Observe, PersistenceStatus, Point, SessionId, StoredArtifact, StoredReport,
};
pub use open_error::OpenError;
pub use replica::Replica;
pub use slot_messages::SlotClaim;
