//! The simulated exchange in a process of its own, for tests that look at the memory of theirs, and one that is slow.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use evenkeel::config::Config;
use tempfile::TempDir;

use super::house::reqwest_client;
use super::program;

/// The simulated exchange as a program; killed when dropped.
pub struct Apart(Child);

impl Apart {
    /// Starts it, and has `config` ask it.
    pub fn start(directory: &TempDir, coins: u32, config: &mut Config) -> Self {
        let mut command = program::evenkeel(directory.path());
        command.args(["simulate", "--coins", &coins.to_string()]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let printed = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let urls: Vec<String> = printed
            .filter_map(|line| Some(line.strip_prefix("base_url = \"")?.trim_end_matches('"').to_owned()))
            .take(8)
            .collect();
        for (source, url) in config.market.sources.each_mut().into_iter().zip(urls) {
            source.base_url = url;
        }
        Self(child)
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Has the exchange, whose line of the log says where it is, send a byte of its constituents every 200 ms.
pub async fn slow_down_the_constituents(log_line: &str) {
    let address = log_line.split_whitespace().find(|word| word.starts_with("127.0.0.1:")).unwrap();
    let url = format!("http://{address}/_simulator/faults");
    let fault = r#"{"source":"coingecko","fault":"slow-body","bytes":1,"pause_ms":200}"#;
    let answer =
        reqwest_client().post(url).header("content-type", "application/json").body(fault).send().await;
    assert!(answer.unwrap().status().is_success());
}
