//! One request to a model over HTTP, within its limits.
//!
//! The time limit covers everything from the first byte sent to the last byte read, in real time. There is no second
//! attempt: the sentences that were written by rule stand where there is no narrative.

use std::error::Error;
use std::time::Duration;

use bytes::BytesMut;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use reqwest::{Client, Response, Url};
use rustls::ClientConfig;

use super::error::NarrativeError;
use super::facts::Facts;
use super::prompt;
use super::wire::{self, Question};
use crate::config::{NarrativeConfig, Provider, Secret};
use crate::market::source::client_of;
use crate::report::foreign;
use crate::report::language::Language;

/// A draft is a thousandth of it; the rest is what servers tell about themselves.
const LONGEST_ANSWER: usize = 256 * 1024;
const OURSELVES: &str = concat!("evenkeel/", env!("CARGO_PKG_VERSION"));
const JSON: &str = "application/json";

/// A model that is asked for a narrative.
#[derive(Debug, Clone)]
pub struct Narrator {
    client: Client,
    url: Url,
    headers: HeaderMap,
    dialect: Dialect,
    model: String,
    key: Option<Secret>,
    time_limit: Duration,
    pub(super) max_words: u32,
}

/// What is spoken.
#[derive(Debug, Clone, Copy)]
enum Dialect {
    Openai,
    Gemini,
}

impl Narrator {
    /// The narrator that is configured; none where the provider is off. `tls` is the process's shared one, see
    /// [`client_config`](crate::market::source::client_config).
    ///
    /// # Errors
    /// A configuration that [`Config::validate`](crate::config::Config::validate) would have refused, or a client that
    /// cannot be built.
    pub fn from_config(config: &NarrativeConfig, tls: &ClientConfig) -> Result<Option<Self>, NarrativeError> {
        let dialect = match config.provider {
            Provider::Off => return Ok(None),
            Provider::Openai => Dialect::Openai,
            Provider::Gemini => Dialect::Gemini,
        };
        let model = config.model.clone().ok_or(NarrativeError::Model)?;
        let base = config.effective_base_url().unwrap_or_default();
        let url =
            dialect.url(base, &model).ok_or_else(|| NarrativeError::BaseUrl { url: base.to_owned() })?;
        let client = client_of(tls, &url).map_err(|error| NarrativeError::Client(error.to_string()))?;
        Ok(Some(Self {
            client,
            url,
            headers: dialect.headers(config.api_key.as_ref())?,
            dialect,
            model,
            key: config.api_key.clone(),
            time_limit: config.time_limit,
            max_words: config.max_words,
        }))
    }

    /// What the model makes of the facts, in one request. Nothing is known yet of what it wrote, but that it is not
    /// the key.
    ///
    /// # Errors
    /// No draft could be had.
    pub async fn draft(&self, facts: &Facts, language: Language) -> Result<String, NarrativeError> {
        let question = Question {
            model: &self.model,
            instructions: prompt::instructions(language, self.max_words),
            facts: prompt::facts(facts),
            max_words: self.max_words,
        };
        let timed_out = NarrativeError::TimedOut { limit: self.time_limit };
        let answer = tokio::time::timeout(self.time_limit, self.ask(&question));
        let body = answer.await.unwrap_or(Err(timed_out))?;
        let draft = match self.dialect {
            Dialect::Openai => wire::from_openai(&body),
            Dialect::Gemini => wire::from_gemini(&body),
        }?;
        if self.key.as_ref().is_some_and(|key| draft.contains(key.expose())) {
            return Err(NarrativeError::KeyRepeated);
        }
        Ok(draft.trim().to_owned())
    }

    async fn ask(&self, question: &Question<'_>) -> Result<BytesMut, NarrativeError> {
        let json = match self.dialect {
            Dialect::Openai => question.for_openai(),
            Dialect::Gemini => question.for_gemini(),
        };
        let request = self.client.post(self.url.clone()).headers(self.headers.clone()).body(json.to_string());
        let response = request.send().await.map_err(|error| unanswered(&error))?;
        match response.status().as_u16() {
            200 => read(response).await,
            status => Err(NarrativeError::Status(status)),
        }
    }
}

