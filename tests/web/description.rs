//! The interface's description against the interface: the same routes, the same methods, answers of the shape that it says.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytesize::ByteSize;
use evenkeel::config::LimitsConfig;
use serde_json::Value;

use crate::checker::mistakes;
use crate::common::house::{House, reqwest_client};
use crate::common::{SOON, eventually};
use crate::json;

/// A method and a path.
type Route = (String, String);

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// What stands in the sources: the attribute of every route.
fn written() -> BTreeSet<Route> {
    let mut routes = BTreeSet::new();
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web")) {
        let text = std::fs::read_to_string(&path).unwrap();
        for other in [
            "#[get",
            "#[post",
            "#[put",
            "#[delete",
            "#[patch",
            "web::resource",
            "web::scope",
            "web::redirect",
        ] {
            // The face as a whole is below a scope of an application's.
            let is_mount = path.ends_with("mount.rs") && other == "web::scope";
            assert!(is_mount || !text.contains(other), "{} has {other}…: write #[route(…)]", path.display());
        }
        for attribute in text.split("#[route(").skip(1).map(|rest| rest.split(")]").next().unwrap()) {
            let mut quoted = attribute.split('"').skip(1).step_by(2);
            let path = quoted.next().unwrap();
            let methods: Vec<&str> = quoted.collect();
            assert!(!methods.is_empty(), "{path} has no method");
            routes.extend(methods.into_iter().map(|method| (method.to_owned(), path.to_owned())));
        }
    }
    routes
}

/// What stands in the description.
fn described(document: &Value) -> BTreeSet<Route> {
    let paths = document["paths"].as_object().unwrap();
    let route = |path: &str, method: &String| (method.to_uppercase(), path.to_owned());
    paths
        .iter()
        .flat_map(|(path, item)| item.as_object().unwrap().keys().map(|method| route(path, method)))
        .collect()
}

async fn description(house: &House) -> Value {
    let (status, body) = house.get("/api/v1/openapi.json").await;
    assert_eq!(status, 200);
    json(&body)
}

#[actix_rt::test]
async fn every_route_is_described_and_every_description_has_its_route() {
    let house = House::open(|_| {}).await;
    let document = description(&house).await;
    let routes = described(&document);
    assert_eq!(routes, written());
    assert!(document["openapi"].as_str().unwrap().starts_with("3."), "{document}");
    let client = reqwest_client();
    for (method, path) in &routes {
        let asked = path.replace("{session_id}", "7").replace("{id}", "7").replace("{name}", "dashboard.css");
        let method: reqwest::Method = method.parse().unwrap();
        let answer = client.request(method.clone(), house.url(&asked)).send().await.unwrap();
        let status = answer.status().as_u16();
        // What is sent for ever is not waited for.
        let body = if ["/live", "/api/v1/log/follow"].contains(&path.as_str()) {
            String::new()
        } else {
            answer.text().await.unwrap()
        };
        // A route that nobody has registered is answered as if it were no address at all.
        assert!(
            status != 405 && !body.contains("there is nothing at this address"),
            "{method} {path}: {body}"
        );
        let operation = &document["paths"][path][method.as_str().to_lowercase()];
        assert!(operation["responses"].get(status.to_string()).is_some(), "{method} {path}: {status}");
    }
}

#[actix_rt::test]
async fn those_that_have_something_done_and_no_others_take_a_token() {
    let house = House::open(|_| {}).await;
    let document = description(&house).await;
    let scheme = &document["components"]["securitySchemes"]["bearer"];
    assert_eq!((&scheme["type"], &scheme["scheme"]), (&"http".into(), &"bearer".into()));
    for (method, path) in described(&document) {
        let operation = &document["paths"][&path][method.to_lowercase()];
        assert_eq!(operation.get("security").is_some(), method == "POST", "{method} {path}");
        assert_eq!(operation["responses"].get("401").is_some(), method == "POST", "{method} {path}");
    }
}

