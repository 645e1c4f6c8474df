//! Reports and history in a database. SQL stands here and nowhere else.

pub mod messages;

/// Why something could not be stored or read.
#[derive(Debug, Clone, thiserror::Error, PartialEq)]
pub enum PersistenceError {
    /// The database refused.
    #[error("the database failed: {0}")]
    Database(String),
}
