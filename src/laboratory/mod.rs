//! The leak laboratory: actors that leak, or only look as if they did, on purpose.
//!
//! An [`Ailment`] says which actor has what. A [`Laboratory`] puts a companion beside each ailing child: it allocates
//! for real, on the child's own thread and on the child's account, in the time of the daemon's clock. [`Keepsakes`] are given
//! to a child piece by piece by whoever holds them. The actors
//! themselves are not touched, and a child without an ailment is left exactly as it was.

mod ailment;
mod companion;
mod error;
mod handover;
mod keepsakes;
mod pile;
mod plan;
mod rate;
mod shape;
mod tally;
mod way;

pub use ailment::{Ailment, Course};
pub use error::AilmentError;
pub use keepsakes::Keepsakes;
pub use plan::Laboratory;
pub use rate::{Per, Rate};
pub use shape::Shape;
pub use way::Way;
