//! What other actors say to `ReportBuilder` and `AutoReport`.

use actix::Message;
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::watch;

use super::phases::Phases;
use super::section::Section;
use crate::persistence::messages::StoredReport;
use crate::persistence::slot_messages::SlotClaim;

/// Builds one report and stores it.
#[derive(Debug, Message)]
#[rtype(result = "Result<StoredReport, BuildError>")]
pub struct BuildReport {
    /// The edition to build.
    pub edition: String,
    /// Follows the build while it runs; see [`Progress`].
    pub progress: Progress,
    /// The due slot that the report answers: it is done when the report is stored. None: somebody wants a report.
    pub slot: Option<SlotClaim>,
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
    /// The report could not be opened, and nothing was built: the database is away or held by somebody else, and may be
    /// there again soon.
    #[error("the report could not be opened: {0}")]
    NotOpened(String),
    /// The due slot has passed to another replica.
    #[error("{0}")]
    SlotLost(String),
    /// There is no such edition.
    #[error("there is no edition `{edition}`: use one of {known}")]
    UnknownEdition {
        /// What was asked for.
        edition: String,
        /// The names of the configured ones.
        known: String,
    },
    /// The builder is being replaced or the daemon is ending.
    #[error("the build was cancelled")]
    Cancelled,
}

/// The progress of one build, in steps, shared between the builder and whoever watches.
#[derive(Debug, Clone, Default)]
pub struct Progress(watch::Sender<Stage>);

/// How far a build has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stage {
    /// Steps done.
    pub done: u32,
    /// Steps in all; 0 before the build has begun.
    pub total: u32,
    /// What is being written, or was written last; nothing before the first section.
    pub section: Option<Section>,
}

impl Progress {
    /// Says how many steps the build has.
    pub fn begin(&self, total: u32) {
        self.0.send_replace(Stage { done: 0, total, section: None });
    }

    /// Says what is written from now on.
    pub fn enter(&self, section: Section) {
        self.0.send_modify(|stage| stage.section = Some(section));
    }

    /// Says that one more step is done.
    pub fn advance(&self) {
        self.0.send_modify(|stage| stage.done += 1);
    }

    /// Steps done and steps in all; both 0 before the build has begun.
    pub fn get(&self) -> (u32, u32) {
        let stage = self.stage();
        (stage.done, stage.total)
    }

    /// How far it has come.
    pub fn stage(&self) -> Stage {
        *self.0.borrow()
    }

    /// Tells of every change from now on.
    pub fn watch(&self) -> watch::Receiver<Stage> {
        self.0.subscribe()
    }
}

/// Asks `AutoReport` for its status.
#[derive(Debug, Message)]
#[rtype(result = "AutoReportStatus")]
pub struct ObserveSchedule;

/// What `AutoReport` is waiting for, all editions together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, actix::MessageResponse)]
pub struct AutoReportStatus {
    /// When the next report is due; nothing when no schedule is enabled.
    pub next_due: Option<Timestamp>,
    /// Reports stored since this generation began.
    pub reports: u64,
    /// Failures in a row.
    pub failures_in_a_row: u32,
    /// What the latest attempt since this generation began came to.
    pub last: Option<Attempt>,
}

impl AutoReportStatus {
    /// Two editions together: the earlier due time, all reports, the longer run of failures, the later attempt.
    pub(super) fn beside(self, other: Self) -> Self {
        let ended = |attempt: &Option<Attempt>| attempt.as_ref().map(|attempt| attempt.ended);
        let last = if ended(&self.last) >= ended(&other.last) { self.last } else { other.last };
        Self {
            next_due: self.next_due.into_iter().chain(other.next_due).min(),
            reports: self.reports + other.reports,
            failures_in_a_row: self.failures_in_a_row.max(other.failures_in_a_row),
            last,
        }
    }
}

/// What one attempt of `AutoReport` came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
pub struct Attempt {
    /// The time that the report was due.
    #[cfg_attr(feature = "web", schema(value_type = String, format = DateTime))]
    pub due: Timestamp,
    /// When the attempt ended.
    #[cfg_attr(feature = "web", schema(value_type = String, format = DateTime))]
    pub ended: Timestamp,
    /// The report; nothing if there is none.
    #[cfg_attr(feature = "web", schema(required = true))]
    pub report_id: Option<i32>,
    /// Why there is none.
    #[cfg_attr(feature = "web", schema(required = true))]
    pub error: Option<String>,
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
    /// What the time of the last stored report went into.
    pub phases: Option<Phases>,
}
