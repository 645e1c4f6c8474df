//! The simulated exchange in a process of its own, so that its memory is not the daemon's; its clock follows ours.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use jiff::Timestamp;

use super::error::SoakError;
use crate::config::SourcesConfig;

/// How long it may take to set its clock.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// The running exchange; ended when dropped.
pub(super) struct Exchange {
    process: Child,
    address: String,
}

impl Exchange {
    /// Starts it, and has `sources` ask it.
    pub(super) fn start(
        program: &Path,
        coins: u32,
        start: Timestamp,
        sources: &mut SourcesConfig,
    ) -> Result<Self, SoakError> {
        let failed = |reason: std::io::Error| SoakError::Exchange(format!("{}: {reason}", program.display()));
        let mut process = Command::new(program)
            .args(["simulate", "--log-format", "json", "--stands-at", &start.to_string()])
            .args(["--coins", &coins.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        let printed = process.stdout.take().map(BufReader::new);
        let mut exchange = Self { process, address: String::new() };
        let Some(printed) = printed else { return Err(SoakError::Exchange("it says nothing".to_owned())) };
        let mut urls = printed
            .lines()
            .map_while(Result::ok)
            .filter_map(|line| Some(line.strip_prefix("base_url = \"")?.trim_end_matches('"').to_owned()));
        for source in sources.each_mut() {
            source.base_url = urls.next().ok_or_else(|| {
                SoakError::Exchange("it has ended before it said where it listens".to_owned())
            })?;
            exchange.address = address_of(&source.base_url).to_owned();
        }
        Ok(exchange)
    }

    /// Where it listens, for example `127.0.0.1:40123`.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Sets its clock.
    pub(super) fn set_time(&self, time: Timestamp) -> Result<(), SoakError> {
        let answer = self.post("/_simulator/time", &time.to_string());
        match answer {
            Ok(answer) if answer.starts_with("HTTP/1.1 200 ") => Ok(()),
            Ok(answer) => Err(SoakError::Exchange(answer.lines().next().unwrap_or_default().to_owned())),
            Err(reason) => Err(SoakError::Exchange(format!("{}: {reason}", self.address))),
        }
    }

    /// A connection a question: the daemon's memory is looked at while none is open.
    fn post(&self, path: &str, body: &str) -> std::io::Result<String> {
        let mut connection = TcpStream::connect(&self.address)?;
        connection.set_read_timeout(Some(ANSWER_WITHIN))?;
        let (address, length) = (&self.address, body.len());
        write!(
            connection,
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

/// `127.0.0.1:40123` of `http://127.0.0.1:40123/vietcap`.
fn address_of(url: &str) -> &str {
    url.trim_start_matches("http://").split('/').next().unwrap_or_default()
}

impl Drop for Exchange {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
