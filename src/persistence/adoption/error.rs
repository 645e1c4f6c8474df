//! Why an old table could not be taken over. Every message names the next step; imports nothing, so that everything in
//! this folder and above it can fail with it.

use std::path::PathBuf;

/// Why the old service's table is in the way, or could not be imported. The table is as it was.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum AdoptionError {
    /// The old service's table has the name that the view needs.
    #[error(
        "{database} has a table crypto_report of the old service, and nothing was changed: switch the old service off, \
         then run `evenkeel migrate --adopt`, which imports its rows and renames it"
    )]
    InTheWay {
        /// The database, without a password.
        database: String,
    },
    /// An adoption was interrupted.
    #[error(
        "the adoption of table crypto_report in {database} was interrupted: run `evenkeel migrate --adopt`, which goes \
         on where it stopped"
    )]
    Interrupted {
        /// The database, without a password.
        database: String,
    },
    /// A table of the name is not the one that the old service made.
    #[error(
        "table crypto_report of {place} is not that of the old service and was not touched: {differences}; rename it, or \
         set DATABASE_URL to another database, then run `evenkeel migrate`"
    )]
    WrongShape {
        /// The database, without a password, or the file.
        place: String,
        /// What is missing or of another type.
        differences: String,
    },
    /// Something of the name is no table.
    #[error(
        "{place} has {kind} named crypto_report that this program did not make, and it was not touched: rename it, then \
         run `evenkeel migrate`"
    )]
    NotATable {
        /// The database, without a password, or the file.
        place: String,
        /// What it is, with its article.
        kind: String,
    },
    /// The table could be imported, but not be replaced by the view.
    #[error("table crypto_report of {database} cannot be adopted: {obstacle}")]
    Obstacle {
        /// The database, without a password.
        database: String,
        /// What stands in the way, and what to do about it.
        obstacle: String,
    },
    /// Another process adopts or imports.
    #[error("another process adopts or imports into {database}: wait until it has ended")]
    Running {
        /// The database, without a password.
        database: String,
    },
    /// There is another report with the id of an old row.
    #[error(
        "row {id} of table crypto_report in {place} is not report {id} of this database: {difference} differs. Neither was \
         changed; delete the one that is not wanted (DELETE FROM reports WHERE id = {id}, or the row), then run this again"
    )]
    Collision {
        /// Where the old table is.
        place: String,
        /// The id of both.
        id: i32,
        /// The first column that differs.
        difference: String,
    },
    /// A value of an old row is none that can be stored.
    #[error("row {id} of table crypto_report in {place}: {column} {what}; correct it, then run this again")]
    BadValue {
        /// Where the old table is.
        place: String,
        /// The row, as the table has it.
        id: String,
        /// The column.
        column: &'static str,
        /// What is wrong with it, and what would be right.
        what: String,
    },
    /// What was imported is not what the old table has.
    #[error(
        "table crypto_report in {place} and the imported reports differ: {difference}; was the table written meanwhile? \
         It is left as it is: switch the old service off, then run this again"
    )]
    Unequal {
        /// Where the old table is.
        place: String,
        /// The first difference that was found.
        difference: String,
    },
    /// The old table is read or written by somebody who does not end.
    #[error(
        "table crypto_report of {database} is in use: waited {waited_ms} ms (database.lock_wait); every row is imported, \
         only its name is not changed: end the sessions that use it, then run this again"
    )]
    Held {
        /// The database, without a password.
        database: String,
        /// How long was waited, in milliseconds.
        waited_ms: u64,
    },
    /// The file to import is not there or not a file.
    #[error("there is no file {path}: name the SQLite file of the old service")]
    NoFile {
        /// The path.
        path: PathBuf,
    },
    /// The file to import is of another kind.
    #[error("{path} is not an SQLite database: name the SQLite file of the old service")]
    NotSqlite {
        /// The path.
        path: PathBuf,
    },
    /// The file to import has no such table.
    #[error("{path} has no table crypto_report: name the SQLite file of the old service")]
    NoTable {
        /// The file.
        path: PathBuf,
    },
    /// The file to import is a database of this program.
    #[error(
        "{path} is a database of Evenkeel, not of the old service: name the old service's file; for a table crypto_report \
         inside of Evenkeel's own database run `evenkeel migrate --adopt`"
    )]
    OwnDatabase {
        /// The file.
        path: PathBuf,
    },
    /// The file to import holds text that is not UTF-8.
    #[error("{path} stores its text as {encoding}: copy it into a file with PRAGMA encoding = 'UTF-8' first")]
    Encoding {
        /// The file.
        path: PathBuf,
        /// What it says of itself.
        encoding: String,
    },
}
