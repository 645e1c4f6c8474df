//! Supervision of actors: generations, links, restart policy.
//!
//! Knows nothing of markets or reports; an application supervises its own actors with it. [The guide](crate::guide) teaches
//! its use. The parts:
//!
//! * a [`Link`](crate::Link) leads to whichever generation of an actor lives now and holds the messages while none does;
//! * a [`Child`](crate::Child) says how a generation is made;
//! * a generation is one start of a child: a thread, an arena and a value of its own;
//! * a [`RestartPolicy`](crate::RestartPolicy) decides, as a pure function, when the next generation follows;
//! * the [`Supervisor`](crate::Supervisor) is the only one that starts, restarts or gives up.
//!
//! Those are at the root of the crate. Here is what they answer with:
//!
//! ```
//! use std::time::Duration;
//!
//! use actix::prelude::*;
//! use evenkeel::supervision::{
//!     ChildMemory, ChildState, ChildStatus, Ending, Measurement, RestartCause, RestartProof, ShutdownReport,
//!     SupervisorState, SupervisorStatus, Waited,
//! };
//! use evenkeel::{Child, Event, Supervisor};
//!
//! struct Idle;
//! impl Actor for Idle {
//!     type Context = Context<Self>;
//! }
//!
//! # System::new().block_on(async {
//! let supervisor = Supervisor::builder().without_monitor().start();
//! let mut events = supervisor.events();
//! supervisor.supervise(Child::named("idle", || Idle))?;
//!
//! let status: SupervisorStatus = supervisor.status().await?;
//! assert_eq!(status.state, SupervisorState::Supervising);
//! let idle: &ChildStatus = &status.children[0];
//! assert_eq!((idle.name.as_str(), idle.generation, idle.state), ("idle", 1, ChildState::Running));
//! let Waited { sum_s, .. } = idle.waited;
//! println!("its messages waited {sum_s} s in all, {} ms after the start", status.uptime_ms);
//!
//! // Accounts, child by child; none without the allocator.
//! let measurement: Measurement = supervisor.measure(Vec::new()).await?;
//! let ChildMemory { memory, work, .. } = &measurement.children[0];
//! println!("{work} messages taken, {memory:?}");
//!
//! supervisor.restart("idle").await?;
//! while let Some(event) = events.next().await {
//!     match event {
//!         Event::Ended { ending, .. } => {
//!             assert_eq!(ending, Ending::Restarted(RestartCause::Requested));
//!             assert!(!ending.is_crash());
//!         }
//!         Event::Restarted { generation, proof, .. } => {
//!             assert_eq!(generation, 2);
//!             if let Some(RestartProof { before, after, leak_out, .. }) = proof {
//!                 println!("{} B before, {} B after, {leak_out} B were left", before.resident, after.resident);
//!             }
//!             break;
//!         }
//!         _ => {}
//!     }
//! }
//!
//! let ended: ShutdownReport = supervisor.shut_down(Duration::from_secs(5)).await?;
//! assert_eq!((ended.drained, ended.cut_short), (vec!["idle".to_owned()], vec![]));
//! # Ok::<(), evenkeel::SupervisorError>(())
//! # }).unwrap();
//! ```
//!
//! The memory monitor is a child as well, by the name of [`MONITOR`]. A child that has used up its budget of crashes is a [`Fault`], and when no restart helps, the process is asked to go, which
//! is a [`Departure`]: nothing here ends a process.
//!
//! ```
//! use evenkeel::SupervisorHandle;
//! use evenkeel::supervision::{Departure, Fault, Leaving, MONITOR};
//!
//! async fn exit_code(supervisor: &SupervisorHandle) -> u8 {
//!     tokio::select! {
//!         Some(Fault { child, root_cause, crashes }) = supervisor.gave_up() => {
//!             eprintln!("{child} crashed {crashes} times: at first it {root_cause}");
//!             if child == MONITOR {
//!                 eprintln!("nobody looks at memory any more");
//!             }
//!             1
//!         }
//!         Departure { how, reason } = supervisor.departure() => {
//!             eprintln!("the process should go: {reason}");
//!             if how == Leaving::Replace { 0 } else { 70 }
//!         }
//!     }
//! }
//! ```
//!
//! What runs beside a generation, on its thread, is given a [`Beside`]:
//!
//! ```
//! # use actix::prelude::*;
//! # struct Idle;
//! # impl Actor for Idle {
//! #     type Context = Context<Self>;
//! # }
//! use evenkeel::Child;
//! use evenkeel::supervision::Beside;
//!
//! let child = Child::named("idle", || Idle).beside(|beside: Beside| async move {
//!     println!("generation {} begins, with {} messages taken before it", beside.generation, beside.work());
//! });
//! # drop(child);
//! ```

#[doc(hidden)]
pub mod account;
#[doc(hidden)]
pub mod builder;
mod burial;
#[doc(hidden)]
pub mod child;
#[doc(hidden)]
pub mod companion;
#[doc(hidden)]
pub mod departure;
mod dismissal;
#[doc(hidden)]
pub mod ending;
mod envelope;
#[doc(hidden)]
pub mod event;
mod generation;
#[doc(hidden)]
pub mod handle;
#[doc(hidden)]
pub mod link;
mod liveness;
#[doc(hidden)]
pub mod measure;
#[doc(hidden)]
pub mod memory_monitor;
#[doc(hidden)]
pub mod messages;
mod pump;
mod purge;
#[doc(hidden)]
pub mod recipient;
#[doc(hidden)]
pub mod restart;
mod roll;
mod shared;
mod shutdown;
mod signals;
mod slot;
mod slots;
#[doc(hidden)]
pub mod status;
#[doc(hidden)]
pub mod supervisor;
#[doc(hidden)]
pub mod waits;

#[doc(hidden)]
pub use generation::BLOCKING_KEEP_ALIVE;

pub use account::RestartProof;
pub use builder::MONITOR;
pub use companion::Beside;
pub use departure::{Departure, Leaving};
pub use ending::{Ending, RestartCause};
pub use measure::{ChildMemory, Measurement};
pub use status::{ChildState, ChildStatus, Fault, ShutdownReport, SupervisorState, SupervisorStatus};
pub use waits::Waited;
