//! The files of the pages: style, script, icon. Compiled in; named with the version, so that they can be kept.

use actix_web::{HttpResponse, route, web};

use super::super::problem::{Problem, Told};

const FILES: [(&str, &str, &str); 3] = [
    ("dashboard.css", "text/css; charset=utf-8", include_str!("../../../templates/dashboard/dashboard.css")),
    (
        "dashboard.js",
        "text/javascript; charset=utf-8",
        include_str!("../../../templates/dashboard/dashboard.js"),
    ),
    ("icon.svg", "image/svg+xml", include_str!("../../../templates/dashboard/icon.svg")),
];

/// A file of the pages.
#[utoipa::path(
    operation_id = "asset",
    tag = "pages",
    params(("name" = String, Path, description = "The file.", example = "dashboard.css")),
    responses(
        (status = 200, description = "The file.", body = String, content_type = "text/css"),
        (status = 404, description = "There is no such file.", body = Told),
    )
)]
#[route("/assets/{name}", method = "GET", method = "HEAD")]
pub(in crate::web) async fn asset(name: web::Path<String>) -> Result<HttpResponse, Problem> {
    let file = FILES.iter().find(|(known, ..)| *known == name.as_str());
    let (_, kind, content) =
        file.ok_or_else(|| Problem::not_found(format!("there is no file {:?}", name.as_str())))?;
    Ok(HttpResponse::Ok()
        .content_type(*kind)
        .insert_header(("Cache-Control", "private, max-age=86400"))
        .body(*content))
}
