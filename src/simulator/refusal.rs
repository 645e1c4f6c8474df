//! The refusals of the sources, in the words that their clients have met.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentType};
use actix_web::{HttpResponse, HttpResponseBuilder};

use super::fault::ThrottleBody;
use super::source::SourceKind;

const RAY: (&str, &str) = ("cf-ray", "9c41d0a7be52f3e8-SIN");
const CLOUDFLARE: (header::HeaderName, &str) = (header::SERVER, "cloudflare");
const COINGECKO_LIMIT: &str = concat!(
    r#"{"status":{"error_code":429,"error_message":"You've exceeded the Rate Limit. Please visit "#,
    r#"https://www.coingecko.com/en/api/pricing to subscribe to our API plans for higher rate limits."}}"#
);
const BINANCE_LIMIT: &str = concat!(
    r#"{"code":-1003,"msg":"Too much request weight used; current limit is 6000 request weight per 1 MINUTE. "#,
    r#"Please use WebSocket Streams for live updates to avoid polling the API."}"#
);

/// 429 as the source itself words it.
pub(crate) fn too_many_requests(source: SourceKind, retry_after: Option<u32>) -> HttpResponse {
    let mut response = HttpResponse::TooManyRequests();
    if let Some(seconds) = retry_after {
        response.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    match source {
        SourceKind::Binance => response.content_type(ContentType::json()).body(BINANCE_LIMIT),
        SourceKind::Coingecko => response.content_type(ContentType::json()).body(COINGECKO_LIMIT),
        SourceKind::Coinpaprika => {
            response.content_type(ContentType::json()).body(r#"{"error":"too many requests"}"#)
        }
        SourceKind::Yahoo => response.content_type(ContentType::html()).body("Too Many Requests\r\n"),
        SourceKind::Vietcap => response
            .content_type(ContentType::html())
            .body("<html><body>Error 1015: You are being rate limited</body></html>"),
        SourceKind::Entrade | SourceKind::Kbs | SourceKind::AlternativeMe => {
            response.content_type(ContentType::plaintext()).body("Too Many Requests")
        }
    }
}

/// 429 of the network in front of the source.
pub(crate) fn throttled(body: ThrottleBody) -> HttpResponse {
    let mut response = in_front(StatusCode::TOO_MANY_REQUESTS);
    match body {
        ThrottleBody::Json => response.content_type(ContentType::json()).body(COINGECKO_LIMIT),
        ThrottleBody::Text => response.content_type(ContentType::plaintext()).body("Throttled\n"),
        ThrottleBody::Code1015 => response.content_type(ContentType::plaintext()).body("error code: 1015"),
    }
}

/// 403: the address is blocked.
pub(crate) fn forbidden() -> HttpResponse {
    in_front(StatusCode::FORBIDDEN).content_type(ContentType::html()).body(concat!(
        "<!DOCTYPE html>\n<html lang=\"en-US\">\n<head><title>Attention Required! | Cloudflare</title></head>\n",
        "<body><h1>Sorry, you have been blocked</h1></body>\n</html>\n"
    ))
}

/// 400 with nothing in it.
pub(crate) fn bad_request() -> HttpResponse {
    HttpResponse::BadRequest().content_type(ContentType::html()).body("")
}

/// 200, but a page for a browser.
pub(crate) fn challenge() -> HttpResponse {
    in_front(StatusCode::OK).insert_header(("cf-mitigated", "challenge")).content_type(ContentType::html()).body(
        concat!(
            "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><noscript>Enable JavaScript ",
            "and cookies to continue</noscript></body></html>"
        ),
    )
}

/// 500.
pub(crate) fn server_error() -> HttpResponse {
    HttpResponse::InternalServerError().content_type(ContentType::plaintext()).body("Internal Server Error")
}

/// 451: not served in this country.
pub(crate) fn restricted() -> HttpResponse {
    HttpResponse::build(StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS).content_type(ContentType::json()).body(
        concat!(
            r#"{"code":0,"msg":"Service unavailable from a restricted location according to 'b. Eligibility' "#,
            r#"in the terms of use."}"#
        ),
    )
}

fn in_front(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.insert_header(CLOUDFLARE).insert_header(RAY);
    response
}
