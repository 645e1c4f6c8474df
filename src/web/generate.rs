//! Reports on demand: `POST /api/v1/generate-auto-report`, its progress, and `POST /api/v1/manual-generate`.

use actix_web::{HttpRequest, HttpResponse, route, web};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::authorised::{Authorised, Refused};
use super::face::Face;
use super::problem::{Problem, Told};
use super::root::root;
use super::sessions::SessionProgress;

/// A report has been asked for.
#[derive(Serialize, ToSchema)]
struct Begun {
    /// Always true.
    success: bool,
    /// What follows, for people.
    message: String,
    /// Under which its progress is told.
    #[schema(format = "uuid")]
    session_id: String,
}

/// A report has been written.
#[derive(Serialize, ToSchema)]
struct Written {
    /// Always true.
    success: bool,
    /// What was done, for people.
    message: String,
    /// The report.
    report_id: i32,
    /// How long it took, in seconds.
    duration: f64,
}

/// Has a report built in the background.
///
/// Only one report is built at a time: while another one is, the session ends at once, with status `error`. A body is
/// ignored.
#[utoipa::path(
    operation_id = "generate_auto_report",
    tag = "reports",
    security(("bearer" = []), ()),
    responses(
        (status = 200, description = "It is begun.", body = Begun),
        (status = 503, description = "Too many are waiting.", body = Told),
        Refused<'_>,
    )
)]
#[route("/api/v1/generate-auto-report", method = "POST")]
pub(super) async fn begin(
    _: Authorised,
    face: web::Data<Face>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let session_id = face.orders.begin().map_err(|full| Problem::unavailable(full.to_string()))?;
    let session_id = session_id.to_string();
    log::info!(event = "report-asked-for", session = session_id.as_str(); "a report is asked for, session {session_id}");
    let root = root(&request, "/api/v1/generate-auto-report");
    let message =
        format!("the report is being built; GET {root}/api/v1/progress/{session_id} tells how far it is");
    Ok(HttpResponse::Ok().json(Begun { success: true, message, session_id }))
}

/// How far a report has come that was asked for.
///
/// A session that has ended is forgotten an hour later, or when 64 others have taken its place.
#[utoipa::path(
    operation_id = "report_progress",
    tag = "reports",
    params(("session_id" = String, Path, description = "As POST /api/v1/generate-auto-report has given it.")),
    responses(
        (status = 200, description = "How far it is.", body = SessionProgress),
        (status = 404, description = "There is no such session, or not any more.", body = Told),
    )
)]
#[route("/api/v1/progress/{session_id}", method = "GET", method = "HEAD")]
pub(super) async fn progress(
    face: web::Data<Face>,
    session_id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let progress = Uuid::try_parse(&session_id).ok().and_then(|id| face.orders.progress(id));
    let progress = progress.ok_or_else(|| Problem::not_found("Session not found"))?;
    Ok(HttpResponse::Ok().json(progress))
}

/// Builds a report, and answers when it is stored.
///
/// It is finished even if nobody waits for the answer any more. A body is ignored.
#[utoipa::path(
    operation_id = "manual_generate",
    tag = "reports",
    security(("bearer" = []), ()),
    responses(
        (status = 200, description = "It is stored.", body = Written),
        (status = 500, description = "There is no report; another one may be being built.", body = Told),
        Refused<'_>,
    )
)]
#[route("/api/v1/manual-generate", method = "POST")]
pub(super) async fn finish(_: Authorised, face: web::Data<Face>) -> Result<HttpResponse, Problem> {
    let stopwatch = face.clock.stopwatch();
    let report_id = face.orders.finish().await.map_err(Problem::failed)?;
    let duration = stopwatch.elapsed_ms() as f64 / 1000.0;
    let message = format!("report {report_id} is stored");
    Ok(HttpResponse::Ok().json(Written { success: true, message, report_id, duration }))
}
