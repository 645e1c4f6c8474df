//! `GET /reports/{id}/view`: a report in a frame that may do nothing but show it, with a switch of languages around it.

use actix_web::{HttpRequest, HttpResponse, route, web};
use serde::Serialize;

use super::super::face::{Face, language_of};
use super::super::problem::{Problem, Told};
use super::super::reports;
use super::language::preferred;
use super::{html, pages};
use crate::report::artifact;
use crate::report::language::Language;

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct FrameQuery {
    /// `vi` or `en`; without it what the browser prefers and the report has.
    #[param(example = "en")]
    lang: Option<String>,
}

/// A language, and whether the report is there in it.
#[derive(Debug, Serialize)]
struct Choice {
    tag: &'static str,
    name: &'static str,
    current: bool,
}

/// One report in a frame.
#[utoipa::path(
    operation_id = "view_report_in_frame",
    tag = "pages",
    params(("id" = String, Path, description = "The report.", example = "7"), FrameQuery),
    responses(
        (status = 200, description = "The page.", body = String, content_type = "text/html"),
        (status = 400, description = "A parameter cannot be understood; the reason says which.", body = Told),
        (status = 404, description = "There is no such report, or not in this language.", body = Told),
        (status = 503, description = "The database cannot be read now.", body = Told),
    )
)]
#[route("/reports/{id}/view", method = "GET", method = "HEAD")]
pub(in crate::web) async fn frame(
    face: web::Data<Face>,
    request: HttpRequest,
    id: web::Path<String>,
    query: web::Query<FrameQuery>,
) -> Result<HttpResponse, Problem> {
    let asked = query.lang.as_deref().map(|lang| language_of(Some(lang))).transpose()?;
    let report = reports::find(&face, &request, "/reports/{id}/view", &id).await?;
    let there = artifact::languages(&report);
    let language = match asked {
        Some(language) if there.contains(&language) => language,
        Some(language) => return Err(reports::missing(&report, language)),
        None => Some(preferred(None, &request)?).filter(|it| there.contains(it)).unwrap_or(Language::Vi),
    };
    let choice = |it: &Language| Choice { tag: it.tag(), name: it.own_name(), current: *it == language };
    let mut context = pages::context(language);
    context.insert("languages", &there.iter().map(choice).collect::<Vec<_>>());
    context.insert("version", env!("CARGO_PKG_VERSION"));
    context.insert("id", &report.id);
    context.insert("date", &language.date_time(report.created_at, &face.zone));
    context.insert("edition", &report.edition);
    Ok(html(face.dashboard.pages().render(pages::FRAME, &context)?))
}
