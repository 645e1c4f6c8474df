//! `evenkeel logs`: the last lines of the daemon's log, and those that come.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use super::super::failure::Failure;
use super::super::inquiry::{Inquiry, Unanswered, path};
use super::super::logging::{LogFormat, Manner};
use super::arguments::Level;
use crate::clock::Clock;
use crate::journal::line::one_line;
use crate::journal::{Entry, Severity};
use crate::web::LogPage;

/// How long a daemon that has ended its log may take to be there again: one that replaces itself is.
const BACK_WITHIN: Duration = Duration::from_secs(10);

/// How often is tried whether it is.
const TRY_EVERY: Duration = Duration::from_millis(200);

/// Which lines.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) actor: Option<String>,
    pub(super) level: Option<Level>,
    pub(super) lines: u32,
}

impl Wanted {
    fn path(&self, last: &str, more: &[(&str, &str)]) -> String {
        let mut query = more.to_vec();
        query.extend(self.actor.as_deref().map(|actor| ("child", actor)));
        query.extend(self.level.map(|level| ("level", level.as_str())));
        let segments = ["api", "v1", "log", last];
        path(if last.is_empty() { &segments[..3] } else { &segments }, &query)
    }

    async fn page(&self, inquiry: &Inquiry, limit: u32) -> Result<LogPage, Unanswered> {
        // None at all is asked for by one that is not shown: there is a newest number all the same.
        let most = limit.max(1).to_string();
        let (mut page, _) = inquiry.ask::<LogPage>(&self.path("", &[("limit", &most)])).await?;
        page.lines.drain(..page.lines.len().saturating_sub(limit as usize));
        Ok(page)
    }
}

pub(super) async fn logs(
    inquiry: &Inquiry,
    wanted: &Wanted,
    follow: bool,
    format: LogFormat,
) -> Result<(), Failure> {
    let manner = Manner::of_output(format);
    let page = wanted.page(inquiry, wanted.lines).await?;
    let reading = async {
        for entry in &page.lines {
            write(manner, entry)?;
        }
        if follow { go_on(inquiry, wanted, manner, page.newest).await } else { Ok(()) }
    };
    let mut terminate = signal(SignalKind::terminate())?;
    let read = tokio::select! {
        read = reading => read,
        // That is how it is ended.
        signal = tokio::signal::ctrl_c() => Ok(signal?),
        _ = terminate.recv() => Ok(()),
    };
    match read {
        Err(Stop::Satisfied) => Ok(()),
        Err(Stop::Failure(failure)) => Err(failure),
        Ok(()) => Ok(()),
    }
}

/// Why no more lines are written.
enum Stop {
    /// Whoever reads them has seen enough.
    Satisfied,
    Failure(Failure),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        if error.kind() == ErrorKind::BrokenPipe { Self::Satisfied } else { Self::Failure(error.into()) }
    }
}

impl From<Unanswered> for Stop {
    fn from(unanswered: Unanswered) -> Self {
        Self::Failure(unanswered.into())
    }
}

/// Writes what comes after line `seen`, also of the daemon's next process.
async fn go_on(inquiry: &Inquiry, wanted: &Wanted, manner: Manner, mut seen: u64) -> Result<(), Stop> {
    loop {
        let after = seen.to_string();
        let mut lines = inquiry.follow(&wanted.path("follow", &[("after", &after)])).await?;
        while let Some(line) = lines.next().await? {
            let Ok(entry) = serde_json::from_slice::<Entry>(&line) else { continue };
            seen = entry.number;
            write(manner, &entry)?;
        }
        // Numbers that begin anew are those of another process.
        let newest = back(inquiry, wanted).await?;
        if newest < seen {
            seen = 0;
        }
    }
}

/// Waits until a daemon answers again, and returns the number of its newest line.
async fn back(inquiry: &Inquiry, wanted: &Wanted) -> Result<u64, Stop> {
    let waited = Clock::system().stopwatch();
    loop {
        match wanted.page(inquiry, 0).await {
            Ok(page) => return Ok(page.newest),
            Err(_) if waited.elapsed() < BACK_WITHIN => tokio::time::sleep(TRY_EVERY).await,
            Err(unanswered) => {
                let line = format!("the daemon has ended its log; {}", unanswered.line());
                return Err(Stop::Failure(Failure::Failed(line)));
            }
        }
    }
}

fn write(manner: Manner, entry: &Entry) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let (style, reset) = if out.is_terminal() { style(entry.level) } else { ("", "") };
    // Whoever answered there: nothing of it acts on the terminal.
    let entry = Entry { message: one_line(&entry.message), event: one_line(&entry.event), ..entry.clone() };
    manner.write(&mut out, &entry, &style, &reset)?;
    out.flush()
}

fn style(level: Severity) -> (&'static str, &'static str) {
    let style = match level {
        Severity::Debug => "\u{1b}[34m",
        Severity::Info => "\u{1b}[32m",
        Severity::Warn => "\u{1b}[33m",
        Severity::Error => "\u{1b}[1m\u{1b}[31m",
    };
    (style, "\u{1b}[0m")
}
