//! The dashboard at `/`: what the daemon does now and what its memory did, for people.
//!
//! Rendered here and complete without a script; with one, the parts that have changed are sent after it as server-sent
//! events. What a page costs is bounded: the database is read once a second at most and a part rendered twice, however many
//! look.

mod actors;
mod asked;
pub(super) mod assets;
mod chart;
pub(super) mod desk;
pub(super) mod frame;
mod indices;
mod language;
pub(super) mod live;
mod log;
mod memory;
mod pages;
mod parts;
mod rack;
pub(super) mod refusal;
pub(super) mod shelf;
mod state;

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, route, web};
use serde::Deserialize;
use utoipa::IntoParams;

use self::asked::Asked;
use self::language::preferred;
use self::parts::Part;
use super::face::Face;
use super::problem::{Problem, Told};
use crate::memory::timeline::Range;

/// What a page may reach: this server, and nothing in it that is not a file of its own.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DashboardQuery {
    /// `vi` or `en`; without it what the browser prefers.
    #[param(example = "en")]
    lang: Option<String>,
    /// How far the memory timeline goes back: `1h`, `24h` or `7d`; an hour without it.
    #[param(example = "24h")]
    range: Option<String>,
}

impl DashboardQuery {
    fn asked(&self, request: &HttpRequest) -> Result<Asked, Problem> {
        let language = preferred(self.lang.as_deref(), request)?;
        let range = self.range.as_deref().map_or(Ok(Range::Hour), str::parse);
        let range = range.map_err(|error| Problem::bad_request(format!("range: {error}")))?;
        Ok(Asked { language, range })
    }
}

/// The dashboard.
#[utoipa::path(
    operation_id = "dashboard",
    tag = "pages",
    params(DashboardQuery),
    responses(
        (status = 200, description = "The page.", body = String, content_type = "text/html"),
        (status = 400, description = "A parameter cannot be understood; the reason says which.", body = Told),
    )
)]
#[route("/", method = "GET", method = "HEAD")]
pub(super) async fn dashboard(
    face: web::Data<Face>,
    request: HttpRequest,
    query: web::Query<DashboardQuery>,
) -> Result<HttpResponse, Problem> {
    let asked = query.asked(&request)?;
    let mut context = pages::context(asked.language);
    let mut parts = BTreeMap::new();
    for part in Part::ALL {
        parts.insert(part.name(), part.lately(&face, asked).await?);
    }
    let parts: BTreeMap<_, &str> = parts.iter().map(|(name, html)| (*name, &**html)).collect();
    context.insert("parts", &parts);
    context.insert("range", asked.range.as_str());
    context.insert("languages", &language::choices(asked.language));
    context.insert("version", env!("CARGO_PKG_VERSION"));
    let page = face.dashboard.pages().render(pages::DASHBOARD, &context)?;
    Ok(html(page))
}

/// A page that may reach this server only, and is never kept by anybody.
fn html(page: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header(("Content-Security-Policy", POLICY))
        .insert_header(("Cache-Control", "no-store"))
        .body(page)
}
