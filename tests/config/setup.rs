//! Inputs of a test: files in a directory of their own, variables and arguments.

use std::path::PathBuf;

use evenkeel::config::{Argument, Config, ConfigError, ConfigFile, ConfigInputs, Loaded};
use tempfile::TempDir;

/// Inputs in a directory of their own, which lives as long as this value.
pub(crate) struct Setup {
    pub(crate) directory: TempDir,
    pub(crate) inputs: ConfigInputs,
}

impl Setup {
    pub(crate) fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), inputs: ConfigInputs::default() }
    }

    pub(crate) fn file(mut self, text: impl AsRef<[u8]>) -> Self {
        self.inputs.file = ConfigFile::IfPresent(self.write("evenkeel.toml", text.as_ref()));
        self
    }

    pub(crate) fn dot_env(mut self, text: &str) -> Self {
        self.inputs.dot_env = Some(self.write(".env", text.as_bytes()));
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.inputs.environment.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn argument(mut self, name: &str, key: &str, value: &str) -> Self {
        self.inputs.arguments.push(Argument::new(name, key, value));
        self
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.directory.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn load(&self) -> Result<Loaded, ConfigError> {
        Config::load(&self.inputs)
    }

    /// The message of the error, with paths relative to the directory.
    pub(crate) fn error(&self) -> String {
        let message = self.load().unwrap_err().to_string();
        message.replace(&format!("{}/", self.directory.path().display()), "")
    }
}

pub(crate) fn loaded(setup: &Setup) -> Loaded {
    setup.load().unwrap_or_else(|error| panic!("{error}"))
}
