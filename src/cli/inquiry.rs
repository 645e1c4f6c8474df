//! Asking a running daemon: by its owner's socket, or at an address. Answers are of bounded size and come within a bounded
//! time, except the log that is followed.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use reqwest::{Method, Response, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::failure::Failure;
use super::transport::{Broken, Place, send};
use crate::config::Config;
use crate::daemon::{SOCKET, too_long};
use crate::journal::line::one_line;

/// No answer here is larger: a thousand lines of the log come to half a MiB, 500 decision records to one.
const LARGEST_ANSWER: usize = 16 << 20;

/// A daemon answers from memory.
const WITHIN: Duration = Duration::from_secs(10);

/// How long a refresh may take: as long as the slowest sources may.
const DONE_WITHIN: Duration = Duration::from_secs(120);

/// A daemon that is followed is not silent for longer: it sends an empty line every 15 s.
const SILENT: Duration = Duration::from_secs(45);

/// The longest line of a log that is followed.
const LONGEST_LINE: usize = 1 << 20;

/// The daemon that is asked.
#[derive(Debug, Args)]
pub(super) struct Whom {
    /// A daemon's address, for example http://127.0.0.1:8888; without it the one of this data directory
    #[arg(long, value_name = "URL")]
    pub(super) url: Option<String>,
}

/// Whom to ask.
#[derive(Debug)]
pub(super) struct Inquiry {
    place: Place,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// Nobody listens there.
    Nobody(String),
    /// Whatever else went wrong, as a line.
    Wrong(String),
}

impl Unanswered {
    pub(super) fn line(self) -> String {
        match self {
            Self::Nobody(line) | Self::Wrong(line) => line,
        }
    }
}

impl From<Unanswered> for Failure {
    fn from(unanswered: Unanswered) -> Self {
        Self::Failed(unanswered.line())
    }
}

impl Inquiry {
    /// The daemon at `--url`, or the one that works in the data directory.
    pub(super) fn of(whom: &Whom, config: &Config) -> Result<Self, Failure> {
        let place = match &whom.url {
            Some(url) => network(url, config)?,
            None => Place::Socket(config.data_dir.join(SOCKET)),
        };
        Ok(Self { place })
    }

    /// The daemon at `--url`, or the one that works in the data directory, or the one at the configured address.
    pub(super) fn nearest(whom: &Whom, config: &Config) -> Result<Self, Failure> {
        let server = &config.server;
        if whom.url.is_some() || config.data_dir.join(SOCKET).exists() {
            return Self::of(whom, config);
        }
        if server.port == 0 {
            let line = "server.port is 0, so the daemon's port is not known; its log says it: give --url";
            return Err(Failure::Config(line.to_owned()));
        }
        let base = format!("http://{}", SocketAddr::new(server.host, server.port));
        Ok(Self { place: network(&base, config)? })
    }

    /// Asks, and returns the answer as it is understood and as it was sent.
    pub(super) async fn ask<T: DeserializeOwned>(&self, path: &str) -> Result<(T, String), Unanswered> {
        self.answer(Method::GET, path, WITHIN).await
    }

    /// Has something done.
    pub(super) async fn order<T: DeserializeOwned>(&self, path: &str) -> Result<T, Unanswered> {
        self.answer(Method::POST, path, DONE_WITHIN).await.map(|(answer, _)| answer)
    }

