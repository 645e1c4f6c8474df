//! A narrative in a whole report: an honest model's words stand above the sentences, a lying one's nowhere.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

use evenkeel::config::{Provider, Secret};

mod common;
#[allow(dead_code, reason = "another test uses the rest")]
mod model_server;
use common::house::House;
use model_server::{Answer, ModelServer};

evenkeel::install_allocator!();

const LEAD: &str = "ek-narrative";

async fn page(house: &House, language: &str) -> String {
    let report = house.report().await.unwrap();
    let (status, page) = house.get(&format!("/reports/{}?lang={language}", report.id)).await;
    assert_eq!(status, 200);
    // The style sheet speaks of it in every report.
    page.split("<article").nth(1).unwrap().to_owned()
}

#[actix_rt::test]
async fn a_draft_stands_above_the_sentences_only_if_every_number_is_theirs() {
    let server = ModelServer::start();
    let house = House::open(|config| {
        let narrative = &mut config.report.narrative;
        narrative.provider = Provider::Openai;
        narrative.base_url = Some(server.base_url.clone());
        narrative.model = Some("a-model".to_owned());
        narrative.api_key = Some(Secret::new("sk-hunter2"));
    })
    .await;

    server.answer(Answer::Draft("A day of little news, with stocks and coins apart.".to_owned()));
    let english = page(&house, "en").await;
    assert!(english.contains("A day of little news") && english.contains("Written by a language model"));
    assert!(english.contains("VN-Index stood at"), "the sentences stay");
    let asked = server.asked();
    assert_eq!(asked.len(), 2, "once a language");
    let told = asked[1].body["messages"][1]["content"].as_str().unwrap().to_owned();
    assert!(told.contains("VN-Index stood at"), "{told}");

    for lie in ["VN-Index gained 47.11% in an hour.", "<b>Buy</b> now.", ""] {
        server.answer(Answer::Draft(lie.to_owned()));
        let english = page(&house, "en").await;
        assert!(!english.contains(LEAD) && !english.contains("47.11"), "{lie}");
        assert!(english.contains("VN-Index stood at"));
    }
    server.answer(Answer::Whole { status: 500, content_type: "text/plain", body: "no".to_owned() });
    assert!(!page(&house, "vi").await.contains(LEAD));
}

#[actix_rt::test]
async fn no_model_is_asked_unless_it_is_configured() {
    let house = House::open(|_| ()).await;
    assert!(!page(&house, "en").await.contains(LEAD));
}
