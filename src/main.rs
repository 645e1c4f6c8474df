//! The `evenkeel` program: the allocator, the command line, the exit code.

use std::process::ExitCode;

evenkeel::install_allocator!();

fn main() -> ExitCode {
    evenkeel::cli::main()
}
