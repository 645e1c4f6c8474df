//! What goes wrong with sources as a whole: they cannot be set up, or a page of constituents cannot be had.

use jiff::Timestamp;

use super::failure::Failure;
use crate::market::model::SourceName;

/// Why sources could not be set up or asked.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SourceError {
    /// The TLS configuration could not be built.
    #[error("TLS could not be set up: {0}")]
    Tls(String),
    /// The HTTP client could not be built.
    #[error("the HTTP client could not be set up: {0}")]
    Client(String),
    /// A base URL is not one.
    #[error(
        "market.sources: the base_url of {name} is \"{url}\"; it must be like https://host or http://host:port"
    )]
    BaseUrl {
        /// The source.
        name: SourceName,
        /// What was configured.
        url: String,
    },
    /// A key cannot be sent. The key itself is not shown.
    #[error("market.sources: the api_key of {name} holds characters that cannot be sent in a header")]
    ApiKey {
        /// The source.
        name: SourceName,
    },
    /// The source is switched off.
    #[error("{0} is not enabled")]
    Disabled(SourceName),
    /// The source asked to be left alone.
    #[error("{name} is not asked before {until:.0}: it {why}")]
    CoolingDown {
        /// The source.
        name: SourceName,
        /// When it may be asked again.
        until: Timestamp,
        /// What it did.
        why: String,
    },
    /// The source was asked and gave nothing.
    #[error("{name} {failure}")]
    Failed {
        /// The source.
        name: SourceName,
        /// What happened.
        failure: Failure,
    },
}

impl SourceError {
    /// Whether another question to the same source would end in the same way.
    pub(crate) fn ends_round(&self) -> bool {
        match self {
            Self::Failed { failure, .. } => failure.ends_round(),
            Self::Tls(_)
            | Self::Client(_)
            | Self::BaseUrl { .. }
            | Self::ApiKey { .. }
            | Self::Disabled(_)
            | Self::CoolingDown { .. } => true,
        }
    }
}
