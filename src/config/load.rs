//! From inputs to a configuration: defaults, then the TOML file, then `.env`, then the environment, then arguments.
//!
//! Every value is checked in the layer that brings it, so that a mistake is reported even where a later layer hides it.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use toml::{Table, Value};

use super::error::ConfigError;
use super::inputs::{ConfigFile, ConfigInputs};
use super::key::{self, INTERVAL_HOURS, Key, OWN_PREFIX, VARIABLES};
use super::kind::Kind;
use super::notice::Notice;
use super::origin::Origin;
use super::whole::Config;
use super::{dot_env, validate};

/// A longer file is not a configuration.
const LONGEST_FILE: u64 = 1 << 20;

/// A valid configuration and how it came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The effective values.
    pub config: Config,
    /// What the operator should be told, once, at start.
    pub notices: Vec<Notice>,
    origins: BTreeMap<String, Origin>,
}

impl Loaded {
    /// Where the value of `key`, for example `server.port`, came from.
    pub fn origin(&self, key: &str) -> Origin {
        self.origins.get(key).cloned().unwrap_or(Origin::Default)
    }
}

/// The values of all layers so far, each with the layer that brought it.
#[derive(Default)]
struct Layers {
    values: BTreeMap<String, (Value, Origin)>,
    notices: Vec<Notice>,
}

impl Config {
    /// Reads and validates; later inputs win: defaults, TOML file, `.env`, environment, arguments.
    ///
    /// ```
    /// use evenkeel::config::{Argument, Config, ConfigInputs};
    ///
    /// let arguments = vec![Argument::new("--port", "server.port", "80a")];
    /// let error = Config::load(&ConfigInputs { arguments, ..ConfigInputs::default() }).unwrap_err();
    /// assert_eq!(error.to_string(), "--port = \"80a\": a port is a whole number from 0 to 65535");
    /// ```
    pub fn load(inputs: &ConfigInputs) -> Result<Loaded, ConfigError> {
        let mut layers = Layers::default();
        layers.add_file(&inputs.file)?;
        if let Some(path) = &inputs.dot_env {
            layers.add_dot_env(path)?;
        }
        for (name, value) in &inputs.environment {
            layers.add_variable(name, value, Origin::Variable(name.clone()))?;
        }
        for argument in &inputs.arguments {
            let key = key::find(&argument.key).ok_or_else(|| unknown(&argument.key))?;
            layers.add_text(&key, &argument.value, Origin::Argument(argument.name.clone()))?;
        }
        layers.finish()
    }
}

impl Layers {
    fn add_file(&mut self, file: &ConfigFile) -> Result<(), ConfigError> {
        let (path, required) = match file {
            ConfigFile::None => return Ok(()),
            ConfigFile::IfPresent(path) => (path, false),
            ConfigFile::Required(path) => (path, true),
        };
        let Some(text) = read(path)? else {
            let reason = "there is no such file; write the path of an existing one".to_owned();
            return if required { Err(ConfigError::File { path: path.clone(), reason }) } else { Ok(()) };
        };
        let table = text.parse::<Table>().map_err(|error| syntax(path, &text, &error))?;
        self.add_table("", table, &Origin::File(path.clone()))
    }

    fn add_table(&mut self, prefix: &str, table: Table, origin: &Origin) -> Result<(), ConfigError> {
        for (name, value) in table {
            let dotted = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
            match value {
                value if key::find(&dotted).is_some() => self.add_value(&dotted, &value, origin)?,
                Value::Table(inner) if key::is_table(&dotted) => self.add_table(&dotted, inner, origin)?,
                _ if key::is_table(&dotted) => {
                    let right = format!("this is a table; write [{dotted}] and its keys below");
                    return Err(ConfigError::Value { subject: dotted, value: "…".to_owned(), right });
                }
                _ => return Err(unknown(&dotted)),
            }
        }
        Ok(())
    }

    fn add_value(&mut self, dotted: &str, value: &Value, origin: &Origin) -> Result<(), ConfigError> {
        let key = key::find(dotted).ok_or_else(|| unknown(dotted))?;
        let canonical = key.kind.accept(value).map_err(|right| wrong(&key, value, origin, right))?;
        self.values.insert(key.name.clone(), (canonical, origin.clone()));
        Ok(())
    }

    fn add_dot_env(&mut self, path: &Path) -> Result<(), ConfigError> {
        let Some(text) = read(path)? else { return Ok(()) };
        let found = dot_env::parse(path, &text)?;
        for (variable, value) in &found.variables {
            let origin = Origin::DotEnv { path: path.to_owned(), variable: variable.clone() };
            self.add_variable(variable, OsStr::new(value), origin)?;
        }
        for name in &found.unknown {
            self.notice_unknown(name);
        }
        if found.unread_lines > 0 {
            self.notices.push(Notice::UnreadLines { path: path.to_owned(), lines: found.unread_lines });
        }
        Ok(())
    }

