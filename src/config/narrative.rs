//! Whether a language model puts the numbers of a report into words, and which.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::secret::Secret;

/// The narrative of a report. What a model writes is used only if every number in it is one of the report's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NarrativeConfig {
    /// Whose interface is spoken (`report.narrative.provider`; default `off`: no model is asked).
    pub provider: Provider,
    /// Scheme and host, and a path if the interface does not stand at the top, without a slash at the end
    /// (`report.narrative.base_url`; default none: the provider's own, see [`Provider::own_base_url`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// The model's name (`report.narrative.model`; default none; needed unless `provider` is `off`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// A key for the provider, which its own host does not answer without. Never shown (`report.narrative.api_key`,
    /// `EVENKEEL_NARRATIVE_KEY`; default none).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key: Option<Secret>,
    /// From the request to the last byte, in real time (`report.narrative.time_limit`; default 30 s).
    #[serde(with = "super::duration")]
    pub time_limit: Duration,
    /// A longer narrative is refused, 20 to 400 words (`report.narrative.max_words`; default 120).
    pub max_words: u32,
}

/// Whose interface is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// No model is asked.
    #[default]
    Off,
    /// OpenAI's chat completions, which many other servers speak as well.
    Openai,
    /// Gemini's `generateContent`.
    Gemini,
}

impl Provider {
    /// Where the provider itself answers; nowhere when it is off.
    pub fn own_base_url(self) -> Option<&'static str> {
        match self {
            Self::Off => None,
            Self::Openai => Some("https://api.openai.com"),
            Self::Gemini => Some("https://generativelanguage.googleapis.com"),
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "off",
            Self::Openai => "openai",
            Self::Gemini => "gemini",
        })
    }
}

impl Default for NarrativeConfig {
    fn default() -> Self {
        Self {
            provider: Provider::Off,
            base_url: None,
            model: None,
            api_key: None,
            time_limit: Duration::from_secs(30),
            max_words: 120,
        }
    }
}

impl NarrativeConfig {
    /// Where the provider is asked: `base_url`, or else its own; nowhere when it is off.
    pub fn effective_base_url(&self) -> Option<&str> {
        let own = self.provider.own_base_url()?;
        Some(self.base_url.as_deref().unwrap_or(own))
    }
}
