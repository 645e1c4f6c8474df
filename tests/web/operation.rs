//! What an operator's screen reads, and what he can have done, as it is answered.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use evenkeel::clock::Clock;
use evenkeel::config::Secret;
use evenkeel::daemon::Circumstances;
use evenkeel::daemon::{Daemon, SOCKET};
use evenkeel::journal::{Entry, Journal, Severity};
use evenkeel::market::messages::RefreshOutcome;
use evenkeel::memory::timeline::{Happened, Stretch};
use evenkeel::web::{DaemonState, DaemonStatus, LogPage, Restarting};
use futures_util::StreamExt;
use serde_json::{Map, Value};

use crate::common::client::parse;
use crate::common::house::{House, client_from_elsewhere, reqwest_client};
use crate::common::{SOON, eventually};
use crate::json;

const TOKEN: &str = "correct-horse-battery";

async fn post(house: &House, path: &str) -> (u16, Value) {
    let answer = reqwest_client().post(house.url(path)).send().await.unwrap();
    (answer.status().as_u16(), json(&answer.text().await.unwrap()))
}

fn understood<T: serde::de::DeserializeOwned>((status, body): (u16, String)) -> T {
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"))
}

fn line(message: &str, level: Severity, child: Option<&str>) -> Entry {
    let fields: Map<String, Value> =
        child.into_iter().map(|child| ("child".to_owned(), child.into())).collect();
    Entry {
        number: 0,
        at: "2026-03-02T02:00:00Z".parse().unwrap(),
        level,
        event: "tested".to_owned(),
        target: "evenkeel".to_owned(),
        message: message.to_owned(),
        fields,
    }
}

async fn logging() -> (House, Journal) {
    let journal = Journal::default();
    let circumstances = Circumstances { journal: journal.clone(), ..Circumstances::default() };
    (House::open_under(circumstances, Clock::system(), |_| {}).await, journal)
}

#[actix_rt::test]
async fn one_document_says_how_the_daemon_is() {
    let house =
        House::open(|config| config.memory.sample_every = std::time::Duration::from_millis(100)).await;
    let id = house.report().await.unwrap().id;
    house.daemon.supervisor.drill("market-indices").await.unwrap();
    let measured = async || {
        let status: DaemonStatus = understood(house.get("/api/v1/status").await);
        let whole = status.actors.iter().all(|actor| actor.rss.is_some() && actor.work.is_some());
        (whole && status.actors[1].generation == 2 && status.reports.count == 1).then_some(status)
    };
    let status = eventually(SOON, "everything is measured", measured).await;
    let names: Vec<&str> = status.actors.iter().map(|actor| actor.name.as_str()).collect();
    assert_eq!((names.as_slice(), status.course.state), (Daemon::ACTORS, DaemonState::Supervising));
    let market = &status.actors[1];
    assert_eq!((market.restarts.crashes, market.restarts.requested), (1, 0));
    assert!(market.last_ending.as_ref().unwrap().starts_with("panicked: "), "{market:?}");
    assert_eq!(status.reports.newest.unwrap().id, id);
    assert_eq!((status.indices.known, status.indices.failed.len(), status.pid), (16, 0, std::process::id()));
    assert!(status.process.low.unwrap() <= status.process.high.unwrap(), "{:?}", status.process);
    assert!(status.course.next_refresh > status.course.now && status.course.begun <= status.course.now);
    let stretch: Stretch = understood(house.get("/api/v1/memory/timeline?range=24h").await);
    assert!(
        stretch.names.contains(&"report-builder".to_owned()) && !stretch.points.is_empty(),
        "{stretch:?}"
    );
    assert_eq!(stretch.marks[0].what, Happened::Begun);
    let (code, body) = house.get("/api/v1/memory/timeline?range=2h").await;
    assert_eq!(
        (code, json(&body)["detail"].as_str()),
        (400, Some("range: there is no range \"2h\"; use 1h, 24h or 7d"))
    );
}

#[actix_rt::test]
async fn an_actor_is_restarted_and_a_mistake_says_what_would_be_right() {
    let house = House::open(|_| {}).await;
    let (code, answer) = post(&house, "/api/v1/actors/report-builder/restart").await;
    assert_eq!(code, 202, "{answer}");
    let Restarting { name, generation } = serde_json::from_value(answer).unwrap();
    assert_eq!((name.as_str(), generation), ("report-builder", 1));
    let next = async || (house.child("report-builder").await.generation == 2).then_some(());
    eventually(SOON, "the next generation", next).await;
    let (code, answer) = post(&house, "/api/v1/actors/bob/restart").await;
    assert_eq!(code, 404);
    let known = "there is no child named \"bob\"; there are persistence, market-indices, ";
    assert!(answer["detail"].as_str().unwrap().starts_with(known), "{answer}");
    let outcome: RefreshOutcome = serde_json::from_value(post(&house, "/api/v1/refresh").await.1).unwrap();
    assert!(outcome.stored && outcome.indices_ok == 16, "{outcome:?}");
}

#[actix_rt::test]
async fn an_actor_that_is_being_replaced_is_not_replaced_twice() {
    use evenkeel::simulator::fault::Fault;
    use evenkeel::simulator::source::SourceKind;
    let house = House::open(|config| {
        config.market.sources.coingecko.time_limit = std::time::Duration::from_secs(4);
        config.supervision.drain_within = std::time::Duration::from_secs(60);
    })
    .await;
    // A refresh that takes until the fault is over: the drain waits for it.
    house.exchange.faults().set(SourceKind::Coingecko, Fault::SlowBody { bytes: 1, pause_ms: 100 });
    let market = house.daemon.market.clone();
    let refreshing = actix_rt::spawn(async move { market.send(evenkeel::market::messages::Refresh).await });
    let asked = async || (house.daemon.market.depth() == 0).then_some(());
    eventually(SOON, "it is taken", asked).await;
    assert_eq!(post(&house, "/api/v1/actors/market-indices/restart").await.0, 202);
    let (code, answer) = post(&house, "/api/v1/actors/market-indices/restart").await;
    assert_eq!(code, 409, "{answer}");
    assert!(answer["detail"].as_str().unwrap().starts_with("market-indices is not running"), "{answer}");
    house.exchange.faults().clear_all();
    assert!(refreshing.await.unwrap().is_ok(), "what was open is finished");
}

