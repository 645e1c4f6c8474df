//! What a test's own process logs, from information up.

use std::sync::{Mutex, PoisonError};

use log::{Level, Log, Metadata, Record};

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Catcher;

impl Log for Catcher {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= Level::Info
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let line = format!("{} {}", record.level(), record.args());
            LINES.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    }

    fn flush(&self) {}
}

/// From now on lines are kept; to be called by every test of the process that looks at them.
pub fn keep() {
    if log::set_logger(&Catcher).is_ok() {
        log::set_max_level(log::LevelFilter::Info);
    }
}

/// The lines up to now that contain `text`. Tests of one process share the log: the text is one of the test's own.
pub fn with(text: &str) -> Vec<String> {
    let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    lines.iter().filter(|line| line.contains(text)).cloned().collect()
}