impl Dialect {
    /// Where a model is asked.
    fn url(self, base: &str, model: &str) -> Option<Url> {
        let mut url = Url::parse(base).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        let mut path = url.path_segments_mut().ok()?;
        path.pop_if_empty();
        match self {
            Self::Openai => path.extend(["v1", "chat", "completions"]),
            // As a segment of its own, a name cannot lead anywhere else.
            Self::Gemini => path.extend(["v1beta", "models", &format!("{model}:generateContent")]),
        };
        drop(path);
        Some(url)
    }

    fn headers(self, key: Option<&Secret>) -> Result<HeaderMap, NarrativeError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(JSON));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
        headers.insert(USER_AGENT, HeaderValue::from_static(OURSELVES));
        let Some(key) = key.map(Secret::expose) else { return Ok(headers) };
        let (name, value) = match self {
            Self::Openai => (AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {key}"))),
            Self::Gemini => (HeaderName::from_static("x-goog-api-key"), HeaderValue::from_str(key)),
        };
        let mut value = value.map_err(|_| NarrativeError::ApiKey)?;
        value.set_sensitive(true);
        headers.insert(name, value);
        Ok(headers)
    }
}

/// The body of a good answer, piece by piece, so that a longer one is never held.
async fn read(mut response: Response) -> Result<BytesMut, NarrativeError> {
    let label =
        response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !is_json(label) {
        return Err(NarrativeError::NotJson);
    }
    let too_long = NarrativeError::TooLong { limit: LONGEST_ANSWER };
    if response.content_length().is_some_and(|length| length > LONGEST_ANSWER as u64) {
        return Err(too_long);
    }
    let mut body = BytesMut::new();
    while let Some(piece) = response.chunk().await.map_err(|_| NarrativeError::BrokenOff)? {
        if body.len() + piece.len() > LONGEST_ANSWER {
            return Err(too_long);
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// `application/json`, or a kind of it, whatever its parameters.
fn is_json(label: &str) -> bool {
    let kind = label.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == JSON || (kind.starts_with("application/") && kind.ends_with("+json"))
}

/// What it means that a request got no answer.
fn unanswered(error: &reqwest::Error) -> NarrativeError {
    if !error.is_connect() {
        return NarrativeError::BrokenOff;
    }
    // The innermost cause: the outer ones only say that a request failed.
    let mut cause: &dyn Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    NarrativeError::Unreachable(foreign::line(&cause.to_string(), foreign::ERROR_LIMIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_follows_whatever_base_there_is() {
        for (dialect, base, model, url) in [
            (Dialect::Openai, "https://h", "m", "https://h/v1/chat/completions"),
            (Dialect::Openai, "https://h/api/", "a/b", "https://h/api/v1/chat/completions"),
            (Dialect::Gemini, "http://h:1", "g-2.5", "http://h:1/v1beta/models/g-2.5:generateContent"),
            (Dialect::Gemini, "http://h", "../x?k", "http://h/v1beta/models/..%2Fx%3Fk:generateContent"),
        ] {
            assert_eq!(dialect.url(base, model).map(String::from).as_deref(), Some(url));
        }
        for base in ["", "h", "ftp://h", "mailto:a@b"] {
            assert!(dialect_refuses(base), "{base}");
        }
    }

    fn dialect_refuses(base: &str) -> bool {
        Dialect::Openai.url(base, "m").is_none()
    }

    #[test]
    fn json_is_known_by_its_label() {
        for (label, json) in [
            ("application/json", true),
            ("Application/JSON; charset=UTF-8", true),
            ("application/problem+json", true),
            ("text/html", false),
            ("text/json", false),
            ("", false),
        ] {
            assert_eq!(is_json(label), json, "{label}");
        }
    }
}
