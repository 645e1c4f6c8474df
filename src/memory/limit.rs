//! What an application says of one child's memory: its limits, and whether growth that goes on is a reason to act.
//!
//! Sizes are written with a unit or given in bytes. What is wrong with them is said when the child is added, with the
//! value and what would be right.

use bytesize::ByteSize;

use crate::config::memory::LimitsConfig;
use crate::config::{parse_size, render_size};

/// The limits of one child.
///
/// ```
/// use evenkeel::{Limit, Trend};
///
/// // Above 64 MiB again and again, or above 256 MiB once: the child is restarted.
/// let both = Limit::soft("64 MiB").hard("256 MiB");
/// // The soft limit follows from what the child holds after its warm-up; 8 MiB of growth in three hours are no leak.
/// let derived = Limit::derived().trend(Trend::over("8 MiB"));
/// // In bytes, and never restarted for growth alone: a cache that is meant to fill.
/// let cache = Limit::derived().hard(512 << 20).trend(Trend::off());
/// # assert!([both, derived, cache].iter().all(|limit| limit.check().is_ok()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit(Result<Limits, LimitError>);

/// Whether growth that goes on makes a case by itself, long before a limit is reached.
///
/// ```
/// use evenkeel::{Limit, Trend};
///
/// let patient = Limit::derived().trend(Trend::over("32 MiB"));
/// let cache = Limit::soft("512 MiB").trend(Trend::off());
/// # assert!([patient, cache].iter().all(|limit| limit.check().is_ok()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trend(Result<TrendRule, LimitError>);

/// A size as it is handed over: text with a unit, such as `"64 MiB"`, or a number of bytes.
pub trait IntoSize {
    /// The size.
    ///
    /// # Errors
    /// When a text is not a size with a unit.
    fn into_size(self) -> Result<ByteSize, LimitError>;
}

/// Limits that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// A text that is no size.
    #[error("\"{value}\" is not a size; write a number with a unit, for example 64 MiB")]
    NotASize {
        /// The text.
        value: String,
    },
    /// A limit that every child exceeds.
    #[error("a limit of 0 B is exceeded by everything; write what the child may hold, for example 64 MiB")]
    Nothing,
    /// The soft limit is above the hard one.
    #[error("the soft limit of {soft} is above the hard one; write at most {hard}")]
    Order {
        /// The soft limit.
        soft: String,
        /// The hard limit.
        hard: String,
    },
}

/// Checked limits of one account, as it is judged by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// The soft limit; without it, one follows from the measured baseline.
    pub soft: Option<ByteSize>,
    /// The hard limit, if there is one.
    pub hard: Option<ByteSize>,
    /// What is said of growth.
    pub trend: TrendRule,
}

/// What is said of an account's growth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TrendRule {
    /// It is judged as [`MemoryConfig`](crate::config::MemoryConfig) says.
    #[default]
    Configured,
    /// Growth over the window below this is too little to matter.
    Over(ByteSize),
    /// It is not judged.
    Off,
}

impl Limit {
    /// A limit of physical memory that makes a case when it is exceeded again and again, even after a purge.
    pub fn soft(size: impl IntoSize) -> Self {
        let soft = some_size(size);
        Self(soft.map(|soft| Limits { soft: Some(soft), ..Limits::default() }))
    }

    /// No soft limit of one's own: it follows from what the child holds after its warm-up, three times that and at
    /// least 64 MiB more.
    pub fn derived() -> Self {
        Self(Ok(Limits::default()))
    }

    /// A limit that makes a case at once, however young the child is.
    #[must_use]
    pub fn hard(self, size: impl IntoSize) -> Self {
        let hard = some_size(size);
        Self(self.0.and_then(|limits| Ok(Limits { hard: Some(hard?), ..limits })))
    }

    /// What is said of growth below the limits; without it, what the monitor's configuration says.
    #[must_use]
    pub fn trend(self, trend: Trend) -> Self {
        Self(self.0.and_then(|limits| Ok(Limits { trend: trend.0?, ..limits })))
    }

