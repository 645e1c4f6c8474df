//! Rules of the narrative: what a provider needs before it can be asked.

use reqwest::Url;
use toml::Value;

use super::super::error::ConfigError;
use super::super::kind::Kind;
use super::super::narrative::{NarrativeConfig, Provider};
use super::super::secret::HIDDEN;

type Subject<'a> = &'a dyn Fn(&str) -> String;

pub(super) fn check(narrative: &NarrativeConfig, subject: Subject<'_>) -> Result<(), ConfigError> {
    if let Some(key) = &narrative.api_key {
        let accepted = Kind::Secret(1).accept(&Value::String(key.expose().to_owned()));
        accepted.map_err(|right| ConfigError::Value {
            subject: subject("report.narrative.api_key"),
            value: HIDDEN.to_owned(),
            right,
        })?;
    }
    if narrative.provider == Provider::Off {
        return Ok(());
    }
    if narrative.model.is_none() {
        let right = "a provider needs a model; set report.narrative.model to its name, or write off";
        return Err(wrong(narrative.provider, subject, right));
    }
    if narrative.api_key.is_none() && asks_its_own_host(narrative) {
        let right = "its own host answers nobody without a key; set EVENKEEL_NARRATIVE_KEY or \
                     report.narrative.api_key, or report.narrative.base_url to a server that needs none";
        return Err(wrong(narrative.provider, subject, right));
    }
    Ok(())
}

/// Whether the URL leads to the provider itself, however its host is written.
fn asks_its_own_host(narrative: &NarrativeConfig) -> bool {
    let host = |url: Option<&str>| Some(Url::parse(url?).ok()?.host_str()?.trim_end_matches('.').to_owned());
    host(narrative.effective_base_url()) == host(narrative.provider.own_base_url())
}

fn wrong(provider: Provider, subject: Subject<'_>, right: &str) -> ConfigError {
    ConfigError::Value {
        subject: subject("report.narrative.provider"),
        value: format!("\"{provider}\""),
        right: right.to_owned(),
    }
}