    /// The lines of an answer that does not end.
    pub(super) async fn follow(&self, path: &str) -> Result<Lines<'_>, Unanswered> {
        let answer = tokio::time::timeout(WITHIN, send(&self.place, Method::GET, path)).await;
        let answer = answer.map_err(|_| self.late(WITHIN))?.map_err(|broken| self.broken(broken))?;
        let code = answer.status().as_u16();
        if code != 200 {
            let text = read(answer).await.map_err(|broken| self.broken(broken))?;
            return Err(self.problem(code, &text));
        }
        Ok(Lines { inquiry: self, answer, buffer: Vec::new() })
    }

    async fn answer<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        within: Duration,
    ) -> Result<(T, String), Unanswered> {
        let answering = async {
            let answer = send(&self.place, method, path).await?;
            Ok((answer.status(), read(answer).await?))
        };
        let answered = tokio::time::timeout(within, answering).await.map_err(|_| self.late(within))?;
        let (status, text) = answered.map_err(|broken| self.broken(broken))?;
        if !status.is_success() {
            return Err(self.problem(status.as_u16(), &text));
        }
        match serde_json::from_str(&text) {
            Ok(answer) => Ok((answer, text)),
            Err(error) => Err(Unanswered::Wrong(format!(
                "{} answers, but not as an evenkeel daemon of this version does: {error}",
                self.place
            ))),
        }
    }

    fn late(&self, within: Duration) -> Unanswered {
        Unanswered::Wrong(format!("{} gives no answer within {within:?}", self.place))
    }

    fn problem(&self, code: u16, text: &str) -> Unanswered {
        #[derive(Deserialize)]
        struct Problem {
            detail: String,
        }
        let place = &self.place;
        Unanswered::Wrong(match serde_json::from_str::<Problem>(text) {
            Ok(Problem { detail }) => {
                format!("the daemon at {place} answers {code}: {}", one_line(&detail))
            }
            Err(_) => {
                format!("{place} answers {code} and is no evenkeel daemon; give the address of one by --url")
            }
        })
    }

    fn broken(&self, broken: Broken) -> Unanswered {
        let place = &self.place;
        match (broken, place) {
            (Broken::Connect(reason), Place::Network { .. }) => Unanswered::Nobody(format!(
                "no daemon answers at {place}: {reason}; is it running, and is this its address (server.port, PORT, --url)?"
            )),
            (Broken::Connect(reason), Place::Socket(path)) => {
                let directory = path.parent().unwrap_or(path).display();
                let reason = too_long(path).unwrap_or(reason);
                Unanswered::Nobody(format!(
                    "no daemon answers at {place}: {reason}; is one running (`evenkeel run`), and is {directory} its \
                     data directory (--data-dir; a demo's is evenkeel-demo), or is it elsewhere (--url)?"
                ))
            }
            (Broken::Midway(reason), _) => {
                Unanswered::Wrong(format!("{place} gives no answer that can be read: {reason}"))
            }
        }
    }
}

fn network(url: &str, config: &Config) -> Result<Place, Failure> {
    let base = url.trim_end_matches('/').to_owned();
    let usable = |url: &Url| ["http", "https"].contains(&url.scheme()) && url.has_host();
    match Url::parse(&base).ok().filter(usable) {
        Some(_) => Ok(Place::Network { base, token: config.server.token.clone() }),
        None => Err(Failure::Config(format!(
            "--url {base:?}: write the address of a daemon, for example http://127.0.0.1:8888"
        ))),
    }
}

async fn read(mut answer: Response) -> Result<String, Broken> {
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|error| Broken::midway(&error))? {
        if body.len() + piece.len() > LARGEST_ANSWER {
            return Err(Broken::Midway(format!("it is longer than {LARGEST_ANSWER} bytes")));
        }
        body.extend_from_slice(&piece);
    }
    String::from_utf8(body).map_err(|error| Broken::midway(&error))
}

/// The lines of an answer as they come.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    inquiry: &'a Inquiry,
    answer: Response,
    buffer: Vec<u8>,
}

impl Lines<'_> {
    /// The next line that is not empty; nothing at the end. May be given up and called again.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, Unanswered> {
        loop {
            while let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                let mut line: Vec<u8> = self.buffer.drain(..=end).collect();
                line.pop();
                if !line.is_empty() {
                    return Ok(Some(line));
                }
            }
            if self.buffer.len() > LONGEST_LINE {
                let line = format!("{} sends a line of more than {LONGEST_LINE} bytes", self.inquiry.place);
                return Err(Unanswered::Wrong(line));
            }
            let piece = tokio::time::timeout(SILENT, self.answer.chunk()).await;
            match piece.map_err(|_| self.inquiry.late(SILENT))? {
                Ok(Some(piece)) => self.buffer.extend_from_slice(&piece),
                // Whoever ends in the middle has ended as well.
                Ok(None) | Err(_) => return Ok(None),
            }
        }
    }
}

/// A path below the daemon's address, of these segments and with this query, both as they are meant.
pub(super) fn path(segments: &[&str], query: &[(&str, &str)]) -> String {
    let Ok(mut url) = Url::parse("http://evenkeel") else { return String::new() };
    if let Ok(mut path) = url.path_segments_mut() {
        path.extend(segments);
    }
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
    url.path().to_owned() + &query
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_types_stays_in_its_place() {
        assert_eq!(path(&["api", "v1", "status"], &[]), "/api/v1/status");
        assert_eq!(path(&["actors", "a/../b?c#", "restart"], &[]), "/actors/a%2F..%2Fb%3Fc%23/restart");
        assert_eq!(path(&["log"], &[("child", "a&b=c"), ("limit", "5")]), "/log?child=a%26b%3Dc&limit=5");
    }
}
