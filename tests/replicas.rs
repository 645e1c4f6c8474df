//! Three daemons with one Postgres and one Redis: each refresh and each due report is one daemon's, and another takes over
//! what a daemon that is killed was doing.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, clippy::expect_used)] // a helper that fails fails its test

use evenkeel::clock::Clock;
use evenkeel::simulator::exchange::{Exchange, ExchangeConfig};
use evenkeel::simulator::fault::Fault;
use evenkeel::simulator::source::SourceKind;
use tempfile::{TempDir, tempdir};

mod common;
#[path = "common/postgres.rs"]
mod postgres;
use common::house::reqwest_client;
use common::program::{Running, evenkeel};
use common::redis::{Shared, shared};
use common::{SOON, eventually};
use postgres::Schema;

evenkeel::install_allocator!();

/// What the daemons share.
struct World {
    exchange: Exchange,
    schema: Schema,
    _redis: Shared,
    settings: String,
    /// What the section of reports says besides.
    reports: String,
}

/// One of them.
struct Replica {
    daemon: Running,
    _directory: TempDir,
}

impl Drop for Replica {
    /// Of a test that has failed, what they did is worth reading.
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("process {}:\n{}\n", self.daemon.pid(), self.daemon.log());
        }
    }
}

impl World {
    fn new(name: &str, settings: &str) -> Self {
        Self::with_lease(name, "2s", settings)
    }

    fn with_lease(name: &str, lease: &str, settings: &str) -> Self {
        let clock = Clock::system();
        let exchange = Exchange::start(ExchangeConfig { coins: 60, ..ExchangeConfig::new(clock) }).unwrap();
        let (schema, redis) = (Schema::new(), shared(name));
        let mut settings = format!(
            "server.port = 0\nmarket.us = true\nreplicas.lease = \"{lease}\"\ndatabase.url = \"{}\"\n\
             redis = {{ url = \"{}\", prefix = \"{}\" }}\n{settings}\n",
            schema.url(),
            std::env::var("EVENKEEL_TEST_REDIS").unwrap(),
            redis.prefix
        );
        for source in SourceKind::ALL {
            let (key, url) = (source.as_str().replace('-', "_"), exchange.url(source));
            settings.push_str(&format!(
                "market.sources.{key} = {{ base_url = \"{url}\", min_interval = \"0s\" }}\n"
            ));
        }
        settings.push_str("[report]\nconstituents = 60\n");
        Self { exchange, schema, _redis: redis, settings, reports: "scheduled = false".to_owned() }
    }

    fn replica(&self) -> Replica {
        let directory = tempdir().unwrap();
        let settings = format!("{}{}\n", self.settings, self.reports);
        std::fs::write(directory.path().join("evenkeel.toml"), settings).unwrap();
        let daemon = Running::start(evenkeel(directory.path()).args(["run", "--log-format", "text"]));
        Replica { daemon, _directory: directory }
    }

    /// Three, and where they listen.
    async fn three(&self) -> (Vec<Replica>, Vec<String>) {
        let mut replicas: Vec<Replica> = (0..3).map(|_| self.replica()).collect();
        let mut urls = Vec::new();
        for replica in &mut replicas {
            let line = replica.daemon.says(SOON, "listening on http://").await;
            let url = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap();
            urls.push(url.to_owned());
        }
        let migrated =
            "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'slots'";
        eventually(SOON, "the schema is there", async || (self.number(migrated) == 1).then_some(())).await;
        (replicas, urls)
    }

    fn number(&self, query: &str) -> usize {
        self.schema.run_sql(query).trim().parse().unwrap()
    }

    /// Slows the source whose answers end a refresh, and waits for a refresh that begins after that; its due time and the
    /// PID of its holder. One that has begun before is no use: it may be done in a moment, or be an older one than the
    /// last that is done, which nobody takes over.
    async fn slow_refresh(&self) -> (i64, u32) {
        self.exchange.faults().set(SourceKind::AlternativeMe, Fault::SlowBody { bytes: 1, pause_ms: 100 });
        let begun = self.schema.run_sql("SELECT max(due) FROM slots WHERE job = 'refresh'");
        self.held("refresh", begun.trim().parse().unwrap()).await
    }

    /// Waits for a slot of `job` due after `after` that somebody holds; its due time and the PID of its holder.
    async fn held(&self, job: &str, after: i64) -> (i64, u32) {
        // A replica's name is its host, its PID and a random number.
        let query = format!(
            "SELECT due, (regexp_match(holder, '-([0-9]+)-[0-9a-f]+$'))[1] FROM slots
             WHERE job = '{job}' AND due > {after} AND done_at IS NULL AND fence = 1 ORDER BY due DESC LIMIT 1"
        );
        let row = eventually(SOON, "somebody holds a slot", async || {
            Some(self.schema.run_sql(&query)).filter(|row| !row.trim().is_empty())
        })
        .await;
        let (due, pid) = row.trim().split_once('|').unwrap();
        (due.parse().unwrap(), pid.parse().unwrap())
    }

    /// Waits until a slot is done by somebody else than the first who has claimed it.
    async fn done_by_another(&self, job: &str, due: i64) {
        let query = format!(
            "SELECT count(*) FROM slots WHERE job = '{job}' AND due = {due} AND done_at IS NOT NULL AND attempts >= 2"
        );
        eventually(SOON, "another one has done it", async || (self.number(&query) == 1).then_some(())).await;
    }
}

/// Kills the one with this PID and takes it out.
fn kill(replicas: &mut Vec<Replica>, pid: u32) {
    let index = replicas.iter().position(|replica| replica.daemon.pid() == pid).unwrap();
    replicas[index].daemon.signal("KILL");
    replicas.remove(index);
}

