//! The narrative: what a provider needs, what is refused, and that its key is never shown.

use std::time::Duration;

use evenkeel::config::{Config, NarrativeConfig, Provider, Secret};

use crate::setup::{Setup, loaded};

const NEEDS_A_MODEL: &str = "a provider needs a model; set report.narrative.model to its name, or write off";
const NEEDS_A_KEY: &str = "its own host answers nobody without a key; set EVENKEEL_NARRATIVE_KEY or \
                           report.narrative.api_key, or report.narrative.base_url to a server that needs none";

fn with(lines: &str) -> Setup {
    Setup::new().file(format!("[report.narrative]\n{lines}\n"))
}

#[test]
fn it_is_off_unless_somebody_switches_it_on() {
    let narrative = Config::default().report.narrative;
    assert_eq!(narrative.provider, Provider::Off);
    assert_eq!((narrative.time_limit, narrative.max_words), (Duration::from_secs(30), 120));
    assert_eq!(narrative.effective_base_url(), None);
    // What is prepared but switched off needs nothing.
    assert!(with("model = \"a\"").load().is_ok() && with("max_words = 20").load().is_ok());
}

#[test]
fn a_provider_is_asked_at_its_own_host_unless_another_is_named() {
    for (provider, own) in
        [("openai", "https://api.openai.com"), ("gemini", "https://generativelanguage.googleapis.com")]
    {
        let setup = with(&format!("provider = \"{provider}\"\nmodel = \"m\""))
            .variable("EVENKEEL_NARRATIVE_KEY", "sk-secret");
        let narrative = loaded(&setup).config.report.narrative;
        assert_eq!(narrative.effective_base_url(), Some(own));
        assert_eq!(narrative.provider.to_string(), provider);

        // A server on this machine needs no key.
        let local =
            format!("provider = \"{provider}\"\nmodel = \"m\"\nbase_url = \"http://127.0.0.1:8080/\"");
        let narrative = loaded(&with(&local)).config.report.narrative;
        assert_eq!(narrative.effective_base_url(), Some("http://127.0.0.1:8080"));
    }
}

#[test]
fn what_does_not_fit_is_refused_with_what_would_be_right() {
    let on = "provider = \"openai\"\nmodel = \"m\"";
    let model = format!("provider = \"openai\": {NEEDS_A_MODEL}");
    let key = format!("provider = \"openai\": {NEEDS_A_KEY}");
    let url =
        "write an absolute URL without credentials, query or fragment, for example https://api.example.com";
    let cases = [
        ("provider = \"openai\"".to_owned(), model),
        ("provider = \"gemini\"".to_owned(), format!("provider = \"gemini\": {NEEDS_A_MODEL}")),
        (on.to_owned(), key.clone()),
        (format!("{on}\nbase_url = \"https://api.openai.com/\""), key.clone()),
        (format!("{on}\nbase_url = \"https://API.OpenAI.com.:443\""), key),
        ("provider = \"gemini\"\nmodel = \"m\"".to_owned(), format!("provider = \"gemini\": {NEEDS_A_KEY}")),
        ("provider = \"llama\"".to_owned(), "provider = \"llama\": write off or openai or gemini".to_owned()),
        ("provider = true".to_owned(), "provider = true: write off or openai or gemini".to_owned()),
        ("model = \"\"".to_owned(), "model = \"\": write a text that is not empty".to_owned()),
        ("base_url = \"\"".to_owned(), format!("base_url = \"\": {url}")),
        ("base_url = \"api.openai.com\"".to_owned(), format!("base_url = \"api.openai.com\": {url}")),
        ("time_limit = \"0s\"".to_owned(), "time_limit = \"0s\": write at least 1ms".to_owned()),
        ("max_words = 19".to_owned(), "max_words = 19: write a whole number from 20 to 400".to_owned()),
        ("max_words = 401".to_owned(), "max_words = 401: write a whole number from 20 to 400".to_owned()),
    ];
    for (lines, error) in cases {
        assert_eq!(with(&lines).error(), format!("report.narrative.{error}"));
    }
    assert_eq!(
        with("modell = \"m\"").error(),
        "report.narrative.modell: unknown key; the nearest known key is report.narrative.model"
    );
}

#[test]
fn the_key_is_never_shown_and_an_empty_variable_sets_none() {
    let setup = with("provider = \"openai\"\nmodel = \"m\"").variable("EVENKEEL_NARRATIVE_KEY", "hunter2");
    let found = loaded(&setup);
    assert_eq!(found.config.report.narrative.api_key.as_ref().unwrap().expose(), "hunter2");
    let shown = found.to_toml().unwrap();
    assert!(shown.contains("[report.narrative]\nprovider = \"openai\"  # "), "{shown}");
    assert!(shown.contains("# api_key is set and not shown  # EVENKEEL_NARRATIVE_KEY"), "{shown}");
    assert!(shown.contains("# base_url is not set  # default"), "{shown}");
    let json = serde_json::to_string(&found.config).unwrap();
    for text in [shown, json, format!("{found:?}"), found.config.to_toml().unwrap()] {
        assert!(!text.contains("hunter2"), "{text}");
    }

    let emptied = loaded(&Setup::new().variable("EVENKEEL_NARRATIVE_KEY", " "));
    assert_eq!(emptied.config.report.narrative, NarrativeConfig::default());
    let unsendable = Setup::new().variable("EVENKEEL_NARRATIVE_KEY", "hunter 2");
    let hidden = "(hidden): holds characters that cannot be sent in a header; write visible ASCII only";
    assert_eq!(unsendable.error(), format!("EVENKEEL_NARRATIVE_KEY = {hidden}"));
    let mut config = Config::default();
    config.report.narrative.api_key = Some(Secret::new("hunter\n2"));
    assert_eq!(config.validate().unwrap_err().to_string(), format!("report.narrative.api_key = {hidden}"));
}
