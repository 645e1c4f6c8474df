//! What `top` has seen of the daemon last.

use super::super::super::inquiry::{Inquiry, Unanswered, path};
use super::super::status::STATUS;
use crate::journal::Entry;
use crate::memory::timeline::{Range, Stretch};
use crate::web::{DaemonStatus, LogPage};

/// Lines of the log that fit on a tall screen.
const LINES: &str = "40";

/// One look at the daemon.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) status: DaemonStatus,
    pub(super) range: Range,
    pub(super) stretch: Stretch,
    /// Oldest first.
    pub(super) lines: Vec<Entry>,
}

impl Seen {
    pub(super) async fn of(inquiry: &Inquiry, range: Range) -> Result<Self, Unanswered> {
        let (status, _) = inquiry.ask::<DaemonStatus>(STATUS).await?;
        let timeline = path(&["api", "v1", "memory", "timeline"], &[("range", range.as_str())]);
        let (stretch, _) = inquiry.ask::<Stretch>(&timeline).await?;
        let log = path(&["api", "v1", "log"], &[("limit", LINES), ("level", "info")]);
        let (LogPage { lines, .. }, _) = inquiry.ask(&log).await?;
        Ok(Self { status, range, stretch, lines })
    }
}
