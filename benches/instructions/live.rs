//! Work of actors: the instructions of all their threads, the kernel's and the exchange's left out.

use actix::prelude::*;
use evenkeel::clock::Clock;
use evenkeel::daemon::{Daemon, Extent};
use evenkeel::market::messages::Refresh;
use evenkeel::report::messages::{BuildReport, Progress};
use evenkeel::supervision::child::Child;
use evenkeel::supervision::handle::SupervisorHandle;
use evenkeel::supervision::link::Link;
use evenkeel::supervision::supervisor::Supervisor;
use std::time::Duration;
use tempfile::TempDir;

use crate::Scenario;
use crate::common::exchange::Apart;
use crate::common::house::quiet;
use crate::watched::watched;

const DRAIN: Duration = Duration::from_secs(60);

/// Rows of the table of the reports that are counted.
const CONSTITUENTS: u32 = 250;

pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario { name: "send a message through a link", times: 500, run: sends },
    Scenario { name: "restart an actor", times: 10, run: restarts },
    Scenario { name: "measure and judge 5 actors", times: 20, run: ticks },
    Scenario { name: "refresh 16 indices from 8 sources", times: 6, run: refreshes },
    Scenario { name: "build and store a report of 250 rows", times: 2, run: reports },
];

#[derive(Message)]
#[rtype(result = "u64")]
struct Count(u64);

#[derive(Default)]
struct Counter(u64);

impl Actor for Counter {
    type Context = Context<Self>;
}

impl Handler<Count> for Counter {
    type Result = u64;

    fn handle(&mut self, Count(more): Count, _: &mut Self::Context) -> u64 {
        self.0 += more;
        self.0
    }
}

fn counter() -> (SupervisorHandle, Link<Counter>) {
    let supervisor = Supervisor::builder().arenas(None).without_monitor().start();
    let link = supervisor.supervise(Child::named("counter", Counter::default)).unwrap();
    (supervisor, link)
}

fn sends(times: u32) {
    System::new().block_on(async {
        let (supervisor, link) = counter();
        for _ in 0..times {
            link.send(Count(1)).await.unwrap();
        }
        supervisor.shut_down(DRAIN).await.unwrap();
    });
}

/// Until the next generation has answered.
fn restarts(times: u32) {
    System::new().block_on(async {
        let (supervisor, link) = counter();
        for _ in 0..times {
            // The supervisor may not have heard yet that the generation runs which has answered.
            while supervisor.restart("counter").await.is_err() {
                tokio::task::yield_now().await;
            }
            link.send(Count(1)).await.unwrap();
        }
        supervisor.shut_down(DRAIN).await.unwrap();
    });
}

fn ticks(times: u32) {
    let directory = TempDir::new().unwrap();
    System::new().block_on(async {
        let supervisor = watched(5, directory.path());
        for _ in 0..times {
            supervisor.look().await.unwrap();
        }
        supervisor.shut_down(DRAIN).await.unwrap();
    });
}

fn daemon(directory: &TempDir) -> (Daemon, Apart) {
    let mut config = quiet(directory);
    config.report.constituents = CONSTITUENTS;
    let exchange = Apart::start(directory, CONSTITUENTS, &mut config);
    for source in config.market.sources.each_mut() {
        source.min_interval = Duration::ZERO;
        // An emulated processor is slow.
        source.time_limit = DRAIN;
    }
    (Daemon::start(config, Clock::system(), Extent::Whole).unwrap(), exchange)
}

fn refreshes(times: u32) {
    let directory = TempDir::new().unwrap();
    System::new().block_on(async {
        let (daemon, _exchange) = daemon(&directory);
        for _ in 0..times {
            let outcome = daemon.market.send(Refresh).await.unwrap();
            assert_eq!((outcome.indices_ok, outcome.indices_failed), (16, 0));
        }
        daemon.shut_down().await.unwrap();
    });
}

fn reports(times: u32) {
    let directory = TempDir::new().unwrap();
    System::new().block_on(async {
        let (daemon, _exchange) = daemon(&directory);
        daemon.market.send(Refresh).await.unwrap();
        for _ in 0..times {
            let progress = Progress::default();
            let build = BuildReport { edition: "market".to_owned(), progress, slot: None };
            daemon.builder.send(build).await.unwrap().unwrap();
        }
        daemon.shut_down().await.unwrap();
    });
}
