//! What every request passes before its route: who asks too often, for another host, from another site's page or without
//! what is needed, gets no further. And what every answer passes on its way out.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_LENGTH, LOCATION, TRANSFER_ENCODING};
use actix_web::http::{Method, Version};
use actix_web::middleware::{DefaultHeaders, Next};
use actix_web::{Error, HttpRequest, HttpResponse, web};

use super::authorised;
use super::body::{LONGEST_BODY, too_long};
use super::dashboard::refusal;
use super::face::Face;
use super::problem::Problem;
use super::token::Wish;
use super::visit::{Stage, Visit};
use super::whence::{self, Hosts};

/// What a service manager asks: whether the daemon is well, and nothing of what it knows.
const FREE: [&str; 2] = ["/health", "/ready"];

/// Characters of a wrong host that are repeated.
const SHOWN: usize = 80;

/// What every answer says that does not say otherwise: it is no page, and nobody's frame, window or script has use for it.
pub(super) fn headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((
            "Content-Security-Policy",
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ))
        .add(("X-Content-Type-Options", "nosniff"))
        .add(("X-Frame-Options", "DENY"))
        .add(("Referrer-Policy", "no-referrer"))
        .add(("Cross-Origin-Opener-Policy", "same-origin"))
        .add(("Cross-Origin-Resource-Policy", "same-origin"))
        .add((
            "Permissions-Policy",
            "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
        ))
}

/// Lets a request through to its route, or answers it.
pub(super) async fn pass(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let in_chunks = request.headers().contains_key(TRANSFER_ENCODING);
    let visit = request.request().conn_data::<Visit>().cloned();
    let within = request.match_info().unprocessed().to_owned();
    let response = match check(request.request(), &within) {
        Ok(()) if within.is_empty() => {
            let root = to_the_root(request.path(), request.query_string());
            request.into_response(root)
        }
        Ok(()) => next.call(request).await?.map_into_boxed_body(),
        Err(problem) => request.error_response(problem),
    };
    if in_chunks {
        // The rest of such a body would be waited for without end.
        visit.inspect(|visit| visit.reaches(Stage::Answered));
    }
    Ok(refusal::for_people(response, &within))
}

/// The address of a mount without its slash: relative links would lead out of it.
fn to_the_root(path: &str, query: &str) -> HttpResponse<BoxBody> {
    let last = path.rsplit('/').next().unwrap_or_default();
    let question = if query.is_empty() { "" } else { "?" };
    // With a dot before it, no name of a scope is taken for that of a scheme.
    HttpResponse::PermanentRedirect()
        .insert_header((LOCATION, format!("./{last}/{question}{query}")))
        .finish()
}

fn check(request: &HttpRequest, within: &str) -> Result<(), Problem> {
    let visit = request.conn_data::<Visit>();
    if visit.is_some_and(|visit| visit.stage() >= Stage::Asked) {
        return Err(Problem::bad_request("a connection carries one request"));
    }
    // From now on there is somebody to whom an answer is owed.
    visit.inspect(|visit| visit.reaches(Stage::Asked));
    let face: &web::Data<Face> =
        request.app_data().ok_or_else(|| Problem::unavailable("the server is being set up"))?;
    if authorised::comes_from_the_owner(request) {
        return Ok(());
    }
    let free = FREE.contains(&within);
    if let Some(peer) = visit.and_then(Visit::peer)
        && !free
        && let Err(wait) = face.access.limits().request(peer)
    {
        log::warn!(event = "too-many-requests", peer:%; "{peer} asks too often and is told to wait");
        return Err(Problem::too_many("this address asks too often (server.requests_per_second)", wait));
    }
    let host = host(request, face.access.hosts())?;
    let reads = [Method::GET, Method::HEAD].contains(request.method());
    check_body(request, reads)?;
    if !reads && whence::is_foreign(request, host) {
        return Err(Problem::forbidden("this was sent by a page of another site; nothing is done for it"));
    }
    if face.access.guards_reading() && !free {
        authorised::check(request, face, if reads { Wish::Read } else { Wish::Order })?;
    }
    Ok(())
}

/// The host that is meant, if it is one of those that may be.
fn host<'a>(request: &'a HttpRequest, hosts: Option<&Hosts>) -> Result<Option<&'a str>, Problem> {
    let host = whence::host(request)
        .map_err(|what| Problem::bad_request(format!("it cannot be told for whom the request is: {what}")))?;
    match (host, hosts) {
        (None, _) if request.version() > Version::HTTP_10 => {
            Err(Problem::bad_request("the request names no Host"))
        }
        (Some(other), Some(hosts)) if !hosts.include(other) => {
            let other: String = other.chars().take(SHOWN).collect();
            let meant = hosts.listed();
            Err(Problem::misdirected(format!(
                "there is no {other:?} here, but {meant}; server.names takes further names, and with a token any will do"
            )))
        }
        _ => Ok(host),
    }
}

/// What is read has no body, and what has one has a short one: neither is kept for whoever sends it.
fn check_body(request: &HttpRequest, reads: bool) -> Result<(), Problem> {
    let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let length = length.map_or(0, |length| length.parse().unwrap_or(u64::MAX));
    if reads && (length > 0 || request.headers().contains_key(TRANSFER_ENCODING)) {
        return Err(Problem::bad_request(format!("a {} takes no body; send none", request.method())));
    }
    if length > LONGEST_BODY as u64 {
        return Err(too_long());
    }
    Ok(())
}
