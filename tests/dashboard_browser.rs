//! The dashboard of a running demo in a real browser: a leak's restart is marked within five seconds, both languages are
//! accessible, nothing is blocked or complained about. And that of an application in which it is mounted.
//!
//! Needs Chromium, Node.js and `npm ci` in `tests/browser`, which `scripts/test` sees to.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

use std::path::Path;

use tempfile::tempdir;

mod common;
use common::SOON;
use common::program::{Running, evenkeel, example};

#[actix_rt::test]
async fn a_restart_is_marked_and_the_pages_are_accessible_and_silent() {
    let directory = tempdir().unwrap();
    let mut demo = evenkeel(directory.path());
    demo.args([
        "--log-format",
        "text",
        "demo",
        "--port",
        "0",
        "--speed",
        "600",
        "--leak",
        "report-builder=20MiB/h",
    ]);
    let mut demo = Running::start(&mut demo);
    let origin = format!("http://{}", demo.address().await);
    browse("dashboard.mjs", &origin);
}

#[actix_rt::test]
async fn an_application_has_it_below_a_scope_and_behind_its_own_login() {
    let mut application = Running::start(&mut example("embed_in_actix_web"));
    let line = application.says(SOON, "/market/ for app").await;
    let (home, _) = line.split_once("/market/").unwrap();
    browse("mounted.mjs", home);
}

/// Runs one of the scripts in `tests/browser`; what it prints is the failure.
fn browse(script: &str, origin: &str) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser").join(script);
    let output = std::process::Command::new("node").arg(script).arg(origin).output();
    let output = output.unwrap_or_else(|error| panic!("the browser tests need Node.js: {error}"));
    let said =
        [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    println!("{said}");
    assert!(output.status.success(), "{said}");
}
