//! The examples do what they say: each is run as a reader would run it.

#![cfg(feature = "jemalloc")]
#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::path::Path;

mod common;
use common::commands::{example, run, stderr, stdout};

/// What the example prints, if it ends with 0 and complains about nothing.
fn story(name: &str, arguments: &[&str], parts: &[&str]) -> String {
    let output = run(example(name).args(arguments));
    let (story, complaint) = (stdout(&output), stderr(&output));
    assert!(output.status.success(), "{story}\n{complaint}");
    for part in parts {
        assert!(story.contains(part), "{part} is missing:\n{story}\n{complaint}");
    }
    story
}

#[test]
fn an_actor_of_ones_own_is_restarted_and_nothing_is_lost() {
    let parts =
        ["decided ", "restarted  image-cache is generation 2 now", "returned ", "no request was lost"];
    story("supervise_your_own", &[], &parts);
}

#[cfg(all(feature = "web", feature = "simulator"))]
#[test]
fn an_application_has_everything_under_market_and_lets_nobody_else_in() {
    let parts = [
        "the application's own page",
        "GET /market/ without the password -> 401",
        "GET /market -> 308\n  to ./market/",
        "GET /market/ -> 200",
        "12 indices",
        "POST /market/api/v1/manual-generate -> 200\n  report ",
        "/view?lang=en -> 200",
        "everything is there",
    ];
    story("embed_in_actix_web", &["--self-check"], &parts);
}

#[test]
fn the_application_has_fewer_than_forty_lines() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/embed_in_actix_web.rs");
    let text = std::fs::read_to_string(path).unwrap();
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
    let lines = text.lines().filter(is_code).count();
    assert!((20..40).contains(&lines), "{lines} lines");
}

#[cfg(all(feature = "web", feature = "simulator"))]
#[test]
fn a_source_of_ones_own_is_heard_first_and_the_others_when_it_fails() {
    let story = story("custom_source", &[], &["gold in the document: {", "\"code\": \"XAU\""]);
    let (open, closed) = story.split_once("the desk is closed:").unwrap();
    for part in ["btc 123456.00 from bullion-desk\n", "from binance\n", "gold 4321.50 from bullion-desk\n"] {
        assert!(open.contains(part), "{part} is missing:\n{open}");
    }
    let bitcoin = closed.lines().find(|line| line.contains("btc")).unwrap();
    assert!(bitcoin.ends_with(" from binance"), "{bitcoin}");
    for part in ["gold 4321.50 from bullion-desk (bullion-desk is closed)", "  bullion-desk is closed"] {
        assert!(closed.contains(part), "{part} is missing:\n{closed}");
    }
}

#[cfg(all(feature = "web", feature = "simulator"))]
#[test]
fn a_store_of_ones_own_is_shared_and_survives() {
    let parts = [
        "the other one serves the snapshot of ",
        "a new store finds the snapshot of ",
        "of half a file it says",
    ];
    let story = story("custom_store", &[], &parts);
    let taken: Vec<&str> = story
        .lines()
        .filter(|line| [" at 20", " of 20"].iter().any(|part| line.contains(part)))
        .filter_map(|line| line.split_whitespace().next_back())
        .collect();
    assert!(taken.len() == 3 && taken.iter().all(|at| *at == taken[0]), "{story}");
}
