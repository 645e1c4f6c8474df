//! What single pieces of work cost, counted in instructions, which the noise of a machine does not touch.
//!
//! `scripts/bench` counts them and compares them with another commit or with the baseline. This program only does the
//! work: `--list` names the scenarios, `--scenario NAME --times N` does one of them N times. Without arguments it does
//! each one once, to see that it still works.

#![allow(clippy::unwrap_used, missing_docs)] // what fails here fails the benchmark

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "instructions/live.rs"]
mod live;
#[path = "instructions/pure.rs"]
mod pure;
#[path = "../tests/report_render/sample/mod.rs"]
mod sample;
#[path = "monitor/watched.rs"]
mod watched;

evenkeel::install_allocator!();

/// A piece of work.
pub(crate) struct Scenario {
    name: &'static str,
    /// How often it is done to be counted.
    times: u32,
    /// Prepares it, and does it so many times.
    run: fn(u32),
}

fn scenarios() -> impl Iterator<Item = &'static Scenario> {
    pure::SCENARIOS.iter().chain(live::SCENARIOS)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["--list"] => scenarios().for_each(|scenario| println!("{}\t{}", scenario.name, scenario.times)),
        ["--scenario", name, "--times", times] => {
            let scenario = scenarios().find(|scenario| scenario.name == *name);
            let scenario =
                scenario.unwrap_or_else(|| panic!("there is no scenario {name:?}; --list names them"));
            (scenario.run)(times.parse().unwrap_or_else(|_| panic!("--times takes a number, not {times:?}")));
        }
        _ => scenarios().for_each(|scenario| {
            println!("{}", scenario.name);
            (scenario.run)(1);
        }),
    }
}
