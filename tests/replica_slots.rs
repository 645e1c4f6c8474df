//! Three processes, one Postgres, a hundred due slots: each is done exactly once, whatever becomes of its claimer.
//!
//! The processes are this program again, told by a variable to be a replica: each walks over all slots and answers those
//! that are its turn with a small report. At three slots whoever claims them first stops with the report half written;
//! two of those are killed, the third sleeps for longer than its lease and then goes on as if nothing had happened.
#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test that cannot go on has failed"
)]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child as Process, Command, Stdio};
use std::time::Duration;

use evenkeel::clock::Clock;
use evenkeel::config::PostgresUrl;
use evenkeel::persistence::PersistenceError;
use evenkeel::persistence::actor::Persistence;
use evenkeel::persistence::database::Database;
use evenkeel::persistence::location::Location;
use evenkeel::persistence::messages::{
    AppendChunk, ArtifactDigest, BeginReport, CommitReport, Lease, StoredReport,
};
use evenkeel::persistence::replica::Replica;
use evenkeel::persistence::turn::{Held, Turn, Turns};
use evenkeel::supervision::child::Child;
use evenkeel::supervision::link::Link;
use evenkeel::supervision::supervisor::Supervisor;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

mod common;
#[path = "common/postgres.rs"]
mod postgres;
use common::{SOON, eventually};
use postgres::Schema;

evenkeel::install_allocator!();

const SLOTS: i64 = 100;
/// Of each of these the first claimer stops half-way.
const STOPS: [i64; 3] = [20, 50, 80];
const LEASE: Duration = Duration::from_secs(2);
/// Tells a process to be a replica, and of which database.
const ROLE: &str = "EVENKEEL_TEST_REPLICA_OF";

fn location(url: &str) -> Location {
    Location::Postgres { url: PostgresUrl::parse(url).unwrap(), lock_wait: Duration::from_secs(5) }
}

fn due(slot: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(slot)
}

/// One process: all slots in their order.
async fn be_a_replica(url: &str) {
    let keeper: Link<Persistence> = Link::new("persistence");
    let (location, clock) = (location(url), Clock::system());
    let child = Child::fallible(&keeper, move || Persistence::new(&location, Clock::system()));
    let supervisor = Supervisor::builder().without_monitor().start();
    supervisor.supervise(child).unwrap();
    let turns = Turns::new(&keeper, Replica::of_this_process(), LEASE, clock);
    for slot in 0..SLOTS {
        loop {
            match turns.take("slot", due(slot), Timestamp::MAX).await {
                Turn::Mine(held) => match answer(&keeper, slot, held).await {
                    Ok(_) => break,
                    Err(PersistenceError::Fenced { .. }) => println!("refused {slot}"),
                    Err(error) => panic!("{error}"),
                },
                Turn::DoneElsewhere { .. } => break,
                other => panic!("{other:?}"),
            }
        }
    }
}

async fn answer(
    keeper: &Link<Persistence>,
    slot: i64,
    mut held: Held,
) -> Result<StoredReport, PersistenceError> {
    let stops = STOPS.contains(&slot) && held.attempt() == 1;
    let (_holder, lease) = Lease::new();
    let begin = BeginReport {
        edition: format!("slot {slot}"),
        created_at: due(slot),
        artifacts: vec!["html"],
        lease,
        slot: Some(held.hand_over()),
    };
    let session = keeper.send(begin).await.unwrap()?;
    let body = vec![b'x'; 65_536];
    let (length, sha256) =
        (2 * body.len() as u64, Sha256::digest([body.clone(), body.clone()].concat()).into());
    for seq in 0..2 {
        if stops && seq == 1 {
            println!("stopped at {slot}");
            tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()))
                .await
                .unwrap()
                .unwrap();
        }
        keeper.send(AppendChunk { session, artifact: "html", seq, body: body.clone() }).await.unwrap()?;
    }
    let digests = vec![ArtifactDigest { artifact: "html", length, sha256 }];
    keeper.send(CommitReport { session, digests }).await.unwrap()
}

/// A process that is a replica; killed when dropped.
struct Peer {
    process: Process,
    said: std::sync::mpsc::Receiver<String>,
    seen: Vec<String>,
}

impl Peer {
    fn start(url: &str) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "each_of_a_hundred_slots_is_done_once", "--nocapture"])
            .env(ROLE, url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (line, said) = std::sync::mpsc::channel();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        std::thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|text| line.send(text)));
        Self { process, said, seen: Vec::new() }
    }

    fn has_said(&mut self, text: &str) -> bool {
        self.seen.extend(self.said.try_iter());
        self.seen.iter().any(|line| line.ends_with(text))
    }

    fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.process.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The three processes and their database.
struct Scene {
    schema: Schema,
    peers: Vec<Peer>,
}

