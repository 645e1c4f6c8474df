//! What a caller is told when there is no answer: the status, and why, as `{"detail": …}`.

use std::fmt;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use super::token::Wish;
use crate::persistence::PersistenceError;

/// Why a request has no other answer.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    detail: String,
    header: Option<(HeaderName, String)>,
}

/// Why there is no other answer.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct Told<'a> {
    /// The reason, for people.
    detail: &'a str,
}

impl Problem {
    fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), header: None }
    }

    pub(super) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    pub(super) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    pub(super) fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    }

    pub(super) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    pub(super) fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
    }

    pub(super) fn too_slow(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, detail)
    }

    /// What was asked for was tried and failed; the log says it where it failed.
    pub(super) fn failed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
    }

    /// What is asked for is forbidden to whoever asks in this way.
    pub(super) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// The request is meant for somebody else.
    pub(super) fn misdirected(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::MISDIRECTED_REQUEST, detail)
    }

    /// Too much is asked for; `wait` is how long to wait.
    pub(super) fn too_many(detail: &str, wait: Duration) -> Self {
        let seconds = wait.as_millis().div_ceil(1000).max(1);
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, format!("{detail}; wait {seconds} s"));
        Self { header: Some((RETRY_AFTER, seconds.to_string())), ..problem }
    }

    pub(super) fn unauthorised(wish: Wish) -> Self {
        let (detail, how) = match wish {
            Wish::Read => (
                "this needs the token of server.token: as a password, or as Authorization: Bearer …",
                "Basic realm=\"Evenkeel\", charset=\"UTF-8\"",
            ),
            Wish::Order => ("this needs the bearer token of server.token: Authorization: Bearer …", "Bearer"),
        };
        let problem = Self::new(StatusCode::UNAUTHORIZED, detail);
        Self { header: Some((WWW_AUTHENTICATE, how.to_owned())), ..problem }
    }

    /// The address exists, for the methods `allowed`, separated by commas.
    pub(super) fn wrong_method(allowed: String) -> Self {
        let problem =
            Self::new(StatusCode::METHOD_NOT_ALLOWED, format!("this address answers to {allowed} only"));
        Self { header: Some((ALLOW, allowed)), ..problem }
    }

    /// A mistake of ours: the log says which, the caller learns that there is one.
    pub(super) fn internal(error: impl fmt::Display) -> Self {
        log::error!(event = "request-failed"; "a request could not be answered: {error}");
        Self::failed("an internal error, described in the daemon's log")
    }

    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    pub(super) fn detail(&self) -> &str {
        &self.detail
    }

    /// The answer without its body.
    pub(super) fn begin(&self) -> HttpResponseBuilder {
        let mut response = HttpResponse::build(self.status);
        if let Some((name, value)) = &self.header {
            response.insert_header((name.clone(), value.as_str()));
        }
        response
    }
}

impl From<PersistenceError> for Problem {
    fn from(error: PersistenceError) -> Self {
        log::error!(event = "database-read-failed"; "the database could not be read for a request: {error}");
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
        self.begin().json(Told { detail: &self.detail })
    }
}
