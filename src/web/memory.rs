//! `/api/v1/memory`: what the memory monitor knows, and what it has decided.

use actix_web::{HttpResponse, route, web};
use serde::Deserialize;

use super::face::Face;
use super::problem::Problem;

use crate::config::memory::ACTORS;
use crate::memory::listing::{Listing, MOST, USUAL};
use crate::memory::record::PROCESS;

/// All accounts at the latest tick; 503 before the first.
#[route("/api/v1/memory", method = "GET", method = "HEAD")]
pub(super) async fn status(face: web::Data<Face>) -> Result<HttpResponse, Problem> {
    let status = face.memory.status();
    let status = status.ok_or_else(|| {
        Problem::unavailable("memory has not been measured yet; the first measurement follows the start")
    })?;
    Ok(HttpResponse::Ok().json(status))
}

/// As text: a mistake is named here.
#[derive(Debug, Deserialize)]
struct DecisionsQuery {
    limit: Option<String>,
    child: Option<String>,
}

/// The newest decision records, newest first, each with its sentence.
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
