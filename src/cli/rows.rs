//! How far an adoption or an import has come: a bar on a terminal, a line every second elsewhere; on standard error.

use std::io::IsTerminal;
use std::time::Duration;

use bytesize::ByteSize;
use indicatif::{ProgressBar, ProgressStyle};

use crate::clock::{Clock, Stopwatch};
use crate::persistence::adoption::Tally;

/// How often a line is written where no bar can be drawn.
const LINE_EVERY: Duration = Duration::from_secs(1);

/// The display; shown rows are counted by whoever imports.
pub(super) struct Rows {
    bar: Option<ProgressBar>,
    begun: Stopwatch,
    /// When the last line was written, since `begun`.
    written: Duration,
}

impl Rows {
    pub(super) fn new() -> Self {
        let style = ProgressStyle::with_template("importing {wide_bar} {pos}/{len} rows, {msg}, {elapsed}");
        let bar = style.ok().map(|style| ProgressBar::new(0).with_style(style));
        Self {
            bar: bar.filter(|_| std::io::stderr().is_terminal()),
            begun: Clock::system().stopwatch(),
            written: Duration::ZERO,
        }
    }

    pub(super) fn show(&mut self, tally: &Tally) {
        let done = tally.imported + tally.skipped;
        if let Some(bar) = &self.bar {
            bar.set_length(tally.rows);
            bar.set_message(size(tally.bytes));
            bar.set_position(done);
            return;
        }
        let now = self.begun.elapsed();
        if now >= self.written + LINE_EVERY {
            self.written = now;
            eprintln!("{done} of {} rows, {}", tally.rows, size(tally.bytes));
        }
    }

    pub(super) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

/// What has come of the rows, as the beginning of a sentence.
pub(super) fn told(tally: &Tally) -> String {
    let Tally { rows, imported, skipped, bytes } = *tally;
    let noun = if rows == 1 { "row" } else { "rows" };
    format!("{rows} {noun}: {imported} imported now ({}), {skipped} were here before", size(bytes))
}

fn size(bytes: u64) -> String {
    ByteSize(bytes).display().si().to_string()
}
