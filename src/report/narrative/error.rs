//! Why there is no narrative.

use std::time::Duration;

use super::refusal::Refusal;

/// Why there is no narrative. Nothing that a server wrote is repeated, but for a few words of a draft that was refused:
/// it may have written the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NarrativeError {
    /// The HTTP client could not be built.
    #[error("the narrative's HTTP client could not be set up: {0}")]
    Client(String),
    /// The base URL is not one.
    #[error("report.narrative.base_url is \"{url}\"; it must be like https://host or http://host:port")]
    BaseUrl {
        /// What was configured.
        url: String,
    },
    /// There is no model.
    #[error("report.narrative.model is not set")]
    Model,
    /// The key cannot be sent.
    #[error("report.narrative.api_key holds characters that cannot be sent in a header")]
    ApiKey,
    /// Not everything had arrived when the time limit was over.
    #[error("the model did not answer within {} ms", limit.as_millis())]
    TimedOut {
        /// `report.narrative.time_limit`.
        limit: Duration,
    },
    /// No connection, or none that speaks HTTP.
    #[error("the model could not be reached: {0}")]
    Unreachable(String),
    /// The connection ended before the answer did.
    #[error("the model broke off in the middle of its answer")]
    BrokenOff,
    /// Any status but 200.
    #[error("the model answered with status {0}")]
    Status(u16),
    /// The answer is not labelled as JSON.
    #[error("the model answered with something else than JSON")]
    NotJson,
    /// The body is longer than what is read of it.
    #[error("the model answered with more than {limit} bytes")]
    TooLong {
        /// The longest body that is read.
        limit: usize,
    },
    /// The body is not JSON of the form that the interface promises.
    #[error("the model answered with JSON that cannot be read")]
    Unreadable,
    /// There is no draft in the answer.
    #[error("the model answered without a draft")]
    NoDraft,
    /// The model stopped before the end, because of a length limit or of its own rules.
    #[error("the model did not finish its draft")]
    Unfinished,
    /// The draft holds the key.
    #[error("the model's draft holds the key")]
    KeyRepeated,
    /// The draft does not keep to the facts or to the form.
    #[error("{0}")]
    Refused(#[from] Refusal),
}
