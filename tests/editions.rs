//! Several editions in one daemon: each with its own times, indices, table and languages, and none in another's way.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

use std::time::Duration;

use evenkeel::clock::Clock;
use evenkeel::config::{Config, EditionConfig};
use evenkeel::daemon::{Daemon, Extent};
use evenkeel::persistence::messages::StoredReport;
use evenkeel::report::messages::{BuildError, BuildReport, Progress};

mod common;
use common::house::House;
use common::{SOON, eventually};

evenkeel::install_allocator!();

fn vietnam_only() -> EditionConfig {
    EditionConfig {
        constituents: Some(0),
        indices: Some(vec!["vnindex".to_owned(), "vn30".to_owned()]),
        languages: Some(vec!["vi".to_owned()]),
        ..EditionConfig::default()
    }
}

async fn report(house: &House, edition: &str) -> Result<StoredReport, BuildError> {
    let request = BuildReport { edition: edition.to_owned(), progress: Progress::default(), slot: None };
    house.daemon.builder.send(request).await.unwrap()
}

fn text(house: &House, report: &StoredReport, artifact: &str) -> String {
    let mut bytes = Vec::new();
    while let Some(chunk) = house
        .daemon
        .archive
        .chunk(report.id, artifact, u32::try_from(bytes.len() / (64 * 1024)).unwrap())
        .unwrap()
    {
        bytes.extend(chunk);
    }
    String::from_utf8(bytes).unwrap()
}

#[actix_rt::test]
async fn an_edition_holds_its_indices_in_its_languages_and_nothing_else() {
    let house = House::open(|config| {
        config.report.editions.insert("vietnam".to_owned(), vietnam_only());
    })
    .await;
    let whole = report(&house, "market").await.unwrap();
    let small = report(&house, "vietnam").await.unwrap();
    let names = |report: &StoredReport| -> Vec<String> {
        report.artifacts.iter().map(|artifact| artifact.name.clone()).collect()
    };
    assert_eq!(names(&whole), ["html_vi", "css", "js_vi", "html_en", "js_en"]);
    assert_eq!(names(&small), ["html_vi", "css", "js_vi"]);
    let html = text(&house, &small, "html_vi");
    for shown in ["VN-Index", "VN30", "id=\"ek-technicals\"", "data-edition=\"vietnam\""] {
        assert!(html.contains(shown), "{shown}");
    }
    for absent in ["HNX30", "Bitcoin", "id=\"ek-crypto\"", "id=\"ek-all\"", "id=\"ek-since\""] {
        assert!(!html.contains(absent), "{absent}");
    }
    // The next one compares with the one before of the same edition, not with the main one between them.
    let again = report(&house, "vietnam").await.unwrap();
    assert!(text(&house, &again, "html_vi").contains("id=\"ek-since\""));

    let (status, page) = house.get(&format!("/reports/{}?lang=vi", small.id)).await;
    assert_eq!((status, page.contains("lang=en")), (200, false));
    let (status, why) = house.get(&format!("/reports/{}?lang=en", small.id)).await;
    assert_eq!(status, 404);
    assert!(why.contains("is not there in English"), "{why}");

    let error = report(&house, "evening").await.unwrap_err();
    assert_eq!(error.to_string(), "there is no edition `evening`: use one of market, vietnam");
}

#[actix_rt::test]
async fn editions_that_are_due_at_the_same_time_are_all_written() {
    // A minute before the hour, which is a second and a half.
    let clock = Clock::scaled("2026-03-02T01:59:00Z".parse().unwrap(), 40.0);
    let house = House::open_at(clock, |config| {
        config.report.every = Duration::from_secs(3600);
        config.report.tolerance = Duration::from_secs(25 * 60);
        config.report.retry_after = Duration::from_secs(1);
        config.report.constituents = 20;
        config.report.editions.insert("vietnam".to_owned(), vietnam_only());
        let late = EditionConfig {
            times: Some(vec!["23:00".parse().unwrap()]),
            constituents: Some(0),
            ..EditionConfig::default()
        };
        config.report.editions.insert("late".to_owned(), late);
    })
    .await;
    let both = async || {
        let reports = house.daemon.archive.list(10, None).unwrap();
        let has = |edition: &str| reports.iter().any(|report| report.edition == edition);
        (has("market") && has("vietnam")).then(|| reports.iter().any(|report| report.edition == "late"))
    };
    assert!(!eventually(SOON, "both editions", both).await, "the third is due in the evening");
}

#[actix_rt::test]
async fn an_index_that_there_is_not_ends_the_start() {
    let directory = tempfile::tempdir().unwrap();
    let mut config = Config { data_dir: directory.path().to_path_buf(), ..Config::default() };
    let wrong = EditionConfig { indices: Some(vec!["vnindx".to_owned()]), ..EditionConfig::default() };
    config.report.editions.insert("wrong".to_owned(), wrong);
    let Err(error) = Daemon::start(config, Clock::system(), Extent::OneReport) else { panic!("it started") };
    let message = error.to_string();
    assert!(message.starts_with("edition wrong: there is no index `vnindx`; the names are vnindex, vn30"));
}
