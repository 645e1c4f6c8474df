//! An application's own actor, an image cache that forgets nothing, restarted when it holds too much: under load, without a
//! lost request, and with a proof that the memory came back.
//!
//! `cargo run --example supervise_your_own`; it needs no network, ends by itself within seconds, and ends with 0 only if no
//! request was lost and the memory is back.

use std::collections::HashMap;
use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix::prelude::*;
use evenkeel::config::MemoryConfig;
use evenkeel::memory::size;
use evenkeel::supervision::RestartProof;
use evenkeel::{Child, Event, Events, Limit, Link, RestartPolicy, Supervisor, Trend};

/// The one line that gives every actor an account of its own.
#[global_allocator]
static ALLOCATOR: evenkeel::Allocator = evenkeel::Allocator;

const IMAGE: usize = 64 * 1024;
const CLIENTS: u64 = 8;
/// What a client still asks for after the restart.
const AFTERWARDS: u64 = 50;
const PATIENCE: Duration = Duration::from_secs(60);

/// Keeps every image that it has ever drawn.
struct ImageCache {
    images: HashMap<u64, Vec<u8>>,
    drawn: u64,
    /// Where the count goes when this generation ends.
    ledger: Arc<AtomicU64>,
}

#[derive(Message)]
#[rtype(result = "u64")]
struct Draw(u64);

impl Actor for ImageCache {
    type Context = Context<Self>;
}

impl Handler<Draw> for ImageCache {
    type Result = u64;

    fn handle(&mut self, Draw(number): Draw, _: &mut Self::Context) -> u64 {
        self.drawn += 1;
        let shade = number.to_le_bytes()[0];
        let image = self.images.entry(number).or_insert_with(|| vec![shade; IMAGE]);
        image.iter().map(|pixel| u64::from(*pixel)).sum()
    }
}

/// Asks for one image after the other, each a new one, until `enough` and some more; returns how many were answered
/// and right.
async fn client(cache: Link<ImageCache>, first: u64, enough: Arc<AtomicU64>) -> Result<[u64; 2], String> {
    let [mut asked, mut answered] = [0; 2];
    let mut left = AFTERWARDS;
    while left > 0 {
        left -= enough.load(Ordering::Relaxed).min(1);
        let number = first + asked * CLIENTS;
        asked += 1;
        let sum = cache.send(Draw(number)).await.map_err(|error| error.to_string())?;
        answered += u64::from(sum == u64::from(number.to_le_bytes()[0]) * IMAGE as u64);
        // A client looks at what it got.
        actix_rt::time::sleep(Duration::from_millis(2)).await;
    }
    Ok([asked, answered])
}

/// Tells what happens, up to the restart and what it came to.
async fn proof(mut events: Events) -> Result<RestartProof, String> {
    while let Some(event) = events.next().await {
        match event {
            Event::MemoryDecision(record) => println!("decided    {record}"),
            Event::Draining { child, generation, .. } => {
                println!("drains     {child} generation {generation}")
            }
            Event::Restarted { child, generation, proof, .. } => {
                println!("restarted  {child} is generation {generation} now");
                return proof.ok_or("the restart was not measured".to_owned());
            }
            Event::Missed { events } => println!("missed     {events} events"),
            _ => {}
        }
    }
    Err("the supervisor ended before it restarted anything".to_owned())
}

async fn run() -> Result<(), Box<dyn Error>> {
    let memory = MemoryConfig { sample_every: Duration::from_millis(100), ..MemoryConfig::default() };
    let supervisor = Supervisor::builder().memory(memory).start();
    let events = supervisor.events();
    let flushed = Arc::new(AtomicU64::new(0));
    let ledger = Arc::clone(&flushed);
    let cache = supervisor.supervise(
        Child::named("image-cache", move || ImageCache {
            images: HashMap::new(),
            drawn: 0,
            ledger: Arc::clone(&ledger),
        })
        .memory(Limit::soft("32 MiB").hard("48 MiB").trend(Trend::off()))
        .restart(RestartPolicy { budget: 3, ..RestartPolicy::default() })
        .drain_with(|cache, _| {
            cache.ledger.fetch_add(cache.drawn, Ordering::Relaxed);
            std::future::ready(())
        }),
    )?;

    println!("{CLIENTS} clients ask for new images of {}; the cache may hold 48 MiB", size(IMAGE as u64));
    let enough = Arc::new(AtomicU64::new(0));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|first| actix_rt::spawn(client(cache.clone(), first, Arc::clone(&enough))))
        .collect();
    let proof = actix_rt::time::timeout(PATIENCE, proof(events)).await??;
    enough.store(1, Ordering::Relaxed);
    let [mut asked, mut answered] = [0; 2];
    for client in clients {
        let [more_asked, more_answered] = client.await??;
        asked += more_asked;
        answered += more_answered;
    }
    supervisor.shut_down(Duration::from_secs(10)).await?;

    let (before, after) = (proof.before, proof.after);
    println!("before     {} resident, {} living", size(before.resident), size(before.allocated));
    println!("after      {} resident, {} living", size(after.resident), size(after.allocated));
    println!("returned   {}; left behind for good: {}", size(proof.returned()), size(proof.leak_out));
    let flushed = flushed.load(Ordering::Relaxed);
    println!("requests   {asked} asked, {answered} answered; the drains counted {flushed}");
    if answered != asked || flushed != asked {
        return Err(format!("{} requests were lost", asked - answered.min(flushed)).into());
    }
    if proof.returned() < 40 << 20 || after.resident > 8 << 20 {
        return Err("the memory did not come back".into());
    }
    println!("no request was lost, and the memory came back");
    Ok(())
}

fn main() -> ExitCode {
    match System::new().block_on(run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}