    fn add_variable(&mut self, name: &str, value: &OsStr, origin: Origin) -> Result<(), ConfigError> {
        let Some((_, key)) = VARIABLES.iter().find(|(variable, _)| *variable == name) else {
            self.notice_unknown(name);
            return Ok(());
        };
        let key = key::find(key).ok_or_else(|| unknown(key))?;
        let Some(text) = value.to_str() else {
            let shown = Value::String(value.to_string_lossy().into_owned());
            return Err(wrong(&key, &shown, &origin, "write it in UTF-8".to_owned()));
        };
        // Templates of such files leave the key empty where there is none.
        if matches!(key.kind, Kind::Secret(_)) && text.trim().is_empty() {
            return Ok(());
        }
        // An empty one takes back what an earlier layer set: no server.
        if key.kind == Kind::Redis && text.trim().is_empty() {
            self.values.remove(&key.name);
            return Ok(());
        }
        if name != INTERVAL_HOURS {
            return self.add_text(&key, text, origin);
        }
        match text.trim().parse::<u16>() {
            Ok(hours @ 1..=8784) => self.add_text(&key, &format!("{hours}h"), origin),
            _ => {
                let right = "write a whole number of hours from 1 to 8784".to_owned();
                Err(wrong(&key, &Value::String(text.to_owned()), &origin, right))
            }
        }
    }

    /// Names without our prefix belong to other programs.
    fn notice_unknown(&mut self, name: &str) {
        let notice = Notice::UnknownVariable { name: name.escape_debug().to_string() };
        if name.starts_with(OWN_PREFIX) && !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
    }

    fn add_text(&mut self, key: &Key, text: &str, origin: Origin) -> Result<(), ConfigError> {
        let wrong = |right| wrong(key, &Value::String(text.to_owned()), &origin, right);
        let canonical = key.kind.accept_text(text).map_err(wrong)?;
        self.values.insert(key.name.clone(), (canonical, origin));
        Ok(())
    }

    fn finish(mut self) -> Result<Loaded, ConfigError> {
        let mut table = Table::try_from(Config::default()).map_err(|error| form(&error.to_string()))?;
        let mut origins = BTreeMap::new();
        for (name, (value, origin)) in self.values {
            insert(&mut table, &name, value);
            origins.insert(name, origin);
        }
        let config: Config = table.try_into().map_err(|error: toml::de::Error| form(error.message()))?;
        let subject = |key: &str| origins.get(key).unwrap_or(&Origin::Default).subject(key);
        validate::check(&config, &subject)?;
        let interval_variable_set = subject("report.every") == INTERVAL_HOURS;
        self.notices.extend(Notice::about(&config, interval_variable_set));
        Ok(Loaded { config, notices: self.notices, origins })
    }
}

/// Puts `value` at the dotted `name`; tables on the way are made where they are missing.
fn insert(table: &mut Table, name: &str, value: Value) {
    match name.split_once('.') {
        None => {
            table.insert(name.to_owned(), value);
        }
        Some((first, rest)) => {
            let inner = table.entry(first).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

/// The text of the file; none where there is no file.
fn read(path: &Path) -> Result<Option<String>, ConfigError> {
    let failed = |reason: String| ConfigError::File { path: path.to_owned(), reason };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(format!("cannot be opened: {error}"))),
    };
    let mut bytes = Vec::new();
    let read = file.take(LONGEST_FILE + 1).read_to_end(&mut bytes);
    read.map_err(|error| failed(format!("cannot be read: {error}")))?;
    if bytes.len() as u64 > LONGEST_FILE {
        return Err(failed("longer than 1 MiB; this is not a configuration file".to_owned()));
    }
    let text = String::from_utf8(bytes).map_err(|_| failed("not UTF-8; save it as UTF-8 text".to_owned()))?;
    Ok(Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)))
}

fn syntax(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let at = error.span().map_or(0, |span| span.start);
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    ConfigError::Syntax {
        path: path.to_owned(),
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
        reason: error.message().lines().collect::<Vec<_>>().join(", "),
    }
}

fn unknown(key: &str) -> ConfigError {
    if let Some(error) = validate::unknown_actor(key) {
        return error;
    }
    let shown: String = key.chars().take(80).flat_map(char::escape_debug).collect();
    ConfigError::UnknownKey { nearest: key::nearest(key), key: shown }
}

fn wrong(key: &Key, value: &Value, origin: &Origin, right: String) -> ConfigError {
    ConfigError::Value { subject: origin.subject(&key.name), value: key.kind.shown(value), right }
}

fn form(reason: &str) -> ConfigError {
    ConfigError::Form(reason.lines().collect::<Vec<_>>().join(", "))
}
