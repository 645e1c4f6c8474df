//! A page in a real browser.

use std::path::Path;
use std::process::Command;

const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// Renders `page` in headless Chromium and returns the document as it stands after its script has run.
pub fn document_of(page: &Path) -> String {
    let profile = tempfile::tempdir().unwrap();
    let output = chromium(profile.path()).arg("--dump-dom").arg(address(page)).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Renders `page` in headless Chromium and returns the picture, a PNG.
pub fn picture_of(page: &Path) -> Vec<u8> {
    let profile = tempfile::tempdir().unwrap();
    let picture = profile.path().join("page.png");
    let output = chromium(profile.path())
        .arg("--window-size=1280,2000")
        .arg(format!("--screenshot={}", picture.display()))
        .arg(address(page))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read(picture).unwrap()
}

fn chromium(profile: &Path) -> Command {
    let installed = |name: &&&str| Command::new(name).arg("--version").output().is_ok();
    let name = NAMES.iter().find(installed).expect("no Chromium found: install the package chromium");
    let mut command = Command::new(name);
    command.arg(format!("--user-data-dir={}", profile.display())).args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
    ]);
    command
}

fn address(page: &Path) -> String {
    format!("file://{}", page.display())
}
