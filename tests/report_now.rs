//! `evenkeel simulate` beside `evenkeel report now`, connected as their help says.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use tempfile::tempdir;

mod common;
use common::program::{evenkeel, run, stderr, stdout};

#[test]
fn a_report_is_written_without_a_daemon_from_the_sources_of_the_configuration() {
    let directory = tempdir().unwrap();
    let mut simulate = evenkeel(directory.path());
    let mut exchange = simulate.arg("simulate").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let printed = BufReader::new(exchange.stdout.take().unwrap());
    // Eight sources, a table and a line each.
    let lines: Vec<String> = printed.lines().take(16).map(Result::unwrap).collect();
    let settings = format!("[report]\nconstituents = 30\n\n{}\n", lines.join("\n"));
    std::fs::write(directory.path().join("evenkeel.toml"), settings).unwrap();

    let now = run(evenkeel(directory.path()).args(["report", "now", "--log-format", "text"]));
    exchange.kill().unwrap();
    exchange.wait().unwrap();
    let (said, log) = (stdout(&now), stderr(&now));
    assert!(now.status.success(), "{log}");
    assert!(said.starts_with("report 1: "), "{said}");
    assert!(log.contains("refreshed 12 of 12 indices"), "{log}");

    let list = stdout(&run(evenkeel(directory.path()).args(["report", "list"])));
    assert_eq!(list.lines().count(), 2, "{list}");
    let show = stdout(&run(evenkeel(directory.path()).args(["report", "show", "1"])));
    for artifact in ["html_vi", "html_en", "js_vi", "js_en", "css"] {
        assert!(show.contains(artifact), "{show}");
    }
    let export =
        run(evenkeel(directory.path()).args(["report", "export", "1", "--lang", "en", "--out", "-"]));
    let page = stdout(&export);
    assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"));

    // What an export replaces is a file and nothing else.
    let at = |name: &str| directory.path().join(name);
    std::fs::write(at("note.html"), "an older one").unwrap();
    std::os::unix::fs::symlink("note.html", at("link.html")).unwrap();
    let export = run(evenkeel(directory.path()).args(["report", "export", "1", "--out", "link.html"]));
    assert!(export.status.success(), "{}", stderr(&export));
    assert!(at("link.html").is_symlink());
    assert!(std::fs::read_to_string(at("note.html")).unwrap().starts_with("<!doctype html>"));
    assert!(Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = at("pipe");
        move || std::fs::read_to_string(pipe).unwrap()
    });
    let export =
        run(evenkeel(directory.path()).args(["report", "export", "1", "--out", "pipe", "--lang", "en"]));
    assert!(export.status.success(), "{}", stderr(&export));
    assert_eq!(reader.join().unwrap(), page);
    assert!(!at("pipe").is_file(), "the pipe was replaced");
}
