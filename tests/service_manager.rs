//! The daemon under a service manager: what it says of itself, and when it says nothing.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};

use tempfile::tempdir;

mod common;
use common::client::get;
use common::program::{Running, evenkeel, run, stderr, stdout};
use common::{SOON, eventually};

/// The other end of `NOTIFY_SOCKET`.
struct Manager {
    hears: Receiver<Vec<String>>,
    heard: Vec<Vec<String>>,
}

impl Manager {
    fn listen(directory: &Path) -> Self {
        let socket = UnixDatagram::bind(directory.join("notify")).unwrap();
        let (tell, hears) = channel();
        std::thread::spawn(move || {
            let mut message = [0; 4096];
            while let Ok(length) = socket.recv(&mut message) {
                let text = String::from_utf8(message[..length].to_vec()).unwrap();
                if tell.send(text.lines().map(str::to_owned).collect()).is_err() {
                    break;
                }
            }
        });
        Self { hears, heard: Vec::new() }
    }

    /// Waits for the `count`th message with such a line, and returns its lines.
    async fn hears(&mut self, count: usize, line: &str) -> Vec<String> {
        let hears = &self.hears;
        let heard = std::cell::RefCell::new(&mut self.heard);
        eventually(SOON, &format!("{line} for the {count}th time"), async || {
            heard.borrow_mut().extend(hears.try_iter());
            let heard = heard.borrow();
            let found = heard.iter().filter(|message| message.iter().any(|said| said.starts_with(line)));
            found.into_iter().nth(count - 1).cloned()
        })
        .await
    }

    fn all(&mut self) -> Vec<String> {
        self.heard.extend(self.hears.try_iter());
        self.heard.concat()
    }
}

fn demo(directory: &Path) -> Command {
    let mut command = evenkeel(directory);
    command.args(["demo", "--port", "0", "--log-format", "text"]);
    command.env("NOTIFY_SOCKET", directory.join("notify"));
    command
}

#[actix_rt::test]
async fn it_says_when_it_is_ready_what_it_does_and_when_it_ends() {
    let directory = tempdir().unwrap();
    let mut manager = Manager::listen(directory.path());
    let mut demo = Running::start(&mut demo(directory.path()));
    manager.hears(1, "READY=1").await;
    let status = manager.hears(1, "STATUS=16 of 16 indices at ").await.remove(0);
    // The time of the demo's clock, the hour of its next report, and real memory.
    assert!(status.contains(", next report ") && status.ends_with(" MiB resident"), "{status}");
    // It goes with the refreshes.
    manager.hears(3, "STATUS=16 of 16 indices at ").await;
    assert!(!manager.all().iter().any(|line| line == "WATCHDOG=1"), "nobody has asked for signs of life");
    demo.signal("TERM");
    manager.hears(1, "STOPPING=1").await;
    assert!(demo.ended(SOON).await.success());
    let all = manager.all();
    let count = |wanted: &str| all.iter().filter(|line| *line == wanted).count();
    assert_eq!((count("READY=1"), count("STOPPING=1"), count("RELOADING=1")), (1, 1, 0), "{all:?}");
}

#[actix_rt::test]
async fn it_gives_signs_of_life_to_whoever_asked_for_them() {
    let directory = tempdir().unwrap();
    let mut manager = Manager::listen(directory.path());
    let mut command = demo(directory.path());
    let _demo = Running::start(command.env("WATCHDOG_USEC", "400000"));
    manager.hears(8, "WATCHDOG=1").await;
}

#[actix_rt::test]
async fn signs_of_life_that_another_process_is_asked_for_are_not_given() {
    let directory = tempdir().unwrap();
    let mut manager = Manager::listen(directory.path());
    let mut command = demo(directory.path());
    let _demo = Running::start(command.env("WATCHDOG_USEC", "200000").env("WATCHDOG_PID", "1"));
    manager.hears(3, "STATUS=").await;
    assert!(!manager.all().iter().any(|line| line == "WATCHDOG=1"));
}

