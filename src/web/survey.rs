//! What is read of the daemon for whoever looks at it: `GET /api/v1/status`, and the dashboard's pages.

use std::time::Duration;

use actix_web::{HttpResponse, route, web};
use jiff::{SignedDuration, Timestamp};

use super::face::Face;
use super::status::{
    ActorStatus, Course, DaemonState, DaemonStatus, IndexFailure, IndicesStatus, NewestReport, ProcessStatus,
    ReportsStatus, Restarts,
};
use crate::journal::line::one_line;
use crate::memory::status::{AccountStatus, MemoryStatus};
use crate::memory::timeline::Range;
use crate::persistence::messages::StoredReport;
use crate::report::messages::ObserveSchedule;
use crate::supervision::messages::SupervisorError;
use crate::supervision::status::{ChildStatus, SupervisorState, SupervisorStatus};

/// Everything that a screen shows of the daemon. It costs the daemon about as much as its dashboard.
#[utoipa::path(
    operation_id = "daemon_status",
    tag = "operation",
    responses((status = 200, description = "How it is.", body = DaemonStatus))
)]
#[route("/api/v1/status", method = "GET", method = "HEAD")]
pub(super) async fn daemon(face: web::Data<Face>) -> HttpResponse {
    let supervisor = face.supervisor.status().await;
    let memory = face.memory.status();
    let course = course(&face, &supervisor).await;
    let children = supervisor.map(|status| status.children).unwrap_or_default();
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(DaemonStatus {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        pid: std::process::id(),
        indices: indices(&face, course.now).await,
        reports: reports(&face).await,
        process: process(&face, memory.as_ref(), course.now),
        actors: actors(&children, memory.as_ref()),
        course,
    })
}

/// What the daemon as a whole does; `supervisor` is what its supervisor says.
pub(super) async fn course(face: &Face, supervisor: &Result<SupervisorStatus, SupervisorError>) -> Course {
    let now = face.clock.now();
    let next_report = match &face.schedule {
        Some(schedule) => schedule.send(ObserveSchedule).await.ok().and_then(|status| status.next_due),
        None => None,
    };
    let state = match supervisor.as_ref().map(|status| status.state) {
        Ok(SupervisorState::Supervising) => DaemonState::Supervising,
        Ok(SupervisorState::GaveUp) => DaemonState::GaveUp,
        Ok(SupervisorState::ShuttingDown) => DaemonState::ShuttingDown,
        Err(_) => DaemonState::Gone,
    };
    let fault = face.supervisor.fault();
    let begun = begun(face, now);
    Course {
        state,
        fault: fault.map(|fault| one_line(&format!("{} {}", fault.child, fault.root_cause))),
        now,
        begun,
        uptime_s: now.duration_since(begun).unsigned_abs().as_secs(),
        speed: speed(face),
        zone: face.zone.iana_name().unwrap_or("UTC").to_owned(),
        next_refresh: next_multiple(now, face.refresh_every),
        next_report,
    }
}

/// A clock that is set by hand has no speed.
fn speed(face: &Face) -> f64 {
    Some(face.clock.speed()).filter(|speed| speed.is_finite()).unwrap_or(1.0)
}

/// When the daemon was started, by its own clock, which may run faster than real time.
fn begun(face: &Face, now: Timestamp) -> Timestamp {
    let elapsed = SignedDuration::from_secs_f64(face.opened.elapsed().as_secs_f64() * speed(face));
    now.saturating_sub(elapsed).unwrap_or(now)
}

/// Refreshes lie at the multiples of their interval, counted from 1970.
fn next_multiple(now: Timestamp, every: Duration) -> Timestamp {
    let every = i64::try_from(every.as_millis()).unwrap_or(i64::MAX).max(1);
    let next = (now.as_millisecond().div_euclid(every) + 1).saturating_mul(every);
    Timestamp::from_millisecond(next).unwrap_or(Timestamp::MAX)
}

