//! What it costs to measure: one look at all accounts and the process, with 5 and with 64 children.
//!
//! `cargo bench --bench monitor`. A tick every 10 s may cost 10 ms, which is 0.1 % of a core.

#![allow(clippy::unwrap_used, missing_docs)] // what fails here fails the benchmark

use actix::prelude::*;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use evenkeel::clock::Clock;
use evenkeel::config::SupervisionConfig;
use evenkeel::memory::arena::Arenas;
use evenkeel::memory::probe::process_memory;
use evenkeel::supervision::child::Child;
use evenkeel::supervision::link::Link;
use evenkeel::supervision::supervisor::Supervisor;

evenkeel::install_allocator!();

struct Idle;

impl Actor for Idle {
    type Context = Context<Self>;
}

fn measure(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("measure");
    for children in [5, 64] {
        let system = System::new();
        let supervisor = system.block_on(async {
            let supervisor = Supervisor::new(
                SupervisionConfig::default(),
                Some(Arenas::probe().unwrap()),
                &Clock::system(),
            );
            (0..children)
                .fold(supervisor, |supervisor, number| {
                    supervisor.supervise(Child::new(&Link::new(&format!("idle-{number}")), || Idle))
                })
                .run()
        });
        group.bench_function(BenchmarkId::from_parameter(children), |bencher| {
            bencher.iter(|| {
                let measurement = system.block_on(supervisor.measure(Vec::new())).unwrap();
                assert!(measurement.children.iter().all(|child| child.flushed && child.memory.is_some()));
                measurement
            });
        });
        system.block_on(supervisor.shut_down(std::time::Duration::from_secs(30))).unwrap();
    }
    group.finish();
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

criterion_group!(benches, measure, parts);
criterion_main!(benches);