/// Asks, and compares the answer with what the description says of that status.
async fn conforms(
    house: &House,
    document: &Value,
    (method, path): (&str, &str),
    asked: &str,
    expected: u16,
) -> Value {
    let request = reqwest_client().request(method.parse().unwrap(), house.url(asked));
    let answer = request.send().await.unwrap();
    let (status, body) = (answer.status().as_u16(), json(&answer.text().await.unwrap()));
    assert_eq!(status, expected, "{method} {asked}: {body}");
    let response = &document["paths"][path][method.to_lowercase()]["responses"][status.to_string()];
    let schema = &response["content"]["application/json"]["schema"];
    assert!(schema.is_object(), "{method} {path} does not say what {status} looks like");
    assert_eq!(mistakes(document, schema, &body), [""; 0], "{method} {asked}: {body}");
    body
}

#[actix_rt::test]
async fn answers_look_as_they_are_described() {
    // The memory monitor measures soon, and finds something to record.
    let house = House::open(|config| {
        config.memory.sample_every = Duration::from_millis(100);
        config.memory.dry_run = true;
        config.memory.process = LimitsConfig { soft: None, hard: Some(ByteSize::b(1)) };
    })
    .await;
    let document = description(&house).await;
    let recorded = async || (!house.daemon.memory.ledger().records().is_empty()).then_some(());
    eventually(SOON, "a decision", recorded).await;
    let get = async |path: &str, asked: &str, status| {
        conforms(&house, &document, ("GET", path), asked, status).await
    };
    let post = async |path: &str| conforms(&house, &document, ("POST", path), path, 200).await;
    let whole = async |path: &str| get(path, path, 200).await;

    get("/api/v1/reports/latest", "/api/v1/reports/latest", 404).await;
    post("/api/v1/manual-generate").await;
    let begun = post("/api/v1/generate-auto-report").await;
    let session = format!("/api/v1/progress/{}", begun["session_id"].as_str().unwrap());
    get("/api/v1/progress/{session_id}", &session, 200).await;
    let done = async || (house.get(&session).await.1.contains("\"completed\"")).then_some(());
    eventually(SOON, "the report", done).await;
    get("/api/v1/progress/{session_id}", &session, 200).await;
    get("/api/v1/progress/{session_id}", "/api/v1/progress/7", 404).await;
    for path in [
        "/health",
        "/ready",
        "/api/v1/market/indices",
        "/api/v1/scheduler/status",
        "/api/v1/memory",
        "/api/v1/memory/decisions",
        "/api/v1/memory/timeline",
        "/api/v1/status",
        "/api/v1/log",
        "/api/v1/reports/latest",
        "/api/v1/openapi.json",
    ] {
        whole(path).await;
    }
    get("/api/v1/memory/decisions", "/api/v1/memory/decisions?limit=0", 400).await;
    post("/api/v1/refresh").await;
    let restart = ("POST", "/api/v1/actors/{name}/restart");
    conforms(&house, &document, restart, "/api/v1/actors/auto-report/restart", 202).await;
    conforms(&house, &document, restart, "/api/v1/actors/bob/restart", 404).await;
    let history = "/api/v1/market/history";
    let told = get(history, &format!("{history}?index=fear_greed&from=2000-01-01"), 200).await;
    assert!(!told["points"].as_array().unwrap().is_empty(), "{told}");
    get(history, history, 400).await;
    get("/reports", "/reports?lang=fr", 400).await;
    get("/reports/{id}", "/reports/99", 404).await;
}

#[actix_rt::test]
async fn indices_that_failed_look_as_they_are_described() {
    use evenkeel::simulator::fault::Fault;
    use evenkeel::simulator::source::SourceKind;
    let house = House::open(|_| {}).await;
    for source in SourceKind::ALL {
        house.exchange.faults().set(source, Fault::ServerError);
    }
    house.refresh().await;
    let document = description(&house).await;
    let path = "/api/v1/market/indices";
    let indices = conforms(&house, &document, ("GET", path), path, 200).await;
    assert!(indices["indices"]["vnindex"]["stale"]["value"]["close"].is_f64(), "{indices}");
}

#[actix_rt::test]
async fn a_daemon_that_is_not_ready_says_so_as_it_is_described() {
    let house = House::open(|config| config.market.snapshot_ttl = Duration::from_millis(1)).await;
    let document = description(&house).await;
    let unready = conforms(&house, &document, ("GET", "/ready"), "/ready", 503).await;
    assert!(unready["detail"].as_str().unwrap().starts_with("snapshot: "), "{unready}");
}
