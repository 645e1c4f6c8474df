//! The log: sentences for a person on a terminal, one JSON object a line for everything else.
//!
//! A field that a sentence already says is not repeated for people; a machine gets every field with its type.

use std::io::{IsTerminal, Write};

use clap::ValueEnum;
use env_logger::fmt::Formatter;
use env_logger::{Builder, Env, Target};
use log::Record;
use log::kv::{Error, Key, Value, VisitSource};

use crate::clock::Clock;

/// What a log line looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// Text on a terminal, JSON elsewhere.
    Auto,
    /// One sentence a line.
    Text,
    /// One JSON object a line.
    Json,
}

/// Everything from our own modules, warnings from others.
pub(super) const DAEMON: &str = "warn,evenkeel=info";

/// Warnings only: beside a progress bar.
pub(super) const QUIET: &str = "warn";

/// Installs the process's logger; lines carry the time of `clock`. `filter` holds unless `RUST_LOG` says otherwise.
pub(super) fn install(format: LogFormat, clock: Clock, filter: &str) {
    let json = match format {
        LogFormat::Auto => !std::io::stderr().is_terminal(),
        LogFormat::Text => false,
        LogFormat::Json => true,
    };
    let mut builder = match std::env::var("RUST_LOG") {
        Ok(chosen) if !chosen.trim().is_empty() => Builder::from_env(Env::default()),
        _ => {
            let mut builder = Builder::new();
            builder.parse_filters(filter);
            builder
        }
    };
    builder.target(Target::Stderr);
    if json {
        builder.format(move |out, record| write_json(out, record, &clock));
    } else {
        builder.format(move |out, record| write_text(out, record, &clock));
    }
    builder.init();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, |location| format!(" at {location}"));
        let message = panic.payload_as_str().unwrap_or("a value that is not text");
        // The supervisor says what follows from it; the place is known here only.
        log::warn!(event = "thread-panicked"; "a thread panicked{place}: {message}");
    }));
}

fn write_text(out: &mut Formatter, record: &Record<'_>, clock: &Clock) -> std::io::Result<()> {
    let style = out.default_level_style(record.level());
    let time = clock.now().strftime("%Y-%m-%d %H:%M:%SZ").to_string();
    writeln!(out, "{time} {style}{:<5}{style:#} {}", record.level(), record.args())
}

fn write_json(out: &mut Formatter, record: &Record<'_>, clock: &Clock) -> std::io::Result<()> {
    let mut line = serde_json::Map::new();
    line.insert("time".into(), clock.now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string().into());
    line.insert("level".into(), record.level().as_str().to_ascii_lowercase().into());
    line.insert("target".into(), record.target().into());
    line.insert("message".into(), record.args().to_string().into());
    let mut fields = Fields(serde_json::Map::new());
    record.key_values().visit(&mut fields).map_err(std::io::Error::other)?;
    if !fields.0.is_empty() {
        line.insert("fields".into(), fields.0.into());
    }
    serde_json::to_writer(&mut *out, &line)?;
    writeln!(out)
}

struct Fields(serde_json::Map<String, serde_json::Value>);

impl<'kvs> VisitSource<'kvs> for Fields {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        let value = serde_json::to_value(&value).unwrap_or_else(|_| value.to_string().into());
        self.0.insert(key.to_string(), value);
        Ok(())
    }
}
