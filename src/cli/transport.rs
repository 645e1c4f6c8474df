//! How a request reaches a daemon: by the socket in its data directory, or over the network. One request a connection.

use std::error::Error;
use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hyper::client::conn::http1;
use hyper::header::{AUTHORIZATION, HOST};
use hyper::{Request, body::Incoming};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use reqwest::{Body, Method, Response};
use tokio::net::UnixStream;

use crate::clock::Clock;
use crate::config::Secret;
use crate::market::source::client_config;

/// How long a socket may be there without anybody who listens: a process that replaces itself takes less than that.
const ANEW_WITHIN: Duration = Duration::from_secs(3);

/// How often is tried whether somebody listens again.
const TRY_EVERY: Duration = Duration::from_millis(50);

/// Where a daemon is.
#[derive(Debug)]
pub(super) enum Place {
    /// Its owner's socket.
    Socket(PathBuf),
    /// An address, without a slash at its end, and the token that it may want.
    Network { base: String, token: Option<Secret> },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(path) => path.display().fmt(f),
            Self::Network { base, .. } => f.write_str(base),
        }
    }
}

/// Why there is no answer, on one line.
#[derive(Debug)]
pub(super) enum Broken {
    /// Nobody was reached, and nothing was asked.
    Connect(String),
    /// Whatever came after that.
    Midway(String),
}

impl Broken {
    pub(super) fn midway(error: &dyn Error) -> Self {
        Self::Midway(root(error))
    }
}

/// The innermost reason, which is the operating system's where there is one; on one line.
fn root(error: &dyn Error) -> String {
    let innermost = std::iter::successors(Some(error), |error| (*error).source()).last().unwrap_or(error);
    innermost.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Sends a request without a body, and returns the answer as soon as its head is there.
pub(super) async fn send(place: &Place, method: Method, path: &str) -> Result<Response, Broken> {
    let answer = match place {
        Place::Socket(socket) => {
            let waited = Clock::system().stopwatch();
            loop {
                match by_socket(socket, &method, path).await {
                    // The process made way for its next image, which is about to take its place.
                    Err(gone) if gone.may_come_back(&method) && waited.elapsed() < ANEW_WITHIN => {
                        tokio::time::sleep(TRY_EVERY).await;
                    }
                    answered => break answered.map_err(|gone| gone.broken)?,
                }
            }
        }
        Place::Network { base, token } => by_network(base, token.as_ref(), method, path).await?,
    };
    Ok(Response::from(answer.map(Body::wrap)))
}

/// What became of a connection to a socket.
struct Gone {
    broken: Broken,
    kind: Option<ErrorKind>,
}

impl Gone {
    /// Whether somebody listened there a moment ago; a question that may have been heard is only repeated if it changes
    /// nothing.
    fn may_come_back(&self, method: &Method) -> bool {
        match &self.broken {
            Broken::Connect(_) => self.kind == Some(ErrorKind::ConnectionRefused),
            Broken::Midway(_) => *method == Method::GET,
        }
    }
}

async fn by_socket(socket: &Path, method: &Method, path: &str) -> Result<hyper::Response<Incoming>, Gone> {
    let midway = |error: hyper::Error| Gone { broken: Broken::midway(&error), kind: None };
    let stream = UnixStream::connect(socket).await.map_err(|error| {
        let kind = Some(error.kind());
        let reason = match error.kind() {
            ErrorKind::PermissionDenied => {
                "it belongs to another user; run this command as that user".to_owned()
            }
            ErrorKind::ConnectionRefused => "nobody listens to it any more".to_owned(),
            _ => root(&error),
        };
        Gone { broken: Broken::Connect(reason), kind }
    })?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(midway)?;
    // It ends with the answer; how is seen there.
    tokio::spawn(connection);
    let request = Request::builder().method(method).uri(path).header(HOST, "evenkeel").body(String::new());
    let request = request.map_err(|error| Gone { broken: Broken::midway(&error), kind: None })?;
    sender.send_request(request).await.map_err(midway)
}

async fn by_network(
    base: &str,
    token: Option<&Secret>,
    method: Method,
    path: &str,
) -> Result<hyper::Response<Incoming>, Broken> {
    let mut request = Request::builder().method(method).uri(format!("{base}{path}"));
    if let Some(token) = token {
        request = request.header(AUTHORIZATION, format!("Bearer {}", token.expose()));
    }
    let request = request.body(String::new()).map_err(|error| Broken::midway(&error))?;
    let tls = client_config().map_err(|error| Broken::midway(&error))?;
    let mut connector = HttpConnector::new();
    connector.enforce_http(false);
    let client = Client::builder(TokioExecutor::new())
        .pool_max_idle_per_host(0)
        .build::<_, String>(HttpsConnector::from((connector, tls)));
    client.request(request).await.map_err(|error| match error.is_connect() {
        true => Broken::Connect(root(&error)),
        false => Broken::midway(&error),
    })
}
