//! What is wrong with a configuration, in one line that names the key, the value and what would be right.

use std::path::PathBuf;

/// A configuration that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A value that is malformed, out of range or in conflict with another one.
    #[error("{subject} = {value}: {right}")]
    Value {
        /// What the operator wrote it in: a dotted key, a variable or a command-line argument.
        subject: String,
        /// The value as it was written, without secrets.
        value: String,
        /// What would be right.
        right: String,
    },
    /// A key that does not exist. Its value is not repeated: it may be a secret under a misspelt name.
    #[error("{key}: unknown key; the nearest known key is {nearest}")]
    UnknownKey {
        /// The key, dotted.
        key: String,
        /// The known key that resembles it most.
        nearest: String,
    },
    /// Limits for an actor that does not exist.
    #[error("{key}: there is no actor of this name; write one of {known}")]
    UnknownActor {
        /// The key, dotted.
        key: String,
        /// The names that exist.
        known: String,
    },
    /// A file that is not TOML.
    #[error("{} line {line}, column {column}: {reason}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// What was expected there.
        reason: String,
    },
    /// A line of the `.env` file that sets a known variable in a way that cannot be read.
    #[error("{variable} in {}: the line cannot be read; write {variable}=VALUE, with quotes around a value that has spaces", path.display())]
    Line {
        /// The `.env` file.
        path: PathBuf,
        /// The variable.
        variable: String,
    },
    /// A file that cannot be read.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why, and what would be right.
        reason: String,
    },
    /// A value that has no form in TOML, for example a path that is not UTF-8.
    #[error("the configuration cannot be written as TOML: {0}")]
    Form(String),
}
