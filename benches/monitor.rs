//! What the memory monitor costs: one measurement, and one whole tick with judging and recording, with 5 and with 64
//! arenas.
//!
//! `cargo bench --bench monitor`. A tick every 10 s may cost 10 ms, which is 0.1 % of a core.

#![allow(clippy::unwrap_used, missing_docs)] // what fails here fails the benchmark

use std::time::Duration;

use actix::prelude::*;
use criterion::{Criterion, criterion_group, criterion_main};
use evenkeel::memory::arena::Arenas;
use evenkeel::memory::probe::process_memory;

#[path = "monitor/watched.rs"]
mod watched;

use watched::watched;

evenkeel::install_allocator!();

fn ticks(criterion: &mut Criterion) {
    for arenas in [5, 64] {
        let (system, data_dir) = (System::new(), tempfile::tempdir().unwrap());
        let supervisor = system.block_on(async { watched(arenas, data_dir.path()) });
        // The monitor is among the children from the first wait on.
        system.block_on(supervisor.look()).unwrap();
        let measured = system.block_on(supervisor.measure(Vec::new())).unwrap();
        assert_eq!(measured.children.iter().filter(|child| child.memory.is_some()).count(), arenas);
        criterion.bench_function(&format!("measure {arenas} arenas"), |bencher| {
            bencher.iter(|| system.block_on(supervisor.measure(Vec::new())).unwrap());
        });
        criterion.bench_function(&format!("tick of {arenas} arenas"), |bencher| {
            bencher.iter(|| system.block_on(supervisor.look()).unwrap());
        });
        system.block_on(supervisor.shut_down(Duration::from_secs(30))).unwrap();
    }
}

fn parts(criterion: &mut Criterion) {
    let arenas = Arenas::probe().unwrap();
    criterion.bench_function("renew the statistics of all arenas", |bencher| {
        bencher.iter(|| arenas.renew().unwrap());
    });
    criterion.bench_function("read the process from /proc", |bencher| {
        bencher.iter(|| process_memory().unwrap());
    });
}

criterion_group!(benches, ticks, parts);
criterion_main!(benches);
