//! `GET /api/v1/openapi.json`: the interface's description, made of the handlers themselves.
//!
//! It is made anew for whoever asks, and not kept: nearly nobody does.

use actix_web::{HttpRequest, HttpResponse, route};
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::Server;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::problem::Problem;
use super::root::root;
use super::{
    command, dashboard, generate, health, history, journal, market, memory, metrics, ready, reports,
    scheduler, survey, viewer,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Evenkeel",
        description = "Market indices, reports about them, and what the daemon holds in memory. Whatever is not an answer \
                       is a JSON object with the reason in `detail`, also for an unknown address (404) and a method that an \
                       address does not have (405)."
    ),
    paths(
        health::health,
        ready::ready,
        market::indices,
        history::recorded,
        generate::begin,
        generate::progress,
        generate::finish,
        scheduler::schedule,
        survey::daemon,
        memory::status,
        memory::timeline,
        memory::decisions,
        journal::lines,
        journal::follow::follow,
        command::restart,
        command::refresh,
        metrics::metrics,
        reports::latest,
        reports::list,
        viewer::view,
        dashboard::dashboard,
        dashboard::live::live,
        dashboard::assets::asset,
        dashboard::frame::frame,
        description,
    ),
    modifiers(&Finish),
    tags(
        (name = "market", description = "Indices, now and before."),
        (name = "reports", description = "Reports: on demand, on schedule, and the newest."),
        (name = "operation", description = "How the daemon is."),
        (name = "pages", description = "What is for people."),
    )
)]
struct Description;

/// What the handlers cannot say.
struct Finish;

impl Modify for Finish {
    fn modify(&self, document: &mut Document) {
        let mut bearer = Http::new(HttpAuthScheme::Bearer);
        bearer.description = Some(
            "The token of `server.token` or EVENKEEL_TOKEN. Without one configured, none is needed."
                .to_owned(),
        );
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        for item in document.paths.paths.values_mut() {
            if let Some(head) = &mut item.head {
                head.operation_id = head.operation_id.as_ref().map(|id| format!("{id}_head"));
            }
        }
    }
}

/// This description.
#[utoipa::path(operation_id = "openapi", tag = "operation", responses((status = 200, description = "The description.", body = Object)))]
#[route("/api/v1/openapi.json", method = "GET", method = "HEAD")]
pub(super) async fn description(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let mut document = Description::openapi();
    let root = root(&request, "/api/v1/openapi.json");
    if !root.is_empty() {
        document.servers = Some(vec![Server::new(root.to_owned())]);
    }
    let json = document.to_json().map_err(Problem::internal)?;
    Ok(HttpResponse::Ok().content_type("application/json").body(json))
}

/// What is said where no route answers: there is nothing at that address, or nothing of that method.
pub(super) async fn nothing_here(request: HttpRequest) -> Result<HttpResponse, Problem> {
    // Where the routes stand, whatever an application has put before them.
    let pattern = request.match_pattern().unwrap_or_default();
    let starts = pattern.match_indices('/').map(|(at, _)| at);
    let methods = starts.filter_map(|at| methods(&pattern[at..])).next();
    Err(methods.map_or_else(|| Problem::not_found("there is nothing at this address"), Problem::wrong_method))
}

/// The methods of an address, separated by commas.
fn methods(pattern: &str) -> Option<String> {
    let document = Description::openapi();
    let item = document.paths.paths.get(pattern)?;
    let has = |name: &'static str, operation: &Option<Operation>| operation.as_ref().map(|_| name);
    let methods = [has("GET", &item.get), has("HEAD", &item.head), has("POST", &item.post)];
    Some(methods.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_operation_has_a_name_of_its_own() {
        let document = Description::openapi();
        let mut names = BTreeSet::new();
        for item in document.paths.paths.values() {
            for operation in [&item.get, &item.head, &item.post].into_iter().flatten() {
                let name = operation.operation_id.clone().unwrap();
                assert!(names.insert(name.clone()), "{name} twice");
            }
        }
        assert!(names.len() > 20, "{names:?}");
    }

    #[test]
    fn the_methods_of_an_address_are_those_of_its_routes() {
        assert_eq!(methods("/api/v1/manual-generate").as_deref(), Some("POST"));
        assert_eq!(methods("/api/v1/progress/{session_id}").as_deref(), Some("GET, HEAD"));
        assert_eq!(methods("/nothing"), None);
    }
}
