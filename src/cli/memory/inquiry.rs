//! Asking a running daemon: one request over plain HTTP, one answer in memory, of bounded size and within a bounded
//! time.

use std::net::SocketAddr;
use std::time::Duration;

use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Body, Method, Request, Response, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::super::failure::Failure;
use super::super::system::block_on;
use crate::config::{Config, Secret};

/// No answer here is larger: 500 decision records come to about one MiB.
const LARGEST_ANSWER: usize = 16 << 20;
/// A daemon answers from memory.
const WITHIN: Duration = Duration::from_secs(10);

/// Whom to ask.
pub(in crate::cli) struct Inquiry {
    /// Without a slash at its end.
    base: String,
    /// What the configured daemon may want to see; whoever else is asked has no business with it.
    token: Option<Secret>,
}

/// Why there is no answer.
pub(in crate::cli) enum Unanswered {
    /// Nobody listens there.
    Nobody(String),
    /// Whatever else went wrong, as a line.
    Wrong(String),
}

impl From<Unanswered> for Failure {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::Nobody(line) | Unanswered::Wrong(line) => Self::Failed(line),
        }
    }
}

impl Inquiry {
    /// The daemon at `url`, or at the configured address.
    pub(in crate::cli) fn of(url: Option<&str>, config: &Config) -> Result<Self, Failure> {
        let server = &config.server;
        let base = match url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None if server.port == 0 => {
                let line = "server.port is 0, so the daemon's port is not known; its log says it: give --url";
                return Err(Failure::Config(line.to_owned()));
            }
            None => format!("http://{}", SocketAddr::new(server.host, server.port)),
        };
        let parsed = Url::parse(&base).ok().filter(|url| url.scheme() == "http" && url.has_host());
        match parsed {
            Some(_) => Ok(Self { base, token: server.token.clone().filter(|_| url.is_none()) }),
            None => Err(Failure::Config(format!(
                "--url {base:?}: write the address of a daemon, for example http://127.0.0.1:8888"
            ))),
        }
    }

    /// Asks, and returns the answer as it is understood and as it was sent.
    pub(in crate::cli) fn ask<T: DeserializeOwned>(&self, path: &str) -> Result<(T, String), Unanswered> {
        let base = &self.base;
        let (code, text) = self.fetch(path)?;
        if code != 200 {
            #[derive(Deserialize)]
            struct Problem {
                detail: String,
            }
            let line = match serde_json::from_str::<Problem>(&text) {
                Ok(Problem { detail }) => format!("the daemon at {base} answers {code}: {detail}"),
                Err(_) => format!(
                    "{base} answers {code} and is no evenkeel daemon; give the address of one by --url"
                ),
            };
            return Err(Unanswered::Wrong(line));
        }
        match serde_json::from_str(&text) {
            Ok(answer) => Ok((answer, text)),
            Err(error) => Err(Unanswered::Wrong(format!(
                "{base} answers, but not as an evenkeel daemon of this version does: {error}"
            ))),
        }
    }

    fn fetch(&self, path: &str) -> Result<(u16, String), Unanswered> {
        let base = &self.base;
        let url = Url::parse(&format!("{base}{path}"))
            .map_err(|error| Unanswered::Wrong(format!("{base}{path}: {error}")))?;
        let answered =
            block_on(async { Ok(tokio::time::timeout(WITHIN, get(url, self.token.as_ref())).await) });
        match answered {
            Ok(Ok(Ok(answer))) => Ok(answer),
            Ok(Ok(Err(Broken::Connect(reason)))) => Err(Unanswered::Nobody(format!(
                "no daemon answers at {base}: {reason}; is it running, and is this its address (server.port, PORT, --url)?"
            ))),
            Ok(Ok(Err(Broken::Midway(reason)))) => {
                Err(Unanswered::Wrong(format!("{base} gives no answer that can be read: {reason}")))
            }
            Ok(Err(_)) => Err(Unanswered::Wrong(format!("{base} gives no answer within {WITHIN:?}"))),
            Err(failure) => Err(Unanswered::Wrong(failure.to_string())),
        }
    }
}

enum Broken {
    Connect(String),
    Midway(String),
}

async fn get(url: Url, token: Option<&Secret>) -> Result<(u16, String), Broken> {
    let midway = |error: &dyn std::error::Error| Broken::Midway(root(error));
    let mut request = Request::new(Method::GET, url);
    if let Some(token) = token {
        let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose()))
            .map_err(|_| Broken::Midway("the token cannot be sent".to_owned()))?;
        value.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, value);
    }
    let request = request.try_into().map_err(|error: reqwest::Error| midway(&error))?;
    let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    let answer = client.request(request).await.map_err(|error| match error.is_connect() {
        true => Broken::Connect(root(&error)),
        false => midway(&error),
    })?;
    let mut answer = Response::from(answer.map(Body::wrap));
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|error| midway(&error))? {
        if body.len() + piece.len() > LARGEST_ANSWER {
            return Err(Broken::Midway(format!("it is longer than {LARGEST_ANSWER} bytes")));
        }
        body.extend_from_slice(&piece);
    }
    let text = String::from_utf8(body).map_err(|error| midway(&error))?;
    Ok((answer.status().as_u16(), text))
}

/// The innermost reason, which is the operating system's where there is one; on one line.
fn root(error: &dyn std::error::Error) -> String {
    let innermost = std::iter::successors(Some(error), |error| error.source()).last().unwrap_or(error);
    innermost.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}
