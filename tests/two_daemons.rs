//! Two daemons and an application's own supervisor in one process: each looks after its own, and nothing of one shows in
//! another.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test")]

use std::path::Path;
use std::time::Duration;

use actix::prelude::*;
use actix_web::{App, HttpServer, web};
use evenkeel::clock::Clock;
use evenkeel::config::{Config, MemoryConfig};
use evenkeel::daemon::{Daemon, StartError};
use evenkeel::market::Refresh;
use evenkeel::report::{BuildReport, Progress};
use evenkeel::simulator::{Exchange, ExchangeConfig};
use evenkeel::supervision::ChildState;
use evenkeel::supervision::RestartCause;
use evenkeel::{Child, Event, Limit, Supervisor, SupervisorHandle, Trend, WholeProcess};
use serde_json::Value;
use tempfile::{TempDir, tempdir};

mod common;
use common::house::{quiet, reqwest_client};
use common::{SOON, eventually};

#[global_allocator]
static ALLOCATOR: evenkeel::Allocator = evenkeel::Allocator;

const MIB: usize = 1 << 20;

/// The application's own actor, which keeps everything.
#[derive(Default)]
struct Hoard(Vec<Vec<u8>>);

#[derive(Message)]
#[rtype(result = "usize")]
struct Keep;

impl Actor for Hoard {
    type Context = Context<Self>;
}

impl Handler<Keep> for Hoard {
    type Result = usize;

    fn handle(&mut self, _: Keep, _: &mut Self::Context) -> usize {
        self.0.push(vec![1; MIB]);
        self.0.len()
    }
}

fn settings(directory: &TempDir, exchange: &Exchange, refresh_hours: u64) -> Config {
    let mut config = quiet(directory);
    config.market.sources = exchange.sources(&config.market.sources);
    // By this one is told from the other in what they show.
    config.market.refresh_every = Duration::from_secs(refresh_hours * 3600);
    config
}

/// Name and generation of every child.
async fn generations(supervisor: &SupervisorHandle) -> Vec<(String, u64)> {
    let children = supervisor.status().await.unwrap().children;
    assert!(children.iter().all(|child| child.state == ChildState::Running), "{children:?}");
    let mut generations: Vec<_> = children.into_iter().map(|child| (child.name, child.generation)).collect();
    generations.sort();
    generations
}

