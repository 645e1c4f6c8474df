//! A report costs the process a chunk or two of memory, whatever its size. One test, so that the process is its own.
#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, missing_docs, reason = "a test that cannot go on has failed")]

#[path = "common/draft.rs"]
mod draft;
#[path = "common/footprint.rs"]
mod footprint;
#[path = "common/store.rs"]
mod store;

use actix::prelude::*;
use draft::Draft;
use evenkeel::clock::Clock;
use evenkeel::persistence::actor::Persistence;
use evenkeel::persistence::archive::Archive;
use evenkeel::persistence::location::Location;
use evenkeel::persistence::messages::{Point, RecordIndices};
use store::{LOCK_WAIT, Store};

evenkeel::install_allocator!();

const ARTIFACTS: [&str; 5] = ["html_vi", "js_vi", "html_en", "js_en", "css"];
const CHUNK_BYTES: usize = 64 * 1024;
const MIB: u64 = 1024 * 1024;

async fn write(address: &Addr<Persistence>, chunks: u32) -> i32 {
    let mut draft = Draft::begin(address, &ARTIFACTS).await.unwrap();
    for number in 0..chunks {
        let artifact = ARTIFACTS[number as usize % ARTIFACTS.len()];
        draft.append(artifact, vec![b'a' + (number % 26) as u8; CHUNK_BYTES]).await.unwrap();
    }
    draft.commit().await.unwrap().id
}

fn read(archive: &Archive, id: i32) -> u64 {
    let chunks = ARTIFACTS
        .iter()
        .flat_map(|artifact| (0..).map_while(move |seq| archive.chunk(id, artifact, seq).unwrap()));
    chunks.map(|chunk| chunk.len() as u64).sum()
}

#[actix::test]
async fn memory_does_not_depend_on_the_size_of_a_report() {
    let store = Store::new();
    let arbiter = Arbiter::new();
    let path = store.path();
    let address = Persistence::start_in_arbiter(&arbiter.handle(), move |_| store::writer(&path));
    let archive = Archive::open(&Location::sqlite(&store.path(), LOCK_WAIT), 4).unwrap();
    let clock = Clock::system();

    // The first report fills caches that stay, and brings the program's own pages into memory.
    let first = write(&address, 112).await;
    read(&archive, first);
    for (mb, chunks) in [(7, 112), (70, 1120)] {
        footprint::forget_peak();
        let (idle, stopwatch) = (footprint::resident(), clock.stopwatch());
        let id = write(&address, chunks).await;
        let (written_ms, write_peak) = (stopwatch.elapsed_ms(), footprint::peak().saturating_sub(idle));

        footprint::forget_peak();
        let (idle, stopwatch) = (footprint::resident(), clock.stopwatch());
        let bytes = read(&archive, id);
        let (read_ms, read_peak) = (stopwatch.elapsed_ms(), footprint::peak().saturating_sub(idle));

        println!(
            "{mb} MB ({bytes} bytes): written in {written_ms} ms, peak {} KiB above idle; \
             read in {read_ms} ms, peak {} KiB above idle; idle {} KiB",
            write_peak / 1024,
            read_peak / 1024,
            idle / 1024
        );
        assert_eq!(bytes, u64::from(chunks) * CHUNK_BYTES as u64);
        assert!(write_peak < MIB, "writing {mb} MB took {write_peak} bytes");
        assert!(read_peak < MIB, "reading {mb} MB took {read_peak} bytes");
    }

    // The log of the large report does not stay: the next commit cuts it back.
    let point = Point {
        series: "vnindex".to_owned(),
        at: clock.now(),
        value: 1.0,
        volume: None,
        source: "vietcap".to_owned(),
    };
    address.send(RecordIndices { points: vec![point] }).await.unwrap().unwrap();
    let log = std::fs::metadata(format!("{}-wal", store.path().display())).unwrap().len();
    println!("write-ahead log afterwards: {log} bytes");
    assert!(log <= 5 * MIB, "the write-ahead log has {log} bytes");
    arbiter.stop();
    arbiter.join().unwrap();
}
