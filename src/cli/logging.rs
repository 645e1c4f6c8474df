//! The log: sentences for a person on a terminal or for systemd's journal, one JSON object or one line of logfmt for
//! everything else.
//!
//! A field that a sentence already says is not repeated for people; a machine gets every field with its type. What
//! repeats itself is folded; what the supervisor says is not: every restart counts.

use std::io::{self, IsTerminal, Write};
use std::os::unix::fs::MetadataExt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clap::ValueEnum;
use env_logger::{Builder, Env, Target};

use crate::clock::Clock;
use crate::journal::{Entry, Fold, Journal, Severity, line};

/// What a log line looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// Text on a terminal and for systemd's journal, JSON elsewhere
    Auto,
    /// One sentence a line
    Text,
    /// One JSON object a line
    Json,
    /// One line of name=value pairs
    Logfmt,
}

/// Everything from our own modules, warnings from others.
pub(super) const DAEMON: &str = "warn,evenkeel=info";

/// Warnings only: beside a progress bar.
pub(super) const QUIET: &str = "warn";

/// Modules whose lines are never folded: every restart and every decision counts.
const UNFOLDED: &str = "evenkeel::supervision";

/// The process's log. Cheap to clone; all clones are the same.
#[derive(Debug, Clone)]
pub(super) struct Log {
    /// Its last lines.
    pub(super) journal: Journal,
    fold: Arc<Mutex<Fold>>,
    manner: Manner,
}

/// How lines are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    format: LogFormat,
    /// Systemd's journal reads the level at the beginning, and knows the time.
    to_journal: bool,
}

/// Installs the process's logger; lines carry the time of `clock`. `filter` holds unless `RUST_LOG` says otherwise.
pub(super) fn install(format: LogFormat, clock: Clock, filter: &str) -> Log {
    let to_journal = is_systemd_journal();
    let format = format.for_people_if(to_journal || io::stderr().is_terminal());
    let manner = Manner { format, to_journal };
    let log = Log { journal: Journal::default(), fold: Arc::default(), manner };
    let mut builder = match std::env::var("RUST_LOG") {
        Ok(chosen) if !chosen.trim().is_empty() => Builder::from_env(Env::default()),
        _ => {
            let mut builder = Builder::new();
            builder.parse_filters(filter);
            builder
        }
    };
    builder.target(Target::Stderr);
    let kept = log.clone();
    builder.format(move |out, record| {
        let style = out.default_level_style(record.level());
        for entry in kept.take(Entry::of(record, clock.now())) {
            kept.manner.write(out, &entry, &style, &style.render_reset())?;
        }
        Ok(())
    });
    builder.init();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, |location| format!(" at {location}"));
        let message = panic.payload_as_str().unwrap_or("a value that is not text");
        // The supervisor says what follows from it; the place is known here only.
        log::warn!(event = "thread-panicked"; "a thread panicked{place}: {message}");
    }));
    log
}

impl Log {
    /// Says what repeated itself and was not told yet: the log ends.
    pub(super) fn settle(&self) {
        let left = self.fold().settle();
        for entry in left {
            // Whoever closed standard error does not want to know.
            let _ = self.manner.write(&mut io::stderr().lock(), &self.journal.add(entry), &"", &"");
        }
    }

    /// Folds a line, and keeps what is to be written.
    fn take(&self, entry: Entry) -> Vec<Arc<Entry>> {
        let mut fold = self.fold();
        let written = if entry.level < Severity::Warn || entry.target.starts_with(UNFOLDED) {
            let mut due = fold.due(entry.at);
            due.push(entry);
            due
        } else {
            fold.take(entry)
        };
        drop(fold);
        written.into_iter().map(|entry| self.journal.add(entry)).collect()
    }

    fn fold(&self) -> MutexGuard<'_, Fold> {
        self.fold.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LogFormat {
    /// What is to be written where a person reads it, or none does.
    fn for_people_if(self, people: bool) -> Self {
        match self {
            Self::Auto if people => Self::Text,
            Self::Auto => Self::Json,
            chosen @ (Self::Text | Self::Json | Self::Logfmt) => chosen,
        }
    }
}

impl Manner {
    /// For lines of another process, on standard output.
    pub(super) fn of_output(format: LogFormat) -> Self {
        Self { format: format.for_people_if(io::stdout().is_terminal()), to_journal: false }
    }

    pub(super) fn write(
        self,
        out: &mut impl Write,
        entry: &Entry,
        style: &impl std::fmt::Display,
        reset: &impl std::fmt::Display,
    ) -> io::Result<()> {
        let prefix = if self.to_journal { line::journal_level(entry.level) } else { "" };
        match self.format {
            LogFormat::Json => writeln!(out, "{prefix}{}", line::json(entry)),
            LogFormat::Logfmt => writeln!(out, "{prefix}{}", line::logfmt(entry)),
            LogFormat::Auto | LogFormat::Text => {
                if self.to_journal {
                    writeln!(out, "{prefix}{}", entry.message)?;
                } else {
                    let level = entry.level.as_str().to_uppercase();
                    let time = entry.at.strftime("%Y-%m-%d %H:%M:%SZ");
                    writeln!(out, "{time} {style}{level:<5}{reset} {}", entry.message)?;
                }
                line::table(entry).try_for_each(|row| writeln!(out, "{prefix}  {row}"))
            }
        }
    }
}

/// Whether standard error is the stream that systemd has connected to its journal (`man 5 systemd.exec`).
fn is_systemd_journal() -> bool {
    let Ok(stream) = std::env::var("JOURNAL_STREAM") else { return false };
    std::fs::metadata("/proc/self/fd/2").is_ok_and(|file| stream == format!("{}:{}", file.dev(), file.ino()))
}
