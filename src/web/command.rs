//! What an operator can have done: an actor restarted, the indices refreshed. Both need the token, or come from the owner.

use actix_web::{HttpResponse, route, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::authorised::{Authorised, Refused};
use super::face::Face;
use super::problem::{Problem, Told};
use crate::market::messages::{Refresh, RefreshOutcome};
use crate::supervision::messages::SupervisorError;

/// An actor is being restarted.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Restarting {
    /// The actor.
    pub name: String,
    /// The generation that finishes what is open; the next one follows it.
    pub generation: u64,
}

/// Drains an actor and replaces it by its next generation; no message is lost.
///
/// It is drained when the answer comes; `GET /api/v1/status` tells when its next generation runs. A body is ignored.
#[utoipa::path(
    operation_id = "restart_actor",
    tag = "operation",
    security(("bearer" = []), ()),
    params(("name" = String, Path, description = "The actor.", example = "report-builder")),
    responses(
        (status = 202, description = "It is being drained.", body = Restarting),
        (status = 404, description = "There is no such actor; the reason names those that there are.", body = Told),
        (status = 409, description = "It is being replaced already, or has ended.", body = Told),
        (status = 503, description = "The daemon ends.", body = Told),
        Refused<'_>,
    )
)]
#[route("/api/v1/actors/{name}/restart", method = "POST")]
pub(super) async fn restart(
    _: Authorised,
    face: web::Data<Face>,
    name: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let name = name.into_inner();
    let refused = |error: SupervisorError| match error {
        SupervisorError::UnknownChild { .. } => Problem::not_found(error.to_string()),
        SupervisorError::NotRunning { .. } | SupervisorError::OneAtATime { .. } => {
            Problem::conflict(error.to_string())
        }
        SupervisorError::Ended | SupervisorError::Ending { .. } => Problem::unavailable(error.to_string()),
        // What only a new child is refused for.
        SupervisorError::Name { .. }
        | SupervisorError::Duplicate { .. }
        | SupervisorError::LinkTaken { .. }
        | SupervisorError::Limit { .. }
        | SupervisorError::Attends { .. }
        | SupervisorError::NotMonitored => Problem::internal(error),
    };
    // Before: the generation that is there afterwards may be the next one.
    let status = face.supervisor.status().await.map_err(refused)?;
    let generation = status.children.iter().find(|child| child.name == name).map(|child| child.generation);
    face.supervisor.restart(&name).await.map_err(refused)?;
    Ok(HttpResponse::Accepted().json(Restarting { name, generation: generation.unwrap_or_default() }))
}

/// Has the indices refreshed now, and answers with what it came to.
///
/// A source whose minimum interval is not over is not asked again. A body is ignored.
#[utoipa::path(
    operation_id = "refresh",
    tag = "operation",
    security(("bearer" = []), ()),
    responses(
        (status = 200, description = "It is done.", body = RefreshOutcome),
        (status = 503, description = "The actor that does it did not answer; the reason says why.", body = Told),
        Refused<'_>,
    )
)]
#[route("/api/v1/refresh", method = "POST")]
pub(super) async fn refresh(_: Authorised, face: web::Data<Face>) -> Result<HttpResponse, Problem> {
    let outcome = face.market.send(Refresh).await;
    Ok(HttpResponse::Ok().json(outcome.map_err(|error| Problem::unavailable(error.to_string()))?))
}
