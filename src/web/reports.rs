//! The list of reports: `/reports` for people, `/api/v1/reports/latest` for scripts.

use actix_web::{HttpResponse, route, web};
use serde::{Deserialize, Serialize};

use super::face::{Face, language_of};
use super::problem::Problem;

use crate::persistence::messages::StoredReport;
use crate::report::listing::Listing;
use crate::report::section::Section;

/// Reports of one page of the list.
const PAGE: u32 = 50;

/// Metadata of the newest report; 404 when there is none.
#[route("/api/v1/reports/latest", method = "GET", method = "HEAD")]
pub(super) async fn latest(face: web::Data<Face>) -> Result<HttpResponse, Problem> {
    #[derive(Serialize)]
    struct Latest {
        #[serde(flatten)]
        report: StoredReport,
        total_bytes: u64,
    }
    let archive = face.archive.clone();
    let latest = web::block(move || archive.latest()).await??;
    let report = latest.ok_or_else(|| Problem::not_found("there is no report yet"))?;
    let total_bytes = report.total_bytes();
    Ok(HttpResponse::Ok().json(Latest { report, total_bytes }))
}

#[derive(Debug, Deserialize)]
struct ListQuery {
    lang: Option<String>,
    before: Option<i32>,
}

/// The reports, newest first, a page at a time.
#[route("/reports", method = "GET", method = "HEAD")]
pub(super) async fn list(
    face: web::Data<Face>,
    query: web::Query<ListQuery>,
) -> Result<HttpResponse, Problem> {
    let language = language_of(query.lang.as_deref())?;
    let (archive, before) = (face.archive.clone(), query.before);
    // One more than is shown tells whether there are older ones.
    let mut reports = web::block(move || archive.list(PAGE + 1, before)).await??;
    let more = reports.len() > PAGE as usize;
    reports.truncate(PAGE as usize);
    let older = if more { reports.last().map(|report| report.id) } else { None };
    let listing = Listing { reports: &reports, older, zone: &face.zone };
    let mut page = Vec::new();
    let view = listing.view(language);
    face.templates.render(Section::Listing, language, &view, &mut page).map_err(Problem::internal)?;
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page))
}