#[actix_rt::test]
async fn one_of_three_refreshes_for_all() {
    // None of the leases may run out, however slow the machine: every claim is counted.
    let world = World::with_lease("replicas-refreshes", "4s", "market.refresh_every = \"2s\"");
    let (mut replicas, urls) = world.three().await;
    let done = "SELECT count(*) FROM slots WHERE job = 'refresh' AND done_at IS NOT NULL";
    eventually(SOON, "eight refreshes are done", async || (world.number(done) >= 8).then_some(())).await;
    let client = reqwest_client();
    let snapshot = async |url: &String| {
        client.get(format!("{url}/api/v1/market/indices")).send().await.unwrap().text().await.unwrap()
    };
    eventually(SOON, "all three serve the same snapshot", async || {
        let [one, two, three] =
            [snapshot(&urls[0]).await, snapshot(&urls[1]).await, snapshot(&urls[2]).await];
        (one == two && two == three && one.contains("vnindex")).then_some(())
    })
    .await;
    // Just after one, so that none is under way.
    let before = world.number(done);
    eventually(SOON, "another one is done", async || (world.number(done) > before).then_some(())).await;
    for replica in &replicas {
        replica.daemon.signal("TERM");
    }
    let mut refreshed = 0;
    for replica in &mut replicas {
        assert_eq!(replica.daemon.ended(SOON).await.code(), Some(0), "{}", replica.daemon.log());
        refreshed += replica.daemon.log().matches("refreshed 16 of 16 indices").count();
    }
    let slots = world.number("SELECT count(*) FROM slots WHERE job = 'refresh'");
    let claims = world.number("SELECT sum(attempts) FROM slots WHERE job = 'refresh'");
    println!("{slots} refreshes due, {refreshed} done by three daemons with {claims} claims");
    assert_eq!((refreshed, claims), (slots, slots), "one was done twice, or without its slot");
    assert_eq!(world.number(done), slots);
}

#[actix_rt::test]
async fn a_refresh_whose_daemon_is_killed_is_taken_over() {
    let world = World::new("replicas-takeover", "market.refresh_every = \"6s\"");
    let (mut replicas, _) = world.three().await;
    let done = "SELECT count(*) FROM slots WHERE job = 'refresh' AND done_at IS NOT NULL";
    eventually(SOON, "the first refresh is done", async || (world.number(done) >= 1).then_some(())).await;
    let (due, pid) = world.slow_refresh().await;
    kill(&mut replicas, pid);
    world.exchange.faults().clear_all();
    world.done_by_another("refresh", due).await;
    let later = format!("{done} AND due > {due} AND attempts = 1");
    eventually(SOON, "the two go on", async || (world.number(&later) >= 1).then_some(())).await;
}

#[actix_rt::test]
async fn a_refresh_whose_daemon_is_told_to_end_is_given_back() {
    // A lease that outlasts the drain by far, however slow the machine: that it does not run out is what is to be seen.
    let settings = "market.refresh_every = \"20s\"\nsupervision.drain_within = \"2s\"";
    let world = World::with_lease("replicas-given-back", "12s", settings);
    let (replicas, _) = world.three().await;
    let done = "SELECT count(*) FROM slots WHERE job = 'refresh' AND done_at IS NOT NULL";
    eventually(SOON, "the first refresh is done", async || (world.number(done) >= 1).then_some(())).await;
    let (due, pid) = world.slow_refresh().await;
    replicas.iter().find(|replica| replica.daemon.pid() == pid).unwrap().daemon.signal("TERM");
    world.exchange.faults().clear_all();
    world.done_by_another("refresh", due).await;
    // The first claim, its end, the second claim; a lease that runs out ends nothing.
    assert_eq!(world.number(&format!("SELECT fence FROM slots WHERE job = 'refresh' AND due = {due}")), 3);
}

#[actix_rt::test]
async fn a_report_whose_daemon_is_killed_in_the_middle_is_written_once_by_another() {
    let now = Clock::system().now().strftime("%H:%M").to_string();
    let mut world = World::new("replicas-report", "market.refresh_every = \"1h\"");
    // Who comes later finds the snapshot in Redis, and asks for the table of constituents only.
    world.replica().daemon.says(SOON, "refreshed 16 of 16 indices").await;
    let done = "SELECT count(*) FROM slots WHERE job = 'refresh' AND done_at IS NOT NULL";
    eventually(SOON, "the refresh is done", async || (world.number(done) == 1).then_some(())).await;
    world.reports = format!("zone = \"UTC\"\ntimes = [\"{now}\"]\nretry_after = \"1s\"");
    world.exchange.faults().set(SourceKind::Coingecko, Fault::SlowBody { bytes: 1, pause_ms: 100 });

    let (mut replicas, _) = world.three().await;
    let (due, pid) = world.held("report:market", 0).await;
    let writer = replicas.iter_mut().find(|replica| replica.daemon.pid() == pid).unwrap();
    writer.daemon.says(SOON, "a report of edition market is begun").await;
    kill(&mut replicas, pid);
    world.exchange.faults().clear_all();
    world.done_by_another("report:market", due).await;
    let logs = std::cell::RefCell::new(&mut replicas);
    eventually(SOON, "one has written it, and the other one is told", async || {
        let logs: Vec<String> = logs.borrow_mut().iter_mut().map(|replica| replica.daemon.log()).collect();
        let said = |text: &str| logs.iter().filter(|log| log.contains(text)).count();
        (said("report 2 answers the due time") + said("report 1 answers the due time") == 1
            && said("is done by another replica") == 1)
            .then_some(())
    })
    .await;
    assert_eq!(world.number("SELECT count(*) FROM reports"), 1);
    assert_eq!(world.number("SELECT count(DISTINCT artifact_id) FROM artifact_chunks"), 5);
}
