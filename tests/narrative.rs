//! Narratives from a model that keeps to the facts, and from one that lies, fails, floods or dawdles, over real HTTP.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test")]

mod model_drafts;
mod model_server;

use std::net::TcpListener;
use std::time::Duration;

use evenkeel::config::{NarrativeConfig, Provider, Secret};
use evenkeel::market::source::client_config;
use evenkeel::report::language::Language::{self, En, Vi};
use evenkeel::report::narrative::{Facts, NarrativeError, Narrator, Refusal, check};
use model_drafts::{HONEST, facts, ill_formed, lies, smuggled};
use model_server::{Answer, ModelServer, completion, generation};
use serde_json::json;

const KEY: &str = "sk-1853-hunter2";
const PROVIDERS: [Provider; 2] = [Provider::Openai, Provider::Gemini];

fn config(server: &ModelServer, provider: Provider) -> NarrativeConfig {
    NarrativeConfig {
        provider,
        base_url: Some(server.base_url.clone()),
        model: Some("a-model".to_owned()),
        api_key: Some(Secret::new(KEY)),
        time_limit: Duration::from_secs(10),
        ..NarrativeConfig::default()
    }
}

fn narrator(config: &NarrativeConfig) -> Narrator {
    Narrator::from_config(config, &client_config().unwrap()).unwrap().unwrap()
}

/// The error of one narrative, which shows neither the key nor more than a line.
async fn refused(narrator: &Narrator, language: Language) -> NarrativeError {
    let error = narrator.narrate(&facts(language), language).await.unwrap_err();
    let shown = format!("{error} {error:?} {narrator:?}");
    assert!(!shown.contains(KEY) && !shown.contains("hunter2"), "{shown}");
    assert!(error.to_string().lines().count() == 1 && error.to_string().chars().count() < 200, "{error}");
    error
}

#[actix_web::test]
async fn an_honest_draft_is_the_narrative_in_both_languages_and_from_both_providers() {
    let server = ModelServer::start();
    for provider in PROVIDERS {
        let narrator = narrator(&config(&server, provider));
        for (language, draft) in HONEST {
            server.answer(Answer::Draft(format!("\n{draft}\n")));
            assert_eq!(narrator.narrate(&facts(language), language).await.as_deref(), Ok(draft));
        }
    }
}

#[actix_web::test]
async fn each_provider_is_asked_as_it_wants_to_be_asked() {
    let server = ModelServer::start();
    server.answer(Answer::Draft("Quiet.".to_owned()));
    let facts = Facts { sentences: vec!["A rose 1%.".to_owned(), "B reads 49.".to_owned()] };

    narrator(&config(&server, Provider::Openai)).narrate(&facts, En).await.unwrap();
    let asked = server.asked().remove(0);
    assert_eq!(asked.address, "/v1/chat/completions");
    assert_eq!(asked.authorization.as_deref(), Some("Bearer sk-1853-hunter2"));
    assert_eq!((&asked.body["model"], &asked.body["temperature"]), (&json!("a-model"), &json!(0.2)));
    assert!(asked.body["max_tokens"].as_u64().unwrap() > 120);
    let messages = &asked.body["messages"];
    assert_eq!((&messages[0]["role"], &messages[1]["role"]), (&json!("system"), &json!("user")));
    assert!(messages[0]["content"].as_str().unwrap().contains("in English, in at most 120 words"));
    assert_eq!(messages[1]["content"], "A rose 1%.\nB reads 49.");

    narrator(&config(&server, Provider::Gemini)).narrate(&facts, Vi).await.unwrap();
    let asked = server.asked().remove(0);
    assert_eq!(asked.address, "/v1beta/models/a-model:generateContent");
    assert_eq!((asked.google_key.as_deref(), asked.authorization), (Some(KEY), None));
    let text = |part: &str| asked.body[part]["parts"][0]["text"].as_str().unwrap().to_owned();
    assert!(text("systemInstruction").contains("in Vietnamese"));
    assert_eq!(asked.body["contents"][0]["parts"][0]["text"], "A rose 1%.\nB reads 49.");
    assert!(asked.body["generationConfig"]["maxOutputTokens"].as_u64().unwrap() > 120);

    let without = NarrativeConfig { api_key: None, ..config(&server, Provider::Openai) };
    narrator(&without).narrate(&facts, En).await.unwrap();
    assert_eq!(server.asked().remove(0).authorization, None);
}

