//! What pages and answers say about themselves, what people are told who ask for what is not there, and that nothing that
//! came from elsewhere becomes markup, in a real browser as well.
//!
//! Needs Chromium, Node.js and `npm ci` in `tests/browser`, which `scripts/test` sees to.

use std::path::Path;
use std::process::Command;

use evenkeel::clock::Clock;
use evenkeel::config::Secret;
use evenkeel::daemon::Circumstances;
use evenkeel::journal::{Entry, Journal, Severity};
use serde_json::Map;

use crate::common::house::{House, reqwest_client};
use crate::{TOKEN, blocking, json};

const HOSTILE: &str = "</li></script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&";

#[actix_rt::test]
async fn every_answer_says_what_a_browser_may_do_with_it() {
    let house = House::open(|_| {}).await;
    let id = house.report().await.unwrap().id;
    let (page, frame) = (format!("/reports/{id}"), format!("/reports/{id}/view"));
    for (path, policy) in [
        ("/", "script-src 'self'"),
        ("/reports", "style-src 'unsafe-inline'"),
        (page.as_str(), "sandbox allow-scripts"),
        (frame.as_str(), "frame-src 'self'"),
        ("/health", ""),
        ("/metrics", ""),
        ("/live", ""),
        ("/assets/dashboard.js", ""),
        ("/api/v1/market/indices", ""),
        ("/api/v1/openapi.json", ""),
        ("/nothing", ""),
        ("/?lang=fr", ""),
        ("/api/v1/manual-generate", ""),
    ] {
        let answer = reqwest_client().get(house.url(path)).send().await.unwrap();
        let header = |name: &str| {
            let mut values = answer.headers().get_all(name).iter();
            let value = values.next().unwrap_or_else(|| panic!("{path} has no {name}")).to_str().unwrap();
            assert!(values.next().is_none(), "{path} has {name} twice");
            value.to_owned()
        };
        let found = header("content-security-policy");
        assert!(found.starts_with("default-src 'none'; ") && found.contains(policy), "{path}: {found}");
        assert!(found.contains("base-uri 'none'") && found.contains("form-action 'none'"), "{path}: {found}");
        assert!(found.contains("frame-ancestors '"), "{path}: {found}");
        assert_eq!(
            found.contains("-src '") && found.matches("-src '").count() > 1,
            !policy.is_empty(),
            "{path}: {found}"
        );
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{path}");
        assert!(header("permissions-policy").contains("camera=()"), "{path}");
        let framed = path == page;
        assert_eq!(header("x-frame-options"), if framed { "SAMEORIGIN" } else { "DENY" }, "{path}");
        assert_eq!(
            header("cross-origin-opener-policy"),
            if framed { "unsafe-none" } else { "same-origin" },
            "{path}"
        );
    }
}

#[actix_rt::test]
async fn people_are_told_in_their_language_and_programs_in_theirs() {
    let house = House::open(|_| {}).await;
    let ask = async |path: &str, accept: &str, language: &str| {
        let request = reqwest_client().get(house.url(path)).header("accept", accept);
        let answer = request.header("accept-language", language).send().await.unwrap();
        (
            answer.status().as_u16(),
            answer.headers()["content-type"].to_str().unwrap().to_owned(),
            answer.text().await.unwrap(),
        )
    };
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    for (path, language, status, words) in [
        (
            "/reports/99",
            "en",
            404,
            ["There is nothing here", "there is no report &quot;99&quot;; /reports lists them"],
        ),
        ("/reports/99/view", "vi", 404, ["Không có gì ở đây", "there is no report &quot;99&quot;"]),
        ("/reports/99/view?lang=en", "vi", 404, ["There is nothing here", "there is no report"]),
        (
            "/?range=2h",
            "en",
            400,
            ["This cannot be answered", "there is no range &quot;2h&quot;; use 1h, 24h or 7d"],
        ),
        ("/reports?lang=%3Cb%3E", "en", 400, ["This cannot be answered", "unknown language `&lt;b&gt;`"]),
        ("/reports?before=x", "en", 400, ["This cannot be answered", "400"]),
        ("/a/b/c", "en", 404, ["There is nothing here", "there is nothing at this address"]),
    ] {
        let (found, kind, body) = ask(path, browser, language).await;
        assert_eq!((found, kind.as_str()), (status, "text/html; charset=utf-8"), "{path}");
        assert!(words.iter().all(|word| body.contains(word)), "{path}: {body}");
        assert!(
            !body.contains("style=\"") && !body.contains("<style") && !body.contains("<script"),
            "{path}: {body}"
        );
        let (found, kind, body) = ask(path, "*/*", language).await;
        assert_eq!((found, kind.as_str()), (status, "application/json"), "{path}");
        assert!(json(&body)["detail"].is_string(), "{path}");
    }
    let (_, _, deep) = ask("/a/b/c", browser, "en").await;
    assert!(deep.contains("href=\"../../assets/dashboard.css"), "{deep}");
    for (path, status) in [
        ("/api/v1/nothing", 404),
        ("/api/v1/market/history?index=nothing", 400),
        ("/api/v1/memory/decisions?child=nobody", 400),
        ("/api/v1/manual-generate", 405),
        ("/assets/nothing", 404),
        ("/live?range=x", 400),
    ] {
        let (found, kind, body) = ask(path, browser, "en").await;
        assert_eq!(kind, "application/json", "{path}");
        assert!(found == status && json(&body)["detail"].is_string(), "{path}: {found} {body}");
    }
}

#[actix_rt::test]
async fn in_a_browser_nothing_hostile_runs_and_a_password_is_enough_to_read() {
    let journal = Journal::default();
    let circumstances = Circumstances { journal: journal.clone(), ..Circumstances::default() };
    let house = House::open_under(circumstances, Clock::system(), |config| {
        config.server.token = Some(Secret::new(TOKEN));
        config.server.guard_reading = true;
    })
    .await;
    let id = house.report().await.unwrap().id;
    journal.add(Entry {
        number: 0,
        at: house.clock.now(),
        level: Severity::Warn,
        event: "tested".to_owned(),
        target: "evenkeel".to_owned(),
        message: HOSTILE.to_owned(),
        fields: Map::new(),
    });
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/attacks.mjs");
    let arguments = [house.url(""), id.to_string(), TOKEN.to_owned()];
    let output = blocking(move || Command::new("node").arg(script).args(arguments).output()).await;
    let output = output.unwrap_or_else(|error| panic!("the browser tests need Node.js: {error}"));
    let said =
        [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    println!("{said}");
    assert!(output.status.success(), "{said}");
}
