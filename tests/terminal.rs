//! The operator's terminal: a running daemon looked at and commanded by the commands of its user, over its socket.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::{TempDir, tempdir};

mod common;
use common::program::{Running, evenkeel, run, stderr, stdout};
use common::{SOON, eventually};

const DATA_DIR: &str = "evenkeel-demo";

/// A demo in a directory of its own, working.
async fn demo() -> (TempDir, Running) {
    let directory = tempdir().unwrap();
    let mut demo =
        Running::start(evenkeel(directory.path()).args(["demo", "--port", "0", "--log-format", "text"]));
    demo.address().await;
    (directory, demo)
}

fn socket(directory: &TempDir) -> PathBuf {
    directory.path().join(DATA_DIR).join("evenkeel.sock")
}

/// Runs a command beside the demo and returns what it prints.
fn told(directory: &Path, arguments: &[&str]) -> String {
    let output = run(evenkeel(directory).args(arguments).args(["--data-dir", DATA_DIR]));
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", stderr(&output));
    stdout(&output)
}

/// The same, of which one line of complaint is expected.
fn refused(directory: &Path, arguments: &[&str], code: i32) -> String {
    let output = run(evenkeel(directory).args(arguments));
    let line = stderr(&output);
    assert_eq!((output.status.code(), line.lines().count()), (Some(code), 1), "{arguments:?}: {line}");
    assert_eq!(stdout(&output), "");
    line
}

fn status(directory: &Path) -> Value {
    serde_json::from_str(&told(directory, &["status", "--json"])).unwrap()
}

fn generation(status: &Value, name: &str) -> u64 {
    let actor = status["actors"].as_array().unwrap().iter().find(|actor| actor["name"] == name).unwrap();
    assert_eq!(actor["state"], "running", "{actor}");
    actor["generation"].as_u64().unwrap()
}

#[actix_rt::test]
async fn a_daemon_is_looked_at_and_commanded_over_its_socket() {
    let (directory, mut demo) = demo().await;
    let path = directory.path();
    let metadata = std::fs::metadata(socket(&directory)).unwrap();
    assert!(metadata.file_type().is_socket());
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);

    let seen = status(path);
    assert_eq!((&seen["course"]["state"], &seen["pid"]), (&"supervising".into(), &demo.pid().into()));
    assert_eq!((&seen["indices"]["known"], &seen["course"]["speed"]), (&16.into(), &60.0.into()));
    let screen = told(path, &["status"]);
    assert!(screen.starts_with("evenkeel 0.1.0  running  up ") && screen.contains("clock × 60"), "{screen}");
    for part in [
        "indices  16 of 16 known",
        "reports  ",
        "process  pid ",
        "report-builder",
        "restarts: because of memory",
    ] {
        assert!(screen.contains(part), "{part}: {screen}");
    }

    assert_eq!(generation(&seen, "report-builder"), 1);
    let restarted = told(path, &["restart", "report-builder"]);
    assert!(restarted.starts_with("report-builder is restarted: generation 2 runs, "), "{restarted}");
    assert_eq!(generation(&status(path), "report-builder"), 2);
    let screen = told(path, &["status"]);
    assert!(screen.contains("report-builder generation 1 was restarted on request"), "{screen}");
    let line = refused(path, &["restart", "bob", "--data-dir", DATA_DIR], 1);
    assert!(line.contains("answers 404: there is no child named \"bob\"; there are persistence, "), "{line}");

    let refreshed = told(path, &["refresh"]);
    assert!(refreshed.starts_with("refreshed 16 of 16 indices, "), "{refreshed}");

    // The memory commands go the same way.
    assert!(told(path, &["memory", "status"]).contains("unattributed"));
    assert_eq!(told(path, &["memory", "decisions"]), "nothing was decided about memory yet\n");

    demo.signal("TERM");
    assert!(demo.ended(SOON).await.success(), "{}", demo.log());
    assert!(!socket(&directory).exists());
}

