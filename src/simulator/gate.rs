//! What every request of a source passes: it is counted, and the fault of the source is applied.
//!
//! The handlers behind the gate know nothing of faults.

use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::ContentType;
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse};

use super::broken_body;
use super::connection::Connection;
use super::fault::{Fault, Faults};
use super::refusal;
use super::requests::Requests;
use super::source::SourceKind;

/// The gate of one source.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    pub(crate) source: SourceKind,
    pub(crate) faults: Faults,
    pub(crate) requests: Requests,
}

impl Gate {
    pub(crate) async fn pass(
        self,
        request: ServiceRequest,
        next: Next<BoxBody>,
    ) -> Result<ServiceResponse<BoxBody>, Error> {
        let source = self.source;
        let fault = self.faults.draw(source);
        let path = request.match_pattern();
        let path = path.as_deref().and_then(|path| path.strip_prefix('/')?.strip_prefix(source.as_str()));
        self.requests.count(source, path.unwrap_or("(unknown)").to_owned());

        let refusal = match fault {
            Fault::None => return next.call(request).await,
            Fault::TooManyRequests { retry_after } => refusal::too_many_requests(source, retry_after),
            Fault::CloudflareThrottle { body } => refusal::throttled(body),
            Fault::ForbiddenHtml => refusal::forbidden(),
            Fault::BadRequestEmpty => refusal::bad_request(),
            Fault::OkHtml => refusal::challenge(),
            Fault::ServerError => refusal::server_error(),
            Fault::Restricted => refusal::restricted(),
            Fault::EndlessBody => {
                HttpResponse::Ok().content_type(ContentType::json()).message_body(broken_body::endless())?
            }
            Fault::Silence => std::future::pending().await,
            Fault::SlowBody { bytes, pause_ms } => {
                let pause = Duration::from_millis(u64::from(pause_ms));
                let response = next.call(request).await?;
                return Ok(response.map_body(|_, body| broken_body::trickling(body, bytes, pause)));
            }
            Fault::TruncatedJson => {
                let response = next.call(request).await?;
                return Ok(response.map_body(|_, body| broken_body::truncated(body)));
            }
            Fault::ConnectionReset => {
                let connection = request.conn_data::<Connection>().cloned();
                let response = next.call(request).await?;
                return Ok(response.map_body(|_, body| broken_body::reset(body, connection)));
            }
        };
        Ok(request.into_response(refusal))
    }
}
