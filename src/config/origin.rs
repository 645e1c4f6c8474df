//! Where a value came from.

use std::fmt;
use std::path::PathBuf;

/// The source of one effective value, in ascending order of precedence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Built in.
    Default,
    /// The TOML file.
    File(PathBuf),
    /// A variable in the `.env` file.
    DotEnv {
        /// The `.env` file.
        path: PathBuf,
        /// The variable.
        variable: String,
    },
    /// A variable of the environment.
    Variable(String),
    /// A command-line argument.
    Argument(String),
}

impl Origin {
    /// What an error calls `key` when its value came from here: what the operator has to look for.
    pub(super) fn subject(&self, key: &str) -> String {
        match self {
            Self::Default | Self::File(_) => key.to_owned(),
            Self::DotEnv { variable, .. } | Self::Variable(variable) => variable.clone(),
            Self::Argument(name) => name.clone(),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::DotEnv { path, variable } => write!(f, "{variable} in {}", path.display()),
            Self::Variable(name) | Self::Argument(name) => f.write_str(name),
        }
    }
}
