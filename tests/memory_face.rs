//! What an operator sees of memory: over HTTP, from the running daemon, and from what it has recorded.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::path::Path;
use std::time::Duration;

use bytesize::ByteSize;
use evenkeel::config::{Config, LimitsConfig};
use evenkeel::daemon::Daemon;
use evenkeel::memory::record::{Action, Record};
use evenkeel::memory::status::MemoryStatus;
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

mod common;
use common::house::House;
use common::program::{Running, evenkeel, run, stderr, stdout};
use common::{SOON, eventually};

evenkeel::install_allocator!();

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A daemon that measures often, decides at once that one child and the process hold too much, and acts on nothing.
async fn strict(directory: &TempDir) -> House {
    let data_dir = directory.path().to_path_buf();
    House::open(|config: &mut Config| {
        config.data_dir = data_dir;
        config.memory.sample_every = Duration::from_millis(100);
        config.memory.dry_run = true;
        let hard = LimitsConfig { soft: None, hard: Some(ByteSize::b(1)) };
        config.memory.limits = [("report-builder".to_owned(), hard)].into();
        config.memory.process = hard;
    })
    .await
}

/// Waits until both cases have been recorded.
async fn decided(house: &House) -> Vec<Record> {
    let both = async || Some(house.daemon.memory.ledger().records()).filter(|records| records.len() >= 2);
    eventually(SOON, "both cases are recorded", both).await
}

/// Runs `evenkeel memory …` and returns what it prints.
fn memory(directory: &Path, arguments: &[&str]) -> String {
    let output = run(evenkeel(directory).arg("memory").args(arguments));
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", stderr(&output));
    stdout(&output)
}

/// The same, of which one line of complaint is expected.
fn refused(directory: &Path, arguments: &[&str], code: i32) -> String {
    let output = run(evenkeel(directory).arg("memory").args(arguments));
    let line = stderr(&output);
    assert_eq!((output.status.code(), line.lines().count()), (Some(code), 1), "{arguments:?}: {line}");
    line
}

#[actix_rt::test]
async fn memory_and_decisions_are_served() {
    let directory = tempdir().unwrap();
    let house = strict(&directory).await;
    let records = decided(&house).await;
    let (code, body) = house.get("/api/v1/memory").await;
    let status: MemoryStatus = serde_json::from_str(&body).unwrap();
    let names: Vec<&str> = status.children.iter().map(|child| child.name.as_str()).collect();
    assert_eq!((code, names.as_slice(), status.dry_run), (200, Daemon::ACTORS, true));
    let (code, body) = house.get("/api/v1/memory/decisions").await;
    let listed = parsed(&body)["decisions"].as_array().unwrap().clone();
    assert_eq!(code, 200);
    let newest = records.last().unwrap();
    assert!(listed.windows(2).all(|pair| pair[0]["number"].as_u64() > pair[1]["number"].as_u64()), "{body}");
    assert!(listed.iter().any(|it| it["sentence"] == json!(newest.to_string())), "{body}");
    let (_, body) = house.get("/api/v1/memory/decisions?limit=1&child=report-builder").await;
    let listed = parsed(&body)["decisions"].as_array().unwrap().clone();
    assert_eq!((listed.len(), listed[0]["child"].as_str()), (1, Some("report-builder")));
    for (query, said) in [
        ("limit=0", "limit: \"0\" is not a whole number from 1 to 500"),
        ("limit=501", "limit: \"501\" is not"),
        ("limit=x", "limit: \"x\" is not"),
        ("child=bob", "child: there is no account \"bob\"; the accounts are persistence, market-indices, "),
    ] {
        let (code, body) = house.get(&format!("/api/v1/memory/decisions?{query}")).await;
        assert_eq!(code, 400, "{body}");
        assert!(parsed(&body)["detail"].as_str().unwrap().starts_with(said), "{body}");
    }
}

#[actix_rt::test]
async fn the_status_of_a_running_program_adds_up() {
    let directory = tempdir().unwrap();
    let mut demo =
        Running::start(evenkeel(directory.path()).args(["demo", "--port", "0", "--log-format", "text"]));
    demo.says(SOON, "refreshed 16 of 16 indices").await;
    let line = demo.says(SOON, "listening on http://").await;
    let url = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned();
    let json = ["status", "--json", "--url", &url];
    let status: MemoryStatus = serde_json::from_str(&memory(directory.path(), &json)).unwrap();
    let children: u64 = status.children.iter().map(|child| child.rss.unwrap()).sum();
    let sum = children.cast_signed() + status.unattributed.unwrap();
    assert_eq!(sum, status.process.unwrap().rss.cast_signed());
    let table = memory(directory.path(), &["status", "--url", &url]);
    let first = table.lines().next().unwrap();
    for column in
        ["actor", "gen", "rss", "live", "floor 24 h", "growth/day", "leak-out", "mailbox", "mem/crash"]
    {
        assert!(first.contains(column), "{table}");
    }
    for row in Daemon::ACTORS.iter().chain(&["unattributed", "process"]) {
        assert!(table.lines().any(|line| line.starts_with(row)), "{row}: {table}");
    }
    assert_eq!(
        memory(directory.path(), &["decisions", "--url", &url]),
        "nothing was decided about memory yet\n"
    );
}

