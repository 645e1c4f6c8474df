//! False restarts and missed leaks, by simulation: Evenkeel's memory policy beside four rules that are in use.
//!
//! `cargo bench --bench detection [-- --seeds N]` prints the tables of docs/detection.md. Without `--bench`, as under
//! `cargo test --all-targets`, it runs a small part and checks that.

#![allow(clippy::expect_used, missing_docs)] // arguments that make no sense end the bench

#[path = "detection/rivals.rs"]
mod rivals;
#[path = "detection/run.rs"]
mod run;
#[path = "detection/shapes.rs"]
mod shapes;
#[path = "detection/table.rs"]
mod table;

use rivals::Rule;
use run::{Healthy, Leaks};
use shapes::Shape;

/// Leak rates in MB (10^6 bytes) an hour.
const RATES: [f64; 4] = [1.0, 3.0, 10.0, 50.0];

/// Simulated days of every run.
const DAYS: u32 = 7;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        return smoke();
    }
    let given = arguments.iter().position(|argument| argument == "--seeds").map(|at| &arguments[at + 1]);
    let seeds = given.map_or(200, |seeds| seeds.parse().expect("--seeds takes a number"));
    println!("{seeds} seeds a shape, {DAYS} simulated days each, a sample every 10 s.");
    print_healthy(seeds);
    print_leaks(seeds);
}

/// A day of two shapes: enough to see that the bench still works.
fn smoke() {
    let flat = run::healthy(Rule::Evenkeel, Shape::Flat, 1, 1);
    assert_eq!(flat.restarts, 0, "a flat account was restarted");
    let leak = run::leaking(Rule::Evenkeel, Shape::Holding, 50.0, 1, 1);
    assert_eq!(leak.caught(), 1.0, "a leak of 50 MB/h was not caught within a day");
    println!("a flat day is left alone, a leak of 50 MB/h is caught after {:.0} s", leak.seconds[0]);
}

fn print_healthy(seeds: u64) {
    let mut sums = [Healthy::default(); 5];
    let mut rows = Vec::new();
    for shape in Shape::HEALTHY {
        eprintln!("{}", shape.name());
        let found = Rule::ALL.map(|rule| {
            (0..seeds)
                .map(|seed| run::healthy(rule, shape, seed, DAYS))
                .fold(Healthy::default(), Healthy::and)
        });
        for (sum, found) in sums.iter_mut().zip(found) {
            *sum = sum.and(found);
        }
        rows.push((shape.name().to_owned(), found.iter().map(table::healthy).collect()));
    }
    rows.push(("all".to_owned(), sums.iter().map(table::healthy).collect()));
    table::print("Healthy days with a restart (false restarts per day)", "shape", &rows);
}

fn print_leaks(seeds: u64) {
    let mut sums: [Leaks; 5] = Default::default();
    let mut rows = Vec::new();
    for shape in Shape::LEAKS {
        for rate in RATES {
            eprintln!("{}, {rate} MB/h", shape.name());
            let found = Rule::ALL.map(|rule| {
                let runs = (0..seeds).map(|seed| run::leaking(rule, shape, rate, seed, DAYS));
                runs.fold(Leaks::default(), Leaks::and)
            });
            rows.push((format!("{}, {rate} MB/h", shape.name()), found.iter().map(table::leaks).collect()));
            sums = std::array::from_fn(|at| std::mem::take(&mut sums[at]).and(found[at].clone()));
        }
    }
    let all = sums.iter().map(|sum| table::leaks(sum).split(',').next().unwrap_or_default().to_owned());
    rows.push(("all".to_owned(), all.collect()));
    table::print("Leaks caught, median time and bytes to detection", "leak", &rows);
}