#[actix_web::test]
async fn a_draft_that_lies_is_refused_with_what_it_lies_about() {
    let server = ModelServer::start();
    let narrators = PROVIDERS.map(|provider| narrator(&config(&server, provider)));
    for (language, draft, refusal) in [lies(), smuggled(), ill_formed()].concat() {
        server.answer(Answer::Draft(draft.to_owned()));
        for narrator in &narrators {
            let error = refused(narrator, language).await;
            assert_eq!(error, NarrativeError::Refused(refusal.clone()), "{draft:?}");
        }
    }
}

#[test]
fn the_facts_themselves_and_what_only_says_less_are_accepted() {
    for language in Language::ALL {
        let facts = facts(language);
        assert_eq!(check(&facts.sentences.join(" "), &facts, language, 400), Ok(()));
        assert!(facts.numbers(language).len() > 20);
    }
    for (language, draft) in [
        (En, "A quiet day."),
        (En, "The VN-Index rose 0.850%."),
        (En, "The VN-Index climbed, up +0.85%."),
        (En, "Bitcoin traded at 78,231.5 after a 1.2% decline."),
        (En, "Coins are worth 2,620 billion dollars."),
        (En, "At 07:45 on 24 Apr 2026 the VN30 stood at 1,990.50."),
        (Vi, "Một phiên trầm lắng đầu năm."),
        (Vi, "Bitcoin giảm 1,2%, còn 78.231,50 đô la."),
        (Vi, "Vốn hóa đạt 2.620 tỷ USD."),
    ] {
        assert_eq!(check(draft, &facts(language), language, 120), Ok(()), "{draft}");
    }
    // A number word, a name in other letters and a dotted name may be repeated from the facts.
    let sentences =
        ["Three sources failed: alternative.me.", "币安人生 rose 1%."].map(str::to_owned).to_vec();
    let facts = Facts { sentences };
    for draft in ["Three failed.", "It was alternative.me.", "币安人生 gained 1%."] {
        assert_eq!(check(draft, &facts, En, 120), Ok(()), "{draft}");
    }
}

#[test]
fn a_draft_is_as_long_as_was_asked_for_and_no_longer() {
    let (facts, words) = (facts(En), |count: usize| vec!["calm"; count].join(" "));
    assert_eq!(check(&words(20), &facts, En, 20), Ok(()));
    assert_eq!(check(&words(21), &facts, En, 20), Err(Refusal::TooLong { most: 20 }));
    assert_eq!(check(&"đ".repeat(240), &facts, Vi, 20), Ok(()));
    assert_eq!(check(&"đ".repeat(100_000), &facts, Vi, 20), Err(Refusal::TooLong { most: 20 }));
}

#[test]
fn whatever_a_draft_is_made_of_it_is_judged_and_not_a_panic() {
    let pieces = [
        "0,85", "%", "\u{2212}", "$", "tỷ", "ễ", "\u{301}", "．", "×10", "⁻¹", "/", "\n", "(", ".", "ß", "İ",
        " ",
    ];
    for language in Language::ALL {
        let facts = facts(language);
        for a in pieces {
            for b in pieces {
                for c in pieces {
                    let _ = check(&format!("{a}{b}{c}{b}"), &facts, language, 20);
                }
            }
        }
    }
}

fn json_body(body: impl ToString) -> Answer {
    Answer::Whole { status: 200, content_type: "application/json", body: body.to_string() }
}

