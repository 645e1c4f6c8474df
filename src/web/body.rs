//! The bodies that clients send although nothing is expected of them: read to their end, and nothing of them kept.

use std::time::Duration;

use actix_web::dev::Payload;
use futures_util::StreamExt;

use super::problem::Problem;

/// The longest body that is read and ignored.
pub(super) const LONGEST_BODY: usize = 64 * 1024;

/// How long a client may take to send it.
const BODY_WITHIN: Duration = Duration::from_secs(10);

/// Reads a body to its end, piece by piece.
pub(super) async fn ignore(mut body: Payload) -> Result<(), Problem> {
    let reading = async {
        let mut length = 0;
        while let Some(piece) = body.next().await {
            length += piece.map_err(|error| Problem::bad_request(format!("the body: {error}")))?.len();
            if length > LONGEST_BODY {
                return Err(too_long());
            }
        }
        Ok(())
    };
    let late = |_| Problem::too_slow(format!("the body took longer than {BODY_WITHIN:?}; send none"));
    tokio::time::timeout(BODY_WITHIN, reading).await.map_err(late)?
}

/// What is said of a longer one.
pub(super) fn too_long() -> Problem {
    Problem::too_large(format!("the body is longer than {LONGEST_BODY} bytes; send none"))
}
