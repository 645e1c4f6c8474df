//! Why there is no other answer, as a page: for people at a browser who have followed a link to nowhere.

use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::ACCEPT;
use actix_web::{HttpRequest, web};

use super::super::face::Face;
use super::super::problem::Problem;
use super::language::preferred;
use super::{POLICY, pages};

/// Where programs ask: they get what they can parse, whatever they accept.
const FOR_PROGRAMS: [&str; 6] = ["/api/", "/assets/", "/health", "/live", "/metrics", "/ready"];

/// The answer, made a page of if it is a problem and a person at a browser has asked. `within` is the address below the
/// place where the face stands.
pub(in crate::web) fn for_people(
    response: ServiceResponse<BoxBody>,
    within: &str,
) -> ServiceResponse<BoxBody> {
    let problem = response.response().error().and_then(|error| error.as_error::<Problem>());
    let Some(page) = problem.and_then(|problem| page(response.request(), within, problem)) else {
        return response;
    };
    response.into_response(page)
}

fn page(request: &HttpRequest, within: &str, problem: &Problem) -> Option<actix_web::HttpResponse> {
    if !is_for_people(request, within) {
        return None;
    }
    let face = request.app_data::<web::Data<Face>>()?;
    let asked = request.query_string().split('&').find_map(|part| part.strip_prefix("lang="));
    // A language that there is not may be just what is wrong.
    let language = preferred(asked, request).or_else(|_| preferred(None, request)).ok()?;
    let mut context = pages::context(language);
    context.insert("status", &problem.status().as_u16());
    context.insert("detail", problem.detail());
    // The page stands at whatever address there was.
    context.insert("root", &"../".repeat(within.matches('/').count().saturating_sub(1)));
    context.insert("version", env!("CARGO_PKG_VERSION"));
    let page = face.dashboard.pages().render(pages::REFUSAL, &context).ok()?;
    let mut response = problem.begin();
    response
        .content_type("text/html; charset=utf-8")
        .insert_header(("Content-Security-Policy", POLICY))
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("Vary", "Accept, Accept-Language"));
    Some(response.body(page))
}

fn is_for_people(request: &HttpRequest, within: &str) -> bool {
    let accepted = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let html = |part: &str| {
        let (kind, parameters) = part.split_once(';').unwrap_or((part, ""));
        kind.trim().eq_ignore_ascii_case("text/html")
            && !parameters.replace(' ', "").starts_with("q=0,")
            && parameters.trim() != "q=0"
    };
    !FOR_PROGRAMS.iter().any(|prefix| within.starts_with(prefix)) && accepted.split(',').any(html)
}
