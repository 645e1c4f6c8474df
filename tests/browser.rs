//! The report in a real browser: accessible in both languages, light and dark, wide and narrow; the script does what it
//! offers; the artifacts work inside somebody else's page.
//!
//! Needs Chromium, Node.js and `npm ci` in `tests/browser`, which `scripts/test` sees to.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

use std::path::Path;
use std::process::Command;

use evenkeel::market::model::Market;
use evenkeel::report::artifact::ARTIFACTS;
use evenkeel::report::language::Language;
use tempfile::TempDir;

#[path = "report_render/sample/mod.rs"]
mod sample;

const EVERY_MARKET: [Market; 3] = [Market::Vietnam, Market::Crypto, Market::Us];

/// The artifacts of a report of a thousand coins, its pages, and one whose coins are absurd or meant to do harm.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let shelf = sample::Shelf::default();
    sample::report(&EVERY_MARKET, 1000, shelf.clone());
    for artifact in ARTIFACTS {
        std::fs::write(folder.path().join(artifact), shelf.text(artifact)).unwrap();
    }
    for language in Language::ALL {
        std::fs::write(folder.path().join(format!("{language}.html")), sample::page_of(&shelf, language))
            .unwrap();
    }
    let spoilt = sample::Shelf::default();
    sample::report_of(&EVERY_MARKET, 300, spoilt.clone(), sample::spoil);
    let page = sample::page_of(&spoilt, Language::En);
    std::fs::write(folder.path().join("spoilt.html"), page).unwrap();
    folder
}

/// Runs one of the scripts beside this file; what it prints is the failure.
fn node(script: &str, folder: &Path, arguments: &[&str]) {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    assert!(
        scripts.join("node_modules").is_dir(),
        "the browser tests need `npm ci --prefix tests/browser`, or scripts/test as a whole"
    );
    let output = Command::new("node")
        .arg(scripts.join(script))
        .arg(folder)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("the browser tests need Node.js: {error}"));
    let (said, complained) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    println!("{said}");
    assert!(output.status.success(), "{said}{complained}");
}

#[test]
fn pages_are_accessible_silent_and_do_what_they_offer() {
    let folder = folder();
    node("check.mjs", folder.path(), &["vi.html", "en.html", "spoilt.html"]);
}

#[test]
fn the_artifacts_work_inside_a_shadow_root() {
    let folder = folder();
    for language in Language::ALL {
        node("shadow.mjs", folder.path(), &[language.tag()]);
    }
}
