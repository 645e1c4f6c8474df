//! What is worth a warning but no error.

use std::fmt;
use std::path::PathBuf;

use super::duration::render;
use super::key::INTERVAL_HOURS;
use super::whole::Config;

/// Something that was read but has no effect, or one that surprises. Displays as a sentence for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// `AUTO_REPORT_INTERVAL_HOURS` is set, and so are times, which come first.
    IntervalUnused,
    /// A snapshot ends before the next one arrives: `market.snapshot_ttl` is shorter than `market.refresh_every`.
    SnapshotGap {
        /// `market.snapshot_ttl`, with its unit.
        ttl: String,
        /// `market.refresh_every`, with its unit.
        every: String,
    },
    /// A variable that begins with `EVENKEEL_` and is none that is read.
    UnknownVariable {
        /// Its name.
        name: String,
    },
    /// No market is collected: `market.vietnam`, `market.crypto` and `market.us` are all false.
    NoMarket,
    /// Lines of the `.env` file that are not `NAME=VALUE`.
    UnreadLines {
        /// The `.env` file.
        path: PathBuf,
        /// How many.
        lines: usize,
    },
}

impl Notice {
    /// The notices that follow from the effective values.
    pub(super) fn about(config: &Config, interval_variable_set: bool) -> Vec<Self> {
        let mut notices = Vec::new();
        if interval_variable_set && !config.report.times.is_empty() {
            notices.push(Self::IntervalUnused);
        }
        let market = &config.market;
        if !(market.vietnam || market.crypto || market.us) {
            notices.push(Self::NoMarket);
        }
        if market.snapshot_ttl < market.refresh_every {
            let (ttl, every) = (render(market.snapshot_ttl), render(market.refresh_every));
            notices.push(Self::SnapshotGap { ttl, every });
        }
        notices
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IntervalUnused => {
                write!(f, "{INTERVAL_HOURS} is set but reports are written at the times of report.times")
            }
            Self::SnapshotGap { ttl, every } => write!(
                f,
                "market.snapshot_ttl ({ttl}) is shorter than market.refresh_every ({every}): \
                 before each refresh there is no snapshot"
            ),
            Self::UnknownVariable { name } => write!(f, "{name} is set but no such variable is read"),
            Self::NoMarket => f.write_str(
                "market.vietnam, market.crypto and market.us are all false: no index is collected",
            ),
            Self::UnreadLines { path, lines: 1 } => {
                write!(f, "a line of {} is not NAME=VALUE and was passed over", path.display())
            }
            Self::UnreadLines { path, lines } => {
                write!(f, "{lines} lines of {} are not NAME=VALUE and were passed over", path.display())
            }
        }
    }
}
