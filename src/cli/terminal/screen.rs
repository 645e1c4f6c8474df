//! The daemon's status as one screen of text. Pure.

use std::fmt::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::journal::line::one_line;
use crate::memory::bytes::{signed, size};
use crate::supervision::status::ChildState;
use crate::web::{ActorStatus, DaemonState, DaemonStatus, ProcessStatus};

const HEADINGS: [&str; 9] =
    ["actor", "gen", "state", "rss", "live", "growth/day", "mail", "work", "restarts"];

/// Columns of numbers, which are aligned to the right.
const NUMBERS: [bool; 9] = [false, true, false, true, true, true, true, true, false];

/// Stands for what is not known.
pub(super) const UNKNOWN: &str = "-";

/// The whole screen, each line ended; 80 characters wide where nothing is out of the ordinary.
pub(super) fn screen(status: &DaemonStatus) -> String {
    let mut text = format!("{}\n", headline(status));
    // Writing to a string cannot fail.
    let _ = writeln!(text, "indices  {}", indices(status));
    for failure in &status.indices.failed {
        let _ = writeln!(text, "         {}: {}", one_line(&failure.name), one_line(&failure.error));
    }
    let _ = writeln!(text, "reports  {}", reports(status));
    let _ = writeln!(text, "process  pid {}  {}", status.pid, memory(&status.process));
    for warning in &status.process.warnings {
        let _ = writeln!(text, "warning  {}", one_line(warning));
    }
    text.push('\n');
    text.push_str(&table(&status.actors));
    text.push_str("restarts: because of memory/after a crash/on request\n");
    for actor in &status.actors {
        if let Some(ending) = &actor.last_ending {
            let before = actor.generation.saturating_sub(1);
            let _ = writeln!(text, "{} generation {before} {}", one_line(&actor.name), one_line(ending));
        }
    }
    text
}

/// Version, state, time.
pub(super) fn headline(status: &DaemonStatus) -> String {
    let course = &status.course;
    let mut line = format!(
        "evenkeel {}  {}  up {}  {}",
        one_line(&status.version),
        state(course.state),
        lasting(course.uptime_s),
        when(course.now, &course.zone, "%Y-%m-%d %H:%M:%S %:z"),
    );
    if course.speed != 1.0 {
        let _ = write!(line, "  clock × {}", course.speed);
    }
    if let Some(fault) = &course.fault {
        let _ = write!(line, "  gave up on {}", one_line(fault));
    }
    line
}

fn state(state: DaemonState) -> &'static str {
    match state {
        DaemonState::Supervising => "running",
        DaemonState::GaveUp => "GAVE UP",
        DaemonState::ShuttingDown => "ENDING",
        DaemonState::Gone => "SUPERVISOR GONE",
    }
}

/// How many are known, how old they are, when the next refresh is.
pub(super) fn indices(status: &DaemonStatus) -> String {
    let (indices, course) = (&status.indices, &status.course);
    let next = when(course.next_refresh, &course.zone, "%H:%M:%S");
    let known = match (indices.age_s, &indices.trouble) {
        (Some(age), _) => {
            let all = indices.known as usize + indices.failed.len();
            format!("{} of {all} known, {} old", indices.known, lasting(age))
        }
        (None, Some(trouble)) => format!("none: {}", one_line(trouble)),
        (None, None) => "none yet".to_owned(),
    };
    format!("{known}; next refresh {next}")
}

/// How many are stored, which is the newest, when the next is due.
pub(super) fn reports(status: &DaemonStatus) -> String {
    let (reports, course) = (&status.reports, &status.course);
    let day = |at| when(at, &course.zone, "%Y-%m-%d %H:%M");
    let next = course.next_report.map_or("none scheduled".to_owned(), |due| format!("next {}", day(due)));
    let newest = reports.newest.as_ref().map_or_else(String::new, |newest| {
        format!("; newest {} ({}) {}", newest.id, one_line(&newest.edition), day(newest.created_at))
    });
    format!("{} stored; {next}{newest}", reports.count)
}

fn memory(process: &ProcessStatus) -> String {
    let Some(rss) = process.rss else { return "not measured yet".to_owned() };
    let mut text = size(rss);
    if let Some((low, high)) = process.low.zip(process.high) {
        let _ = write!(text, "  24 h {}–{}", size(low), size(high));
    }
    if let Some(unattributed) = process.unattributed {
        let unattributed = u64::try_from(unattributed).map_or_else(|_| signed(unattributed), size);
        let _ = write!(text, "  no actor's {unattributed}");
    }
    if let Some(limit) = process.limit {
        let _ = write!(text, "  limit {}", size(limit));
    }
    if process.dry_run {
        text.push_str("  dry run");
    }
    text
}

fn table(actors: &[ActorStatus]) -> String {
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    rows.extend(actors.iter().map(cells));
    let widths: [usize; HEADINGS.len()] = std::array::from_fn(|column| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
    });
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for ((cell, width), number) in row.iter().zip(widths).zip(NUMBERS) {
            let _ = if number { write!(line, "{cell:>width$} ") } else { write!(line, "{cell:<width$} ") };
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// One row of the table.
pub(super) fn cells(actor: &ActorStatus) -> [String; HEADINGS.len()] {
    let known = |bytes: Option<u64>| bytes.map_or(UNKNOWN.to_owned(), size);
    let restarts = actor.restarts;
    [
        one_line(&actor.name),
        actor.generation.to_string(),
        child_state(actor.state).to_owned(),
        known(actor.rss),
        known(actor.live),
        actor.growth_per_day.map_or(UNKNOWN.to_owned(), signed),
        actor.mailbox.to_string(),
        actor.work.map_or(UNKNOWN.to_owned(), |work| work.to_string()),
        format!("{}/{}/{}", restarts.memory, restarts.crashes, restarts.requested),
    ]
}

fn child_state(state: ChildState) -> &'static str {
    match state {
        ChildState::Running => "running",
        ChildState::Draining => "draining",
        ChildState::Restarting => "restarting",
        ChildState::Ended => "ended",
    }
}

/// `40 s`, `3 min 20 s`, `5 h 12 min`, `3 d 4 h`.
pub(super) fn lasting(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{minutes} min {} s", seconds % 60),
        3600..86_400 => format!("{hours} h {} min", minutes % 60),
        _ => format!("{days} d {} h", hours % 24),
    }
}

/// A time in the daemon's zone.
pub(super) fn when(at: Timestamp, zone: &str, format: &str) -> String {
    at.to_zoned_datetime(TimeZone::get(zone).unwrap_or(TimeZone::UTC)).strftime(format).to_string()
}