    /// The limits, if they can be used.
    ///
    /// # Errors
    /// The first thing that is wrong with them.
    pub fn check(&self) -> Result<Limits, LimitError> {
        let limits = self.0.clone()?;
        match (limits.soft, limits.hard) {
            (Some(soft), Some(hard)) if soft > hard => {
                Err(LimitError::Order { soft: render_size(soft), hard: render_size(hard) })
            }
            _ => Ok(limits),
        }
    }
}

impl Trend {
    /// Growth is no reason to act: only limits are.
    pub fn off() -> Self {
        Self(Ok(TrendRule::Off))
    }

    /// Growth over the window is no reason to act below this size.
    pub fn over(size: impl IntoSize) -> Self {
        Self(size.into_size().map(TrendRule::Over))
    }
}

impl Limits {
    /// What an operator has configured goes before what the application says.
    #[must_use]
    pub fn under(self, configured: LimitsConfig) -> Self {
        let hard = configured.hard.or(self.hard);
        let soft = configured.soft.or(self.soft);
        // One of each: the operator's holds.
        let crossed = soft.zip(hard).is_some_and(|(soft, hard)| soft > hard);
        match (crossed, configured.soft) {
            (true, Some(_)) => Self { soft, hard: configured.hard, ..self },
            (true, None) => Self { soft: hard, hard, ..self },
            (false, _) => Self { soft, hard, ..self },
        }
    }
}

impl From<LimitsConfig> for Limits {
    fn from(LimitsConfig { soft, hard }: LimitsConfig) -> Self {
        Self { soft, hard, trend: TrendRule::Configured }
    }
}

impl IntoSize for &str {
    fn into_size(self) -> Result<ByteSize, LimitError> {
        parse_size(self).ok_or_else(|| LimitError::NotASize { value: self.to_owned() })
    }
}

impl IntoSize for u64 {
    fn into_size(self) -> Result<ByteSize, LimitError> {
        Ok(ByteSize::b(self))
    }
}

impl IntoSize for ByteSize {
    fn into_size(self) -> Result<ByteSize, LimitError> {
        Ok(self)
    }
}

fn some_size(size: impl IntoSize) -> Result<ByteSize, LimitError> {
    let size = size.into_size()?;
    if size.as_u64() == 0 { Err(LimitError::Nothing) } else { Ok(size) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_sizes_with_a_unit_or_bytes() {
        let limits = Limit::soft("64 MiB").hard(256 << 20).trend(Trend::off()).check().unwrap();
        assert_eq!((limits.soft, limits.hard), (Some(ByteSize::mib(64)), Some(ByteSize::mib(256))));
        assert_eq!(limits.trend, TrendRule::Off);
        assert_eq!(Limit::derived().check(), Ok(Limits::default()));
    }

    #[test]
    fn what_is_wrong_is_named_with_what_would_be_right() {
        let table = [
            (Limit::soft("64"), "\"64\" is not a size; write a number with a unit, for example 64 MiB"),
            (
                Limit::soft("much").hard("more"),
                "\"much\" is not a size; write a number with a unit, for example 64 MiB",
            ),
            (
                Limit::derived().trend(Trend::over("5 apples")),
                "\"5 apples\" is not a size; write a number with a unit, for example 64 MiB",
            ),
            (
                Limit::derived().hard(0),
                "a limit of 0 B is exceeded by everything; write what the child may hold, for example 64 MiB",
            ),
            (
                Limit::soft("2 GiB").hard("256 MiB"),
                "the soft limit of 2048 MiB is above the hard one; write at most 256 MiB",
            ),
        ];
        for (limit, message) in table {
            assert_eq!(limit.check().unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn what_the_operator_has_configured_goes_first() {
        let own = Limit::soft("64 MiB").hard("256 MiB").check().unwrap();
        let under = |soft: Option<u64>, hard: Option<u64>| {
            let limits =
                own.under(LimitsConfig { soft: soft.map(ByteSize::mib), hard: hard.map(ByteSize::mib) });
            [limits.soft, limits.hard].map(|size| size.map(|size| size.as_u64() >> 20))
        };
        assert_eq!(under(None, None), [Some(64), Some(256)]);
        assert_eq!(under(Some(32), None), [Some(32), Some(256)]);
        assert_eq!(under(None, Some(32)), [Some(32), Some(32)], "never above the hard one");
        assert_eq!(under(Some(512), None), [Some(512), None], "the application's hard limit gives way");
    }
}
