//! The `evenkeel` program as an operator runs it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

#[allow(unused_imports, reason = "as above: every test binary uses a part of it")]
pub use super::commands::{example, run, stderr, stdout};
use super::{SOON, eventually};

/// The program, in an empty environment and in `directory`.
pub fn evenkeel(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
    command.env_clear().current_dir(directory).stdin(Stdio::null());
    command
}

/// A program that runs beside the test; killed when dropped.
pub struct Running {
    child: Child,
    log: std::sync::mpsc::Receiver<String>,
    seen: Vec<String>,
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let (line, log) = std::sync::mpsc::channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|text| line.send(text)));
        Self { child, log, seen: Vec::new() }
    }

    /// Waits for a log line that contains `text` and returns it.
    pub async fn says(&mut self, within: Duration, text: &str) -> String {
        let log = &self.log;
        let seen = std::cell::RefCell::new(&mut self.seen);
        eventually(within, &format!("the log says {text:?}"), async || {
            seen.borrow_mut().extend(log.try_iter());
            seen.borrow().iter().find(|line| line.contains(text)).cloned()
        })
        .await
    }

    /// Waits until the daemon works, and returns where it listens.
    pub async fn address(&mut self) -> SocketAddr {
        self.says(SOON, "refreshed 16 of 16 indices").await;
        let line = self.says(SOON, "listening on http://").await;
        line.split_whitespace().find_map(|word| word.strip_prefix("http://")).unwrap().parse().unwrap()
    }

    /// Waits until as many as `count` log lines contain `text`.
    pub async fn says_times(&mut self, within: Duration, text: &str, count: usize) {
        self.log_until(within, &format!("the log says {text:?} {count} times"), |seen| {
            seen.iter().filter(|line| line.contains(text)).count() >= count
        })
        .await;
    }

    /// Waits until a log line contains `text` that comes after all those which contain `before`.
    pub async fn says_after(&mut self, within: Duration, before: &str, text: &str) {
        self.log_until(within, &format!("the log says {text:?} after {before:?}"), |seen| {
            let after = seen.iter().rev().take_while(|line| !line.contains(before));
            after.into_iter().any(|line| line.contains(text))
        })
        .await;
    }

    async fn log_until(&mut self, within: Duration, what: &str, enough: impl Fn(&[String]) -> bool) {
        let log = &self.log;
        let seen = std::cell::RefCell::new(&mut self.seen);
        eventually(within, what, async || {
            seen.borrow_mut().extend(log.try_iter());
            enough(&seen.borrow()).then_some(())
        })
        .await;
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, name: &str) {
        // The shell's own: the program of that name is in a package that may not be there.
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    pub async fn ended(&mut self, within: Duration) -> ExitStatus {
        let child = std::cell::RefCell::new(&mut self.child);
        eventually(within, "the program ends", async || child.borrow_mut().try_wait().unwrap()).await
    }

    /// Everything that it has logged up to now.
    pub fn log(&mut self) -> String {
        self.seen.extend(self.log.try_iter());
        self.seen.join("\n")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