async fn indices(face: &Face, now: Timestamp) -> IndicesStatus {
    let nothing =
        |trouble| IndicesStatus { taken_at: None, age_s: None, known: 0, failed: Vec::new(), trouble };
    let snapshot = match face.store.latest().await {
        Ok(Some(snapshot)) => snapshot,
        Ok(None) => return nothing(None),
        Err(error) => return nothing(Some(one_line(&error.to_string()))),
    };
    let failure = |name: &str, error: &str| IndexFailure { name: name.to_owned(), error: one_line(error) };
    let failed: Vec<IndexFailure> = snapshot
        .indices
        .iter()
        .filter_map(|index| index.reading.error().map(|error| failure(&index.name, error)))
        .collect();
    IndicesStatus {
        taken_at: Some(snapshot.taken_at),
        age_s: Some(u64::try_from(now.duration_since(snapshot.taken_at).as_secs()).unwrap_or(0)),
        known: u32::try_from(snapshot.indices.len() - failed.len()).unwrap_or(u32::MAX),
        failed,
        trouble: None,
    }
}

async fn reports(face: &Face) -> ReportsStatus {
    let shelf = face.dashboard.shelf().reports().await;
    let newest = |report: &StoredReport| NewestReport {
        id: report.id,
        edition: report.edition.clone(),
        created_at: report.created_at,
        bytes: report.total_bytes(),
    };
    ReportsStatus { count: shelf.count, newest: shelf.newest.first().map(newest) }
}

/// The memory of the process, as of the latest tick of the memory monitor.
pub(super) fn process(face: &Face, memory: Option<&MemoryStatus>, now: Timestamp) -> ProcessStatus {
    let day = face.memory.stretch(Range::Day, now);
    let process = memory.and_then(|memory| memory.process);
    let warnings = memory.map(|memory| memory.instrument.warnings()).unwrap_or_default();
    ProcessStatus {
        rss: process.map(|process| process.rss),
        low: day.points.iter().filter_map(|point| point.low).min(),
        high: day.points.iter().filter_map(|point| point.rss).max(),
        unattributed: memory.and_then(|memory| memory.unattributed),
        swap: process.map(|process| process.swap),
        threads: process.map(|process| process.threads),
        limit: memory.and_then(|memory| memory.cgroup_limit),
        dry_run: memory.is_some_and(|memory| memory.dry_run),
        warnings: warnings.into_iter().map(str::to_owned).collect(),
    }
}

/// What the supervisor and the memory monitor know of each actor, joined.
pub(super) fn actors(children: &[ChildStatus], memory: Option<&MemoryStatus>) -> Vec<ActorStatus> {
    let account = |name: &str| memory?.children.iter().find(|account| account.name == name);
    children.iter().map(|child| actor(child, account(&child.name))).collect()
}

fn actor(child: &ChildStatus, account: Option<&AccountStatus>) -> ActorStatus {
    ActorStatus {
        name: child.name.clone(),
        generation: child.generation,
        state: child.state,
        rss: account.and_then(|account| account.rss),
        live: account.and_then(|account| account.live),
        floor: account.and_then(|account| account.floors.iter().min().copied()),
        growth_per_day: account.and_then(|account| account.growth_per_day),
        leak_out: account.and_then(|account| account.leak_out),
        mailbox: child.mailbox,
        // The monitor's count is that of the generation that it saw last.
        work: account.filter(|account| account.generation == child.generation).map(|account| account.work),
        restarts: Restarts {
            requested: child.restarts.saturating_sub(child.memory_restarts),
            memory: child.memory_restarts,
            crashes: child.crashes,
        },
        last_ending: child.last_ending.as_ref().map(|ending| one_line(&ending.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_refresh_lies_ahead() {
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let every = Duration::from_secs(180);
        assert_eq!(next_multiple(at("2026-03-02T02:00:00Z"), every), at("2026-03-02T02:03:00Z"));
        assert_eq!(next_multiple(at("2026-03-02T02:02:59Z"), every), at("2026-03-02T02:03:00Z"));
    }
}
