//! `GET /api/v1/market/indices`: the latest snapshot, as it is stored.

use actix_web::{HttpResponse, route, web};

use super::face::Face;
use super::problem::Problem;

use crate::market::document::Document;

/// The `market_indices` document; 503 with the reason when there is none. Asks no source.
#[route("/api/v1/market/indices", method = "GET", method = "HEAD")]
pub(super) async fn indices(face: web::Data<Face>) -> Result<HttpResponse, Problem> {
    let snapshot = face.store.latest().await.map_err(|error| Problem::unavailable(error.to_string()))?;
    let Some(snapshot) = snapshot else {
        return Err(Problem::unavailable("there is no market data yet, or the last refresh is too long ago"));
    };
    let document = Document::new(&snapshot, face.clock.now()).to_json().map_err(Problem::internal)?;
    Ok(HttpResponse::Ok().content_type("application/json").body(document))
}