impl Scene {
    /// Takes the process out that has stopped at `slot`.
    async fn stopped_at(&mut self, slot: i64) -> Peer {
        let peers = std::cell::RefCell::new(&mut self.peers);
        let text = format!("stopped at {slot}");
        let index = eventually(SOON, &text, async || {
            peers.borrow_mut().iter_mut().position(|peer| peer.has_said(&text))
        })
        .await;
        self.peers.swap_remove(index)
    }

    fn number(&self, query: &str) -> i64 {
        self.schema.run_sql(query).trim().parse().unwrap()
    }

    /// Waits for another process to answer the slot whose holder is gone, and says how long after `gone_at` and after
    /// the end of the lease it claimed it: microseconds of the database's clock.
    async fn taken_over(&self, slot: i64, gone_at: i64) -> (i64, i64) {
        let of_slot = format!("FROM slots WHERE due = {}", due(slot).as_microsecond());
        let lease_ends = self.number(&format!("SELECT lease_until {of_slot}"));
        let claimed = eventually(SOON, "the slot is taken over", async || {
            let query = format!(
                "SELECT COALESCE(max(lease_until), 0) {of_slot} AND fence = 2 AND done_at IS NOT NULL"
            );
            Some(self.number(&query)).filter(|until| *until > 0)
        })
        .await
            - i64::try_from(Turns::held_for(LEASE).as_micros()).unwrap();
        (claimed - gone_at, claimed - lease_ends)
    }
}

const NOW: &str = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)";

async fn scenario() {
    let schema = Schema::new();
    let url = schema.url();
    Database::open(&location(&url)).unwrap().migrate().unwrap();
    let mut scene = Scene { schema, peers: (0..3).map(|_| Peer::start(&url)).collect() };
    let lease = i64::try_from(LEASE.as_micros()).unwrap();
    for slot in STOPS {
        let mut gone = scene.stopped_at(slot).await;
        let is_killed = slot != STOPS[2];
        gone.signal(if is_killed { "KILL" } else { "STOP" });
        let gone_at = scene.number(NOW);
        scene.peers.push(Peer::start(&url));
        let (after_its_end, after_the_lease) = scene.taken_over(slot, gone_at).await;
        println!(
            "slot {slot}: claimed {} ms after its holder {} ({} ms after its claim had run out), with a lease of {} ms",
            after_its_end / 1000,
            if is_killed { "was killed" } else { "fell asleep" },
            after_the_lease / 1000,
            LEASE.as_millis()
        );
        assert!(after_the_lease >= 0, "taken from somebody who held it");
        // Well within the lease, unless the machine has better things to do.
        assert!(after_its_end <= 2 * lease, "taken over {after_its_end} µs after its holder's end");
        if !is_killed {
            gone.signal("CONT");
            gone.process.stdin.as_ref().unwrap().write_all(b"\n").unwrap();
            let seen = std::cell::RefCell::new(&mut gone);
            let refused = format!("refused {slot}");
            eventually(SOON, &refused, async || seen.borrow_mut().has_said(&refused).then_some(())).await;
            scene.peers.push(gone);
        }
    }
    for peer in &mut scene.peers {
        let process = std::cell::RefCell::new(&mut peer.process);
        let status =
            eventually(SOON, "a replica ends", async || process.borrow_mut().try_wait().unwrap()).await;
        assert!(status.success());
    }
    each_was_done_once(&scene);
}

fn each_was_done_once(scene: &Scene) {
    let slots = scene.schema.run_sql("SELECT count(*), count(done_at), sum(attempts) FROM slots");
    let reports = scene.schema.run_sql("SELECT edition FROM reports");
    let editions: BTreeSet<&str> = reports.lines().collect();
    let holders = scene.number("SELECT count(DISTINCT holder) FROM slots");
    println!(
        "slots, done, claims: {}; reports: {}, of different slots: {}; by {holders} processes",
        slots.trim(),
        reports.lines().count(),
        editions.len()
    );
    assert_eq!(slots.trim(), "100|100|103", "three slots were claimed twice");
    assert_eq!((reports.lines().count(), editions.len()), (100, 100));
    assert!(holders >= 3, "the work was not shared");
    let retaken = scene.schema.run_sql("SELECT due / 60000000 FROM slots WHERE attempts = 2 ORDER BY due");
    assert_eq!(retaken.lines().collect::<Vec<_>>(), STOPS.map(|slot| slot.to_string()));
    assert_eq!(scene.number("SELECT count(*) FROM artifact_chunks"), 200, "something half-written is left");
}

#[actix_rt::test]
async fn each_of_a_hundred_slots_is_done_once() {
    match std::env::var(ROLE) {
        Ok(url) => be_a_replica(&url).await,
        Err(_) => scenario().await,
    }
}
