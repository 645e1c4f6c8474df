//! `GET /api/v1/scheduler/status`: when the next report is due, and what became of the last one.

use actix_web::{HttpResponse, route, web};
use jiff::Timestamp;
use jiff::civil::Time;
use serde::Serialize;
use utoipa::ToSchema;

use super::face::Face;
use super::problem::{Problem, Told};
use crate::config::ReportConfig;
use crate::report::messages::{Attempt, AutoReportStatus, ObserveSchedule};

const HOUR: f64 = 3600.0;

/// The schedule, and how it is going.
#[derive(Debug, Serialize, ToSchema)]
#[cfg_attr(test, derive(PartialEq))]
struct SchedulerStatus {
    /// Whether reports are written on a schedule.
    scheduler_enabled: bool,
    /// Hours from one report to the next; null where they are due at `times`.
    #[schema(value_type = Option<f64>, required = true)]
    interval_hours: Option<Hours>,
    /// Attempts for one due time.
    max_attempts: u32,
    /// Times of day at which reports are due, in `zone`; without any, the interval counts.
    times: Vec<String>,
    /// The time zone, an IANA name.
    zone: String,
    /// When the next report is due; null when none is.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    next_due: Option<Timestamp>,
    /// Reports that the schedule has had written since it was started.
    reports: u64,
    /// Attempts that failed since the last success.
    failures_in_a_row: u32,
    /// What the latest attempt since it was started came to.
    #[schema(required = true)]
    last: Option<Attempt>,
}

/// 3, and not 3.0, where it is a whole number.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(PartialEq))]
#[serde(untagged)]
enum Hours {
    Whole(u64),
    Part(f64),
}

/// The schedule of reports, its next due time, and how the last one went.
#[utoipa::path(
    operation_id = "scheduler_status",
    tag = "reports",
    responses(
        (status = 200, description = "The schedule.", body = SchedulerStatus),
        (status = 503, description = "The scheduler does not answer.", body = Told),
    )
)]
#[route("/api/v1/scheduler/status", method = "GET", method = "HEAD")]
pub(super) async fn schedule(face: web::Data<Face>) -> Result<HttpResponse, Problem> {
    let observed = match &face.schedule {
        Some(schedule) => {
            let answer = schedule.send(ObserveSchedule).await;
            Some(answer.map_err(|error| Problem::unavailable(error.to_string()))?)
        }
        None => None,
    };
    Ok(HttpResponse::Ok().json(SchedulerStatus::new(&face.report, observed)))
}

impl SchedulerStatus {
    /// `observed` is what the scheduler says; nothing where there is none.
    fn new(config: &ReportConfig, observed: Option<AutoReportStatus>) -> Self {
        let scheduler_enabled = observed.is_some();
        let nothing = AutoReportStatus { next_due: None, reports: 0, failures_in_a_row: 0, last: None };
        let AutoReportStatus { next_due, reports, failures_in_a_row, last } = observed.unwrap_or(nothing);
        Self {
            scheduler_enabled,
            interval_hours: config.times.is_empty().then(|| Hours::of(config)),
            max_attempts: config.max_attempts,
            times: config.times.iter().map(on_the_wall).collect(),
            zone: config.zone.clone(),
            next_due,
            reports,
            failures_in_a_row,
            last,
        }
    }
}

impl Hours {
    fn of(config: &ReportConfig) -> Self {
        let whole = config.every.as_secs() / 3600;
        if config.every == std::time::Duration::from_secs(whole * 3600) {
            Self::Whole(whole)
        } else {
            Self::Part(config.every.as_secs_f64() / HOUR)
        }
    }
}

/// `07:30`, or `07:30:15` where there are seconds.
fn on_the_wall(time: &Time) -> String {
    let format = if time.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
    time.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::*;

    fn shown(config: &ReportConfig, observed: Option<AutoReportStatus>) -> Value {
        serde_json::to_value(SchedulerStatus::new(config, observed)).unwrap()
    }

    #[test]
    fn an_interval_is_a_number_and_times_take_its_place() {
        let due: Timestamp = "2026-03-02T00:30:00Z".parse().unwrap();
        let observed = AutoReportStatus { next_due: Some(due), reports: 2, failures_in_a_row: 0, last: None };
        let mut config = ReportConfig::default();
        let told = shown(&config, Some(observed.clone()));
        assert_eq!((&told["scheduler_enabled"], &told["interval_hours"]), (&json!(true), &json!(3)));
        assert_eq!((&told["max_attempts"], &told["times"]), (&json!(3), &json!([])));
        assert_eq!(told["next_due"], json!("2026-03-02T00:30:00Z"));
        config.every = Duration::from_secs(5400);
        assert_eq!(shown(&config, Some(observed.clone()))["interval_hours"], json!(1.5));
        config.times = ["07:30", "15:00:30"].map(|time| time.parse().unwrap()).to_vec();
        let told = shown(&config, Some(observed));
        assert_eq!((&told["interval_hours"], &told["times"]), (&Value::Null, &json!(["07:30", "15:00:30"])));
    }

    #[test]
    fn without_a_scheduler_nothing_is_due() {
        let told = shown(&ReportConfig::default(), None);
        assert_eq!((&told["scheduler_enabled"], &told["next_due"]), (&json!(false), &Value::Null));
        assert_eq!(told["interval_hours"], json!(3), "what would hold is said all the same");
    }
}
