//! What traders compute from prices: pure functions of numbers, without a clock and without I/O.
//!
//! A series is a slice in the order of time, a result has one place for each of its values. What is decided for all of
//! them, and tested in `tests/indicators.rs`:
//!
//! - **Short**: before the warm-up is over there is no value, never a guess.
//! - **A gap** (a value that is not a finite number) has no value, and after it the warm-up begins anew: no window and no
//!   average reaches across.
//! - **Flat**: an index without any change has a relative strength of 50, bands of no width and a volatility of 0; a
//!   correlation with it is not defined.
//!
//! The indicators are those of the [kand] crate, which gives TA-Lib's values; what it leaves open is decided here.

pub mod average;
pub mod momentum;
pub mod participation;
pub mod relation;
pub mod risk;

mod runs;

/// A series of results: nothing where there is no value.
pub type Line = Vec<Option<f64>>;
