//! What other actors say to `Persistence`.
//!
//! A report is opened, appended to in acknowledged chunks, and committed or aborted; it is stored whole or not at
//! all. Nothing here knows what an artifact contains.

use std::fmt;

use actix::Message;
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::oneshot;

use super::PersistenceError;
use super::slot_messages::SlotClaim;

/// The name of one artifact of a report, for example `html_vi`.
pub type ArtifactName = &'static str;

/// One open report, unique over the life of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct SessionId(pub u64);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Keeps a report session open for as long as its [`LeaseHolder`] lives.
///
/// A builder that panics or is replaced drops its holder while it is unwound, and the half-written report is rolled
/// back at once instead of after a time limit.
#[derive(Debug)]
pub struct Lease(oneshot::Receiver<()>);

/// The builder's end of a [`Lease`].
#[derive(Debug)]
pub struct LeaseHolder {
    _alive: oneshot::Sender<()>,
}

impl Lease {
    /// A lease and its holder.
    pub fn new() -> (LeaseHolder, Self) {
        let (alive, ended) = oneshot::channel();
        (LeaseHolder { _alive: alive }, Self(ended))
    }

    /// Ends when the holder was dropped.
    pub async fn ended(self) {
        // The holder never sends: the only way for this to end is that it was dropped.
        let _ = self.0.await;
    }
}

/// Opens a report. One report can be open at a time, because a database file has one writer.
#[derive(Debug, Message)]
#[rtype(result = "Result<SessionId, PersistenceError>")]
pub struct BeginReport {
    /// The edition that the report belongs to.
    pub edition: String,
    /// The time that readers see.
    pub created_at: Timestamp,
    /// Every artifact that the report must have when it is committed.
    pub artifacts: Vec<ArtifactName>,
    /// Rolls the report back when its builder goes away.
    pub lease: Lease,
    /// The due slot that this report answers, if it answers one. It is done when the report is committed, in the same
    /// transaction; if it has passed to another replica meanwhile, the report is rolled back.
    pub slot: Option<SlotClaim>,
}

/// Appends one chunk to one artifact of an open report.
#[derive(Debug, Message)]
#[rtype(result = "Result<(), PersistenceError>")]
pub struct AppendChunk {
    /// The open report.
    pub session: SessionId,
    /// One of the artifacts named in [`BeginReport`].
    pub artifact: ArtifactName,
    /// Position in the artifact, counted from 0 without gaps.
    pub seq: u32,
    /// At least 1 byte; 64 KiB by convention.
    pub body: Vec<u8>,
}

/// What the builder believes that it sent; compared with what was received before anything is committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactDigest {
    /// The artifact's name.
    pub artifact: ArtifactName,
    /// Length in bytes.
    pub length: u64,
    /// SHA-256 of all chunks in order.
    pub sha256: [u8; 32],
}

/// Makes an open report visible, whole, to every reader.
///
/// Ends the session in any case: a report that is refused is rolled back.
#[derive(Debug, Message)]
#[rtype(result = "Result<StoredReport, PersistenceError>")]
pub struct CommitReport {
    /// The open report.
    pub session: SessionId,
    /// One entry an artifact.
    pub digests: Vec<ArtifactDigest>,
}

/// Forgets an open report without a trace.
#[derive(Debug, Message)]
#[rtype(result = "Result<(), PersistenceError>")]
pub struct AbortReport {
    /// The open report.
    pub session: SessionId,
    /// Why, for the log.
    pub reason: String,
}

/// Appends points to the history of their series.
///
/// While a report is open its transaction owns the write connection; points that arrive then are kept and written
/// when the report ends, so that a report that is rolled back takes no history with it. Points that the database
/// refused are kept as well, although the message is answered with the error: they are written with the next ones, before
/// the next report, or a few seconds after the database is there again, whichever comes first. At most 10,000 points or
/// 2 MiB of them wait; the oldest are dropped first. What a generation cannot write when it ends is lost.
#[derive(Debug, Message)]
#[rtype(result = "Result<(), PersistenceError>")]
pub struct RecordIndices {
    /// The points; a point whose series and time are already recorded is ignored.
    pub points: Vec<Point>,
}

/// Removes a batch of what is older than it is to be kept. Nothing while a report is open.
#[derive(Debug, Message)]
#[rtype(result = "Result<Removed, PersistenceError>")]
pub struct RemoveOld {
    /// Points from before this time; none are removed without it.
    pub points_before: Option<Timestamp>,
    /// Reports created before this time, except the newest; none are removed without it.
    pub reports_before: Option<Timestamp>,
    /// The slot of the work: nothing is removed when it is somebody else's by now.
    pub slot: SlotClaim,
}

/// What became of a [`RemoveOld`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// So many points of one series; there may be more.
    Points(u64),
    /// One report with everything that belongs to it; there may be more.
    Report(i32),
    /// Nothing: a report is being written.
    Busy,
    /// Nothing: nothing so old is left.
    Done,
}

/// One value of one series at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// For example `vnindex`.
    pub series: String,
    /// When the source says that the value held.
    pub at: Timestamp,
    /// The value, in the unit of the series.
    pub value: f64,
    /// Traded volume up to then, where the source has one.
    pub volume: Option<f64>,
    /// Which source answered: values of two sources are never compared with each other unawares.
    pub source: String,
}

/// A committed report, without its content.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
pub struct StoredReport {
    /// The id that readers use; rises with every report.
    pub id: i32,
    /// The edition that the report belongs to.
    pub edition: String,
    /// The time that readers see.
    #[cfg_attr(feature = "web", schema(value_type = String, format = DateTime))]
    pub created_at: Timestamp,
    /// The report's artifacts in the order in which they were opened.
    pub artifacts: Vec<StoredArtifact>,
}

impl StoredReport {
    /// The length of all artifacts together, in bytes.
    pub fn total_bytes(&self) -> u64 {
        self.artifacts.iter().map(|artifact| artifact.bytes).sum()
    }

    /// The number of chunks of all artifacts together.
    pub fn total_chunks(&self) -> u64 {
        self.artifacts.iter().map(|artifact| u64::from(artifact.chunks)).sum()
    }
}

/// One committed artifact, without its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
pub struct StoredArtifact {
    /// For example `html_vi`.
    pub name: String,
    /// Length in bytes.
    pub bytes: u64,
    /// Number of chunks.
    pub chunks: u32,
    /// SHA-256 of the content, in lower-case hexadecimal.
    pub sha256: String,
}

impl StoredArtifact {
    pub(super) fn new(name: String, bytes: u64, chunks: u32, sha256: &[u8]) -> Self {
        let sha256 = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        Self { name, bytes, chunks, sha256 }
    }
}

/// Asks `Persistence` for its status.
#[derive(Debug, Message)]
#[rtype(result = "PersistenceStatus")]
pub struct Observe;

/// What `Persistence` holds and has done since its generation began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, actix::MessageResponse)]
pub struct PersistenceStatus {
    /// The open report, if there is one.
    pub open_session: Option<SessionId>,
    /// Reports committed.
    pub reports_committed: u64,
    /// Reports rolled back, for whatever reason.
    pub reports_aborted: u64,
    /// History points written.
    pub points_written: u64,
    /// History points that wait for the open report to end, or for a database that refused them.
    pub points_waiting: usize,
    /// History points that were dropped because too many waited.
    pub points_dropped: u64,
}
