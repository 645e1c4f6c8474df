//! How memory and time grow with the work: reports of 7 to 700 MB, up to 1,000 editions, up to 60 actors; and how near a
//! report comes to what writing its bytes costs at least.
//!
//! `cargo bench --bench scale [-- sizes | editions | children | limit]` prints tables; all of them without a name.
//! Without `--bench`, as under `cargo test --all-targets`, it does a little of each.

#![allow(clippy::unwrap_used, missing_docs)] // what fails here fails the benchmark

#[path = "scale/children.rs"]
mod children;
#[path = "../tests/common/mod.rs"]
mod common;
#[path = "scale/limit.rs"]
mod limit;
#[path = "scale/reports.rs"]
mod reports;
#[path = "scale/table.rs"]
mod table;

evenkeel::install_allocator!();

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        reports::sizes(&[60]);
        reports::editions(&[1, 3], 10);
        children::children(&[1, 3]);
        return limit::limit(60, 1);
    }
    let names: Vec<&str> = arguments.iter().map(String::as_str).filter(|name| *name != "--bench").collect();
    let names = if names.is_empty() { vec!["sizes", "editions", "children", "limit"] } else { names };
    for name in names {
        match name {
            // Some 5,200 bytes a row.
            "sizes" => reports::sizes(&[1_350, 13_500, 135_000]),
            "editions" => reports::editions(&[1, 100, 1_000], 60),
            "children" => children::children(&[1, 8, 60]),
            "limit" => limit::limit(1_350, 15),
            _ => panic!("there is no table {name:?}: sizes, editions, children, limit"),
        }
    }
}