#[actix_rt::test]
async fn one_that_replaces_itself_says_so_and_the_next_one_is_ready_and_alive() {
    let directory = tempdir().unwrap();
    let mut manager = Manager::listen(directory.path());
    // The shell's PID is the daemon's.
    let line =
        format!("WATCHDOG_PID=$$ exec {} demo --port 0 --log-format text", env!("CARGO_BIN_EXE_evenkeel"));
    let mut command = Command::new("sh");
    command.env_clear().current_dir(directory.path()).args(["-c", &line]);
    command.env("NOTIFY_SOCKET", directory.path().join("notify")).env("WATCHDOG_USEC", "800000");
    let mut demo = Running::start(&mut command);
    manager.hears(1, "READY=1").await;
    let address = demo.address().await;
    demo.signal("USR2");
    let reloading = manager.hears(1, "RELOADING=1").await;
    let at = reloading.iter().find_map(|line| line.strip_prefix("MONOTONIC_USEC=")).unwrap();
    assert!(at.parse::<u64>().unwrap() > 0, "{reloading:?}");
    manager.hears(2, "READY=1").await;
    let before = manager.all();
    let order: Vec<&str> = before
        .iter()
        .map(String::as_str)
        .filter(|line| ["READY=1", "RELOADING=1", "STOPPING=1"].contains(line))
        .collect();
    assert_eq!(order, ["READY=1", "RELOADING=1", "READY=1"]);
    let signs = before.iter().filter(|line| *line == "WATCHDOG=1").count();
    manager.hears(signs + 3, "WATCHDOG=1").await;
    assert_eq!(get(address, "/health").unwrap().status, 200);
}

#[actix_rt::test]
async fn one_that_cannot_be_replaced_says_why_and_is_ready_as_before() {
    let directory = tempdir().unwrap();
    let mut manager = Manager::listen(directory.path());
    let config = directory.path().join("evenkeel.toml");
    // No source is asked, and none is needed to be ready.
    std::fs::write(&config, "server.port = 0\nmarket.vietnam = false\nmarket.crypto = false\n").unwrap();
    let mut command = evenkeel(directory.path());
    command.args(["run", "--log-format", "text"]).env("NOTIFY_SOCKET", directory.path().join("notify"));
    let demo = Running::start(&mut command);
    manager.hears(1, "READY=1").await;
    manager.hears(1, "STATUS=").await;
    std::fs::write(&config, "server.prot = 0").unwrap();
    demo.signal("USR2");
    manager.hears(1, "RELOADING=1").await;
    let ready = manager.hears(2, "READY=1").await;
    let status = ready.iter().find(|line| line.starts_with("STATUS=")).unwrap();
    assert!(status.starts_with("STATUS=not replaced: ") && status.contains("server.prot"), "{status}");
}

#[actix_rt::test]
async fn whoever_asks_how_it_is_learns_it_from_the_exit_code() {
    let directory = tempdir().unwrap();
    let mut demo =
        Running::start(evenkeel(directory.path()).args(["demo", "--port", "0", "--log-format", "text"]));
    let url = format!("http://{}", demo.address().await);
    let health = |more: &[&str]| run(evenkeel(directory.path()).args(["health", "--url", &url]).args(more));
    let well = health(&[]);
    assert_eq!((well.status.code(), stdout(&well).as_str()), (Some(0), "healthy\n"), "{}", stderr(&well));
    let ready = health(&["--ready"]);
    assert_eq!((ready.status.code(), stdout(&ready).as_str()), (Some(0), "ready\n"), "{}", stderr(&ready));
    demo.signal("TERM");
    demo.ended(SOON).await;
    let gone = health(&[]);
    assert_eq!(gone.status.code(), Some(1));
    assert!(stderr(&gone).starts_with(&format!("evenkeel: no daemon answers at {url}: ")), "{gone:?}");
}
