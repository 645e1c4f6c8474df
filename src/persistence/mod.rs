//! Reports and history in a database. SQL stands here and nowhere else.
//!
//! Two sides that never share a connection. [`actor::Persistence`] owns the one write connection and makes a report
//! visible whole or not at all. [`archive::Archive`] reads, one chunk at a time, also while a report is being written.
//! Nothing here knows what a report is about.

pub mod actor;
pub mod archive;
mod backlog;
pub mod connection;
mod error;
mod history;
pub mod messages;
mod migrations;
mod reports;
mod schema;
pub mod scratch;
mod session;
mod transaction;
mod writer_lock;

pub use error::{OpenError, PersistenceError, SessionError};
