//! The soak: simulated days through the real daemon, with only the waiting left out.
//!
//! Everything is what it is in production: the actors and their schedule, HTTP to the simulated exchange (in a process of
//! its own), the index store, the database. Only the clock is stepped: it is set forward when everybody sleeps, to when the
//! first one is to wake.

mod before;
mod chart;
mod course;
mod error;
mod exchange;
mod findings;
mod hour;
mod plan;

pub use chart::chart;
pub use course::run;
pub use error::SoakError;
pub use findings::{Findings, ReadError};
pub use hour::{Hour, read};
pub use plan::Plan;
