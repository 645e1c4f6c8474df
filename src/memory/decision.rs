//! What the policy says of an account, with the numbers that led to it.
//!
//! Values only, as they are recorded, shown and replayed. Every float in them is finite, so that they survive JSON.

use serde::{Deserialize, Serialize};

/// A verdict with its evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
pub struct Decision {
    /// What follows.
    pub verdict: Verdict,
    /// Why.
    pub evidence: Evidence,
}

/// What the policy says at a tick.
///
/// A verdict is the state of affairs, not an event: it is said again at every tick until the numbers change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The generation is younger than its warm-up and one bucket: there is no baseline yet. The soft and the hard limit,
    /// where they are configured, hold already.
    WarmingUp,
    /// Nothing to say.
    Steady,
    /// A near miss.
    ///
    /// * [`Leg::Soft`]: at least half of the strikes that make a case.
    /// * [`Leg::Hard`]: at least 90 % of the hard limit.
    /// * [`Leg::Trend`]: growth that is large enough and sure enough, but that is not going on at an even pace (a
    ///   step, a plateau, a cycle), or that was seen over the short window only and is far from the soft limit.
    Close(Leg),
    /// Grounds for an action.
    Case(Leg),
}

/// The rule that spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Leg {
    /// The soft limit, exceeded again and again.
    Soft,
    /// The hard limit, exceeded once.
    Hard,
    /// Growth that is proven over a window.
    Trend,
}

/// The numbers behind a verdict. Sizes are in bytes.
///
/// The fields from `buckets` on speak of one window: the long one as soon as it is full, the short one before that and
/// whenever the short one makes the case or, alone, the near miss.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Evidence {
    /// Living bytes: the lowest reading of the bucket that was closed last, or the present reading before that.
    pub floor: u64,
    /// Physical memory of the account at this tick.
    pub resident: u64,
    /// The lowest floor of the first three buckets after the warm-up; known from the first one on.
    pub baseline: Option<u64>,
    /// The soft limit: as configured, or derived from the baseline of the physical memory.
    pub soft: Option<u64>,
    /// The hard limit, if one is configured.
    pub hard: Option<u64>,
    /// Readings above the soft limit among the last ones that count.
    pub strikes: u32,
    /// Closed buckets that the window holds.
    pub buckets: u32,
    /// Measured time that a full window covers, in milliseconds.
    pub window_ms: Option<u64>,
    /// Growth from the first to the last floor of the window along the Theil–Sen line; less what work explains, once
    /// the floors by themselves would make the case.
    pub growth: Option<i64>,
    /// Growth that follows from more or less work being done, where work is known.
    pub explained: Option<i64>,
    /// Growth below this is too little to matter.
    pub growth_needed: Option<u64>,
    /// The slope behind `growth`, in bytes per day.
    pub slope_per_day: Option<f64>,
    /// How likely floors without a trend rise as surely: Mann–Kendall, one-sided.
    pub p: Option<f64>,
    /// Slopes of the first and the second half of the window as shares of the whole slope; nothing where that is not
    /// above 0.
    pub halves: Option<[f64; 2]>,
}
