//! One HTTP exchange: a request, a status, a body of bounded length within a bounded time.
//!
//! The time limit covers everything from the first byte sent to the last byte read and is real time: a network does
//! not run faster because a demo does.

use std::error::Error;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderName, RETRY_AFTER};
use reqwest::{RequestBuilder, Response};

use super::failure::{Failure, classify, is_page, one_line, page_instead_of_data, retry_after};
use crate::clock::Stopwatch;

/// What is read of a body that only explains a refusal.
const EXPLANATION: usize = 4096;

/// A time limit that several requests share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    pub(super) since: Stopwatch,
    pub(super) limit: Duration,
}

impl Deadline {
    /// Runs `work` for as long as the limit allows.
    pub(super) async fn within<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let left = self.limit.saturating_sub(self.since.elapsed());
        let timed_out = Failure::TimedOut { limit: self.limit };
        tokio::time::timeout(left, work).await.unwrap_or(Err(timed_out))
    }
}

/// A body that is data as far as its first bytes tell; read it with [`Body::next`].
#[derive(Debug)]
pub(super) struct Body {
    response: Response,
    first: Option<Bytes>,
    taken: u64,
    limit: u64,
}

/// Sends a request and waits for the headers of the answer.
pub(super) async fn send(request: RequestBuilder) -> Result<Response, Failure> {
    request.send().await.map_err(|error| failure(error.is_connect(), &error))
}

/// What it means that a request got no answer.
pub(super) fn failure(while_connecting: bool, error: &dyn Error) -> Failure {
    let cause = root_cause(error);
    if while_connecting { Failure::Unreachable(cause) } else { Failure::BrokenOff(cause) }
}

/// Looks at the start of an answer. `now` is needed to understand a date in `Retry-After`.
pub(super) async fn open(mut response: Response, limit: u64, now: Timestamp) -> Result<Body, Failure> {
    let status = response.status().as_u16();
    if status != 200 {
        let wait = header(&response, RETRY_AFTER).and_then(|value| retry_after(value, now));
        let explanation = start_of(&mut response).await;
        return Err(classify(status, wait, &explanation));
    }
    if response.content_length().is_some_and(|length| length > limit) {
        return Err(Failure::TooLong { limit });
    }
    let mut body = Body { response, first: None, taken: 0, limit };
    let first = body.next().await?;
    let content_type = header(&body.response, CONTENT_TYPE).unwrap_or_default();
    if is_page(content_type, first.as_deref().unwrap_or_default()) {
        return Err(page_instead_of_data(status));
    }
    body.first = first;
    Ok(body)
}

impl Body {
    /// The next piece, or nothing at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        let chunk = self.response.chunk().await.map_err(|error| Failure::BrokenOff(root_cause(&error)))?;
        self.taken += chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
        if self.taken > self.limit { Err(Failure::TooLong { limit: self.limit }) } else { Ok(chunk) }
    }

    /// The whole body.
    pub(super) async fn whole(mut self) -> Result<Bytes, Failure> {
        let mut whole = BytesMut::new();
        while let Some(chunk) = self.next().await? {
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.freeze())
    }
}

/// The first bytes of an error body; a body that cannot be read explains nothing.
async fn start_of(response: &mut Response) -> Vec<u8> {
    let mut start = Vec::new();
    while start.len() < EXPLANATION {
        let Ok(Some(chunk)) = response.chunk().await else { break };
        let wanted = chunk.len().min(EXPLANATION - start.len());
        start.extend_from_slice(&chunk[..wanted]);
    }
    start
}

fn header(response: &Response, name: HeaderName) -> Option<&str> {
    response.headers().get(name)?.to_str().ok()
}

/// The innermost cause: the outer ones only say that a request failed.
fn root_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    one_line(&cause.to_string())
}
