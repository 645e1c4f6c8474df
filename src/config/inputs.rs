//! What a configuration is made of: files, environment and arguments, each handed in by the caller.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use super::key::{OWN_PREFIX, is_variable};

/// Everything that [`Config::load`](super::Config::load) reads; nothing else is.
#[derive(Clone, Default)]
pub struct ConfigInputs {
    /// The TOML file.
    pub file: ConfigFile,
    /// The `.env` file; it may be absent.
    pub dot_env: Option<PathBuf>,
    /// The environment. Names that are not known are passed over; one that begins with `EVENKEEL_` gives a notice.
    pub environment: BTreeMap<String, OsString>,
    /// What the command line sets.
    pub arguments: Vec<Argument>,
}

/// Which TOML file is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ConfigFile {
    /// None.
    #[default]
    None,
    /// This one if it exists.
    IfPresent(PathBuf),
    /// This one; an error if it does not exist.
    Required(PathBuf),
}

/// A key that is set by a command-line argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// As the operator typed it, for example `--port`; errors name it.
    pub name: String,
    /// The key that it sets, for example `server.port`.
    pub key: String,
    /// The value in the form of a variable, for example `8888`.
    pub value: String,
}

impl Argument {
    /// An argument `name` that sets `key`.
    pub fn new(name: &str, key: &str, value: &str) -> Self {
        Self { name: name.to_owned(), key: key.to_owned(), value: value.to_owned() }
    }
}

impl ConfigInputs {
    /// The inputs of a process: `file` or else `evenkeel.toml`, and `.env`, both in the working directory, and the
    /// environment of the process. Of names that begin with `EVENKEEL_` and are not known it keeps no value.
    pub fn of_process(file: Option<PathBuf>) -> Self {
        let environment =
            std::env::vars_os().filter_map(|(name, value)| kept(name.into_string().ok()?, value)).collect();
        Self {
            file: file.map_or_else(|| ConfigFile::IfPresent("evenkeel.toml".into()), ConfigFile::Required),
            dot_env: Some(".env".into()),
            environment,
            arguments: Vec::new(),
        }
    }
}

/// What is kept of one variable of the process.
fn kept(name: String, value: OsString) -> Option<(String, OsString)> {
    if is_variable(&name) {
        Some((name, value))
    } else if name.starts_with(OWN_PREFIX) {
        Some((name, OsString::new()))
    } else {
        None
    }
}

/// Without the values of the environment: they may be secrets.
impl fmt::Debug for ConfigInputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigInputs")
            .field("file", &self.file)
            .field("dot_env", &self.dot_env)
            .field("environment", &self.environment.keys())
            .field("arguments", &self.arguments)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_process_only_known_values_and_own_names_are_kept() {
        let kept = |name: &str| kept(name.to_owned(), "value".into()).map(|(_, value)| value);
        assert_eq!(kept("PORT"), Some("value".into()));
        assert_eq!(kept("EVENKEEL_DATA_DIR"), Some("value".into()));
        assert_eq!(kept("EVENKEEL_DATADIR"), Some(OsString::new()));
        assert_eq!(kept("PATH"), None);
    }
}