#[actix_rt::test]
async fn the_log_is_read_filtered_and_followed_into_the_next_process() {
    let (directory, mut demo) = demo().await;
    let path = directory.path();
    told(path, &["restart", "persistence"]);
    let log = told(path, &["logs", "--actor", "persistence", "--log-format", "text"]);
    let lines: Vec<&str> = log.lines().collect();
    assert!(lines[0].ends_with("INFO  persistence generation 1 started: first start"), "{log}");
    assert!(log.contains("persistence generation 2 started") && !log.contains("refreshed"), "{log}");
    let last = told(path, &["logs", "--lines", "1", "--actor", "market-indices"]);
    let last: Value = serde_json::from_str(&last).unwrap();
    assert_eq!((&last["event"], &last["level"]), (&"refreshed".into(), &"info".into()), "{last}");
    assert_eq!(told(path, &["logs", "--level", "error"]), "");
    let refused = refused(path, &["logs", "--actor", "bob", "--data-dir", DATA_DIR], 1);
    assert!(refused.contains("there is no actor \"bob\"; the actors are persistence, "), "{refused}");

    let file = std::fs::File::create(path.join("followed")).unwrap();
    let follow = ["logs", "-f", "--lines", "0", "--data-dir", DATA_DIR, "--log-format", "logfmt"];
    let mut follower = evenkeel(path).args(follow).stdout(file).spawn().unwrap();
    let followed = || std::fs::read_to_string(path.join("followed")).unwrap();
    // It follows once a line has come by that was written after it began.
    eventually(SOON, "a line is followed", async || followed().contains("event=refreshed").then_some(()))
        .await;
    demo.signal("USR2");
    demo.says(SOON, "(inherited)").await;
    let next = async || followed().contains("persistence generation 1 started: first start").then_some(());
    eventually(SOON, "the next process is followed", next).await;
    assert!(status(path)["pid"] == demo.pid(), "its socket is there as well");
    let kill = format!("kill -INT {}", follower.id());
    assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    let follower = std::cell::RefCell::new(&mut follower);
    let ended =
        eventually(SOON, "the follower ends", async || follower.borrow_mut().try_wait().unwrap()).await;
    assert_eq!(ended.code(), Some(0));
}

#[actix_rt::test]
async fn a_data_directory_has_one_daemon_and_what_a_dead_one_has_left_is_replaced() {
    let (directory, demo) = demo().await;
    let path = directory.path();
    let second = run(evenkeel(path).args(["demo", "--port", "0", "--for", "60s"]));
    assert_eq!(second.status.code(), Some(1));
    let complaint = stderr(&second);
    assert!(complaint.contains("another daemon works in the data directory evenkeel-demo: "), "{complaint}");
    assert_eq!(status(path)["pid"], demo.pid(), "the first one goes on");

    demo.signal("KILL");
    drop(demo);
    assert!(socket(&directory).exists(), "nobody was there to remove it");
    let line = refused(path, &["status", "--data-dir", DATA_DIR], 1);
    assert!(line.contains("evenkeel-demo/evenkeel.sock: nobody listens to it any more; "), "{line}");
    let mut demo = Running::start(evenkeel(path).args(["demo", "--port", "0", "--log-format", "text"]));
    demo.address().await;
    assert_eq!(status(path)["pid"], demo.pid());
}