async fn asked(origin: &str, path: &str) -> Value {
    let answer = reqwest_client().get(format!("{origin}{path}")).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

fn start(config: Config) -> Result<Daemon, StartError> {
    Daemon::builder().config(config).start()
}

fn refused(directory: &Path, config: Config) {
    let error = start(config).err().expect("a data directory has one daemon");
    assert!(matches!(&error, StartError::Occupied { path } if Path::new(path) == directory), "{error}");
}

#[actix_rt::test]
async fn each_looks_after_its_own() {
    let exchange =
        Exchange::start(ExchangeConfig { coins: 60, ..ExchangeConfig::new(Clock::system()) }).unwrap();
    let directories = [tempdir().unwrap(), tempdir().unwrap()];
    let [one, other] =
        [(0, 1), (1, 2)].map(|(at, hours)| start(settings(&directories[at], &exchange, hours)).unwrap());
    refused(directories[0].path(), settings(&directories[0], &exchange, 1));

    let memory = MemoryConfig { sample_every: Duration::from_millis(100), ..MemoryConfig::default() };
    let application = Supervisor::builder().memory(memory).process(WholeProcess::Shown).start();
    let mut events = application.events();
    let limit = Limit::soft("16 MiB").hard("24 MiB").trend(Trend::off());
    let leaking = application.supervise(Child::named("leaking", Hoard::default).memory(limit)).unwrap();
    let idle = application.supervise(Child::named("idle", Hoard::default)).unwrap();
    assert_eq!(idle.send(Keep).await, Ok(1));
    let before = [generations(&one.supervisor).await, generations(&other.supervisor).await];

    // Both work while the application's actor leaks.
    let leak = async {
        for _ in 0..32 {
            leaking.send(Keep).await.unwrap();
        }
    };
    let build = || BuildReport { edition: "market".to_owned(), progress: Progress::default(), slot: None };
    let work = async {
        one.market.send(Refresh).await.unwrap();
        other.market.send(Refresh).await.unwrap();
        one.builder.send(build()).await.unwrap().unwrap()
    };
    let restarted = async {
        loop {
            let event = events.next().await.expect("the events end too early");
            if let Event::Restarted { child, cause, proof, generation } = event {
                break (child.to_string(), cause, proof, generation);
            }
        }
    };
    let restarted = tokio::time::timeout(SOON, restarted);
    let ((), report, restarted) = tokio::join!(leak, work, restarted);
    let (child, cause, proof, generation) = restarted.expect("it is not restarted");
    assert_eq!((child.as_str(), generation), ("leaking", 2));
    assert!(matches!(cause, RestartCause::Memory), "{cause:?}");
    let proof = proof.expect("the restart was not measured");
    assert!(proof.before.allocated >= 24 * MIB as u64 && proof.returned() >= 23 * MIB as u64, "{proof:?}");

    // Nobody else was touched.
    let own: Vec<_> = [("idle", 1), ("leaking", 2), ("memory-monitor", 1)]
        .into_iter()
        .map(|(name, generation)| (name.to_owned(), generation))
        .collect();
    assert_eq!(generations(&application).await, own);
    assert_eq!(idle.send(Keep).await, Ok(2), "what it keeps is still there");
    let after = [generations(&one.supervisor).await, generations(&other.supervisor).await];
    assert_eq!(after, before);
    assert!(after.iter().flatten().all(|(_, generation)| *generation == 1), "{after:?}");

    shows_nothing_of_the_others([&one, &other], report.id).await;

    // In order: one daemon goes, the others go on.
    let report = one.shut_down().await.unwrap();
    assert_eq!(report.drained.len(), before[0].len(), "{report:?}");
    assert_eq!(generations(&other.supervisor).await, before[1]);
    let again = start(settings(&directories[0], &exchange, 1)).expect("the directory is free again");
    assert_eq!(again.archive.count().unwrap(), 1, "the report is still there");
    eventually(SOON, "its monitor has begun", async || again.memory.status()).await;
    for daemon in [again, other] {
        let report = daemon.shut_down().await.unwrap();
        assert_eq!(report.drained.len(), before[1].len(), "{report:?}");
    }
    let report = application.shut_down(SOON).await.unwrap();
    assert_eq!(report.drained, ["memory-monitor", "idle", "leaking"]);
    exchange.stop().await;
}

/// Both under one server, as an application would have them: status, memory, log, decisions and reports are each one's own.
async fn shows_nothing_of_the_others(daemons: [&Daemon; 2], report: i32) {
    let mounts = daemons.map(Daemon::mount);
    let server = HttpServer::new(move || {
        let [one, other] = mounts.clone();
        App::new()
            .service(web::scope("/one").configure(evenkeel::web::configure(&one)))
            .service(web::scope("/other").configure(evenkeel::web::configure(&other)))
    });
    let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
    let origin = format!("http://{}", server.addrs()[0]);
    let server = server.run();
    let handle = server.handle();
    let serving = actix_rt::spawn(server);

    for root in ["/one", "/other"] {
        let actors = eventually(SOON, "a measurement", async || {
            let memory = asked(&origin, &format!("{root}/api/v1/memory")).await;
            let names = memory["children"].as_array()?.iter().map(|child| child["name"].as_str().unwrap());
            let mut names: Vec<String> = names.map(str::to_owned).collect();
            names.sort();
            (!names.is_empty()).then_some(names)
        })
        .await;
        let mut known: Vec<String> = Daemon::ACTORS.iter().map(|&name| name.to_owned()).collect();
        known.sort();
        assert_eq!(actors, known, "{root}");
        let status = asked(&origin, &format!("{root}/api/v1/status")).await.to_string();
        assert!(!status.contains("leaking") && !status.contains("\"idle\""), "{root}: {status}");
        let decisions = asked(&origin, &format!("{root}/api/v1/memory/decisions")).await.to_string();
        assert!(!decisions.contains("leaking"), "{root}: {decisions}");
        let log = asked(&origin, &format!("{root}/api/v1/log")).await;
        assert_eq!(log["lines"], Value::Array(Vec::new()), "{root}: the application fills no journal");
        let document = asked(&origin, &format!("{root}/api/v1/openapi.json")).await;
        assert_eq!(document["servers"][0]["url"], root);
    }
    let latest = asked(&origin, "/one/api/v1/reports/latest").await;
    assert_eq!(latest["id"], report);
    let none = reqwest_client().get(format!("{origin}/other/api/v1/reports/latest")).send().await.unwrap();
    assert_eq!(none.status(), 404, "one daemon's report is another's");

    // What an application's server has to be told by the scope itself.
    let wrong = reqwest_client().delete(format!("{origin}/one/api/v1/refresh")).send().await.unwrap();
    assert_eq!((wrong.status().as_u16(), wrong.headers()["allow"].to_str().unwrap()), (405, "POST"));
    let foreign = reqwest_client().post(format!("{origin}/one/api/v1/refresh"));
    let foreign = foreign.header("origin", "http://elsewhere.example").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
    let own = reqwest_client().post(format!("{origin}/one/api/v1/refresh"));
    let own = own.header("origin", origin.clone()).send().await.unwrap();
    assert_eq!(own.status(), 200);
    let head = reqwest_client().head(format!("{origin}/one/")).send().await.unwrap();
    assert_eq!(head.status(), 200);
    let nothing = reqwest_client().get(format!("{origin}/one/nothing")).send().await.unwrap();
    assert_eq!(nothing.status(), 404);
    assert!(nothing.text().await.unwrap().contains("detail"));
    // Addresses in sentences are those of the scope, as links are.
    for path in ["/one/reports/99", "/one/reports/99/view"] {
        let unknown = reqwest_client().get(format!("{origin}{path}")).send().await.unwrap();
        assert_eq!(unknown.status(), 404);
        let detail: Value = serde_json::from_str(&unknown.text().await.unwrap()).unwrap();
        assert_eq!(detail["detail"], "there is no report \"99\"; /one/reports lists them");
    }
    assert_eq!(reqwest_client().get(format!("{origin}/one/reports")).send().await.unwrap().status(), 200);
    handle.stop(false).await;
    serving.await.unwrap().unwrap();
}

/// Who watches through a mount is told at once that the daemon has gone, and keeps nobody's server from ending.
#[actix_rt::test]
async fn a_watcher_of_a_mount_does_not_outlive_its_daemon() {
    let exchange =
        Exchange::start(ExchangeConfig { coins: 60, ..ExchangeConfig::new(Clock::system()) }).unwrap();
    let directory = tempdir().unwrap();
    let daemon = start(settings(&directory, &exchange, 1)).unwrap();
    let mount = daemon.mount();
    let server = HttpServer::new(move || {
        App::new().service(web::scope("/market").configure(evenkeel::web::configure(&mount)))
    });
    let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/market/live", server.addrs()[0]);
    let server = server.run();
    let handle = server.handle();
    let serving = actix_rt::spawn(server);
    let mut stream = reqwest_client().get(&url).send().await.unwrap();
    assert!(stream.chunk().await.unwrap().unwrap().starts_with(b"retry"));
    daemon.shut_down().await.unwrap();
    let rest = async { while stream.chunk().await.unwrap().is_some() {} };
    tokio::time::timeout(SOON, rest).await.expect("the stream goes on without its daemon");
    // A daemon that has ended answers, and fails nobody's server.
    let after = reqwest_client().get(url.replace("/live", "/health")).send().await.unwrap();
    assert_eq!(after.status(), 503);
    handle.stop(true).await;
    serving.await.unwrap().unwrap();
    exchange.stop().await;
}