#[actix_web::test]
async fn a_server_that_fails_is_named_by_how_it_failed_and_its_words_are_not_repeated() {
    let server = ModelServer::start();
    let config =
        NarrativeConfig { time_limit: Duration::from_millis(300), ..config(&server, Provider::Openai) };
    let [openai, gemini] =
        PROVIDERS.map(|provider| narrator(&NarrativeConfig { provider, ..config.clone() }));
    let echo = format!("{{\"error\":\"Incorrect API key provided: {KEY}\"}}");
    let status = |status| Answer::Whole { status, content_type: "application/json", body: echo.clone() };
    let labelled =
        |content_type| Answer::Whole { status: 200, content_type, body: completion(KEY).to_string() };
    let limit = 256 * 1024;
    let both = [
        (status(401), NarrativeError::Status(401)),
        (status(429), NarrativeError::Status(429)),
        (status(500), NarrativeError::Status(500)),
        (status(307), NarrativeError::Status(307)),
        (status(204), NarrativeError::Status(204)),
        (labelled("text/html"), NarrativeError::NotJson),
        (labelled("text/plain"), NarrativeError::NotJson),
        (Answer::Long { length: 10_000_000, announced: true }, NarrativeError::TooLong { limit }),
        (Answer::Long { length: 10_000_000, announced: false }, NarrativeError::TooLong { limit }),
        (Answer::Trickles, NarrativeError::TimedOut { limit: Duration::from_millis(300) }),
        (Answer::BreaksOff, NarrativeError::BrokenOff),
        (json_body(""), NarrativeError::Unreadable),
        (json_body(&echo[..echo.len() - 5]), NarrativeError::Unreadable),
        (json_body(format!("\"{KEY}\"")), NarrativeError::Unreadable),
        (json_body(&echo), NarrativeError::NoDraft),
        (json_body("{}"), NarrativeError::NoDraft),
        (json_body(r#"{"choices":[],"candidates":[]}"#), NarrativeError::NoDraft),
        (Answer::Draft(format!("The key is {KEY}.")), NarrativeError::KeyRepeated),
    ];
    for (answer, expected) in both {
        server.answer(answer.clone());
        for narrator in [&openai, &gemini] {
            assert_eq!(refused(narrator, En).await, expected, "{answer:?}");
        }
    }
    // One request each, whatever comes of it.
    assert_eq!(server.asked().len(), 2 * 18);
}

#[actix_web::test]
async fn a_draft_that_is_not_finished_is_none() {
    let server = ModelServer::start();
    let [openai, gemini] = PROVIDERS.map(|provider| narrator(&config(&server, provider)));
    let mut choice = completion("A quiet");
    choice["choices"][0]["finish_reason"] = json!("length");
    let mut candidate = generation("A quiet");
    candidate["candidates"][0]["finishReason"] = json!("MAX_TOKENS");
    let withheld = json!({"candidates": [{"finishReason": "SAFETY"}]});
    let mut silent = completion("");
    silent["choices"][0]["message"]["content"] = json!(null);
    let thinking = json!({"candidates": [{"content": {"parts": [{"text": "Hm.", "thought": true}]}}]});
    let whole = completion("A quiet day.").to_string();
    for (narrator, body, expected) in [
        (&openai, choice.to_string(), NarrativeError::Unfinished),
        (&gemini, candidate.to_string(), NarrativeError::Unfinished),
        (&gemini, withheld.to_string(), NarrativeError::Unfinished),
        (&openai, silent.to_string(), NarrativeError::NoDraft),
        (&gemini, thinking.to_string(), NarrativeError::NoDraft),
        (&openai, whole[..whole.len() - 3].to_owned(), NarrativeError::Unreadable),
    ] {
        server.answer(json_body(body));
        assert_eq!(refused(narrator, En).await, expected);
    }
}

#[actix_web::test]
async fn a_server_that_is_not_there_is_unreachable() {
    let server = ModelServer::start();
    // Taken and given back: nobody listens there.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let config =
        NarrativeConfig { base_url: Some(format!("http://{address}")), ..config(&server, Provider::Openai) };
    let error = refused(&narrator(&config), En).await;
    assert!(matches!(error, NarrativeError::Unreachable(_)), "{error:?}");
}

#[actix_web::test]
async fn what_cannot_work_is_said_before_anything_is_asked() {
    let tls = client_config().unwrap();
    assert!(Narrator::from_config(&NarrativeConfig::default(), &tls).unwrap().is_none());
    let server = ModelServer::start();
    let good = config(&server, Provider::Gemini);
    for (config, expected) in [
        (NarrativeConfig { model: None, ..good.clone() }, NarrativeError::Model),
        (NarrativeConfig { api_key: Some(Secret::new("hunter2\n")), ..good.clone() }, NarrativeError::ApiKey),
        (
            NarrativeConfig { base_url: Some("ftp://h".to_owned()), ..good.clone() },
            NarrativeError::BaseUrl { url: "ftp://h".to_owned() },
        ),
    ] {
        let error = Narrator::from_config(&config, &tls).map(drop).unwrap_err();
        assert_eq!(error, expected);
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
    assert!(server.asked().is_empty());
}
