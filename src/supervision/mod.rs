//! Supervision of actors: generations, links, restart policy.
//!
//! Knows nothing of markets or reports; an application supervises its own actors with it. [The guide](crate::guide) teaches
//! its use. The parts:
//!
//! * a [`link::Link`] leads to whichever generation of an actor lives now and holds the messages while none does;
//! * a [`child::Child`] says how a generation is made;
//! * a generation is one start of a child: a thread, an arena and a value of its own;
//! * [`restart`] decides, as a pure function, when the next generation follows;
//! * the [`supervisor::Supervisor`] is the only one that starts, restarts or gives up.

pub mod account;
pub mod builder;
mod burial;
pub mod child;
pub mod companion;
pub mod departure;
pub mod ending;
mod envelope;
pub mod event;
mod generation;
pub mod handle;
pub mod link;
mod liveness;
pub mod measure;
pub mod memory_monitor;
pub mod messages;
mod pump;
mod purge;
pub mod restart;
mod roll;
mod shared;
mod shutdown;
mod signals;
mod slot;
pub mod status;
pub mod supervisor;
pub mod waits;

pub use generation::BLOCKING_KEEP_ALIVE;
