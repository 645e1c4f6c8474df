//! `GET /metrics`: what a scraper collects, in OpenMetrics or in the text format before it.
//!
//! Gauges are read when they are asked for, from what the process knows; the database is not. Counters are the actors' own
//! and outlive their generations.

mod classic;
mod gauges;

use actix_web::http::header::ACCEPT;
use actix_web::{HttpRequest, HttpResponse, route, web};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

use super::face::Face;
use super::problem::{Problem, Told};
use gauges::Gauges;

/// Begins the name of every metric.
const PREFIX: &str = "evenkeel";

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const CLASSIC: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What a scraper collects.
///
/// OpenMetrics where `Accept` names it, the text format 0.0.4 otherwise. docs/metrics.md lists every metric.
#[utoipa::path(
    operation_id = "metrics",
    tag = "operation",
    responses(
        (status = 200, description = "The metrics.", body = String, content_type = "text/plain"),
        (status = 500, description = "They could not be written.", body = Told),
    )
)]
#[route("/metrics", method = "GET", method = "HEAD")]
pub(super) async fn metrics(face: web::Data<Face>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let mut registry = Registry::with_prefix(PREFIX);
    face.instruments.market.register(&mut registry);
    face.instruments.report.register(&mut registry);
    registry.register_collector(Box::new(Gauges::read(&face).await));
    let mut text = String::with_capacity(16 * 1024);
    encode(&mut text, &registry).map_err(Problem::internal)?;
    let accepted = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut answer = HttpResponse::Ok();
    answer.insert_header(("Cache-Control", "no-store"));
    Ok(if accepted.contains("application/openmetrics-text") {
        answer.content_type(OPEN_METRICS).body(text)
    } else {
        answer.content_type(CLASSIC).body(classic::from(&text))
    })
}
