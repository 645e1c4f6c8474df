//! One line of the log.

use std::fmt;

use jiff::Timestamp;
use log::kv::{Error, Key, VisitSource};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::plain::one_line;

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
pub struct Entry {
    /// Its number, from 1, since the process was started; a gap is lines that are not kept any more.
    pub number: u64,
    /// When it was written, by the daemon's clock.
    #[cfg_attr(feature = "web", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// How much it matters.
    pub level: Severity,
    /// The stable name of what happened; empty for a line of somebody else's library.
    pub event: String,
    /// The module that wrote it.
    pub target: String,
    /// The sentence, on one line.
    pub message: String,
    /// What the sentence says, by name, with types.
    #[cfg_attr(feature = "web", schema(value_type = Object))]
    pub fields: Map<String, Value>,
}

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Of interest to who works on the program.
    Debug,
    /// What an operator wants to read tomorrow.
    Info,
    /// Something is degraded and will recover.
    Warn,
    /// Somebody should look.
    Error,
}

impl Severity {
    /// Every level, the least first.
    pub const ALL: [Self; 4] = [Self::Debug, Self::Info, Self::Warn, Self::Error];

    /// Its name, as in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<log::Level> for Severity {
    fn from(level: log::Level) -> Self {
        match level {
            log::Level::Error => Self::Error,
            log::Level::Warn => Self::Warn,
            log::Level::Info => Self::Info,
            log::Level::Debug | log::Level::Trace => Self::Debug,
        }
    }
}

impl Entry {
    /// The line of a log record, written at `at`; the journal numbers it.
    pub fn of(record: &log::Record<'_>, at: Timestamp) -> Self {
        let mut fields = Fields(Map::new());
        // What a pair of somebody else's type cannot say of itself is left out, and the line kept.
        let _ = record.key_values().visit(&mut fields);
        let event = match fields.0.remove("event") {
            Some(Value::String(event)) => event,
            _ => String::new(),
        };
        Self {
            number: 0,
            at,
            level: record.level().into(),
            event,
            target: record.target().to_owned(),
            message: one_line(&record.args().to_string()),
            fields: fields.0,
        }
    }

    /// The child that the line is about, if it is about one.
    pub fn child(&self) -> Option<&str> {
        self.fields.get("child").and_then(Value::as_str)
    }

    /// About how many bytes it holds.
    pub(super) fn bytes(&self) -> usize {
        let fields: usize = self.fields.iter().map(|(name, value)| name.len() + held(value)).sum();
        size_of::<Self>() + self.event.len() + self.target.len() + self.message.len() + fields
    }
}

struct Fields(Map<String, Value>);

impl<'kvs> VisitSource<'kvs> for Fields {
    fn visit_pair(&mut self, key: Key<'kvs>, value: log::kv::Value<'kvs>) -> Result<(), Error> {
        let value = serde_json::to_value(&value).unwrap_or_else(|_| value.to_string().into());
        self.0.insert(key.to_string(), value);
        Ok(())
    }
}

fn held(value: &Value) -> usize {
    let beyond = match value {
        Value::String(text) => text.len(),
        Value::Array(values) => values.iter().map(held).sum(),
        Value::Object(fields) => fields.iter().map(|(name, value)| name.len() + held(value)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    };
    size_of::<Value>() + beyond
}
