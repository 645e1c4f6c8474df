//! `GET /health`: whether the supervisor runs.

use actix_web::{HttpResponse, route, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::face::Face;

use crate::supervision::status::SupervisorState;

/// Whether the daemon works.
#[derive(Serialize, ToSchema)]
struct Health {
    /// `healthy` or `unhealthy`.
    status: &'static str,
    /// What is wrong; absent while nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    detail: Option<String>,
}

/// Whether the supervisor keeps its children alive.
#[utoipa::path(
    operation_id = "health",
    tag = "operation",
    responses(
        (status = 200, description = "It does.", body = Health),
        (status = 503, description = "It does not; the reason is in the answer.", body = Health),
    )
)]
#[route("/health", method = "GET", method = "HEAD")]
pub(super) async fn health(face: web::Data<Face>) -> HttpResponse {
    let reason = match face.supervisor.status().await {
        Ok(status) => match status.state {
            SupervisorState::Supervising => {
                return HttpResponse::Ok().json(Health { status: "healthy", detail: None });
            }
            SupervisorState::ShuttingDown => "the daemon is shutting down".to_owned(),
            SupervisorState::GaveUp => face.supervisor.fault().map_or_else(
                || "the supervisor gave up".to_owned(),
                |fault| format!("the supervisor gave up: {} {}", fault.child, fault.root_cause),
            ),
        },
        Err(error) => error.to_string(),
    };
    HttpResponse::ServiceUnavailable().json(Health { status: "unhealthy", detail: Some(reason) })
}
