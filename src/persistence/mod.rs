//! Reports and history in a database. SQL stands here and nowhere else.
//!
//! Two sides that never share a connection. [`actor::Persistence`] owns the one write connection and makes a report
//! visible whole or not at all. [`archive::Archive`] reads, one chunk at a time, also while a report is being written.
//! Nothing here knows what a report is about.

pub mod actor;
pub mod adoption;
pub mod archive;
#[cfg(feature = "postgres")]
mod backends;
#[cfg(not(feature = "postgres"))]
#[path = "no_backends.rs"]
mod backends;
mod backlog;
mod commit;
mod connection;
pub mod database;
mod error;
mod history;
mod lapse;
pub mod location;
pub mod messages;
mod migrations;
mod open_error;
mod outage;
#[cfg(feature = "postgres")]
mod postgres;
pub mod replica;
mod reports;
mod retention;
mod schema;
pub mod scratch;
mod session;
pub mod slot_messages;
mod slots;
mod sqlite;
mod transaction;
pub mod turn;
mod writer_lock;

pub use error::{PersistenceError, SessionError};
pub use open_error::OpenError;