#[actix_rt::test]
async fn decisions_are_read_from_the_daemon_and_without_it_from_its_file() {
    let directory = tempdir().unwrap();
    let house = strict(&directory).await;
    let records = decided(&house).await;
    let url = house.url("");
    let path = directory.path();
    let said = memory(path, &["decisions", "--child", "report-builder", "--url", &url]);
    let sentence = records.iter().find(|record| record.child == "report-builder").unwrap().to_string();
    assert!(said.contains(&sentence), "{said}");
    let data_dir = path.to_str().unwrap();
    let offline =
        memory(path, &["decisions", "--child", "report-builder", "--offline", "--data-dir", data_dir]);
    assert_eq!(offline, said);
    let nobody = "http://127.0.0.1:1";
    assert_eq!(
        memory(path, &["decisions", "--child", "report-builder", "--url", nobody, "--data-dir", data_dir]),
        said
    );
}

#[actix_rt::test]
async fn a_replay_decides_what_the_daemon_has_decided() {
    let directory = tempdir().unwrap();
    let house = strict(&directory).await;
    decided(&house).await;
    let later = async || house.daemon.memory.status().filter(|status| status.ticks > 5);
    eventually(SOON, "a few ticks are recorded", later).await;
    let records = decided(&house).await;
    let tape = directory.path().join("memory-samples.jsonl");
    let tape = tape.to_str().unwrap();
    let lines = memory(directory.path(), &["replay", tape, "--json"]);
    let mut replayed: Vec<(String, u64, Action)> = lines
        .lines()
        .map(|line| parsed(line)["change"].take())
        .filter(|change| change["action"].is_object() || change["action"].is_string())
        .map(|change| {
            let action = serde_json::from_value(change["action"].clone()).unwrap();
            (change["child"].as_str().unwrap().to_owned(), change["generation"].as_u64().unwrap(), action)
        })
        .collect();
    let recorded = records.into_iter().map(|record| (record.child, record.generation, record.action));
    let mut recorded: Vec<_> = recorded.collect();
    let by_child = |it: &(String, u64, Action)| it.0.clone();
    replayed.sort_by_key(by_child);
    recorded.sort_by_key(by_child);
    assert_eq!(replayed, recorded);
    let text = memory(directory.path(), &["replay", tape, "--child", "report-builder"]);
    assert!(text.contains("report-builder generation 1: CASE (hard limit)"), "{text}");
    assert!(text.contains("hard 1 B") && text.contains("; dry run") && text.contains('▁'), "{text}");
    let eased = memory(directory.path(), &["replay", tape, "--child", "report-builder", "--hard", "1GiB"]);
    assert!(!eased.contains("CASE"), "{eased}");
    let line = refused(directory.path(), &["replay", tape, "--child", "bob", "--json"], 1);
    assert!(line.contains("\"bob\"") && line.contains("persistence, market-indices"), "{line}");
}

#[test]
fn a_mistake_is_one_line_that_says_what_is_wrong() {
    let directory = tempdir().unwrap();
    let path = directory.path();
    std::fs::write(path.join("empty.jsonl"), "").unwrap();
    for (arguments, code, said) in [
        (&["status", "--url", "http://127.0.0.1:1"][..], 1, "no daemon answers at http://127.0.0.1:1: "),
        (&["status", "--url", "ftp://x"], 2, "--url \"ftp://x\": write the address"),
        (&["decisions", "--limit", "501", "--offline"], 2, "--limit"),
        (&["decisions", "--child", "bob"], 2, "\"bob\": there is no such account; they are persistence, "),
        (&["decisions", "--offline"], 1, "memory-decisions.jsonl: "),
        (&["decisions", "--url", "http://127.0.0.1:1"], 1, "--offline reads the file"),
        (&["replay", "absent.jsonl"], 1, "absent.jsonl cannot be read: "),
        (&["replay", "empty.jsonl"], 1, "empty.jsonl holds no samples"),
        (&["replay", "empty.jsonl", "--hard", "5MiB"], 2, "--child"),
        (&["replay", "empty.jsonl", "--child", "a", "--hard", "5"], 2, "a size with a unit"),
        (&["replay", "empty.jsonl", "--window", "1h"], 2, "memory.window"),
        (
            &["replay", "empty.jsonl", "--child", "a", "--soft", "2MiB", "--hard", "1MiB"],
            2,
            "above its hard limit",
        ),
        (&["replay", "empty.jsonl", "--sofd", "2MiB"], 2, "--sofd"),
    ] {
        let line = refused(path, arguments, code);
        assert!(line.contains(said), "{arguments:?}: {line}");
    }
}

#[test]
fn lines_that_cannot_be_read_are_named_and_passed_over() {
    let directory = tempdir().unwrap();
    let tick = json!({"tick": {"at_ms": 1000, "rss": 5000, "unattributed": null, "children": []}});
    let text = format!("{tick}\nrubbish\n{tick}\n{{\"tick\":");
    std::fs::write(directory.path().join("samples.jsonl"), text).unwrap();
    let output = run(evenkeel(directory.path()).args(["memory", "replay", "samples.jsonl"]));
    let (said, notes) = (stdout(&output), stderr(&output));
    assert_eq!(output.status.code(), Some(0), "{notes}");
    assert!(said.contains("2 samples") && said.contains("process generation 1: warming up"), "{said}");
    let notes: Vec<&str> = notes.lines().collect();
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(notes[0].contains("samples.jsonl line 2: not what is written here"), "{notes:?}");
    assert!(notes[1].contains("samples.jsonl line 4: broken off"), "{notes:?}");
}

#[actix_rt::test]
async fn what_is_no_daemon_is_said_to_be_none() {
    let house = House::open(|_| {}).await;
    let directory = tempdir().unwrap();
    let url = format!("http://{}", house.exchange.address());
    let line = refused(directory.path(), &["status", "--url", &url], 1);
    assert!(line.contains(&url) && line.contains("evenkeel daemon"), "{line}");
}
