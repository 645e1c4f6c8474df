//! The memory timeline: the chart, and what happened meanwhile as a list beside it.

use actix_web::web;
use jiff::Timestamp;
use serde::Serialize;

use super::super::face::Face;
use super::asked::Asked;
use super::chart::{Chart, Scale, chart};
use super::state::Moment;
use crate::memory::timeline::{Cause, Happened, Mark, Range};
use crate::persistence::messages::StoredReport;

/// What happened, at most so much of it.
const MARKS: usize = 60;

#[derive(Debug, Serialize)]
pub(super) struct Memory {
    ranges: [Choice; 3],
    chart: Option<Chart>,
    marks: Vec<Shown>,
}

#[derive(Debug, Serialize)]
struct Choice {
    range: &'static str,
    current: bool,
}

/// Something that happened, where it lies and what it was.
#[derive(Debug, Serialize)]
struct Shown {
    x: String,
    at: Moment,
    /// `begun`, `memory`, `crash`, `request` or `report`.
    kind: &'static str,
    child: Option<String>,
    generation: Option<u64>,
    report: Option<i32>,
}

pub(super) async fn memory(face: &web::Data<Face>, asked: Asked) -> Memory {
    let now = face.clock.now();
    let stretch = face.memory.stretch(asked.range, now);
    let reports = face.dashboard.shelf().reports().await.newest;
    let scale = Scale::new(asked.range, now.as_millisecond());
    let mut marks: Vec<(i64, Shown)> =
        stretch.marks.iter().filter_map(|mark| shown(face, asked, &scale, mark)).collect();
    marks.extend(reports.iter().filter_map(|report| of_report(face, asked, &scale, report)));
    marks.sort_by_key(|(at_ms, _)| *at_ms);
    let surplus = marks.len().saturating_sub(MARKS);
    Memory {
        ranges: Range::ALL.map(|range| Choice { range: range.as_str(), current: range == asked.range }),
        chart: chart(&stretch, asked.range, now.as_millisecond(), &face.zone),
        marks: marks.into_iter().skip(surplus).map(|(_, shown)| shown).collect(),
    }
}

fn shown(face: &Face, asked: Asked, scale: &Scale, mark: &Mark) -> Option<(i64, Shown)> {
    let at = Timestamp::from_millisecond(mark.at_ms).ok()?;
    let (x, at) = (scale.x(mark.at_ms)?, Moment::day(asked, face, at));
    let shown = match &mark.what {
        Happened::Begun => Shown { x, at, kind: "begun", child: None, generation: None, report: None },
        Happened::Restart { child, generation, cause } => {
            let kind = match cause {
                Cause::Memory => "memory",
                Cause::Crash => "crash",
                Cause::Request => "request",
            };
            let (child, generation) = (Some(child.clone()), Some(*generation));
            Shown { x, at, kind, child, generation, report: None }
        }
    };
    Some((mark.at_ms, shown))
}

fn of_report(face: &Face, asked: Asked, scale: &Scale, report: &StoredReport) -> Option<(i64, Shown)> {
    let at_ms = report.created_at.as_millisecond();
    let (x, at) = (scale.x(at_ms)?, Moment::day(asked, face, report.created_at));
    Some((at_ms, Shown { x, at, kind: "report", child: None, generation: None, report: Some(report.id) }))
}
