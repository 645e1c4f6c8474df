//! Who may ask for a report, and what the others are told.

use evenkeel::config::Secret;
use serde_json::json;

use crate::common::house::{House, reqwest_client};

const TOKEN: &str = "correct-horse-battery";
const POSTS: [&str; 2] = ["/api/v1/generate-auto-report", "/api/v1/manual-generate"];

async fn guarded() -> House {
    House::open(|config| config.server.token = Some(Secret::new(TOKEN))).await
}

#[actix_rt::test]
async fn a_report_needs_the_whole_token_and_reading_needs_none() {
    let house = guarded().await;
    for path in POSTS {
        for brought in
            [None, Some("Bearer correct-horse"), Some("Bearer correct-horse-battery-staple"), Some("Basic x")]
        {
            let request = reqwest_client().post(house.url(path));
            let request =
                brought.into_iter().fold(request, |request, it| request.header("Authorization", it));
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 401, "{path} {brought:?}");
            assert_eq!(answer.headers()["www-authenticate"], "Bearer");
            let body: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
            let detail = "this needs the bearer token of server.token: Authorization: Bearer …";
            assert_eq!(body, json!({ "detail": detail }));
        }
    }
    assert_eq!(house.daemon.archive.count(), Ok(0), "nothing was begun");
    for path in ["/health", "/reports", "/api/v1/market/indices", "/api/v1/scheduler/status"] {
        assert_eq!(house.get(path).await.0, 200, "{path}");
    }
    let unknown = "/api/v1/progress/2f7c1c5e-93a5-4a3c-9f3f-0d3a1b0c9f11";
    assert_eq!(house.get(unknown).await.0, 404);
}

#[actix_rt::test]
async fn who_brings_the_token_gets_a_report() {
    let house = guarded().await;
    let url = house.url("/api/v1/manual-generate");
    let answer = reqwest_client().post(url).bearer_auth(TOKEN).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), house.daemon.archive.count()), (200, Ok(1)));
}
