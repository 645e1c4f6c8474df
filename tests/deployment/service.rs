//! The units of systemd.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::tempdir;

use crate::common::program::{evenkeel, run, stderr, stdout};
use crate::{PROGRAM, read};

/// What the unit may be exposed to, of 10.0: a daemon that reaches the internet and nothing else.
const EXPOSURE: f64 = 1.5;

/// The units in a directory of their own, with the program under test.
fn units(directory: &Path) -> [PathBuf; 2] {
    ["evenkeel.service", "evenkeel.socket"].map(|name| {
        let unit = read(&format!("deploy/systemd/{name}")).replace("/usr/local/bin/evenkeel", PROGRAM);
        let path = directory.join(name);
        fs::write(&path, unit).unwrap();
        path
    })
}

fn systemd_analyze(arguments: &[&str], files: &[PathBuf]) -> Output {
    let output = Command::new("systemd-analyze").args(arguments).args(files).output();
    output.unwrap_or_else(|error| panic!("systemd-analyze: {error}; install systemd"))
}

/// The values of one setting of the service, in order.
fn settings(name: &str) -> Vec<String> {
    let unit = read("deploy/systemd/evenkeel.service");
    let value = |line: &str| Some(line.strip_prefix(name)?.strip_prefix('=')?.to_owned());
    unit.lines().filter_map(value).collect()
}

#[test]
fn systemd_finds_nothing_wrong_with_the_units() {
    let directory = tempdir().unwrap();
    let output = systemd_analyze(&["verify", "--man=no"], &units(directory.path()));
    let said = stdout(&output) + &stderr(&output);
    let ours: Vec<&str> = said.lines().filter(|line| line.contains("evenkeel")).collect();
    assert!(output.status.success() && ours.is_empty(), "{said}");
}

#[test]
fn the_service_is_exposed_to_little() {
    let directory = tempdir().unwrap();
    let [service, _] = units(directory.path());
    let output = systemd_analyze(&["security", "--offline=true", "--no-pager"], &[service]);
    let said = stdout(&output);
    let level = said.lines().find(|line| line.contains("Overall exposure level")).unwrap();
    let level = level.split_whitespace().find_map(|word| word.parse::<f64>().ok()).unwrap();
    assert!(level < EXPOSURE, "{said}");
}

#[test]
fn systemd_starts_again_what_can_help_and_nothing_else() {
    let directory = tempdir().unwrap();
    let refused = run(evenkeel(directory.path()).arg("run").env("PORT", "many"));
    let code = refused.status.code().unwrap().to_string();
    assert_eq!(settings("RestartPreventExitStatus"), [code], "{}", stderr(&refused));
    // The table of the README is the contract.
    let meaning = "| memory could not be had back; start me again |";
    let row = read("README.md").lines().find(|line| line.ends_with(meaning)).unwrap().to_owned();
    let code = row.split('|').nth(1).unwrap().trim().to_owned();
    assert_eq!(settings("RestartForceExitStatus"), [code]);
}
