//! The command line: a file a subcommand.
//!
//! Exit codes: 0 done; 1 it failed; 2 the command line or the configuration is wrong and nothing was started; 3 the
//! supervisor gave up on a child; 4 not everything could be drained in time; 5 memory could not be had back, and the
//! program has to be started again.

mod ailment;
mod arguments;
mod browse;
mod completions;
mod config;
mod demo;
mod export;
mod failure;
mod health;
mod import;
mod inquiry;
mod logging;
mod memory;
mod migrate;
mod notify;
mod now;
mod replace;
mod report;
mod rows;
mod run;
mod signals;
mod simulate;
mod soak;
mod system;
mod terminal;
mod transport;

use std::process::ExitCode;

use arguments::{Command, parse};
use failure::Failure;

/// Runs the program with the process's arguments and returns its exit code.
pub fn main() -> ExitCode {
    let (options, command) = match parse() {
        Ok(parsed) => parsed,
        Err(code) => return code,
    };
    let done = match command {
        Command::Run => run::run(&options),
        Command::Demo(demo) => demo::demo(&options, &demo),
        Command::Simulate(simulate) => simulate::simulate(&options, &simulate),
        Command::Soak(arguments) => soak::soak(&options, &arguments),
        Command::Report(report) => report::report(&options, report),
        Command::Memory(command) => memory::memory(&options, command),
        Command::Terminal(command) => terminal::terminal(&options, command),
        Command::Migrate(arguments) => migrate::migrate(&options, arguments.adopt),
        Command::Import { file } => import::import(&options, &file),
        Command::Config(command) => config::config(&options, command),
        Command::Health(arguments) => health::health(&options, &arguments),
        Command::Completions(arguments) => completions::completions(arguments::command(), &arguments),
        Command::Man(arguments) => completions::man(arguments::command(), &arguments),
    };
    done.map_or_else(Failure::report, |()| ExitCode::SUCCESS)
}
