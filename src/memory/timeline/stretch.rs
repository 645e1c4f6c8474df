//! A stretch of the timeline, as it is shown: points, and what happened meanwhile.

use serde::{Deserialize, Serialize};

/// A stretch of the timeline. Sizes are in bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
pub struct Stretch {
    /// The children, in the order in which a point lists them.
    pub names: Vec<String>,
    /// The points, oldest first; a step in which nothing was measured has none.
    pub points: Vec<Point>,
    /// What happened meanwhile, oldest first.
    pub marks: Vec<Mark>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
pub struct Point {
    /// When the step began, in milliseconds since 1970 by the daemon's clock.
    pub at_ms: i64,
    /// The highest resident set of the process; nothing if it could not be read.
    pub rss: Option<u64>,
    /// The lowest.
    pub low: Option<u64>,
    /// The part of `rss` that is charged to no child.
    pub unattributed: Option<u64>,
    /// What each child holds of it.
    pub children: Vec<Option<u64>>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
pub struct Mark {
    /// When it was noticed, in milliseconds since 1970 by the daemon's clock.
    pub at_ms: i64,
    /// What it was.
    pub what: Happened,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Happened {
    /// The process was started, or was replaced.
    Begun,
    /// A child has a new generation.
    Restart {
        /// The child.
        child: String,
        /// Its new generation.
        generation: u64,
        /// Why.
        cause: Cause,
    },
}

/// Why a child has a new generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Its memory, or another one's that it may hold.
    Memory,
    /// It panicked, hung or could not be started.
    Crash,
    /// Somebody asked for it.
    Request,
}
