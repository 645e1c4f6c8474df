//! Reports on demand: `POST /api/v1/generate-auto-report`, its progress, and `POST /api/v1/manual-generate`.

use std::time::Duration;

use actix_web::{HttpResponse, route, web};
use futures_util::StreamExt;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::authorised::Authorised;
use super::face::Face;
use super::problem::{Problem, Told};
use super::sessions::SessionProgress;

/// The longest body that is read and ignored.
pub(super) const LONGEST_BODY: usize = 64 * 1024;

/// How long a client may take to send it.
const BODY_WITHIN: Duration = Duration::from_secs(10);

/// A report has been asked for.
#[derive(Serialize, ToSchema)]
struct Begun {
    /// Always true.
    success: bool,
    /// What follows, for people.
    message: &'static str,
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
        (status = 401, description = "A token is configured, and the request does not bring it.", body = Told),
        (status = 403, description = "A page of another site has sent it.", body = Told),
        (status = 408, description = "The body took too long.", body = Told),
        (status = 413, description = "The body is longer than 64 KiB.", body = Told),
        (status = 503, description = "Too many are waiting.", body = Told),
    )
)]
#[route("/api/v1/generate-auto-report", method = "POST")]
pub(super) async fn begin(
    _: Authorised,
    face: web::Data<Face>,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    ignore(body).await?;
    let session_id = face.orders.begin().map_err(|full| Problem::unavailable(full.to_string()))?;
    let session_id = session_id.to_string();
    log::info!(event = "report-asked-for", session = session_id.as_str(); "a report is asked for, session {session_id}");
    let message = "the report is being built; GET /api/v1/progress/{session_id} tells how far it is";
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
        (status = 401, description = "A token is configured, and the request does not bring it.", body = Told),
        (status = 403, description = "A page of another site has sent it.", body = Told),
        (status = 408, description = "The body took too long.", body = Told),
        (status = 413, description = "The body is longer than 64 KiB.", body = Told),
        (status = 500, description = "There is no report; another one may be being built.", body = Told),
    )
)]
#[route("/api/v1/manual-generate", method = "POST")]
pub(super) async fn finish(
    _: Authorised,
    face: web::Data<Face>,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    ignore(body).await?;
    let stopwatch = face.clock.stopwatch();
    let report_id = face.orders.finish().await.map_err(Problem::failed)?;
    let duration = stopwatch.elapsed_ms() as f64 / 1000.0;
    let message = format!("report {report_id} is stored");
    Ok(HttpResponse::Ok().json(Written { success: true, message, report_id, duration }))
}

/// Reads a body to its end, piece by piece, and keeps nothing of it.
pub(super) async fn ignore(mut body: web::Payload) -> Result<(), Problem> {
    let reading = async {
        let mut length = 0;
        while let Some(piece) = body.next().await {
            length += piece.map_err(|error| Problem::bad_request(format!("the body: {error}")))?.len();
            if length > LONGEST_BODY {
                return Err(Problem::too_large(format!(
                    "the body is longer than {LONGEST_BODY} bytes; send none"
                )));
            }
        }
        Ok(())
    };
    let late = |_| Problem::too_slow(format!("the body took longer than {BODY_WITHIN:?}; send none"));
    tokio::time::timeout(BODY_WITHIN, reading).await.map_err(late)?
}
