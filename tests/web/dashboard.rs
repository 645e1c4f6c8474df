//! The dashboard as it is served: complete without a script, escaped, live, and bounded.

use std::time::Duration;

use evenkeel::clock::Clock;
use evenkeel::daemon::Circumstances;
use evenkeel::journal::{Entry, Journal, Severity};
use futures_util::StreamExt;
use serde_json::Map;

use crate::common::house::{House, client_from_elsewhere, reqwest_client};
use crate::common::{SOON, eventually};
use crate::json;

fn line(message: &str) -> Entry {
    Entry {
        number: 0,
        at: "2026-03-02T02:00:00Z".parse().unwrap(),
        level: Severity::Warn,
        event: "tested".to_owned(),
        target: "evenkeel".to_owned(),
        message: message.to_owned(),
        fields: Map::new(),
    }
}

/// A daemon that measures often, and what fills its journal.
async fn house() -> (House, Journal) {
    let journal = Journal::default();
    let circumstances = Circumstances { journal: journal.clone(), ..Circumstances::default() };
    let often = |config: &mut evenkeel::config::Config| config.memory.sample_every = Duration::from_secs(10);
    // Steps of the timeline are ten seconds of its clock.
    let clock = Clock::scaled("2026-03-02T02:00:00Z".parse().unwrap(), 600.0);
    (House::open_under(circumstances, clock, often).await, journal)
}

#[actix_rt::test]
async fn a_page_has_everything_in_the_language_that_the_browser_prefers() {
    let (house, _) = house().await;
    let id = house.report().await.unwrap().id;
    eventually(SOON, "three measurements", async || {
        house.daemon.memory.status().filter(|status| status.ticks > 2)
    })
    .await;
    for (accepted, query, language, word) in [
        ("", "", "vi", "Bảng điều khiển"),
        ("fr,en;q=0.5", "", "en", "Dashboard"),
        ("en", "?lang=vi&range=24h", "vi", "Bảng điều khiển"),
        ("vi", "?lang=en&range=7d", "en", "Dashboard"),
    ] {
        let request =
            reqwest_client().get(house.url(&format!("/{query}"))).header("accept-language", accepted);
        let answer = request.send().await.unwrap();
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        let page = answer.text().await.unwrap();
        assert!(
            page.contains(&format!("<html lang=\"{language}\">")) && page.contains(word),
            "{query}: {page}"
        );
        for part in ["VN-Index", "Bitcoin", "report-builder", "memory-monitor", "<svg class=\"timeline\""] {
            assert!(page.contains(part), "{query}: {part} is missing");
        }
        assert!(page.contains(&format!("href=\"reports/{id}/view?lang={language}\"")), "{query}");
        assert!(!page.contains("style=\"") && !page.contains("<style"), "the policy would block it");
    }
}

#[actix_rt::test]
async fn what_is_asked_for_and_not_there_is_named() {
    let (house, _) = house().await;
    let id = house.report().await.unwrap().id;
    for (path, status, detail) in [
        ("/?range=2h", 400, "range: there is no range \"2h\"; use 1h, 24h or 7d"),
        ("/live?range=1d", 400, "range: there is no range \"1d\"; use 1h, 24h or 7d"),
        ("/?lang=fr", 400, "lang: unknown language `fr`: use `vi` (Vietnamese) or `en` (English)"),
        ("/assets/passwd", 404, "there is no file \"passwd\""),
        ("/reports/99/view", 404, "there is no report \"99\"; /reports lists them"),
    ] {
        let (found, body) = house.get(path).await;
        assert_eq!((found, json(&body)["detail"].as_str()), (status, Some(detail)), "{path}");
    }
    let (status, page) = house.get(&format!("/reports/{id}/view?lang=en")).await;
    assert_eq!(status, 200);
    assert!(page.contains("<iframe sandbox=\"allow-scripts"), "{page}");
    assert!(!page.contains("allow-same-origin"), "{page}");
}

#[actix_rt::test]
async fn a_line_of_the_log_cannot_become_markup() {
    let (house, journal) = house().await;
    journal.add(line("<script>alert(1)</script> \"'&"));
    let (_, page) = house.get("/?lang=en").await;
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &quot;&#39;&amp;"), "{page}");
    assert!(!page.contains("<script>alert"), "{page}");
}

#[actix_rt::test]
async fn events_bring_what_has_changed() {
    let (house, journal) = house().await;
    let answer = reqwest_client().get(house.url("/live?lang=en")).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream; charset=utf-8");
    let mut events = answer.bytes_stream();
    let mut seen = String::new();
    let mut says = async |text: &str| {
        while !seen.contains(text) {
            let piece = tokio::time::timeout(SOON, events.next()).await;
            seen.push_str(
                std::str::from_utf8(&piece.expect("an event").expect("it goes on").unwrap()).unwrap(),
            );
        }
    };
    says("event: head\n").await;
    says("event: indices\n").await;
    journal.add(line("a line\tthat came later"));
    says("that came later").await;
    // It ends with the daemon instead of keeping it from its end.
    let ending = house.daemon.step_aside();
    let over = async { while events.next().await.is_some() {} };
    let (remains, ()) = tokio::time::timeout(SOON, futures_util::future::join(ending, over)).await.unwrap();
    assert!(remains.is_ok());
}

#[actix_rt::test]
async fn so_many_watch_and_no_more() {
    let (house, _) = house().await;
    let (here, elsewhere) = (reqwest_client(), client_from_elsewhere());
    let watch = async |client: &reqwest::Client| client.get(house.url("/live")).send().await.unwrap();
    let mut watchers = Vec::new();
    for (client, places, refusal) in [
        (&here, 48, "your address has 48 of the 64 places, which is all that one may have"),
        (&elsewhere, 16, "all 64 places are taken"),
    ] {
        for _ in 0..places {
            let answer = watch(client).await;
            assert_eq!(answer.status().as_u16(), 200);
            watchers.push(answer);
        }
        let refused = watch(client).await;
        assert_eq!(refused.status().as_u16(), 503);
        let detail = json(&refused.text().await.unwrap())["detail"].clone();
        assert_eq!(detail, format!("{refusal}; the page can be read without events"));
    }
    assert_eq!(house.get("/?lang=en").await.0, 200, "nobody else is kept waiting");
    watchers.pop();
    let again = async || (watch(&elsewhere).await.status().as_u16() == 200).then_some(());
    eventually(SOON, "the place of somebody who has gone is free", again).await;
}
