//! Sessions: what is known of the reports that were asked for over HTTP.
//!
//! Bounded in count and in age, whatever is asked for: a session that has ended is forgotten an hour later, or as soon as
//! its place is needed, the one that ended first before the others. One that runs is never forgotten. Values only; what
//! changes them stands in `orders`.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::report::messages::Progress;

/// The most sessions that are remembered.
const MOST: usize = 64;

/// How long one that has ended is remembered, in the daemon's clock.
const REMEMBERED: Duration = Duration::from_secs(3600);

/// The longest reason of a failure that is kept, in characters.
const LONGEST_REASON: usize = 500;

/// The sessions that are remembered, in the order in which they began.
#[derive(Debug, Default)]
pub(super) struct Sessions(VecDeque<Session>);

#[derive(Debug)]
struct Session {
    id: Uuid,
    progress: Progress,
    began: Timestamp,
    updated: Timestamp,
    end: Option<End>,
}

#[derive(Debug)]
struct End {
    at: Timestamp,
    /// The report, or why there is none.
    outcome: Result<i32, String>,
}

/// Every place is taken by a session that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{MOST} reports that were asked for are not done yet; ask again when one of them is")]
pub(super) struct Full;

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    /// The report is being built, or waits for the builder.
    Running,
    /// The report is stored.
    Completed,
    /// There is no report.
    Error,
}

/// How far a report has come that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct SessionProgress {
    /// Steps done.
    step: u32,
    /// Steps in all; 0 before the build has begun.
    total_steps: u32,
    /// The section that is being written, or in which the build ended.
    current_step_name: &'static str,
    /// Steps done in per cent of all, a whole number.
    #[schema(maximum = 100)]
    percentage: u32,
    status: Status,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    start_time: Timestamp,
    /// What is done, was done or went wrong, as a sentence.
    details: String,
    /// When something of this changed last.
    #[schema(value_type = String, format = DateTime)]
    last_update: Timestamp,
    /// When it ended; absent while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false)]
    end_time: Option<Timestamp>,
    /// The report; absent unless it is completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    report_id: Option<i32>,
}

impl Sessions {
    /// Begins a session.
    pub(super) fn begin(&mut self, id: Uuid, progress: Progress, now: Timestamp) -> Result<(), Full> {
        self.expire(now);
        if self.0.len() >= MOST {
            let ended =
                self.0.iter().enumerate().filter_map(|(at, session)| Some((at, session.end.as_ref()?.at)));
            let (first_ended, _) = ended.min_by_key(|(_, ended_at)| *ended_at).ok_or(Full)?;
            self.0.remove(first_ended);
        }
        self.0.push_back(Session { id, progress, began: now, updated: now, end: None });
        Ok(())
    }

    /// Notes that the build has come further.
    pub(super) fn touch(&mut self, id: Uuid, now: Timestamp) {
        if let Some(session) = self.running(id) {
            session.updated = now;
        }
    }

    /// Ends a session, once: how it ended first counts.
    pub(super) fn end(&mut self, id: Uuid, outcome: Result<i32, String>, now: Timestamp) {
        if let Some(session) = self.running(id) {
            let outcome = outcome.map_err(|reason| reason.chars().take(LONGEST_REASON).collect());
            session.updated = now;
            session.end = Some(End { at: now, outcome });
        }
    }

    /// How far a session has come; nothing if there is none of this id, or not any more.
    pub(super) fn progress(&mut self, id: Uuid, now: Timestamp) -> Option<SessionProgress> {
        self.expire(now);
        self.0.iter().find(|session| session.id == id).map(Session::progress)
    }

    fn running(&mut self, id: Uuid) -> Option<&mut Session> {
        self.0.iter_mut().find(|session| session.id == id && session.end.is_none())
    }

    fn expire(&mut self, now: Timestamp) {
        let remembered = SignedDuration::try_from(REMEMBERED).unwrap_or(SignedDuration::MAX);
        self.0
            .retain(|session| session.end.as_ref().is_none_or(|end| now.duration_since(end.at) < remembered));
    }
}

impl Session {
    fn progress(&self) -> SessionProgress {
        let stage = self.progress.stage();
        let section = stage.section.map(|section| section.as_str());
        let (mut step, mut current_step_name) = (stage.done, section.unwrap_or("waiting"));
        let (status, details) = match self.end.as_ref().map(|end| &end.outcome) {
            None => (Status::Running, doing(step, stage.total, section)),
            Some(Ok(report)) => {
                // Steps that there was no need for are done as well.
                (step, current_step_name) = (stage.total, "done");
                (Status::Completed, format!("report {report} is stored"))
            }
            Some(Err(reason)) => (Status::Error, reason.clone()),
        };
        let percentage = match (status, stage.total) {
            (Status::Completed, _) => 100,
            (_, 0) => 0,
            (_, total) => (step.saturating_mul(100) / total).min(100),
        };
        SessionProgress {
            step,
            total_steps: stage.total,
            current_step_name,
            percentage,
            status,
            start_time: self.began,
            details,
            last_update: self.updated,
            end_time: self.end.as_ref().map(|end| end.at),
            report_id: self.end.as_ref().and_then(|end| end.outcome.as_ref().ok().copied()),
        }
    }
}

fn doing(step: u32, total: u32, section: Option<&str>) -> String {
    match section {
        None => "waiting for the builder and for market data".to_owned(),
        Some(_) if step >= total => "storing the report".to_owned(),
        Some(section) => format!("writing section {section}, step {} of {total}", step + 1),
    }
}

#[cfg(test)]
mod tests;
