//! What a caller is told when there is no answer: the status, and why, as `{"detail": …}`.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

use crate::persistence::PersistenceError;

/// Why a request has no other answer.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    detail: String,
}

impl Problem {
    pub(super) fn not_found(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, detail: detail.into() }
    }

    pub(super) fn bad_request(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, detail: detail.into() }
    }

    pub(super) fn unavailable(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::SERVICE_UNAVAILABLE, detail: detail.into() }
    }

    /// A mistake of ours: the log says which, the caller learns that there is one.
    pub(super) fn internal(error: impl fmt::Display) -> Self {
        log::error!("a request could not be answered: {error}");
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            detail: "an internal error, described in the daemon's log".to_owned(),
        }
    }
}

impl From<PersistenceError> for Problem {
    fn from(error: PersistenceError) -> Self {
        log::error!("the database could not be read for a request: {error}");
        Self::unavailable("the database cannot be read now; the daemon's log says why")
    }
}

impl From<actix_web::error::BlockingError> for Problem {
    fn from(_: actix_web::error::BlockingError) -> Self {
        Self::unavailable("the server is shutting down")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status, self.detail)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status).json(json!({ "detail": self.detail }))
    }
}
