//! Indices, reports and pages as they are served, and what is said where there is nothing.

use serde_json::Value;

use crate::common::house::{House, reqwest_client};
use crate::json;

#[actix_rt::test]
async fn the_indices_are_served_as_the_contract_says() {
    let house = House::open(|_| {}).await;
    let (status, body) = house.get("/api/v1/market/indices").await;
    let document = json(&body);
    assert_eq!((status, &document["success"]), (200, &Value::Bool(true)));
    let names: Vec<usize> = ["vnindex", "vn30", "hnxindex", "hnx30", "upcomindex", "btc"]
        .iter()
        .map(|name| body.find(&format!("\"{name}\":")).unwrap_or_else(|| panic!("{name} is missing")))
        .collect();
    assert!(names.is_sorted(), "the five come first and in order: {body}");
    let vnindex = &document["indices"]["vnindex"];
    assert!(vnindex["error"].is_null());
    assert_eq!(vnindex["value"]["code"], "VNINDEX");
    assert!(vnindex["value"]["close"].is_f64() && vnindex["value"]["volume"].is_i64(), "{vnindex}");
    assert_eq!(vnindex["value"]["date"].as_str().unwrap().len(), "2026-04-24T14:45:59".len());
}

#[actix_rt::test]
async fn asking_for_the_indices_asks_no_source() {
    let house = House::open(|_| {}).await;
    let before = house.exchange.requests().total();
    for _ in 0..20 {
        house.get("/api/v1/market/indices").await;
    }
    assert_eq!(house.exchange.requests().total(), before);
}

#[actix_rt::test]
async fn the_newest_report_is_described_without_its_content() {
    let house = House::open(|_| {}).await;
    let (status, body) = house.get("/api/v1/reports/latest").await;
    assert_eq!((status, json(&body)["detail"].as_str()), (404, Some("there is no report yet")));
    let stored = house.report().await.unwrap();
    let (status, body) = house.get("/api/v1/reports/latest").await;
    let latest = json(&body);
    assert_eq!((status, latest["id"].as_i64()), (200, Some(i64::from(stored.id))));
    assert_eq!(latest["total_bytes"].as_u64(), Some(stored.total_bytes()));
    assert!(body.len() < 2000, "{body}");
}

#[actix_rt::test]
async fn reports_are_listed_and_shown_in_both_languages() {
    let house = House::open(|_| {}).await;
    let (status, empty) = house.get("/reports?lang=en").await;
    assert_eq!(status, 200);
    assert!(empty.contains("<html lang=\"en\">"), "{empty}");
    let id = house.report().await.unwrap().id;
    let (_, list) = house.get("/reports?lang=en").await;
    assert!(list.contains(&format!("href=\"reports/{id}/view?lang=en\"")), "{list}");
    for (query, language) in [("", "vi"), ("?lang=vi", "vi"), ("?lang=en", "en"), ("?lang=en-GB", "en")] {
        let (status, page) = house.get(&format!("/reports/{id}{query}")).await;
        assert_eq!(status, 200);
        assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"));
        assert!(page.contains(&format!("<html lang=\"{language}\">")), "{query}");
    }
}

#[actix_rt::test]
async fn what_does_not_exist_is_said_to_be_missing() {
    let house = House::open(|_| {}).await;
    for (path, status, detail) in [
        ("/reports/99", 404, "there is no report \"99\"; /reports lists them"),
        ("/reports/../etc/passwd", 404, "there is nothing at this address"),
        ("/reports/99999999999", 404, "there is no report \"99999999999\"; /reports lists them"),
        ("/reports?lang=fr", 400, "lang: unknown language `fr`: use `vi` (Vietnamese) or `en` (English)"),
        (
            "/reports/1?lang=%3Cb%3E",
            400,
            "lang: unknown language `<b>`: use `vi` (Vietnamese) or `en` (English)",
        ),
        ("/nothing", 404, "there is nothing at this address"),
    ] {
        let (found, body) = house.get(path).await;
        assert_eq!((found, json(&body)["detail"].as_str()), (status, Some(detail)), "{path}");
    }
}

#[actix_rt::test]
async fn a_method_that_an_address_does_not_have_is_refused_with_those_that_it_has() {
    let house = House::open(|_| {}).await;
    for (path, allowed) in
        [("/health", "GET, HEAD"), ("/reports/1", "GET, HEAD"), ("/api/v1/market/indices", "GET, HEAD")]
    {
        let answer = reqwest_client().post(house.url(path)).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), &answer.headers()["allow"]), (405, &allowed.parse().unwrap()));
        let detail = format!("this address answers to {allowed} only");
        assert_eq!(json(&answer.text().await.unwrap())["detail"].as_str(), Some(detail.as_str()), "{path}");
    }
    for path in ["/api/v1/generate-auto-report", "/api/v1/manual-generate"] {
        let answer = reqwest_client().get(house.url(path)).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), &answer.headers()["allow"]), (405, &"POST".parse().unwrap()));
    }
    assert_eq!(house.daemon.archive.count(), Ok(0));
}

#[actix_rt::test]
async fn an_index_list_without_data_is_unavailable_with_the_reason() {
    let house = House::open(|config| config.market.snapshot_ttl = std::time::Duration::from_millis(1)).await;
    let (status, body) = house.get("/api/v1/market/indices").await;
    assert_eq!(status, 503);
    assert!(json(&body)["detail"].as_str().unwrap().contains("no market data"), "{body}");
}

#[actix_rt::test]
async fn a_probe_that_asks_for_the_head_only_gets_it() {
    let house = House::open(|_| {}).await;
    for (path, status) in [("/health", 200), ("/reports", 200), ("/api/v1/reports/latest", 404), ("/", 200)] {
        let answer = reqwest_client().head(house.url(path)).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
    }
}
