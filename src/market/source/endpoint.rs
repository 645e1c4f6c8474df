//! One configured source: where it is, how it likes to be asked, and its gate.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use reqwest::{Client, RequestBuilder, Response, Url};

use super::client::Clients;
use super::error::SourceError;
use super::failure::Failure;
use super::gate::{Cooling, Due};
use super::gates::Gates;
use super::http::{self, Deadline};
use crate::clock::Clock;
use crate::config::{Secret, SourceConfig};
use crate::market::model::SourceName;

const OURSELVES: &str = concat!("evenkeel/", env!("CARGO_PKG_VERSION"));

/// Two sources answer nobody but browsers.
const BROWSER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/152.0.0.0 Safari/537.36";

const AS_BROWSER: &[(&str, &str)] = &[("user-agent", BROWSER), ("accept-language", "en-US,en;q=0.9")];

const AS_VIETCAPS_PAGE: &[(&str, &str)] = &[
    ("user-agent", BROWSER),
    ("accept-language", "en-US,en;q=0.9,vi-VN;q=0.8,vi;q=0.7"),
    ("cache-control", "no-cache"),
    ("pragma", "no-cache"),
    ("dnt", "1"),
    ("sec-fetch-dest", "empty"),
    ("sec-fetch-mode", "cors"),
    ("sec-fetch-site", "same-site"),
    ("referer", "https://trading.vietcap.com.vn/"),
    ("origin", "https://trading.vietcap.com.vn"),
];

/// One source.
#[derive(Debug, Clone)]
pub(super) struct Endpoint {
    pub(super) name: SourceName,
    pub(super) clock: Clock,
    gate: String,
    enabled: bool,
    base: String,
    headers: HeaderMap,
    min_interval: Duration,
    time_limit: Duration,
    max_body: u64,
    cool_down: Duration,
    client: Client,
    gates: Gates,
}

/// Whether the source is asked in this refresh.
#[derive(Debug, PartialEq)]
pub(super) enum Turn {
    /// It is asked.
    Ask,
    /// It is switched off and says nothing, not even an error.
    Off,
    /// It answered so recently that its answer still counts.
    TooEarly(Timestamp),
    /// It asked to be left alone.
    Cooling(Cooling),
}

impl Endpoint {
    pub(super) fn new(
        name: SourceName,
        config: &SourceConfig,
        clients: &Clients,
        gates: &Gates,
        clock: &Clock,
    ) -> Result<Self, SourceError> {
        let base = config.base_url.trim_end_matches('/');
        let url =
            Url::parse(base).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let url = url.ok_or_else(|| SourceError::BaseUrl { name, url: config.base_url.clone() })?;
        Ok(Self {
            name,
            clock: clock.clone(),
            gate: name.to_string(),
            enabled: config.enabled,
            base: base.to_owned(),
            headers: headers(name, config.api_key.as_ref().map(Secret::expose), &url)?,
            min_interval: config.min_interval,
            time_limit: config.time_limit,
            max_body: config.max_body.as_u64(),
            cool_down: config.cool_down,
            client: clients.client_for(&url),
            gates: gates.clone(),
        })
    }

    /// The same source behind another gate, for a part of it that refuses on its own.
    pub(super) fn behind(&self, gate: &str) -> Self {
        Self { gate: gate.to_owned(), ..self.clone() }
    }

    /// Whether the source may be asked. Without a recent answer to go by it may be asked before its minimum interval
    /// is over, though not more often than its cool-down.
    pub(super) fn turn(&self, has_recent_answer: bool) -> Turn {
        if !self.enabled {
            return Turn::Off;
        }
        let interval =
            if has_recent_answer { self.min_interval } else { self.min_interval.min(self.cool_down) };
        match self.gates.with(&self.gate, |gate| gate.due(self.clock.now(), interval)) {
            Due::Now => Turn::Ask,
            Due::NotBefore(not_before) => Turn::TooEarly(not_before),
            Due::Cooling(cooling) => Turn::Cooling(cooling),
        }
    }

    /// Like [`Endpoint::turn`] for a question that no minimum interval applies to.
    pub(super) fn admits(&self) -> Result<(), SourceError> {
        if !self.enabled {
            return Err(SourceError::Disabled(self.name));
        }
        let now = self.clock.now();
        match self.gates.with(&self.gate, |gate| gate.cooling(now).cloned()) {
            None => Ok(()),
            Some(Cooling { until, why }) => Err(SourceError::CoolingDown { name: self.name, until, why }),
        }
    }

    /// Starts the time limit of a round of requests.
    pub(super) fn deadline(&self) -> Deadline {
        Deadline { since: self.clock.stopwatch(), limit: self.time_limit }
    }

    /// A request for `path`, which begins with a slash and may have a query.
    pub(super) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.base)).headers(self.headers.clone())
    }

    /// A request that sends JSON.
    pub(super) fn post(&self, path: &str, json: String) -> RequestBuilder {
        let request = self.client.post(format!("{}{path}", self.base)).headers(self.headers.clone());
        request.header(CONTENT_TYPE, "application/json").body(json)
    }

    /// The body of a good answer.
    pub(super) async fn fetch(&self, request: RequestBuilder, deadline: &Deadline) -> Result<Bytes, Failure> {
        deadline.within(async { self.open(http::send(request).await?).await?.whole().await }).await
    }

    /// A good answer of which only the start was read. The caller keeps the time limit.
    pub(super) async fn open(&self, response: Response) -> Result<http::Body, Failure> {
        http::open(response, self.max_body, self.clock.now()).await
    }

    /// Tells the gate that a refresh was answered.
    pub(super) fn note_answer(&self) {
        self.gates.with(&self.gate, |gate| gate.answered(self.clock.now()));
    }

    /// Tells the gate that a question beside the refresh was answered.
    pub(super) fn note_recovery(&self) {
        self.gates.with(&self.gate, |gate| gate.recovered(self.clock.now()));
    }

    /// Tells the gate what went wrong; only refusals matter to it.
    pub(super) fn note_failure(&self, failure: &Failure) {
        if let Failure::Refused { refusal, .. } = failure {
            let now = self.clock.now();
            let chance = rand::random::<f64>();
            self.gates.with(&self.gate, |gate| {
                gate.refused(now, *refusal, failure.to_string(), self.cool_down, chance);
            });
        }
    }
}

/// The headers that a source wants besides those of every request.
fn headers(name: SourceName, api_key: Option<&str>, base: &Url) -> Result<HeaderMap, SourceError> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json, text/plain, */*"));
    headers.insert(USER_AGENT, HeaderValue::from_static(OURSELVES));
    let fixed = match name {
        SourceName::Vietcap => AS_VIETCAPS_PAGE,
        SourceName::Yahoo => AS_BROWSER,
        _ => &[],
    };
    for (header, value) in fixed {
        headers.insert(HeaderName::from_static(header), HeaderValue::from_static(value));
    }
    let key_header = match name {
        SourceName::Coingecko if base.host_str().is_some_and(|host| host.starts_with("pro-api.")) => {
            Some("x-cg-pro-api-key")
        }
        SourceName::Coingecko => Some("x-cg-demo-api-key"),
        SourceName::Coinpaprika => Some("authorization"),
        _ => None,
    };
    if let (Some(header), Some(key)) = (key_header, api_key.filter(|key| !key.is_empty())) {
        let mut value = HeaderValue::from_str(key).map_err(|_| SourceError::ApiKey { name })?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static(header), value);
    }
    Ok(headers)
}
