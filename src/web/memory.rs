//! `/api/v1/memory`: what the memory monitor knows, and what it has decided.

use actix_web::{HttpResponse, route, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::face::Face;
use super::problem::{Problem, Told};

use crate::config::memory::ACTORS;
use crate::memory::listing::{Listing, MOST, USUAL};
use crate::memory::record::PROCESS;
use crate::memory::status::MemoryStatus;
use crate::memory::timeline::{Range, Stretch};

/// Every account at the latest tick of the memory monitor.
#[utoipa::path(
    operation_id = "memory_status",
    tag = "operation",
    responses(
        (status = 200, description = "The accounts.", body = MemoryStatus),
        (status = 503, description = "Nothing has been measured yet.", body = Told),
    )
)]
#[route("/api/v1/memory", method = "GET", method = "HEAD")]
pub(super) async fn status(face: web::Data<Face>) -> Result<HttpResponse, Problem> {
    let status = face.memory.status();
    let status = status.ok_or_else(|| {
        Problem::unavailable("memory has not been measured yet; the first measurement follows the start")
    })?;
    Ok(HttpResponse::Ok().json(status))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TimelineQuery {
    /// How far it goes back: `1h`, `24h` or `7d`; an hour without it.
    #[param(example = "24h")]
    range: Option<String>,
}

/// The memory of the process and of each actor over time, and what happened meanwhile.
///
/// A point is the moment with the highest resident set of its step: 10 seconds, 4 minutes or half an hour long.
#[utoipa::path(
    operation_id = "memory_timeline",
    tag = "operation",
    params(TimelineQuery),
    responses(
        (status = 200, description = "The timeline.", body = Stretch),
        (status = 400, description = "A parameter cannot be understood; the reason says which.", body = Told),
    )
)]
#[route("/api/v1/memory/timeline", method = "GET", method = "HEAD")]
pub(super) async fn timeline(
    face: web::Data<Face>,
    query: web::Query<TimelineQuery>,
) -> Result<HttpResponse, Problem> {
    let range = query.range.as_deref().map_or(Ok(Range::Hour), str::parse);
    let range = range.map_err(|error| Problem::bad_request(format!("range: {error}")))?;
    Ok(HttpResponse::Ok().json(face.memory.stretch(range, face.clock.now())))
}

/// As text: a mistake is named here.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DecisionsQuery {
    /// How many, at most; 50 without it.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500)]
    limit: Option<String>,
    /// Only those about this account: an actor, or `process`.
    #[param(example = "report-builder")]
    child: Option<String>,
}

/// What was decided about memory, newest first, each decision with its sentence.
#[utoipa::path(
    operation_id = "memory_decisions",
    tag = "operation",
    params(DecisionsQuery),
    responses(
        (status = 200, description = "The decisions.", body = Listing),
        (status = 400, description = "A parameter cannot be understood; the reason says which.", body = Told),
    )
)]
#[route("/api/v1/memory/decisions", method = "GET", method = "HEAD")]
pub(super) async fn decisions(
    face: web::Data<Face>,
    query: web::Query<DecisionsQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = query.limit.as_deref().map_or(Ok(USUAL as usize), limit_of)?;
    if let Some(child) = &query.child {
        let latest = face.memory.status();
        let measured = latest.iter().flat_map(|latest| &latest.children).map(|child| child.name.as_str());
        let mut known: Vec<&str> = ACTORS.into_iter().chain([PROCESS]).collect();
        known.extend(measured.filter(|name| !ACTORS.contains(name)));
        if !known.contains(&child.as_str()) {
            let known = known.join(", ");
            return Err(Problem::bad_request(format!(
                "child: there is no account {child:?}; the accounts are {known}"
            )));
        }
    }
    let child = query.child.as_deref();
    let listing = face.memory.ledger().with(|records| Listing::newest(records, child, limit));
    Ok(HttpResponse::Ok().json(listing))
}

fn limit_of(text: &str) -> Result<usize, Problem> {
    let limit = text.parse().ok().filter(|limit| (1..=MOST as usize).contains(limit));
    limit.ok_or_else(|| {
        Problem::bad_request(format!("limit: {text:?} is not a whole number from 1 to {MOST}"))
    })
}