#[actix_rt::test]
async fn the_owner_needs_no_token_at_his_socket_and_everybody_else_does() {
    let house = House::open(|config| config.server.token = Some(Secret::new(TOKEN))).await;
    for path in ["/api/v1/refresh", "/api/v1/actors/persistence/restart"] {
        assert_eq!(post(&house, path).await.0, 401, "{path}");
    }
    assert_eq!(house.child("persistence").await.generation, 1);
    let socket = house.data_dir().join(SOCKET);
    let by_socket = actix_rt::task::spawn_blocking(move || {
        let mut stream = UnixStream::connect(socket).unwrap();
        stream.write_all(b"POST /api/v1/refresh HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        parse(&bytes).unwrap()
    });
    let (code, body) = by_socket.await.unwrap();
    let outcome: RefreshOutcome = serde_json::from_slice(&body).unwrap();
    assert_eq!((code, outcome.indices_ok), (200, 16));
}

#[actix_rt::test]
async fn the_log_is_filtered_by_number_level_and_actor() {
    let (house, journal) = logging().await;
    let before = *journal.newest().borrow();
    journal.add(line("one", Severity::Info, Some("persistence")));
    journal.add(line("two", Severity::Warn, None));
    journal.add(line("three", Severity::Error, Some("persistence")));
    let ask = async |query: &str| {
        let page: LogPage = understood(house.get(&format!("/api/v1/log?after={before}{query}")).await);
        assert_eq!(page.newest, before + 3);
        page.lines.into_iter().map(|line| line.message).collect::<Vec<_>>()
    };
    assert_eq!(ask("").await, ["one", "two", "three"]);
    assert_eq!(ask("&level=warn").await, ["two", "three"]);
    assert_eq!(ask("&child=persistence").await, ["one", "three"]);
    assert_eq!(ask("&child=persistence&limit=1").await, ["three"]);
    for (query, detail) in [
        ("after=x", "after: \"x\" is not the number of a line"),
        ("limit=0", "limit: \"0\" is not a whole number from 1 to 1000"),
        ("level=loud", "level: there is no level \"loud\"; use debug, info, warn or error"),
        ("child=bob", "child: there is no actor \"bob\"; the actors are persistence, "),
    ] {
        let (code, body) = house.get(&format!("/api/v1/log?{query}")).await;
        assert!(code == 400 && json(&body)["detail"].as_str().unwrap().starts_with(detail), "{body}");
    }
}

#[actix_rt::test]
async fn the_log_is_followed_until_the_daemon_ends() {
    let (house, journal) = logging().await;
    journal.add(line("before", Severity::Info, None));
    let number = *journal.newest().borrow();
    let url = house.url(&format!("/api/v1/log/follow?after={}&level=info", number - 1));
    let answer = reqwest_client().get(url).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/x-ndjson");
    let mut pieces = answer.bytes_stream();
    let mut text = String::new();
    let mut until = async |count: usize| {
        while text.lines().filter(|line| !line.is_empty()).count() < count {
            let piece = tokio::time::timeout(SOON, pieces.next()).await.unwrap().unwrap().unwrap();
            text.push_str(std::str::from_utf8(&piece).unwrap());
        }
        text.clone()
    };
    until(1).await;
    journal.add(line("quiet", Severity::Debug, None));
    journal.add(line("a line\twith\ncontrols", Severity::Warn, None));
    let text = until(2).await;
    let lines: Vec<Entry> = text
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let seen: Vec<(u64, &str)> = lines.iter().map(|line| (line.number, line.message.as_str())).collect();
    assert_eq!(seen, [(number, "before"), (number + 2, "a line\twith\ncontrols")]);
    let over = async { while pieces.next().await.is_some() {} };
    let ending = house.daemon.step_aside();
    let (remains, ()) = tokio::time::timeout(SOON, futures_util::future::join(ending, over)).await.unwrap();
    assert!(remains.is_ok());
}

#[actix_rt::test]
async fn so_many_follow_and_no_more() {
    // The places are the same whichever thread answers.
    let house = House::open(|config| config.server.workers = 2).await;
    let (here, elsewhere) = (reqwest_client(), client_from_elsewhere());
    let url = house.url("/api/v1/log/follow");
    let follow = async |client: &reqwest::Client| client.get(&url).send().await.unwrap();
    let mut followers = Vec::new();
    for (client, places, refusal) in [
        (&here, 12, "your address has 12 of the 16 places, which is all that one may have"),
        (&elsewhere, 4, "all 16 places are taken"),
    ] {
        for _ in 0..places {
            let answer = follow(client).await;
            assert_eq!(answer.status().as_u16(), 200);
            followers.push(answer);
        }
        let refused = follow(client).await;
        assert_eq!(refused.status().as_u16(), 503);
        let detail = json(&refused.text().await.unwrap())["detail"].clone();
        assert_eq!(detail, format!("{refusal}; /api/v1/log has the last lines"));
    }
    followers.pop();
    let again = async || (follow(&elsewhere).await.status().as_u16() == 200).then_some(());
    eventually(SOON, "the place of somebody who has gone is free", again).await;
}
