//! `GET /health`: whether the supervisor runs.

use actix_web::{HttpResponse, route, web};
use serde_json::json;

use super::face::Face;

use crate::supervision::status::SupervisorState;

/// 200 while the supervisor keeps its children alive, 503 with the reason otherwise.
#[route("/health", method = "GET", method = "HEAD")]
pub(super) async fn health(face: web::Data<Face>) -> HttpResponse {
    let reason = match face.supervisor.status().await {
        Ok(status) => match status.state {
            SupervisorState::Supervising => return HttpResponse::Ok().json(json!({ "status": "healthy" })),
            SupervisorState::ShuttingDown => "the daemon is shutting down".to_owned(),
            SupervisorState::GaveUp => face.supervisor.fault().map_or_else(
                || "the supervisor gave up".to_owned(),
                |fault| format!("the supervisor gave up: {} {}", fault.child, fault.root_cause),
            ),
        },
        Err(error) => error.to_string(),
    };
    HttpResponse::ServiceUnavailable().json(json!({ "status": "unhealthy", "detail": reason }))
}
