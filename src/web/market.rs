//! `GET /api/v1/market/indices`: the latest snapshot, as it is stored.

use std::sync::Arc;
use std::time::Duration;

use actix_web::{HttpResponse, route, web};

use super::face::Face;
use super::market_schema::MarketIndices;
use super::problem::{Problem, Told};

use crate::market::document::Document;
use crate::market::model::Snapshot;
use crate::market::store::StoreError;

/// A daemon that was started less than this ago has its first snapshot soon: who asks waits for it. A client does not
/// notice a replacement of the process by that.
const FIRST_WITHIN: Duration = Duration::from_secs(3);

/// How often is looked whether it is there.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The latest snapshot, as it is stored. No source is asked.
#[utoipa::path(
    operation_id = "market_indices",
    tag = "market",
    responses(
        (status = 200, description = "The snapshot.", body = MarketIndices),
        (status = 503, description = "There is none; the reason says why.", body = Told),
    )
)]
#[route("/api/v1/market/indices", method = "GET", method = "HEAD")]
pub(super) async fn indices(face: web::Data<Face>) -> Result<HttpResponse, Problem> {
    let snapshot = latest(&face).await.map_err(|error| Problem::unavailable(error.to_string()))?;
    let Some(snapshot) = snapshot else {
        return Err(Problem::unavailable("there is no market data yet, or the last refresh is too long ago"));
    };
    let document = Document::new(&snapshot, face.clock.now()).to_json().map_err(Problem::internal)?;
    Ok(HttpResponse::Ok().content_type("application/json").body(document))
}

async fn latest(face: &Face) -> Result<Option<Arc<Snapshot>>, StoreError> {
    loop {
        let snapshot = face.store.latest().await?;
        if snapshot.is_some() || face.opened.elapsed() >= FIRST_WITHIN {
            return Ok(snapshot);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
