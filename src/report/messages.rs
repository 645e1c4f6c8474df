//! What other actors say to `ReportBuilder` and `AutoReport`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use actix::Message;
use jiff::Timestamp;
use serde::Serialize;

use crate::persistence::messages::StoredReport;

/// Builds one report and stores it.
#[derive(Debug, Message)]
#[rtype(result = "Result<StoredReport, BuildError>")]
pub struct BuildReport {
    /// The edition to build.
    pub edition: String,
    /// Follows the build while it runs; see [`Progress`].
    pub progress: Progress,
}

/// Why there is no report. The report is absent: nothing of it was stored.
#[derive(Debug, Clone, thiserror::Error, PartialEq)]
pub enum BuildError {
    /// Another build is running.
    #[error("another report is being built")]
    Busy,
    /// There is no snapshot to report on, or one in which nothing is known.
    #[error("there is no market data: no source has answered yet")]
    NoMarketData,
    /// The index store could not be read.
    #[error("the market data cannot be read: {0}")]
    MarketData(String),
    /// A section could not be rendered or written.
    #[error("{0}")]
    Writing(String),
    /// The report could not be opened or committed.
    #[error("the report could not be stored: {0}")]
    Storage(String),
    /// The builder is being replaced or the daemon is ending.
    #[error("the build was cancelled")]
    Cancelled,
}

/// The progress of one build, in steps, shared between the builder and whoever watches.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Steps>);

#[derive(Debug, Default)]
struct Steps {
    done: AtomicU32,
    total: AtomicU32,
}

impl Progress {
    /// Says how many steps the build has.
    pub fn begin(&self, total: u32) {
        self.0.total.store(total, Ordering::Relaxed);
        self.0.done.store(0, Ordering::Relaxed);
    }

    /// Says that one more step is done.
    pub fn advance(&self) {
        self.0.done.fetch_add(1, Ordering::Relaxed);
    }

    /// Steps done and steps in all; both 0 before the build has begun.
    pub fn get(&self) -> (u32, u32) {
        (self.0.done.load(Ordering::Relaxed), self.0.total.load(Ordering::Relaxed))
    }
}

/// Asks `AutoReport` for its status.
#[derive(Debug, Message)]
#[rtype(result = "AutoReportStatus")]
pub struct ObserveSchedule;

/// What `AutoReport` is waiting for.
#[derive(Debug, Clone, PartialEq, Serialize, actix::MessageResponse)]
pub struct AutoReportStatus {
    /// When the next report is due; nothing when no schedule is enabled.
    pub next_due: Option<Timestamp>,
    /// Reports stored since this generation began.
    pub reports: u64,
    /// Failures in a row.
    pub failures_in_a_row: u32,
}

/// Asks `ReportBuilder` for its status.
#[derive(Debug, Message)]
#[rtype(result = "BuilderStatus")]
pub struct Observe;

/// What `ReportBuilder` has done since its generation began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, actix::MessageResponse)]
pub struct BuilderStatus {
    /// Whether a build is running.
    pub building: bool,
    /// Reports stored.
    pub reports: u64,
    /// Builds that came to nothing.
    pub failures: u64,
}
