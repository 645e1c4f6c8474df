//! Tokens that are missing, wrong, too long, twice there, in the wrong place, or guessed.

use evenkeel::config::Secret;
use reqwest::StatusCode;
use serde_json::Value;

use crate::common::house::{House, reqwest_client};
use crate::common::{log_lines, raw};
use crate::{TOKEN, json, send};

const ORDER: &str = "/api/v1/generate-auto-report";

async fn guarded(reading: bool) -> House {
    House::open(|config| {
        config.server.token = Some(Secret::new(TOKEN));
        config.server.guard_reading = reading;
    })
    .await
}

fn post(path: &str, headers: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n{headers}\r\n")
}

#[actix_rt::test]
async fn nothing_but_the_token_itself_in_its_header_will_do() {
    log_lines::keep();
    let house = guarded(false).await;
    let long = "a".repeat(8 * 1024);
    let longer = "a".repeat(64 * 1024);
    for (path, headers, status) in [
        (ORDER, String::new(), 401),
        (ORDER, "Authorization: Bearer correct-horse\r\n".to_owned(), 401),
        (ORDER, format!("Authorization: Bearer {long}\r\n"), 401),
        (ORDER, format!("Authorization: Bearer {longer}\r\n"), 431),
        (ORDER, format!("Authorization: Bearer {TOKEN}\r\nAuthorization: Bearer {TOKEN}\r\n"), 401),
        (ORDER, format!("Cookie: token={TOKEN}\r\nX-Token: {TOKEN}\r\n"), 401),
        (&format!("{ORDER}?token={TOKEN}&access_token={TOKEN}"), String::new(), 401),
        (&format!("{ORDER}?Authorization=Bearer%20{TOKEN}"), String::new(), 401),
    ] {
        let answer = send(&house, post(path, &headers)).await;
        assert_eq!(raw::status(&answer), status, "{path} {} bytes of headers: {answer}", headers.len());
        assert!(!answer.contains(TOKEN), "{answer}");
    }
    assert_eq!(house.daemon.archive.count(), Ok(0), "nothing was begun");
    assert_eq!(log_lines::with(TOKEN), Vec::<String>::new(), "no token in the log");
}

#[actix_rt::test]
async fn who_guesses_is_told_to_wait_and_who_knows_is_not() {
    let house = guarded(false).await;
    let client = reqwest_client();
    let order = async |token: &str| client.post(house.url(ORDER)).bearer_auth(token).send().await.unwrap();
    let mut refused = 0;
    let limited = loop {
        let answer = order(&format!("wrong-{refused}-token-of-mine")).await;
        if answer.status() != StatusCode::UNAUTHORIZED {
            break answer;
        }
        refused += 1;
        assert!(refused < 100, "nobody may guess so often");
    };
    assert_eq!(limited.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = limited.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=6).contains(&wait), "{wait}");
    assert!(limited.text().await.unwrap().contains("too many wrong tokens"));
    assert_eq!(order(TOKEN).await.status(), StatusCode::OK, "whoever knows it is let in");
    assert_eq!(client.post(house.url(ORDER)).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(house.get("/health").await.0, 200);
}

#[actix_rt::test]
async fn where_reading_is_guarded_every_address_is_and_a_browser_can_still_read() {
    let house = guarded(true).await;
    let client = reqwest_client();
    let get = async |path: &str| client.get(house.url(path)).send().await.unwrap();
    let description = client.get(house.url("/api/v1/openapi.json")).bearer_auth(TOKEN).send().await.unwrap();
    let description = json(&description.text().await.unwrap());
    let paths: Vec<&String> = description["paths"].as_object().unwrap().keys().collect();
    assert!(paths.len() > 10, "{paths:?}");
    let others = ["/nothing".to_owned(), "/health/".to_owned(), "//health".to_owned()];
    for path in paths.into_iter().chain(&others) {
        let answer = get(&path.replace(['{', '}'], "")).await;
        if ["/health", "/ready"].contains(&path.as_str()) {
            assert_ne!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
            continue;
        }
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
        let how = answer.headers()["www-authenticate"].to_str().unwrap();
        assert!(how.starts_with("Basic realm="), "a browser asks for it: {how}");
    }
    for path in ["/?lang=en", "/reports", "/assets/dashboard.css", "/api/v1/memory", "/metrics"] {
        for request in [
            client.get(house.url(path)).basic_auth("anybody", Some(TOKEN)),
            client.get(house.url(path)).bearer_auth(TOKEN),
        ] {
            assert_eq!(request.send().await.unwrap().status(), StatusCode::OK, "{path}");
        }
        let in_address = format!("{path}{}token={TOKEN}", if path.contains('?') { '&' } else { '?' });
        assert_eq!(get(&in_address).await.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
    // A browser sends a password along with whatever a page makes it send.
    let order = client.post(house.url(ORDER)).basic_auth("anybody", Some(TOKEN)).send().await.unwrap();
    assert_eq!(order.status(), StatusCode::UNAUTHORIZED);
    let body: Value = json(&order.text().await.unwrap());
    assert_eq!(body["detail"], "this needs the bearer token of server.token: Authorization: Bearer …");
}