#[test]
fn without_a_daemon_every_command_says_so_in_one_line() {
    let directory = tempdir().unwrap();
    let path = directory.path();
    for command in [&["status"][..], &["logs"], &["logs", "-f"], &["restart", "persistence"], &["refresh"]] {
        let line = refused(path, command, 1);
        assert!(line.contains("no daemon answers at evenkeel-data/evenkeel.sock: No such file"), "{line}");
        assert!(line.contains("`evenkeel run`") && line.contains("--data-dir"), "{line}");
        let line = refused(path, &[command, &["--url", "http://127.0.0.1:1"]].concat(), 1);
        assert!(line.contains("no daemon answers at http://127.0.0.1:1: "), "{line}");
    }
    let long = "x".repeat(200);
    let line = refused(path, &["status", "--data-dir", &long], 1);
    assert!(line.contains("a socket's has 107 at most; choose a shorter data_dir"), "{line}");
    let line = refused(path, &["top"], 1);
    assert!(line.contains("top draws on a terminal") && line.contains("evenkeel status"), "{line}");
    let line = refused(path, &["logs", "--level", "loud"], 2);
    assert!(line.contains("'loud' for '--level <LEVEL>'"), "{line}");
    let line = refused(path, &["status", "--url", "ftp://x"], 2);
    assert!(line.contains("--url \"ftp://x\": write the address"), "{line}");
}

#[actix_rt::test]
async fn a_daemon_whose_socket_cannot_be_made_works_without() {
    let directory = tempdir().unwrap();
    let deep = "x".repeat(200);
    let arguments = ["demo", "--port", "0", "--data-dir", &deep, "--log-format", "text"];
    let mut demo = Running::start(evenkeel(directory.path()).args(arguments));
    let address = demo.address().await;
    demo.says(SOON, "a socket's has 107 at most").await;
    let url = format!("http://{address}");
    let seen = run(evenkeel(directory.path()).args(["status", "--json", "--url", &url]));
    let seen: Value = serde_json::from_str(&stdout(&seen)).unwrap();
    assert_eq!(seen["pid"], demo.pid());
}

#[test]
fn a_token_is_brought_to_an_address_and_not_needed_at_the_socket() {
    // What answers here is no daemon, and hears what is sent.
    let directory = tempdir().unwrap();
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    let mut program = evenkeel(directory.path());
    program.args(["refresh", "--url", &url]).env("EVENKEEL_TOKEN", "correct-horse-battery");
    let hearing = std::thread::spawn(move || heard(server.accept().unwrap().0));
    let line = stderr(&run(&mut program));
    let head = hearing.join().unwrap();
    assert!(head.starts_with("POST /api/v1/refresh HTTP/1.1\r\n"), "{head}");
    assert!(head.to_lowercase().contains("authorization: bearer correct-horse-battery\r\n"), "{head}");
    assert!(line.contains("answers 401: \\u{1b}[31mno"), "{line:?}");

    std::fs::create_dir(directory.path().join(DATA_DIR)).unwrap();
    let server = UnixListener::bind(directory.path().join(DATA_DIR).join("evenkeel.sock")).unwrap();
    let mut program = evenkeel(directory.path());
    program.args(["refresh", "--data-dir", DATA_DIR]).env("EVENKEEL_TOKEN", "correct-horse-battery");
    let hearing = std::thread::spawn(move || heard(server.accept().unwrap().0));
    run(&mut program);
    let head = hearing.join().unwrap();
    assert!(head.starts_with("POST /api/v1/refresh HTTP/1.1\r\n") && !head.contains("correct"), "{head}");
}

/// Reads the head of a request, and answers with something that would act on a terminal.
fn heard(mut stream: impl std::io::Read + std::io::Write) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        assert_eq!(stream.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&head));
        head.push(byte[0]);
    }
    let body = r#"{"detail": "\u001b[31mno"}"#;
    let answer = format!(
        "HTTP/1.1 401 Unauthorized\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).unwrap();
    String::from_utf8(head).unwrap()
}

#[actix_rt::test]
async fn who_says_nothing_at_the_socket_keeps_nobody_from_replacing_the_process() {
    let (directory, mut demo) = demo().await;
    let silent = UnixStream::connect(socket(&directory)).unwrap();
    demo.signal("USR2");
    demo.says(SOON, "(inherited)").await;
    demo.says_after(SOON, "(inherited)", "refreshed 16 of 16 indices").await;
    assert_eq!(status(directory.path())["pid"], demo.pid());
    drop(silent);
}
