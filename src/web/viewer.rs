//! `GET /reports/{id}`: one report as a page, streamed from its chunks.
//!
//! A reader holds one piece of the page; the next one is read when the one before has left for the network.

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, route, web};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use utoipa::IntoParams;

use super::face::{Face, language_of};
use super::problem::{Problem, Told};
use super::reports;
use crate::report::artifact;
use crate::report::page::{PageHead, viewer};
use crate::report::page_reader::PageReader;

/// A report runs its own script and style and reaches nothing else: in its frame or alone, it is a stranger to the pages
/// of this server, whatever an imported one may hold.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'self'; \
                      sandbox allow-scripts allow-popups allow-modals";

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ViewQuery {
    /// `vi` or `en`; Vietnamese without it.
    #[param(example = "en")]
    lang: Option<String>,
}

/// One report as a page.
#[utoipa::path(
    operation_id = "view_report",
    tag = "pages",
    params(("id" = i32, Path, description = "The report."), ViewQuery),
    responses(
        (status = 200, description = "The page.", body = String, content_type = "text/html"),
        (status = 400, description = "A parameter cannot be understood; the reason says which.", body = Told),
        (status = 404, description = "There is no such report.", body = Told),
        (status = 503, description = "The database cannot be read now.", body = Told),
    )
)]
#[route("/reports/{id}", method = "GET", method = "HEAD")]
pub(super) async fn view(
    face: web::Data<Face>,
    request: HttpRequest,
    id: web::Path<String>,
    query: web::Query<ViewQuery>,
) -> Result<HttpResponse, Problem> {
    let language = language_of(query.lang.as_deref())?;
    let report = reports::find(&face, &request, "/reports/{id}", &id).await?;
    let languages = artifact::languages(&report);
    if !languages.contains(&language) {
        return Err(reports::missing(&report, language));
    }
    let head = PageHead { id: report.id, created_at: report.created_at, zone: face.zone.clone(), languages };
    let parts = viewer(&head, language).map_err(Problem::internal)?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header(("Content-Security-Policy", POLICY))
        .insert_header(("X-Frame-Options", "SAMEORIGIN"))
        // A browser shows nothing that is sandboxed and wants a window of its own as well.
        .insert_header(("Cross-Origin-Opener-Policy", "unsafe-none"))
        // A committed report never changes, but the page around it may with the next version.
        .insert_header(("Cache-Control", "private, max-age=300"))
        .streaming(pieces(PageReader::new(face.archive.clone(), report.id, parts))))
}

fn pieces(reader: PageReader) -> impl Stream<Item = Result<Bytes, Problem>> {
    stream::try_unfold(reader, |mut reader| async move {
        let (piece, reader) = web::block(move || (reader.next_piece(), reader)).await?;
        Ok(piece?.map(|piece| (Bytes::from(piece), reader)))
    })
}
