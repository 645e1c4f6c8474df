//! The list of reports: `/reports` for people, `/api/v1/reports/latest` for scripts.

use actix_web::{HttpRequest, HttpResponse, route, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::face::{Face, language_of};
use super::problem::{Problem, Told};
use super::root::root;
use crate::persistence::messages::StoredReport;
use crate::report::language::Language;
use crate::report::listing::Listing;
use crate::report::section::Section;

/// Reports of one page of the list.
const PAGE: u32 = 50;

/// The list brings its own style and needs nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The newest report.
#[derive(Serialize, ToSchema)]
#[schema(as = LatestReport)]
struct Latest {
    #[serde(flatten)]
    report: StoredReport,
    /// The length of all its artifacts together.
    total_bytes: u64,
}

/// The newest report, without its content.
#[utoipa::path(
    operation_id = "latest_report",
    tag = "reports",
    responses(
        (status = 200, description = "The report.", body = Latest),
        (status = 404, description = "There is none yet.", body = Told),
        (status = 503, description = "The database cannot be read now.", body = Told),
    )
)]
#[route("/api/v1/reports/latest", method = "GET", method = "HEAD")]
pub(super) async fn latest(face: web::Data<Face>) -> Result<HttpResponse, Problem> {
    let archive = face.archive.clone();
    let latest = web::block(move || archive.latest()).await??;
    let report = latest.ok_or_else(|| Problem::not_found("there is no report yet"))?;
    let total_bytes = report.total_bytes();
    Ok(HttpResponse::Ok().json(Latest { report, total_bytes }))
}

/// The report that a request has asked for by `route`.
pub(super) async fn find(
    face: &Face,
    request: &HttpRequest,
    route: &str,
    id: &str,
) -> Result<StoredReport, Problem> {
    let unknown = || {
        let root = root(request, route);
        Problem::not_found(format!("there is no report {id:?}; {root}/reports lists them"))
    };
    let number: i32 = id.parse().map_err(|_| unknown())?;
    let archive = face.archive.clone();
    web::block(move || archive.get(number)).await??.ok_or_else(unknown)
}

/// What is said of a report that is not there in a language.
pub(super) fn missing(report: &StoredReport, language: Language) -> Problem {
    Problem::not_found(format!("report {} is not there in {}", report.id, language.own_name()))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// `vi` or `en`; Vietnamese without it.
    #[param(example = "en")]
    lang: Option<String>,
    /// Only reports with a lower id.
    before: Option<i32>,
}

/// The reports as a page, newest first, 50 at a time.
#[utoipa::path(
    operation_id = "list_reports",
    tag = "pages",
    params(ListQuery),
    responses(
        (status = 200, description = "The page.", body = String, content_type = "text/html"),
        (status = 400, description = "A parameter cannot be understood; the reason says which.", body = Told),
        (status = 503, description = "The database cannot be read now.", body = Told),
    )
)]
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
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header(("Content-Security-Policy", POLICY))
        .body(page))
}
